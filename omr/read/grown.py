"""The page code of a copy of a copy, on which print has grown until its modules run into each other."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.model.arrays import gray
from omr.read.identify import FoundCode, codes_in, corners_of
from omr.settings import IdentifySettings

_ENLARGED = 3
"""A module of 4 px has too few steps to be thinned by; the decoder, too, finds more in a larger code."""

_THINNED = (1, 5, 7, 9, 11)
"""Widths, enlarged px, by which print is thinned in turn: up to a whole module at 200 dpi."""


def find_grown_code(image: NDArray[np.uint8], settings: IdentifySettings) -> FoundCode | None:
    """Return a page code of a gray image, shape (H, W), read with its print thinned, or None.

    It costs a hundred times what a clear code does (6 to 60 ms), so it is the last look before a refusal.
    """
    for left, top, right, bottom in corners_of(image, settings.corner_share):
        crop = image[top:bottom, left:right]
        large = cv2.resize(crop, None, fx=_ENLARGED, fy=_ENLARGED, interpolation=cv2.INTER_CUBIC)
        for width in _THINNED:
            disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
            thin = gray(cv2.dilate(large, disc))
            for code in codes_in(thin, 0, 0, thin.shape[1], thin.shape[0]):
                # A pixel's centre is its whole number.
                corners = (code.corners + 0.5) / _ENLARGED - 0.5
                return FoundCode(code.page, corners + np.array([left, top], dtype=np.float64))
    return None
