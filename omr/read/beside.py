"""Ink further beside a box than its surround: a tick that missed its box, a ring around a ticked one.

Only boxes that stand in a column are looked at. What most of a column's boxes have beside them is print
(the table's lines) and is taken off; beside a lone box stands its label.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.imaging.warp import upright
from omr.model.arrays import singles
from omr.model.layout import Box
from omr.model.registration import Registration
from omr.settings import BesideSettings


def ink_beside(
    image: NDArray[np.uint8],
    boxes: tuple[Box, ...],
    registration: Registration,
    light: tuple[float, float],
    settings: BesideSettings,
) -> NDArray[np.float32]:
    """Return the area of ink left and right of each box, beyond its frame, mm², shape (N, 2).

    light: gray values of paper and print, 0..255.
    """
    area = np.zeros((len(boxes), 2), dtype=np.float32)
    for column in _columns(boxes, settings):
        reach = _reach(boxes, column[0], settings)
        if reach > settings.start + settings.least_span:
            for at, side in enumerate((-1, 1)):
                strips = np.stack(
                    [_strip(image, boxes[k], registration, side, reach, settings) for k in column]
                )
                darkness = (light[0] - strips.astype(np.float32)) / max(light[0] - light[1], 1.0)
                darkness -= np.quantile(darkness, settings.null_share, axis=0)
                area[column, at] = [_area(singles(each), settings) for each in darkness]
    return area


def _columns(boxes: tuple[Box, ...], settings: BesideSettings) -> list[list[int]]:
    """Return the boxes, by index, that stand one below the other, alike in size."""
    found: dict[tuple[float, ...], list[int]] = {}
    for index, box in enumerate(boxes):
        key = (round(box.area.x, 1), round(box.area.width, 1), round(box.area.height, 1))
        found.setdefault(key, []).append(index)
    return [column for column in found.values() if len(column) >= settings.least_boxes]


def _reach(boxes: tuple[Box, ...], index: int, settings: BesideSettings) -> float:
    """Return how far beside a box is looked, mm from its edge: half the way to the next box of its row."""
    area = boxes[index].area
    gaps = [
        abs(other.area.x - area.x) - area.width
        for other in boxes
        if other is not boxes[index] and abs(other.area.y - area.y) < area.height / 2
    ]
    return min([settings.end, *(gap / 2 for gap in gaps)])


def _strip(
    image: NDArray[np.uint8],
    box: Box,
    registration: Registration,
    side: int,
    reach: float,
    settings: BesideSettings,
) -> NDArray[np.uint8]:
    quad = registration.quad(box.area)
    corners = np.array([(corner.x, corner.y) for corner in quad])
    across, down = (corners[1] - corners[0]) / box.area.width, (corners[3] - corners[0]) / box.area.height
    start = -reach if side < 0 else box.area.width + settings.start
    columns = round((reach - settings.start) * settings.grid)
    rows = round(box.area.height * settings.grid)
    step_x, step_y = across / settings.grid, down / settings.grid
    return upright(image, corners[0] + across * start, step_x, step_y, (columns, rows))


def _area(darkness: NDArray[np.float32], settings: BesideSettings) -> float:
    """Return the ink of the pieces that are wider and higher than a line that lies a little aside."""
    ink = (cv2.blur(darkness, (2, 2)) > settings.ink).astype(np.uint8)
    count, _labels, found, _centres = cv2.connectedComponentsWithStats(ink)
    least = settings.least_span * settings.grid
    return float(sum(area for _x, _y, wide, high, area in found[1:count] if min(wide, high) >= least)) / (
        settings.grid**2
    )
