"""One image of a scanned stack, and where it came from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it was read. `path` is shown to people; `sha256` is its identity."""

    sha256: str
    path: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class ScanId:
    """Which image of which file.

    frame: page of the PDF or TIFF, counted from 1 (1 for a picture).
    part: 0 where the frame is one page; 1, 2, … for the pages found side by side in one frame.
    """

    sha256: str
    frame: int
    part: int = 0

    def __str__(self) -> str:
        tail = f".{self.part}" if self.part else ""
        return f"{self.sha256[:16]}#{self.frame}{tail}"


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """One image to be read.

    image: gray, shape (height, width), uint8, 0 black and 255 white; never written to.
    dpi: what the file claims of the frame, or None; a hint only, for it is often wrong.
    scale: the frame's pixels per pixel of the image: 2 or 4 where the file is finer than reading needs.
    full: gives the frame at its full size, scale times as many rows and columns or nearly so; None where
        `image` is that already.
    """

    id: ScanId
    source: Source
    dpi: float | None
    image: NDArray[np.uint8] = field(repr=False)
    scale: int = 1
    full: Callable[[], NDArray[np.uint8]] | None = field(default=None, repr=False)
