"""Boxes are found where they stand, whatever their frame; what only looks like a box is left out."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import segno

from omr.draft.propose import find_boxes
from omr.draft.sheet import Found
from omr.model.geometry import RectMm
from omr.model.layout import Shape

CLOSE = 0.2
"""How far a found edge may be from the drawn one, mm."""


def same(found: RectMm, drawn: RectMm, off: float = CLOSE) -> bool:
    edges = ((found.x, drawn.x), (found.y, drawn.y), (found.right, drawn.right), (found.bottom, drawn.bottom))
    return all(abs(a - b) <= off for a, b in edges)


def assert_found(found: list[Found], drawn: list[RectMm], off: float = CLOSE) -> None:
    """Each drawn box is found once, and nothing else is."""
    assert [sum(same(one.area, box, off) for one in found) for box in drawn] == [1] * len(drawn)
    assert len(found) == len(drawn)


@pytest.mark.parametrize("side", [2.5, 4.0, 8.0])
@pytest.mark.parametrize("line", [0.1, 0.25, 0.6])
def test_a_square_box_is_found_to_a_fifth_of_a_millimetre(drawing, page_of, side, line):
    drawn = [drawing.square(30 + 15 * at, 50, side, line) for at in range(3)]
    assert_found(find_boxes(page_of(drawing)), drawn)


def test_a_gray_frame_is_found(drawing, page_of):
    drawn = [drawing.square(30 + 15 * at, 50, ink=120) for at in range(3)]
    assert_found(find_boxes(page_of(drawing)), drawn)


def test_dotted_frames_are_found(drawing, page_of):
    drawn = [drawing.dotted(30 + 15 * at, 50, 4.8) for at in range(3)]
    assert_found(find_boxes(page_of(drawing)), drawn, 0.4)


def test_a_frame_broken_by_a_black_and_white_scan_is_found(drawing, page_of):
    drawn = [drawing.square(30 + 15 * at, 50) for at in range(3)]
    rng = np.random.default_rng(1)
    for _hole in range(30):
        x, y = rng.uniform(29, 66), rng.choice([50.1, 54.9])
        cv2.circle(drawing.image, drawing.px(x, y), 2, 255, -1)
    assert_found(find_boxes(page_of(drawing)), drawn)


@pytest.mark.parametrize(("wide", "high", "shape"), [(3.5, 3.5, Shape.CIRCLE), (5.5, 3.2, Shape.OVAL)])
@pytest.mark.parametrize("letters", ["", "ABCDE"])
def test_bubbles_are_found_with_and_without_letters(drawing, page_of, wide, high, shape, letters):
    drawn = [drawing.bubble(30 + 9 * at, 50, wide, high, letters[at : at + 1]) for at in range(5)]
    found = find_boxes(page_of(drawing))
    assert_found(found, drawn)
    assert {one.shape for one in found} == {shape}


@pytest.mark.parametrize("degrees", [-5.0, -1.3, 0.4, 3.0])
def test_a_skewed_scan_is_turned_upright(drawing, page_of, degrees):
    drawing.line(20, 40, 128, 40)
    boxes = [drawing.square(30 + 10 * column, 50 + 10 * row) for row in range(6) for column in range(8)]
    found = find_boxes(page_of(drawing.turned(degrees)))
    assert len(found) == len(boxes)
    rows = {round(one.area.center.y - 0.1 * at) for at, one in enumerate(found) if at % 8 == 0}
    assert len(rows) == 6
    ordered = sorted(found, key=lambda each: (round(each.area.y), each.area.x))
    for one, box in zip(ordered, boxes, strict=True):
        assert abs(one.area.center.x - box.center.x) < 0.3
        assert abs(one.area.center.y - box.center.y) < 0.3


def test_a_box_with_a_cross_and_a_filled_one_are_found_among_empty_ones(drawing, page_of):
    drawn = [drawing.square(30, 40 + 9 * at) for at in range(6)]
    drawing.line(29, 48, 36, 55, 0.6)
    drawing.line(36, 48, 29, 55, 0.6)
    cv2.rectangle(drawing.image, drawing.px(30, 67), drawing.px(35, 72), 0, -1)
    assert_found(find_boxes(page_of(drawing)), drawn, 0.4)


def test_a_box_that_lost_half_its_frame_is_found_where_its_grid_wants_it(drawing, page_of):
    drawn = [drawing.square(30 + 9 * column, 50 + 9 * row) for row in range(3) for column in range(3)]
    cv2.rectangle(drawing.image, drawing.px(38, 58), drawing.px(45, 60), 255, -1)
    assert_found(find_boxes(page_of(drawing)), drawn)


def test_a_gap_with_nothing_in_it_stays_a_gap(drawing, page_of):
    places = [(row, column) for row in range(3) for column in range(3) if (row, column) != (1, 1)]
    drawn = [drawing.square(30 + 9 * column, 50 + 9 * row) for row, column in places]
    assert_found(find_boxes(page_of(drawing)), drawn)


def test_letters_of_headings_are_no_boxes(drawing, page_of):
    for at, high in enumerate((2.5, 3.2, 4.0, 5.0)):
        drawing.text(20, 40 + 12 * at, "DOQUO 0D80 BOOK HEAD", high)
    assert find_boxes(page_of(drawing)) == []


def test_solid_squares_and_discs_are_no_boxes(drawing, page_of):
    for x in (20, 120):
        for y in (30, 100, 170):
            cv2.rectangle(drawing.image, drawing.px(x, y), drawing.px(x + 4, y + 4), 0, -1)
            cv2.circle(drawing.image, drawing.px(x + 20, y), drawing.px(2.5)[0], 0, -1)
    assert find_boxes(page_of(drawing)) == []


def test_a_qr_code_has_no_boxes(drawing, page_of):
    code = np.array([list(row) for row in segno.make("A FORM", error="m").matrix], np.uint8)
    picture = cv2.resize(255 * (1 - code), None, fx=9, fy=9, interpolation=cv2.INTER_NEAREST)
    drawing.image[600 : 600 + len(picture), 300 : 300 + len(picture)] = picture
    drawn = [drawing.square(30, 120 + 9 * at) for at in range(3)]
    assert_found(find_boxes(page_of(drawing)), drawn)


def test_a_comb_of_cells_is_no_row_of_boxes(drawing, page_of):
    for at in range(9):
        drawing.line(30 + 6 * at, 50, 30 + 6 * at, 57)
    drawing.line(30, 50, 78, 50)
    drawing.line(30, 57, 78, 57)
    assert find_boxes(page_of(drawing)) == []


def test_a_photo_has_no_boxes(drawing, page_of):
    rng = np.random.default_rng(3)
    coarse = rng.integers(0, 255, (60, 60), np.uint8)
    drawing.image[500:1100, 300:900] = cv2.resize(coarse, (600, 600), interpolation=cv2.INTER_NEAREST)
    assert find_boxes(page_of(drawing)) == []


def table(drawing, rows: int) -> list[RectMm]:
    """Draw a ruled table: number, text, two empty narrow columns; return the empty cells below the head."""
    edges = (15, 25, 95, 110, 125)
    for x in edges:
        drawing.line(x, 40, x, 40 + 9 * rows)
    for row in range(rows + 1):
        drawing.line(15, 40 + 9 * row, 125, 40 + 9 * row)
    for row in range(rows):
        drawing.text(28, 46 + 9 * row, "A row of words")
    drawing.text(97, 46, "Yes")
    drawing.text(113, 46, "No")
    return [RectMm(x, 40 + 9 * row, 15, 9) for row in range(1, rows) for x in (95, 110)]


def test_empty_narrow_cells_beside_text_are_boxes(drawing, page_of):
    cells = table(drawing, 6)
    found = find_boxes(page_of(drawing))
    assert {one.shape for one in found} == {Shape.CELL}
    assert_found(found, cells, 0.4)


def test_boxes_in_a_table_are_taken_instead_of_its_cells(drawing, page_of):
    drawn = [drawing.square(cell.x + 5, cell.y + 2) for cell in table(drawing, 6)]
    found = find_boxes(page_of(drawing))
    assert {one.shape for one in found} == {Shape.SQUARE}
    assert_found(found, drawn)
