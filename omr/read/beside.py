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
    corners = registration.corners([box.area for box in boxes])
    for column in _columns(boxes, settings):
        reach = _reach(boxes, column[0], settings)
        if reach > settings.start + settings.least_span:
            size = boxes[column[0]].area.width, boxes[column[0]].area.height
            strips = _strips(image, corners[column], size, reach, settings)
            width = round((reach - settings.start) * settings.grid)
            for at, strip in enumerate((strips[:, :, :width], strips[:, :, -width:])):
                darkness = (light[0] - strip.astype(np.float32)) / max(light[0] - light[1], 1.0)
                flat = np.ascontiguousarray(darkness.reshape(len(column), -1).T)
                middle = int(settings.null_share * len(column))
                darkness -= np.partition(flat, middle, axis=1)[:, middle].reshape(strip.shape[1:])
                area[column, at] = _areas(darkness, settings)
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


def _strips(
    image: NDArray[np.uint8],
    corners: NDArray[np.float64],
    size: tuple[float, float],
    reach: float,
    settings: BesideSettings,
) -> NDArray[np.uint8]:
    """Return boxes of one size, mm, with the paper left and right of them, shape (N, rows, columns)."""
    width, height = size
    across, down = (corners[:, 1] - corners[:, 0]) / width, (corners[:, 3] - corners[:, 0]) / height
    columns, rows = round((width + 2 * reach) * settings.grid), round(height * settings.grid)
    strips = np.empty((len(corners), rows, columns), dtype=np.uint8)
    first = corners[:, 0] - across * reach
    for strip, start, step_x, step_y in zip(
        strips, first, across / settings.grid, down / settings.grid, strict=True
    ):
        upright(image, start, step_x, step_y, (columns, rows), out=strip)
    return strips


def _areas(darkness: NDArray[np.float32], settings: BesideSettings) -> NDArray[np.float32]:
    """Return each strip's ink, mm², shape (N,), of pieces wider and higher than a line that lies aside."""
    count, rows, columns = darkness.shape
    smooth = singles(cv2.blur(darkness.reshape(count * rows, columns), (2, 2))).reshape(darkness.shape)
    # The strips were blurred as one, so their first rows hold something of the strip before.
    smooth[:, 0] = smooth[:, 1]
    ink = smooth > settings.ink
    least = settings.least_span * settings.grid
    area = np.zeros(len(ink), dtype=np.float32)
    # A piece as wide and high as that inks at least as many samples as it is wide.
    for number in np.flatnonzero(ink.sum(axis=(1, 2)) >= least):
        count, _labels, found, _centres = cv2.connectedComponentsWithStats(ink[number].astype(np.uint8))
        area[number] = sum(each for _x, _y, wide, high, each in found[1:count] if min(wide, high) >= least)
    return area / np.float32(settings.grid**2)
