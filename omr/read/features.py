"""A page's own print, kept small: its picture at a few samples a mm, and features by which it is recognised.

Features are ORB's (E. Rublee et al., ICCV 2011, doi 10.1109/ICCV.2011.6126544): they follow turns of any
angle and scales of a factor two, and two of them are compared by counting bits.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from omr.model.arrays import Floats, Gray, gray
from omr.model.geometry import SizeMm
from omr.model.layout import PRINT_GRID, Print

SMALL = 1200
"""Longer side, px, at which a scan is looked at: an A4 page that fills it has `PRINT_GRID` px per mm."""

_KEPT = 500
"""Features kept of a blank, the strongest first, and taken of a scan."""

_CELLS = 6, 8
"""Parts of a page, across and down, that get equal shares of features: ink in one leaves the others."""

_BLUR = 1.5
"""Blur, px, before features are looked for: they should see letters and lines, not grain."""

_LARGER = 1.44
"""How much more a feature counts than one of the next smaller size: larger ones survive a photograph."""

_DESCRIPTOR = 32
_POINT = struct.Struct("<HHH")
_FINENESS = 100.0
"""Places are kept in hundredths of a mm, directions in hundredths of a degree."""


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """Places, shape (N, 2), mm or px, and descriptors, shape (N, 32), uint8; the strongest first.

    towards: the direction each feature has, degrees, shape (N,).
    """

    at: Floats
    towards: Floats
    descriptors: Gray


def features_of(image: Gray, where: Gray | None = None) -> Features:
    """Return the features of a gray image of about `SMALL` pixels, places in px.

    where: of the image's shape, 0 where none are to be taken.
    """
    finder = cv2.ORB.create(nfeatures=4 * _KEPT, scaleFactor=1.2, nlevels=8, fastThreshold=12)
    points, descriptors = finder.detectAndCompute(cv2.GaussianBlur(image, (0, 0), _BLUR), where)
    if descriptors is None:
        return Features(np.empty((0, 2)), np.empty(0), np.empty((0, _DESCRIPTOR), dtype=np.uint8))
    at = np.array([point.pt for point in points], dtype=np.float64)
    strength = np.array([point.response * _LARGER**point.octave for point in points])
    kept = _spread(at, strength, image.shape)
    towards = np.array([points[index].angle for index in kept], dtype=np.float64)
    return Features(at[kept], towards, gray(descriptors[kept]))


def small(image: Gray) -> tuple[Gray, Floats]:
    """Return a scan at the size it is looked at, and the map from its px to the scan's, shape (3, 3)."""
    scale = SMALL / max(image.shape)
    width, height = round(image.shape[1] * scale), round(image.shape[0] * scale)
    across, down = image.shape[1] / width, image.shape[0] / height
    # A pixel's centre is its whole number.
    back = np.array([[across, 0.0, (across - 1) / 2], [0.0, down, (down - 1) / 2], [0.0, 0.0, 1.0]])
    # Halving first costs a quarter of averaging over odd areas.
    while min(image.shape) >= 4 * min(width, height):
        image = gray(
            cv2.resize(image, (image.shape[1] // 2, image.shape[0] // 2), interpolation=cv2.INTER_AREA)
        )
    return gray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)), back


def print_of(image: Gray, size: SizeMm) -> Print:
    """Return what a blank page of `size`, a gray image that it fills, is known by."""
    wide, high = round(size.width * PRINT_GRID), round(size.height * PRINT_GRID)
    even = evened(gray(cv2.resize(image, (wide, high), interpolation=cv2.INTER_AREA)))
    found = features_of(even)
    numbers = np.column_stack(((found.at + 0.5) / PRINT_GRID, found.towards))
    kept = [
        _POINT.pack(*(round(number * _FINENESS) for number in row)) + descriptor.tobytes()
        for row, descriptor in zip(numbers.tolist(), found.descriptors, strict=True)
    ]
    coded = cv2.imencode(".png", even, (cv2.IMWRITE_PNG_COMPRESSION, 9))[1]
    return Print(coded.tobytes(), b"".join(kept))


@lru_cache(maxsize=1024)
def kept_features(print_: Print) -> Features:
    """Return the features of a print, places in mm."""
    count = _POINT.size + _DESCRIPTOR
    rows = np.frombuffer(print_.features, np.uint8).reshape(-1, count)
    numbers = rows[:, : _POINT.size].copy().view("<u2").astype(np.float64) / _FINENESS
    return Features(numbers[:, :2], numbers[:, 2], np.ascontiguousarray(rows[:, _POINT.size :]))


@lru_cache(maxsize=8)
def picture(print_: Print) -> Gray:
    """Return what `decoded` does; the last few are kept."""
    return decoded(print_)


def decoded(print_: Print) -> Gray:
    """Return the picture of a print, shape (H, W) at `PRINT_GRID` samples per mm, 255 paper … 0 print."""
    return gray(cv2.imdecode(np.frombuffer(print_.image, np.uint8), cv2.IMREAD_GRAYSCALE))


def evened(image: Gray) -> Gray:
    """Return a page with its paper at 255 everywhere, whatever shadow lay on it, and its print at 0."""
    paper = gray(cv2.resize(paper_of(image), image.shape[::-1], interpolation=cv2.INTER_LINEAR))
    share = cv2.divide(image, paper, dtype=cv2.CV_32F)
    black = min(float(np.percentile(share[::4, ::4], _BLACK)), _DARKEST)
    return gray(cv2.convertScaleAbs(np.clip(share, black, 1.0) - black, alpha=255.0 / (1.0 - black)))


def paper_of(image: Gray) -> Gray:
    """Return how bright the paper is, at a quarter of the size of a small scan: print and ink filled in."""
    quarter = cv2.resize(image, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    closed = cv2.morphologyEx(quarter, cv2.MORPH_CLOSE, np.ones((_SHADE, _SHADE), np.uint8))
    return gray(np.maximum(cv2.blur(closed, (_SHADE, _SHADE)), 1))


def on_paper(image: Gray) -> Gray:
    """Return 255 where a small scan shows bright paper or what is printed on it, else 0, its shape.

    A photograph's table has features too, and a checked cloth more than the page. Edges are left out.
    """
    quarter = cv2.resize(image, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    closed = cv2.morphologyEx(quarter, cv2.MORPH_CLOSE, np.ones((_LETTER, _LETTER), np.uint8))
    bright = cv2.threshold(closed, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[1]
    opened = cv2.morphologyEx(bright, cv2.MORPH_OPEN, np.ones((3 * _LETTER, 3 * _LETTER), np.uint8))
    inner = cv2.erode(opened, np.ones((_LETTER, _LETTER), np.uint8), borderValue=0)
    return gray(cv2.resize(inner, image.shape[::-1], interpolation=cv2.INTER_NEAREST))


def light_on(image: Gray, px_per_mm: float) -> Gray:
    """Return how bright the paper of a scan is, at `_LIGHT` samples per mm: shadows' edges stay sharp."""
    share = _LIGHT / px_per_mm
    coarse = cv2.resize(image, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    side = 2 * round(_WIDEST * _LIGHT / 2) + 1
    closed = cv2.morphologyEx(coarse, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    return gray(np.maximum(cv2.GaussianBlur(closed, (0, 0), 1.0), 1))


def relit(image: Gray, paper: Gray) -> Gray:
    """Return a scan as if its paper were as bright everywhere as it mostly is; paper: of any smaller size."""
    light = cv2.resize(paper, image.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return gray(cv2.divide(image, light, scale=float(np.median(paper))))


_SHADE = 9
"""Samples, at a quarter of the size (1 mm each), within which there is bare paper: between rows."""

_LIGHT, _WIDEST = 2.0, 8.0
"""Samples per mm at which light is looked at, and what is narrower than so many mm is print or ink."""

_LETTER = 5
"""Samples, at a quarter of the size, wider than letters and rules are and narrower than a cloth's checks."""

_BLACK, _DARKEST = 0.5, 0.6
"""Percentile of a page that is print, and the share of the paper's brightness it has at most."""


def median_of(pages: Sequence[Gray]) -> Gray:
    """Return what most of several registered copies of a page, alike in shape, show at each place."""
    return gray(np.median(np.stack(pages), axis=0).astype(np.uint8))


def _spread(at: Floats, strength: Floats, shape: tuple[int, ...]) -> list[int]:
    """Return the strongest features by index, each cell of the page giving its share first."""
    across, down = _CELLS
    column = np.minimum((at[:, 0] * across / shape[1]).astype(int), across - 1)
    row = np.minimum((at[:, 1] * down / shape[0]).astype(int), down - 1)
    order = np.argsort(-strength, kind="stable")
    share = -(-_KEPT // (across * down))
    taken: dict[int, int] = {}
    first: list[int] = []
    rest: list[int] = []
    for index in order.tolist():
        cell = int(row[index] * across + column[index])
        taken[cell] = taken.get(cell, 0) + 1
        (first if taken[cell] <= share else rest).append(index)
    return (first + rest)[:_KEPT]
