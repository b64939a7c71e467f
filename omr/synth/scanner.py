"""A scanner: how it moves the paper, what it sees, and what it writes; its true movement comes along."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from omr.model.arrays import Floats, Gray, Singles, gray, singles
from omr.synth.paper import specks
from omr.synth.profiles import OneBit, Scanner, drawn, happens

_BED_MM = 16.0
"""Seen around the paper at most, mm: skew, offset and scale stay below it."""

_LEAST_BLUR = 0.2
"""px of blur that changes nothing."""

_SOLID = 0.35
"""Share of the span between black and white below which everything is black."""

Wave = tuple[tuple[float, float, float], ...]
"""Amplitude (mm), length (mm) and phase of each sine."""


@dataclass(frozen=True, slots=True)
class Device:
    """One scanner as it is for a whole stack; fields as in `profiles.Scanner`, each one value now."""

    skew: float
    offset: tuple[float, float]
    scale: float
    stretch: float
    waves: tuple[Wave, Wave]
    long_edge: bool
    blur: float
    noise: float
    white: float
    black: float
    gamma: float
    light: Singles
    shadow: float
    background: int
    streaks: tuple[tuple[float, float, float], ...]
    glass: int
    quality: int
    onebit: OneBit
    threshold: float


@dataclass(frozen=True, slots=True)
class Movement:
    """Where the paper lay: scan (mm from its top left) → paper (mm), exactly.

    matrix: shape (2, 3). waves: added to paper x and y, as functions of the scan's y (of its x where
    the page went long edge first).
    """

    matrix: Floats
    waves: tuple[Wave, Wave]
    long_edge: bool

    def paper(self, scan: Floats) -> Floats:
        """Return the places on paper, shape (N, 2), mm, of places on the scan, shape (N, 2), mm."""
        feed = scan[:, 0] if self.long_edge else scan[:, 1]
        moved = np.stack([_height(wave, feed) for wave in self.waves], axis=1)
        return np.asarray(scan @ self.matrix[:, :2].T + self.matrix[:, 2] + moved)

    def scan(self, paper: Floats) -> Floats:
        """Return the places on the scan, shape (N, 2), mm, of places on paper, to 0.001 mm."""
        back = np.linalg.inv(self.matrix[:, :2])
        found = (paper - self.matrix[:, 2]) @ back.T
        for _step in range(6):
            found = found + (paper - self.paper(found)) @ back.T
        return np.asarray(found)


def some_device(profile: Scanner, rng: np.random.Generator) -> Device:
    """Return one scanner of a kind."""
    amplitudes = drawn(profile.sideways, rng), drawn(profile.wobble, rng)
    waves = _some_wave(amplitudes[0], rng), _some_wave(amplitudes[1], rng)
    long_edge = happens(profile.long_edge, rng)
    share = np.array([weight for _kind, weight in profile.onebit])
    return Device(
        skew=float(rng.uniform(-1, 1)) * profile.skew * profile.lean,
        offset=(float(rng.uniform(-1, 1)) * profile.offset, float(rng.uniform(-1, 1)) * profile.offset),
        scale=1 + drawn(profile.scale, rng),
        stretch=1 + drawn(profile.stretch, rng),
        waves=waves if not long_edge else (waves[1], waves[0]),
        long_edge=long_edge,
        blur=drawn(profile.blur, rng),
        noise=drawn(profile.noise, rng),
        white=drawn(profile.white, rng),
        black=drawn(profile.black, rng),
        gamma=drawn(profile.gamma, rng),
        light=1 - drawn(profile.light, rng) * rng.random((4, 3), dtype=np.float32),
        shadow=drawn(profile.shadow, rng),
        background=round(drawn(profile.background, rng)),
        streaks=tuple(_streak(profile, rng) for _line in range(round(drawn(profile.streaks, rng)))),
        glass=round(drawn(profile.dust, rng)),
        quality=int(rng.integers(profile.quality[0], profile.quality[1] + 1)),
        onebit=profile.onebit[int(rng.choice(len(share), p=share / share.sum()))][0],
        threshold=drawn(profile.threshold, rng),
    )


def feed(device: Device, profile: Scanner, size: tuple[float, float], rng: np.random.Generator) -> Movement:
    """Return how one page of `size` (width, height, mm) goes through."""
    skew = np.radians(device.skew + float(rng.uniform(-1, 1)) * profile.skew * (1 - profile.lean))
    turn = np.array(((np.cos(skew), np.sin(skew)), (-np.sin(skew), np.cos(skew))))
    linear = turn @ np.diag((1 / device.scale, 1 / (device.scale * device.stretch)))
    middle = np.array(size) / 2
    shift = np.array(device.offset) + rng.normal(0, 0.3, 2) * min(1.0, profile.offset)
    matrix = np.concatenate((linear, (middle - linear @ (middle + shift))[:, None]), axis=1)
    phase = float(rng.uniform(0, 2 * np.pi))
    waves = tuple(
        tuple((amplitude, length, start + phase) for amplitude, length, start in wave)
        for wave in device.waves
    )
    return Movement(matrix, (waves[0], waves[1]), device.long_edge)


def scan(paper: Gray, px_per_mm: float, device: Device, movement: Movement, rng: np.random.Generator) -> Gray:
    """Return the scan of a sheet of paper, of the paper's shape; two values where the device says so."""
    seen = _moved(_on_bed(paper, px_per_mm, device), px_per_mm, movement, paper.shape)
    if device.blur * px_per_mm > _LEAST_BLUR:
        seen = gray(cv2.GaussianBlur(seen, (0, 0), device.blur * px_per_mm))
    glass = np.random.default_rng(device.glass)
    seen = specks(seen, px_per_mm, device.glass, glass) if device.glass else seen
    value = _tone(seen, device)
    _streak_down(value, px_per_mm, device)
    if device.noise:
        value += device.noise * rng.standard_normal(value.shape, dtype=np.float32)
    seen = gray(np.clip(value + np.float32(0.5), 0, 255).astype(np.uint8))
    return seen if device.onebit is OneBit.NO else _two_valued(seen, px_per_mm, device)


def _on_bed(paper: Gray, px_per_mm: float, device: Device) -> Gray:
    """Return the paper with the lid around it, and its shadow along the lower and right edges."""
    margin = round(_BED_MM * px_per_mm)
    bed = gray(cv2.copyMakeBorder(paper, margin, margin, margin, margin, cv2.BORDER_CONSTANT,
                                  value=device.background))  # fmt: skip
    deep = np.arange(round(1.2 * px_per_mm), dtype=np.float32) / (0.4 * px_per_mm)
    fading = 1 - device.shadow * np.exp(-deep)
    low, right = margin + paper.shape[0], margin + paper.shape[1]
    below, beside = bed[low : low + len(deep)], bed[:, right : right + len(deep)]
    below[:] = below * fading[:, None]
    beside[:] = beside * fading[None]
    return bed


def _moved(bed: Gray, px_per_mm: float, movement: Movement, shape: tuple[int, ...]) -> Gray:
    """Return the bed as it passes the line of sensors, shape `shape`."""
    y = ((np.arange(shape[0]) + 0.5) / px_per_mm).astype(np.float32)
    x = ((np.arange(shape[1]) + 0.5) / px_per_mm).astype(np.float32)
    maps = []
    for row, wave in zip(movement.matrix, movement.waves, strict=True):
        across, down = row[0] * x + row[2], row[1] * y
        if movement.long_edge:
            across = across + _height(wave, x)
        else:
            down = down + _height(wave, y)
        at = ((across[None] + down[:, None]) + _BED_MM) * px_per_mm - 0.5
        maps.append(at.astype(np.float32))
    # the bed's margin is a whole number of pixels, not exactly _BED_MM
    rest = np.float32(round(_BED_MM * px_per_mm) - _BED_MM * px_per_mm)
    return gray(
        cv2.remap(bed, maps[0] + rest, maps[1] + rest, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    )


def _tone(seen: Gray, device: Device) -> Singles:
    """Return gray values by the device's tone curve and lamp, not yet cut to 0..255."""
    levels = (np.arange(256) / 255.0) ** device.gamma
    curve = (device.black + (device.white - device.black) * levels).astype(np.float32)
    value = curve[seen]
    if (device.light < 1).any():
        value *= cv2.resize(device.light, (seen.shape[1], seen.shape[0]), interpolation=cv2.INTER_CUBIC)
    return singles(value)


def _streak_down(value: Singles, px_per_mm: float, device: Device) -> None:
    """Draw the lines that dirt on the sensor leaves along the feed, in place."""
    for place, width, depth in device.streaks:
        length = value.shape[0] if device.long_edge else value.shape[1]
        at, wide = int(place * length), max(1, round(width * px_per_mm))
        lines = value[at : at + wide] if device.long_edge else value[:, at : at + wide]
        lines *= np.float32(1 - depth)


def _two_valued(seen: Gray, px_per_mm: float, device: Device) -> Gray:
    """Return black and white, by one threshold or by each pixel's surround."""
    span = device.white - device.black
    if device.onebit is OneBit.GLOBAL:
        return gray(np.where(seen > device.black + device.threshold * span, 255, 0).astype(np.uint8))
    around = 2 * round(2.5 * px_per_mm) + 1
    mean = cv2.boxFilter(seen, -1, (around, around), borderType=cv2.BORDER_REPLICATE)
    least = (1 - device.threshold) * 0.6 * span
    # without a level that is always black, solid areas would come out hollow
    level = np.maximum(mean.astype(np.float32) - least, device.black + _SOLID * span)
    return gray(np.where(seen > level, 255, 0).astype(np.uint8))


def _some_wave(amplitude: float, rng: np.random.Generator) -> Wave:
    """Return two slow sines that together reach `amplitude` at most."""
    share = float(rng.uniform(0.55, 0.9))
    lengths = float(rng.uniform(150, 320)), float(rng.uniform(70, 150))
    phases = rng.uniform(0, 2 * np.pi, 2)
    return tuple(
        (amplitude * part, length, float(phase))
        for part, length, phase in zip((share, 1 - share), lengths, phases, strict=True)
    )


def _streak(profile: Scanner, rng: np.random.Generator) -> tuple[float, float, float]:
    """Return a line's place as a share of the page, its width in mm and its depth."""
    return float(rng.uniform(0.02, 0.98)), drawn((0.08, 0.25), rng), drawn(profile.streak_depth, rng)


def _height(wave: Wave, at: Floats | Singles) -> Floats:
    total = np.zeros(len(at))
    for amplitude, length, phase in wave:
        total += amplitude * np.sin(2 * np.pi * at / length + phase)
    return total
