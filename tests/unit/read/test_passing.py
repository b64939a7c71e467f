"""What fills a box is not always a mark: signatures pass through, lines strike out, holes are broad."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from omr.model.reading import Doubt, MarkState
from omr.pipeline.scan import read_scan


def ticked(paper, step=3):
    boxes = [box.id for box in paper.layout.pages[0].boxes[::step]]
    for box in boxes:
        paper.tick(box)
    return boxes


def middle(paper, box):
    center = paper.area(box).center
    return center.x, center.y


def read(paper):
    (reading,) = read_scan(paper.scan(0.5), {paper.layout.digest: paper.layout})
    return {
        box: (MarkState(int(state)), bool(review), Doubt(int(doubts)))
        for box, state, review, doubts in zip(
            reading.marks.boxes, reading.marks.states, reading.review, reading.marks.doubts, strict=True
        )
    }


def sure_marks(read_boxes):
    return {
        box for box, (state, review, _d) in read_boxes.items() if state is MarkState.MARKED and not review
    }


def test_the_stroke_of_a_signature_through_empty_boxes_is_no_mark(one_box):
    marks = ticked(one_box)
    x, y = middle(one_box, "q07.c0")
    # Down through one row that is not ticked and up through the next, as a hand draws it.
    turns = np.linspace(-1, 1, 30)
    one_box.stroke(*((x + 13 * turn, y + 12 * np.sin(1.4 * turn)) for turn in turns), width=0.6)
    one_box.stroke(*((x + 13 * turn, y + 8 - 11 * np.sin(1.4 * turn)) for turn in turns), width=0.6)
    seen = read(one_box)
    assert sure_marks(seen) <= set(marks)
    assert len(sure_marks(seen)) >= len(marks) - 2


@pytest.mark.parametrize("gray", [110, 150, 165])
def test_the_rim_of_a_stamp_through_empty_boxes_is_no_mark(one_box, gray):
    marks = ticked(one_box)
    x, y = middle(one_box, "q10.c0")
    rng = np.random.default_rng(gray)
    for turn in np.arange(0, 2 * np.pi, 0.09):
        near, far = ((x - 12 + r * np.cos(turn), y + 12 + r * np.sin(turn)) for r in (16.4, 17.6))
        if rng.random() < 0.93:
            one_box.stroke(near, far, width=1.1, gray=gray)
    seen = read(one_box)
    assert sure_marks(seen) <= set(marks)
    assert len(sure_marks(seen)) >= len(marks) - 4


@pytest.mark.parametrize("lines", [1, 2])
def test_a_tick_that_is_struck_out_goes_to_a_person(one_box, lines):
    ticked(one_box)
    x, y = middle(one_box, "q12.c0")
    for line in range(lines):
        rise = 1.2 * line - 0.4
        one_box.stroke((x - 4.6, y + rise + 0.3), (x - 1, y + rise - 0.2), (x + 4.8, y + rise), width=0.6)
    state, review, doubts = read(one_box)["q12.c0"]
    assert review
    assert state is MarkState.MARGINAL
    assert doubts & Doubt.THROUGH


def test_a_punched_hole_over_an_empty_box_is_no_mark(one_box):
    marks = ticked(one_box)
    x, y = middle(one_box, "q04.c0")
    place = round((x + 1.5) * one_box.k), round((y + 1.0) * one_box.k)
    cv2.circle(one_box.image, place, round(2.75 * one_box.k), 40, -1)
    assert sure_marks(read(one_box)) == set(marks)


def test_long_ticks_and_crosses_over_the_frame_are_marks(one_box):
    """A tail leaves on one side, a cross at its corners and not for long, and the next row's mark is near."""
    rows = [box.id for box in one_box.layout.pages[0].boxes]
    for number, box in enumerate(rows[::2]):
        x, y = middle(one_box, box)
        if number % 2:
            one_box.stroke((x - 1.6, y - 0.2), (x - 0.4, y + 1.7), (x + 5.5, y - 5.0))
        else:
            one_box.stroke((x - 3.3, y - 3.2), (x + 3.3, y + 3.2))
            one_box.stroke((x - 3.3, y + 3.2), (x + 3.3, y - 3.2))
    seen = read(one_box)
    assert not any(doubts & Doubt.THROUGH for _state, _review, doubts in seen.values())
    assert len(sure_marks(seen)) == 13
