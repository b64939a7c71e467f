"""What lies around a photographed sheet, and the light on it: a lamp, a shadow, a table, another paper."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from omr.model.arrays import Floats, Singles, singles


def light(height: Callable[[Floats], Floats], at: Floats, rng: np.random.Generator) -> tuple[Singles, str]:
    """Return the light on what is seen, shape as of `at`, and what it is like: a lamp, slopes, a shadow.

    height: of the paper at places, mm. at: places that are seen, mm, shape (H, W, 2).
    """
    shape, step = at.shape[:2], 1.0
    down, across = np.mgrid[0 : shape[0], 0 : shape[1]] / np.array(shape).max()
    side, fall = float(rng.uniform(0, 2 * np.pi)), float(rng.uniform(0, 0.45))
    lamp = 1 - fall * (0.5 + (across - 0.4) * np.cos(side) + (down - 0.5) * np.sin(side)).clip(0, 1)
    lamp *= 1 - 0.25 * ((across - 0.38) ** 2 + (down - 0.5) ** 2)
    towards = np.array((np.cos(side), np.sin(side)))
    slope = (height(at + step * towards) - height(at - step * towards)) / (2 * step)
    lit = lamp * (1 - 0.8 * slope.clip(-0.3, 0.3))
    if rng.random() < 0.3:
        return singles(lit.astype(np.float32)), f"lamp {fall:.2f}, no shadow"
    shadow = np.zeros((shape[0], shape[1]), dtype=np.float32)
    middle = rng.uniform((0, 0), shape[::-1])
    sides, angle = rng.uniform(0.15, 0.6, 2) * shape[0], float(rng.uniform(0, 180))
    box = cv2.boxPoints((tuple(middle), tuple(sides), angle))
    if rng.random() < 0.5:
        cv2.fillConvexPoly(shadow, np.round(box).astype(np.int32), 1.0)
    else:
        cv2.ellipse(shadow, (tuple(middle), tuple(sides), angle), 1.0, -1)
    soft, dark = float(rng.uniform(0.8, 12)), float(rng.uniform(0.2, 0.55))
    lit *= 1 - dark * cv2.GaussianBlur(shadow, (0, 0), soft)
    return singles(lit.astype(np.float32)), f"lamp {fall:.2f}, shadow {dark:.2f} soft {soft:.0f}"


def table_around(size: tuple[int, int], places: Floats, rng: np.random.Generator) -> Singles:
    """Return a table, shape (H, W), with another paper partly in view: wood, cloth, white or checked."""
    width, height = size[0] // 2, size[1] // 2
    grain = rng.standard_normal((height, width), dtype=np.float32)
    kind, tone = int(rng.integers(0, 4)), float(rng.uniform(40, 170))
    if kind == 0:
        table = tone + 120 * cv2.GaussianBlur(grain, (0, 0), 2, sigmaY=20)
    elif kind == 1:
        table = tone / 2 + 12 * cv2.GaussianBlur(grain, (0, 0), 0.8)
    elif kind == 2:
        table = 215 + 6 * cv2.GaussianBlur(grain, (0, 0), 3)
    else:
        check = np.floor(places[..., 0] / 9) + np.floor(places[..., 1] / 9)
        large = cv2.resize(np.mod(check, 2).astype(np.float32), (width, height))
        table = tone + 60 * large + 4 * grain
    if rng.random() < 0.5:
        _other_paper(table, rng)
    return singles(cv2.resize(table, size, interpolation=cv2.INTER_LINEAR))


def _other_paper(table: Singles, rng: np.random.Generator) -> None:
    """Lay another printed paper over a corner of the table."""
    height, width = table.shape
    middle = np.array((width, height)) * rng.integers(0, 2, 2)
    box = (tuple(middle.tolist()), (0.7 * width, 0.9 * width), float(rng.uniform(-40, 40)))
    paper, lines = np.zeros_like(table), np.zeros_like(table)
    corners = cv2.boxPoints(box)
    cv2.fillConvexPoly(paper, np.round(corners).astype(np.int32), 1.0)
    for share in np.linspace(0.08, 0.92, 30):
        start = corners[0] + (corners[1] - corners[0]) * share
        ends = [start + (corners[3] - corners[0]) * off for off in (0.1, float(rng.uniform(0.5, 0.9)))]
        cv2.line(lines, *[tuple(np.round(end).astype(int).tolist()) for end in ends], 1.0, 3)
    words = (rng.random(table.shape, dtype=np.float32) < 0.6) * lines
    table += paper * (225 - 170 * words - table)
