"""A photographed sheet is laid as if it filled its scan; what shows no sheet is left alone."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from omr.model.geometry import A4
from omr.read.features import evened
from omr.read.outline import filled_by_paper

CORNERS = np.array([(150.0, 90.0), (700.0, 120.0), (740.0, 960.0), (110.0, 1000.0)])


def photographed(turned: int):
    """Return a sheet with lines on a dark table, small, and its corners, clockwise."""
    sheet = np.full((1200, 848), 235, np.uint8)
    for y in range(80, 1150, 40):
        cv2.line(sheet, (60, y), (780, y), 40, 2)
    edges = np.array([(0, 0), (848, 0), (848, 1200), (0, 1200)], np.float32)
    seen = cv2.warpPerspective(
        sheet, cv2.getPerspectiveTransform(edges, CORNERS.astype(np.float32)), (900, 1200), borderValue=70
    )
    at = CORNERS
    for _turn in range(turned):
        at = np.column_stack((at[:, 1], seen.shape[1] - 1 - at[:, 0]))
        seen = np.ascontiguousarray(np.rot90(seen))
    return seen, at


@pytest.mark.parametrize("turned", [0, 1, 2])
def test_the_corners_of_the_sheet_become_those_of_the_picture(turned):
    seen, at = photographed(turned)
    filled, back = filled_by_paper(evened(seen), seen, A4)
    height, width = filled.shape
    assert (max(height, width), min(height, width)) == (1200, 848)
    assert (height > width) == (turned % 2 == 0)
    corners = cv2.perspectiveTransform(
        np.array([[[0, 0], [width, 0], [width, height], [0, height]]], float), back
    )
    apart = np.linalg.norm(corners[0][:, None] - at[None], axis=2).min(axis=1)
    assert apart.max() < 0.03 * 1200


def test_a_scan_and_an_empty_table_show_no_sheet():
    scan = np.full((1200, 848), 240, np.uint8)
    assert filled_by_paper(scan, scan, A4) is None
    table = np.random.default_rng(3).integers(60, 90, (1200, 900), dtype=np.uint8)
    assert filled_by_paper(table, table, A4) is None
