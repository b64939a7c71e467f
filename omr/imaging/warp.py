"""Pieces of a scan cut out upright. Knows no form and no answer."""

from __future__ import annotations

import cv2
import numpy as np

from omr.model.arrays import Floats, Gray, gray


def upright(
    image: Gray,
    origin: Floats,
    step_x: Floats,
    step_y: Floats,
    size: tuple[int, int],
    *,
    beyond: int | None = None,
    out: Gray | None = None,
) -> Gray:
    """Return samples of a gray image on a grid of its own, shape (rows, columns), bilinear.

    origin: px of the first sample. step_x, step_y: px from one sample to the next along a row and down.
    size: (columns, rows). beyond: gray value outside the image; None repeats its edge.
    out: written to where given, shape (rows, columns).
    """
    matrix = np.array(((step_x[0], step_y[0], origin[0]), (step_x[1], step_y[1], origin[1])))
    border = cv2.BORDER_REPLICATE if beyond is None else cv2.BORDER_CONSTANT
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    if out is None:
        out = np.empty((size[1], size[0]), dtype=np.uint8)
    cut = cv2.warpAffine(
        image, matrix, size, dst=out, flags=flags, borderMode=border, borderValue=beyond or 0
    )
    return gray(cut)


def use_one_thread() -> None:
    """Keep OpenCV to the calling thread.

    Pages are read in parallel by processes, and two layers of parallelism cost more than they give.
    """
    cv2.setNumThreads(1)


def inverted(image: Gray) -> Gray:
    """Return the negative of an image."""
    return gray(cv2.bitwise_not(image))
