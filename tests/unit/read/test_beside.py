"""A tick that missed its box goes to a person; the table's lines and neighbours' ticks do not."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from omr.model.reading import Doubt, MarkState
from omr.pipeline import read_scan
from omr.read.views import View, ink_in
from omr.settings import DEFAULT


def read(paper):
    return read_scan(paper.scan(0.8), {paper.layout.digest: paper.layout})[0]


def lines(paper):
    """Draw the table's upright lines beside every box."""
    boxes = [box.area for box in paper.layout.pages[0].boxes]
    for x in {round(area.x - 6.2, 1) for area in boxes} | {round(area.right + 6.2, 1) for area in boxes}:
        paper.stroke((x, 20.0), (x, 280.0), width=0.25, gray=0)


def rules(paper):
    """Draw the table's lines: beside the boxes, and between the rows."""
    lines(paper)
    rows = [box.area.center.y for box in paper.layout.pages[0].boxes]
    for y in [rows[0] - 4.0, *(row + 4.0 for row in rows)]:
        paper.stroke((30.0, y), (160.0, y), width=0.25, gray=0)


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


@pytest.mark.parametrize("width", [0.3, 0.5])
@pytest.mark.parametrize("aside", [1.2, 2.4, 3.1])
def test_an_upright_stroke_beside_a_box_is_no_rule(one_box, width, aside):
    lines(one_box)
    box = one_box.layout.pages[0].boxes[4]
    x, y = box.area.right + aside, box.area.center.y
    one_box.stroke((x, y + 1.2), (x, y - 1.2), width=width)
    reading = read(one_box)
    assert Doubt(int(reading.marks.doubts[reading.marks.boxes.index(box.id)])) & Doubt.BESIDE


@pytest.mark.parametrize("radius", [3.6, 4.5, 5.0, 5.5, 6.0])
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


@pytest.fixture
def narrow(make_paper):
    """Three boxes a row, 3.2 mm apart, as pledge registers have them."""
    paper = make_paper()
    page = paper.layout.pages[0]
    boxes = tuple(
        replace(box, area=replace(box.area, x=140.5 + 8.2 * (number % 3)))
        for number, box in enumerate(page.boxes)
    )
    layout = replace(paper.layout, pages=(replace(page, boxes=boxes),))
    return type(paper)(layout, paper.sheet)


def of_row(reading, row):
    return [box.startswith(f"q{row:02d}.") for box in reading.marks.boxes]


def test_a_mark_between_two_narrow_columns_is_asked_about(narrow):
    for row in range(0, 25, 2):
        narrow.tick(f"q{row:02d}.c2")
    box = narrow.layout.pages[0].boxes[3 * 5]
    right, middle = box.area.right, box.area.center.y
    narrow.stroke((right + 0.5, middle + 0.2), (right + 1.2, middle + 1.0), (right + 2.6, middle - 1.2))
    reading = read(narrow)
    assert reading.review[of_row(reading, 5)].any()


def test_what_a_mark_sends_beside_other_boxes_is_not_asked_about(narrow):
    for row in range(2, 24, 3):
        area = narrow.area(f"q{row:02d}.c1")
        x, y = area.center.x, area.center.y
        narrow.stroke((x - 1.6, y - 0.2), (x - 0.4, y + 1.7), (x + 4.0, y - 8.5))
    reading = read(narrow)
    ticked = [f"q{row:02d}.c1" for row in range(2, 24, 3)]
    states = dict(zip(reading.marks.boxes, reading.marks.states.tolist(), strict=True))
    assert [box for box, state in states.items() if state == MarkState.MARKED] == ticked
    assert not reading.marks.doubts.any()


@pytest.mark.parametrize("radius", [3.8, 4.4, 5.0])
@pytest.mark.parametrize("width", [0.4, 0.8])
def test_a_ring_is_asked_about_at_its_own_box_alone(one_box, radius, width):
    rules(one_box)
    ringed = one_box.layout.pages[0].boxes[3::5]
    turns = np.linspace(0, 2 * np.pi, 60)
    for box in ringed:
        x, y = box.area.center.x, box.area.center.y
        one_box.stroke(*((x + radius * np.cos(a), y + radius * np.sin(a)) for a in turns), width=width)
    reading = read(one_box)
    assert [box for box, asked in zip(reading.marks.boxes, reading.review, strict=True) if asked] == [
        box.id for box in ringed
    ]


@pytest.mark.parametrize("bend", [0.0, 0.6, 1.0])
def test_a_bent_tail_across_a_rule_is_its_own_ticks(one_box, bend):
    rules(one_box)
    ticked = one_box.layout.pages[0].boxes[2::4]
    for box in ticked:
        x, y = box.area.center.x, box.area.center.y
        tail = [
            (x + 0.2 + 4.6 * t + bend * np.sin(np.pi * t), y + 1.9 - 10.5 * t) for t in np.linspace(0, 1, 12)
        ]
        one_box.stroke((x - 1.6, y - 0.2), *tail)
    reading = read(one_box)
    marked = reading.marks.states == MarkState.MARKED
    assert [box for box, mark in zip(reading.marks.boxes, marked, strict=True) if mark] == [
        box.id for box in ticked
    ]
    assert not reading.review.any()


def test_a_faint_ring_around_a_ticked_box_is_seen(one_box):
    box = one_box.layout.pages[0].boxes[8]
    one_box.tick(box.id)
    turns = np.linspace(0, 2 * np.pi, 60)
    center = box.area.center
    ring = ((center.x + 5 * np.cos(a), center.y + 5 * np.sin(a)) for a in turns)
    one_box.stroke(*ring, gray=190)
    reading = read(one_box)
    assert Doubt(int(reading.marks.doubts[reading.marks.boxes.index(box.id)])) & Doubt.CIRCLED


@pytest.mark.parametrize("upright", [False, True])
def test_a_rule_in_pieces_is_print_and_a_ring_is_not(upright):
    across = np.zeros((85, 85), dtype=np.float32)
    for start in range(0, 85, 14):
        across[16:18, start : start + 6] = 1.0
    darkness = across.T.copy() if upright else across
    ring = np.zeros((85, 85), dtype=np.uint8)
    cv2.circle(ring, (42, 42), 20, 1, 2)
    view = View(np.maximum(darkness, ring), 4.0, np.array([[8.0, 8.0, 13.0, 13.0]]), 0)
    ink = ink_in(view, 0.13, DEFAULT.strokes).written > 0
    assert not (ink & (darkness > 0) & (cv2.dilate(ring, np.ones((9, 9), np.uint8)) == 0)).any()
    assert (ink & (ring > 0)).sum() > 0.7 * ring.sum()
