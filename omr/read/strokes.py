"""Ink of another box's mark, taken off the boxes it merely passes.

A tick's tail often runs 5–10 mm up and to the right, into the surround of the next row's box or through
its inside. Ink that hangs together is one stroke; a stroke belongs to the box that holds most of it.
Looked at only where a box's own evidence is not clear, for it is the one costly step.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.imaging.warp import upright
from omr.model.arrays import Flags, Floats, Gray, Singles
from omr.model.layout import Box
from omr.model.registration import Registration
from omr.read.reference import Patches
from omr.settings import StrokeSettings

_Windows = NDArray[np.intp]
"""Places in a view, shape (K, 4): first row, end row, first column, end column."""


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """A box's neighbourhood, upright: darkness, shape (S, S).

    areas: printed areas of the boxes in it, mm from its first sample, shape (K, 4): left, top, right, bottom.
    own: which of them it was made for.
    """

    darkness: Singles
    grid: float
    areas: Floats
    own: int

    def windows(self, margin: float) -> _Windows:
        """Return where the boxes lie, grown by `margin` mm (negative shrinks) and cut to the view."""
        left, top, right, bottom = ((self.areas + _GROW * margin) * self.grid).T
        edges = np.stack((top, bottom, left, right), axis=1)
        return edges.round().clip(0, len(self.darkness)).astype(np.intp)


_GROW = np.array([-1.0, -1.0, 1.0, 1.0])


def without_foreign_ink(
    image: Gray,
    patches: Patches,
    boxes: tuple[Box, ...],
    registration: Registration,
    doubtful: Flags,
    inked: Flags,
    settings: StrokeSettings,
) -> tuple[NDArray[np.intp], Patches, Singles]:
    """Return which boxes strokes of other boxes enter, M of them, these without such strokes, and how much.

    doubtful: shape (N,), which boxes to look at. inked: shape (N,), which hold enough to own a stroke.
    How much: share of their insides under strokes that are another box's or may be, 0..1, shape (M,). A
    stroke that two boxes hold in about equal parts, or the joined ticks of two boxes, stay in both.
    """
    areas = np.array([(box.area.x, box.area.y, box.area.right, box.area.bottom) for box in boxes])
    passed: dict[int, tuple[Flags, Flags]] = {}
    for index in np.flatnonzero(doubtful):
        near = _near(areas, int(index), settings)
        if not inked[near[near != index]].any():
            continue
        view = _view(image, patches, areas, near, int(index), registration, settings)
        shared, foreign = _foreign(view, settings)
        if shared.any():
            passed[int(index)] = _as_patch(shared, patches, settings), _as_patch(foreign, patches, settings)
    at = np.array(list(passed), dtype=np.intp)
    own = patches.only(at)
    share = np.zeros(len(at), dtype=np.float32)
    for number, (shared, foreign) in enumerate(passed.values()):
        own.darkness[number][foreign] = 0.0
        half = int((float(own.half_width[number]) - settings.frame) * patches.grid)
        middle = len(shared) // 2
        share[number] = shared[middle - half : middle + half, middle - half : middle + half].mean()
    return at, own, share


def _near(areas: Floats, index: int, settings: StrokeSettings) -> NDArray[np.intp]:
    """Return the boxes that reach into the view of one box, itself among them."""
    one = areas[index]
    apart = np.maximum(areas[:, :2] - one[2:], one[:2] - areas[:, 2:]).max(axis=1)
    return np.flatnonzero(apart < settings.reach)


def _view(
    image: Gray,
    patches: Patches,
    areas: Floats,
    near: NDArray[np.intp],
    index: int,
    registration: Registration,
    settings: StrokeSettings,
) -> _View:
    grid, one = settings.grid, areas[index]
    center = (one[:2] + one[2:]) / 2
    count = 2 * round(((one[2] - one[0]) / 2 + settings.reach) * grid) + 1
    at = registration.points(np.array([center, center + (1.0, 0.0), center + (0.0, 1.0)]))
    step_x, step_y = (at[1] - at[0]) / grid, (at[2] - at[0]) / grid
    origin = at[0] - (step_x + step_y) * ((count - 1) / 2)
    patch = upright(image, origin, step_x, step_y, (count, count))
    darkness = (patches.paper[index] - patch.astype(np.float32)) / patches.contrast[index]
    first = center - (count - 1) / (2 * grid) - patches.shift[index]
    return _View(darkness, grid, areas[near] - np.tile(first, 2), int(np.flatnonzero(near == index)[0]))


def _foreign(view: _View, settings: StrokeSettings) -> tuple[Flags, Flags]:
    """Return where strokes lie in the view that may be another box's, and that are, shape (S, S) each."""
    labels, count = _strokes(view, settings)
    held = np.array(
        [
            np.bincount(_cut(labels, window).ravel(), minlength=count)
            for window in view.windows(-settings.frame)
        ]
    )
    mine = held[view.own].copy()
    held[view.own] = 0
    other = held.max(axis=0)
    touching = np.bincount(_cut(labels, view.windows(settings.surround)[view.own]).ravel(), minlength=count)
    least = settings.least_mark * view.grid**2
    shared = (touching > 0) & (other >= least) & (other * settings.majority > mine)
    shared[0] = False
    foreign = shared & (other > settings.majority * mine) & (mine < settings.own_mark * view.grid**2)
    return np.asarray(shared[labels]), np.asarray(foreign[labels])


def _strokes(view: _View, settings: StrokeSettings) -> tuple[NDArray[np.int32], int]:
    """Return a view's connected strokes, shape (S, S), 0 without ink, and their number; print is left out."""
    ink = (cv2.blur(view.darkness, (3, 3)) > settings.ink).astype(np.uint8)
    rule = round(settings.rule * view.grid)
    for kernel in (np.ones((1, rule), np.uint8), np.ones((rule, 1), np.uint8)):
        printed = cv2.morphologyEx(ink, cv2.MORPH_OPEN, kernel)
        ink[cv2.dilate(printed, np.ones((3, 3), np.uint8)) > 0] = 0
    kept = ink.copy()
    for window in view.windows(settings.line):
        _cut(ink, window)[:] = 0
    for window in view.windows(-settings.frame):
        _cut(ink, window)[:] = _cut(kept, window)
    bridge = 2 * round(settings.bridge * view.grid / 2) + 1
    joined = cv2.dilate(ink, np.ones((bridge, bridge), np.uint8))
    count, labels = cv2.connectedComponents(joined)
    return np.asarray(labels, dtype=np.int32), count


def _cut(samples: NDArray[np.generic], window: NDArray[np.intp]) -> NDArray[np.generic]:
    first_row, end_row, first_column, end_column = window
    return samples[first_row:end_row, first_column:end_column]


def _as_patch(foreign: Flags, patches: Patches, settings: StrokeSettings) -> Flags:
    """Return the middle of a view at the patches' sampling, shape as one patch."""
    count = patches.darkness.shape[1]
    middle = (len(foreign) - 1) // 2
    reach = round((count - 1) / (2 * patches.grid) * settings.grid)
    cut = foreign[middle - reach : middle + reach + 1, middle - reach : middle + reach + 1].astype(np.uint8)
    return np.asarray(cv2.resize(cut, (count, count), interpolation=cv2.INTER_NEAREST) > 0)
