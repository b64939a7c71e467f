"""A layout of another program laid on the blank form: its boxes are looked for among the printed ones.

Programs count from the page's edge, from marks they crop at, or from a scan nobody has any more. So the whole
pattern of boxes is moved and scaled onto the printed boxes, and each takes the place of the one it meets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from omr.draft.blocks import Block
from omr.draft.foreign import ForeignLayout
from omr.draft.sheet import BlankPage, Found
from omr.draft.sift import middles
from omr.model.arrays import Floats
from omr.model.geometry import RectMm

_ROUNDS = 6
"""Times the pattern is fitted anew to the boxes it met."""
_NEAR = (3.0, 1.5, 0.8, 0.8, 0.5, 0.5)
"""How far from a printed box one of the pattern may lie in each round, in sides."""
_LEAST = 0.9
"""Share of the pattern that must meet a printed box each."""


@dataclass(frozen=True, slots=True)
class Laid:
    """The blocks of a layout on the blank; met: how many of its boxes lie on printed ones, of how many."""

    blocks: tuple[Block, ...]
    met: int
    boxes: int


def lay(layout: ForeignLayout, page: BlankPage, printed: Sequence[Found]) -> Laid | None:
    """Return a layout with its boxes in the places of the printed ones, None where the two do not fit.

    Boxes that meet none, with at most a tenth of all of them, stay where the fit puts them.
    """
    pattern = layout.middles
    targets = middles(list(printed))
    fits = [_fitted(pattern, targets, start) for start in _starts(layout, page, targets)]
    met, matrix = max(fits, key=lambda fit: len(fit[0]))
    if len(met) < _LEAST * len(pattern):
        return None
    places = _moved(pattern, matrix)
    width, height = np.median(targets[list(met.values()), 2:], axis=0)
    boxes = [
        printed[met[at]] if at in met else _at(x, y, float(width), float(height), layout)
        for at, (x, y) in enumerate(places)
    ]
    return Laid(tuple(_blocks(layout, boxes)), len(met), len(pattern))


def _starts(layout: ForeignLayout, page: BlankPage, targets: Floats) -> list[Floats]:
    """Return maps to begin with, px → mm: the whole page, the picture's pixels, one extent onto the other."""
    low, high = layout.middles.min(axis=0), layout.middles.max(axis=0)
    low_mm, high_mm = targets[:, :2].min(axis=0), targets[:, :2].max(axis=0)
    scale = (high_mm - low_mm) / np.maximum(high - low, 1.0)
    starts = [
        np.array(
            ((scale[0], 0.0, low_mm[0] - scale[0] * low[0]), (0.0, scale[1], low_mm[1] - scale[1] * low[1]))
        )
    ]
    whole = layout.size or (float(page.picture.shape[1]), float(page.picture.shape[0]))
    starts.append(np.array(((page.size.width / whole[0], 0.0, 0.0), (0.0, page.size.height / whole[1], 0.0))))
    return starts


def _fitted(pattern: Floats, targets: Floats, matrix: Floats) -> tuple[dict[int, int], Floats]:
    """Return which box of the pattern meets which printed one, and the map that brings them there."""
    met: dict[int, int] = {}
    for near in _NEAR:
        met = _met(_moved(pattern, matrix), targets, near)
        if len(met) < 3:  # noqa: PLR2004  (an affine map has three points)
            break
        found, _inliers = cv2.estimateAffine2D(
            pattern[list(met)], targets[list(met.values()), :2], ransacReprojThreshold=1.0
        )
        if found is None:
            break
        matrix = np.asarray(found, np.float64)
    return _met(_moved(pattern, matrix), targets, _NEAR[-1]), matrix


def _met(places: Floats, targets: Floats, near: float) -> dict[int, int]:
    """Return the pairs that are nearest to each other and no more than `near` sides apart."""
    away = np.hypot(*(places[:, None, :] - targets[None, :, :2]).transpose(2, 0, 1))
    nearest, back = away.argmin(axis=1), away.argmin(axis=0)
    reach = near * targets[:, 2:].min(axis=1)
    return {at: int(to) for at, to in enumerate(nearest) if back[to] == at and away[at, to] <= reach[to]}


def _moved(places: Floats, matrix: Floats) -> Floats:
    moved: Floats = places @ matrix[:, :2].T + matrix[:, 2]
    return moved


def _at(x: float, y: float, width: float, height: float, layout: ForeignLayout) -> Found:
    return Found(RectMm(float(x) - width / 2, float(y) - height / 2, width, height), layout.shape, 0.0)


def _blocks(layout: ForeignLayout, boxes: Sequence[Found]) -> list[Block]:
    made, start = [], 0
    for block in layout.blocks:
        asked, offered = len(block.questions), len(block.choices)
        lists = [tuple(boxes[start + at * offered : start + (at + 1) * offered]) for at in range(asked)]
        rows = tuple(zip(*lists, strict=True)) if block.down else tuple(lists)
        made.append(Block(rows, block.down))
        start += asked * offered
    return made
