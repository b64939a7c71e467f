"""What a person is asked once, why, and how it can be answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from omr.batch.asked import AskedBox, Boxes


class QuestionReason(StrEnum):
    """What the boxes of a question have in common; a box goes to the first reason that fits."""

    STREAK = "streak"
    NAMED = "named"
    LOST_INK = "lost_ink"
    HALF_FILLED = "half_filled"
    FOLDED = "folded"
    STAINED = "stained"
    LOOSE_FIT = "loose_fit"
    SECOND_PEN = "second_pen"
    ROW = "row"


class Way(StrEnum):
    """How a question can be answered.

    ALL_EMPTY, ALL_MARKED: every box of it holds nothing, or a tick. AS_READ: what the machine read holds,
    a row without an answer included. SEND_BACK: the sheet goes back to its writer. SCAN_AGAIN: the page is
    laid flat and scanned anew. ONE_BY_ONE: each row by itself.
    """

    ALL_EMPTY = "all_empty"
    ALL_MARKED = "all_marked"
    AS_READ = "as_read"
    SEND_BACK = "send_back"
    SCAN_AGAIN = "scan_again"
    ONE_BY_ONE = "one_by_one"


WAYS: Mapping[QuestionReason, tuple[Way, ...]] = {
    QuestionReason.STREAK: (Way.ALL_EMPTY, Way.ONE_BY_ONE),
    QuestionReason.NAMED: (Way.AS_READ, Way.ONE_BY_ONE),
    QuestionReason.LOST_INK: (Way.SCAN_AGAIN, Way.AS_READ, Way.ONE_BY_ONE),
    QuestionReason.HALF_FILLED: (Way.AS_READ, Way.SEND_BACK, Way.ONE_BY_ONE),
    QuestionReason.FOLDED: (Way.ONE_BY_ONE, Way.SCAN_AGAIN),
    QuestionReason.STAINED: (Way.ALL_EMPTY, Way.ONE_BY_ONE),
    QuestionReason.LOOSE_FIT: (Way.AS_READ, Way.SCAN_AGAIN, Way.ONE_BY_ONE),
    QuestionReason.SECOND_PEN: (Way.ALL_MARKED, Way.ALL_EMPTY, Way.ONE_BY_ONE),
    QuestionReason.ROW: (Way.ONE_BY_ONE,),
}
"""How a question of each reason can be answered, the usual way first."""


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """What a person is asked once: the boxes it settles, never none, in the order of the sheets.

    id: stays the same while others of its boxes are decided. detail: for people, what was seen.
    """

    id: str
    reason: QuestionReason
    unit: str
    year: int
    boxes: tuple[AskedBox, ...]
    detail: str

    @property
    def ways(self) -> tuple[Way, ...]:
        """How it can be answered, the usual way first."""
        return WAYS[self.reason]

    @property
    def sheets(self) -> tuple[str, ...]:
        """Its sheets."""
        return tuple(dict.fromkeys(box.sheet for box in self.boxes))

    @property
    def pages(self) -> tuple[tuple[str, int], ...]:
        """Its pages, each as sheet and number."""
        return tuple(dict.fromkeys((box.sheet, box.page) for box in self.boxes))

    @property
    def rows(self) -> tuple[tuple[str, str], ...]:
        """Its rows, each as sheet and question of the form."""
        return tuple(dict.fromkeys(box.row for box in self.boxes))

    @property
    def frames(self) -> tuple[tuple[str, int], ...]:
        """Its scans, each as file and frame."""
        return tuple(dict.fromkeys((box.source, box.frame) for box in self.boxes))

    @property
    def confidence(self) -> float:
        """How sure the machine is of the least sure of its answers, 0..1."""
        return min(box.confidence for box in self.boxes)


def question(
    reason: QuestionReason, place: str, unit: str, year: int, boxes: Boxes, detail: str
) -> OpenQuestion:
    """Return a question; place: what its id says beside its reason, the same while others are decided."""
    return OpenQuestion(f"{reason}:{place}", reason, unit, year, boxes, detail)
