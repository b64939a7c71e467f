"""Bubbles: circles and ovals by their outline, empty, with a letter inside, or filled in."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from omr.draft.sheet import GRID, BlankPage, Found, apart, rect_mm
from omr.model.arrays import Flags, Floats, Gray, gray
from omr.model.layout import Shape

_SMALLEST, _LARGEST = 2.0, 9.0
"""Height and width of a bubble, mm."""
_WIDEST = 2.6
"""Width of an oval over its height, or height over width."""
_ROUND = 1.18
"""Up to this ratio of the sides a bubble is a circle."""
_OFF = 0.09
"""How far an outline may stray from its ellipse (95th percentile), as a share of the radius."""
_BRIDGES = (0.0, 0.3, 0.6)
"""Gaps in an outline that are bridged, mm: the last for dotted ones."""
_HOLLOW = 0.55
"""Share of ink inside a bubble up to which it is not filled in; a bold W in a small circle has 0.45."""


def find_rings(page: BlankPage) -> list[Found]:
    """Return the bubbles of a page, filled ones marked as not clean, best first."""
    mask = page.ink.astype(np.uint8)
    found: list[Found] = []
    for gap in _BRIDGES:
        width = round(gap * GRID)
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width + 1, width + 1))
        bridged = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, kernel) if width else mask
        found += _outlines(gray(bridged), page.ink)
    return apart(found)


def _outlines(mask: Gray, ink: Flags) -> Iterator[Found]:
    """Yield each outline of a piece of ink that is round."""
    contours, hierarchy = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    for contour, (_next, _previous, _child, parent) in zip(
        contours, () if hierarchy is None else hierarchy[0], strict=True
    ):
        left, top, width, height = cv2.boundingRect(contour)
        sides = sorted((width / GRID, height / GRID))
        if parent >= 0 or sides[0] < _SMALLEST or sides[1] > _LARGEST or sides[1] > _WIDEST * sides[0]:
            continue
        off = _strays(contour.reshape(-1, 2).astype(float), left, top, width, height)
        if off <= _OFF:
            ring = sides[1] <= _ROUND * sides[0]
            yield Found(
                rect_mm(left, top, left + width, top + height),
                Shape.CIRCLE if ring else Shape.OVAL,
                1 - off,
                _inside(ink, left, top, width, height) <= _HOLLOW,
            )


def _strays(outline: Floats, left: int, top: int, width: int, height: int) -> float:
    """Return how far an outline is from its ellipse, or from its oval with straight sides, as a share."""
    x, y = outline[:, 0] + 0.5 - left - width / 2, outline[:, 1] + 0.5 - top - height / 2
    radius = min(width, height) / 2
    ellipse = np.hypot(x / (width / 2), y / (height / 2)) * radius
    middle = np.maximum(np.abs(x) - (width / 2 - radius), 0), np.maximum(np.abs(y) - (height / 2 - radius), 0)
    return min(_spread(each, radius) for each in (ellipse, np.hypot(*middle)))


def _spread(reach: Floats, radius: float) -> float:
    # The outline runs through the middles of its samples, half a sample inside the edge.
    return float(np.percentile(np.abs(reach + 0.5 - radius), 95)) / radius


def _inside(ink: Flags, left: int, top: int, width: int, height: int) -> float:
    """Return the share of ink within the inner two thirds."""
    y, x = np.mgrid[:height, :width]
    away = np.hypot((x + 0.5 - width / 2) / (width / 2), (y + 0.5 - height / 2) / (height / 2))
    return float(ink[top : top + height, left : left + width][away < 2 / 3].mean())
