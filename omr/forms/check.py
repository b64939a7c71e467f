"""Faults of a form that only show on paper: what overlaps, stands too close, or does not fit.

Placing keeps clear of most of them by itself; words too long, too many columns and too tall rows remain,
and every distance that reading relies on is measured here once more on what is really printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

from omr.errors import LayoutError
from omr.faults import read_text
from omr.forms.document import Document, parse
from omr.forms.drawing import Line, Place, Shape, Text
from omr.forms.fonts import missing, width_mm
from omr.forms.frame import (
    BOTTOM_STRIP,
    BOX_GAP,
    BOX_TO_LINE,
    CLEARANCE,
    CONTENT,
    ESSENTIAL_LEFT,
    ESSENTIAL_RIGHT,
    PRINTABLE_MARGIN,
    QUIET,
)
from omr.forms.load import load_form
from omr.forms.place import Placement, place
from omr.forms.schema import ATTESTATION, DECLARED, Form, question_id
from omr.forms.strips import sheet_strips
from omr.i18n import _
from omr.model.geometry import A4, RectMm
from omr.model.layout import FieldKind, Page
from omr.model.pagecode import ALPHABET

MOST_PAGES = len(ALPHABET) - 1
"""A page code has one character for the page's number."""
_TOLERANCE = 0.03
"""mm: half a step of the frozen grid, and a little."""
_LINE_OVERLAP = 0.4
"""mm by which the extents of two lines of text may touch: they are measured with room for accents."""
_WIDEST_SERIAL = "MMMM-MMMM"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in print.

    page: from 1.
    question: the row it is about, "" where it is about none.
    place: where in the layout file it comes from, () where that cannot be told.
    """

    page: int
    message: str
    question: str = ""
    place: Place = ()


@dataclass(frozen=True, slots=True)
class _Print:
    """A shape, measured once."""

    shape: Shape
    extent: RectMm

    @property
    def name(self) -> str:
        if isinstance(self.shape, Text):
            return self.shape.text
        return _("a line") if isinstance(self.shape, Line) else _("a drawn box")


def check(form: Form) -> tuple[Fault, ...]:
    """Return the print faults of `form`, page by page; none where it can be printed and read."""
    rows = _rows(form)
    return tuple(
        replace(fault, place=fault.place or rows.get(fault.question, ())) for fault in faults(place(form))
    )


def check_file(path: Path) -> tuple[str, ...]:
    """Return every print fault of a layout file for people: `file:line: page N: message`.

    Raises:
        LayoutError: the file is no layout; then what would be printed cannot be said.
    """
    return _told(path, load_form(path))


def refuse_faults(path: Path, form: Form) -> None:
    """Raise LayoutError, telling every fault with its line in `path`, where `form` would not print well."""
    told = _told(path, form)
    if told:
        raise LayoutError("\n".join(told))


def _told(path: Path, form: Form) -> tuple[str, ...]:
    found = check(form)
    document = parse(read_text(path)) if found else None
    told: dict[tuple[int, str], str] = {}
    for fault in found:
        line = document.line(fault.place) if isinstance(document, Document) else 1
        message = _("{path}:{line}: page {page}: {message}")
        whole = message.format(path=path, line=line, page=fault.page, message=fault.message)
        # the head of a table is printed on every page: once is enough
        told.setdefault((line, fault.message), whole)
    return tuple(told[key] for key in sorted(told))


def faults(placement: Placement) -> tuple[Fault, ...]:
    """Return the print faults of a placed form, page by page, each once."""
    found: list[Fault] = []
    if len(placement.layout.pages) > MOST_PAGES:
        message = _("the form takes {count} pages; a sheet can have {most} at most. Split it in two.")
        found.append(Fault(1, message.format(count=len(placement.layout.pages), most=MOST_PAGES)))
    strips = sheet_strips(placement.serial_label, _WIDEST_SERIAL, placement.master_label)
    for page, drawing in zip(placement.layout.pages, placement.drawings, strict=True):
        prints = [_Print(shape, shape.extent) for shape in (*drawing.shapes, *strips)]
        found += _texts_fit(page, prints)
        found += _inside_the_page(page, prints)
        found += _boxes_apart(page)
        found += _boxes_clear(page, prints)
        found += _marks_clear(page, prints)
        found += _signature_clear(page, prints)
        found += _texts_apart(page, prints)
    return tuple(dict.fromkeys(found))


def _rows(form: Form) -> dict[str, Place]:
    rows: dict[str, Place] = {question: ("foot", question) for question in (ATTESTATION, DECLARED)}
    for at, section in enumerate(form.sections):
        for index, group in enumerate(section.groups):
            for row, item in enumerate(group.items):
                for column in section.columns or form.columns:
                    place_ = ("sections", at, "groups", index, "items", row)
                    rows[question_id(item.id, column.id)] = place_
    return rows


def _texts_fit(page: Page, prints: Sequence[_Print]) -> Iterator[Fault]:
    for text in (printed.shape for printed in prints if isinstance(printed.shape, Text)):
        wide = width_mm(text.text, text.style)
        if wide > text.room + _TOLERANCE:
            message = _("'{text}' is {wide:.1f} mm wide and has {room:.1f} mm. Shorten it or make it room.")
            told = message.format(text=text.text, wide=wide, room=max(text.room, 0.0))
            yield Fault(page.number, told, place=text.place)
        unknown = missing(text.text, text.style.face)
        if unknown:
            message = _("the font has no sign for '{signs}' in '{text}'. Write it otherwise.")
            yield Fault(page.number, message.format(signs=unknown, text=text.text), place=text.place)


def _inside_the_page(page: Page, prints: Sequence[_Print]) -> Iterator[Fault]:
    """Yield what leaves the paper's safe area or runs over the foot of the page."""
    essential = [(box.area, box.id, box.question) for box in page.boxes]
    essential += [(field.area, field.id, "") for field in page.fields]
    for area, name, question in essential:
        if area.x < ESSENTIAL_LEFT - _TOLERANCE or area.right > ESSENTIAL_RIGHT + _TOLERANCE:
            message = _("'{name}' stands in the outer 20 mm, where sheets are punched and stapled.")
            yield Fault(page.number, message.format(name=name), question)
        if area.bottom > CONTENT.bottom + _TOLERANCE or area.y < CONTENT.y - _TOLERANCE:
            message = _("'{name}' does not fit on the page. Make its row or what stands above it less high.")
            yield Fault(page.number, message.format(name=name), question)
    safe = RectMm(0.0, 0.0, A4.width, A4.height).grown(_TOLERANCE - PRINTABLE_MARGIN)
    for printed in prints:
        if not safe.contains(printed.extent):
            message = _("'{what}' lies in the outer {margin:.0f} mm, which printers cannot reach.")
            told = message.format(what=printed.name, margin=PRINTABLE_MARGIN)
            yield Fault(page.number, told, place=printed.shape.place)
        elif isinstance(printed.shape, Text) and printed.shape.y > BOTTOM_STRIP.bottom + _TOLERANCE:
            message = _("'{what}' runs over the foot of the page. Shorten the text it belongs to.")
            yield Fault(page.number, message.format(what=printed.name), place=printed.shape.place)


def _boxes_apart(page: Page) -> Iterator[Fault]:
    for one, other in combinations(page.boxes, 2):
        distance = _distance(one.area, other.area)
        if distance < BOX_GAP - _TOLERANCE:
            message = _("boxes '{one}' and '{other}' are {distance:.1f} mm apart; {least:.0f} mm are needed.")
            told = message.format(one=one.id, other=other.id, distance=distance, least=BOX_GAP)
            yield Fault(page.number, told, other.question)


def _boxes_clear(page: Page, prints: Sequence[_Print]) -> Iterator[Fault]:
    for box in page.boxes:
        near = box.area.grown(BOX_TO_LINE - _TOLERANCE)
        for printed in prints:
            if near.overlaps(printed.extent):
                message = _("'{what}' is closer than {least} mm to box '{box}'.")
                told = message.format(what=printed.name, least=BOX_TO_LINE, box=box.id)
                yield Fault(page.number, told, box.question)


def _marks_clear(page: Page, prints: Sequence[_Print]) -> Iterator[Fault]:
    """Yield what stands in the white round a fiducial, a page code or the orientation mark."""
    near: list[tuple[RectMm, str, Place, str]] = [
        (printed.extent, printed.name, printed.shape.place, "") for printed in prints
    ]
    near += [(box.area, box.id, (), box.question) for box in page.boxes]
    white = [(area.grown(CLEARANCE), _("a fiducial")) for area in page.fiducials]
    white += [(area.grown(QUIET), _("a page code")) for area in page.codes]
    if page.orientation:
        white.append((page.orientation.grown(CLEARANCE), _("the orientation mark")))
    for area, mark in white:
        for extent, name, origin, question in near:
            if area.grown(-_TOLERANCE).overlaps(extent):
                message = _("'{what}' stands in the white that {mark} needs.")
                yield Fault(page.number, message.format(what=name, mark=mark), question, origin)


def _signature_clear(page: Page, prints: Sequence[_Print]) -> Iterator[Fault]:
    """Yield print inside the signature area: ink there has to be a person's."""
    for field in page.fields:
        if field.kind is FieldKind.SIGNATURE:
            for printed in prints:
                if field.area.grown(-_TOLERANCE).overlaps(printed.extent):
                    message = _("'{what}' is printed in the signature area.")
                    yield Fault(page.number, message.format(what=printed.name), place=printed.shape.place)


def _texts_apart(page: Page, prints: Sequence[_Print]) -> Iterator[Fault]:
    texts = [
        (printed, printed.extent.grown(-_LINE_OVERLAP))
        for printed in prints
        if isinstance(printed.shape, Text)
    ]
    for (one, first), (other, second) in combinations(texts, 2):
        if first.overlaps(second):
            message = _("'{one}' and '{other}' are printed over each other.")
            told = message.format(one=one.name, other=other.name)
            yield Fault(page.number, told, place=other.shape.place)


def _distance(one: RectMm, other: RectMm) -> float:
    """Return the white between two boxes, mm; 0 where they overlap."""
    across = max(one.x - other.right, other.x - one.right, 0.0)
    down = max(one.y - other.bottom, other.y - one.bottom, 0.0)
    return float((across**2 + down**2) ** 0.5)
