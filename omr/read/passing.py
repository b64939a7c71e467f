"""Ink that fills a box as a mark does and is none: it passes through, strikes the mark out, or is a blot.

A signature, a stamp and writing over the table pass through boxes. A mark begins or ends in its box, but for
a tail that leaves it on one side; what passes goes on from two places of the frame. A tick that is taken back
with a line or two has them leave the box left and right, amid its height, and is heavier than the others. And
no pen draws as broad as a punched hole is.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.model.arrays import Flags, Gray, outlines
from omr.model.layout import Box
from omr.model.reading import Measurements
from omr.model.registration import Registration
from omr.read.measure import by_kind, smoothed
from omr.read.reference import Patches
from omr.read.views import View, cut, ink_in, samples, strokes_of, views_of
from omr.settings import PassingSettings, StrokeSettings


def is_no_mark(
    image: Gray,
    patches: Patches,
    boxes: tuple[Box, ...],
    registration: Registration,
    measurements: Measurements,
    inked: Flags,
    settings: PassingSettings,
    strokes: StrokeSettings,
) -> Flags:
    """Return which boxes hold ink that passes through them, strikes a mark out or is a blot, shape (N,).

    inked: which boxes hold what may be a mark, shape (N,); the others are not looked at.
    """
    fill, tone = measurements.column("fill_ratio"), measurements.column("tone")
    usual = float(np.median(fill[inked])) if inked.sum() >= settings.usual_marks else settings.usual_fill
    found, left = np.zeros(len(boxes), dtype=np.bool_), np.zeros(len(boxes), dtype=np.intp)
    for (half_x, half_y, _print), alike in by_kind(patches):
        at = alike[inked[alike]]
        if not len(at):
            continue
        ink = smoothed(patches.darkness[at]) > settings.ink
        struck, left[at] = _left_by(ink, (half_x, half_y), patches.grid, settings)
        found[at] = struck & (fill[at] > settings.heavier * usual)
        broad = (fill[at] > settings.blot_fill[0]) & (fill[at] < settings.blot_fill[1])
        for index in np.flatnonzero(broad).tolist():
            found[at[index]] |= _is_blot(ink[index], patches.grid, settings)
    areas = outlines([box.area for box in boxes])
    darkness = np.maximum(tone / 2, settings.faintest)

    def ways_out(suspects: Flags) -> NDArray[np.intp]:
        ways = np.zeros(len(boxes), dtype=np.intp)
        at = np.flatnonzero(suspects).tolist()
        for index, view in views_of(image, patches, areas, at, registration, strokes):
            ways[index] = _ways_out(view, float(darkness[index]), settings, strokes)
        return ways

    found |= ways_out(~found & (left > 1)) > 1
    if found.sum() > 1:
        # What passes through two boxes may end in the next.
        apart = np.abs(areas[:, None, :2] - areas[found, :2]).max(axis=2).min(axis=1)
        found |= ways_out(~found & (left > 0) & (apart < settings.around)) > 0
    return found


def _left_by(
    ink: Flags, half: tuple[float, float], grid: float, settings: PassingSettings
) -> tuple[Flags, NDArray[np.intp]]:
    """Return whether a line leaves boxes on both sides amid their height, and on how many sides ink is, 0..4.

    ink: shape (N, S, S), boxes in the middle; half: half a box's width and height, mm.
    """
    middle = ink.shape[1] // 2
    inner_x, inner_y = (round((each + settings.gap) * grid) for each in half)
    outer_x, outer_y = (round((each + settings.beside) * grid) for each in half)
    amid, end = round(half[1] * settings.amid * grid), middle + 1
    rows, columns = slice(middle - outer_y, end + outer_y), slice(middle - outer_x, end + outer_x)
    left, right = slice(middle - outer_x, middle - inner_x), slice(end + inner_x, end + outer_x)
    above, below = slice(middle - outer_y, middle - inner_y), slice(end + inner_y, end + outer_y)
    level = ink[:, middle - amid : end + amid]
    before, behind = (np.all(np.any(level[:, :, beside], axis=1), axis=1) for beside in (left, right))
    sides = (ink[:, rows, left], ink[:, rows, right], ink[:, above, columns], ink[:, below, columns])
    inked = np.array([side.any(axis=(1, 2)) for side in sides])
    return np.asarray(before & behind), np.asarray(inked.sum(axis=0))


def _is_blot(ink: Flags, grid: float, settings: PassingSettings) -> bool:
    """True where ink is broader than any pen draws."""
    depth = cv2.distanceTransform(ink.view(np.uint8), cv2.DIST_L2, 3)
    return float(depth.max()) > settings.blot * grid / 2


def _ways_out(view: View, least: float, settings: PassingSettings, limits: StrokeSettings) -> int:
    """Return from how many places around the box ink goes on for long. least: darkness of a sample of ink."""
    ink = ink_in(view, least, limits)
    cut(ink.written, view.window(limits.line))[:] = 0
    inked = strokes_of(ink, view.grid, limits).inked
    beside, near = np.zeros_like(ink.written), view.window(settings.near)
    cut(beside, near)[:] = cut(ink.written, near)
    _count, places = cv2.connectedComponents(cv2.dilate(beside, np.ones((3, 3), np.uint8)))
    beyond = inked.copy()
    cut(beyond, view.window(settings.far))[:] = 0
    for window in view.windows(settings.others):
        cut(beyond, window)[:] = 0
    far = samples(beyond, int(inked.max()) + 1) >= settings.least_area * view.grid**2
    far[0] = False
    return len(np.unique(places[far[inked] & (beside > 0)]))
