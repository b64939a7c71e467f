"""A changed rule file scores what is stored again; what it was before stands beside it, with who and when."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

from omr.batch.results import SheetResult
from omr.batch.tables import ExportTable, Row
from omr.errors import LayoutError
from omr.model.layout import Layout
from omr.score.apply import Scorer, check_fit
from omr.score.rules import Rules, load_rules, parse_rules
from omr.store.closings import closed_places
from omr.store.scores import (
    KeptRules,
    KeptScore,
    StoredScore,
    add_scores,
    digests_read,
    keep_rules,
    kept_rules,
    scores,
)
from omr.store.store import Store

HISTORY = (
    "unit", "year", "sheet", "layout", "version", "rules", "rules_version", "rules_since", "level", "split",
    "declared", "provisional", "issues", "at", "who", "current",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moved:
    """How many sheets of a form went from one level to another."""

    layout: str
    before: str
    now: str
    sheets: int


@dataclass(frozen=True, slots=True)
class Rescored:
    """What scoring again came to. new: scores not kept before; closed: sheets left as they were signed."""

    new: int
    closed: int
    moved: tuple[Moved, ...]


def keep_rules_in_use(store: Store, layouts: Mapping[str, Layout], find: Callable[[str], Path]) -> None:
    """Keep the rule files that score what came back, for the day one of them is changed."""
    ids = {layouts[digest].scoring for digest in digests_read(store) if digest in layouts}
    found = []
    for identity in sorted(filter(None, ids)):
        try:
            path = find(identity)
            rules = load_rules(path)
        except LayoutError:
            continue  # told by whatever scores a sheet with it
        found.append(KeptRules(rules.digest, rules.id, rules.version, path.read_text("utf-8-sig")))
    keep_rules(store, found)


def rescore(store: Store, sheets: Iterable[SheetResult], who: str) -> Rescored:
    """Keep the score of every sheet by the rules as they are now, and by each earlier version of them.

    Sheets of units that are closed are left as they were signed.
    """
    earlier = [parse_rules(each.body, each.id) for each in kept_rules(store)]
    signed = cache(lambda unit, year: bool(closed_places(store, [(unit, year)])))
    closed = 0
    made: list[StoredScore] = []
    moved: Counter[tuple[str, str, str]] = Counter()
    for result in sheets:
        if signed(result.unit, result.sheet.year):
            closed += 1
            continue
        before = [scored_by(result, rules) for rules in earlier if _is_earlier(result, rules)]
        made.extend(stored_score(each) for each in (*before, result))
        if before and before[-1].score.level != result.score.level:
            moved[result.layout.id, before[-1].score.level, result.score.level] += 1
    new = add_scores(store, made, who)
    return Rescored(new, closed, tuple(Moved(*key, n) for key, n in sorted(moved.items())))


def stored_score(result: SheetResult) -> StoredScore:
    """Return a sheet's score as it is kept: under the digests of the answers and rules it was made from."""
    answers = [(a.answer.question, a.answer.chosen, a.answer.cause) for a in result.answers]
    digest = hashlib.sha256(json.dumps(answers).encode()).hexdigest()[:16]
    body = json.dumps(asdict(result.score), ensure_ascii=False)
    return StoredScore(result.sheet.name, digest, result.score.rules, body)


def scored_by(result: SheetResult, rules: Rules) -> SheetResult:
    """Return the sheet as other rules score it."""
    made = Scorer.of(result.layout, rules).score(
        [each.answer for each in result.answers], missing_pages=result.sheet.missing, signed=result.signed
    )
    return replace(
        result, rules=rules, score=replace(made, provisional=made.provisional and not result.decided)
    )


def _is_earlier(result: SheetResult, rules: Rules) -> bool:
    """True for another version of the sheet's own rules that fits its form."""
    if rules.id != result.layout.scoring or rules.digest == result.score.rules:
        return False
    try:
        check_fit(result.layout, rules)
    except LayoutError:
        return False
    return True


def history(store: Store, sheets: Iterable[SheetResult]) -> ExportTable:
    """Return every score that was kept of the sheets given, a row a rule file and set of answers.

    current: 1 for the answers and rules that hold now.
    """
    kept: dict[str, list[KeptScore]] = {}
    for each in scores(store):
        kept.setdefault(each.score.sheet, []).append(each)
    rules = {each.digest: each for each in kept_rules(store)}
    return ExportTable(HISTORY, (row for sheet in sheets for row in _rows(sheet, kept, rules)))


def _rows(
    result: SheetResult, kept: Mapping[str, list[KeptScore]], rules: Mapping[str, KeptRules]
) -> Iterator[Row]:
    now = stored_score(result)
    for each in kept.get(result.sheet.name, ()):
        body, used = json.loads(each.score.body), rules.get(each.score.rules)
        yield (
            *(result.unit, result.sheet.year, result.sheet.name, result.layout.id, result.layout.version),
            *(each.score.rules, used.version if used else "", used.at if used else ""),
            *(body["level"], body["split"], body["declared"], int(body["provisional"])),
            *("|".join(body["issues"]), each.at, each.who),
            int((each.score.answers, each.score.rules) == (now.answers, now.rules)),
        )
