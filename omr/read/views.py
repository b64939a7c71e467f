"""A box's neighbourhood cut out upright, and the strokes in it, whole: what a patch is too small to show."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.imaging.warp import upright
from omr.model.arrays import Flags, Floats, Gray, Singles
from omr.model.layout import Box
from omr.model.registration import Registration
from omr.read.reference import Patches
from omr.settings import StrokeSettings

Windows = NDArray[np.intp]
"""Places in a view, shape (K, 4): first row, end row, first column, end column."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A box's neighbourhood, upright: darkness, shape (S, S).

    areas: printed areas of the boxes in it, mm from its first sample, shape (K, 4): left, top, right, bottom.
    own: which of them it was made for.
    """

    darkness: Singles
    grid: float
    areas: Floats
    own: int

    def windows(self, margin: float) -> Windows:
        """Return where the boxes lie, grown by `margin` mm (negative shrinks) and cut to the view."""
        left, top, right, bottom = ((self.areas + _GROW * margin) * self.grid).T
        edges = np.stack((top, bottom, left, right), axis=1)
        return edges.round().clip(0, len(self.darkness)).astype(np.intp)


_GROW = np.array([-1.0, -1.0, 1.0, 1.0])


@dataclass(frozen=True, slots=True, eq=False)
class Strokes:
    """The strokes of a view, print left out.

    ink: shape (S, S). labels: which stroke a sample is, shape (S, S), 0 for none; strokes are joined across
    the gaps that taking off frames and rules left. held: samples of each stroke inside each of the view's
    boxes, shape (K, strokes + 1).
    """

    ink: Flags
    labels: NDArray[np.int32]
    held: NDArray[np.intp]


def printed_areas(boxes: tuple[Box, ...]) -> Floats:
    """Return where boxes are printed, mm, shape (N, 4): left, top, right, bottom."""
    return np.array([(box.area.x, box.area.y, box.area.right, box.area.bottom) for box in boxes])


def boxes_near(areas: Floats, index: int, settings: StrokeSettings) -> NDArray[np.intp]:
    """Return the boxes that reach into the view of one box, itself among them."""
    one = areas[index]
    apart = np.maximum(areas[:, :2] - one[2:], one[:2] - areas[:, 2:]).max(axis=1)
    return np.flatnonzero(apart < settings.reach)


def view_of(
    image: Gray,
    patches: Patches,
    areas: Floats,
    near: NDArray[np.intp],
    index: int,
    registration: Registration,
    settings: StrokeSettings,
) -> View:
    """Return the view of one box, by index; areas: of all boxes; near: those in the view."""
    grid, one = settings.grid, areas[index]
    center = (one[:2] + one[2:]) / 2
    count = 2 * round(((one[2] - one[0]) / 2 + settings.reach) * grid) + 1
    at = registration.points(np.array([center, center + (1.0, 0.0), center + (0.0, 1.0)]))
    step_x, step_y = (at[1] - at[0]) / grid, (at[2] - at[0]) / grid
    origin = at[0] - (step_x + step_y) * ((count - 1) / 2)
    patch = upright(image, origin, step_x, step_y, (count, count))
    darkness = (patches.paper[index] - patch.astype(np.float32)) / patches.contrast[index]
    first = center - (count - 1) / (2 * grid) - patches.shift[index]
    return View(darkness, grid, areas[near] - np.tile(first, 2), int(np.flatnonzero(near == index)[0]))


def strokes_in(view: View, ink: float, settings: StrokeSettings, *, wider: float = 0.0) -> Strokes:
    """Return the strokes of a view.

    ink: darkness from which a sample is one's. wider: how much further than at the usual darkness the print
    of the frames reaches, mm; strokes are then followed along it, too.
    """
    every = (cv2.blur(view.darkness, (3, 3)) > ink).astype(np.uint8)
    outside = np.ones(every.shape, dtype=np.bool_)
    for window in view.windows(settings.line + wider):
        cut(outside, window)[:] = False
    inked = every * outside
    inked[_rules(inked, outside, view.grid, settings)] = 0
    insides = view.windows(-settings.frame - wider)
    for window in insides:
        cut(inked, window)[:] = cut(every, window)
    joined = cv2.dilate(inked, _square(settings.bridge * view.grid))
    if wider:
        # What was taken from a stroke along a frame or rule is as wide again.
        joined[(every > 0) & (cv2.dilate(inked, _square(2 * settings.bridge * view.grid)) > 0)] = 1
    count, labels = cv2.connectedComponents(joined)
    held = [np.bincount(cut(labels, window).ravel(), minlength=count) for window in insides]
    return Strokes(inked > 0, np.asarray(labels, dtype=np.int32), np.array(held))


def _rules(ink: NDArray[np.uint8], outside: Flags, grid: float, settings: StrokeSettings) -> Flags:
    """Return where the printed rules lie outside the boxes, shape (S, S).

    A rule is straight and long; a thin one of a scan of two values is in pieces, which lie in one line.
    """
    rules = np.zeros(ink.shape, dtype=np.uint8)
    rule = round(settings.rule * grid)
    whole = [
        cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(shape, np.uint8)) for shape in ((1, rule), (rule, 1))
    ]
    for solid in whole:
        rules[solid > 0] = 1
    around = np.ones((3, 3), np.uint8)
    rest = (ink > 0) & (cv2.dilate(rules, around) == 0)
    for solid, lines, inked, seen in zip(
        whole, (rules, rules.T), (rest, rest.T), (outside, outside.T), strict=True
    ):
        if not solid.any():
            lines[_pieces(inked, seen, grid, settings)] = 1
    return np.asarray(cv2.dilate(rules, around) > 0)


def _pieces(ink: Flags, outside: Flags, grid: float, settings: StrokeSettings) -> Flags:
    """Return which rows of a view, shape (S, S), hold a rule in pieces, shape (S,)."""
    starts = np.arange(0, len(ink), round(settings.piece * grid))
    pieces = np.add.reduceat(ink, starts, axis=1, dtype=np.intp) > 0
    visible = np.add.reduceat(outside, starts, axis=1, dtype=np.intp) > 0
    found: Flags = pieces.sum(axis=1) > settings.broken * np.maximum(visible.sum(axis=1), len(starts) / 2)
    return found


def _square(side: float) -> NDArray[np.uint8]:
    """Return a square kernel of odd side, about `side` samples."""
    odd = 2 * round(side / 2) + 1
    return np.ones((odd, odd), np.uint8)


def cut(samples: NDArray[np.generic], window: NDArray[np.intp]) -> NDArray[np.generic]:
    """Return what lies in one window of a view."""
    first_row, end_row, first_column, end_column = window
    return samples[first_row:end_row, first_column:end_column]
