import cv2
import numpy as np
import pytest

from omr.model.geometry import RectMm
from omr.model.layout import PRINT_GRID, Box, Shape
from omr.read.lines import lines_through
from omr.read.nulled import beyond_blank
from omr.settings import DEFAULT

BOXES = tuple(
    Box(f"q{row}.c{at}", f"q{row}", f"c{at}", RectMm(100 + 20 * at, 40 + 9 * row, 5, 5), Shape.SQUARE)
    for row in range(24)
    for at in range(3)
)
"""Three columns, in the middle of a table whose rules come every 9 mm."""


@pytest.fixture
def blank():
    page = np.full((1188, 840), 255, np.uint8)
    for box in BOXES:
        left, top, right, bottom = (
            int(side * PRINT_GRID) for side in (box.area.x, box.area.y, box.area.right, box.area.bottom)
        )
        cv2.rectangle(page, (left, top), (right, bottom), 40, 1)
        cv2.line(page, (80, top - 8), (760, top - 8), 40, 1)
    return page


def seen(blank, *strokes, noise=6.0):
    """A copy of the blank under strokes, ((x, y), (x, y), darkness), mm, its print taken off again."""
    page = blank.astype(np.float32)
    for start, end, dark in strokes:
        line = np.zeros_like(page)
        ends = [tuple(round(16 * PRINT_GRID * side) for side in point) for point in (start, end)]
        cv2.line(line, *ends, 1.0, 1, cv2.LINE_8, 4)
        page *= 1 - dark * line
    page += np.random.default_rng(1).normal(0, noise, page.shape)
    return beyond_blank(np.clip(page, 0, 255).astype(np.uint8), blank)


def under(page, blank):
    found = lines_through(page, blank, BOXES, DEFAULT.streaks)
    return {box.id for box, dark in zip(BOXES, found, strict=True) if dark}


@pytest.mark.parametrize("leans", [-14.0, 0.0, 14.0])
def test_every_box_under_a_streak_is_found_though_print_was_taken_off(blank, leans):
    page = seen(blank, ((122.5 - leans / 2, 0), (122.5 + leans / 2, 297), 0.12))
    away = {box.id: box.area.center.x - 122.5 - leans * (box.area.center.y / 297 - 0.5) for box in BOXES}
    found = under(page, blank)
    assert found >= {box for box, far in away.items() if abs(far) < 2}
    assert found <= {box.id for box in BOXES if box.choice == "c1"}


def test_a_line_across_the_page_is_one_as_well(blank):
    page = seen(blank, ((0, 42.5), (210, 44.0), 0.12))
    assert under(page, blank) == {"q0.c0", "q0.c1", "q0.c2"}


def test_the_darkness_of_a_line_is_told(blank):
    page = seen(blank, ((122.5, 0), (122.5, 297), 0.3))
    found = lines_through(page, blank, BOXES, DEFAULT.streaks)
    assert found.max() == pytest.approx(0.3, abs=0.06)


def test_paper_alone_holds_no_line(blank):
    assert not under(seen(blank, noise=12.0), blank)


def test_a_stroke_through_twelve_boxes_is_a_pens(blank):
    assert not under(seen(blank, ((122.5, 42), (122.8, 150), 0.5)), blank)


def test_where_print_leaves_little_bare_nothing_is_said(blank):
    blank[:160] = blank[360:] = 40
    assert not under(seen(blank, ((122.5, 0), (122.5, 297), 0.3)), blank)


def test_print_that_lies_a_little_aside_is_no_line(blank):
    moved = np.roll(blank, (1, 1), axis=(0, 1))
    assert not under(beyond_blank(moved, blank), blank)
