"""The placed layout of one printed form: what stands where, in millimetres.

A `Layout` is what reading knows of a form. It is frozen under its digest when the form is printed and
stays readable whatever becomes of the YAML it came from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from omr.model.geometry import RectMm, SizeMm


class Shape(StrEnum):
    """What the printed box looks like."""

    SQUARE = "square"
    CIRCLE = "circle"
    OVAL = "oval"
    CELL = "cell"
    AREA = "area"


class Role(StrEnum):
    """What a question is for."""

    ITEM = "item"
    ATTESTATION = "attestation"
    DECLARED = "declared"


class BlankRow(StrEnum):
    """What a row without a mark means."""

    ABSENT = "absent"
    UNANSWERED = "unanswered"
    ALLOWED = "allowed"


class Returns(StrEnum):
    """How often one sheet is handed in during a year."""

    ONCE = "once"
    REPEATEDLY = "repeatedly"


class FilledBy(StrEnum):
    """Who fills the form in; persons and collectives are never summed together."""

    PERSON = "person"
    COLLECTIVE = "collective"


class Marking(StrEnum):
    """How a box is chosen: by a tick or cross in it, or by filling it in."""

    TICK = "tick"
    FILL = "fill"


class FieldKind(StrEnum):
    """What is written by hand into a field."""

    TEXT = "text"
    DATE = "date"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be ticked in a question; `label` is the printed column head."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """One row (or one column group of a row) to be answered."""

    id: str
    number: str
    text: str
    section: str
    choices: tuple[Choice, ...]
    role: Role
    blank: BlankRow


@dataclass(frozen=True, slots=True)
class Section:
    """A group of questions that is counted together, e.g. the serious ones."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Spelled:
    """A text that is spelled by choices, one a question: a number filled in column by column."""

    id: str
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """One place to tick. `area` is the outer edge of the printed frame.

    print: what is printed inside on a form that others made ("A" in a bubble), "" for nothing.
    """

    id: str
    question: str
    choice: str
    area: RectMm
    shape: Shape
    print: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """An area to be written in by hand. `roster` names the roster column printed there, if any."""

    id: str
    label: str
    kind: FieldKind
    area: RectMm
    roster: str = ""


class CodeKind(StrEnum):
    """What a code that others printed is."""

    QR = "qr"
    CODE128 = "code128"
    DATAMATRIX = "datamatrix"


SERIAL_PLACE = "{serial}"
"""In the text of a printed code: what differs from sheet to sheet."""


@dataclass(frozen=True, slots=True)
class PrintedCode:
    """A code that others printed on a page. text: what it reads, with `SERIAL_PLACE` where sheets differ."""

    kind: CodeKind
    area: RectMm
    text: str

    @property
    def is_numbered(self) -> bool:
        """True where it bears the sheet's serial."""
        return SERIAL_PLACE in self.text

    def serial_in(self, read: str) -> str | None:
        """Return the serial in what a code reads, "" where it bears none, None where it is another code."""
        before, _place, after = self.text.partition(SERIAL_PLACE)
        if not self.is_numbered:
            return "" if read == self.text else None
        if not (read.startswith(before) and read.endswith(after)):
            return None
        serial = read[len(before) : len(read) - len(after)]
        return serial if _SERIAL.fullmatch(serial) else None


_SERIAL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9/-]{0,38}[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class Print:
    """What is printed on a page that others made, kept small enough to have hundreds in memory.

    image: a gray PNG of the blank page, `PRINT_GRID` samples per mm, 255 paper … 0 print.
    features: places and descriptors by which the page is recognised; see omr.read.features.
    years: where the form's year is printed, four digits each, as far as that is known.
    """

    image: bytes
    features: bytes
    years: tuple[RectMm, ...] = ()


PRINT_GRID = 4.0
"""Samples per mm of a blank that is kept: a thin printed line (0.25 mm) is one sample wide."""


@dataclass(frozen=True, slots=True)
class Page:
    """One printed side. Page numbers count from 1 within a sheet.

    fiducials: solid squares that registration finds, top to bottom, left column first.
    orientation: the one solid bar that tells which way is up.
    codes: the two places of the page code (QR, quiet zone not counted).
    print: what the page is found by where others made it; such a page has no fiducials and no page code.
    printed_codes: codes that others printed on it.
    """

    number: int
    fiducials: tuple[RectMm, ...]
    orientation: RectMm | None
    codes: tuple[RectMm, ...]
    boxes: tuple[Box, ...]
    fields: tuple[Field, ...]
    print: Print | None = None
    printed_codes: tuple[PrintedCode, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """One printed form, placed.

    digest: names this very geometry (10 hexadecimal digits); it is part of the page code.
    line_mm: thickness of the box frames.
    scoring: id of the rule file in layouts/scoring.
    marking: how its boxes are chosen. spelled: its ID grids.
    source: digest of the files that describe a form others printed, "" for our own: what was frozen from
        other files is out of date.
    """

    id: str
    version: str
    year: int
    digest: str
    title: str
    language: str
    size: SizeMm
    line_mm: float
    sections: tuple[Section, ...]
    questions: tuple[Question, ...]
    pages: tuple[Page, ...]
    scoring: str
    filled_by: FilledBy
    returns: Returns
    marking: Marking = Marking.TICK
    source: str = ""
    spelled: tuple[Spelled, ...] = ()

    @property
    def existing(self) -> bool:
        """True for a form that others printed: its pages are known by their own print."""
        return bool(self.source)

    def __hash__(self) -> int:
        """By the digest, which names the geometry: hashing every box anew costs a millisecond a sheet."""
        return hash(self.digest)

    def page(self, number: int) -> Page:
        """Return page `number` (from 1). Raises IndexError where the form has no such page."""
        if not 1 <= number <= len(self.pages):
            raise IndexError(f"{self.id} has no page {number}")
        return self.pages[number - 1]

    def boxes(self) -> Iterator[tuple[Page, Box]]:
        """Every box with its page, in printed order."""
        for page in self.pages:
            for box in page.boxes:
                yield page, box

    def questions_on(self, page: Page) -> tuple[Question, ...]:
        """The questions that have their boxes on `page`, in printed order."""
        here = {box.question for box in page.boxes}
        return tuple(question for question in self.questions if question.id in here)
