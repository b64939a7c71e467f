"""What a rule file may say (YAML, pydantic models), and every fault of one with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from omr.faults import LineFault, explained, not_yaml
from omr.i18n import _
from omr.model.layout import Role
from omr.score.condition import OTHERWISE, ConditionError, parse

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
When = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
FOOT = {Role.ATTESTATION: "attestation", Role.DECLARED: "declared"}
"""What the questions of the foot are counted as in conditions."""
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
"""A count or limit inside a sentence: `{nhe.co}`, `{few}`."""

Place = tuple[str | int, ...]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Part):
    """A text in both languages; one text given alone stands for both."""

    vi: Line
    en: Line

    def spoken(self, language: str) -> str:
        """Return the text in `language`: English for "en", else Vietnamese."""
        return self.en if language == "en" else self.vi


def _both(given: object) -> object:
    return {"vi": given, "en": given} if isinstance(given, str) else given


Text = Annotated[Words, BeforeValidator(_both)]


class OpenRows(StrEnum):
    """What rows that nobody has settled do to the level."""

    BOUNDS = "bounds"
    UNDETERMINED = "undetermined"


class MissingPage(StrEnum):
    """What a missing page does to the level."""

    NO_LEVEL = "no-level"
    BOUNDS = "bounds"


class Settings(_Part):
    """The defaults of a rule, each under its name.

    blank_needs_mark: on a form whose blank rows mean "absent", they do so only where every page is there
        and the sheet carries at least one mark or the attestation; otherwise they are unanswered.
    open_rows: `bounds` gives the level where the rows still open cannot change it; `undetermined` never
        does while one is open.
    missing_page: `no-level` gives none; `bounds` takes the rows of the missing page as open.
    flag_declared: a declared level other than the computed one is an issue of the sheet.
    flag_unsigned: an empty signature area is an issue of the sheet.
    """

    blank_needs_mark: bool = True
    open_rows: OpenRows = OpenRows.BOUNDS
    missing_page: MissingPage = MissingPage.NO_LEVEL
    flag_declared: bool = True
    flag_unsigned: bool = True


class PartFile(_Part):
    """A part a level is reported in."""

    id: Name
    label: Text
    when: When


class LevelFile(_Part):
    """A level. `because` may name counts and limits in braces; `provisional`: a person confirms it."""

    id: Name
    label: Text
    when: When
    because: Text
    provisional: bool = False
    split: tuple[PartFile, ...] = ()


class ContradictionFile(_Part):
    """Ticks that cannot both be meant."""

    when: When
    say: Text


class RuleFile(_Part):
    """One rule file. Levels are tried in order, the first that holds is given; the last is `otherwise`."""

    id: Name
    version: Line
    title: Text
    result: Text
    limits: dict[Name, Annotated[int, Field(ge=0, le=1000)]] = {}
    levels: tuple[LevelFile, ...] = ()
    contradictions: tuple[ContradictionFile, ...] = ()
    settings: Settings = Settings()


def read_rule_file(text: str) -> tuple[RuleFile | None, tuple[LineFault, ...]]:
    """Return what the YAML `text` says (None where it cannot be built), and its faults in order."""
    try:
        data = YAML(typ="rt", pure=True).load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        return None, (LineFault(mark.line + 1 if mark else 1, not_yaml(error.problem or "")),)
    except YAMLError as error:
        return None, (LineFault(1, not_yaml(str(error))),)
    except RecursionError:
        return None, (LineFault(1, not_yaml("nested too deep")),)
    if not isinstance(data, CommentedMap):
        return None, (
            LineFault(1, _("this file has to be a list of `key: value` lines; see docs/scoring.md.")),
        )
    try:
        rule_file = RuleFile.model_validate(data)
    except ValidationError as error:
        details = error.errors(include_url=False)
        faults = {LineFault(_line(data, detail["loc"]), explained(detail)) for detail in details}
        return None, tuple(sorted(faults))
    found = (LineFault(_line(data, place), message) for place, message in _contradictory(rule_file))
    return rule_file, tuple(sorted(found))


def _line(data: object, place: Place) -> int:
    """Return the line of the value at `place`, or of the nearest one around it."""
    line = 1
    for step in place:
        if isinstance(data, CommentedMap) and step in data:
            line = data.lc.key(step)[0] + 1
        elif isinstance(data, CommentedSeq) and isinstance(step, int) and step < len(data):
            line = data.lc.item(step)[0] + 1
        else:
            break
        data = data[step]
    return line


def _contradictory(rule_file: RuleFile) -> Iterator[tuple[Place, str]]:
    """Yield what is wrong though each value is right by itself."""
    yield from _chain(rule_file, ("levels",), rule_file.levels)
    ids: set[str] = set()
    for at, level in enumerate(rule_file.levels):
        yield from _chain(rule_file, ("levels", at, "split"), level.split)
        yield from _sentence(rule_file, ("levels", at, "because"), level.because)
        for place, identity in _ids(at, level):
            if identity in ids:
                yield place, _("id '{id}' stands twice; ids must differ.").format(id=identity)
            ids.add(identity)
    for at, contradiction in enumerate(rule_file.contradictions):
        yield from _condition(rule_file, ("contradictions", at, "when"), contradiction.when)
        yield from _sentence(rule_file, ("contradictions", at, "say"), contradiction.say)


def _ids(at: int, level: LevelFile) -> Iterator[tuple[Place, str]]:
    yield ("levels", at, "id"), level.id
    for index, part in enumerate(level.split):
        yield ("levels", at, "split", index, "id"), part.id


def _chain(
    rule_file: RuleFile, place: Place, steps: Sequence[LevelFile | PartFile]
) -> Iterator[tuple[Place, str]]:
    """Yield faults of conditions that are tried one after the other."""
    for at, step in enumerate(steps):
        here = (*place, at, "when")
        last = at == len(steps) - 1
        if last and step.when != OTHERWISE:
            yield here, _("the last one has to say `when: otherwise`, so that there is always an answer.")
        elif not last and step.when == OTHERWISE:
            yield here, _("only the last one may say `otherwise`.")
        yield from _condition(rule_file, here, step.when)


def _condition(rule_file: RuleFile, place: Place, when: str) -> Iterator[tuple[Place, str]]:
    try:
        parse(when, rule_file.limits)
    except ConditionError as error:
        yield place, _("condition '{when}': {problem}").format(when=when, problem=error)


def _sentence(rule_file: RuleFile, place: Place, words: Words) -> Iterator[tuple[Place, str]]:
    """Yield placeholders that are neither a count nor a limit."""
    for name in sorted({*PLACEHOLDER.findall(words.vi), *PLACEHOLDER.findall(words.en)}):
        section, dot, _choice = name.partition(".")
        if name not in rule_file.limits and (not dot or section in FOOT.values()):
            yield place, _("'{{{name}}}' is neither a count of rows nor a limit.").format(name=name)


def canonical(rule_file: RuleFile) -> Mapping[str, object]:
    """Return all a rule file says, defaults too, as plain values."""
    return rule_file.model_dump(mode="json")
