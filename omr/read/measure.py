"""Boxes cut out → evidence. Nothing is decided here, and nothing is binarised before it is measured.

The page's own boxes are the null: what most boxes of the page show at the same place inside (the bleeding
of a blurred frame, a grey copy) is taken off each of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, reduce
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.model.arrays import Flags, Singles, singles
from omr.model.reading import FEATURES, Measurements
from omr.read.reference import Patches
from omr.settings import MeasureSettings

_NULL_SHARE = 0.25
"""The blank box is what a quarter of the page's boxes do not exceed: of two choices half are marked."""

_PRINTED_SHARE = 0.5
"""Where something is printed inside: what is dark on half of those alike is print."""

_NULL_BOXES = 8
"""Fewer boxes than this are no sample of a blank one; then nothing is taken off."""


Size = tuple[float, float]
"""Half a printed box's width and height, mm."""

Kind = tuple[float, float, str]
"""Size of a box and what is printed in it."""


@dataclass(frozen=True, slots=True, eq=False)
class Blank:
    """What a blank box of one kind shows on this page: the null.

    darkness: of its inside, shape (h, w), never below paper. trace: mean darkness from which a block of a
    box holds a trace of ink.
    """

    darkness: Singles
    trace: float


def blank_boxes(patches: Patches, settings: MeasureSettings) -> Mapping[Kind, Blank]:
    """Return what a blank box of this page shows, by size and print."""
    blanks = {}
    for kind, same in by_kind(patches):
        inside = _inside(patches.darkness[same], kind[:2], patches.grid, settings)
        if len(inside) < _NULL_BOXES:
            blanks[kind] = Blank(np.zeros(inside.shape[1:], dtype=np.float32), settings.trace)
            continue
        share = _PRINTED_SHARE if kind[2] else _NULL_SHARE
        at = int(share * len(inside))
        blank = np.partition(inside.reshape(len(inside), -1).T, at, axis=1)[:, at]
        darkness = np.maximum(singles(cv2.blur(blank.reshape(inside.shape[1:]), (3, 3))), 0.0)
        blocks = _blocks(inside - darkness, round(settings.block * patches.grid))
        noise = _noise(blocks, settings.trace_blocks)
        trace = float(np.clip(settings.trace_noise * noise, settings.least_trace, settings.trace))
        blanks[kind] = Blank(darkness, trace)
    return blanks


def _noise(blocks: Singles, count: int) -> float:
    """Return how dark the `count`-th darkest block of a blank box is on this page."""
    flat = blocks.reshape(len(blocks), -1)
    at = flat.shape[1] - min(count, flat.shape[1])
    darkest = np.sort(np.partition(flat, at, axis=1)[:, at])
    return float(darkest[int(_NULL_SHARE * len(darkest))])


def measure(patches: Patches, blanks: Mapping[Kind, Blank], settings: MeasureSettings) -> Measurements:
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
    foreign_fill share of the inside that another box's stroke took (see omr.read.strokes), 0..1;
                 all of it where its ink is no mark (see omr.read.passing)
    match_score  how well the printed frame was found, 0..1
    shift_x_mm, shift_y_mm  how far from its registered place
    paper        brightness of the paper, 0..255
    contrast     brightness of the paper minus the print's, 0..255
    beside_ink   loose ink left and right of the box, mm² (see omr.read.beside; 0 where nobody looked)
    ring_ink     share of the directions around the box with ink on both sides, 0..1 (see omr.read.beside)
    span_mm      longer side of the area that the ink spans, specks beside larger pieces left out
    piece_mm     longer side of the largest piece of ink
    pieces       how many pieces the ink is in
    tone         mean darkness of the strokes, 0..1: of what is at least half as dark as the darkest sample
    edge_mm      way on which the ink's steepest edge would rise from paper to its darkest sample
    """
    values = np.zeros((len(patches.boxes), len(FEATURES)), dtype=np.float32)
    for kind, same in by_kind(patches):
        inside = _inside(patches.darkness[same], kind[:2], patches.grid, settings) - blanks[kind].darkness
        covered = smoothed(inside)
        values[same, :10] = _ink(
            patches.darkness[same], inside, covered, blanks[kind].trace, kind[:2], patches.grid, settings
        )
        values[same, 18:23] = _pieces(covered, patches.grid, settings)
    values[:, 11] = patches.match
    values[:, 12:14] = patches.shift
    values[:, 14] = patches.paper
    values[:, 15] = patches.contrast
    return Measurements(patches.boxes, values)


def by_kind(patches: Patches) -> list[tuple[Kind, NDArray[np.intp]]]:
    """Return the boxes, by index, of each printed size and print."""
    found: dict[Kind, list[int]] = {}
    kinds = zip(patches.half_width.tolist(), patches.half_height.tolist(), patches.prints, strict=True)
    for index, kind in enumerate(kinds):
        found.setdefault(kind, []).append(index)
    return [(kind, np.array(same, dtype=np.intp)) for kind, same in found.items()]


def _inside(darkness: Singles, size: Size, grid: float, settings: MeasureSettings) -> Singles:
    """Return the inside of boxes of one size in whole blocks, shape (N, h, w), a view."""
    step = round(settings.block * grid)
    half_x, half_y = (int((half - settings.inset) * 2 * grid) // step * step // 2 for half in size)
    blocks_x, blocks_y = (int((half - settings.inset) * 2 * grid) // step for half in size)
    middle = darkness.shape[1] // 2
    top, left = middle - half_y, middle - half_x
    return darkness[:, top : top + blocks_y * step, left : left + blocks_x * step]


def _ink(
    darkness: Singles,
    inside: Singles,
    covered: Singles,
    trace: float,
    size: Size,
    grid: float,
    settings: MeasureSettings,
) -> Singles:
    """Return the ten ink features of boxes of one size, shape (N, 10).

    inside: darkness beyond the blank box's; covered: the same, smoothed. trace: mean darkness from which a
    block holds a trace of ink.
    """
    smooth = smoothed(darkness)
    blocks = _blocks(inside, round(settings.block * grid))
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
            _extent(_traced(blocks, trace, settings)),
            _lightest(flat),
            (flat > settings.firm).mean(axis=1),
            ring_fill,
            ring_sides,
            _line(darkness, size, grid, settings),
        ),
        axis=1,
    ).astype(np.float32)


def _pieces(covered: Singles, grid: float, settings: MeasureSettings) -> Singles:
    """Return span, longest piece, number of pieces, tone and edge, mm, of each box's ink, shape (N, 5).

    covered: darkness inside, smoothed, shape (N, h, w). Ink is what is half as dark as a box's darkest
    sample: so a piece is as long as it is on paper, however sharp the scan.
    """
    found = np.zeros((len(covered), 5), dtype=np.float32)
    peaks = covered.reshape(len(covered), -1).max(axis=1)
    inked = np.flatnonzero(peaks > settings.least_piece)
    if not len(inked):
        return found
    covered, peaks = covered[inked], peaks[inked]
    dark = covered > _HALF * peaks[:, None, None]
    found[inked, :3] = _extents(dark) / (grid, grid, 1.0)
    found[inked, 3] = [image[ink].sum() for image, ink in zip(covered, dark, strict=True)]
    found[inked, 3] /= np.count_nonzero(dark, axis=(1, 2)).astype(np.float32)
    found[inked, 4] = peaks / (_steepest(covered) * np.float32(grid))
    return found


def _extents(ink: Flags) -> NDArray[np.int32]:
    """Return span, longest piece, samples, and number of pieces of each image's ink, shape (N, 3).

    ink: shape (N, h, w), some in each image.
    """
    count, height, width = ink.shape
    # The images are searched as one, a white row between any two; pieces are found from the top down.
    stack = np.zeros((count, height + 1, width), dtype=np.uint8)
    stack[:, :-1] = ink
    _labels, stats = cv2.connectedComponentsWithStats(stack.reshape(-1, width))[1:3]
    pieces = stats[1:]
    image = pieces[:, cv2.CC_STAT_TOP] // (height + 1)
    first = np.searchsorted(image, np.arange(count))
    area, sides, ends = pieces[:, cv2.CC_STAT_AREA], pieces[:, 2:4], pieces[:, :2] + pieces[:, 2:4]
    small = area < _SPECK_SHARE * np.maximum.reduceat(area, first)[image]
    ends[small] = 0
    starts = np.where(small[:, None], len(stack) * (height + 1), pieces[:, :2])
    span = (np.maximum.reduceat(ends, first) - np.minimum.reduceat(starts, first)).max(axis=1)
    longest = np.maximum.reduceat(sides, first).max(axis=1)
    return np.stack((span, longest, np.diff(first, append=len(image))), axis=1)


def _steepest(images: Singles) -> Singles:
    """Return the largest change of darkness in each from one sample to the next, shape (N,).

    Over two steps, to quieten noise.
    """
    down, across = images[:, 2:] - images[:, :-2], images[:, :, 2:] - images[:, :, :-2]
    change = np.maximum(np.abs(down).max(axis=(1, 2)), np.abs(across).max(axis=(1, 2)))
    return np.asarray(np.maximum(change / np.float32(2), np.float32(1e-6)))


_HALF = 0.5
"""Share of its middle's darkness that an evenly blurred edge has."""

_SPECK_SHARE = 0.15
"""Share of the largest piece's area under which another piece adds nothing to the span."""


def smoothed(stack: Singles) -> Singles:
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


def _traced(blocks: Singles, faintest: float, settings: MeasureSettings) -> NDArray[np.bool_]:
    """Return which blocks hold a trace of ink: dark ones, and lighter ones where several hang together."""
    # A frame that a copier thickened reaches a little into the outermost blocks of one side.
    dark, light = blocks > settings.rim * settings.trace, np.zeros(blocks.shape, dtype=np.bool_)
    dark[:, 1:-1, 1:-1] = blocks[:, 1:-1, 1:-1] > settings.trace
    light[:, 1:-1, 1:-1] = blocks[:, 1:-1, 1:-1] > faintest
    # The outermost blocks are left out, so nothing hangs together across two boxes laid end to end.
    stack = light.view(np.uint8).reshape(-1, blocks.shape[2])
    _count, labels, found, _centres = cv2.connectedComponentsWithStats(stack)
    long = found[:, cv2.CC_STAT_AREA] >= settings.trace_blocks
    long[0] = False
    return np.asarray(dark | long[labels].reshape(dark.shape))


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
    # Lines beside the frame touch nothing.
    count = darkness.shape[1]
    middle = count // 2
    columns, rows = (slice(middle - round(half * grid), middle + round(half * grid) + 1) for half in size)
    down = _parts(count, middle - round((size[1] + settings.gap) * grid)) @ darkness[:, :, columns]
    across = darkness[:, rows] @ _parts(count, middle - round((size[0] + settings.gap) * grid)).T
    return np.maximum(_darkest(down), _darkest(across.transpose(0, 2, 1)))


@cache
def _parts(count: int, before: int) -> Singles:
    """Return what takes the means of a line's six parts, shape (6, count): before, four quarters, behind.

    count: samples of the line. before: how many of them lie before the box.
    """
    edges = [0, *np.linspace(before, count - before, 5).astype(int).tolist(), count]
    parts = np.zeros((6, count), dtype=np.float32)
    for part, (start, end) in enumerate(pairwise(edges)):
        parts[part, start:end] = 1 / (end - start)
    return parts


def _darkest(parts: Singles) -> Singles:
    """Return the darkest line that is dark in all its parts, shape (N,); parts: shape (N, 6, lines)."""
    beside = np.maximum(np.maximum(parts[:, :, :-2], parts[:, :, 1:-1]), parts[:, :, 2:])
    number, count, places = beside.shape
    # Boxes last: one part's lines, moved aside, are then one piece of memory.
    padded = np.full((count, places + 2 * _SLANT, number), -1.0, dtype=np.float32)
    padded[:, _SLANT:-_SLANT] = beside.transpose(1, 2, 0)
    darkest = np.full(number, -1.0, dtype=np.float32)
    for slant in range(-_SLANT, _SLANT + 1):
        aside = (_SLANT + round(slant * (part / (count - 1) - 0.5)) for part in range(count))
        along = [padded[part, at : at + places] for part, at in enumerate(aside)]
        np.maximum(darkest, reduce(np.minimum, along).max(axis=0), out=darkest)
    return darkest


_SLANT = 4
"""How far a line may lie aside at its end, samples: as far as a page is skewed."""
