"""Square and rectangular check boxes by their four sides: thin, thick, dotted, broken, or with a mark inside.

Sides are sought as straight runs of ink, with small gaps bridged. A box ends at its corners, which tells it
from a cell of a ruled table; paper lies outside it, which tells it from a letter in a line of text.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from omr.draft.runs import Edges, Runs, Samples, lines
from omr.draft.sheet import GRID, BlankPage, Found, apart, rect_mm, share
from omr.model.arrays import Flags, Gray
from omr.model.geometry import RectMm
from omr.model.layout import Shape

SMALLEST, LARGEST = 2.3, 8.3
"""Sides of a check box, mm."""
_BRIDGES = ((0.4, 1.9), (1.0, 3.4))
"""Gap in a side that is bridged, mm, and the least side of a box between the middles of its lines.

A letter's openings are as wide as the gaps between the dots of a dotted line, so these are bridged in large
boxes alone.
"""
_COVERED = 0.78
"""Share of each side that must be ink."""
_ASPECT = 1.3
"""Longest side over shortest."""
_PAST = (0.35, 0.9)
"""How far past a corner a line is followed, mm: a table's lines go on, a box's end."""
_GOES_ON = 0.6
"""Share of ink on that stretch from which a line goes on."""
_CORNER = 0.12
"""Part of the side within which a corner has ink; the rounding of a D or an O leaves 0.15 free."""
_MOST_PAST = 2
"""Of the eight ends of the sides, how many may go on where a label or a pen touches."""
_AWAY = (0.4, 0.8)
"""Band beside a side, mm from it, where paper is looked for."""
_PAPER = 0.35
"""Largest share of ink in such a band that still is paper."""
_PLAIN_SIDE = 3.2
"""Below this side, mm, a box must be wholly empty to be clean: capital letters are as small."""
_REACH = 5
"""How far from a side the frame's outer edge is looked for, samples."""
_SEEN = 70
"""Percentile of a side's darkness that stands for it: a dotted line is dark for a third of its length."""
_FULLY = 0.9
"""Share of the darkest at which the frame is met; ink inside the box may be darker still."""
_EMPTY = 0.03
"""Share of ink inside up to which a box is wholly empty."""


def find_squares(page: BlankPage) -> list[Found]:
    """Return the check boxes of a page, those with something in them marked as not clean, best first."""
    found: list[Found] = []
    for bridged, least in _BRIDGES:
        runs = Runs.of(page.ink, bridged)
        found += _squares(page, runs, _pairs(page.ink, runs, bridged, round(least * GRID)))
    return apart(found)


def _squares(page: BlankPage, runs: Runs, boxes: Edges) -> Iterator[Found]:
    """Yield those of `boxes` that are check boxes, some more than once."""
    sides, outside = runs.sides(boxes), runs.beside(boxes, *_AWAY)
    inside = runs.beside(boxes, -_AWAY[1], -_AWAY[0])
    # The fourth side may have its label at it.
    free = (outside <= _PAPER).sum(axis=0) >= 3  # noqa: PLR2004
    kept = (sides.min(axis=0) >= _COVERED) & free & ~_in_table(runs, boxes)
    score = sides.mean(axis=0) - 0.5 * outside.mean(axis=0) - 0.2 * inside.mean(axis=0)
    for at in np.flatnonzero(kept):
        area = _outline(page.gray, *(int(edge[at]) for edge in boxes))
        if min(area.width, area.height) < SMALLEST or not _has_corners(page.ink, area):
            continue
        small = min(area.width, area.height) < _PLAIN_SIDE
        within = share(page.ink, area.grown(-0.25 * min(area.width, area.height)))
        clean = within <= _EMPTY if small else float(inside[:, at].mean()) <= _PAPER
        yield Found(area, Shape.SQUARE, float(score[at]), clean)


def _in_table(runs: Runs, boxes: Edges) -> Flags:
    """Return which boxes are cells of a table or comb: lines go on past the corners, shape (N,)."""
    past = runs.goes_on(boxes, *_PAST) >= _GOES_ON
    top, bottom, left, right = past.reshape(4, 2, -1)
    paired = (top & bottom).any(axis=0) | (left & right).any(axis=0)
    result: Flags = paired | (past.reshape(8, -1).sum(axis=0) > _MOST_PAST)
    return result


def _has_corners(ink: Flags, area: RectMm) -> bool:
    """True where a box has ink in three of its corners or more: a broken line may leave out one."""
    wide, high = _CORNER * area.width, _CORNER * area.height
    places = ((x, y) for x in (area.x, area.right - wide) for y in (area.y, area.bottom - high))
    return sum(share(ink, RectMm(x, y, wide, high)) > 0 for x, y in places) >= 3  # noqa: PLR2004


def _pairs(ink: Flags, runs: Runs, bridged: float, least: int) -> Edges:
    """Return all boxes between a top left and a bottom right corner that are as far apart as a box's."""
    both = lines(ink, bridged)
    first, last = (_corners(both, runs, least, at_end=at_end) for at_end in (False, True))
    most = round(LARGEST * GRID)
    found = []
    for x, y in first:
        low, high = np.searchsorted(last[:, 1], (y + least, y + most))
        found += [(x, y, *other) for other in last[low:high] if least <= other[0] - x <= most]
    places = np.array(found, dtype=np.intp).reshape(-1, 4)
    sides = np.sort(places[:, 2:] - places[:, :2], axis=1)
    return Edges(*places[sides[:, 1] <= _ASPECT * sides[:, 0]].T)


def _corners(both: tuple[Gray, Gray], runs: Runs, least: int, *, at_end: bool) -> Samples:
    """Return x and y of the places where two lines meet with paper beyond both, by y, shape (N, 2).

    both: the lines along rows and along columns. at_end: bottom right corners instead of top left ones.
    """
    end = least - 1 if at_end else 0
    along = cv2.boxFilter(both[0], cv2.CV_32F, (least, 1), anchor=(end, 0), borderType=cv2.BORDER_CONSTANT)
    down = cv2.boxFilter(both[1], cv2.CV_32F, (1, least), anchor=(0, end), borderType=cv2.BORDER_CONSTANT)
    meet = np.asarray((along >= _COVERED) & (down >= _COVERED))
    y, x = np.nonzero(meet)
    back = least if at_end else 0
    box = Edges(x - back, y - back, x - back + least, y - back + least)
    top, bottom, left, right = runs.beside(box, *_AWAY)
    beyond = (bottom, right) if at_end else (top, left)
    free = (beyond[0] <= 2 * _PAPER) & (beyond[1] <= 2 * _PAPER)
    meet[:] = False
    meet[y[free], x[free]] = True
    _count, _labels, _stats, centers = cv2.connectedComponentsWithStats(meet.astype(np.uint8))
    places: Samples = np.rint(centers[1:]).astype(np.intp)
    ordered: Samples = places[np.lexsort((places[:, 0], places[:, 1]))]
    return ordered


def _outline(gray: Gray, left: int, top: int, right: int, bottom: int) -> RectMm:
    """Return the outer edge of the frame, to a fraction of a sample."""
    margin = (bottom - top) // 5
    rows, columns = gray[top + margin : bottom - margin], gray[:, left + margin : right - margin].T
    return rect_mm(
        _edge(rows, left, -1), _edge(columns, top, -1), _edge(rows, right, 1), _edge(columns, bottom, 1)
    )


def _edge(across: Gray, at: int, outward: int) -> float:
    """Return where the line near column `at` ends outwards, in samples from the first one's near edge.

    across: shape (any, along), rows that cross the line.
    """
    places = np.arange(max(at - _REACH, 0), min(at + _REACH + 1, across.shape[1]))[::outward]
    dark = np.percentile(255.0 - across[:, places], _SEEN, axis=0)
    half = float(dark.max()) / 2
    peak = int(np.argmax(dark >= _FULLY * dark.max()))
    beyond = dark[peak:] < half
    if half <= 0 or not beyond.any():
        return float(at + (outward > 0))
    step = peak + int(np.argmax(beyond))
    part = float((dark[step - 1] - half) / (dark[step - 1] - dark[step]))
    return float(places[0]) + 0.5 + outward * (step - 1 + part)
