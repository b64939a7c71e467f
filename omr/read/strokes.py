"""Ink of another box's mark, taken off the boxes it merely passes.

A tick's tail often runs 5–10 mm up and to the right, into the surround of the next row's box or through
its inside. Ink that hangs together is one stroke; a stroke belongs to the box that holds most of it.
Looked at only where a box's own evidence is not clear, for it is the one costly step.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.model.arrays import Flags, Gray, Singles, outlines
from omr.model.layout import Box
from omr.model.registration import Registration
from omr.read.reference import Patches
from omr.read.views import Labels, Strokes, View, Window, cut, ink_in, strokes_of, views_of
from omr.settings import StrokeSettings


def without_foreign_ink(
    image: Gray,
    patches: Patches,
    boxes: tuple[Box, ...],
    registration: Registration,
    doubtful: Flags,
    settings: StrokeSettings,
) -> tuple[NDArray[np.intp], Patches, Singles]:
    """Return which boxes strokes of other boxes enter, M of them, these without such strokes, and how much.

    doubtful: shape (N,), which boxes to look at.
    How much: share of their insides under strokes that are another box's or may be, 0..1, shape (M,). A
    stroke that two boxes hold in about equal parts, the joined ticks of two boxes, or one that comes from
    beyond the view, stay in the box.
    """
    areas = outlines([box.area for box in boxes])
    passed: dict[int, tuple[Flags, Flags]] = {}
    doubted = np.flatnonzero(doubtful).tolist()
    for index, view in views_of(image, patches, areas, doubted, registration, settings):
        if (found := _foreign(view, settings)) is not None:
            shared, foreign = found
            passed[index] = _as_patch(shared, patches, settings), _as_patch(foreign, patches, settings)
    at = np.array(list(passed), dtype=np.intp)
    own = patches.only(at)
    share = np.zeros(len(at), dtype=np.float32)
    for number, (shared, foreign) in enumerate(passed.values()):
        own.darkness[number][foreign] = 0.0
        half = int((float(own.half_width[number]) - settings.frame) * patches.grid)
        middle = len(shared) // 2
        share[number] = shared[middle - half : middle + half, middle - half : middle + half].mean()
    return at, own, share


def _foreign(view: View, settings: StrokeSettings) -> tuple[Flags, Flags] | None:
    """Return where strokes lie in the view that may be another box's, and that are, shape (S, S) each.

    None where there is no such stroke.
    """
    ink = ink_in(view, settings.ink, settings)
    surround = view.window(settings.surround)
    strokes = _continued(strokes_of(ink, view.grid, settings), ink.dark, surround, view.grid)
    count = strokes.held.shape[1]
    touching = _samples(cut(strokes.labels, surround), count) > 0
    touching[0] = False
    if not touching.any():
        return None
    mine = strokes.held[view.own].copy()
    strokes.held[view.own] = 0
    other = strokes.held.max(axis=0)
    shared = (other >= settings.least_mark * view.grid**2) & (other * settings.majority > mine)
    shared = touching & (shared | ((mine > 0) & _leaves(strokes, view.grid, settings)))
    elsewhere = _elsewhere(strokes, touching, view, settings)
    shared &= ~elsewhere
    if not (shared.any() or elsewhere.any()):
        return None
    foreign = shared & (other > settings.majority * mine) & (mine < settings.own_mark * view.grid**2)
    inside = cv2.dilate(shared[strokes.inked].view(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return np.asarray(inside), (foreign | elsewhere)[strokes.labels]


def _samples(labels: Labels, count: int) -> NDArray[np.intp]:
    """Return how many samples each of the strokes has, shape (count,)."""
    return np.bincount(labels.ravel(), minlength=count)


def _leaves(strokes: Strokes, grid: float, settings: StrokeSettings) -> Flags:
    """Return which strokes reach the edge of the view."""
    rim, labels = round(settings.frame * grid), strokes.labels
    edges = (labels[:rim], labels[-rim:], labels[:, :rim].T, labels[:, -rim:].T)
    return _samples(np.concatenate(edges), strokes.held.shape[1]) > 0


def _elsewhere(strokes: Strokes, touching: Flags, view: View, settings: StrokeSettings) -> Flags:
    """Return which of the strokes at the box leave nothing in it and mostly lie elsewhere.

    Such a one is no mark beside the box but a neighbour's ring.
    """
    count = len(touching)
    within = _samples(cut(strokes.inked, view.window(-settings.frame)), count)
    outside: Flags = touching & (within == 0)
    if not outside.any():
        return outside
    here = _samples(cut(strokes.inked, view.window(settings.beside)), count)
    return np.asarray(outside & (here < settings.mostly * _samples(strokes.inked, count)))


def _continued(strokes: Strokes, dark: Gray, surround: Window, grid: float) -> Strokes:
    """Return the strokes, those in the surround of a box made one with what goes on in their line.

    Taking off a rule where it crosses another, or at a flat angle, leaves a gap that is too wide to bridge in
    every direction; in its own direction a straight stroke is followed across it, as long as there is ink or
    print, `dark`, all the way.
    """
    labels, inked, held = strokes.labels, strokes.inked, strokes.held
    for own in np.flatnonzero(_samples(cut(inked, surround), held.shape[1])[1:]) + 1:
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
    """Return the strokes that lie in the line of a straight one, within a leap of its ends."""
    points = _points(inked == own)
    line = _line(points, grid)
    if line is None:
        return set()
    (x, y), (right, down), reach = line
    far = reach + _LEAP_MM * grid
    wide, high = (
        abs(one) * far + abs(other) * _ASIDE_MM * grid for one, other in ((right, down), (down, right))
    )
    left, top = max(int(x - wide), 0), max(int(y - high), 0)
    around = cut(inked, [left, top, int(x + wide) + 2, int(y + high) + 2])
    others = _points((around != own) & (around > 0)) + (left, top)
    if not len(others):
        return set()
    away = others - (x, y)
    beyond, aside = np.abs(away @ (right, down)) - reach, np.abs(away @ (-down, right))
    near = others[(beyond > -_ASIDE_MM * grid) & (beyond < _LEAP_MM * grid) & (aside < _ASIDE_MM * grid)]
    which = inked[near[:, 1], near[:, 0]]
    met = set()
    for other in np.unique(which):
        beside = near[which == other]
        apart = np.abs(points[:, None] - beside[None]).sum(axis=2)
        one, two = np.unravel_index(int(apart.argmin()), apart.shape)
        if _joined(points[one], beside[two], dark):
            met.add(int(other))
    return met


def _points(where: Flags) -> NDArray[np.int32]:
    """Return the places, x and y, where something is true, shape (N, 2), row by row."""
    found = cv2.findNonZero(where.view(np.uint8))
    return np.empty((0, 2), np.int32) if found is None else np.asarray(found, dtype=np.int32).reshape(-1, 2)


def _joined(one: NDArray[np.int32], two: NDArray[np.int32], dark: Gray) -> bool:
    """True where all samples between two are dark."""
    count = int(np.abs(two - one).max()) + 1
    columns, rows = np.linspace(one, two, count).round().astype(np.intp).T
    return bool(dark[rows, columns].all())


_LEAP_MM, _ASIDE_MM = 3.0, 0.5
"""How far beyond its end a stroke is followed, and how far aside of its line it may go on."""

_LONG_MM, _THIN = 1.0, 0.4
"""Length of a stroke that has a direction, and its width by its length."""


def _line(
    points: NDArray[np.int32], grid: float
) -> tuple[tuple[float, float], tuple[float, float], float] | None:
    """Return middle, direction and half length, samples, of a straight stroke; None where it is not one.

    points: x and y, shape (N, 2).
    """
    if len(points) < 3:  # noqa: PLR2004 (two points lie in every line)
        return None
    x, y = (points.sum(axis=0) / len(points)).tolist()
    apart = points - (x, y)
    (wide, both), (_both, high) = (apart.T @ apart).tolist()
    # Axes of the ellipse that spreads like the points.
    lean = math.hypot(wide - high, 2 * both)
    turn = math.atan2(2 * both, wide - high) / 2
    along = math.cos(turn), math.sin(turn)
    reach = float(np.abs(apart @ along).max())
    if 2 * reach < _LONG_MM * grid or wide + high - lean > _THIN**2 * (wide + high + lean):
        return None
    return (x, y), along, reach


def _as_patch(foreign: Flags, patches: Patches, settings: StrokeSettings) -> Flags:
    """Return the middle of a view at the patches' sampling, shape as one patch."""
    count = patches.darkness.shape[1]
    middle = (len(foreign) - 1) // 2
    reach = round((count - 1) / (2 * patches.grid) * settings.grid)
    cut = foreign[middle - reach : middle + reach + 1, middle - reach : middle + reach + 1].astype(np.uint8)
    return np.asarray(cv2.resize(cut, (count, count), interpolation=cv2.INTER_NEAREST) > 0)
