"""Evidence → what each box holds, and how sure that is. Knows nothing of images or questions.

Every decision has two numbers with a band between them; what falls into the band is marginal and goes to
a person. A filled box is proposed as cancelled, the form's printed rule, but never settled here: in exams
the same fill chooses.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from omr.model.arrays import Singles
from omr.model.reading import FEATURES, Doubt, Marks, MarkState, Measurements
from omr.read.confidence import chances
from omr.settings import BubbleSettings, Calibration, ClassifySettings


def classify(
    measurements: Measurements,
    settings: ClassifySettings,
    calibration: Calibration,
) -> Marks:
    """Return state, confidence and doubts of every box."""
    fill = measurements.column("fill_ratio")
    extent = measurements.column("extent")
    trace = _trace(measurements, settings)
    mark = (fill > settings.marked_fill) & (extent >= settings.marked_extent)
    mark &= measurements.column("span_mm") >= settings.marked_span
    stroke = measurements.column("piece_mm") >= settings.marked_piece
    mark &= stroke
    own = _own_pen(measurements, trace, settings) & stroke
    mark |= own
    filled, heavy = _filled(measurements, mark, settings)
    doubts = np.zeros(len(fill), dtype=np.uint16)
    for where, doubt in (
        (trace & ~mark, Doubt.SMALL),
        (mark & ~own & _faint(measurements, mark, settings), Doubt.FAINT),
        (filled | heavy, Doubt.FILLED),
        (mark & ~filled & _soft(measurements, mark, settings), Doubt.DIRTY),
        (mark & _lost_in_dirt(measurements, mark, settings), Doubt.DIRTY),
        (~mark & (measurements.column("ring_sides") >= settings.circled_sides), Doubt.CIRCLED),
        (~mark & (measurements.column("ring_fill") > settings.beside), Doubt.BESIDE),
        (~mark & (measurements.column("beside_ink") > settings.missed), Doubt.BESIDE),
        (measurements.column("ring_ink") > settings.ringed, Doubt.CIRCLED),
        (measurements.column("ring_fill") > settings.around, Doubt.CIRCLED),
        (_streak(measurements, trace & ~mark, settings), Doubt.STREAK),
        (measurements.column("foreign_fill") > settings.through, Doubt.THROUGH),
        (is_loose(measurements, settings), Doubt.LOOSE_FIT),
        (mark & (measurements.column("match_score") < settings.marked_match), Doubt.LOOSE_FIT),
    ):
        doubts |= np.where(where, int(doubt), 0).astype(np.uint16)
    states = np.where(mark, MarkState.MARKED, MarkState.EMPTY).astype(np.uint8)
    states[(doubts & _MARGINAL) != 0] = MarkState.MARGINAL
    states[filled & ((doubts & Doubt.STREAK) == 0)] = MarkState.CANCELLED
    confidence = chances(_in_usual_ink(measurements, own, settings), states, calibration)
    unsure = confidence < calibration.review_below
    doubts |= np.where(unsure, int(Doubt.CONFIDENCE), 0).astype(np.uint16)
    return Marks(measurements.boxes, states, confidence, doubts)


_MARGINAL = int(
    Doubt.SMALL
    | Doubt.FAINT
    | Doubt.FILLED
    | Doubt.CIRCLED
    | Doubt.BESIDE
    | Doubt.STREAK
    | Doubt.THROUGH
    | Doubt.DIRTY
)


def classify_bubbles(measurements: Measurements, prints: Sequence[str], settings: BubbleSettings) -> Marks:
    """Return state, confidence and doubts of boxes that are to be filled in, whatever is printed inside.

    prints: what that is, N names. What counts is how much darker a bubble is than those with the same print,
    in standard deviations of the page's blank ones (by the median absolute deviation, which marks do not
    move). Confidence says only whether a bubble lies outside the band: no calibration covers bubbles yet,
    and one inside the band mostly turns out to be one or the other.
    """
    darker = measurements.column("mean_ink").astype(np.float64)
    names = np.array(prints or ("",) * len(darker))
    for name in sorted(set(names.tolist())):
        same = names == name
        darker[same] -= np.median(darker[same])
    deviations = darker / max(float(np.median(np.abs(darker - np.median(darker)))) / _MAD, _LEAST_DEVIATION)
    between = (deviations > settings.empty) & (deviations < settings.marked)
    states = np.where(deviations >= settings.marked, MarkState.MARKED, MarkState.EMPTY).astype(np.uint8)
    states[between] = MarkState.MARGINAL
    doubts = np.where(between, int(Doubt.FAINT), 0).astype(np.uint16)
    confidence = np.where(between, settings.unsure, settings.sure).astype(np.float32)
    return Marks(measurements.boxes, states, confidence, doubts)


_MAD = 0.6745
"""Median absolute deviation of a normal distribution, in standard deviations."""

_LEAST_DEVIATION = 0.003
"""Pages without any noise have some in how their boxes were cut out."""


def is_unclear(measurements: Measurements, settings: ClassifySettings) -> NDArray[np.bool_]:
    """Return which boxes hold ink that may be a neighbour's: something, but no plain mark, shape (N,)."""
    fill, extent = measurements.column("fill_ratio"), measurements.column("extent")
    plain = (fill > settings.plain_fill) & (extent > settings.plain_extent)
    trace = _trace(measurements, settings)
    beside = measurements.column("ring_fill") > settings.beside
    unclear: NDArray[np.bool_] = (trace | beside) & ~plain
    return unclear


def _trace(measurements: Measurements, settings: ClassifySettings) -> NDArray[np.bool_]:
    """Return which boxes hold more than nothing and a speck or two, shape (N,)."""
    some = (measurements.column("fill_ratio") > settings.empty_fill) | (
        measurements.column("extent") > settings.empty_extent
    )
    # A light stroke falls into pieces too, but spans more.
    specks = (
        (measurements.column("piece_mm") <= settings.empty_piece)
        & (measurements.column("pieces") <= settings.empty_pieces)
        & (measurements.column("extent") <= settings.specks_extent)
    )
    light = (measurements.column("piece_mm") >= settings.light_piece) & (
        measurements.column("tone") >= settings.light_tone
    )
    trace: NDArray[np.bool_] = (some & ~specks) | light
    return trace


def _faint(
    measurements: Measurements, mark: NDArray[np.bool_], settings: ClassifySettings
) -> NDArray[np.bool_]:
    """Return which boxes' ink is faint, for itself or beside the page's other marks, shape (N,)."""
    tone = measurements.column("tone")
    usual = float(np.median(tone[mark])) if mark.sum() >= settings.pen_marks else 0.0
    return np.asarray(tone < max(settings.faint, settings.pale * usual))


def _soft(
    measurements: Measurements, mark: NDArray[np.bool_], settings: ClassifySettings
) -> NDArray[np.bool_]:
    """Return which boxes' ink has no sharp edge anywhere, as a stain and what shows through have none.

    On a page that is blurred as a whole its dark marks say how sharp a pen's edge is there.
    """
    edge, tone = measurements.column("edge_mm"), measurements.column("tone")
    pen = mark & (tone >= settings.faint)
    sharp = float(np.quantile(edge[pen], _SHARP_SHARE)) if pen.sum() >= settings.pen_marks else 0.0
    soft = np.where(tone < settings.usual_tone, settings.soft_pale, settings.soft_edge)
    return np.asarray(edge > np.maximum(soft, settings.softer * sharp))


_SHARP_SHARE = 0.25
"""Of a page's marks, the share that is sharper than what its usual edge is taken from: stains are not."""


def _lost_in_dirt(
    measurements: Measurements, mark: NDArray[np.bool_], settings: ClassifySettings
) -> NDArray[np.bool_]:
    """Return which boxes' ink hardly stands out from what the page's unmarked boxes hold, shape (N,)."""
    peak = measurements.column("peak_ink")
    dirt = float(np.median(peak[~mark])) if (~mark).any() else 0.0
    return np.asarray(peak < settings.clear * dirt)


def _streak(
    measurements: Measurements, small: NDArray[np.bool_], settings: ClassifySettings
) -> NDArray[np.bool_]:
    """Return which boxes lie under a streak that shows, or that is all there is, shape (N,)."""
    line = measurements.column("line_through")
    under = (line > settings.line) | ((line > settings.thin_line) & small)
    return np.asarray(under & (measurements.column("fill_ratio") < settings.usual))


def _own_pen(
    measurements: Measurements, trace: NDArray[np.bool_], settings: ClassifySettings
) -> NDArray[np.bool_]:
    """Return which faint marks are in the page's own faint pen, shape (N,).

    A person who writes with a hard pencil ticks every row with it: where most marks of a page are equally
    faint and its blank boxes hold far less, they are no accident. On a page with a darker pen a faint mark
    stays a doubt, and so it does where there are too few to know the pen by.
    """
    tone, peak = measurements.column("tone"), measurements.column("peak_ink")
    long = (measurements.column("fill_ratio") > settings.pen_fill) & (
        measurements.column("extent") >= settings.marked_extent
    )
    if long.sum() < settings.pen_marks or trace.all():
        return np.zeros(len(peak), dtype=np.bool_)
    pen = float(np.median(tone[long]))
    paper = float(np.quantile(peak[~trace], _QUIET_SHARE))
    if pen * settings.pen_least >= settings.faint or paper > settings.pen_paper * pen:
        return np.zeros(len(peak), dtype=np.bool_)
    alike = (tone >= settings.pen_least * pen) & (tone >= settings.pen_floor)
    alike &= measurements.column("line_through") < settings.thin_line
    return np.asarray(long & alike)


def _in_usual_ink(measurements: Measurements, own: NDArray[np.bool_], settings: ClassifySettings) -> Singles:
    """Return the measurements with the marks of a page's own faint pen as dark as those of a usual one.

    How faint they are is explained; the curves of confidence are to look at all the rest.
    """
    values = measurements.values.copy()
    if own.any():
        darker = settings.usual_tone / float(np.median(measurements.column("tone")[own]))
        for ink in _INK:
            values[own, ink] = np.minimum(values[own, ink] * max(darker, 1.0), 1.0)
    return values


_INK = [FEATURES.index(name) for name in ("ink_density", "peak_ink", "mean_ink", "tone")]

_QUIET_SHARE = 0.9
"""Of the boxes without a trace, the share whose darkest block is taken for the paper's."""


def _filled(
    measurements: Measurements, mark: NDArray[np.bool_], settings: ClassifySettings
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which boxes are filled, and which marks are heavy among lighter ones."""
    fill = measurements.column("fill_ratio")
    gap = settings.filled_gap * measurements.column("ink_density")
    filled = mark & (fill >= settings.filled) & (measurements.column("gap_ink") >= gap)
    others = fill[mark & ~filled]
    usual = float(np.median(others)) if len(others) > 1 else 0.0
    return filled, mark & ~filled & (fill >= settings.heavy) & (usual < settings.usual)


def has_crumbs(measurements: Measurements, marks: Marks, settings: ClassifySettings) -> bool:
    """Return whether ink is as light on average as none can be on a scan of two values, but in crumbs.

    Such a scan leaves out what is lighter than its threshold: of a stroke about as light, its darkest grains
    are left, and of the next one nothing.
    """
    inked = (marks.states == MarkState.MARKED) | _trace(measurements, settings)
    return bool((inked & (measurements.column("tone") < settings.crumbs)).any())


def is_loose(measurements: Measurements, settings: ClassifySettings) -> NDArray[np.bool_]:
    """Return which boxes were not found again where the page has them, shape (N,)."""
    shift = np.hypot(measurements.column("shift_x_mm"), measurements.column("shift_y_mm"))
    loose: NDArray[np.bool_] = (measurements.column("match_score") < settings.least_match) | (
        shift > settings.largest_shift
    )
    return loose
