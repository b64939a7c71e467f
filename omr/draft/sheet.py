"""What the drafting steps pass on: a blank page in millimetres, and what was found on it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from omr.model.arrays import Flags, Floats, Gray
from omr.model.geometry import RectMm, SizeMm
from omr.model.layout import Shape

GRID = 8.0
"""Samples per mm the steps work on: a check box of 2.5 mm has 20, a printed line of 0.25 mm has two."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One printed character of a PDF's text.

    area: where its ink is. line: the stretch of its line that is its own. spaced: a space stands before it.
    """

    text: str
    area: RectMm
    line: RectMm
    spaced: bool


@dataclass(frozen=True, slots=True, eq=False)
class BlankPage:
    """One side of a blank form, upright.

    number: counted from 1. size: of the paper.
    gray: shape (H, W), `GRID` samples per mm, 255 paper.
    ink: where something is printed, shape (H, W).
    letters: the characters of a PDF, empty for a scan.
    picture: the page at its full size, upright. drawn: True for a page of a PDF that is no scan.
    turn: shape (2, 3), mm of the upright page → px of the scan as it came (a PDF: of the page as drawn).
    """

    number: int
    size: SizeMm
    gray: Gray = field(repr=False)
    ink: Flags = field(repr=False)
    letters: tuple[Letter, ...] = field(repr=False)
    picture: Gray = field(repr=False)
    drawn: bool
    turn: Floats = field(repr=False)


@dataclass(frozen=True, slots=True)
class Found:
    """A place that looks like a box.

    area: outer edge of the frame. score: how well it matches, 0..1.
    clean: True where nothing fills it; what is filled needs neighbours alike to be believed.
    """

    area: RectMm
    shape: Shape
    score: float
    clean: bool = True


def rect_mm(left: float, top: float, right: float, bottom: float) -> RectMm:
    """Return the rectangle between four edges given in samples."""
    return RectMm(left / GRID, top / GRID, (right - left) / GRID, (bottom - top) / GRID)


def share(ink: Flags, area: RectMm) -> float:
    """Return the share of `area` that is printed, 0..1; 0 outside the page."""
    left, top, right, bottom = (max(round(v * GRID), 0) for v in (area.x, area.y, area.right, area.bottom))
    part = ink[top:bottom, left:right]
    return float(np.mean(part)) if part.size else 0.0


def apart(found: list[Found], most: float = 0.3) -> list[Found]:
    """Return the best of those that share more than `most` of the smaller one's area, best first."""
    kept: dict[tuple[int, int], list[Found]] = {}
    best = []
    for one in sorted(found, key=lambda each: (-each.score, each.area.y, each.area.x)):
        # Boxes are smaller than a tile, so that only the nine around its middle can hold what it overlaps.
        column, row = int(one.area.center.x / _TILE), int(one.area.center.y / _TILE)
        tiles = ((column + right, row + down) for right in (-1, 0, 1) for down in (-1, 0, 1))
        if all(shared(one.area, other.area) <= most for tile in tiles for other in kept.get(tile, ())):
            kept.setdefault((column, row), []).append(one)
            best.append(one)
    return best


_TILE = 12.0
"""Side of the tiles in which boxes are looked up, mm; larger than a box."""


def shared(one: RectMm, other: RectMm) -> float:
    """Return the area both have in common as a share of the smaller one."""
    wide = min(one.right, other.right) - max(one.x, other.x)
    high = min(one.bottom, other.bottom) - max(one.y, other.y)
    if wide <= 0 or high <= 0:
        return 0.0
    return wide * high / min(one.width * one.height, other.width * other.height)
