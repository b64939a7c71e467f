"""Ink of another box's mark, taken off the boxes it merely passes.

A tick's tail often runs 5–10 mm up and to the right, into the surround of the next row's box or through
its inside. Ink that hangs together is one stroke; a stroke belongs to the box that holds most of it.
Looked at only where a box's own evidence is not clear, for it is the one costly step.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.imaging.warp import upright
from omr.model.arrays import Flags, Floats, Gray, Singles
from omr.model.layout import Box
from omr.model.registration import Registration
from omr.read.reference import Patches
from omr.settings import StrokeSettings


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """A box's neighbourhood, upright: darkness, shape (S, S), and the px of the view of each box's area."""

    darkness: Singles
    grid: float
    origin: tuple[float, float]

    def window(self, box: Box, margin: float, shift: Floats) -> tuple[slice, slice]:
        """Return the rows and columns of a box's area grown by `margin` mm, cut to the view."""
        count = len(self.darkness)
        area = box.area.grown(margin)
        left, right = ((x + shift[0] - self.origin[0]) * self.grid for x in (area.x, area.right))
        top, bottom = ((y + shift[1] - self.origin[1]) * self.grid for y in (area.y, area.bottom))
        edges = np.clip(np.round([top, bottom, left, right]), 0, count).astype(int)
        return slice(edges[0], edges[1]), slice(edges[2], edges[3])


def without_foreign_ink(
    image: Gray,
    patches: Patches,
    boxes: tuple[Box, ...],
    registration: Registration,
    doubtful: Flags,
    settings: StrokeSettings,
) -> tuple[Patches, Singles]:
    """Return the patches with other boxes' strokes taken off, and per box the share of its inside taken off.

    doubtful: shape (N,), which boxes to look at; the others come back as they are (share 0).
    """
    share = np.zeros(len(boxes), dtype=np.float32)
    darkness = patches.darkness.copy()
    for index in np.flatnonzero(doubtful):
        foreign = _foreign(image, patches, boxes, registration, int(index), settings)
        if foreign is None:
            continue
        darkness[index][foreign > 0] = 0.0
        half = int((float(patches.half_width[index]) - settings.frame) * patches.grid)
        middle = len(foreign) // 2
        inside = foreign[middle - half : middle + half, middle - half : middle + half]
        share[index] = float((inside > 0).mean())
    return replace(patches, darkness=darkness), share


def _foreign(
    image: Gray,
    patches: Patches,
    boxes: tuple[Box, ...],
    registration: Registration,
    index: int,
    settings: StrokeSettings,
) -> NDArray[np.uint8] | None:
    """Return the mask of other boxes' strokes on this box's patch, shape (S, S), or None without any."""
    view = _view(image, patches, boxes[index], registration, index, settings)
    shift = patches.shift[index]
    labels = _strokes(view, boxes, shift, settings)
    mine = view.window(boxes[index], -settings.frame, shift)
    touching = np.unique(labels[view.window(boxes[index], settings.surround, shift)])
    foreign = [
        label
        for label in touching[touching > 0]
        if _elsewhere(labels == label, view, boxes, index, shift, settings)
        > settings.majority * int((labels[mine] == label).sum())
    ]
    if not foreign:
        return None
    mask = np.isin(labels, foreign).astype(np.uint8)
    return _as_patch(mask, view, patches)


def _view(
    image: Gray, patches: Patches, box: Box, registration: Registration, index: int, settings: StrokeSettings
) -> _View:
    center = box.area.center
    count = 2 * round((box.area.width / 2 + settings.reach) * settings.grid) + 1
    half = (count - 1) / (2 * settings.grid)
    at = registration.points(
        np.array([(center.x, center.y), (center.x + 1, center.y), (center.x, center.y + 1)])
    )
    step_x, step_y = (at[1] - at[0]) / settings.grid, (at[2] - at[0]) / settings.grid
    origin = at[0] - (step_x + step_y) * ((count - 1) / 2)
    patch = upright(image, origin, step_x, step_y, (count, count))
    darkness = (patches.paper[index] - patch.astype(np.float32)) / patches.contrast[index]
    return _View(darkness, settings.grid, (center.x - half, center.y - half))


def _strokes(
    view: _View, boxes: tuple[Box, ...], shift: Floats, settings: StrokeSettings
) -> NDArray[np.int32]:
    """Return the connected strokes of a view, shape (S, S), 0 where there is no ink; print is left out."""
    ink = (cv2.blur(view.darkness, (3, 3)) > settings.ink).astype(np.uint8)
    rule = round(settings.rule * view.grid)
    for kernel in (np.ones((1, rule), np.uint8), np.ones((rule, 1), np.uint8)):
        printed = cv2.dilate(cv2.morphologyEx(ink, cv2.MORPH_OPEN, kernel), np.ones((3, 3), np.uint8))
        ink[printed > 0] = 0
    for box in boxes:
        outer, inner = view.window(box, settings.line, shift), view.window(box, -settings.frame, shift)
        kept = ink[inner].copy()
        ink[outer] = 0
        ink[inner] = kept
    bridge = 2 * round(settings.bridge * view.grid / 2) + 1
    joined = cv2.dilate(ink, np.ones((bridge, bridge), np.uint8))
    _, labels = cv2.connectedComponents(joined)
    return np.where(joined > 0, labels, 0).astype(np.int32)


def _elsewhere(
    stroke: Flags,
    view: _View,
    boxes: tuple[Box, ...],
    index: int,
    shift: Floats,
    settings: StrokeSettings,
) -> int:
    """Return how many samples of the stroke the other box that holds most of it has inside."""
    counts = [
        int(stroke[view.window(box, -settings.frame, shift)].sum())
        for number, box in enumerate(boxes)
        if number != index
    ]
    most = max(counts, default=0)
    return most if most >= settings.least_mark * view.grid**2 else 0


def _as_patch(mask: NDArray[np.uint8], view: _View, patches: Patches) -> NDArray[np.uint8]:
    """Return the middle of the mask at the patches' sampling."""
    count = patches.darkness.shape[1]
    half = (count - 1) / (2 * patches.grid)
    middle, reach = (len(mask) - 1) // 2, round(half * view.grid)
    cut = mask[middle - reach : middle + reach + 1, middle - reach : middle + reach + 1]
    return np.asarray(cv2.resize(cut, (count, count), interpolation=cv2.INTER_NEAREST), dtype=np.uint8)
