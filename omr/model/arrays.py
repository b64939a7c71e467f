"""Names for the arrays that travel between the steps (shapes are told where they are used)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from omr.model.geometry import RectMm

Gray = NDArray[np.uint8]
Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Flags = NDArray[np.bool_]


def gray(image: Any) -> Gray:  # noqa: ANN401  (cv2's stubs promise less than cv2 gives)
    """Return what cv2 gave as the 8-bit image that it is."""
    return cast("Gray", image)


def singles(values: Any) -> Singles:  # noqa: ANN401  (cv2's stubs promise less than cv2 gives)
    """Return what cv2 gave as the float32 array that it is."""
    return cast("Singles", values)


def middles(rects: Sequence[RectMm]) -> Floats:
    """Return the middles of rectangles, mm, shape (N, 2)."""
    return np.array([(rect.x + rect.width / 2, rect.y + rect.height / 2) for rect in rects]).reshape(-1, 2)


def outlines(rects: Sequence[RectMm]) -> Floats:
    """Return the edges of rectangles, mm, shape (N, 4): left, top, right, bottom."""
    edges = np.array([(rect.x, rect.y, rect.width, rect.height) for rect in rects]).reshape(-1, 4)
    edges[:, 2:] += edges[:, :2]
    return edges


def median(values: Sequence[float]) -> float:
    """Return the median of at least one number; of a page's few some twenty times faster than numpy's."""
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
