"""Boxes that a regular grid lacks: where rows and columns meet and some of a frame is seen."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from omr.draft.runs import Edges, Runs
from omr.draft.sheet import GRID, BlankPage, Found, shared
from omr.draft.sift import kin, middles
from omr.model.arrays import Flags, Floats
from omr.model.geometry import RectMm
from omr.model.layout import Shape

_SEEN, _SEEN_PAST = 0.6, 0.8
"""Share of a frame that must be seen where the grid wants a box, and one step past the end of a row."""
_ROUNDS = 4
"""Times a grid is looked through; what was added last may want one more."""
_SHIFT = 2
"""How far from its place a side is looked for, samples."""
_EVEN = 0.1
"""How far the steps of a regular row differ, as a share."""
_FREE = 0.2
"""Share of its area that a wanted box may have in common with one that is there."""


def completed(page: BlankPage, found: list[Found]) -> list[Found]:
    """Return the boxes, in reading order, with those added that their grid wants and whose frame is seen."""
    for _round in range(_ROUNDS):
        found, lone = _with_and_without_kin(found)
        added: list[Found] = []
        for area, shape, least in _wanted(found):
            free = all(shared(area, other.area) < _FREE for other in added)
            if free and _seen(page.ink, area, shape) >= least:
                added.append(Found(area, shape, 0.0, clean=False))
        lone = [one for one in lone if all(shared(one.area, other.area) < _FREE for other in added)]
        found = [*found, *lone, *added]
        if not added:
            break
    return sorted(found, key=lambda one: (one.area.y, one.area.x))


def _with_and_without_kin(found: list[Found]) -> tuple[list[Found], list[Found]]:
    """Return the boxes with others of their kind in their row or column, and those alone."""
    row, column = kin(found)
    related = np.atleast_1d((row | column).any(axis=1))
    return ([one for one, has in zip(found, related, strict=True) if has],
            [one for one, has in zip(found, related, strict=True) if not has])  # fmt: skip


def _wanted(found: list[Found]) -> Iterator[tuple[RectMm, Shape, float]]:
    """Yield free places where a box is wanted, its shape, and how much of its frame must be seen there.

    They are the fourth corners of three boxes at right angles, and what rows and columns lack.
    """
    boxes = middles(found)
    row, column = kin(found)
    for at, one in enumerate(found):
        x, y, width, height = boxes[at]
        beside, below = _nearest(boxes[:, 0], at, row), _nearest(boxes[:, 1], at, column)
        corners = [boxes[third, 0] for other in below for third in _nearest(boxes[:, 0], other, row)]
        places = [(corner, y, _SEEN) for corner in corners]
        places += [(lacking, y, least) for lacking, least in _lacking(boxes[:, 0], at, row, beside)]
        places += [(x, lacking, least) for lacking, least in _lacking(boxes[:, 1], at, column, below)]
        for middle_x, middle_y, least in places:
            taken = (np.abs(boxes[:, 0] - middle_x) < width) & (np.abs(boxes[:, 1] - middle_y) < height)
            if taken.any():
                continue
            left, top = float(middle_x - width / 2), float(middle_y - height / 2)
            yield RectMm(left, top, float(width), float(height)), one.shape, least


def _nearest(along: Floats, at: int, related: Flags) -> list[int]:
    """Return the nearest relative before and the nearest behind."""
    others = np.flatnonzero(related[at])
    before, behind = others[along[others] < along[at]], others[along[others] > along[at]]
    return [int(side[np.argmin(np.abs(along[side] - along[at]))]) for side in (before, behind) if len(side)]


def _lacking(along: Floats, at: int, related: Flags, neighbours: list[int]) -> Iterator[tuple[float, float]]:
    """Yield what a row or column lacks, and how much must be seen there.

    It lacks the middle of a double step, and may go on one step past its end.
    """
    steps = np.diff(np.sort(along[related[at] | (np.arange(len(along)) == at)]))
    for other in neighbours:
        step = along[other] - along[at]
        if abs(abs(step) / 2 - steps.min()) <= _EVEN * steps.min():
            yield float(along[at] + step / 2), _SEEN
        if len(neighbours) == 1 and len(steps) > 1 and abs(abs(step) - steps.min()) <= _EVEN * steps.min():
            yield float(along[at] - step), _SEEN_PAST


def _seen(ink: Flags, area: RectMm, shape: Shape) -> float:
    """Return the share of the frame that is seen at a place, 0..1."""
    if shape is Shape.SQUARE:
        return _sides_seen(ink, area)
    angle = np.linspace(0.0, 2 * np.pi, 72, endpoint=False)
    seen = np.zeros(len(angle), bool)
    for part in (0.82, 0.88, 0.94, 1.0, 1.06):
        x = area.center.x + part * area.width / 2 * np.cos(angle)
        y = area.center.y + part * area.height / 2 * np.sin(angle)
        rows, columns = (
            np.clip((v * GRID).astype(int), 0, n - 1) for v, n in zip((y, x), ink.shape, strict=True)
        )
        seen |= ink[rows, columns]
    return float(seen.mean())


def _sides_seen(ink: Flags, area: RectMm) -> float:
    margin = 2 * _SHIFT
    left, top = round(area.x * GRID), round(area.y * GRID)
    right, bottom = round(area.right * GRID), round(area.bottom * GRID)
    part = ink[max(top - margin, 0) : bottom + margin, max(left - margin, 0) : right + margin]
    if 0 in part.shape:
        return 0.0
    runs = Runs.of(part, 0.4)
    shifts = range(-_SHIFT, _SHIFT + 1)
    box = (margin, margin, margin + right - left, margin + bottom - top)
    edges = [Edges(*(np.array([edge + shift]) for edge in box)) for shift in shifts]
    return float(np.mean(np.max([runs.sides(edge) for edge in edges], axis=0)))
