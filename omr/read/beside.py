"""Ink beside a box that is no box's mark: a tick that missed its box, a ring around a box.

Two looks. The first, at every box that stands in a column, is cheap: the paper left and right of it, less
what most of the column's boxes have there, which is print. Where that holds ink, and at lone boxes, the
strokes around the box are followed: what hangs together with a mark inside a box is that mark's overshoot,
whoever's it is; what is left lies loose, or goes round.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from omr.imaging.warp import upright
from omr.model.arrays import Flags, Gray, Singles, outlines
from omr.model.layout import Box
from omr.model.registration import Registration
from omr.read.follow import continued
from omr.read.reference import Patches
from omr.read.views import Ink, View, cut, ink_in, strokes_of, views_of
from omr.settings import BesideSettings, StrokeSettings


def ink_beside(
    image: Gray,
    patches: Patches,
    boxes: tuple[Box, ...],
    registration: Registration,
    light: tuple[float, float],
    inked: Flags,
    settings: BesideSettings,
    strokes: StrokeSettings,
) -> Singles:
    """Return what lies beside each box and is no mark, shape (N, 2).

    First the area of loose ink left and right of it, mm²; then the share of the directions around it, 0..1,
    in which ink lies on both sides: a ring has it nearly all round, a cross with its ends joined on one side
    has not, nor has any number of neighbours' tails. light: gray values of paper and
    print, 0..255. inked: which boxes hold a mark, shape (N,): beside them ink on one side alone is its tail.
    """
    found = np.zeros((len(boxes), 2), dtype=np.float32)
    areas = outlines([box.area for box in boxes])
    suspects = _suspects(image, boxes, registration, light, inked, settings)
    for index, view in views_of(image, patches, areas, list(suspects), registration, strokes):
        ink = ink_in(view, settings.ink, strokes, wider=settings.wider)
        if reach := suspects[index]:
            found[index, 0] = _loose(view, ink, reach, settings, strokes)
        found[index, 1] = _around(view, ink, settings)
    return found


def _suspects(
    image: Gray,
    boxes: tuple[Box, ...],
    registration: Registration,
    light: tuple[float, float],
    inked: Flags,
    settings: BesideSettings,
) -> dict[int, float]:
    """Return the boxes, by index, that may have ink beside them, and how far beside them to look, mm.

    0 for a box in no column: what stands beside it is print.
    """
    suspects: dict[int, float] = {}
    corners = registration.corners([box.area for box in boxes])
    for column in _columns(boxes):
        reach = _reach(boxes, column[0], settings)
        if len(column) < settings.least_boxes or reach < settings.start + settings.least_span:
            suspects.update(dict.fromkeys(column, 0.0))
            continue
        size = boxes[column[0]].area.width, boxes[column[0]].area.height
        strips = _strips(image, corners[column], size, reach, settings)
        width = round((reach - settings.start) * settings.grid)
        beside = np.stack((strips[:, :, :width], strips[:, :, -width:]), axis=1)
        dark = _darker(beside, settings.suspect * max(light[0] - light[1], 1.0), settings)
        large = dark.sum(axis=(2, 3)) > settings.least_area * settings.grid**2
        # A rule that lies aside is as narrow as it is long; of a marked box both sides have to be inked.
        wide = dark.any(axis=2).sum(axis=2) > settings.least_width * settings.grid
        sides = (large & (wide | inked[column, None])).sum(axis=1)
        found = np.array(column)[sides > inked[column]]
        suspects.update(dict.fromkeys(found.tolist(), reach))
    return suspects


def _darker(beside: Gray, limit: float, settings: BesideSettings) -> Flags:
    """Return what is darker than most of a column's boxes have it there, by a limit in gray values.

    beside: the paper beside each box, shape (N, ...).
    """
    bright = len(beside) - 1 - int(settings.null_share * len(beside))
    usual = np.partition(beside, bright, axis=0)[bright]
    return np.asarray(beside < np.ceil(np.maximum(usual - limit, 0.0)).astype(np.uint8))


def _loose(view: View, ink: Ink, reach: float, settings: BesideSettings, limits: StrokeSettings) -> float:
    """Return the area, mm², of pieces left and right of the box that are wide and high and no box's mark.

    A piece that mostly lies elsewhere is a neighbour's: the ring around its box, a tail from beyond the view.
    """
    left, top, right, bottom = view.window(0.0)
    start, end = round(settings.start * view.grid), round(reach * view.grid)
    sides = [[max(left - end, 0), top, left - start, bottom], [right + start, top, right + end, bottom]]
    sides = [side for side in sides if _is_broad(ink.at(side), settings.least_span * view.grid)]
    if not sides:
        return 0.0
    strokes = strokes_of(ink, view.grid, limits, along_print=True)
    strokes = continued(strokes, ink.dark, view.window(reach), view.grid)
    whole = np.bincount(strokes.inked.ravel(), minlength=strokes.held.shape[1])
    here = np.bincount(cut(strokes.inked, view.window(settings.near)).ravel(), minlength=len(whole))
    owned = strokes.held.max(axis=0) >= limits.least_mark * view.grid**2
    loose = ~(owned | (here < limits.mostly * whole))
    area = 0
    for side in sides:
        beside = cut(strokes.inked, side)
        for label in np.flatnonzero(loose[1:]) + 1:
            piece = beside == label
            area += int(piece.sum()) if _is_broad(piece, settings.least_span * view.grid) else 0
    return area / view.grid**2


def _is_broad(piece: Flags, least: float) -> bool:
    """True where a piece spans as many samples each way."""
    spans = (np.flatnonzero(piece.any(axis=axis)) for axis in (0, 1))
    return all(len(span) and span[-1] - span[0] + 1 >= least for span in spans)


def _around(view: View, ink: Ink, settings: BesideSettings) -> float:
    """Return the share of the visible directions around the box in which ink lies on both sides, 0..1."""
    paper = np.ones(ink.written.shape, dtype=np.bool_)
    for window in view.windows(settings.start):
        cut(paper, window)[:] = False
    around = view.window(settings.far)
    seen, direction = cut(paper, around), cut(_directions(len(paper)), around)
    visible = np.bincount(direction[seen], minlength=_DIRECTIONS) > 0
    inked = np.bincount(direction[seen & ink.at(around)], minlength=_DIRECTIONS) > 1
    half = _DIRECTIONS // 2
    both, opposite = visible[:half] & visible[half:], inked[:half] & inked[half:]
    return float(opposite[both].mean()) if both.any() else 0.0


_DIRECTIONS = 24


@cache
def _directions(count: int) -> NDArray[np.intp]:
    """Return which of the directions from the middle each sample of a view lies in, shape (count, count)."""
    y, x = np.mgrid[:count, :count] - (count - 1) / 2
    turned = np.arctan2(y, x) / (2 * np.pi) + 0.5
    directions: NDArray[np.intp] = np.minimum((turned * _DIRECTIONS).astype(np.intp), _DIRECTIONS - 1)
    return directions


def _columns(boxes: tuple[Box, ...]) -> Iterable[list[int]]:
    """Return the boxes, by index, parted into those that stand one below the other, alike in size."""
    found: dict[tuple[float, ...], list[int]] = {}
    for index, box in enumerate(boxes):
        key = (round(box.area.x, 1), round(box.area.width, 1), round(box.area.height, 1))
        found.setdefault(key, []).append(index)
    return found.values()


def _reach(boxes: tuple[Box, ...], index: int, settings: BesideSettings) -> float:
    """Return how far beside a box is looked, mm from its edge: almost to the next box of its row."""
    area = boxes[index].area
    gaps = [
        abs(other.area.x - area.x) - area.width
        for other in boxes
        if other is not boxes[index] and abs(other.area.y - area.y) < area.height / 2
    ]
    return min([settings.end, *(gap - settings.start for gap in gaps)])


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
    first = corners[:, 0] - across * reach
    return upright(image, first, across / settings.grid, down / settings.grid, (columns, rows))
