"""Lines through boxes → which of them are streaks: a streak of the scanner goes on, a pen's stroke ends.

Dirt on the glass draws a straight line along the feed, over the whole page and in the same place on all.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from omr.imaging.warp import upright
from omr.model.arrays import Flags, Floats, Gray, Singles
from omr.model.layout import Box
from omr.model.registration import Registration
from omr.settings import StreakSettings


def is_streak(
    image: Gray,
    boxes: tuple[Box, ...],
    registration: Registration,
    light: tuple[float, float],
    line: Singles,
    settings: StreakSettings,
) -> Flags:
    """Return which boxes lie under a line that goes on beyond them, shape (N,).

    light: gray values of paper and print, 0..255. line: darkness of the darkest line through each box,
    0..1, shape (N,), as omr.read.measure gives it; only suspects are looked at.
    """
    lasting = np.zeros(len(boxes), dtype=np.bool_)
    suspects = np.flatnonzero(line > settings.suspect).tolist()
    for index, corners in zip(
        suspects, registration.corners([boxes[index].area for index in suspects]), strict=True
    ):
        size = boxes[index].area.width, boxes[index].area.height
        down = _strip(image, corners, size, light, settings)
        across = _strip(image, corners[[0, 3, 2, 1]], size[::-1], light, settings)
        lasting[index] = any(_goes_on(strip, float(line[index]), settings) for strip in (down, across))
    return lasting


def _strip(
    image: Gray,
    corners: Floats,
    size: tuple[float, float],
    light: tuple[float, float],
    settings: StreakSettings,
) -> Singles:
    """Return the darkness before and behind a box, as wide as the box, shape (rows, columns).

    corners: first, along its width, opposite, along its height, px, shape (4, 2).
    """
    wide = (corners[1] - corners[0]) / size[0]
    high = (corners[3] - corners[0]) / size[1]
    columns, rows = (
        round((size[0] + 2 * settings.drift) * settings.grid),
        round(settings.beyond * settings.grid),
    )
    first = corners[0] - wide * settings.drift
    origins = np.array((first - high * settings.beyond, first + high * size[1]))
    step_x, step_y = wide / settings.grid, high / settings.grid
    gray = upright(image, origins, step_x, step_y, (columns, rows), beyond=255).astype(np.float32)
    darkness = (light[0] - gray) / np.float32(max(light[0] - light[1], 1.0))
    return np.asarray(darkness.reshape(-1, columns))


def _goes_on(strip: Singles, line: float, settings: StreakSettings) -> bool:
    """True where most pieces of the strip hold a dark place at one and the same column, drift allowed.

    What a whole piece has in common across its width, shade or a printed rule, is taken off.
    """
    length = round(settings.piece * settings.grid)
    pieces = strip[: len(strip) // length * length].reshape(-1, length, strip.shape[1]).mean(axis=1)
    pieces = pieces - np.median(pieces, axis=1, keepdims=True)
    drift = round(settings.drift * settings.grid)
    dark = pieces > line / 2
    near: NDArray[np.bool_] = dark.copy()
    for step in range(1, drift + 1):
        near[:, step:] |= dark[:, :-step]
        near[:, :-step] |= dark[:, step:]
    return bool(near.mean(axis=0).max() >= settings.lasting)
