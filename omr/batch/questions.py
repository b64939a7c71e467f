"""What a person still has to look at, grouped by cause: forty doubts with one cause are one question.

Made from what the store holds; no image is opened. Groups are formed from what the machine saw, so that a
question keeps its id and its kind while people work it off; then the boxes they have decided are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

import numpy as np
from numpy.typing import NDArray

from omr.batch.results import MACHINE, SheetResult
from omr.i18n import _
from omr.model.arrays import Floats
from omr.model.layout import BlankRow
from omr.model.reading import Doubt, Issue, MarkState, Reading
from omr.settings import DEFAULT
from omr.store.store import StoredPage


class QuestionReason(StrEnum):
    """What the boxes of a question have in common; a box goes to the first reason that fits."""

    STREAK = "streak"
    NAMED = "named"
    HALF_FILLED = "half_filled"
    FOLDED = "folded"
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
    QuestionReason.HALF_FILLED: (Way.AS_READ, Way.SEND_BACK, Way.ONE_BY_ONE),
    QuestionReason.FOLDED: (Way.ONE_BY_ONE, Way.SCAN_AGAIN),
    QuestionReason.LOOSE_FIT: (Way.AS_READ, Way.SCAN_AGAIN, Way.ONE_BY_ONE),
    QuestionReason.SECOND_PEN: (Way.ALL_MARKED, Way.ALL_EMPTY, Way.ONE_BY_ONE),
    QuestionReason.ROW: (Way.ONE_BY_ONE,),
}
"""How a question of each reason can be answered, the usual way first."""

_REACH_MM = 2.5
"""How far a box's middle may lie from a streak through it: half a box."""

_LINE_SHARE = 0.12
"""Of the boxes that a line would run through, the share that has to show it. A skewed page meets a streak
with a part of its column only; of boxes that share a column by chance there is one in some twenty."""

_BLANK_ROWS = 5
_BLANK_SHARE = 0.25
"""Rows without an answer, and their share of the rows that need one, from which a sheet is half filled."""

_ALIKE = 3
"""Boxes of one page or sheet that share a doubt from which they are asked about together."""

_PALE = 0.5
"""Darkness against the sheet's own pen under which what may be a mark is a lighter pen's."""


@dataclass(frozen=True, slots=True)
class AskedBox:
    """A box the machine asks about, and what groups it.

    scan: its page.
    at_mm: the box's middle on the scan, from the image's left and from its top edge.
    aligned: boxes of its page, itself too, that share the first of these, and the second, by `_REACH_MM`.
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


_Boxes = tuple[AskedBox, ...]


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


def open_questions(sheets: Iterable[SheetResult]) -> tuple[OpenQuestion, ...]:
    """Return what a person still has to be asked about `sheets`; each open box is in exactly one question.

    By reason, in the order of `QuestionReason`; then those with more rows first, then the least sure.
    """
    asked = [asked_sheet(sheet) for sheet in sheets if not sheet.set_aside]
    under, questions = _streaks(asked)
    for sheet in asked:
        rest = tuple(box for box in sheet.boxes if box not in under)
        questions += _of_sheet(replace(sheet, boxes=rest))
    reasons = list(QuestionReason)
    still_open = [left for question in questions for left in _undecided(question)]
    return tuple(sorted(still_open, key=lambda q: (reasons.index(q.reason), -len(q.rows), q.confidence)))


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
        across, along = (np.abs(places - places[at]) <= _REACH_MM).sum(axis=0).tolist()
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


def _undecided(question: OpenQuestion) -> Iterator[OpenQuestion]:
    """Yield the question without what a person has decided, unless that is all of it."""
    left = tuple(box for box in question.boxes if not box.decided)
    if left:
        yield replace(question, boxes=left)


# A streak: dirt on the scanner's glass draws one line over every page of a file


def _streaks(sheets: Sequence[AskedSheet]) -> tuple[set[AskedBox], list[OpenQuestion]]:
    """Return the boxes under streaks, and a question for each file and line."""
    pages: dict[tuple[str, int, str], list[StoredPage]] = {}
    doubted: dict[tuple[str, int, str], list[AskedBox]] = {}
    for sheet in sheets:
        for page in sheet.pages:
            pages.setdefault((sheet.unit, sheet.year, page.scan.id.sha256), []).append(page)
        for box in sheet.boxes:
            if box.doubts & Doubt.STREAK:
                doubted.setdefault((sheet.unit, sheet.year, box.scan.scan.id.sha256), []).append(box)
    under: set[AskedBox] = set()
    questions = []
    for (unit, year, file), boxes in doubted.items():
        for axis, hit in _lines(boxes):
            if _is_streak(axis, hit, pages[unit, year, file]):
                under.update(hit)
                first = f"{hit[0].sheet}/{hit[0].question}/{hit[0].choice}"
                questions.append(_question(QuestionReason.STREAK, first, unit, year, hit, _edge(axis, hit)))
    return under, questions


def _is_streak(axis: int, boxes: _Boxes, pages: Sequence[StoredPage]) -> bool:
    """True where a line goes on from its first to its last scan, through several of the file's sheets.

    pages: every page of the file. A line through one sheet alone is that sheet's fold, unless the file
    holds no other.
    """
    several = len({page.page.sheet for page in pages}) > 1
    frames = [box.frame for box in boxes]
    passed = [page for page in pages if min(frames) <= page.scan.id.frame <= max(frames)]
    return not (several and len({box.sheet for box in boxes}) == 1) and _is_line(axis, boxes, passed)


def _is_line(axis: int, boxes: _Boxes, pages: Sequence[StoredPage]) -> bool:
    """True where boxes of more than one row are a good share of all that lie on their line on `pages`.

    One row alone is looked at as a row, whatever goes through it. A page without a doubt counts as its like:
    the same page of the same form has its boxes at the same place.
    """
    aligned: dict[tuple[str, int], list[int]] = {}
    for box in boxes:
        aligned.setdefault(_kind(box.scan), []).append(box.aligned[axis])
    on_way = sum(float(np.mean(aligned[_kind(page)])) for page in pages if _kind(page) in aligned)
    return len({box.row for box in boxes}) > 1 and len(boxes) >= _LINE_SHARE * on_way


def _kind(page: StoredPage) -> tuple[str, int]:
    """Return which page of which form it is."""
    return page.page.digest, page.page.page


def _lines(boxes: Sequence[AskedBox]) -> Iterator[tuple[int, _Boxes]]:
    """Yield the straight lines that boxes lie on, the fullest first, each as axis and its boxes.

    A feeder draws its streaks along one side of the image, so a line is a value of x (axis 0) or of y (1);
    whichever most of the boxes share. A line has two boxes at least, and a box is on one line at most.
    """
    places = np.array([box.at_mm for box in boxes]).reshape(-1, 2)
    left = np.arange(len(boxes))
    while len(left):
        lines = [(axis, left[_fullest(places[left, axis])]) for axis in (0, 1)]
        axis, found = max(lines, key=lambda line: len(line[1]))
        if len(found) == 1:
            return
        yield axis, tuple(boxes[at] for at in found.tolist())
        left = np.setdiff1d(left, found)


def _fullest(values: Floats) -> NDArray[np.intp]:
    """Return which values, by rising index, lie in the interval of two reaches that holds the most."""
    order = np.argsort(values, kind="stable")
    ends = np.searchsorted(values[order], values[order] + 2 * _REACH_MM, side="right")
    start = int(np.argmax(ends - np.arange(len(values))))
    return np.sort(order[start : ends[start]])


def _edge(axis: int, boxes: _Boxes) -> str:
    place = float(np.median([box.at_mm[axis] for box in boxes]))
    if axis == 0:
        return _("A straight line through the boxes, {mm:.0f} mm from the image's left edge.").format(
            mm=place
        )
    return _("A straight line through the boxes, {mm:.0f} mm from the image's top edge.").format(mm=place)


# What one sheet's boxes have in common


def _of_sheet(sheet: AskedSheet) -> Iterator[OpenQuestion]:
    """Yield the questions about one sheet, every box in one of them."""
    rest = sheet.boxes
    for page in sorted({box.page for box in rest if box.doubts & Doubt.NAMED}):
        named, rest = _parted(rest, lambda box, page=page: box.page == page)  # type: ignore[misc]
        yield _named(sheet, named)
    blank, others = _parted(rest, lambda box: Issue.BLANK in box.issues)
    if len({box.question for box in blank}) >= max(_BLANK_ROWS, _BLANK_SHARE * sheet.expected):
        yield _half_filled(sheet, blank)
        rest = others
    for axis, hit in _lines([box for box in rest if box.doubts & Doubt.STREAK]):
        if len(hit) >= _ALIKE and _is_line(axis, hit, tuple({box.scan for box in hit})):
            yield _folded(sheet, hit)
            rest = tuple(box for box in rest if box not in hit)
    for page in sorted({box.page for box in rest}):
        loose, others = _parted(rest, partial(_is_loose, page=page))
        if len(loose) >= _ALIKE:
            yield _loose_fit(sheet, loose)
            rest = others
    pale, others = _parted(rest, lambda box: _is_pale(box, sheet.pen))
    if len(pale) >= _ALIKE:
        yield _second_pen(sheet, pale)
        rest = others
    for name in dict.fromkeys(box.question for box in rest):
        yield _row(sheet, tuple(box for box in rest if box.question == name))


def _parted(boxes: _Boxes, fits: Callable[[AskedBox], bool]) -> tuple[_Boxes, _Boxes]:
    """Return the boxes that fit, and the others."""
    return tuple(box for box in boxes if fits(box)), tuple(box for box in boxes if not fits(box))


def _is_loose(box: AskedBox, page: int) -> bool:
    return box.page == page and bool(box.doubts & Doubt.LOOSE_FIT)


def _is_pale(box: AskedBox, pen: float) -> bool:
    """True for a faint mark: one doubted as such, or one too faint to be a mark or to be sure of."""
    if box.doubts & Doubt.FAINT:
        return True
    unsure = box.doubts & Doubt.SMALL or (box.marked and box.doubts & Doubt.CONFIDENCE)
    return bool(unsure) and box.darkness < max(DEFAULT.classify.faint, _PALE * pen)


def _named(sheet: AskedSheet, boxes: _Boxes) -> OpenQuestion:
    detail = _("Page {page} was named by a person. Are these its rows, and are they read right?").format(
        page=boxes[0].page
    )
    place = f"{boxes[0].sheet}/{boxes[0].page}"
    return _question(QuestionReason.NAMED, place, sheet.unit, sheet.year, boxes, detail)


def _half_filled(sheet: AskedSheet, boxes: _Boxes) -> OpenQuestion:
    detail = _("{blank} of {rows} rows have no answer.").format(
        blank=len({box.question for box in boxes}), rows=sheet.expected
    )
    return _question(QuestionReason.HALF_FILLED, boxes[0].sheet, sheet.unit, sheet.year, boxes, detail)


def _folded(sheet: AskedSheet, boxes: _Boxes) -> OpenQuestion:
    detail = _("A straight line through {count} boxes of this sheet alone: folded?").format(count=len(boxes))
    place = f"{boxes[0].sheet}/{boxes[0].question}/{boxes[0].choice}"
    return _question(QuestionReason.FOLDED, place, sheet.unit, sheet.year, boxes, detail)


def _loose_fit(sheet: AskedSheet, boxes: _Boxes) -> OpenQuestion:
    detail = _(
        "{count} boxes of the page are not where they should be (up to {mm:.1f} mm off): folded or crumpled?"
    ).format(count=len(boxes), mm=max(box.aside_mm for box in boxes))
    place = f"{boxes[0].sheet}/{boxes[0].page}"
    return _question(QuestionReason.LOOSE_FIT, place, sheet.unit, sheet.year, boxes, detail)


def _second_pen(sheet: AskedSheet, boxes: _Boxes) -> OpenQuestion:
    count, faint = len(boxes), float(np.median([box.darkness for box in boxes]))
    if sheet.pen > faint:
        detail = _("{count} faint marks (darkness {faint:.2f}; the sheet's other marks {usual:.2f}).")
    else:
        detail = _("{count} faint marks (darkness {faint:.2f}).")
    detail = detail.format(count=count, faint=faint, usual=sheet.pen)
    return _question(QuestionReason.SECOND_PEN, boxes[0].sheet, sheet.unit, sheet.year, boxes, detail)


def _row(sheet: AskedSheet, boxes: _Boxes) -> OpenQuestion:
    """Return the question about one row; its detail are the codes of issues and doubts."""
    doubts = (str(doubt.name).lower() for doubt in Doubt if any(doubt & box.doubts for box in boxes))
    codes = dict.fromkeys((*map(str, boxes[0].issues), *doubts))
    place = f"{boxes[0].sheet}/{boxes[0].question}"
    return _question(QuestionReason.ROW, place, sheet.unit, sheet.year, boxes, "|".join(codes))


def _question(
    reason: QuestionReason, place: str, unit: str, year: int, boxes: _Boxes, detail: str
) -> OpenQuestion:
    return OpenQuestion(f"{reason}:{place}", reason, unit, year, boxes, detail)
