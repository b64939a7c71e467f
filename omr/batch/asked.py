"""The boxes of a returned sheet that the machine asks about, small enough to keep for a whole unit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from omr.batch.results import SheetResult
from omr.batch.settled import MACHINE
from omr.model.layout import BlankRow
from omr.model.reading import Doubt, Issue, MarkState, Reading
from omr.store.records import StoredPage

REACH_MM = 2.5
"""How far a box's middle may lie from a streak through it: half a box."""


@dataclass(frozen=True, slots=True)
class AskedBox:
    """A box the machine asks about, and what groups it.

    scan: its page.
    at_mm: the box's middle on the scan, from the image's left and from its top edge.
    aligned: boxes of its page, itself too, that share the first of these, and the second, by `REACH_MM`.
    darkness: of its darkest ink, 0..1. aside_mm: how far its frame lies from its registered place.
    marked: the machine takes it for a mark. issues, confidence: of its row's answer. decided: a person has
    settled its row.
    """

    sheet: str
    page: int
    question: str
    choice: str
    scan: StoredPage
    at_mm: tuple[float, float]
    aligned: tuple[int, int]
    marked: bool
    doubts: Doubt
    issues: tuple[Issue, ...]
    darkness: float
    aside_mm: float
    confidence: float
    decided: bool

    @property
    def source(self) -> str:
        """Path of its file."""
        return self.scan.scan.path

    @property
    def frame(self) -> int:
        """Its image in the file, from 1."""
        return self.scan.scan.id.frame

    @property
    def row(self) -> tuple[str, str]:
        """Sheet and question."""
        return self.sheet, self.question


Boxes = tuple[AskedBox, ...]


@dataclass(frozen=True, slots=True)
class AskedSheet:
    """A returned sheet with the boxes the machine asks about.

    pages: all of them. expected: rows on them that need an answer. pen: usual darkness of its sure marks,
    0..1; 0 where it has none.
    """

    unit: str
    year: int
    pages: tuple[StoredPage, ...]
    expected: int
    pen: float
    boxes: tuple[AskedBox, ...]


def asked_sheet(sheet: SheetResult) -> AskedSheet:
    """Return what the machine asks about one sheet, small enough to keep for a whole unit."""
    needed = {question.id for question in sheet.layout.questions if question.blank is BlankRow.UNANSWERED}
    return AskedSheet(
        unit=sheet.unit,
        year=sheet.sheet.year,
        pages=sheet.sheet.pages,
        expected=sum(each.answer.question in needed for each in sheet.answers),
        pen=_pen(sheet.readings.values()),
        boxes=tuple(box for page in sheet.sheet.pages for box in _asked_on(sheet, page)),
    )


def _asked_on(sheet: SheetResult, page: StoredPage) -> Iterator[AskedBox]:
    number = page.page.page
    boxes, reading = sheet.layout.page(number).boxes, sheet.readings[number]
    asked = sheet.asked_on(number)
    if not asked:
        return
    fit, read = reading.registration, {answer.question: answer for answer in reading.answers}
    settled = {each.answer.question: each for each in sheet.answers}
    centers = np.array([(box.area.center.x, box.area.center.y) for box in boxes])
    places = fit.points(centers) / fit.px_per_mm
    shift = np.hypot(reading.measurements.column("shift_x_mm"), reading.measurements.column("shift_y_mm"))
    darkness = reading.measurements.column("peak_ink")
    for at in sorted(asked):
        box = boxes[at]
        across, along = (np.abs(places - places[at]) <= REACH_MM).sum(axis=0).tolist()
        one = settled[box.question]
        decided = one.decided_by != MACHINE
        yield AskedBox(
            sheet=sheet.sheet.name,
            page=number,
            question=box.question,
            choice=box.choice,
            scan=page,
            at_mm=(float(places[at, 0]), float(places[at, 1])),
            aligned=(across, along),
            marked=bool(reading.marks.states[at] == MarkState.MARKED),
            doubts=Doubt(int(reading.marks.doubts[at])),
            issues=(read[box.question] if decided else one.answer).issues,
            darkness=float(darkness[at]),
            aside_mm=float(shift[at]),
            confidence=one.answer.confidence,
            decided=decided,
        )


def _pen(readings: Iterable[Reading]) -> float:
    """Return the median darkness of the marks the machine is sure of, 0 where there are none."""
    sure = [
        reading.measurements.column("peak_ink")[
            (reading.marks.states == MarkState.MARKED) & (reading.marks.doubts == 0)
        ]
        for reading in readings
    ]
    together = np.concatenate(sure) if sure else np.empty(0)
    return float(np.median(together)) if len(together) else 0.0
