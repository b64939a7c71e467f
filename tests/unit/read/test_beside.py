"""A tick that missed its box goes to a person; the table's lines and neighbours' ticks do not."""

from __future__ import annotations

import numpy as np
import pytest

from omr.model.reading import Doubt, MarkState
from omr.pipeline import read_scan


def read(paper):
    return read_scan(paper.scan(0.8), {paper.layout.digest: paper.layout})[0]


def lines(paper):
    """Draw the table's upright lines beside every box."""
    boxes = [box.area for box in paper.layout.pages[0].boxes]
    for x in {round(area.x - 6.2, 1) for area in boxes} | {round(area.right + 6.2, 1) for area in boxes}:
        paper.stroke((x, 20.0), (x, 280.0), width=0.25, gray=0)


def test_a_tick_beside_its_box_is_asked_about(one_box):
    lines(one_box)
    box = one_box.layout.pages[0].boxes[4]
    one_box.tick(box.id, dx=box.area.width / 2 + 2.6, dy=0.4)
    reading = read(one_box)
    at = reading.marks.boxes.index(box.id)
    assert reading.marks.states[at] == MarkState.MARGINAL
    assert Doubt(int(reading.marks.doubts[at])) & Doubt.BESIDE
    assert reading.review.sum() == 1


def test_lines_and_ticks_in_their_boxes_raise_no_doubt(one_box):
    lines(one_box)
    for box in one_box.layout.pages[0].boxes[::3]:
        one_box.tick(box.id)
    reading = read(one_box)
    assert not reading.review.any()
    assert np.count_nonzero(reading.marks.states == MarkState.MARKED) == len(
        one_box.layout.pages[0].boxes[::3]
    )


@pytest.mark.parametrize("radius", [3.6, 4.5, 5.0, 6.0])
@pytest.mark.parametrize("ticked", [True, False])
def test_a_circled_box_is_never_settled_by_the_machine(one_box, radius, ticked):
    box = one_box.layout.pages[0].boxes[5]
    if ticked:
        one_box.tick(box.id)
    center = box.area.center
    turns = np.linspace(0, 2 * np.pi, 60)
    one_box.stroke(*((center.x + radius * np.cos(a), center.y + radius * np.sin(a)) for a in turns))
    reading = read(one_box)
    assert reading.review[reading.marks.boxes.index(box.id)]


def test_long_ticks_and_crosses_are_no_rings(one_box):
    for box in one_box.layout.pages[0].boxes[::4]:
        x, y = box.area.center.x, box.area.center.y
        one_box.stroke((x - 3.4, y - 3.0), (x + 3.4, y + 3.0))
        one_box.stroke((x - 3.4, y + 3.0), (x + 3.4, y - 3.0))
    doubts = read(one_box).marks.doubts
    assert not (doubts & int(Doubt.CIRCLED)).any()
