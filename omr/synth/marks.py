"""The shapes people make at a box: each is one or more strokes, placed and sized by the person's hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from omr.model.arrays import Floats
from omr.model.geometry import RectMm
from omr.synth.pen import STEP, Pen, Stroke
from omr.synth.profiles import happens

_BEND = 1.6
"""mm over which a trembling hand's deviation changes."""


@dataclass(frozen=True, slots=True)
class Hand:
    """A person's way with a pen.

    way: the shape this person ticks with. size: of a mark against the usual one. slant: radians.
    tremor: mm. offset: standard deviation of a mark's place, mm. pressure: 0..1.
    roundness: how much strokes curve, 0..1. tail: how far a tick runs out, in box sides.
    script: height of small letters, mm; spacing: their width against that height.
    """

    pen: Pen
    way: str
    size: float
    slant: float
    tremor: float
    offset: float
    pressure: float
    roundness: float
    tail: float
    script: float
    spacing: float


_SIDE = 0.46
"""How far from its middle a filled box is covered, in box sides: up to the printed line."""
_FLAT = 1e-3
"""Sine under which a hatching line never meets the other pair of edges."""


def bezier(*control: tuple[float, float]) -> Floats:
    """Return points of the Bézier curve with these control points, shape (N, 2), in their own unit."""
    points = np.array(control, dtype=float)
    t = np.linspace(0.0, 1.0, 24)[:, None, None]
    curve = np.broadcast_to(points, (len(t), *points.shape))
    while curve.shape[1] > 1:
        curve = curve[:, :-1] * (1 - t) + curve[:, 1:] * t
    return curve[:, 0]


def stroke(path: Floats, hand: Hand, rng: np.random.Generator, *, flick: float = 0.8) -> Stroke:
    """Return a hand's stroke along `path`, shape (N, 2), mm; flick: pressure left at its end, 0..1."""
    steps = np.hypot(*np.diff(path, axis=0).T)
    along = np.concatenate(([0.0], np.cumsum(steps)))
    count = max(2, int(np.ceil(along[-1] / STEP)) + 1)
    at = np.linspace(0.0, along[-1], count)
    even = np.stack([np.interp(at, along, path[:, axis]) for axis in (0, 1)], axis=1)
    shaken = even + hand.tremor * np.stack([_slow(count, rng) for _axis in (0, 1)], axis=1)
    share = np.linspace(0.0, 1.0, count)
    fading = np.interp(share, (0.0, 0.12, 0.6, 1.0), (0.85, 1.0, 1.0, flick))
    pressure = hand.pressure * fading * (1 + 0.12 * _slow(count, rng))
    return Stroke(shaken, np.clip(pressure, 0.05, 1.0))


def tick(box: RectMm, hand: Hand, rng: np.random.Generator) -> tuple[Stroke, ...]:
    """A check mark: down to the vertex, then up to the right."""
    return _tick(box, hand, rng, hand.tail)


def check_long(box: RectMm, hand: Hand, rng: np.random.Generator) -> tuple[Stroke, ...]:
    """A check mark whose tail leaves the box, up to the height of the row above."""
    return _tick(box, hand, rng, float(rng.uniform(1.6, 2.4)))


def cross(box: RectMm, hand: Hand, rng: np.random.Generator) -> tuple[Stroke, ...]:
    """Two diagonals, lifted in between or not."""
    reach = 0.42 + 0.12 * rng.standard_normal(4) / 2
    bow = hand.roundness * 0.25 * rng.standard_normal(2)
    one = bezier((-reach[0], -reach[1]), (bow[0], -bow[0]), (reach[1], reach[0]))
    two = bezier((reach[2], -reach[3]), (bow[1], bow[1]), (-reach[3], reach[2]))
    if happens(0.5 * hand.roundness, rng):
        turn = bezier(tuple(one[-1]), (one[-1][0] + 0.2, 0.0), tuple(two[0]))
        return _placed(box, hand, rng, np.concatenate((one, turn, two)))
    return _placed(box, hand, rng, one, two)


def slash(box: RectMm, hand: Hand, rng: np.random.Generator) -> tuple[Stroke, ...]:
    """One diagonal, rising to the right."""
    low, high = rng.uniform(0.35, 0.6, 2)
    bow = hand.roundness * 0.2 * float(rng.standard_normal())
    return _placed(box, hand, rng, bezier((-low, low), (bow, bow), (high, -high)), flick=0.5)


def scribble(box: RectMm, hand: Hand, rng: np.random.Generator) -> tuple[Stroke, ...]:
    """A loose zigzag that leaves paper between its lines."""
    angle = float(rng.choice((0.0, 0.7, np.pi / 2))) + float(rng.normal(0, 0.15))
    return _placed(box, hand, rng, _hatching(rng, lines=int(rng.integers(4, 8)), angle=angle))


def fill(box: RectMm, hand: Hand, rng: np.random.Generator) -> tuple[Stroke, ...]:
    """The whole box covered, line by line and often once more across it, as the printed rule asks."""
    pitch = hand.pen.width * float(rng.uniform(0.5, 0.7))
    angle = float(rng.choice((0.0, np.pi / 4, np.pi / 2))) + float(rng.normal(0, 0.12))
    span = 2 * _SIDE * box.width * (abs(np.cos(angle)) + abs(np.sin(angle)))
    lines = int(np.ceil(span / pitch)) + 1
    paths = [_hatching(rng, lines=lines, angle=angle)]
    if happens(0.6, rng):
        paths.append(_hatching(rng, lines=round(lines * 0.8), angle=angle + np.pi / 2))
    return _exactly(box, hand, rng, *paths)


def circle(box: RectMm, hand: Hand, rng: np.random.Generator) -> tuple[Stroke, ...]:
    """A ring around the box."""
    turns = np.linspace(0.0, 2 * np.pi * float(rng.uniform(0.95, 1.15)), 60) + float(rng.uniform(0, 6))
    radii = rng.uniform(0.78, 0.95, 2)
    lobes = 0.05 * np.sin(2 * turns + rng.uniform(0, 6)) + np.linspace(0.0, rng.uniform(-0.08, 0.12), 60)
    ring = np.stack(((radii[0] + lobes) * np.cos(turns), (radii[1] + lobes) * np.sin(turns)), axis=1)
    return _exactly(box, hand, rng, ring)


def dot(box: RectMm, hand: Hand, rng: np.random.Generator) -> tuple[Stroke, ...]:
    """A dot put down and turned a little."""
    turns = np.linspace(0.0, 9.0, 30)
    radius = np.linspace(0.02, float(rng.uniform(0.07, 0.12)), 30)
    return _placed(box, hand, rng, np.stack((radius * np.cos(turns), radius * np.sin(turns)), axis=1))


def slip(box: RectMm, hand: Hand, rng: np.random.Generator) -> tuple[Stroke, ...]:
    """A short touch of the pen that nobody meant, or nearly nobody."""
    start = rng.uniform(-0.25, 0.25, 2)
    end = start + rng.uniform(0.15, 0.3) * _towards(float(rng.uniform(0, 6.3)))
    return _exactly(box, hand, rng, np.stack((start, end)), flick=0.3)


def speck(box: RectMm, hand: Hand, rng: np.random.Generator) -> tuple[Stroke, ...]:
    """A point where a pen rested."""
    at = rng.uniform(-0.25, 0.25, 2)
    return _exactly(box, hand, rng, np.stack((at, at + 0.02)))


def beside(box: RectMm, hand: Hand, rng: np.random.Generator) -> tuple[Stroke, ...]:
    """A tick that stands wholly beside its box."""
    gap = box.width * float(rng.uniform(1.05, 1.3)) * float(rng.choice((-1.0, 1.0)))
    moved = RectMm(box.x + gap, box.y, box.width, box.height)
    return _tick(moved, hand, rng, 0.35)


SHAPES: Mapping[str, Callable[[RectMm, Hand, np.random.Generator], tuple[Stroke, ...]]] = {
    shape.__name__: shape
    for shape in (tick, check_long, cross, slash, scribble, fill, circle, dot, slip, speck, beside)
}


def _tick(box: RectMm, hand: Hand, rng: np.random.Generator, tail: float) -> tuple[Stroke, ...]:
    left = (-0.38 + 0.05 * rng.standard_normal(), -0.02 + 0.08 * rng.standard_normal())
    vertex = (-0.1 + 0.05 * rng.standard_normal(), 0.36 + 0.05 * rng.standard_normal())
    rise = float(rng.uniform(0.85, 1.25))
    end = (vertex[0] + 0.45 + 0.6 * tail, vertex[1] - rise * (0.6 + 0.75 * tail))
    bow = hand.roundness * 0.3
    down = bezier(left, (left[0] + 0.2, left[1] + 0.12), vertex)
    up = bezier(vertex, (vertex[0] + 0.3 - 0.2 * bow, vertex[1] - 0.25 + bow), end)
    return _placed(box, hand, rng, np.concatenate((down, up[1:])), flick=0.4)


def _hatching(rng: np.random.Generator, lines: int, angle: float) -> Floats:
    """Return a zigzag over the whole box, in box sides from its middle, shape (N, 2).

    angle: of its lines, radians; each ends near the box's edge, now and then a little beyond it.
    """
    along, across = _towards(angle), _towards(angle + np.pi / 2)
    widest = _SIDE * np.abs(across).sum() - 0.04
    places = np.linspace(-widest, widest, lines) + rng.normal(0, 0.012, lines)
    corners = []
    for number, place in enumerate(places):
        ahead, behind = _edges(along, place * across)
        end = ahead if number % 2 else behind
        corners.append(place * across + along * (end + np.sign(end) * float(rng.normal(0.01, 0.04))))
    share = np.linspace(0, lines - 1, lines * 12)
    turns = np.array(corners)
    return np.stack([np.interp(share, np.arange(lines), turns[:, axis]) for axis in (0, 1)], axis=1)


def _edges(along: Floats, point: Floats) -> tuple[float, float]:
    """Return how far from `point` along a line the covered square's edges are, ahead and behind."""
    meets = np.abs(along) > _FLAT
    reach = _SIDE / np.abs(along[meets])
    place = point[meets] / along[meets]
    return float((reach - place).min()), float((-reach - place).max())


def _placed(
    box: RectMm, hand: Hand, rng: np.random.Generator, *paths: Floats, flick: float = 0.8
) -> tuple[Stroke, ...]:
    """Return strokes of paths given in box sides from its middle: sized, slanted and put near it."""
    size = box.width * hand.size * float(rng.uniform(0.88, 1.12))
    angle = hand.slant + 0.08 * float(rng.standard_normal())
    turn = np.array(((np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))))
    limit = box.width * 0.22
    middle = _middle(box) + np.clip(rng.normal(0, hand.offset, 2), -limit, limit)
    return tuple(stroke(path @ turn * size + middle, hand, rng, flick=flick) for path in paths)


def _exactly(
    box: RectMm, hand: Hand, rng: np.random.Generator, *paths: Floats, flick: float = 0.8
) -> tuple[Stroke, ...]:
    """As `_placed`, for shapes that are made for the box itself."""
    return tuple(
        stroke(path * (box.width, box.height) + _middle(box), hand, rng, flick=flick) for path in paths
    )


def _middle(box: RectMm) -> Floats:
    return np.array((box.center.x, box.center.y))


def _towards(angle: float) -> Floats:
    return np.array((np.cos(angle), np.sin(angle)))


def _slow(count: int, rng: np.random.Generator) -> Floats:
    """Return smooth noise of about unit deviation along a stroke, shape (count,)."""
    knots = max(4, int(count * STEP / _BEND) + 3)
    values: Floats = np.interp(np.linspace(0, knots - 1, count), np.arange(knots), rng.standard_normal(knots))
    return values
