"""Marks → answers: what each question says, what is unclear about it, and whose doubt that is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from omr.model.layout import BlankRow, Box, Question
from omr.model.reading import Answer, Cause, Doubt, Issue, Marks, MarkState
from omr.settings import ClassifySettings


def resolve(
    marks: Marks, boxes: tuple[Box, ...], questions: tuple[Question, ...], settings: ClassifySettings
) -> tuple[tuple[Answer, ...], NDArray[np.bool_]]:
    """Return the answer of each question, and per box whether a person has to look at it, shape (N,).

    boxes: the page's boxes in the order of `marks`; questions: those that have their boxes on the page.
    """
    columns: dict[str, list[int]] = {question.id: [] for question in questions}
    for index, box in enumerate(boxes):
        columns[box.question].append(index)
    answers = []
    review = np.zeros(len(boxes), dtype=np.bool_)
    for question in questions:
        at = np.array(columns[question.id], dtype=np.intp)
        choices = tuple(boxes[index].choice for index in at)
        answer, doubtful = _answer(question, choices, marks, at, settings)
        answers.append(answer)
        review[at] = doubtful
    return tuple(answers), review


def _answer(
    question: Question,
    choices: tuple[str, ...],
    marks: Marks,
    at: NDArray[np.intp],
    settings: ClassifySettings,
) -> tuple[Answer, NDArray[np.bool_]]:
    """Return one question's answer and which of its boxes a person has to look at."""
    states, doubts, confidence = marks.states[at], marks.doubts[at], marks.confidence[at]
    unsure = _unsure(states, doubts, confidence, settings)
    chosen = tuple(choice for choice, state in zip(choices, states, strict=True) if state == MarkState.MARKED)
    issues = _issues(states, doubts)
    unclear = _unclear(question, states, chosen)
    if unsure.any():
        cause = Cause.READING
    elif unclear:
        cause = Cause.RESPONDENT
    else:
        cause = Cause.NONE
    review = unsure | _asked(states, unclear)
    answer = Answer(
        question=question.id,
        chosen=chosen,
        confidence=float(np.prod(confidence.astype(np.float64))),
        issues=issues + unclear,
        cause=cause,
    )
    return answer, review


def _unsure(
    states: NDArray[np.uint8],
    doubts: NDArray[np.uint16],
    confidence: NDArray[np.float32],
    settings: ClassifySettings,
) -> NDArray[np.bool_]:
    """Return where the machine itself is not sure what the box holds."""
    reading = int(Doubt.STREAK | Doubt.LOOSE_FIT | Doubt.DIRTY)
    unsure: NDArray[np.bool_] = (
        (states == MarkState.MARGINAL)
        | ((doubts & reading) != 0)
        | ((confidence < settings.review_below) & (states != MarkState.CANCELLED))
    )
    return unsure


def _issues(states: NDArray[np.uint8], doubts: NDArray[np.uint16]) -> tuple[Issue, ...]:
    """Return what the machine is unsure of."""
    found = []
    if (states == MarkState.MARGINAL).any():
        found.append(Issue.MARGINAL_MARK)
    if (doubts & int(Doubt.STREAK)).any():
        found.append(Issue.STREAK)
    if (doubts & int(Doubt.LOOSE_FIT)).any():
        found.append(Issue.LOOSE_FIT)
    return tuple(found)


def _unclear(question: Question, states: NDArray[np.uint8], chosen: tuple[str, ...]) -> tuple[Issue, ...]:
    """Return what the respondent left unclear; a filled box is a person's to settle on any form."""
    if (states == MarkState.CANCELLED).any():
        return (Issue.CORRECTED,) if chosen else (Issue.FILLED_BOX,)
    if len(chosen) > 1:
        return (Issue.OVERMARKED,)
    blank = not chosen and not (states == MarkState.MARGINAL).any()
    if blank and question.blank is BlankRow.UNANSWERED:
        return (Issue.BLANK,)
    return ()


def _asked(states: NDArray[np.uint8], unclear: tuple[Issue, ...]) -> NDArray[np.bool_]:
    """Return which boxes show the respondent's doubt: all of a blank row, else those with ink."""
    if Issue.BLANK in unclear:
        return np.ones(len(states), dtype=np.bool_)
    if unclear:
        return np.asarray(states != MarkState.EMPTY)
    return np.zeros(len(states), dtype=np.bool_)
