"""Marks → answers: what each question says, what is unclear about it, and whose doubt that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce
from math import prod
from operator import or_

import numpy as np
from numpy.typing import NDArray

from omr.model.layout import BlankRow, Box, Question, Spelled
from omr.model.reading import Answer, Cause, Doubt, Issue, Marks, MarkState


def resolve(
    marks: Marks,
    boxes: tuple[Box, ...],
    questions: tuple[Question, ...],
    spelled: tuple[Spelled, ...] = (),
) -> tuple[tuple[Answer, ...], NDArray[np.bool_]]:
    """Return the answer of each question, and per box whether a person has to look at it, shape (N,).

    boxes: the page's boxes in the order of `marks`; questions: those that have their boxes on the page.
    spelled: the form's ID grids; an empty place within a number is asked about, whatever it may be elsewhere.
    """
    columns: dict[str, list[int]] = {question.id: [] for question in questions}
    for index, box in enumerate(boxes):
        columns[box.question].append(index)
    review = _unsure(marks)
    lost = (marks.doubts & int(Doubt.LOST_INK)) != 0
    for at in columns.values() if lost.any() else ():
        # Where a mark stands its pen was dark enough; where none does, the row's may be gone.
        if not (marks.states[at] == MarkState.MARKED).any():
            review[at] |= lost[at]
    # Plain numbers from here on: rows are short, and arrays of three cost more than they save.
    seen = _Seen(marks.states.tolist(), marks.doubts.tolist(), marks.confidence.tolist(), review.tolist())
    answers = [_answer(question, boxes, seen, columns[question.id]) for question in questions]
    gaps = _gaps({answer.question: answer for answer, _asked in answers}, spelled)
    answers = [_as_gap(answer) if answer.question in gaps else (answer, asked) for answer, asked in answers]
    for answer, asked in answers:
        at = columns[answer.question]
        review[[index for index in at if asked and (Issue.BLANK in answer.issues or seen.states[index])]] = (
            True
        )
    return tuple(answer for answer, _asked in answers), review


def _gaps(answers: Mapping[str, Answer], spelled: tuple[Spelled, ...]) -> frozenset[str]:
    """Return the places of numbers that are empty though a later one is not; names may have such gaps."""
    found = set()
    for text in spelled:
        chosen = ["".join(answers[place].chosen) if place in answers else "" for place in text.questions]
        filled = [at for at, character in enumerate(chosen) if character]
        if filled and "".join(chosen).isdigit():
            found |= {text.questions[at] for at in range(filled[0], filled[-1]) if not chosen[at]}
    return frozenset(found)


def _as_gap(answer: Answer) -> tuple[Answer, bool]:
    issues = answer.issues if Issue.BLANK in answer.issues else (*answer.issues, Issue.BLANK)
    return replace(answer, issues=issues, cause=answer.cause or Cause.RESPONDENT), True


@dataclass(frozen=True, slots=True)
class _Seen:
    """The marks of a page as plain lists, one entry a box."""

    states: list[int]
    doubts: list[int]
    confidence: list[float]
    unsure: list[bool]


def _answer(question: Question, boxes: tuple[Box, ...], seen: _Seen, at: list[int]) -> tuple[Answer, bool]:
    """Return one question's answer, and True where the respondent left it unclear."""
    states = [seen.states[index] for index in at]
    chosen = tuple(boxes[index].choice for index in at if seen.states[index] == MarkState.MARKED)
    unclear = _unclear(question, states, chosen)
    if any(seen.unsure[index] for index in at):
        cause = Cause.READING
    else:
        cause = Cause.RESPONDENT if unclear else Cause.NONE
    return Answer(
        question=question.id,
        chosen=chosen,
        confidence=prod(seen.confidence[index] for index in at),
        issues=_issues(states, [seen.doubts[index] for index in at]) + unclear,
        cause=cause,
    ), bool(unclear)


def _unsure(marks: Marks) -> NDArray[np.bool_]:
    """Return where the machine itself is not sure what the box holds, shape (N,)."""
    reading = int(Doubt.STREAK | Doubt.LOOSE_FIT | Doubt.DIRTY | Doubt.NAMED)
    unclear = (marks.doubts & int(Doubt.CONFIDENCE) != 0) & (marks.states != MarkState.CANCELLED)
    unsure: NDArray[np.bool_] = (
        (marks.states == MarkState.MARGINAL) | ((marks.doubts & reading) != 0) | unclear
    )
    return unsure


def _issues(states: list[int], doubts: list[int]) -> tuple[Issue, ...]:
    """Return what the machine is unsure of."""
    found = (Issue.MARGINAL_MARK,) if MarkState.MARGINAL in states else ()
    every = reduce(or_, doubts, 0)
    return found + tuple(issue for doubt, issue in _DOUBTED if every & doubt)


_DOUBTED = (
    (Doubt.STREAK.value, Issue.STREAK),
    (Doubt.LOOSE_FIT.value, Issue.LOOSE_FIT),
    (Doubt.NAMED.value, Issue.NAMED),
)
"""Doubts that are an answer's issues, too."""


def _unclear(question: Question, states: list[int], chosen: tuple[str, ...]) -> tuple[Issue, ...]:
    """Return what the respondent left unclear; a filled box is a person's to settle on any form."""
    if MarkState.CANCELLED in states:
        return (Issue.CORRECTED,) if chosen else (Issue.FILLED_BOX,)
    if len(chosen) > 1:
        return (Issue.OVERMARKED,)
    if not chosen and MarkState.MARGINAL not in states and question.blank is BlankRow.UNANSWERED:
        return (Issue.BLANK,)
    return ()
