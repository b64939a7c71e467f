"""Boxes cut out → evidence. Nothing is decided here, and nothing is binarised before it is measured.

The page's own boxes are the null: what most boxes of the page show at the same place inside (the bleeding
of a blurred frame, a grey copy) is taken off each of them.
"""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.model.arrays import Singles, singles
from omr.model.reading import FEATURES, Measurements
from omr.read.reference import Patches
from omr.settings import MeasureSettings

_NULL_SHARE = 0.25
"""The blank box is what a quarter of the page's boxes do not exceed: of two choices half are marked."""

_NULL_BOXES = 8
"""Fewer boxes than this are no sample of a blank one; then nothing is taken off."""


Size = tuple[float, float]
"""Half a printed box's width and height, mm."""


def blank_boxes(patches: Patches, settings: MeasureSettings) -> Mapping[Size, Singles]:
    """Return what a blank box of this page shows inside, by size, shape (h, w) each, never below paper."""
    blanks = {}
    for size, same in _by_size(patches):
        inside = _inside(patches.darkness[same], size, patches.grid, settings)
        blanks[size] = np.zeros(inside.shape[1:], dtype=np.float32)
        if len(inside) >= _NULL_BOXES:
            at = int(_NULL_SHARE * len(inside))
            blank = np.partition(inside.reshape(len(inside), -1).T, at, axis=1)[:, at]
            smooth = singles(cv2.blur(blank.reshape(inside.shape[1:]), (3, 3)))
            blanks[size] = np.maximum(smooth, 0.0)
    return blanks


def measure(patches: Patches, blanks: Mapping[Size, Singles], settings: MeasureSettings) -> Measurements:
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
    for size, same in _by_size(patches):
        values[same, :10] = _ink(patches.darkness[same], blanks[size], size, patches.grid, settings)
    values[:, 11] = patches.match
    values[:, 12:14] = patches.shift
    values[:, 14] = patches.paper
    values[:, 15] = patches.contrast
    return Measurements(patches.boxes, values)


def _by_size(patches: Patches) -> list[tuple[Size, NDArray[np.intp]]]:
    """Return the boxes, by index, of each printed size."""
    sizes = np.stack((patches.half_width, patches.half_height), axis=1)
    found, which = np.unique(sizes, axis=0, return_inverse=True)
    return [
        ((float(wide), float(high)), np.flatnonzero(which.ravel() == number))
        for number, (wide, high) in enumerate(found)
    ]


def _inside(darkness: Singles, size: Size, grid: float, settings: MeasureSettings) -> Singles:
    """Return the inside of boxes of one size in whole blocks, shape (N, h, w), a view."""
    step = round(settings.block * grid)
    half_x, half_y = (int((half - settings.inset) * 2 * grid) // step * step // 2 for half in size)
    blocks_x, blocks_y = (int((half - settings.inset) * 2 * grid) // step for half in size)
    middle = darkness.shape[1] // 2
    top, left = middle - half_y, middle - half_x
    return darkness[:, top : top + blocks_y * step, left : left + blocks_x * step]


def _ink(
    darkness: Singles, blank: Singles, size: Size, grid: float, settings: MeasureSettings
) -> Singles:
    """Return the ten ink features of boxes of one size, shape (N, 10)."""
    smooth = _smoothed(darkness)
    inside = _inside(darkness, size, grid, settings) - blank
    blocks = _blocks(inside, round(settings.block * grid))
    covered = _smoothed(inside)
    ink = covered > settings.ink
    count, samples = len(darkness), ink[0].size
    inked = np.where(ink, covered, 0.0).reshape(count, -1).sum(axis=1)
    amount = ink.reshape(count, -1).sum(axis=1)
    flat = blocks.reshape(count, -1)
    ring_fill, ring_sides = _ring(smooth, size, grid, settings)
    return np.stack(
        (
            amount / samples,
            inked / np.maximum(amount, 1),
            flat.max(axis=1),
            flat.mean(axis=1),
            _extent(blocks > settings.trace),
            _lightest(flat),
            (flat > settings.firm).mean(axis=1),
            ring_fill,
            ring_sides,
            _line(darkness, size, grid, settings),
        ),
        axis=1,
    ).astype(np.float32)


def _smoothed(stack: Singles) -> Singles:
    """Return each image blurred by 3 × 3 samples: single grains of noise are no ink."""
    count, height, width = stack.shape
    smooth = singles(cv2.blur(stack.reshape(count * height, width), (3, 3))).reshape(stack.shape)
    # The images were blurred as one, so their first and last rows hold something of the next one.
    smooth[:, 0], smooth[:, -1] = smooth[:, 1], smooth[:, -2]
    return smooth


def _blocks(inside: Singles, step: int) -> Singles:
    """Return the mean of each block of `step` × `step` samples, shape (N, h / step, w / step)."""
    count, height, width = inside.shape
    small = cv2.resize(
        np.ascontiguousarray(inside).reshape(count * height, width),
        (width // step, count * height // step),
        interpolation=cv2.INTER_AREA,
    )
    return singles(small).reshape(count, height // step, width // step)


def _lightest(blocks: Singles) -> Singles:
    """Return the tenth percentile of each box's blocks, shape (N,)."""
    at = blocks.shape[1] // 10
    lightest: Singles = np.partition(blocks, at, axis=1)[:, at]
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
    smooth: Singles, size: Size, grid: float, settings: MeasureSettings
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the ink share of the surround and on how many of its sides there is ink."""
    middle = smooth.shape[1] // 2
    inner_x, inner_y = (round((half + settings.gap) * grid) for half in size)
    outer_x, outer_y = (round((half + settings.surround) * grid) for half in size)
    ink = smooth > settings.ink_beside
    # One sample lies in the middle; as many lie before as behind it.
    end = middle + 1
    rows, columns = slice(middle - outer_y, end + outer_y), slice(middle - outer_x, end + outer_x)
    sides = (
        ink[:, middle - outer_y : middle - inner_y, columns],
        ink[:, end + inner_y : end + outer_y, columns],
        ink[:, rows, middle - outer_x : middle - inner_x],
        ink[:, rows, end + inner_x : end + outer_x],
    )
    inked = np.stack([side.mean(axis=(1, 2)) for side in sides], axis=1)
    present = (inked > _SIDE_SHARE).sum(axis=1)
    return inked.mean(axis=1), present


_SIDE_SHARE = 0.04
"""Share of one side of the surround that a stroke covers; a speck of 0.4 mm covers 0.02."""


def _line(darkness: Singles, size: Size, grid: float, settings: MeasureSettings) -> Singles:
    """Return how dark the darkest straight line from edge to edge of each patch is, shape (N,).

    A streak is dark in the surround before the box, in every quarter of the box and in the surround
    behind it; a tick is not, and the frame stops at the box. Each part may lie one sample aside, for a
    streak follows the scanner, not the skewed page.
    """
    down = _parts(darkness, size[1], 1, grid, settings)
    across = _parts(darkness, size[0], 2, grid, settings)
    return np.maximum(_darkest(down), _darkest(across.transpose(0, 2, 1)))


def _parts(darkness: Singles, half: float, axis: int, grid: float, settings: MeasureSettings) -> Singles:
    """Return the means of six parts of every line of samples along `axis`."""
    count = darkness.shape[axis]
    before = count // 2 - round((half + settings.gap) * grid)
    starts = np.concatenate(([0], np.linspace(before, count - before, 5).astype(int)))
    lengths = np.diff(np.append(starts, count)).astype(np.float32)
    sums = np.add.reduceat(darkness, starts, axis=axis)
    return singles(sums / (lengths[:, None] if axis == 1 else lengths))


def _darkest(parts: Singles) -> Singles:
    """Return the darkest line that is dark in all its parts, shape (N,); parts: shape (N, 6, lines)."""
    beside = np.maximum(np.maximum(parts[:, :, :-2], parts[:, :, 1:-1]), parts[:, :, 2:])
    darkest: Singles = beside.min(axis=1).max(axis=1)
    return darkest
