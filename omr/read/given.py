"""Boxes at given places of a given image, measured and decided by the very functions the pipeline uses.

For boxes that no layout of ours describes: marks on real paper with a known truth, forms that others printed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from omr.model.arrays import Gray
from omr.model.geometry import RectMm, RectPx
from omr.model.layout import Box, Shape
from omr.model.reading import FEATURES, Marks, Measurements
from omr.model.registration import Registration
from omr.read.classify import classify, classify_bubbles
from omr.read.measure import blank_boxes, measure
from omr.read.reference import find_boxes
from omr.settings import DEFAULT, Settings


def read_boxes(
    image: Gray,
    areas: Sequence[RectPx],
    px_per_mm: float,
    *,
    shape: Shape = Shape.SQUARE,
    line: float = 0.25,
    clear: bool = False,
    prints: Sequence[str] = (),
    fill_chooses: bool = False,
    settings: Settings = DEFAULT,
) -> tuple[Measurements, Marks]:
    """Return the evidence and the decision for boxes of one page, ids "0", "1", … in the order given.

    image: gray, shape (H, W). areas: outer edges of the printed boxes. line: thickness of their frames, mm.
    clear: True where the paper around each box is known to be blank; else ink beside a box says nothing.
    prints: what is printed inside each box, where something is: boxes alike are each other's blank.
    fill_chooses: True on forms whose boxes are meant to be filled in.
    Raises ValueError where there is no box.
    """
    if not areas:
        raise ValueError("no boxes given")
    boxes = tuple(_box(number, area, px_per_mm, shape) for number, area in enumerate(_alike(areas)))
    black = float(np.percentile(image[::4, ::4], _BLACK_PERCENTILE))
    how = settings.measure
    if shape is Shape.SQUARE:
        # Boxes given one by one lie where they are said to, and no neighbour speaks for another's place.
        how = replace(how, reach=_GIVEN, lonely_shift=2 * _GIVEN)
    registration = _plain(image.shape, px_per_mm)
    patches = find_boxes(image, boxes, line, registration, black, how, prints)
    measurements = measure(patches, blank_boxes(patches, settings.measure), settings.measure)
    if not clear:
        values = measurements.values.copy()
        values[:, [FEATURES.index(name) for name in _AROUND]] = 0.0
        measurements = Measurements(measurements.boxes, values)
    if fill_chooses:
        return measurements, classify_bubbles(measurements, prints, settings.bubbles)
    return measurements, classify(measurements, settings.classify, settings.calibration)


_GIVEN = 0.5
"""How far a box may lie from the place given, mm."""

_AROUND = ("ring_fill", "ring_sides", "line_through")
"""What is seen around a box: print where the surround is not known to be blank."""

_BLACK_PERCENTILE = 0.5
"""A printed page has at least this share (per cent) of its print fully black."""


_SIMILAR = 0.1
"""Boxes whose sides differ by a smaller share are of one printed size."""


def _alike(areas: Sequence[RectPx]) -> Sequence[RectPx]:
    """Return the areas, of one size about their middles where they differ by a pixel or so."""
    sizes = np.array([(area.right - area.left, area.bottom - area.top) for area in areas])
    usual = np.median(sizes, axis=0)
    if (np.abs(sizes / usual - 1) > _SIMILAR).any():
        return areas
    wide, high = (int(side) for side in usual)
    return [
        RectPx(left := (area.left + area.right - wide) // 2, top := (area.top + area.bottom - high) // 2,
               left + wide, top + high)
        for area in areas
    ]  # fmt: skip


def _box(number: int, area: RectPx, px_per_mm: float, shape: Shape) -> Box:
    # A pixel's centre is its whole number, so its left edge lies half a pixel before.
    rect = RectMm(
        (area.left - 0.5) / px_per_mm,
        (area.top - 0.5) / px_per_mm,
        (area.right - area.left) / px_per_mm,
        (area.bottom - area.top) / px_per_mm,
    )
    return Box(str(number), str(number), "marked", rect, shape)


def _plain(shape: tuple[int, ...], px_per_mm: float) -> Registration:
    """Return the registration of an image whose pixels are the paper: a scale and nothing else."""
    height, width = shape[0] / px_per_mm, shape[1] / px_per_mm
    return Registration(
        homography=np.diag([px_per_mm, px_per_mm, 1.0]),
        grid_x=np.array([0.0, width]),
        grid_y=np.array([0.0, height]),
        displacement=np.zeros((2, 2, 2)),
        hits=0,
        residual_mm=0.0,
        px_per_mm=px_per_mm,
    )
