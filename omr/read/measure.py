"""Boxes cut out → evidence. Nothing is decided here, and nothing is binarised before it is measured.

The page's own boxes are the null: what most boxes of the page show at the same place inside (the bleeding
of a blurred frame, a grey copy) is taken off each of them.
"""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.model.arrays import singles
from omr.model.reading import FEATURES, Measurements
from omr.read.reference import Patches
from omr.settings import MeasureSettings

_NULL_SHARE = 0.25
"""The blank box is what a quarter of the page's boxes do not exceed: of two choices half are marked."""

_NULL_BOXES = 8
"""Fewer boxes than this are no sample of a blank one; then nothing is taken off."""


def measure(
    patches: Patches, settings: MeasureSettings, foreign: NDArray[np.float32] | None = None
) -> Measurements:
    """Return what each box of the page shows; columns named in `omr.model.reading.FEATURES`.

    fill_ratio   share of the inside that is ink, 0..1
    ink_density  mean darkness of that ink, 0..1 (0 where there is none)
    peak_ink     darkest block of the inside, 0..1
    mean_ink     mean darkness of the inside beyond the blank box, about 0..1
    extent       longer side of the area that blocks with a trace of ink span, as a share of the inside, 0..1
    gap_ink      darkness that nine tenths of the inside's blocks exceed: a fill leaves no gap, 0..1
    firm_share   share of the inside's blocks that are firmly covered, 0..1
    ring_fill    share of the surround (outside the frame) that is ink, 0..1
    ring_sides   how many of the four sides of the surround hold ink, 0..4
    line_through darkness of a straight upright or level line right through box and surround, 0..1
    foreign_fill share of the inside that another box's stroke took (see omr.read.strokes), 0..1
    match_score  how well the printed frame was found, 0..1
    shift_x_mm, shift_y_mm  how far from its registered place
    paper        brightness of the paper, 0..255
    contrast     brightness of the paper minus the print's, 0..255
    beside_ink   ink left and right of the box, mm² (see omr.read.beside; 0 where nobody looked)
    ring_ink     the smaller of the two sides' ink, mm²: a ring has both, a mark that runs out has one
    """
    values = np.zeros((len(patches.boxes), len(FEATURES)), dtype=np.float32)
    for size in sorted({(w, h) for w, h in zip(patches.half_width, patches.half_height, strict=True)}):
        same = np.flatnonzero((patches.half_width == size[0]) & (patches.half_height == size[1]))
        values[same, :10] = _ink(patches.darkness[same], *size, patches.grid, settings)
    values[:, 10] = 0.0 if foreign is None else foreign
    values[:, 11] = patches.match
    values[:, 12:14] = patches.shift
    values[:, 14] = patches.paper
    values[:, 15] = patches.contrast
    return Measurements(patches.boxes, values)


def _ink(
    darkness: NDArray[np.float32],
    half_width: float,
    half_height: float,
    grid: float,
    settings: MeasureSettings,
) -> NDArray[np.float32]:
    """Return the ten ink features of boxes of one size, shape (N, 10)."""
    step = round(settings.block * grid)
    blocks_x = int((half_width - settings.inset) * 2 * grid) // step
    blocks_y = int((half_height - settings.inset) * 2 * grid) // step
    middle = darkness.shape[1] // 2
    top, left = middle - blocks_y * step // 2, middle - blocks_x * step // 2
    inside = darkness[:, top : top + blocks_y * step, left : left + blocks_x * step]
    inside = inside - _null(inside)
    blocks = inside.reshape(len(inside), blocks_y, step, blocks_x, step).mean(axis=(2, 4))
    smooth = _smoothed(inside)
    ink = smooth > settings.ink
    amount = ink.mean(axis=(1, 2))
    inked = np.where(ink, smooth, 0.0).sum(axis=(1, 2))
    ring_fill, ring_sides = _ring(_smoothed(darkness), half_width, half_height, grid, settings)
    return np.stack(
        (
            amount,
            inked / np.maximum(ink.sum(axis=(1, 2)), 1),
            blocks.max(axis=(1, 2)),
            blocks.mean(axis=(1, 2)),
            _extent(blocks > settings.trace),
            _lightest(blocks),
            (blocks > settings.firm).mean(axis=(1, 2)),
            ring_fill,
            ring_sides,
            _line(darkness, half_width, half_height, grid, settings),
        ),
        axis=1,
    ).astype(np.float32)


def _null(inside: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what a blank box of this page shows inside, shape (1, h, w), never below paper."""
    if len(inside) < _NULL_BOXES:
        return np.zeros((1, *inside.shape[1:]), dtype=np.float32)
    at = int(_NULL_SHARE * len(inside))
    blank = np.partition(inside, at, axis=0)[at]
    return np.maximum(singles(cv2.blur(blank, (3, 3))), 0.0)[None]


def _smoothed(stack: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return each image blurred by 3 × 3 samples: single grains of noise are no ink."""
    return np.stack([cv2.blur(image, (3, 3)) for image in stack])


def _lightest(blocks: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the tenth percentile of each box's blocks, shape (N,)."""
    flat = blocks.reshape(len(blocks), -1)
    at = flat.shape[1] // 10
    lightest: NDArray[np.float32] = np.partition(flat, at, axis=1)[:, at]
    return lightest


def _extent(occupied: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the longer side of the occupied blocks' bounding box, 0..1 of the inside's, shape (N,)."""
    across, down = _span(np.any(occupied, axis=1)), _span(np.any(occupied, axis=2))
    longer: NDArray[np.float64] = np.maximum(across / occupied.shape[2], down / occupied.shape[1])
    return longer


def _span(line: NDArray[np.bool_]) -> NDArray[np.int64]:
    first = line.argmax(axis=1)
    last = line.shape[1] - line[:, ::-1].argmax(axis=1)
    return np.where(line.any(axis=1), last - first, 0)


def _ring(
    darkness: NDArray[np.float32],
    half_width: float,
    half_height: float,
    grid: float,
    settings: MeasureSettings,
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return the ink share of the surround and on how many of its sides there is ink."""
    middle = darkness.shape[1] // 2
    inner_x, inner_y = (round((half + settings.gap) * grid) for half in (half_width, half_height))
    outer_x, outer_y = (round((half + settings.surround) * grid) for half in (half_width, half_height))
    rows, columns = slice(middle - outer_y, middle + outer_y), slice(middle - outer_x, middle + outer_x)
    sides = (
        darkness[:, middle - outer_y : middle - inner_y, columns],
        darkness[:, middle + inner_y : middle + outer_y, columns],
        darkness[:, rows, middle - outer_x : middle - inner_x],
        darkness[:, rows, middle + inner_x : middle + outer_x],
    )
    inked = np.stack([(side > settings.ink_beside).mean(axis=(1, 2)) for side in sides], axis=1)
    present = (inked > _SIDE_SHARE).sum(axis=1)
    return inked.mean(axis=1), present


_SIDE_SHARE = 0.04
"""Share of one side of the surround that a stroke covers; a speck of 0.4 mm covers 0.02."""


def _line(
    darkness: NDArray[np.float32],
    half_width: float,
    half_height: float,
    grid: float,
    settings: MeasureSettings,
) -> NDArray[np.float32]:
    """Return how dark the darkest straight line from edge to edge of each patch is, shape (N,).

    A streak is dark in the surround before the box, in every quarter of the box and in the surround
    behind it; a tick is not, and the frame stops at the box. Each part may lie one sample aside, for a
    streak follows the scanner, not the skewed page.
    """
    down = _through(darkness, half_height, grid, settings)
    across = _through(darkness.transpose(0, 2, 1), half_width, grid, settings)
    darkest: NDArray[np.float32] = np.maximum(down, across)
    return darkest


def _through(
    darkness: NDArray[np.float32], half: float, grid: float, settings: MeasureSettings
) -> NDArray[np.float32]:
    """Return the darkest column that is dark from the top edge to the bottom edge, shape (N,)."""
    count = darkness.shape[1]
    before = count // 2 - round((half + settings.gap) * grid)
    inside = np.linspace(before, count - before, 5).astype(int)
    edges = (0, *inside, count)
    parts = np.stack(
        [darkness[:, start:stop].mean(axis=1) for start, stop in pairwise(edges)],
        axis=1,
    )
    beside = np.maximum(np.maximum(parts[:, :, :-2], parts[:, :, 1:-1]), parts[:, :, 2:])
    darkest: NDArray[np.float32] = beside.min(axis=1).max(axis=1)
    return darkest
