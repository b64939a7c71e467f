"""Strokes followed beyond the print that cuts them: a tick's tail and its hook are one mark."""

from __future__ import annotations

import math
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.model.arrays import Flags, Gray
from omr.read.views import Labels, Strokes, Window, cut, samples

Points = NDArray[np.int32]
"""Places in a view, x and y, shape (N, 2)."""


def continued(strokes: Strokes, dark: Gray, window: Window, grid: float) -> Strokes:
    """Return the strokes, those that reach into a window of the view joined with what goes on in their line.

    Taking off a rule where it crosses another, or at a flat angle, leaves a gap that is too wide to bridge in
    every direction; in its own direction a stroke is followed across it, as long as there is ink or print,
    `dark`, all the way.
    """
    labels, inked, held = strokes.labels, strokes.inked, strokes.held
    for own in np.flatnonzero(samples(cut(inked, window), held.shape[1])[1:]) + 1:
        for _leap in range(_LEAPS):
            met = _met(inked, int(own), dark, grid)
            if not met:
                break
            for other in met:
                labels[labels == other] = own
                inked[inked == other] = own
                held[:, own] += held[:, other]
                held[:, other] = 0
    return strokes


_LEAPS = 3
"""Gaps a stroke is followed across: a form has no more rules between two rows."""


def _met(inked: Labels, own: int, dark: Gray, grid: float) -> set[int]:
    """Return the strokes that one of a stroke's ends points to, within a leap of it."""
    points, met = _points(inked == own), set()
    for (x, y), (right, down) in _ends(points, grid):
        leap = _LEAP_MM * grid
        left, top = max(int(x - leap), 0), max(int(y - leap), 0)
        around = cut(inked, [left, top, int(x + leap) + 2, int(y + leap) + 2])
        others = _points((around != own) & (around > 0)) + (left, top)
        if not len(others):
            continue
        beyond, aside = ((others - (x, y)) @ np.array(((right, -down), (down, right)))).T
        near = (beyond > -_ASIDE_MM * grid) & (beyond < leap)
        near &= np.abs(aside) < _ASIDE_MM * grid + _BENT * np.maximum(beyond, 0.0)
        if not near.any():
            continue
        which = inked[others[near, 1], others[near, 0]]
        for other in np.unique(which):
            ahead, at = beyond[near][which == other], others[near][which == other]
            if _joined((x - right, y - down), at[ahead < ahead.min() + 2].mean(axis=0), dark):
                met.add(int(other))
    return met


def _points(where: Flags) -> Points:
    """Return where something is true, row by row."""
    found = cv2.findNonZero(where.view(np.uint8))
    return np.empty((0, 2), np.int32) if found is None else np.asarray(found, dtype=np.int32).reshape(-1, 2)


def _joined(one: tuple[float, float], two: NDArray[np.float64], dark: Gray) -> bool:
    """True where all samples between two places are dark; an end may point just out of the view."""
    count = int(np.abs(two - one).max()) + 2
    columns, rows = np.linspace(one, two, count).round().astype(np.intp).T
    inside = (columns >= 0) & (rows >= 0) & (columns < dark.shape[1]) & (rows < dark.shape[0])
    return bool(dark[rows[inside], columns[inside]].all())


_LEAP_MM, _ASIDE_MM, _BENT = 4.5, 0.5, 0.25
"""How far beyond its end a stroke is followed, how far aside of its line it may go on, and how much more by
each step, for it may be bent."""

_LONG_MM, _THIN, _BLUNT, _END_MM = 1.0, 0.4, 0.5, 2.5
"""Length of a stroke or end that has a direction, width by length of the one and the other, and how much of a
stroke is its end."""

Place = tuple[float, float]


def _ends(points: Points, grid: float) -> Iterator[tuple[Place, Place]]:
    """Yield place and outward direction of a stroke's two ends where they have one.

    By the stroke as a whole where it is straight; and by its ends alone, for a tick's tail and a ring are
    bent, and what follows is in the line of the nearest part.
    """
    if len(points) < _FEWEST:
        return
    middle, along, width = _line(points)
    away = (points - middle) @ along
    for side, outward in ((away, along), (-away, (-along[0], -along[1]))):
        if width <= _THIN and 2 * side.max() >= _LONG_MM * grid:
            yield _beyond(middle, outward, float(side.max())), outward
        tip = points[side >= side.max() - _END_MM * grid]
        if len(tip) < _FEWEST:
            continue
        middle_of_tip, lean, blunt = _line(tip)
        if lean[0] * outward[0] + lean[1] * outward[1] < 0:
            lean = -lean[0], -lean[1]
        reach = float(((tip - middle_of_tip) @ lean).max())
        if blunt <= _BLUNT and 2 * reach >= _LONG_MM * grid:
            yield _beyond(middle_of_tip, lean, reach), lean


_FEWEST = 3
"""Two points lie in every line."""


def _beyond(middle: Place, along: Place, reach: float) -> Place:
    return middle[0] + reach * along[0], middle[1] + reach * along[1]


def _line(points: Points) -> tuple[Place, Place, float]:
    """Return middle, direction and width by length of some points."""
    x, y = (points.sum(axis=0) / len(points)).tolist()
    apart = points - (x, y)
    (wide, both), (_both, high) = (apart.T @ apart).tolist()
    # Axes of the ellipse that spreads like the points.
    lean = math.hypot(wide - high, 2 * both)
    turn = math.atan2(2 * both, wide - high) / 2
    least, most = wide + high - lean, wide + high + lean
    return (x, y), (math.cos(turn), math.sin(turn)), math.sqrt(max(least, 0.0) / max(most, 1e-9))
