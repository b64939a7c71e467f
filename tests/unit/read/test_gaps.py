"""Numbers filled in place by place: a gap in one is asked about, and not in a name."""

from __future__ import annotations

import numpy as np
import pytest

from omr.model.geometry import RectMm
from omr.model.layout import BlankRow, Box, Choice, Question, Role, Shape, Spelled
from omr.model.reading import Cause, Issue, Marks, MarkState
from omr.read.resolve import resolve


def resolved(written: str, choices: str, blank: BlankRow = BlankRow.ALLOWED):
    """Return what becomes of a text, a space where a place is empty."""
    places = tuple(f"p{number}" for number in range(len(written)))
    boxes = tuple(
        Box(f"{place}.{choice}", place, choice, RectMm(0, 0, 4, 4), Shape.CIRCLE)
        for place in places
        for choice in choices
    )
    offered = tuple(Choice(choice, choice) for choice in choices)
    questions = tuple(Question(place, "", "", "s", offered, Role.ITEM, blank) for place in places)
    marked = [box.choice == written[int(box.question[1:])] for box in boxes]
    states = np.where(marked, int(MarkState.MARKED), int(MarkState.EMPTY)).astype(np.uint8)
    sure, no_doubt = np.full(len(boxes), 0.9999, np.float32), np.zeros(len(boxes), np.uint16)
    marks = Marks(tuple(box.id for box in boxes), states, sure, no_doubt)
    answers, review = resolve(marks, boxes, questions, (Spelled("text", places),))
    asked = {box.question for box, each in zip(boxes, review, strict=True) if each}
    assert asked == {answer.question for answer in answers if answer.review}
    return {answer.question: answer for answer in answers}, asked


@pytest.mark.parametrize(
    ("written", "choices", "asked"),
    [
        ("2048  ", "0123456789", set()),
        ("  2048", "0123456789", set()),
        ("20 8", "0123456789", {"p2"}),
        ("2  8 ", "0123456789", {"p1", "p2"}),
        ("DA ID", "ABCDEFGHI", set()),
        ("    ", "0123456789", set()),
    ],
)
def test_a_gap_within_a_number_alone_is_asked_about(written, choices, asked):
    answers, found = resolved(written, choices)
    assert found == asked
    for place in asked:
        assert (answers[place].cause, answers[place].issues) == (Cause.RESPONDENT, (Issue.BLANK,))


def test_where_no_place_may_stay_empty_each_empty_one_is_asked_about():
    answers, found = resolved("4 2 ", "0123456789", BlankRow.UNANSWERED)
    assert found == {"p1", "p3"}
    assert answers["p1"].issues == (Issue.BLANK,)
