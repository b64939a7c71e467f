"""Evidence → how likely the state of each box is right; fitted by bench/calibrate.py, not chosen by taste."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from omr.model.arrays import Singles, singles
from omr.model.reading import FEATURES, MarkState
from omr.settings import Calibration

_LINEAR = (
    "extent",
    "peak_ink",
    "ink_density",
    "firm_share",
    "line_through",
    "foreign_fill",
    "match_score",
    "span_mm",
    "piece_mm",
    "tone",
)
_ROOTS = ("fill_ratio", "ring_fill", "beside_ink", "ring_ink", "pieces")
_SQUARES = ("extent", "peak_ink", "firm_share", "span_mm", "piece_mm", "tone")
INPUTS = ("one", *_LINEAR, *(f"√{name}" for name in _ROOTS), *(f"{name}²" for name in _SQUARES))
"""What the two curves look at, in the order of their weights."""

_FIRST, _SECOND, _THIRD = ([FEATURES.index(name) for name in names] for names in (_LINEAR, _ROOTS, _SQUARES))

_AMOUNTS = [FEATURES.index("firm_share"), FEATURES.index("fill_ratio")]
_MUCH = 0.5
"""Share of the inside: more than any tick or cross covers."""


def inputs(values: Singles) -> Singles:
    """Return the curves' inputs, shape (N, len(INPUTS)), of measurements, shape (N, len(FEATURES)).

    Much ink and very much ink are the same to them: what is a fill is for omr.read.classify to say.
    """
    seen = values.copy()
    seen[:, _AMOUNTS] = np.minimum(seen[:, _AMOUNTS], _MUCH)
    return np.concatenate(
        (
            np.ones((len(seen), 1), dtype=np.float32),
            seen[:, _FIRST],
            np.sqrt(np.maximum(seen[:, _SECOND], 0.0)),
            seen[:, _THIRD] ** 2,
        ),
        axis=1,
    )


_BETWEEN = 0.5
"""The most that is claimed for a box between the bands: the doubts that put a page's boxes there mostly have
one cause, and all turn out to be one or the other together."""


def chances(values: Singles, states: NDArray[np.uint8], calibration: Calibration) -> Singles:
    """Return the chance that each state is right, 0..1, shape (N,).

    values: measurements, shape (N, len(FEATURES)). A marginal or cancelled box is right where it is neither
    empty nor plainly marked.
    """
    seen = inputs(values)
    empty, marked = (_curve(seen, weights) for weights in (calibration.empty, calibration.marked))
    neither = np.minimum((1 - empty) * (1 - marked), _BETWEEN)
    chance = np.select([states == MarkState.EMPTY, states == MarkState.MARKED], [empty, marked], neither)
    return singles(np.minimum(chance, calibration.surest).astype(np.float32))


def _curve(seen: Singles, weights: tuple[float, ...]) -> Singles:
    score = np.clip(seen @ np.array(weights, dtype=np.float32), -40, 40)
    return singles(1 / (1 + np.exp(-score)))
