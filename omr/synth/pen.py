"""Pens and what they leave on paper: a stroke is a path with pressure; drawn antialiased, sub-pixel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np

from omr.model.arrays import Floats, Gray, Singles, singles

STEP = 0.15
"""mm between two points of a stroke: a third of a pen's line."""

_FINER = 4
"""Each pixel is drawn as 4 × 4, so that widths and places hold to a quarter of it and better."""

_FRACTION = 4
"""Bits of fraction in the coordinates handed to cv2."""


@dataclass(frozen=True, slots=True)
class Pen:
    """A writing tool.

    width: mm of its line at full pressure. darkness: what a gray scanner sees of a solid line, 0..1.
    yields: how much width and tone follow the pressure, 0..1. skips: chance per mm that ink starts to
    fail. grain: how much the paper's tooth shows, 0..1. blobs: chance per mm of a blob of ink.
    """

    tool: str
    width: float
    darkness: float
    yields: float
    skips: float = 0.0
    grain: float = 0.0
    blobs: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Stroke:
    """The way of a pen on paper. path: shape (N, 2), mm on the page; pressure: shape (N,), 0..1."""

    path: Floats
    pressure: Floats


TOOLS: Mapping[str, Pen] = {
    pen.tool: pen
    for pen in (
        Pen("ballpoint-blue", 0.42, 0.78, 0.35, skips=0.02, grain=0.12, blobs=0.01),
        Pen("ballpoint-black", 0.42, 0.86, 0.35, skips=0.02, grain=0.12, blobs=0.01),
        Pen("ballpoint-red", 0.42, 0.6, 0.35, skips=0.02, grain=0.12, blobs=0.01),
        Pen("gel-blue", 0.5, 0.82, 0.15, grain=0.04),
        Pen("gel-black", 0.5, 0.93, 0.15, grain=0.04),
        Pen("felt", 1.0, 0.9, 0.25, grain=0.06),
        Pen("pencil", 0.5, 0.52, 0.5, grain=0.5),
        Pen("pencil-faint", 0.5, 0.33, 0.5, grain=0.6),
    )
}
"""Darkness is by luminance (0.3 red, 0.6 green, 0.1 blue), as gray scans and JPEG's Y have it."""


def own(tool: str, rng: np.random.Generator) -> Pen:
    """Return somebody's own pen of that kind: a little finer or broader, fresher or drier."""
    pen = TOOLS[tool]
    return replace(
        pen,
        width=pen.width * float(rng.uniform(0.85, 1.2)),
        darkness=min(0.97, pen.darkness * float(rng.uniform(0.92, 1.08))),
        skips=pen.skips * float(rng.uniform(0.2, 2.5)),
    )


_LIGHT = (0.17, 0.26)
"""Darkness of a mark that hardly wrote; pressure and the paper's tooth take a quarter of it off again."""


def lighter(pen: Pen, rng: np.random.Generator) -> Pen:
    """Return a pen that hardly writes this time."""
    return replace(pen, tool=f"{pen.tool}-light", darkness=float(rng.uniform(*_LIGHT)), grain=0.3)


def draw(page: Gray, px_per_mm: float, stroke: Stroke, pen: Pen, rng: np.random.Generator) -> None:
    """Draw a stroke into `page`, shape (H, W), in place; ink over ink gets darker."""
    reach = pen.width + 2 / px_per_mm
    low = np.floor((stroke.path.min(axis=0) - reach) * px_per_mm).astype(int)
    high = np.ceil((stroke.path.max(axis=0) + reach) * px_per_mm).astype(int)
    left, top = np.maximum(low, 0)
    right, bottom = np.minimum(high, (page.shape[1], page.shape[0]))
    if left >= right or top >= bottom:
        return
    ink = _ink(stroke, pen, px_per_mm, (left, top), (right - left, bottom - top), rng)
    if pen.grain:
        tooth = rng.random(ink.shape, dtype=np.float32)
        ink *= 1 - pen.grain * tooth
    under = page[top:bottom, left:right]
    under[:] = (under * (1 - pen.darkness * ink) + 0.5).astype(np.uint8)


def _ink(
    stroke: Stroke,
    pen: Pen,
    px_per_mm: float,
    origin: tuple[int, int],
    size: tuple[int, int],
    rng: np.random.Generator,
) -> Singles:
    """Return how much ink each pixel of a window got, 0..1; origin: its left and top; size: columns, rows."""
    fine = np.zeros((size[1] * _FINER, size[0] * _FINER), dtype=np.uint8)
    scale = px_per_mm * _FINER
    at = stroke.path * scale - np.array(origin) * _FINER - 0.5
    points = np.round(at * (1 << _FRACTION)).astype(int)
    follow = 1 - pen.yields * (1 - stroke.pressure)
    widths = np.maximum(np.round(pen.width * follow * scale), 1).astype(int)
    tones = np.round(255 * np.clip(follow * _flow(len(at), pen, rng), 0, 1)).astype(int)
    if len(points) == 1:
        points, widths, tones = np.repeat(points, 2, 0), np.repeat(widths, 2), np.repeat(tones, 2)
    for index in range(1, len(points)):
        cv2.line(
            fine,
            tuple(points[index - 1].tolist()),
            tuple(points[index].tolist()),
            int(tones[index]),
            int(widths[index]),
            cv2.LINE_8,
            _FRACTION,
        )
    for index in np.flatnonzero(rng.random(len(points)) < pen.blobs * STEP).tolist():
        radius = int(widths[index] * rng.uniform(0.55, 0.8) * (1 << _FRACTION))
        cv2.circle(fine, tuple(points[index].tolist()), radius, 255, -1, cv2.LINE_8, _FRACTION)
    return singles(cv2.resize(fine, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255)


def _flow(count: int, pen: Pen, rng: np.random.Generator) -> Floats:
    """Return how well ink flows along a stroke, 0..1: a dry ball starts late and fails in places."""
    flow = np.ones(count)
    for start in np.flatnonzero(rng.random(count) < pen.skips * STEP):
        length = int(rng.integers(2, 8))
        flow[start : start + length] = rng.uniform(0.1, 0.6)
    if rng.random() < 4 * pen.skips:
        flow[: int(rng.integers(1, 6))] = rng.uniform(0.1, 0.5)
    return flow
