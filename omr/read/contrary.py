"""How much of a blank's print a scan contradicts: where a form has words, a form like it has others.

Two forms of one office share head, table and half their words. What tells them apart for sure is not how
much of the blank is found again, for a pale copy loses print, but whether other print stands in its place.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.model.arrays import Gray, Singles, singles
from omr.model.geometry import RectMm
from omr.model.layout import PRINT_GRID, Page, Print
from omr.read.features import picture
from omr.settings import ContrarySettings

_BLOCK = 6
"""Half the side of the windows in which print is compared, samples: of 3 mm, a syllable of 10 pt."""

_BESIDE = 0.5
"""How far around a box it belongs to who ticks it, mm."""

_SPARED = 0.1
"""Share of a window that may belong to who fills the form in."""


def contrary(flat: Gray, page: Page, settings: ContrarySettings) -> tuple[float, float]:
    """Return the share of the lettered windows that show something else, and how clear the print is, 0..1.

    The share is an upper bound where it is at most `settings.most`: ink across print is then not looked into.

    flat: the scan as the page lies flat, of the size of the blank's picture. Boxes and written fields are
    left out. Raises ValueError where nothing is known of the page's print.
    """
    if page.print is None:
        raise ValueError(f"page {page.number} is not known by its print")
    spared = (*(box.area.grown(_BESIDE) for box in page.boxes), *(field.area for field in page.fields))
    lettered = _windows(page.print, spared, settings.lettered)
    if not len(lettered):
        return 0.0, 0.0
    seen, blank = _bright(flat), _bright(picture(page.print))
    alike = _alike(seen, blank)[lettered]
    usual = float(np.median(alike))
    other = alike < settings.other * usual
    if other.mean() <= settings.most:
        return float(other.mean()), usual
    # Ink across print adds to it; beneath the blank's own print alone it is the blank's again.
    widened = cv2.erode(blank, np.ones((3, 3), np.uint8))
    beneath = _alike(singles(np.maximum(seen, widened)), blank)[lettered]
    return float(np.mean(other & (beneath < settings.beneath))), usual


@lru_cache(maxsize=1024)
def _windows(print_: Print, spared: tuple[RectMm, ...], least: float) -> NDArray[np.intp]:
    """Return which windows of a blank are looked at, by index: those with letters that are nobody's."""
    blank = _bright(picture(print_))
    theirs = np.zeros(blank.shape, np.float32)
    for area in spared:
        sides = (area.x, area.y, area.right, area.bottom)
        left, top, right, bottom = (max(int(side * PRINT_GRID), 0) for side in sides)
        theirs[top:bottom, left:right] = 1.0
    return np.flatnonzero((_lettered(blank) > least) & (_mean(theirs) < _SPARED))


def _lettered(blank: Singles) -> Singles:
    """Return how much each window's print varies in the direction in which it varies least: rules do not."""
    across, down = (singles(cv2.Sobel(blank, cv2.CV_32F, dx, 1 - dx)) for dx in (1, 0))
    right, below, both = _mean(across * across), _mean(down * down), _mean(across * down)
    return singles((right + below) / 2 - np.sqrt(((right - below) / 2) ** 2 + both**2))


def _bright(image: Gray) -> Singles:
    """Return a picture as brightness, 0..1, cut to whole blocks."""
    height, width = (side // _BLOCK * _BLOCK for side in image.shape)
    return singles(image[:height, :width].astype(np.float32) * np.float32(1 / 255))


def _alike(seen: Singles, blank: Singles) -> Singles:
    """Return the correlation of each window, shape (N,)."""
    mean, printed = _mean(seen), _mean(blank)
    both = _mean(seen * blank) - mean * printed
    spread = (_mean(seen * seen) - mean * mean) * (_mean(blank * blank) - printed * printed)
    return singles((both / np.sqrt(np.maximum(spread, 1e-8))).ravel())


def _mean(values: Singles) -> Singles:
    """Return the mean of each window, two of them overlapping by a half each way."""
    size = values.shape[1] // _BLOCK, values.shape[0] // _BLOCK
    blocks = singles(cv2.resize(values, size, interpolation=cv2.INTER_AREA))
    return singles((blocks[:-1, :-1] + blocks[:-1, 1:] + blocks[1:, :-1] + blocks[1:, 1:]) / 4)
