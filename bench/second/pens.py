"""What a pen leaves on paper: a swept trail with pressure, speed, grain, skips and bleeding."""

from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np

from .motion import Path, smooth_noise

FINE = 24
"""Pixels per mm in which ink is drawn and measured."""
TILE = 1024


@dataclass(frozen=True)
class Pen:
    """One pen: `width` in mm, `darkness` 0..1 of its trail, `colour` the absorption of R, G, B (luma 1)."""

    name: str
    kind: str
    width: float
    darkness: float
    colour: tuple[float, float, float] = (1.0, 1.0, 1.0)


BLUE = (1.25, 1.02, 0.35)
RED = (0.35, 1.30, 1.15)
# name, kind, share, width mm, darkness, colour
_SHELF = (
    ("ballpoint-blue", "ball", 0.32, (0.25, 0.44), (0.50, 0.78), BLUE),
    ("ballpoint-black", "ball", 0.16, (0.25, 0.44), (0.58, 0.90), (1.0, 1.0, 1.0)),
    ("ballpoint-red", "ball", 0.07, (0.27, 0.45), (0.44, 0.66), RED),
    ("pencil", "pencil", 0.17, (0.33, 0.65), (0.46, 0.75), (1.0, 1.0, 1.0)),
    ("gel-blue", "gel", 0.09, (0.26, 0.55), (0.62, 0.80), BLUE),
    ("gel-black", "gel", 0.09, (0.26, 0.55), (0.80, 0.98), (1.0, 1.0, 1.0)),
    ("felt-black", "felt", 0.06, (0.55, 1.05), (0.85, 1.00), (1.0, 1.0, 1.0)),
    ("felt-red", "felt", 0.04, (0.55, 0.95), (0.55, 0.72), RED),
)


@dataclass(frozen=True)
class Ink:
    """Ink on paper: `dark` (h, w) 0..1 at FINE pixels per mm; `x`, `y` its corner on the page, in them."""

    x: int
    y: int
    dark: np.ndarray
    pen: Pen


def pick_pen(rng: np.random.Generator, tries: int = 1) -> Pen:
    """Return one pen off the shelf, with its own width and darkness: the darkest of so many."""
    if tries > 1:
        return max((pick_pen(rng) for _ in range(tries)), key=lambda pen: pen.darkness)
    shares = np.array([row[2] for row in _SHELF])
    name, kind, _, width, darkness, colour = _SHELF[rng.choice(len(_SHELF), p=shares / shares.sum())]
    return Pen(name, kind, rng.uniform(*width), rng.uniform(*darkness), colour)


def faint_pencil(rng: np.random.Generator) -> Pen:
    """Return a pencil so hard that its trail is 0.2 to 0.36 dark."""
    return Pen("pencil-faint", "pencil", rng.uniform(0.42, 0.65), rng.uniform(0.25, 0.42))


def lighter(pen: Pen, factor: float) -> Pen:
    """Return the pen pressed so lightly that its trail has `factor` of its darkness."""
    return replace(pen, darkness=pen.darkness * factor)


@cache
def grain(seed: int, fine_mm: float, coarse_mm: float) -> np.ndarray:
    """Return a periodic (TILE, TILE) height field of paper, uniform in 0..1, wavelengths between the two."""
    noise = np.fft.rfft2(np.random.default_rng(seed).standard_normal((TILE, TILE)))
    frequency = np.hypot(np.fft.fftfreq(TILE)[:, None], np.fft.rfftfreq(TILE)[None, :]) * FINE
    band = np.exp(-((frequency * fine_mm) ** 2)) - np.exp(-((frequency * coarse_mm) ** 2))
    field = np.fft.irfft2(noise * band, (TILE, TILE))
    ranks = np.empty(field.size, np.float32)
    ranks[np.argsort(field, axis=None)] = np.linspace(0, 1, field.size, dtype=np.float32)
    return ranks.reshape(TILE, TILE)


def texture(tile: np.ndarray, x: int, y: int, shape: tuple[int, int]) -> np.ndarray:
    """Return the piece of a periodic tile that lies at (x, y) of the page."""
    return tile[np.ix_((np.arange(shape[0]) + y) % TILE, (np.arange(shape[1]) + x) % TILE)]


def _pressure(path: Path, pen: Pen, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return half width (mm) and depth (0..1) along the path."""
    n = len(path.xy)
    length = n / FINE
    press = 1 + 0.10 * smooth_noise(n, int(length / 1.2), rng) - 0.10 * np.clip(path.speed - 1, -1, 1.5)
    place = np.linspace(0, length, n)
    if length > 1.5:  # the pen lands and, flicked away, leaves
        press *= np.minimum(1, 0.75 + place / 0.5) * np.minimum(
            1, 0.35 + (length - place) / rng.uniform(0.3, 1.2)
        )
    half = pen.width / 2 * np.clip(0.75 + 0.25 * press, 0.6, 1.3)
    depth = np.clip(0.35 + 0.65 * press, 0.3, 1.2)
    if pen.kind == "ball":
        depth *= 1 + 0.10 * smooth_noise(n, int(length / 0.3), rng)
        for _ in range(rng.poisson(0.05 * length)):  # the ball runs dry for a moment
            begin = rng.integers(n)
            depth[begin : begin + int(rng.uniform(0.1, 0.5) * FINE)] *= rng.uniform(0.15, 0.6)
    if pen.kind == "felt":  # a chisel tip, and pools where the hand is slow
        turn = np.arctan2(*np.gradient(path.xy, axis=0).T[::-1]) if n > 2 else np.zeros(n)
        half *= 0.85 + 0.3 * np.abs(np.sin(turn - 0.8)) + 0.15 * (path.speed < 0.4)
    return half, depth


def sweep(path: Path, pen: Pen, rng: np.random.Generator) -> Ink:
    """Drag the pen along the path.

    Every pixel takes width and depth from the point of the path nearest to it (a labelled distance
    transform), then the pen's own texture is laid over the trail.
    """
    half, depth = _pressure(path, pen, rng)
    spots = np.rint(path.xy * FINE).astype(int)
    margin = int(2.2 * half.max() * FINE) + 6
    corner = (spots.min(0) - margin) // 2 * 2
    size = (spots.max(0) - corner + margin) // 2 * 2
    col, row = (spots - corner).T
    blank = np.full((size[1], size[0]), 255, np.uint8)
    blank[row, col] = 0
    away, label = cv2.distanceTransformWithLabels(blank, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    nearest = np.zeros(int(label.max()) + 1, int)
    nearest[label[row, col]] = np.arange(len(row))
    owner = nearest[label]
    x, y = int(corner[0]), int(corner[1])
    radius = half[owner] * FINE
    fibre = texture(grain(1, 0.05, 0.4), x, y, blank.shape)
    if pen.kind == "felt":  # ink creeps along the fibres
        away = away + (fibre - 0.5) * 0.22 * FINE
    inside = away / radius
    soft = {"ball": 1.6, "gel": 1.8, "felt": 3.0, "pencil": 3.0}[pen.kind]
    dark = depth[owner] * np.clip((radius - away) / soft + 0.5, 0, 1)
    if pen.kind == "ball":  # ink is pushed to the rims of the groove
        dark *= 0.92 + 0.14 * np.clip(inside, 0, 1) ** 2 + 0.12 * (fibre - 0.5)
    elif pen.kind == "pencil":  # graphite stays on the paper's hills
        hills = texture(grain(2, 0.045, 0.25), x, y, blank.shape)
        press = 1.06 - 0.5 * np.clip(inside, 0, 1) ** 2
        dark *= np.clip((hills - 1 + press) * 1.9, 0, 1.35)
    else:
        dark *= 0.96 + 0.08 * (fibre - 0.5)
    return Ink(x, y, np.clip(dark * pen.darkness, 0, 1).astype(np.float32), pen)


def join(inks: list[Ink]) -> Ink:
    """Return the strokes of one mark as one ink; where they cross the darker hides part of the other."""
    x, y = min(i.x for i in inks), min(i.y for i in inks)
    right = max(i.x + i.dark.shape[1] for i in inks)
    bottom = max(i.y + i.dark.shape[0] for i in inks)
    clear = np.ones((bottom - y, right - x), np.float32)
    for ink in inks:
        rows, cols = ink.dark.shape
        part = clear[ink.y - y : ink.y - y + rows, ink.x - x : ink.x - x + cols]
        part *= 1 - 0.98 * ink.dark
    top = max(float(i.dark.max()) for i in inks)
    return Ink(x, y, np.minimum(1 - clear, min(1.0, 1.12 * top)), inks[0].pen)
