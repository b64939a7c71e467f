"""A stroke that crosses a crossing of two rules is one stroke on both sides of it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from omr.read.follow import _joined
from omr.read.strokes import _elsewhere, _foreign
from omr.read.views import Strokes, View
from omr.settings import DEFAULT

SETTINGS = DEFAULT.strokes
BOX, PITCH = 5.0, 8.0
"""mm: the box, and from row to row and from column to column."""


def view(stroke):
    """A box among eight others, rules between them; stroke: its ends, mm from the middle."""
    grid, reach = SETTINGS.grid, BOX / 2 + SETTINGS.reach
    count = 2 * round(reach * grid) + 1
    picture = np.zeros((count, count), np.float32)

    def at(x, y):
        return round((x + reach) * grid), round((y + reach) * grid)

    areas = []
    for row in (-1, 0, 1):
        for column in (-1, 0, 1):
            x, y = column * PITCH - BOX / 2, row * PITCH - BOX / 2
            areas.append((x + reach, y + reach, x + reach + BOX, y + reach + BOX))
            cv2.rectangle(picture, at(x, y), at(x + BOX, y + BOX), 0.8, 1)
    for rule in (-PITCH / 2, PITCH / 2):
        cv2.line(picture, at(-reach, rule), at(reach, rule), 0.8, 1)
        cv2.line(picture, at(rule, -reach), at(rule, reach), 0.8, 1)
    cv2.line(picture, at(*stroke[0]), at(*stroke[1]), 0.9, 2, cv2.LINE_AA)
    return View(picture, grid, np.array(areas), 4)


@pytest.mark.parametrize("start", [(-10.4, 8.5), (-10.4, 9.5), (-8.5, 10.4)])
def test_a_tail_from_beyond_the_view_that_ends_in_the_box_is_in_doubt(start):
    shared, _sure = _foreign(view((start, (1.5, -1.5))), SETTINGS)
    middle = len(shared) // 2
    assert shared[middle - 4 : middle + 5, middle - 4 : middle + 5].any()


@pytest.mark.parametrize("end", [(9.4, 4.0), (10.6, 4.0), (4.0, 10.6), (-1.4, 4.0), (4.0, -1.4)])
def test_an_end_may_point_out_of_the_view(end):
    dark = np.zeros((10, 10), np.uint8)
    dark[1:9, 1:9] = 1  # the rim is not: an end beyond it must not find the other side of the view
    dark[4, :] = dark[:, 4] = 1
    assert _joined(end, np.array((4.0, 4.0)), dark)
    dark[4, 5] = dark[4, 3] = dark[3, 4] = dark[5, 4] = 0
    assert not _joined(end, np.array((4.0, 4.0)), dark)


def test_a_tick_of_the_box_itself_is_not_in_doubt():
    assert _foreign(view(((-1.5, 0.0), (4.5, -4.5))), SETTINGS) is None


@pytest.mark.parametrize(("y", "others"), [(3.2, False), (4.6, True)])
def test_what_lies_nearer_to_the_next_rows_box_is_no_mark_beside_this_one(y, others):
    seen = view(((0.0, 0.0), (0.1, 0.1)))
    at = round((y + BOX / 2 + SETTINGS.reach) * SETTINGS.grid)
    labels = np.zeros(seen.darkness.shape, np.int32)
    labels[at : at + 2, 30:54] = 1
    strokes = Strokes(labels, labels, np.zeros((9, 2), np.intp))
    assert _elsewhere(strokes, np.array([False, True]), seen, SETTINGS).tolist() == [False, others]
