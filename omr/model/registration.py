"""The only door between millimetres on paper and pixels on a scan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from omr.model.arrays import outlines
from omr.model.geometry import PointMm, PointPx, QuadPx, RectMm, SizeMm


@dataclass(frozen=True, slots=True, eq=False)
class Registration:
    """Where the printed page lies on the scan: one homography, then one displacement grid.

    homography: shape (3, 3), mm → px.
    grid_x, grid_y: node positions in mm, rising, shapes (C,) and (R,).
    displacement: shape (R, C, 2), px to add to what the homography says at each node; bilinear between.
    hits: how many fiducials were found.
    residual_mm: how badly the fit explains the fiducials it was not fitted to (95th percentile, mm).
    px_per_mm: mean scale of the page on the scan.
    """

    homography: NDArray[np.float64]
    grid_x: NDArray[np.float64]
    grid_y: NDArray[np.float64]
    displacement: NDArray[np.float64]
    hits: int
    residual_mm: float
    px_per_mm: float

    def enlarged(self, factor: float) -> Registration:
        """Return the same registration on an image with `factor` times as many pixels each way."""
        # A pixel's centre is its whole number: the first of two lies a quarter of the larger before it.
        middle = (factor - 1) / 2
        return self.carried(np.array([[factor, 0.0, middle], [0.0, factor, middle], [0.0, 0.0, 1.0]]))

    def carried(self, larger: NDArray[np.float64]) -> Registration:
        """Return the same registration on an image whose pixels are `larger` times these, shape (3, 3)."""
        scale = np.array([larger[0, 0], larger[1, 1]])
        return replace(
            self,
            homography=larger @ self.homography,
            displacement=self.displacement * scale,
            px_per_mm=self.px_per_mm * float(np.sqrt(scale.prod())),
        )

    def points(self, mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the pixels, shape (N, 2), of the places `mm`, shape (N, 2)."""
        homogeneous = mm @ self.homography[:, :2].T + self.homography[:, 2]
        plane: NDArray[np.float64] = homogeneous[:, :2] / homogeneous[:, 2:]
        return plane + self._displaced(mm)

    def point(self, mm: PointMm) -> PointPx:
        """Return the pixel of one place."""
        x, y = self.points(np.array([[mm.x, mm.y]]))[0]
        return PointPx(float(x), float(y))

    def corners(self, rects: Sequence[RectMm]) -> NDArray[np.float64]:
        """Return the corners of rectangles on the scan, shape (N, 4, 2), px, each in the order of `quad`."""
        edges = outlines(rects)
        return self.points(edges[:, (0, 1, 2, 1, 2, 3, 0, 3)].reshape(-1, 2)).reshape(-1, 4, 2)

    def quad(self, rect: RectMm) -> QuadPx:
        """Return the four corners of `rect` on the scan: top left, top right, bottom right, bottom left."""
        a, b, c, d = (PointPx(float(x), float(y)) for x, y in self.corners((rect,))[0])
        return a, b, c, d

    def _displaced(self, mm: NDArray[np.float64]) -> NDArray[np.float64]:
        column, across = _cell(self.grid_x, mm[:, 0])
        row, down = _cell(self.grid_y, mm[:, 1])
        grid, across, down = self.displacement, across[:, None], down[:, None]
        top = grid[row, column] * (1 - across) + grid[row, column + 1] * across
        bottom = grid[row + 1, column] * (1 - across) + grid[row + 1, column + 1] * across
        moved: NDArray[np.float64] = top * (1 - down) + bottom * down
        return moved


def lying_flat(size: SizeMm, px_per_mm: float) -> Registration:
    """Return the registration of a page of `size` that fills an image exactly."""
    # A pixel's centre is its whole number.
    homography = np.array([[px_per_mm, 0.0, -0.5], [0.0, px_per_mm, -0.5], [0.0, 0.0, 1.0]])
    still = np.zeros((2, 2, 2))
    edges = np.array([0.0, size.width]), np.array([0.0, size.height])
    return Registration(homography, *edges, still, 0, 0.0, px_per_mm)


def _cell(
    nodes: NDArray[np.float64], at: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return the cell index and the place in it (0..1: nothing is extrapolated)."""
    # Not np.clip: on a page's few boxes it costs more than all the rest.
    index = np.minimum(np.maximum(np.searchsorted(nodes, at, side="right") - 1, 0), len(nodes) - 2)
    share = (at - nodes[index]) / (nodes[index + 1] - nodes[index])
    return index, np.minimum(np.maximum(share, 0.0), 1.0)
