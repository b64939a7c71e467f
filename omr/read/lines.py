"""A page laid flat, its print taken off → which boxes lie under a line right through the page.

Where print is taken off, a streak of the scanner goes with it, so that a look around one box (`streaks`)
misses it; over the whole page enough of it is left.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from omr.model.arrays import Flags, Floats, Gray, Singles, middles, singles
from omr.model.layout import PRINT_GRID, Box
from omr.settings import StreakSettings

_POOLED = 2
"""Samples across a line that count as one, half a millimetre: as exactly as a page is registered."""

_PRINTED = 250
"""Gray value of a blank under which there is print."""


def lines_through(beyond: Gray, blank: Gray, boxes: tuple[Box, ...], settings: StreakSettings) -> Singles:
    """Return the darkness, 0..1, of the line through the whole page that each box lies under, shape (N,).

    beyond: the page without its print, 255 paper; blank: what was taken off; both at `PRINT_GRID` samples a
    mm. Lines run along the page or across it, up to `StreakSettings.slant` askew; 0 where there is none.
    """
    wide = 2 * round(settings.beside_print * PRINT_GRID) + 1
    bare = cv2.erode((blank >= _PRINTED).astype(np.float32), np.ones((wide, wide), np.uint8))
    dark = singles((255 - beyond.astype(np.float32)) / 255 * bare)
    at, found = middles([box.area for box in boxes]), np.zeros(len(boxes), dtype=np.float32)
    half = np.array([(box.area.width, box.area.height) for box in boxes]) / 2
    for axis, (seen, free) in enumerate(((dark, singles(bare)), (dark.T, singles(bare.T)))):
        start, slope, depth = _lines(*_pieces(seen, free, settings), len(dark.T if axis else dark), settings)
        away = np.abs(at[:, axis, None] - start - slope * at[:, 1 - axis, None])
        under = np.where(away < half[:, axis, None], depth, 0.0).max(axis=1, initial=0.0)
        found = np.maximum(found, under.astype(np.float32))
    return found


def _pieces(dark: Singles, bare: Singles, settings: StreakSettings) -> tuple[Singles, Flags]:
    """Return how much darker than both its sides each piece of a column is, and which print leaves bare.

    Shapes (pieces, columns): pieces of `StreakSettings.long`, columns of half a millimetre.
    """
    count = round(dark.shape[0] / (settings.long * PRINT_GRID))
    size = dark.shape[1], count
    ink, free = (singles(cv2.resize(each, size, interpolation=cv2.INTER_AREA)) for each in (dark, bare))
    mean = np.where(free > _BARE, ink / np.maximum(free, _BARE), 0.0).astype(np.float32)
    across = np.ones((1, 2 * round(settings.thin * PRINT_GRID) + 1), np.uint8)
    thin = cv2.dilate(cv2.morphologyEx(mean, cv2.MORPH_TOPHAT, across), np.ones((1, 3), np.uint8))
    return singles(thin[:, ::_POOLED]), np.asarray(free[:, ::_POOLED] > _BARE)


_BARE = 0.4
"""Share of a piece that print has to leave bare."""


def _lines(
    pieces: Singles, bare: Flags, length: int, settings: StreakSettings
) -> tuple[Floats, Floats, Singles]:
    """Return where each line starts at the top, mm, its slope, and its darkness, shape (L,) each.

    Every place and slant is tried; a line stays where most of its bare pieces show it. length: samples.
    """
    count, width = pieces.shape
    far = round(settings.slant * length / _POOLED)
    down, rows = (np.arange(count) + 0.5) / count, np.arange(count)[:, None]
    shift = far + np.round(np.arange(-far, far + 1) * down[:, None]).astype(int)
    along, free = (
        sliding_window_view(np.pad(each, ((0, 0), (far, far))), width, axis=1)[rows, shift]
        for each in (pieces, bare)
    )
    seen = free.sum(axis=0)
    shown = (free & (along > settings.stands_out)).sum(axis=0)
    enough = seen * settings.long >= settings.least_seen
    slant, column = np.nonzero(enough & (shown >= settings.whole * seen))
    depth = [np.median(along[free[:, s, c], s, c]) for s, c in zip(slant, column, strict=True)]
    start = np.asarray((column + 0.5) * _POOLED / PRINT_GRID)
    return start, np.asarray((slant - far) * _POOLED / length), np.array(depth, dtype=np.float32)
