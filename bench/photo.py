"""A sheet on a desk, photographed with a phone: perspective, curl, shadow, background; with where it lies."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from omr.model.arrays import Floats, Gray, gray, singles

SIZE = 2250, 3000
"""Width and height of the picture, px: 7 megapixels, an old phone."""

_FILLS = 0.72, 0.92
"""Share of the picture's height that the page takes."""

_CORNER = 0.05
"""How far a corner lies from where a camera straight above would see it, share of the page's side."""

_CURL = 2.5
"""How far paper that is not flat moves what is on it, mm at most."""

_SHADOW = 0.25, 0.6
"""How dark the hand's shadow is."""


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """image: gray, shape (H, W). at: picture px of the corners of the page, shape (4, 2), curl left out."""

    image: Gray
    at: Floats


def photograph(page: Gray, px_per_mm: float, rng: np.random.Generator) -> Photo:
    """Return a picture of `page`, a gray image of the whole sheet."""
    height, width = page.shape
    corners = _corners(height / width, rng)
    sheet = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    back = cv2.getPerspectiveTransform(corners.astype(np.float32), sheet)
    x, y = np.meshgrid(np.arange(SIZE[0], dtype=np.float32), np.arange(SIZE[1], dtype=np.float32))
    depth = back[2, 0] * x + back[2, 1] * y + back[2, 2]
    across = (back[0, 0] * x + back[0, 1] * y + back[0, 2]) / depth
    down = (back[1, 0] * x + back[1, 1] * y + back[1, 2]) / depth
    across, down = _curled(across, down, page.shape, px_per_mm, rng)
    seen = cv2.remap(
        page, across.astype(np.float32), down.astype(np.float32), cv2.INTER_AREA,
        borderMode=cv2.BORDER_CONSTANT, borderValue=0,
    )  # fmt: skip
    inside = (across >= 0) & (across < width) & (down >= 0) & (down < height)
    light = _light(rng)
    picture = np.where(inside, seen * float(rng.uniform(0.82, 0.95)) + 10.0, _desk(rng)) * light
    picture = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), float(rng.uniform(0.5, 1.0)))
    picture += float(rng.uniform(1.0, 4.0)) * rng.standard_normal(picture.shape, dtype=np.float32)
    coded = cv2.imencode(".jpg", np.clip(picture, 0, 255).astype(np.uint8), (cv2.IMWRITE_JPEG_QUALITY, 85))[1]
    return Photo(gray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE)), corners)


def _corners(ratio: float, rng: np.random.Generator) -> Floats:
    """Return where the sheet's corners are: turned a little, each pulled by the perspective."""
    high = SIZE[1] * float(rng.uniform(*_FILLS))
    wide = min(high / ratio, SIZE[0] * _FILLS[1])
    high = wide * ratio
    box = np.array([(-wide, -high), (wide, -high), (wide, high), (-wide, high)]) / 2
    box += rng.uniform(-_CORNER, _CORNER, (4, 2)) * (wide, high)
    turn = np.radians(float(rng.uniform(-6, 6)))
    box = box @ np.array([(np.cos(turn), np.sin(turn)), (-np.sin(turn), np.cos(turn))])
    # The whole sheet is on the picture, as the app that takes it asks for.
    box *= min(1.0, *(0.49 * SIZE[axis] / np.abs(box[:, axis]).max() for axis in (0, 1)))
    return np.asarray(box + np.array(SIZE) / 2)


def _curled(
    across: Floats, down: Floats, shape: tuple[int, ...], px_per_mm: float, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return the places on a sheet that bends: one slow wave each way."""
    height, width = shape
    most = rng.uniform(-_CURL, _CURL, 2) * px_per_mm * 0.5
    phase = rng.uniform(0, np.pi, 2)
    bent = most[0] * np.sin(np.pi * down / height + phase[0])
    leant = most[1] * np.sin(np.pi * across / width + phase[1])
    return across + bent, down + leant


def _light(rng: np.random.Generator) -> Floats:
    """Return the light on the desk, shape (H, W): one lamp, and the soft shadow of a hand."""
    small = 1 - float(rng.uniform(0, 0.3)) * rng.random((4, 3), dtype=np.float32)
    light = singles(cv2.resize(small, SIZE, interpolation=cv2.INTER_CUBIC))
    shadow = np.zeros((SIZE[1] // 8, SIZE[0] // 8), dtype=np.float32)
    middle = rng.uniform((0, 0), (shadow.shape[1], shadow.shape[0]))
    axes = rng.uniform(0.2, 0.5, 2) * shadow.shape[0]
    cv2.ellipse(shadow, (tuple(middle), tuple(axes * 2), float(rng.uniform(0, 180))), 1.0, -1)
    shadow = cv2.GaussianBlur(shadow, (0, 0), float(rng.uniform(4, 16)))
    dark = float(rng.uniform(*_SHADOW)) * cv2.resize(shadow, SIZE, interpolation=cv2.INTER_LINEAR)
    return np.asarray(light * (1 - dark))


def _desk(rng: np.random.Generator) -> Floats:
    """Return a wooden desk, shape (H, W): a grain over a gray."""
    grain = cv2.GaussianBlur(rng.standard_normal((SIZE[1], SIZE[0]), dtype=np.float32), (0, 0), 3, sigmaY=40)
    return np.asarray(float(rng.uniform(50, 170)) + 120 * grain)
