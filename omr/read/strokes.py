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
from omr.read.follow import continued
from omr.read.reference import Patches
from omr.read.views import Ink, Strokes, View, cut, ink_in, samples, strokes_of, views_of
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
    if _is_apart(ink, view, settings):
        return None
    surround = view.window(settings.surround)
    strokes = continued(strokes_of(ink, view.grid, settings), ink.dark, surround, view.grid)
    count = strokes.held.shape[1]
    touching = samples(cut(strokes.labels, surround), count) > 0
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


def _is_apart(ink: Ink, view: View, settings: StrokeSettings) -> bool:
    """True where it is white all around the box: no stroke enters it and none leaves it.

    Looked at as far as what lies beyond could be joined to what lies within.
    """
    beyond = settings.surround + settings.across / 2 + 1 / view.grid
    for seen, outer, inner in (
        (ink.dark, settings.surround, settings.line),
        (ink.written, beyond, -settings.frame),
    ):
        around, within = (cv2.countNonZero(cut(seen, view.window(margin))) for margin in (outer, inner))
        if around > within:
            return False
    return True


def _leaves(strokes: Strokes, grid: float, settings: StrokeSettings) -> Flags:
    """Return which strokes reach the edge of the view."""
    rim, labels = round(settings.frame * grid), strokes.labels
    edges = (labels[:rim], labels[-rim:], labels[:, :rim].T, labels[:, -rim:].T)
    return samples(np.concatenate(edges), strokes.held.shape[1]) > 0


def _elsewhere(strokes: Strokes, touching: Flags, view: View, settings: StrokeSettings) -> Flags:
    """Return which of the strokes at the box leave nothing in it and mostly lie with other boxes.

    Such a one is no mark beside the box but a neighbour's ring, which comes as near.
    """
    count = len(touching)
    within = samples(cut(strokes.inked, view.window(-settings.frame)), count)
    outside: Flags = touching & (within == 0)
    if not outside.any():
        return outside
    whole = samples(strokes.inked, count)
    here = samples(cut(strokes.inked, view.window(settings.beside)), count)
    rows, columns = np.nonzero(outside[strokes.inked])
    left, top, right, bottom = np.array(view.windows(0.0)).T[:, :, None]
    down, across = (
        np.maximum(first - at, at - end).clip(min=0)
        for at, first, end in ((rows, top, bottom), (columns, left, right))
    )
    away = np.hypot(down, across).argmin(axis=0) != view.own
    others = samples(strokes.inked[rows[away], columns[away]], count)
    return np.asarray(outside & ((here < settings.mostly * whole) | (2 * others > whole)))


def _as_patch(foreign: Flags, patches: Patches, settings: StrokeSettings) -> Flags:
    """Return the middle of a view at the patches' sampling, shape as one patch."""
    count = patches.darkness.shape[1]
    middle = (len(foreign) - 1) // 2
    reach = round((count - 1) / (2 * patches.grid) * settings.grid)
    cut = foreign[middle - reach : middle + reach + 1, middle - reach : middle + reach + 1].astype(np.uint8)
    return np.asarray(cv2.resize(cut, (count, count), interpolation=cv2.INTER_NEAREST) > 0)
