"""Names for the arrays that travel between the steps (shapes are told where they are used)."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

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
