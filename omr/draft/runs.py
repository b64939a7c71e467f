"""Straight runs of ink along rows and columns, and shares of ink in blocks, for many places at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.draft.sheet import GRID
from omr.model.arrays import Flags, Floats

Samples = NDArray[np.intp]
_Sums = NDArray[np.int32]


class Edges(NamedTuple):
    """Edges of N boxes, samples (the last row and column belong to the box), each of shape (N,)."""

    left: Samples
    top: Samples
    right: Samples
    bottom: Samples

    def taken(self, at: Samples | Flags) -> Edges:
        """Return some of them."""
        return Edges(*(edge[at] for edge in self))


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Running sums of ink: along rows and columns with gaps bridged, and over blocks of the page as it is.

    across: shape (H, W + 1). down: shape (H + 1, W). plain: shape (H + 1, W + 1).
    Arrays of places give arrays of shares, 0..1; places outside the page are moved to its edge.
    """

    across: _Sums
    down: _Sums
    plain: _Sums

    @classmethod
    def of(cls, ink: Flags, bridged: float) -> Runs:
        """Return the sums of a page; gaps up to `bridged` mm in a line are filled."""
        wide, high = lines(ink, bridged)
        height, width = ink.shape
        across = np.zeros((height, width + 1), np.int32)
        np.cumsum(wide, axis=1, out=across[:, 1:])
        down = np.zeros((height + 1, width), np.int32)
        np.cumsum(high, axis=0, out=down[1:])
        return cls(across, down, cv2.integral(ink.astype(np.uint8)).astype(np.int32))

    def row(self, y: Samples, left: Samples, right: Samples) -> Floats:
        """Return the share of a row from `left` to `right` that is line."""
        height, width = self.across.shape
        y, left, right = (
            np.clip(y, 0, height - 1),
            np.clip(left, 0, width - 1),
            np.clip(right + 1, 0, width - 1),
        )
        share: Floats = (self.across[y, right] - self.across[y, left]) / np.maximum(right - left, 1)
        return share

    def column(self, x: Samples, top: Samples, bottom: Samples) -> Floats:
        """Return the share of a column from `top` to `bottom` that is line."""
        height, width = self.down.shape
        x, top, bottom = (
            np.clip(x, 0, width - 1),
            np.clip(top, 0, height - 1),
            np.clip(bottom + 1, 0, height - 1),
        )
        share: Floats = (self.down[bottom, x] - self.down[top, x]) / np.maximum(bottom - top, 1)
        return share

    def block(self, left: Samples, top: Samples, right: Samples, bottom: Samples) -> Floats:
        """Return the share of ink in a block; right and bottom are exclusive."""
        height, width = self.plain.shape
        left, right = np.clip(left, 0, width - 1), np.clip(right, 0, width - 1)
        top, bottom = np.clip(top, 0, height - 1), np.clip(bottom, 0, height - 1)
        sums = self.plain
        total = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
        share: Floats = total / np.maximum((right - left) * (bottom - top), 1)
        return share

    def sides(self, box: Edges) -> Floats:
        """Return the share of each side that is line, shape (4, N): top, bottom, left, right."""
        return np.stack((
            self.row(box.top, box.left, box.right), self.row(box.bottom, box.left, box.right),
            self.column(box.left, box.top, box.bottom), self.column(box.right, box.top, box.bottom),
        ))  # fmt: skip

    def beside(self, box: Edges, near: float, far: float) -> Floats:
        """Return the share of ink in the bands from `near` to `far` mm outside each side, shape (4, N).

        Negative distances are inside. Sides in the order of `sides`.
        """
        low, high = round(near * GRID), round(far * GRID)
        left, top, right, bottom = box
        return np.stack((
            self.block(left, top - high, right, top - low),
            self.block(left, bottom + low, right, bottom + high),
            self.block(left - high, top, left - low, bottom),
            self.block(right + low, top, right + high, bottom),
        ))  # fmt: skip

    def goes_on(self, box: Edges, near: float, far: float) -> Floats:
        """Return how much of the stretch from `near` to `far` mm past a corner each side's line goes on.

        Shape (4, 2, N): top, bottom, left, right; past its first and its second corner.
        """
        near_, far_ = round(near * GRID), round(far * GRID)
        left, top, right, bottom = box
        rows = [(self.row(y, left - far_, left - near_), self.row(y, right + near_, right + far_))
                for y in (top, bottom)]  # fmt: skip
        columns = [(self.column(x, top - far_, top - near_), self.column(x, bottom + near_, bottom + far_))
                   for x in (left, right)]  # fmt: skip
        return np.stack([*rows, *columns])


def lines(ink: Flags, bridged: float) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the ink along rows and along columns with gaps up to `bridged` mm filled, shapes (H, W), 0 or 1.

    A line counts one sample aside as well: it is never quite straight on its row.
    """
    mask, length = ink.astype(np.uint8), round(bridged * GRID) + 1
    wide = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((1, length), np.uint8))
    high = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((length, 1), np.uint8))
    spread = np.ones((3, 1), np.uint8)
    return cv2.dilate(wide, spread).astype(np.uint8), cv2.dilate(high, spread.T).astype(np.uint8)
