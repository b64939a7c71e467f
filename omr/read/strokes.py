"""Ink of another box's mark, taken off the boxes it merely passes.

A tick's tail often runs 5–10 mm up and to the right, into the surround of the next row's box or through
its inside. Ink that hangs together is one stroke; a stroke belongs to the box that holds most of it.
Looked at only where a box's own evidence is not clear, for it is the one costly step.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.model.arrays import Flags, Gray, Singles, outlines
from omr.model.layout import Box
from omr.model.registration import Registration
from omr.read.reference import Patches
from omr.read.views import View, boxes_near, cut, strokes_in, views_of
from omr.settings import StrokeSettings


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
    areas = outlines([box.area for box in boxes])
    nears = {index: boxes_near(areas, index, settings) for index in np.flatnonzero(doubtful).tolist()}
    nears = {index: near for index, near in nears.items() if inked[near[near != index]].any()}
    passed: dict[int, tuple[Flags, Flags]] = {}
    for index, view in views_of(image, patches, areas, nears, registration, settings):
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
    strokes = strokes_in(view, settings.ink, settings)
    labels, held = strokes.labels, strokes.held
    mine = held[view.own].copy()
    held[view.own] = 0
    other = held.max(axis=0)
    surround = cut(labels, view.windows(settings.surround)[view.own])
    touching = np.bincount(surround.ravel(), minlength=len(mine))
    least = settings.least_mark * view.grid**2
    shared = (touching > 0) & (other >= least) & (other * settings.majority > mine)
    shared[0] = False
    if not shared.any():
        return None
    foreign = shared & (other > settings.majority * mine) & (mine < settings.own_mark * view.grid**2)
    return np.asarray(shared[labels]), np.asarray(foreign[labels])


def _as_patch(foreign: Flags, patches: Patches, settings: StrokeSettings) -> Flags:
    """Return the middle of a view at the patches' sampling, shape as one patch."""
    count = patches.darkness.shape[1]
    middle = (len(foreign) - 1) // 2
    reach = round((count - 1) / (2 * patches.grid) * settings.grid)
    cut = foreign[middle - reach : middle + reach + 1, middle - reach : middle + reach + 1].astype(np.uint8)
    return np.asarray(cv2.resize(cut, (count, count), interpolation=cv2.INTER_NEAREST) > 0)
