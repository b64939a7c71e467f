"""A box's neighbourhood cut out upright, and the strokes in it, whole: what a patch is too small to show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.imaging.warp import upright
from omr.model.arrays import Flags, Floats, Gray, Singles, gray
from omr.model.registration import Registration
from omr.read.reference import Patches
from omr.settings import StrokeSettings

_Sample = TypeVar("_Sample", bound=np.generic)

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
        edges = np.rint((self.areas + _GROW * margin) * self.grid)[:, _ROWS_FIRST]
        return np.minimum(np.maximum(edges, 0), len(self.darkness)).astype(np.intp)


_GROW = np.array([-1.0, -1.0, 1.0, 1.0])

_ROWS_FIRST = np.array([1, 3, 0, 2])
"""Left, top, right, bottom → top, bottom, left, right."""


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


def boxes_near(areas: Floats, index: int, settings: StrokeSettings) -> NDArray[np.intp]:
    """Return the boxes that reach into the view of one box, itself among them."""
    one = areas[index]
    apart = np.maximum(areas[:, :2] - one[2:], one[:2] - areas[:, 2:]).max(axis=1)
    return np.flatnonzero(apart < settings.reach)


def views_of(
    image: Gray,
    patches: Patches,
    areas: Floats,
    nears: Mapping[int, NDArray[np.intp]],
    registration: Registration,
    settings: StrokeSettings,
) -> Iterator[tuple[int, View]]:
    """Yield the views of some boxes, by index. areas: of all boxes; nears: the boxes in each one's view."""
    at, grid = list(nears), settings.grid
    centers = (areas[at, :2] + areas[at, 2:]) / 2
    points = registration.points(np.concatenate((centers, centers + (1.0, 0.0), centers + (0.0, 1.0))))
    middles, right, below = np.split(points, 3)
    steps_x, steps_y = (right - middles) / grid, (below - middles) / grid
    reaches = np.round(((areas[at, 2] - areas[at, 0]) / 2 + settings.reach) * grid).astype(int)
    origins = middles - (steps_x + steps_y) * reaches[:, None]
    firsts = centers - reaches[:, None] / grid - patches.shift[at]
    for number, index in enumerate(at):
        one, count = slice(number, number + 1), 2 * int(reaches[number]) + 1
        (patch,) = upright(image, origins[one], steps_x[one], steps_y[one], (count, count))
        darkness = (patches.paper[index] - patch.astype(np.float32)) / patches.contrast[index]
        near = nears[index]
        yield (
            index,
            View(darkness, grid, areas[near] - np.tile(firsts[number], 2), near.tolist().index(index)),
        )


def strokes_in(view: View, ink: float, settings: StrokeSettings, *, wider: float = 0.0) -> Strokes:
    """Return the strokes of a view.

    ink: darkness from which a sample is one's. wider: how much further than at the usual darkness the print
    of the frames reaches, mm; strokes are then followed along it, too.
    """
    every = (cv2.blur(view.darkness, (3, 3)) > ink).view(np.uint8)
    printed = view.windows(settings.line + wider)
    inked = every.copy()
    for window in printed:
        cut(inked, window)[:] = 0
    rules = _rules(inked, printed, view.grid, settings)
    inked = gray(cv2.subtract(inked, rules))
    insides = view.windows(-settings.frame - wider)
    for window in insides:
        cut(inked, window)[:] = cut(every, window)
    joined = gray(cv2.dilate(inked, _square(settings.bridge * view.grid)))
    # Where a rule was taken off, what stands on both sides of it is one stroke, at a flat angle too.
    joined |= rules & gray(cv2.dilate(inked, _square(settings.across * view.grid)))
    if wider:
        # What was taken from a stroke along a frame or rule is as wide again.
        joined |= every & gray(cv2.dilate(inked, _square(2 * settings.bridge * view.grid)))
    count, labels = cv2.connectedComponents(joined)
    held = [np.bincount(cut(labels, window).ravel(), minlength=count) for window in insides]
    return Strokes(inked.view(np.bool_), np.asarray(labels, dtype=np.int32), np.array(held))


def _rules(ink: Gray, printed: Windows, grid: float, settings: StrokeSettings) -> Gray:
    """Return 1 where the printed rules lie outside the boxes, shape (S, S), else 0.

    ink: 0 or 1, boxes, at `printed`, left out. A rule is straight and long; a thin one of a scan of two
    values is in pieces, which lie in one line.
    """
    rules = np.zeros(ink.shape, dtype=np.uint8)
    long = round(settings.rule * grid)
    missing = []
    for lines, shape in ((0, (1, long)), (1, (long, 1))):
        along = np.ones(shape, np.uint8)
        # Opening in two steps: mostly there is nothing left to be grown again.
        core = cv2.erode(ink, along)
        if core.any():
            rules |= gray(cv2.dilate(core, along))
        else:
            missing.append(lines)
    around = np.ones((3, 3), np.uint8)
    if missing:
        rest = gray(cv2.subtract(ink, cv2.dilate(rules, around)))
        seen = np.ones(ink.shape, dtype=np.uint8)
        for window in printed:
            cut(seen, window)[:] = 0
        for lines in missing:
            each = (rules, rest, seen) if lines == 0 else (rules.T, rest.T, seen.T)
            each[0][_pieces(each[1], each[2], grid, settings)] = 1
    return gray(cv2.dilate(rules, around))


def _pieces(ink: Gray, seen: Gray, grid: float, settings: StrokeSettings) -> Flags:
    """Return which rows of a view, shape (S, S), hold a rule in pieces, shape (S,)."""
    starts = np.arange(0, len(ink), round(settings.piece * grid))
    pieces, visible = (np.maximum.reduceat(each, starts, axis=1).sum(axis=1) for each in (ink, seen))
    found: Flags = pieces > settings.broken * np.maximum(visible, len(starts) / 2)
    return found


def _square(side: float) -> NDArray[np.uint8]:
    """Return a square kernel of odd side, about `side` samples."""
    odd = 2 * round(side / 2) + 1
    return np.ones((odd, odd), np.uint8)


def cut(samples: NDArray[_Sample], window: NDArray[np.intp]) -> NDArray[_Sample]:
    """Return what lies in one window of a view."""
    first_row, end_row, first_column, end_column = window
    return samples[first_row:end_row, first_column:end_column]
