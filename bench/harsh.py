"""What makes a photograph worse than most: light, lens, hands and papers, one fault at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from omr.model.arrays import Floats, Gray, Singles, singles


@dataclass(frozen=True, slots=True)
class Worse:
    """How a photograph is worse than most; the defaults change nothing.

    size: width and height of the picture, px. quality: of its JPEG. turned: its EXIF orientation. lens: how
    many times more it bends straight lines. shake: px more that the hand moved. folded: legs of the corner
    folded over, mm. tint: of light and paper, red, green and blue, 0..1. lamp: how dark the side farther from
    a second lamp is, 0..1. glare: how bright a reflection is, 0..1. finger: how far it reaches over the
    page's edge, mm. beneath: how far a sheet of the same form peeks out, mm. table: two gray values of a
    pattern.
    """

    size: tuple[int, int] | None = None
    quality: int | None = None
    turned: int | None = None
    lens: float = 1.0
    shake: float = 0.0
    folded: float = 0.0
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0)
    lamp: float = 0.0
    glare: float = 0.0
    finger: float = 0.0
    beneath: float = 0.0
    table: tuple[float, float] | None = None


USUAL = Worse()

KINDS: dict[str, Callable[[np.random.Generator], Worse]] = {
    "two lamps": lambda rng: Worse(lamp=float(rng.uniform(0.3, 0.55))),
    "cast": lambda rng: Worse(tint=_tint(rng, 0.45)),
    "motion": lambda rng: Worse(shake=float(rng.uniform(2.5, 5.0))),
    "glare": lambda rng: Worse(glare=float(rng.uniform(0.6, 1.0))),
    "finger": lambda rng: Worse(finger=float(rng.uniform(10, 35))),
    "corner": lambda rng: Worse(folded=float(rng.uniform(25, 45))),
    "beneath": lambda rng: Worse(beneath=float(rng.uniform(4, 25))),
    "dark table": lambda rng: Worse(table=(float(rng.uniform(12, 40)), float(rng.uniform(12, 40)))),
    "pattern": lambda rng: Worse(table=(float(rng.uniform(20, 60)), float(rng.uniform(190, 240)))),
    "lens": lambda rng: Worse(lens=float(rng.uniform(4, 7))),
    "hard JPEG": lambda rng: Worse(quality=int(rng.integers(22, 45))),
    "turned": lambda rng: Worse(turned=int(rng.choice((3, 6, 8)))),
    "12 megapixels": lambda _rng: Worse(size=(3024, 4032)),
    "1.5 megapixels": lambda _rng: Worse(size=(1060, 1414)),
}
"""Each fault by its name."""


def _tint(rng: np.random.Generator, least: float) -> tuple[float, float, float]:
    parts = rng.uniform(least, 0.85, 3)
    parts[int(rng.integers(0, 3))] = 1.0
    red, green, blue = parts.tolist()
    return red, green, blue


def second_lamp(shape: tuple[int, ...], dark: float, rng: np.random.Generator) -> Singles:
    """Return the light of a lamp near by at some side, shape (H, W): its middle is bright, its rim is not."""
    down, across = np.mgrid[0 : shape[0], 0 : shape[1]] / max(shape)
    x, y = rng.uniform(-0.2, 1.0), rng.uniform(-0.2, 1.2)
    far = np.hypot(across - x, down - y)
    return singles((1 - dark * np.clip(far, 0, 1)).astype(np.float32))


def reflect(scene: Singles, glare: float, rng: np.random.Generator) -> None:
    """Lay the reflection of a lamp over a scene, in place: an oblong with a soft edge."""
    height, width = scene.shape
    spot = np.zeros((height // 8, width // 8), dtype=np.float32)
    middle = rng.uniform((0.15, 0.15), (0.85, 0.85)) * spot.shape[::-1]
    sides = rng.uniform(0.05, 0.22, 2) * spot.shape[0]
    cv2.ellipse(spot, (tuple(middle), tuple(sides), float(rng.uniform(0, 180))), 1.0, -1)
    soft = cv2.GaussianBlur(spot, (0, 0), float(rng.uniform(4, 14)))
    share = glare * cv2.resize(soft, (width, height))
    scene += share * (270 - scene)


def lay_finger(scene: Singles, at: Floats, size: Floats, reach: float, rng: np.random.Generator) -> None:
    """Lay a finger over one side of the page, in place; at: places seen of the page, mm, shape (H, W, 2)."""
    side, along = int(rng.integers(0, 4)), float(rng.uniform(0.15, 0.85))
    edge = np.array(((0, along), (along, 0), (1, along), (along, 1))[side]) * size
    inward = np.array(((1, 0), (0, 1), (-1, 0), (0, -1))[side], dtype=np.float64)
    off = at - edge
    deep, wide = off @ inward, off @ inward[::-1]
    inside = (np.abs(wide) < _THICK) & (deep < reach - _THICK)
    inside |= np.hypot(wide, deep - reach + _THICK) < _THICK
    skin = float(rng.uniform(110, 190)) * (1 - 0.35 * (wide / _THICK) ** 2)
    mask = cv2.GaussianBlur(inside.astype(np.float32), (0, 0), 0.7)
    scale = scene.shape[::-1]
    mask, skin = cv2.resize(mask, scale), cv2.resize(skin.astype(np.float32), scale)
    scene += mask * (skin - scene)


_THICK = 8.0
"""Half a finger's width, mm."""


def sheet_beneath(page: Gray, at: Floats, size: Floats, far: float, rng: np.random.Generator) -> Singles:
    """Return a sheet of the same form that lies beneath, seen at places `at` of the table, mm; -1 beside it.

    far: how far it peeks out, mm.
    """
    angle, towards = np.radians(rng.normal(0, 1.5)), rng.uniform(0, 2 * np.pi)
    off = at - size / 2 - far * np.array((np.cos(towards), np.sin(towards)))
    turn = np.array(((np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))))
    px = (off @ turn.T + size / 2) / size * page.shape[::-1]
    seen = cv2.remap(page.astype(np.float32), px.astype(np.float32), None, cv2.INTER_LINEAR, borderValue=-1)
    return singles(seen)


def patterned(places: Floats, table: tuple[float, float], rng: np.random.Generator) -> Singles:
    """Return a cloth with stripes across stripes, shape (H, W), at places of the table, mm."""
    wide, angle = float(rng.uniform(3, 12)), float(rng.uniform(0, np.pi))
    along = places @ np.array((np.cos(angle), np.sin(angle)))
    across = places @ np.array((-np.sin(angle), np.cos(angle)))
    dark = (np.floor(along / wide) % 2 == 0) | (np.floor(across / (2 * wide)) % 3 == 0)
    return singles(np.where(dark, table[0], table[1]).astype(np.float32))
