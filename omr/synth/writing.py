"""Something that looks like handwriting, dates and signatures; no real name is ever written."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from omr.model.arrays import Floats
from omr.model.geometry import RectMm
from omr.synth.marks import Hand, bezier, stroke
from omr.synth.pen import Stroke
from omr.synth.profiles import happens

_LINE_MM = 8.0
"""Height of one written line in a field."""
_BASE_MM = 2.2
"""How far above a field's lower edge people write: just over the dotted rule."""

_DIGITS: tuple[tuple[tuple[tuple[float, float], ...], ...], ...] = (
    (((0.6, -1.0), (-0.3, -1.1), (-0.1, 0.2), (0.5, 0.1), (1.0, -0.3), (0.7, -1.1), (0.5, -1.0)),),
    (((0.1, -0.7), (0.3, -0.8), (0.45, -1.0)), ((0.45, -1.0), (0.42, 0.0))),
    (((0.1, -0.8), (0.4, -1.4), (1.1, -0.7), (0.1, 0.0)), ((0.1, 0.0), (0.4, -0.1), (0.8, 0.0))),
    (((0.1, -0.9), (0.8, -1.3), (0.9, -0.5), (0.3, -0.5)),
     ((0.3, -0.5), (1.1, -0.4), (0.6, 0.2), (0.0, -0.1))),
    (((0.5, -1.0), (0.3, -0.6), (0.0, -0.3), (0.8, -0.35)), ((0.6, -0.7), (0.6, -0.3), (0.55, 0.05))),
    (((0.75, -1.0), (0.2, -0.95), (0.15, -0.5)), ((0.15, -0.5), (1.2, -0.8), (0.8, 0.3), (0.0, 0.0))),
    (((0.7, -1.0), (0.0, -0.8), (-0.1, 0.2), (0.6, 0.1), (0.9, -0.6), (0.2, -0.5), (0.1, -0.25)),),
    (((0.1, -0.95), (0.4, -1.0), (0.75, -0.95)), ((0.75, -0.95), (0.5, -0.5), (0.35, 0.05))),
    (((0.7, -0.9), (-0.4, -1.2), (0.4, -0.5), (1.0, 0.0), (0.0, 0.3), (0.1, -0.4), (0.75, -0.85)),),
    (((0.7, -0.8), (0.0, -1.2), (0.0, -0.3), (0.7, -0.6), (0.7, -0.8)),
     ((0.7, -0.8), (0.7, -0.4), (0.5, 0.05))),
)  # fmt: skip
"""Strokes of each digit as Bézier control points, in digit heights, y down from the baseline up."""

_CAPITALS: tuple[tuple[tuple[tuple[float, float], ...], ...], ...] = (
    (((0.0, -1.0), (0.9, -1.0), (0.6, 0.0), (0.0, -0.05)), ((0.05, -1.0), (0.0, 0.0))),
    (((-0.1, -0.9), (0.3, -1.1), (0.7, -0.95)), ((0.3, -1.0), (0.35, -0.4), (0.2, 0.0))),
    (((0.05, -1.0), (0.0, 0.0)), ((0.55, -1.0), (0.5, 0.0)), ((0.0, -0.5), (0.6, -0.55))),
    (((0.0, 0.0), (0.05, -1.0)), ((0.05, -1.0), (0.5, 0.0)), ((0.5, 0.0), (0.55, -1.0))),
    (((0.3, -1.0), (-0.1, -0.6), (0.2, 0.2), (0.6, -0.1)),),
    (((0.0, -1.0), (0.2, -0.4), (0.3, 0.0)), ((0.3, 0.0), (0.4, -0.5), (0.65, -1.0))),
)
"""Strokes of some capitals, as the digits above."""


def words(area: RectMm, hand: Hand, rng: np.random.Generator) -> tuple[Stroke, ...]:
    """Return two to four words on a line of `area`, as far as they fit; seldom on all of its lines."""
    strokes = list(_line(area, hand, rng))
    for line in range(1, int(area.height / _LINE_MM + 0.2)):
        if happens(0.4, rng):
            return tuple(strokes)
        strokes += _line(RectMm(area.x, area.y + line * _LINE_MM, area.width, _LINE_MM), hand, rng)
    return tuple(strokes)


def _line(area: RectMm, hand: Hand, rng: np.random.Generator) -> Iterator[Stroke]:
    x, base = area.x + rng.uniform(1.0, 3.0), area.y + min(area.height, _LINE_MM) - _BASE_MM
    height = hand.script
    for _word in range(int(rng.integers(2, 5))):
        letters = int(rng.integers(2, 6))
        width = letters * height * (0.4 + hand.spacing * 0.65)
        if x + width > area.right - 1.0:
            break
        yield from _word_at((x, base), letters, height, hand, rng)
        x += width + height * hand.spacing * rng.uniform(0.9, 1.6)


def date(area: RectMm, hand: Hand, rng: np.random.Generator) -> tuple[Stroke, ...]:
    """Return a date in digits, such as 05/02/1980."""
    text = f"{rng.integers(1, 29):02d}/{rng.integers(1, 13):02d}/{rng.integers(1960, 2004)}"
    x, base = area.x + rng.uniform(0.5, 2.0), area.y + min(area.height, _LINE_MM) - _BASE_MM
    height = min(3.4 * hand.size, area.width / len(text) / 0.85)
    return tuple(_digits(text, (x, base), height, hand, rng))


def signature(area: RectMm, hand: Hand, rng: np.random.Generator) -> tuple[Stroke, ...]:
    """Return a signature within `area`: sweeping loops, often underlined."""
    width = min(area.width * 0.8, float(rng.uniform(26.0, 48.0)))
    height = min(area.height * 0.42, float(rng.uniform(4.5, 8.0)))
    start = area.center.x - width / 2 + rng.uniform(-4.0, 4.0)
    base = area.center.y + height / 2
    loops = int(rng.integers(4, 8))
    turns = np.linspace(0, 2 * np.pi * loops, loops * 24)
    share = turns / turns[-1]
    swell = np.interp(share, np.linspace(0, 1, 6), rng.uniform(0.25, 1.0, 6) * (1.1, 1, 0.9, 0.8, 0.7, 0.5))
    x = start + width * share - height * 0.45 * swell * np.sin(turns)
    y = base - height * 0.5 * swell * (1 - np.cos(turns)) + height * 0.15 * np.sin(3.1 * share)
    strokes = [stroke(np.stack((x, y), axis=1), hand, rng, flick=0.3)]
    if happens(0.6, rng):
        end = start + width
        under = bezier((end, base), (end + 4, base + 3.5), (start + 6, base + 1.5), (end - 6, base + 2.5))
        strokes.append(stroke(under, hand, rng, flick=0.3))
    return tuple(strokes)


def _word_at(
    at: tuple[float, float], letters: int, height: float, hand: Hand, rng: np.random.Generator
) -> Iterator[Stroke]:
    """Yield a capital, joined letters and a sign or two above them, as Vietnamese has."""
    x, base = at
    capital = height * 1.7
    for curve in _CAPITALS[int(rng.integers(len(_CAPITALS)))]:
        yield stroke(bezier(*curve) * capital + at, hand, rng)
    pieces: list[Floats] = []
    left = capital * 0.7
    for _letter in range(letters - 1):
        tall = height * (rng.uniform(1.6, 2.1) if happens(0.22, rng) else rng.uniform(0.8, 1.1))
        deep = height * 0.9 if happens(0.12, rng) else 0.0
        wide = height * hand.spacing * rng.uniform(0.75, 1.15)
        pieces.append(
            bezier(
                (left, 0),
                (left + wide * 1.1, -tall * 1.3),
                (left - wide * 0.3, -tall),
                (left + wide * 0.35, deep),
            )
        )
        pieces.append(bezier((left + wide * 0.35, deep), (left + wide * 0.5, deep * 1.3), (left + wide, 0)))
        left += wide
    if pieces:
        path = np.concatenate(pieces)
        path[:, 0] -= np.sin(hand.slant + 0.15) * path[:, 1]
        yield stroke(path + at, hand, rng, flick=0.6)
    for _sign in range(int(rng.integers(0, 3))):
        spot = (x + rng.uniform(0.3, 0.8) * left, base - height * rng.uniform(1.4, 1.9))
        yield stroke(
            bezier((0, 0), (0.4, rng.uniform(-0.5, 0.2)), (0.8, rng.uniform(-0.4, 0.4))) + spot, hand, rng
        )


def _digits(
    text: str, at: tuple[float, float], height: float, hand: Hand, rng: np.random.Generator
) -> Iterator[Stroke]:
    x, base = at
    for sign in text:
        size = height * rng.uniform(0.88, 1.08)
        curves = _DIGITS[int(sign)] if sign.isdigit() else (((0.0, 0.1), (0.45, -1.0)),)
        pieces = [bezier(*curve) for curve in curves]
        for path in [np.concatenate(pieces)] if _joined(pieces) else pieces:
            yield stroke(path * size + (x, base + rng.normal(0, 0.1)), hand, rng)
        x += height * 0.8


def _joined(pieces: list[Floats]) -> bool:
    return all(np.allclose(one[-1], other[0]) for one, other in pairwise(pieces))
