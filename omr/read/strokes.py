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
from omr.read.views import Strokes, View, boxes_near, cut, strokes_in, views_of
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
    nears = {index: boxes_near(areas, index, settings) for index in np.flatnonzero(doubtful).tolist()}
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
    strokes = _continued(strokes_in(view, settings.ink, settings), view, settings)
    labels, held = strokes.labels, strokes.held
    mine = held[view.own].copy()
    held[view.own] = 0
    other = held.max(axis=0)
    surround = cut(labels, view.windows(settings.surround)[view.own])
    touching = np.bincount(surround.ravel(), minlength=len(mine))
    least = settings.least_mark * view.grid**2
    rim = round(settings.frame * view.grid)
    edge = labels.copy()
    edge[rim:-rim, rim:-rim] = 0
    leaves = np.bincount(edge.ravel(), minlength=len(mine)) > 0
    shared = (touching > 0) & (other >= least) & (other * settings.majority > mine)
    shared |= (mine > 0) & leaves
    shared[0] = False
    # What leaves nothing in the box and mostly lies elsewhere is no mark beside it but a neighbour's ring.
    inked = labels * strokes.ink
    whole = np.bincount(inked.ravel(), minlength=len(mine))
    here, within = (
        np.bincount(cut(inked, view.windows(margin)[view.own]).ravel(), minlength=len(mine))
        for margin in (settings.beside, -settings.frame)
    )
    elsewhere = (touching > 0) & (within == 0) & (here < settings.mostly * whole)
    elsewhere[0] = False
    shared &= ~elsewhere
    if not (shared.any() or elsewhere.any()):
        return None
    foreign = shared & (other > settings.majority * mine) & (mine < settings.own_mark * view.grid**2)
    inside = cv2.dilate((shared[labels] & strokes.ink).view(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return np.asarray(inside), np.asarray((foreign | elsewhere)[labels])


def _continued(strokes: Strokes, view: View, settings: StrokeSettings) -> Strokes:
    """Return the strokes, those at the view's own box made one with what goes on in their line.

    Taking off a rule where it crosses another, or at a flat angle, leaves a gap that is too wide to bridge in
    every direction; in its own direction a straight stroke is followed across it, as long as there is ink or
    print all the way.
    """
    labels, held = strokes.labels.copy(), strokes.held.copy()
    dark = cv2.blur(view.darkness, (3, 3)) > settings.ink
    surround = cut(labels * strokes.ink, view.windows(settings.surround)[view.own])
    for own in np.unique(surround[surround > 0]):
        for _leap in range(_LEAPS):
            met = _met(labels, strokes.ink, int(own), dark, view.grid)
            if not met:
                break
            for other in met:
                labels[labels == other] = own
                held[:, own] += held[:, other]
                held[:, other] = 0
    return Strokes(strokes.ink, labels, held)


_LEAPS = 3
"""Gaps a stroke is followed across: a form has no more rules between two rows."""


def _met(labels: NDArray[np.int32], ink: Flags, own: int, dark: Flags, grid: float) -> set[int]:
    """Return the strokes that lie in the line of a straight one, within a leap of its ends."""
    points = np.argwhere((labels == own) & ink)
    line = _line(points, grid)
    if line is None:
        return set()
    middle, along, reach = line
    others = np.argwhere((labels != own) & (labels > 0) & ink)
    away = (others - middle) @ along
    aside = np.abs((others - middle) @ np.array([-along[1], along[0]]))
    beyond = np.abs(away) - reach
    near = (beyond > -_ASIDE_MM * grid) & (beyond < _LEAP_MM * grid) & (aside < _ASIDE_MM * grid)
    met = set()
    for other in np.unique(labels[tuple(others[near].T)]):
        beside = others[near][labels[tuple(others[near].T)] == other]
        apart = np.abs(points[:, None] - beside[None]).sum(axis=2)
        one, two = np.unravel_index(int(apart.argmin()), apart.shape)
        if _joined(points[one], beside[two], dark):
            met.add(int(other))
    return met


def _joined(one: NDArray[np.intp], two: NDArray[np.intp], dark: Flags) -> bool:
    """True where all samples between two are dark."""
    count = int(np.abs(two - one).max()) + 1
    rows, columns = np.linspace(one, two, count).round().astype(np.intp).T
    return bool(dark[rows, columns].all())


_LEAP_MM, _ASIDE_MM = 3.0, 0.5
"""How far beyond its end a stroke is followed, and how far aside of its line it may go on."""

_LONG_MM, _THIN = 1.0, 0.4
"""Length of a stroke that has a direction, and its width by its length."""


def _line(
    points: NDArray[np.intp], grid: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], float] | None:
    """Return middle, direction and half length, samples, of a straight stroke; None where it is not one."""
    if len(points) < 3:  # noqa: PLR2004 (two points lie in every line)
        return None
    middle = points.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov((points - middle).T))
    along = vectors[:, 1]
    reach = float(np.abs((points - middle) @ along).max())
    if 2 * reach < _LONG_MM * grid or values[0] > _THIN**2 * values[1]:
        return None
    return middle, along, reach


def _as_patch(foreign: Flags, patches: Patches, settings: StrokeSettings) -> Flags:
    """Return the middle of a view at the patches' sampling, shape as one patch."""
    count = patches.darkness.shape[1]
    middle = (len(foreign) - 1) // 2
    reach = round((count - 1) / (2 * patches.grid) * settings.grid)
    cut = foreign[middle - reach : middle + reach + 1, middle - reach : middle + reach + 1].astype(np.uint8)
    return np.asarray(cv2.resize(cut, (count, count), interpolation=cv2.INTER_NEAREST) > 0)
