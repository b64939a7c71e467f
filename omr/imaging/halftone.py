"""Gray that a scanner made of black dots, made gray again. Knows no form and no answer."""

from __future__ import annotations

import cv2
import numpy as np

from omr.model.arrays import Gray, gray


def without_dots(image: Gray) -> Gray:
    """Return an image with the dots of a halftone blurred into gray; the very same image where it has none.

    Scanners set to two values show gray paper as dots (error diffusion, Floyd and Steinberg 1976), and empty
    boxes as speckled. Told by the quietest places of the page: paper has grain there, and no dots; and by the
    grays between dots and paper, which a halftone lacks and a picture has.
    """
    tiles = _tiles(image)
    if float(np.quantile([_roughness(tile) for tile in tiles], _QUIET_SHARE)) < _DOTS:
        return image
    if float(np.median([_grays(tile) for tile in tiles])) > _MOST_GRAYS:
        return image
    return gray(cv2.GaussianBlur(image, (0, 0), _BLUR_PX))


_TILES, _TILE_PX = 4, 48
"""Places looked at each way, and the side of each."""

_QUIET_SHARE = 0.25
"""Share of the places that are taken for paper: even a page of text has as much."""

_DOTS = 5.5
"""Difference of gray from one pixel to the next in the quietest places: grainy scans of paper had up to 3.7,
halftones 6.3 and more."""

_DARK, _LIGHT, _MOST_GRAYS = 75, 180, 0.1
"""Between which values a pixel is neither dot nor paper, and the share of such pixels a halftone has at most:
those looked at had 0.01."""

_BLUR_PX = 1.2
"""Dots are as wide as a pixel, whatever the resolution."""


def _tiles(image: Gray) -> list[Gray]:
    """Return places spread over an image."""
    down, across = (
        np.linspace(0.06 * side, max(0.94 * side - _TILE_PX, 0), _TILES).astype(int) for side in image.shape
    )
    return [image[y : y + _TILE_PX, x : x + _TILE_PX] for y in down for x in across]


def _roughness(tile: Gray) -> float:
    """Return the mean difference between neighbours, along rows or columns: rules are rough one way alone."""
    ways = ((tile[1:], tile[:-1]), (tile[:, 1:], tile[:, :-1]))
    return min(cv2.norm(one, other, cv2.NORM_L1) for one, other in ways) / tile.size


def _grays(tile: Gray) -> float:
    """Return the share of pixels that are neither dot nor paper, 0..1."""
    return float(np.mean((tile > _DARK) & (tile < _LIGHT)))
