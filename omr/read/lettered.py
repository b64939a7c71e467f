"""Boxes that say themselves what they are: a sheet of bubbles is told by the letters and digits in them.

Offices print such a sheet for years, with another line of advice or other row numbers around the same
bubbles. Its words then contradict the blank's; what its bubbles mean does not.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.model.arrays import Flags, Gray, Singles, middles, singles
from omr.model.layout import PRINT_GRID, Box
from omr.read.nulled import known_by_their_like

_RUN = 8
"""Boxes with the same print, one after the other, looked at together: most of them are blank."""

_LEAST_RUNS = 40
"""Runs from which a page is told by its boxes: a questionnaire of twenty rows is like many others."""

_LEAST_PRINTS = 3
"""Different prints from which that each is found where it should be is no chance."""

_HALF = 7
"""Half the side of what is cut out of a box, samples: 3.75 mm, a bubble and its letter."""


def boxes_alike(flat: Gray, blank: Gray, boxes: tuple[Box, ...]) -> float:
    """Return the share of runs of boxes, 0..1, in which a scan has the print that the blank has there.

    flat: the scan as the page lies flat, of the size of the blank's picture. A run has the print of that
    run of the blank which it is most like. 0 where boxes have no print of their own, or are too few.
    """
    runs, prints = _runs(boxes)
    if not known_by_their_like(boxes) or len(runs) < _LEAST_RUNS or len(set(prints)) < _LEAST_PRINTS:
        return 0.0
    seen, known = (_looks(picture, boxes, runs) for picture in (flat, blank))
    likest = cv2.gemm(seen, known, 1.0, np.empty(0), 0.0, flags=cv2.GEMM_2_T).argmax(axis=1)
    return float(np.mean(prints[likest] == prints))


def has_its_boxes(boxes: tuple[Box, ...], others: tuple[Box, ...]) -> bool:
    """True where another page has most of these boxes at the same places, with the same print."""
    places = {(box.print, *_cell(box)) for box in others}
    near = [
        any((box.print, x + across, y + down) in places for across in (-1, 0, 1) for down in (-1, 0, 1))
        for box in boxes
        for x, y in (_cell(box),)
    ]
    return float(np.mean(near)) > _MOST if near else False


_MOST = 0.5


def _cell(box: Box) -> tuple[int, int]:
    """Return where a box's middle is, whole mm."""
    return round(box.area.center.x), round(box.area.center.y)


def _runs(boxes: tuple[Box, ...]) -> tuple[NDArray[np.intp], NDArray[np.str_]]:
    """Return boxes with the same print by index, `_RUN` in a row, and the print of each row."""
    same: dict[str, list[int]] = {}
    for at, box in enumerate(boxes):
        if box.print:
            same.setdefault(box.print, []).append(at)
    rows = [
        (each[first : first + _RUN], text)
        for text, each in same.items()
        for first in range(0, len(each) - _RUN + 1, _RUN)
    ]
    return np.array([row for row, _text in rows], dtype=np.intp), np.array([text for _row, text in rows])


def _looks(picture: Gray, boxes: tuple[Box, ...], runs: NDArray[np.intp]) -> Singles:
    """Return what most boxes of each run show, without what is common to all runs, of norm 1, (R, S)."""
    side, inside = 2 * _HALF + 1, _inside()
    at = middles([box.area for box in boxes]) * PRINT_GRID - 0.5
    cut = np.stack([cv2.getRectSubPix(picture, (side, side), (x, y))[inside] for x, y in at.tolist()])
    usual = np.median(cut[runs], axis=1).astype(np.float32)
    apart = usual - usual.mean(axis=0)
    apart -= apart.mean(axis=1, keepdims=True)
    return singles(apart / np.maximum(np.linalg.norm(apart, axis=1, keepdims=True), 1e-6))


def _inside() -> Flags:
    """Return which samples of what is cut out belong to a bubble and its letter: its neighbours' do not."""
    reach = np.arange(-_HALF, _HALF + 1) ** 2
    return np.asarray(reach[:, None] + reach[None] < (_HALF - 1.5) ** 2)
