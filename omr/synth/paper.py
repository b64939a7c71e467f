"""What happens to a page's paper: photocopied, folded, punched, stamped, soiled, torn.

Every function takes a gray page, shape (H, W), 255 white, and gives a new one of that shape.
"""

from __future__ import annotations

import cv2
import numpy as np

from omr.model.arrays import Floats, Gray, Singles, gray, singles
from omr.model.geometry import RectMm
from omr.synth.profiles import Range, drawn, happens

_FRACTION = 4
"""Bits of fraction in the coordinates handed to cv2."""


def photocopy(page: Gray, px_per_mm: float, toner: Range, rng: np.random.Generator) -> Gray:
    """Return one more generation: softened, pressed towards black and white, lines thicker, specks."""
    soft = cv2.GaussianBlur(page, (0, 0), drawn((0.06, 0.1), rng) * px_per_mm)
    middle, slope = 255 * (1 - drawn(toner, rng)), drawn((10.0, 22.0), rng)
    levels = np.arange(256)
    black = drawn((8.0, 45.0), rng)
    curve = black + (255 - black) / (1 + np.exp((middle - levels) / slope))
    copied = gray(cv2.LUT(gray(soft), curve.round().astype(np.uint8)))
    return specks(copied, px_per_mm, int(rng.integers(3, 35)), rng)


def misplaced(size: tuple[float, float], rng: np.random.Generator) -> Floats:
    """Return how a copier puts a page of `size` (width, height, mm) on paper: mm → mm, shape (2, 3)."""
    turn, scale = np.radians(rng.normal(0, 0.25)), float(rng.uniform(0.985, 1.01))
    linear = scale * np.array(((np.cos(turn), -np.sin(turn)), (np.sin(turn), np.cos(turn))))
    middle = np.array(size) / 2
    return np.concatenate((linear, (middle - linear @ middle + rng.normal(0, 0.8, 2))[:, None]), axis=1)


def moved(page: Gray, px_per_mm: float, matrix: Floats) -> Gray:
    """Return the page moved by `matrix`, shape (2, 3), mm → mm, on white paper of the same size."""
    half = np.full(2, 0.5)
    shift = px_per_mm * matrix[:, 2] + matrix[:, :2] @ half - half
    in_px = np.concatenate((matrix[:, :2], shift[:, None]), axis=1)
    size = (page.shape[1], page.shape[0])
    return gray(cv2.warpAffine(page, in_px, size, flags=cv2.INTER_CUBIC, borderValue=255))


def specks(page: Gray, px_per_mm: float, count: int, rng: np.random.Generator) -> Gray:
    """Return the page with dirt on it: mostly a tenth of a millimetre, now and then four."""
    soiled = page.copy()
    height, width = page.shape
    for _speck in range(count):
        radius = min(0.04 + float(rng.exponential(0.05)), 0.25) * px_per_mm
        at = np.round(rng.uniform(0, (width, height)) * (1 << _FRACTION)).astype(int)
        axes = np.round(np.array((radius, radius * rng.uniform(0.4, 1.0))) * (1 << _FRACTION)).astype(int)
        cv2.ellipse(soiled, tuple(at.tolist()), tuple(axes.tolist()), float(rng.uniform(0, 180)), 0.0, 360.0,
                    float(rng.uniform(30, 190)), -1, cv2.LINE_AA, _FRACTION)  # fmt: skip
    return soiled


def fold(page: Gray, px_per_mm: float, depth: Range, rng: np.random.Generator) -> Gray:
    """Return the page with a fold across it, at a half or a third, as letters have."""
    height, width = page.shape
    share = float(rng.choice((1 / 3, 0.5, 2 / 3))) + float(rng.normal(0, 0.015))
    tilt = float(rng.normal(0, 0.01))
    upright = happens(0.2, rng)
    length, across = (width, height) if upright else (height, width)
    along = np.arange(length, dtype=np.float32)[:, None]
    line = share * length + tilt * (np.arange(across, dtype=np.float32)[None] - across / 2)
    far = (along - line) / np.float32(px_per_mm)
    deep = drawn(depth, rng)
    crease = deep * np.exp(-np.abs(far) / 0.25)
    side = 0.35 * deep * np.exp(-np.maximum(far, 0) / 12) * (far > 0)
    kept = 1 - singles(crease + side)
    return _toned(page, kept.T if upright else kept)


def show_through(page: Gray, back: Gray, px_per_mm: float, strength: float) -> Gray:
    """Return the page with the other side's print faintly showing, mirrored and soft."""
    soft = cv2.GaussianBlur(cv2.flip(back, 1), (0, 0), 0.18 * px_per_mm)
    return _toned(page, singles(1 - strength * (1 - soft.astype(np.float32) / 255)))


def punch(page: Gray, px_per_mm: float, beyond: int, rng: np.random.Generator) -> Gray:
    """Return the page with two holes at its left edge, 80 mm apart, through which the lid is seen."""
    holed = page.copy()
    x = (12.0 + rng.normal(0, 0.7)) * px_per_mm
    middle = page.shape[0] / 2 + rng.normal(0, 1.5) * px_per_mm
    for y in (middle - 40 * px_per_mm, middle + 40 * px_per_mm):
        at = (round(x * (1 << _FRACTION)), round(y * (1 << _FRACTION)))
        radius = round(2.9 * px_per_mm * (1 << _FRACTION))
        cv2.circle(holed, at, radius, beyond, -1, cv2.LINE_AA, _FRACTION)
        cv2.circle(holed, at, radius, max(beyond - 60, 90), 1, cv2.LINE_AA, _FRACTION)
    return holed


def stamp(page: Gray, px_per_mm: float, area: RectMm, rng: np.random.Generator) -> Gray:
    """Return the page with a round seal over the left third of `area`, letters only hinted at."""
    ink = np.zeros(page.shape, dtype=np.uint8)
    middle = np.array((area.x + area.width / 3, area.center.y)) + rng.normal(0, 2.0, 2)
    turn = float(rng.normal(0, 0.3))
    fixed = 1 << _FRACTION

    def ring(radius: float, thick: float) -> None:
        at = np.round(middle * px_per_mm * fixed).astype(int)
        cv2.circle(ink, tuple(at.tolist()), round(radius * px_per_mm * fixed), 255,
                   max(1, round(thick * px_per_mm)), cv2.LINE_AA, _FRACTION)  # fmt: skip

    def spoke(inner: float, outer: float, angle: float) -> None:
        towards = np.array((np.cos(angle + turn), np.sin(angle + turn)))
        ends = [np.round((middle + r * towards) * px_per_mm * fixed).astype(int) for r in (inner, outer)]
        cv2.line(ink, tuple(ends[0].tolist()), tuple(ends[1].tolist()), 255,
                 max(1, round(0.5 * px_per_mm)), cv2.LINE_AA, _FRACTION)  # fmt: skip

    ring(16.0, 0.9)
    ring(10.0, 0.4)
    for angle in np.arange(0, 2 * np.pi, 0.16):
        spoke(11.6, 14.2 - float(rng.uniform(0, 0.8)), float(angle))
    for point in range(5):
        spoke(0.0, 4.5, point * 2 * np.pi / 5 - np.pi / 2)
    patchy = _slow_field(page.shape, px_per_mm, 6.0, rng)
    strength = drawn((0.4, 0.6), rng) * np.clip(0.8 + 0.35 * patchy, 0.2, 1.0)
    return _toned(page, singles(1 - strength * (ink.astype(np.float32) / 255)))


def tear(page: Gray, px_per_mm: float, size: Range, beyond: int, rng: np.random.Generator) -> Gray:
    """Return the page with one corner torn off: the lid (`beyond`) is seen there, behind a frayed edge."""
    height, width = page.shape
    right, low = happens(0.5, rng), happens(0.5, rng)
    legs = np.array((drawn(size, rng), drawn(size, rng))) * px_per_mm
    share = np.linspace(0, 1, 25)[:, None]
    edge = (legs[0] * (1 - share), legs[1] * share)
    rough = rng.normal(0, 0.5, (25, 1)) * px_per_mm
    rough[[0, -1]] = 0
    points = np.concatenate(([[0.0, 0.0]], np.concatenate(edge, axis=1) + rough))
    corner = np.array((width if right else 0, height if low else 0))
    points = corner + points * np.where((right, low), -1, 1)
    torn = page.copy()
    shape = [np.round(points * (1 << _FRACTION)).astype(np.int32)]
    cv2.fillPoly(torn, shape, beyond, cv2.LINE_AA, _FRACTION)
    thick = max(1, round(0.25 * px_per_mm))
    cv2.polylines(torn, [shape[0][1:]], False, max(beyond - 50, 120), thick, cv2.LINE_AA, _FRACTION)  # noqa: FBT003
    return torn


def _toned(page: Gray, kept: Singles) -> Gray:
    return gray((page * kept + np.float32(0.5)).astype(np.uint8))


def _slow_field(shape: tuple[int, ...], px_per_mm: float, grain: float, rng: np.random.Generator) -> Singles:
    """Return smooth noise over a page, about -1..1, changing over `grain` mm."""
    small = [max(2, round(length / px_per_mm / grain)) for length in shape]
    noise = rng.uniform(-1, 1, small).astype(np.float32)
    return singles(cv2.resize(noise, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC))
