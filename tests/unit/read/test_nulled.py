import cv2
import numpy as np
import pytest

from omr.model.geometry import RectMm, SizeMm
from omr.model.layout import PRINT_GRID, Box, Marking, Shape
from omr.model.registration import lying_flat
from omr.read.nulled import boxes_beyond_blank, is_astray
from omr.read.reference import cut_patches
from omr.settings import DEFAULT

SIZE, PITCH = SizeMm(200.0, 200.0), 5.25
BOXES = tuple(
    Box(f"q{row}.c{at}", f"q{row}", f"c{at}", RectMm(30 + 12 * at, 20 + 10 * row, 5, 5), Shape.SQUARE)
    for row in range(16)
    for at in range(3)
)
BUBBLES = tuple(
    Box(
        f"q{row}.c{at}",
        f"q{row}",
        f"c{at}",
        RectMm(30 + PITCH * at, 20 + PITCH * row, 4, 4),
        Shape.CIRCLE,
        "A",
    )
    for row in range(30)
    for at in range(10)
)


def px(mm):
    return round(mm * PRINT_GRID)


@pytest.fixture
def blank():
    """A page of check boxes."""
    page = np.full((px(200), px(200)), 255, np.uint8)
    for box in BOXES:
        cv2.rectangle(page, (px(box.area.x), px(box.area.y)), (px(box.area.right), px(box.area.bottom)), 0)
    return page


def crossed(page, *at):
    """The page with a cross in some boxes."""
    page = page.copy()
    for box in (BOXES[index] for index in at):
        left, top, right, bottom = (
            px(side) for side in (box.area.x + 1, box.area.y + 1, box.area.right - 1, box.area.bottom - 1)
        )
        cv2.line(page, (left, top), (right, bottom), 40, 2)
        cv2.line(page, (left, bottom), (right, top), 40, 2)
    return page


def matches(page, blank):
    held = np.array([(box.area.center.x, box.area.center.y) for box in BOXES])
    flat = lying_flat(SIZE, PRINT_GRID)
    return boxes_beyond_blank(page, blank, BOXES, flat, 0.0, Marking.TICK, held, DEFAULT.measure).match


def test_a_mark_where_the_blank_kept_one_is_asked_about(blank):
    found = matches(crossed(blank, 3, 7), crossed(blank, 3, 20))
    assert np.flatnonzero(found == 0).tolist() == [3]
    assert found[[7, 20]].min() > DEFAULT.classify.least_match


def test_what_most_boxes_hold_is_print_and_hides_nothing(blank):
    printed = crossed(blank, *range(40))
    assert matches(printed, printed).min() > DEFAULT.classify.least_match


@pytest.fixture
def bubbles():
    """A page of bubbles with letters in them."""
    page = np.full((px(200), px(200)), 255, np.uint8)
    for box in BUBBLES:
        middle = px(box.area.center.x), px(box.area.center.y)
        cv2.circle(page, middle, px(2.0), 60, 1, cv2.LINE_AA)
        cv2.line(page, (middle[0], middle[1] - 3), (middle[0], middle[1] + 3), 90, 1)
    return page


def astray(page, blank):
    patches = cut_patches(page, BUBBLES, lying_flat(SIZE, PRINT_GRID), 0.0, DEFAULT.measure)
    return is_astray(patches, BUBBLES, blank, DEFAULT.measure)


def test_bubbles_below_the_place_where_paper_stuck_are_astray(bubbles):
    page = bubbles.copy()
    page[px(100) :] = np.roll(bubbles, px(PITCH / 2), axis=0)[px(100) :]
    found = astray(page, bubbles)
    below = np.array([box.area.y > 100 for box in BUBBLES])
    assert found[below].mean() > 0.9
    assert found[~below].mean() < 0.1


def test_marks_and_writing_make_no_bubble_astray(bubbles):
    page = bubbles.copy()
    for row in range(30):
        box = BUBBLES[10 * row + row % 10]
        cv2.circle(page, (px(box.area.center.x), px(box.area.center.y)), px(1.9), 40, -1)
    cv2.line(page, (px(30), px(30)), (px(80), px(60)), 40, 3)
    assert not astray(page, bubbles).any()
