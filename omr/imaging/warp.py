"""Pieces of a scan cut out upright. Knows no form and no answer."""

from __future__ import annotations

import cv2
import numpy as np

from omr.model.arrays import Floats, Gray, gray


def upright(
    image: Gray,
    origins: Floats,
    steps_x: Floats,
    steps_y: Floats,
    size: tuple[int, int],
    *,
    beyond: int | None = None,
) -> Gray:
    """Return pieces of a gray image, each sampled on a grid of its own, shape (N, rows, columns), bilinear.

    origins: px of each piece's first sample, shape (N, 2). steps_x, steps_y: px from one sample to the next
    along a row and down, shape (N, 2), or (2,) where all have the same. size: (columns, rows).
    beyond: gray value outside the image; None repeats its edge.
    """
    matrices = np.empty((len(origins), 2, 3))
    for column, values in enumerate((steps_x, steps_y, origins)):
        matrices[:, :, column] = values
    pieces = np.empty((len(origins), size[1], size[0]), dtype=np.uint8)
    border = cv2.BORDER_REPLICATE if beyond is None else cv2.BORDER_CONSTANT
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    for matrix, piece in zip(matrices, pieces, strict=True):
        cv2.warpAffine(image, matrix, size, piece, flags, border, beyond or 0)
    return pieces


def seen_through(image: Gray, homography: Floats, size: tuple[int, int]) -> Gray:
    """Return a picture of `size` (columns, rows), each pixel from where `homography` takes it on the image.

    homography: px of the picture → px of the image, shape (3, 3). Beyond the image it is white.
    """
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return gray(cv2.warpPerspective(image, homography, size, flags=flags, borderValue=255))


def use_one_thread() -> None:
    """Keep OpenCV to the calling thread.

    Pages are read in parallel by processes, and two layers of parallelism cost more than they give.
    """
    cv2.setNumThreads(1)


def inverted(image: Gray) -> Gray:
    """Return the negative of an image."""
    return gray(cv2.bitwise_not(image))
