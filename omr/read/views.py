"""A box's neighbourhood cut out upright, and the strokes in it, whole: what a patch is too small to show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
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

Labels = NDArray[np.int32]

Window = list[int]
"""A place in a view, samples: left, top, right and bottom edge."""


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

    def windows(self, margin: float) -> list[Window]:
        """Return where the boxes lie, grown by `margin` mm (negative shrinks) and cut to the view."""
        edges = np.rint((self.areas + _GROW * margin) * self.grid)
        found: list[Window] = np.minimum(np.maximum(edges, 0), len(self.darkness)).astype(np.intp).tolist()
        return found

    def window(self, margin: float) -> Window:
        """Return where the box lies that the view was made for, grown and cut likewise."""
        left, top, right, bottom = self.areas[self.own].tolist()
        edges = left - margin, top - margin, right + margin, bottom + margin
        return [min(max(round(edge * self.grid), 0), len(self.darkness)) for edge in edges]


_GROW = np.array([-1.0, -1.0, 1.0, 1.0])


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """What was written in a view, print left out.

    dark: 1 where there is ink or print, shape (S, S), else 0; written: 1 where there is ink. rules: 1 where
    a printed rule was taken off. insides: where the boxes' insides lie.
    """

    dark: Gray
    written: Gray
    rules: Gray
    insides: list[Window]

    def at(self, window: Window) -> Flags:
        """Return where ink is in one window."""
        return cut(self.written, window).view(np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class Strokes:
    """The strokes of a view.

    labels: which stroke a sample is, shape (S, S), 0 for none; strokes are joined across the gaps that
    taking off frames and rules left. inked: the same where there is ink alone. held: samples of each stroke
    inside each of the view's boxes, shape (K, strokes + 1).
    """

    labels: Labels
    inked: Labels
    held: NDArray[np.intp]


def views_of(
    image: Gray,
    patches: Patches,
    areas: Floats,
    at: Sequence[int],
    registration: Registration,
    settings: StrokeSettings,
) -> Iterator[tuple[int, View]]:
    """Yield the views of some boxes, by index. areas: printed ones of all boxes, mm, shape (N, 4)."""
    if not len(at):
        return
    grid, mine = settings.grid, areas[at]
    centers = (mine[:, :2] + mine[:, 2:]) / 2
    points = registration.points(np.concatenate((centers, centers + (1.0, 0.0), centers + (0.0, 1.0))))
    middles, right, below = np.split(points, 3)
    steps_x, steps_y = (right - middles) / grid, (below - middles) / grid
    reaches = np.round(((mine[:, 2] - mine[:, 0]) / 2 + settings.reach) * grid).astype(int)
    origins = middles - (steps_x + steps_y) * reaches[:, None]
    firsts = centers - reaches[:, None] / grid - patches.shift[at]
    apart = np.maximum(areas[:, :2] - mine[:, None, 2:], mine[:, None, :2] - areas[:, 2:]).max(axis=2)
    for number, index in enumerate(at):
        one, count = slice(number, number + 1), 2 * int(reaches[number]) + 1
        (patch,) = upright(image, origins[one], steps_x[one], steps_y[one], (count, count))
        darkness = (patches.paper[index] - patch.astype(np.float32)) / patches.contrast[index]
        near = np.flatnonzero(apart[number] < settings.reach)
        seen = areas[near] - firsts[number, _X_Y_X_Y]
        yield index, View(darkness, grid, seen, int(np.searchsorted(near, index)))


_X_Y_X_Y = [0, 1, 0, 1]


def ink_in(view: View, least: float, settings: StrokeSettings, *, wider: float = 0.0) -> Ink:
    """Return what was written in a view.

    least: darkness from which a sample is ink. wider: how much further than at the usual darkness the print
    of the frames reaches, mm.
    """
    dark = (cv2.blur(view.darkness, (3, 3)) > least).view(np.uint8)
    printed = view.windows(settings.line + wider)
    written = dark.copy()
    for window in printed:
        cut(written, window)[:] = 0
    rules = _rules(written, printed, view.grid, settings)
    written = gray(cv2.subtract(written, rules))
    insides = view.windows(-settings.frame - wider)
    for window in insides:
        cut(written, window)[:] = cut(dark, window)
    return Ink(dark, written, rules, insides)


def strokes_of(ink: Ink, grid: float, settings: StrokeSettings, *, along_print: bool = False) -> Strokes:
    """Return the strokes that ink is part of. along_print: they are followed along frames and rules, too."""
    joined = gray(cv2.dilate(ink.written, _square(settings.bridge * grid)))
    # Where a rule was taken off, what stands on both sides of it is one stroke, at a flat angle too.
    joined |= ink.rules & gray(cv2.dilate(ink.written, _square(settings.across * grid)))
    if along_print:
        # What was taken from a stroke along a frame or rule is as wide again.
        joined |= ink.dark & gray(cv2.dilate(ink.written, _square(2 * settings.bridge * grid)))
    count, found = cv2.connectedComponents(joined)
    labels = np.asarray(found, dtype=np.int32)
    held = [np.bincount(cut(labels, window).ravel(), minlength=count) for window in ink.insides]
    return Strokes(labels, labels * ink.written, np.array(held))


def _rules(ink: Gray, printed: Iterable[Window], grid: float, settings: StrokeSettings) -> Gray:
    """Return 1 where the printed rules lie outside the boxes, shape (S, S), else 0.

    ink: 0 or 1, boxes, at `printed`, left out. A rule is straight and long; a thin one of a scan of two
    values is in pieces, which lie in one line.
    """
    long = round(settings.rule * grid)
    found = _long_rows(ink, long), gray(cv2.transpose(_long_rows(gray(cv2.transpose(ink)), long)))
    rules = found[0] | found[1]
    missing = [lines for lines, each in enumerate(found) if not cv2.countNonZero(each)]
    around = _ones(3, 3)
    if missing:
        rest = gray(cv2.subtract(ink, cv2.dilate(rules, around)))
        seen = np.ones(ink.shape, dtype=np.uint8)
        for window in printed:
            cut(seen, window)[:] = 0
        for lines in missing:
            each = (rules, rest, seen) if lines == 0 else (rules.T, rest.T, seen.T)
            each[0][_pieces(each[1], each[2], grid, settings)] = 1
    return gray(cv2.dilate(rules, around))


def _long_rows(ink: Gray, long: int) -> Gray:
    """Return 1 where `long` samples of a row, shape (S, S), are ink without a gap, else 0.

    What lies beyond the view counts as ink.
    """
    found = np.zeros_like(ink)
    rows = np.flatnonzero(cv2.reduce(ink, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S) >= long // 2)
    if len(rows):
        found[rows] = cv2.dilate(cv2.erode(ink[rows], _ones(1, long)), _ones(1, long))
    return found


def _pieces(ink: Gray, seen: Gray, grid: float, settings: StrokeSettings) -> Flags:
    """Return which rows of a view, shape (S, S), hold a rule in pieces, shape (S,)."""
    starts = np.arange(0, len(ink), round(settings.piece * grid))
    pieces, visible = (np.maximum.reduceat(each, starts, axis=1).sum(axis=1) for each in (ink, seen))
    found: Flags = pieces > settings.broken * np.maximum(visible, len(starts) / 2)
    return found


def _square(side: float) -> Gray:
    """Return a square kernel of odd side, about `side` samples."""
    odd = 2 * round(side / 2) + 1
    return _ones(odd, odd)


@cache
def _ones(rows: int, columns: int) -> Gray:
    return np.ones((rows, columns), np.uint8)


def cut(samples: NDArray[_Sample], window: Window) -> NDArray[_Sample]:
    """Return what lies in one window of a view."""
    left, top, right, bottom = window
    return samples[top:bottom, left:right]


def samples(labels: Labels, count: int) -> NDArray[np.intp]:
    """Return how many samples each of the strokes has, shape (count,)."""
    return np.bincount(labels.ravel(), minlength=count)
