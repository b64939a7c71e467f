"""Answers → `Score`: counts, the first level that holds, and why. Pure, whatever the answers come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from omr.errors import LayoutError
from omr.i18n import _
from omr.model.layout import Layout, Role
from omr.model.reading import Answer
from omr.model.score import Count, Score, SheetIssue
from omr.score.condition import Tick, comparisons, holds
from omr.score.rows import Rows, completions, rows, section_of, ticks
from omr.score.rulefile import FOOT, MissingPage, OpenRows
from omr.score.rules import Contradiction, Level, Part, Rules
from omr.score.why import Finding, sentences

UNDETERMINED = "undetermined"
"""The level of a sheet whose open rows decide between levels."""


def score(
    layout: Layout,
    answers: Iterable[Answer],
    rules: Rules,
    *,
    missing_pages: Sequence[int] = (),
    signed: bool | None = None,
) -> Score:
    """Return what `rules` make of a sheet's answers.

    Args:
        layout: the form the answers belong to.
        answers: of all pages that are there, in any order; one that a person decided has cause NONE.
        rules: from `load_rules`.
        missing_pages: numbers of the pages that are not there.
        signed: whether the signature area holds handwriting; None where nobody looked.

    Raises:
        LayoutError: the rules count something that the layout does not have.
        ValueError: two answers to one question, or one to a question that the form does not ask.
    """
    return Scorer.of(layout, rules).score(answers, missing_pages=missing_pages, signed=signed)


@dataclass(frozen=True, slots=True)
class Scorer:
    """A form with rules that fit it, for many sheets.

    counted: what its items are counted as, in printed order. declared: its questions for the declared level.
    """

    layout: Layout
    rules: Rules
    counted: tuple[Tick, ...]
    declared: frozenset[str]

    @classmethod
    def of(cls, layout: Layout, rules: Rules) -> Scorer:
        """Return the scorer of a form. Raises LayoutError as `score` does."""
        check_fit(layout, rules)
        declared = (question.id for question in layout.questions if question.role is Role.DECLARED)
        return cls(layout, rules, ticks(layout), frozenset(declared))

    def score(
        self, answers: Iterable[Answer], *, missing_pages: Sequence[int] = (), signed: bool | None = None
    ) -> Score:
        """Return what the rules make of one sheet's answers; see `score` of this module."""
        layout, rules, answers = self.layout, self.rules, tuple(answers)
        pages_missing = bool(missing_pages)
        needs_mark = rules.settings.blank_needs_mark
        found = rows(layout, answers, pages_missing=pages_missing, blank_needs_mark=needs_mark)
        reach = _reach(rules, found, pages_missing=pages_missing)
        finding = Finding(
            layout=layout,
            rules=rules,
            counts=_counts(self.counted, found),
            open=tuple(question for question in found.open if question.role is Role.ITEM),
            unused=found.unused,
            reachable=reach.levels,
            level=reach.level,
            part=reach.part,
            declared=_declared(self.declared, answers),
            contradictions=tuple(each for each in rules.contradictions if _certain(each, found)),
            missing_pages=tuple(missing_pages),
            signed=signed,
        )
        unsettled = any(answer.review for answer in answers) or bool(found.open and not missing_pages)
        return _scored(finding, reach, unsettled=unsettled)


def _scored(finding: Finding, reach: _Reach, *, unsettled: bool) -> Score:
    return Score(
        level=reach.level.id if reach.level else (UNDETERMINED if reach.levels else ""),
        split=reach.part.id if reach.part else "",
        declared=finding.declared,
        provisional=reach.level is not None and reach.level.provisional,
        counts=finding.counts,
        issues=tuple(_issues(finding, unsettled=unsettled)),
        why=sentences(finding),
        rules=finding.rules.digest,
    )


def check_fit(layout: Layout, rules: Rules) -> None:
    """Raise LayoutError where the rules count what the form lacks, or it declares a level they lack."""
    foot = ((section_of(asked), asked) for asked in layout.questions if asked.role is not Role.ITEM)
    known = {*ticks(layout), *((section, choice.id) for section, asked in foot for choice in asked.choices)}
    absent = sorted(".".join(tick) for tick in rules.counted() - known)
    if absent:
        raise LayoutError(
            _(
                "scoring rule '{rules}' counts {counts}, which layout '{layout}' does not have. "
                "Correct the section and choice ids in one of the two files."
            ).format(rules=rules.id, counts=", ".join(absent), layout=layout.id)
        )
    claimed = {choice for section, choice in known if section == FOOT[Role.DECLARED]}
    strange = sorted(claimed - {level.id for level in rules.levels})
    if strange:
        raise LayoutError(
            _(
                "layout '{layout}' lets people declare {levels}, which scoring rule '{rules}' does not know. "
                "Give the levels the same ids in both files."
            ).format(layout=layout.id, levels=", ".join(strange), rules=rules.id)
        )


@dataclass(frozen=True, slots=True)
class _Reach:
    """The levels that are still possible, in the rules' order; `level` and `part` where they are certain."""

    levels: tuple[Level, ...] = ()
    level: Level | None = None
    part: Part | None = None


def _reach(rules: Rules, found: Rows, *, pages_missing: bool) -> _Reach:
    if pages_missing and rules.settings.missing_page is MissingPage.NO_LEVEL:
        return _Reach()
    reached: set[tuple[int, int]] = set()
    for counts in completions(found, rules.level_comparisons()):
        for at, level in enumerate(rules.levels):
            if holds(level.when, counts):
                parts = (index for index, part in enumerate(level.split) if holds(part.when, counts))
                reached.add((at, next(parts, -1)))
                break
    levels = tuple(rules.levels[at] for at in sorted({at for at, _part in reached}))
    rows_open = any(question.role is Role.ITEM for question in found.open)
    if len(levels) != 1 or (rows_open and rules.settings.open_rows is OpenRows.UNDETERMINED):
        return _Reach(levels)
    (level,), parts_reached = levels, {part for _at, part in reached}
    sure = level.split and len(parts_reached) == 1
    return _Reach(levels, level, level.split[parts_reached.pop()] if sure else None)


def _counts(counted: Sequence[Tick], found: Rows) -> tuple[Count, ...]:
    open_ticks = Counter(
        (section_of(question), choice.id) for question in found.open for choice in question.choices
    )
    return tuple(
        Count(*tick, least=found.settled.get(tick, 0), most=found.settled.get(tick, 0) + open_ticks[tick])
        for tick in counted
    )


def _declared(asked: frozenset[str], answers: Sequence[Answer]) -> str:
    """Return the one level that was clearly ticked, else ""."""
    chosen = [answer.chosen for answer in answers if answer.question in asked and not answer.review]
    return chosen[0][0] if chosen and len(chosen[0]) == 1 else ""


def _certain(contradiction: Contradiction, found: Rows) -> bool:
    """True where the contradiction holds whatever becomes of the open rows."""
    compared = comparisons(contradiction.when)
    return all(holds(contradiction.when, counts) for counts in completions(found, compared))


def _issues(finding: Finding, *, unsettled: bool) -> Iterator[SheetIssue]:
    settings = finding.rules.settings
    if finding.contradictions:
        yield SheetIssue.CONTRADICTION
    if finding.signed is False and settings.flag_unsigned:
        yield SheetIssue.UNSIGNED
    if finding.missing_pages:
        yield SheetIssue.MISSING_PAGE
    if finding.differs and settings.flag_declared:
        yield SheetIssue.DECLARED_DIFFERS
    if unsettled:
        yield SheetIssue.UNRESOLVED
