"""A rule file → `Rules`: what is counted, which level holds first, what an unclear row does."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from omr.errors import LayoutError
from omr.faults import read_text
from omr.model.layout import Layout
from omr.score.condition import Comparison, Condition, Tick, comparisons, parse
from omr.score.rulefile import PLACEHOLDER, LevelFile, RuleFile, Settings, Words, canonical, read_rule_file

DIGEST_LENGTH = 10


@dataclass(frozen=True, slots=True)
class Part:
    """A part that a level is reported in, e.g. none at all and one to four."""

    id: str
    label: Words
    when: Condition


@dataclass(frozen=True, slots=True)
class Level:
    """What a sheet can come to. provisional: always confirmed by a person."""

    id: str
    label: Words
    when: Condition
    because: Words
    provisional: bool
    split: tuple[Part, ...]

    def conditions(self) -> tuple[Condition, ...]:
        """Return the level's own condition and those of its parts."""
        return (self.when, *(part.when for part in self.split))


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Ticks that cannot both be meant, and the sentence that says so."""

    when: Condition
    say: Words


@dataclass(frozen=True, slots=True)
class Rules:
    """One rule file.

    digest: names its content, not its spelling: 10 hexadecimal digits.
    result: what the level is called, e.g. "mức tự đánh giá (tính theo quy tắc)".
    limits: the numbers of the rule by name. levels: in order, the first that holds is given.
    """

    id: str
    version: str
    digest: str
    title: Words
    result: Words
    limits: tuple[tuple[str, int], ...]
    levels: tuple[Level, ...]
    contradictions: tuple[Contradiction, ...]
    settings: Settings

    def level(self, identity: str) -> Level | None:
        """Return the level with that id, or None."""
        return next((level for level in self.levels if level.id == identity), None)

    def level_comparisons(self) -> tuple[Comparison, ...]:
        """Return every comparison that a level or a part of one depends on."""
        conditions = (condition for level in self.levels for condition in level.conditions())
        return tuple(found for condition in conditions for found in comparisons(condition))

    def counted(self) -> frozenset[Tick]:
        """Return every count that a condition or a sentence names."""
        others = (found for each in self.contradictions for found in comparisons(each.when))
        compared = (tick for found in (*self.level_comparisons(), *others) for tick in found.counts)
        said = (*(level.because for level in self.levels), *(each.say for each in self.contradictions))
        return frozenset((*compared, *(tick for words in said for tick in _ticks(words))))


def load_rules(path: Path) -> Rules:
    """Return the rules in `path`.

    Raises:
        LayoutError: the file cannot be read or has faults; one line `file:line: message` for each.
    """
    return parse_rules(read_text(path), path)


def parse_rules(text: str, name: Path | str) -> Rules:
    """Return the rules that the text of a rule file holds; name: the file, for people.

    Raises:
        LayoutError: the text has faults; one line `name:line: message` for each.
    """
    rule_file, faults = read_rule_file(text)
    if rule_file is None or faults:
        raise LayoutError("\n".join(f"{name}:{fault.line}: {fault.message}" for fault in faults))
    return _rules(rule_file)


def rules_of(layout: Layout, find: Callable[[str], Path]) -> Rules:
    """Return the rules a layout names, or, where it names none, rules that count and give no level.

    find: the file of a rule id. Raises LayoutError as `load_rules` and `find` do.
    """
    if layout.scoring:
        return load_rules(find(layout.scoring))
    title = Words(vi=layout.title, en=layout.title)
    return _rules(RuleFile(id="none", version="1", title=title, result=title))


def _ticks(words: Words) -> Iterator[Tick]:
    for name in (*PLACEHOLDER.findall(words.vi), *PLACEHOLDER.findall(words.en)):
        section, dot, choice = name.partition(".")
        if dot:
            yield section, choice


def _rules(rule_file: RuleFile) -> Rules:
    limits = rule_file.limits
    return Rules(
        id=rule_file.id,
        version=rule_file.version,
        digest=_digest(rule_file),
        title=rule_file.title,
        result=rule_file.result,
        limits=tuple(limits.items()),
        levels=tuple(_level(level, limits) for level in rule_file.levels),
        contradictions=tuple(
            Contradiction(parse(each.when, limits), each.say) for each in rule_file.contradictions
        ),
        settings=rule_file.settings,
    )


def _level(level: LevelFile, limits: dict[str, int]) -> Level:
    return Level(
        id=level.id,
        label=level.label,
        when=parse(level.when, limits),
        because=level.because,
        provisional=level.provisional,
        split=tuple(Part(part.id, part.label, parse(part.when, limits)) for part in level.split),
    )


def _digest(rule_file: RuleFile) -> str:
    text = json.dumps(canonical(rule_file), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_LENGTH]
