"""How a hand moves: the sigma-lognormal model of rapid strokes.

Each straight intention is one stroke whose speed is a lognormal in time; strokes overlap, so corners round
themselves and speed falls where direction changes. After R. Plamondon, "A kinematic theory of rapid human
movements", Biological Cybernetics 72 (1995).
"""

from dataclasses import dataclass

import numpy as np

STEP_S = 0.002
"""Time step in seconds."""


@dataclass(frozen=True)
class Path:
    """A pen's way over paper: `xy` (n, 2) in mm, evenly spaced; `speed` (n,) relative to its own median."""

    xy: np.ndarray
    speed: np.ndarray


def smooth_noise(n: int, knots: int, rng: np.random.Generator) -> np.ndarray:
    """Return n samples of unit-variance noise that wanders over about `knots` independent values."""
    values = rng.standard_normal(max(knots, 2) + 1)
    return np.interp(np.linspace(0, len(values) - 1, n), np.arange(len(values)), values)


def trace(targets: np.ndarray, rng: np.random.Generator, spacing: float, haste: float = 0.5) -> Path:
    """Move a pen through `targets` ((k, 2) in mm) and sample the way every `spacing` mm.

    `haste` 0..1 sets how early a stroke starts before the last one ends: hasty corners are round.
    """
    targets = np.asarray(targets, float)
    steps = np.diff(targets, axis=0)
    count = len(steps)
    sigma = rng.uniform(0.18, 0.32, count)
    mu = np.log(rng.uniform(0.10, 0.14, count))
    start = np.cumsum(rng.uniform(0.19, 0.23, count) - 0.09 * haste)
    clock = np.arange(start[0], start[-1] + 0.5, STEP_S)
    elapsed = np.maximum(clock[:, None] - start, 1e-6)
    pulse = np.exp(-((np.log(elapsed) - mu) ** 2) / (2 * sigma**2)) / (elapsed * sigma * np.sqrt(2 * np.pi))
    pulse /= pulse.sum(axis=0)
    done = np.cumsum(pulse, axis=0)
    bend = rng.normal(0, 0.22 if count < 6 else 0.08, count)
    heading = np.arctan2(steps[:, 1], steps[:, 0])
    turns = (np.diff(heading) + np.pi) % (2 * np.pi) - np.pi
    if count > 2 and np.abs(turns).max() < 1.0:  # no corner: one round movement, each step an arc of it
        bend = bend * 0.3 + np.interp(np.arange(count), np.arange(count - 1) + 0.5, turns)
    angle = heading + bend * (done - 0.5)
    length = np.hypot(steps[:, 0], steps[:, 1]) / np.sinc(bend / (2 * np.pi))
    velocity = np.stack([(pulse * length * np.cos(angle)).sum(1), (pulse * length * np.sin(angle)).sum(1)], 1)
    way = targets[0] + np.cumsum(velocity, axis=0)
    tremor = np.stack([smooth_noise(len(way), int(len(clock) * STEP_S * 11), rng) for _ in range(2)], 1)
    way += 0.025 * tremor
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(way, axis=0).T))])
    at = np.arange(0, along[-1], spacing)
    xy = np.stack([np.interp(at, along, way[:, 0]), np.interp(at, along, way[:, 1])], 1)
    speed = np.interp(at, along, np.hypot(velocity[:, 0], velocity[:, 1]))
    return Path(xy, speed / max(float(np.median(speed)), 1e-9))
