"""The registered blank as null: what a form's own print puts into and around a box is taken off it.

Letters in bubbles, dotted lines, shading, words beside a box: the blank has them at the same place.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import cv2
import numpy as np

from omr.model.arrays import Flags, Floats, Gray, Singles, gray, middles
from omr.model.geometry import SizeMm
from omr.model.layout import PRINT_GRID, Box, Marking
from omr.model.registration import Registration, lying_flat
from omr.read.reference import Patches, cut_patches, usual_along
from omr.settings import MeasureSettings

_PRINTED = 0.04
"""Standard deviation of a blank's darkness around a box from which there is print to find the box by."""

_SPREAD = 3
"""Samples of a patch, 0.17 mm each, over which a blank's print is spread: copies fatten, fits err."""


def boxes_beyond_blank(
    image: Gray,
    blank: Gray,
    boxes: tuple[Box, ...],
    registration: Registration,
    black: float,
    marking: Marking,
    held: Floats,
    settings: MeasureSettings,
) -> Patches:
    """Return the boxes of a page cut out, darkness being what lies beyond the blank's print.

    image: gray, shape (H, W). blank: the blank's picture at `PRINT_GRID` samples per mm. black: gray value
    of the form's print. held: places, mm, shape (N, 2), that the registration was found by.
    The match score says how like the blank each box's frame and surround are; where the blank has nothing
    there, whether the page was found near by. It is 0 where a mark that stayed in the blank may hide one.
    """
    patches = cut_patches(image, boxes, registration, black, settings)
    print_ = _printed(blank, boxes, settings)
    alike = _alike(patches, print_, _is_held(boxes, held), settings)
    alike[_is_hidden(patches, print_, settings)] = 0.0
    if marking is Marking.TICK:
        # A tick is told from nothing; a filled bubble from bubbles with the same letter, evenly covered.
        kernel = np.ones((_SPREAD, _SPREAD), np.uint8)
        print_ = np.stack([cv2.dilate(each, kernel) for each in print_])
    # No lighter than paper: where the blank is darker than the copy there is just nothing to see.
    beyond = np.where(patches.darkness > 0, np.maximum(patches.darkness - print_, 0.0), patches.darkness)
    return replace(patches, darkness=beyond, match=alike)


def is_astray(patches: Patches, boxes: tuple[Box, ...], blank: Gray, settings: MeasureSettings) -> Flags:
    """Return which boxes lie where the page shows something else around them than its blank, shape (N,).

    Paper that stood still or slipped in the scanner has rows elsewhere, and bubbles look alike. What was
    written around one box says nothing: the surrounds of most neighbours in its row or column have to differ.
    """
    around = _alike(patches, _printed(blank, boxes, settings), np.ones(len(boxes), dtype=np.bool_), settings)
    usual = usual_along(around[:, None].astype(np.float64), middles([box.area for box in boxes]))
    return np.asarray(np.minimum(*usual)[:, 0] < settings.astray)


def known_by_their_like(boxes: tuple[Box, ...]) -> bool:
    """True where every box has many others with the same print: by those a blank one is known best.

    They are on the same paper, copied and scanned alike, and older prints of a form differ from the blank.
    """
    return min(Counter(box.print for box in boxes).values(), default=0) >= _MANY


_MANY = 8
"""Boxes with the same print of which most are blank; as `omr.read.measure` has it."""


def beyond_blank(flat: Gray, blank: Gray) -> Gray:
    """Return a page that lies flat without the blank's print, shape as both have, 255 paper."""
    print_ = cv2.dilate(cv2.bitwise_not(blank), np.ones((3, 3), np.uint8))
    return gray(cv2.bitwise_not(cv2.subtract(cv2.bitwise_not(flat), print_)))


def as_flat(patches: Patches) -> Patches:
    """Return what is known of the boxes, for a page that lies flat: its paper is 255 and its print 0."""
    full = np.full(len(patches.boxes), 255.0, dtype=np.float32)
    return replace(patches, paper=full, contrast=full)


def _printed(blank: Gray, boxes: tuple[Box, ...], settings: MeasureSettings) -> Singles:
    """Return what the blank has in and around each box, darkness as of `Patches`."""
    size = SizeMm(blank.shape[1] / PRINT_GRID, blank.shape[0] / PRINT_GRID)
    return cut_patches(blank, boxes, lying_flat(size, PRINT_GRID), 0.0, settings).darkness


def _is_held(boxes: tuple[Box, ...], held: Floats) -> Flags:
    """Return which boxes have a place near by that the registration was found by, shape (N,)."""
    apart = middles([box.area for box in boxes])[:, None] - held[None]
    return np.asarray((np.linalg.norm(apart, axis=2) < _NEAR).any(axis=1))


_NEAR = 30.0
"""mm within which a page does not bend by more than a box's frame is sought for."""


def _alike(patches: Patches, print_: Singles, held: Flags, settings: MeasureSettings) -> Singles:
    """Return how like the blank what is not inside each box is, 0..1; `held` where the blank has nothing."""
    outside = ~_inside(patches, settings)
    number = np.maximum(outside.sum(axis=(1, 2)), 1)
    one, other = (
        np.where(
            outside, each - (each * outside).sum(axis=(1, 2), keepdims=True) / number[:, None, None], 0.0
        )
        for each in (_softened(patches.darkness), _softened(print_))
    )
    spread = np.sqrt((other**2).sum(axis=(1, 2)) / number)
    both = np.sqrt((one**2).sum(axis=(1, 2)) * (other**2).sum(axis=(1, 2)))
    alike = (one * other).sum(axis=(1, 2)) / np.maximum(both, 1e-6)
    return np.where(spread < _PRINTED, held, np.clip(alike, 0.0, 1.0)).astype(np.float32)


def _is_hidden(patches: Patches, print_: Singles, settings: MeasureSettings) -> Flags:
    """Return which boxes hold ink where the blank holds what may be somebody's mark, shape (N,).

    A blank drafted from a filled copy keeps its marks; one at the same place would be taken off as print.
    What most boxes of the page hold is print, and so is what the layout names.
    """
    inside = _inside(patches, settings)
    marked = _inked(print_, inside, settings) & np.array([not named for named in patches.prints])
    if marked.mean() > _MOST:
        return np.zeros(len(marked), dtype=np.bool_)
    return np.asarray(marked & _inked(patches.darkness, inside, settings))


def _inked(darkness: Singles, inside: Flags, settings: MeasureSettings) -> Flags:
    """Return which boxes hold more ink inside than specks, shape (N,)."""
    share = (inside & (darkness > settings.ink)).sum(axis=(1, 2)) / inside.sum(axis=(1, 2))
    return np.asarray(share > _SPECKS)


_MOST, _SPECKS = 0.5, 0.03
"""Share of a page's boxes from which what they hold is print, and of a box's inside that specks cover."""


def _inside(patches: Patches, settings: MeasureSettings) -> Flags:
    """Return which samples lie inside each box's frame, shape as of its darkness."""
    count = patches.darkness.shape[1]
    reach = np.abs((np.arange(count) - count // 2) / patches.grid)
    across = reach[None] < (patches.half_width - settings.inset)[:, None]
    down = reach[None] < (patches.half_height - settings.inset)[:, None]
    return np.asarray(down[:, :, None] & across[:, None, :])


def _softened(stack: Singles) -> Singles:
    """Return patches blurred so that a line found a sample aside is still found."""
    return np.stack([cv2.blur(each, (3, 3)) for each in stack])
