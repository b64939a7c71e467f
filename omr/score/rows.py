"""Answers → rows that are settled and rows still open, and what could become of the open ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from omr.model.layout import BlankRow, Layout, Question, Role
from omr.model.reading import Answer
from omr.score.condition import Comparison, Tick
from omr.score.rulefile import FOOT


@dataclass(frozen=True, slots=True)
class Rows:
    """What a sheet's answers amount to.

    settled: ticks of the settled questions. open: questions that nobody has settled yet, in printed order.
    unused: True where the form is blank as a whole, so that its blank rows count as unanswered.
    """

    settled: Mapping[Tick, int]
    open: tuple[Question, ...]
    unused: bool


def rows(layout: Layout, answers: Iterable[Answer], *, pages_missing: bool, blank_needs_mark: bool) -> Rows:
    """Return the settled and the open rows.

    A row is open where its answer is still to be looked at (`Answer.review`: the machine's or the
    respondent's doubt, and no person has decided), where there is no answer for it, or where it is
    blank, blank rows mean "absent" on this form, and the sheet gives no right to that reading: a page
    is missing, or the sheet carries neither a mark nor the attestation.

    Args:
        layout: the form.
        answers: of all its pages, in any order.
        pages_missing: True where the sheet is not whole.
        blank_needs_mark: False takes every blank row of such a form as absent.

    Raises:
        ValueError: two answers to one question, or one to a question the form does not ask.
    """
    given = _by_question(answers)
    used = any(answer.chosen for answer in given.values() if not answer.review)
    absent = not blank_needs_mark or (used and not pages_missing)
    settled: Counter[Tick] = Counter()
    unsettled: list[Question] = []
    for question in layout.questions:
        answer = given.pop(question.id, None)
        doubtful = not absent and question.blank is BlankRow.ABSENT
        if answer is None or answer.review or (doubtful and not answer.chosen):
            unsettled.append(question)
        else:
            for choice in answer.chosen:
                settled[section_of(question), choice] += 1
    if given:
        raise ValueError(f"{layout.id} does not ask {', '.join(given)}")
    return Rows(settled, tuple(unsettled), unused=not used and blank_needs_mark and not pages_missing)


def _by_question(answers: Iterable[Answer]) -> dict[str, Answer]:
    given: dict[str, Answer] = {}
    for answer in answers:
        if answer.question in given:
            raise ValueError(f"two answers to {answer.question}")
        given[answer.question] = answer
    return given


def section_of(question: Question) -> str:
    """Return the section a question is counted under."""
    return FOOT.get(question.role, question.section)


def ticks(layout: Layout) -> tuple[Tick, ...]:
    """Return everything that can be counted on items of the form, in printed order, each once."""
    items = (question for question in layout.questions if question.role is Role.ITEM)
    return tuple(
        dict.fromkeys((question.section, choice.id) for question in items for choice in question.choices)
    )


def completions(found: Rows, compared: Sequence[Comparison]) -> Iterator[Mapping[Tick, int]]:
    """Yield the counts that settling the open rows could lead to, as far as `compared` can tell them apart.

    An open row may come out blank or as any one of its choices. Counts above every number they are
    compared with are alike, so there are few combinations however many rows are open.
    """
    highest = max((comparison.number for comparison in compared), default=0) + 1
    named = {tick for comparison in compared for tick in comparison.counts}
    alike = Counter((section_of(row), tuple(choice.id for choice in row.choices)) for row in found.open)
    kinds = [
        _spread(
            [(section, choice) for choice in choices if (section, choice) in named], count, found, highest
        )
        for (section, choices), count in alike.items()
    ]
    for spreads in product(*kinds):
        counts = Counter(found.settled)
        for spread in spreads:
            counts.update(spread)
        yield counts


def _spread(choices: list[Tick], count: int, found: Rows, highest: int) -> list[dict[Tick, int]]:
    """Return the ways `count` like rows can add to `choices`, none further than `highest`."""
    rooms = [range(min(count, max(0, highest - found.settled.get(tick, 0))) + 1) for tick in choices]
    return [dict(zip(choices, added, strict=True)) for added in product(*rooms) if sum(added) <= count]
