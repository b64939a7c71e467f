"""What the boxes of a page hold, and what lies around them: evidence only, nothing is decided."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from omr.model.arrays import Gray, Singles
from omr.model.layout import Box
from omr.model.reading import Measurements
from omr.model.registration import Registration
from omr.pipeline import steps
from omr.read.reference import Patches
from omr.settings import Settings, StreakSettings


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What strokes are followed on: an image, where the page's boxes lie on it, and its light.

    light: gray values of paper and print, 0..255. blank: the print that was taken off it, where it was.
    """

    image: Gray
    patches: Patches
    registration: Registration
    light: tuple[float, float]
    blank: Gray | None = None


def evidence_on(ground: Ground, boxes: tuple[Box, ...], patches: Patches, settings: Settings) -> Measurements:
    """Return the evidence of all boxes, with what lies around them.

    patches: the boxes as they are measured; on a form that others printed, without its own print.
    """
    measurements = _own_ink(ground, boxes, patches, settings)
    lines = _lasting_lines(ground, boxes, measurements.column("line_through"), settings.streaks)
    measurements = measurements.with_column("line_through", lines)
    inked = measurements.column("fill_ratio") > settings.classify.marked_fill
    foreign = steps.is_no_mark(
        ground.image, ground.patches, boxes, ground.registration, measurements, inked,
        settings.passing, settings.strokes,
    )  # fmt: skip
    share = np.where(foreign, np.float32(1), measurements.column("foreign_fill"))
    measurements = measurements.with_column("foreign_fill", share)
    beside = steps.ink_beside(
        ground.image, ground.patches, boxes, ground.registration, ground.light, inked,
        settings.beside, settings.strokes,
    )  # fmt: skip
    measurements = measurements.with_column("beside_ink", beside[:, 0])
    return measurements.with_column("ring_ink", beside[:, 1])


def _lasting_lines(
    ground: Ground, boxes: tuple[Box, ...], line: Singles, settings: StreakSettings
) -> Singles:
    """Return the darkness of the line through each box that goes on beyond it, 0 where none does."""
    lasting = steps.is_streak(ground.image, boxes, ground.registration, ground.light, line, settings)
    followed = np.where(lasting, line, np.float32(0))
    if ground.blank is None or not (line > settings.suspect).any():
        return followed
    return np.maximum(followed, steps.lines_through(ground.image, ground.blank, boxes, settings))


def _own_ink(ground: Ground, boxes: tuple[Box, ...], patches: Patches, settings: Settings) -> Measurements:
    """Return the evidence of all boxes, strokes that belong to another box taken off where it matters."""
    blanks = steps.blank_boxes(patches, settings.measure)
    measurements = steps.measure(patches, blanks, settings.measure)
    unclear = steps.is_unclear(measurements, settings.classify)
    passed, own, share = steps.without_foreign_ink(
        ground.image, ground.patches, boxes, ground.registration, unclear, settings.strokes
    )
    if not len(passed):
        return measurements
    again = steps.measure(own, blanks, settings.measure).with_column("foreign_fill", share)
    # A streak that crosses a neighbour's mark is a streak all the same.
    again = again.with_column("line_through", measurements.column("line_through")[passed])
    return measurements.with_rows(passed, again)
