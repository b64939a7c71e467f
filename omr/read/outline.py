"""A photographed page's outline → the page as if it filled its scan, so that it is told as a scan is."""

from __future__ import annotations

import cv2
import numpy as np

from omr.model.arrays import Floats, Gray, gray
from omr.model.geometry import SizeMm
from omr.read.features import SMALL, on_paper

_AREA = 0.2, 0.9
"""Share of the picture that the paper covers: less is no page, more is a scan."""

_BENT = tuple(0.005 * step for step in range(2, 21))
"""How far from a straight side paper may bend, as a share of its outline's length, the least first."""


def filled_by_paper(even: Gray, image: Gray, size: SizeMm) -> tuple[Gray, Floats] | None:
    """Return a small photograph warped so that its paper, of `size`, fills it, and the map back; or None.

    even: the photograph with its light evened. The map is from the warped picture's px, shape (3, 3).
    None: no sheet with four corners is seen on it.
    """
    corners = _corners(image)
    if corners is None:
        return None
    long, short = SMALL, round(SMALL * min(size.width, size.height) / max(size.width, size.height))
    sides = np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1)
    width, height = (long, short) if sides[0] + sides[2] > sides[1] + sides[3] else (short, long)
    filled = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    back = cv2.getPerspectiveTransform(filled, corners.astype(np.float32))
    warped = cv2.warpPerspective(even, back, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return gray(warped), np.asarray(back, dtype=np.float64)


def _corners(image: Gray) -> Floats | None:
    """Return the corners of the paper, clockwise from the top left one, px, shape (4, 2), or None."""
    outlines = cv2.findContours(on_paper(image), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]
    if not outlines:
        return None
    hull = cv2.convexHull(max(outlines, key=cv2.contourArea))
    if not _AREA[0] < cv2.contourArea(hull) / image.size < _AREA[1]:
        return None
    around = cv2.arcLength(hull, closed=True)
    for bent in _BENT:
        found = cv2.approxPolyDP(hull, bent * around, closed=True).reshape(-1, 2)
        if len(found) == 4:  # noqa: PLR2004  (a sheet has four corners)
            corners = found.astype(np.float64)
            first = int(np.argmin(corners.sum(axis=1)))
            return np.roll(corners, -first, axis=0)
    return None
