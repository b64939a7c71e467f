"""What the machine saw on one scan, or why it refused it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, IntFlag, StrEnum

import numpy as np
from numpy.typing import NDArray

from omr.model.pagecode import PageId
from omr.model.registration import Registration
from omr.model.scan import ScanId


class MarkState(IntEnum):
    """What a box holds."""

    EMPTY = 0
    MARKED = 1
    MARGINAL = 2
    CANCELLED = 3


class Doubt(IntFlag):
    """Why the machine is not sure of a box (bits; 0 where it is)."""

    NONE = 0
    FAINT = 1
    SMALL = 2
    FILLED = 4
    CIRCLED = 8
    BESIDE = 16
    STREAK = 32
    LOOSE_FIT = 64
    DIRTY = 128
    CONFIDENCE = 256
    THROUGH = 512
    NAMED = 1024
    REWORDED = 2048
    LOST_INK = 4096


class Issue(StrEnum):
    """What is not clear about an answer."""

    MARGINAL_MARK = "marginal_mark"
    OVERMARKED = "overmarked"
    BLANK = "blank"
    CORRECTED = "corrected"
    FILLED_BOX = "filled_box"
    STREAK = "streak"
    LOOSE_FIT = "loose_fit"
    VANISHED = "vanished"
    DISPUTED = "disputed"
    NAMED = "named"
    DOUBTED = "doubted"


class Cause(StrEnum):
    """Whose doubt a review is: the machine's, the respondent's, or none."""

    NONE = ""
    READING = "reading"
    RESPONDENT = "respondent"


class Reason(StrEnum):
    """Why a scan was refused."""

    BLANK_PAGE = "blank_page"
    NO_PAGE_CODE = "no_page_code"
    UNKNOWN_LAYOUT = "unknown_layout"
    STALE_LAYOUT = "stale_layout"
    FIDUCIALS_MISSING = "fiducials_missing"
    LOOSE_FIT = "loose_fit"
    WRONG_SCALE = "wrong_scale"
    TOO_POOR = "too_poor"
    TWO_PAGES = "two_pages"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    ENCRYPTED = "encrypted"
    TIMEOUT = "timeout"


FEATURES = (
    "fill_ratio",
    "ink_density",
    "peak_ink",
    "mean_ink",
    "extent",
    "gap_ink",
    "firm_share",
    "ring_fill",
    "ring_sides",
    "line_through",
    "foreign_fill",
    "match_score",
    "shift_x_mm",
    "shift_y_mm",
    "paper",
    "contrast",
    "beside_ink",
    "ring_ink",
    "span_mm",
    "piece_mm",
    "pieces",
    "tone",
    "edge_mm",
)
"""Names of the columns of `Measurements.values`, in order; omr.read.measure defines each."""


@dataclass(frozen=True, slots=True, eq=False)
class Measurements:
    """Evidence only, no decision: one row a box.

    boxes: box ids in printed order, N of them.
    values: shape (N, len(FEATURES)), float32.
    """

    boxes: tuple[str, ...]
    values: NDArray[np.float32]

    def column(self, name: str) -> NDArray[np.float32]:
        """Return one feature of every box, shape (N,)."""
        column: NDArray[np.float32] = self.values[:, FEATURES.index(name)]
        return column

    def with_column(self, name: str, values: NDArray[np.float32]) -> Measurements:
        """Return the same evidence with one feature set, shape (N,)."""
        changed = self.values.copy()
        changed[:, FEATURES.index(name)] = values
        return Measurements(self.boxes, changed)

    def with_rows(self, at: NDArray[np.intp], others: Measurements) -> Measurements:
        """Return the same evidence with the rows at some places replaced by all of `others`."""
        changed = self.values.copy()
        changed[at] = others.values
        return Measurements(self.boxes, changed)


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """What each box holds: columns of length N.

    states: MarkState values, uint8.
    confidence: chance that the state is right, 0..1, float32.
    doubts: Doubt bits, uint16.
    """

    boxes: tuple[str, ...]
    states: NDArray[np.uint8]
    confidence: NDArray[np.float32]
    doubts: NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Answer:
    """One question as read: the choices ticked, how sure, and what is unclear.

    review: True while a person still has to look at it; cause says whose doubt it is.
    """

    question: str
    chosen: tuple[str, ...]
    confidence: float
    issues: tuple[Issue, ...]
    cause: Cause

    @property
    def review(self) -> bool:
        """True where a person has to look."""
        return bool(self.cause)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One page, read.

    review: per box, True where a person has to look at that very box, shape (N,), bool.
    ink: what was written on the page, small and registered, by which two scans of one page are told
        from two people's copies; see omr.read.ink.
    signed: handwriting in the signature area: True, False, or None where the page has no such area.
    paper: median brightness of the paper, 0..255; contrast: paper minus print, 0..255.
    reader: digest of the reader's settings and calibration.
    strips: a small picture of each doubtful row, by question; where they are made for the store alone.
    """

    scan: ScanId
    layout: str
    page: PageId
    registration: Registration
    measurements: Measurements
    marks: Marks
    answers: tuple[Answer, ...]
    review: NDArray[np.bool_]
    ink: bytes
    signed: bool | None
    paper: float
    contrast: float
    reader: str
    strips: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Rejection:
    """A scan the machine refused. `detail` is for people: what was seen, with numbers.

    page: what the page code said, where it could be read; of no sheet: the known page that it nearly is.
    """

    scan: ScanId
    reason: Reason
    detail: str = ""
    page: PageId | None = None

    @property
    def nearly(self) -> bool:
        """True where it may be a page of a known form, but not surely."""
        return self.page is not None and not self.page.sheet


Outcome = Reading | Rejection
