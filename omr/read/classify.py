"""Evidence → what each box holds, and how sure that is. Knows nothing of images or questions.

Every decision has two numbers with a band between them; what falls into the band is marginal and goes to
a person. A filled box is proposed as cancelled, the form's printed rule, but never settled here: in exams
the same fill chooses.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from omr.model.reading import Doubt, Marks, MarkState, Measurements
from omr.settings import ClassifySettings


def classify(measurements: Measurements, settings: ClassifySettings) -> Marks:
    """Return state, confidence and doubts of every box."""
    fill = measurements.column("fill_ratio")
    extent = measurements.column("extent_mm")
    peak = measurements.column("peak_ink")
    trace = (fill > settings.empty_fill) | (extent > settings.empty_extent)
    mark = (fill > settings.marked_fill) & (extent >= settings.marked_extent)
    filled = measurements.column("firm_share") >= settings.filled
    sides = measurements.column("ring_sides")
    doubts = np.zeros(len(fill), dtype=np.uint16)
    doubts |= _bits(trace & ~mark, Doubt.SMALL)
    doubts |= _bits(mark & (peak < settings.faint), Doubt.FAINT)
    doubts |= _bits(filled, Doubt.FILLED)
    doubts |= _bits(~mark & (sides >= settings.circled_sides), Doubt.CIRCLED)
    doubts |= _bits(~mark & (measurements.column("ring_fill") > settings.beside), Doubt.BESIDE)
    doubts |= _bits(_loose(measurements, settings), Doubt.LOOSE_FIT)
    states = np.where(mark, MarkState.MARKED, MarkState.EMPTY).astype(np.uint8)
    marginal = Doubt.SMALL | Doubt.FAINT | Doubt.CIRCLED | Doubt.BESIDE
    states[(doubts & marginal) != 0] = MarkState.MARGINAL
    states[filled] = MarkState.CANCELLED
    return Marks(measurements.boxes, states, _confidence(fill, extent, settings), doubts)


def _bits(where: NDArray[np.bool_], doubt: Doubt) -> NDArray[np.uint16]:
    return np.where(where, doubt, 0).astype(np.uint16)


def _loose(measurements: Measurements, settings: ClassifySettings) -> NDArray[np.bool_]:
    shift = np.hypot(measurements.column("shift_x_mm"), measurements.column("shift_y_mm"))
    return (measurements.column("match_score") < settings.least_match) | (shift > settings.largest_shift)


def _confidence(
    fill: NDArray[np.float32], extent: NDArray[np.float32], settings: ClassifySettings
) -> NDArray[np.float32]:
    middle = (settings.empty_extent + settings.marked_extent) / 2
    return (1 / (1 + np.exp(-8 * np.abs(extent - middle)))).astype(np.float32)
