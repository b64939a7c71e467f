"""Marks → answers: what each question says, what is unclear about it, and whose doubt that is."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from omr.model.layout import BlankRow, Box, Question
from omr.model.reading import Answer, Cause, Doubt, Issue, Marks, MarkState


def resolve(
    marks: Marks, boxes: tuple[Box, ...], questions: tuple[Question, ...]
) -> tuple[tuple[Answer, ...], NDArray[np.bool_]]:
    """Return the answer of each question, and per box whether a person has to look at it, shape (N,).

    boxes: the page's boxes in the order of `marks`; questions: those that have their boxes on the page.
    """
    columns: dict[str, list[int]] = {question.id: [] for question in questions}
    for index, box in enumerate(boxes):
        columns[box.question].append(index)
    review = _unsure(marks)
    # Plain numbers from here on: rows are short, and arrays of three cost more than they save.
    seen = _Seen(marks.states.tolist(), marks.doubts.tolist(), marks.confidence.tolist(), review.tolist())
    answers = []
    for question in questions:
        at = columns[question.id]
        answer, asked = _answer(question, boxes, seen, at)
        answers.append(answer)
        review[[index for index in at if asked and (Issue.BLANK in answer.issues or seen.states[index])]] = (
            True
        )
    return tuple(answers), review


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
    found = []
    if MarkState.MARGINAL in states:
        found.append(Issue.MARGINAL_MARK)
    if any(doubt & Doubt.STREAK.value for doubt in doubts):
        found.append(Issue.STREAK)
    if any(doubt & Doubt.LOOSE_FIT.value for doubt in doubts):
        found.append(Issue.LOOSE_FIT)
    if any(doubt & Doubt.NAMED.value for doubt in doubts):
        found.append(Issue.NAMED)
    return tuple(found)


def _unclear(question: Question, states: list[int], chosen: tuple[str, ...]) -> tuple[Issue, ...]:
    """Return what the respondent left unclear; a filled box is a person's to settle on any form."""
    if MarkState.CANCELLED in states:
        return (Issue.CORRECTED,) if chosen else (Issue.FILLED_BOX,)
    if len(chosen) > 1:
        return (Issue.OVERMARKED,)
    if not chosen and MarkState.MARGINAL not in states and question.blank is BlankRow.UNANSWERED:
        return (Issue.BLANK,)
    return ()
