"""Draws placed forms into a PDF: one static page as a form XObject, and over it what differs a sheet.

The page codes are drawn as vector squares, the boxes as vector frames: both are exact at any resolution.
This module and `omr.forms.board` alone know the PDF writer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

import segno
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from omr.forms.drawing import Line, Rect, Shape, Text
from omr.forms.fonts import TICK, TICK_EM, Face, Style, width_mm
from omr.forms.frame import CODE_MODULES
from omr.forms.head import WRITING_MM
from omr.forms.issue import PrintedSheet
from omr.forms.place import Placement
from omr.forms.strips import sheet_strips
from omr.model.geometry import MM_PER_POINT, RectMm
from omr.model.layout import Page
from omr.model.pagecode import PageId, encode

POINTS_PER_MM = 1 / MM_PER_POINT
_VALUE_SIZES = (12.0, 11.0, 10.0, 9.0, 8.0, 7.0)
_DOTS = (0.5, 1.6)
"""Dotted line: dash and gap, points."""
_QR_VERSION: Literal[2] = 2
_QR_LEVEL = "q"


class Paper:
    """A PDF being written; every place is in millimetres from the page's top left corner."""

    def __init__(self, path: Path, width: float, height: float, title: str) -> None:
        for face in Face:
            if face.value not in pdfmetrics.getRegisteredFontNames():
                pdfmetrics.registerFont(TTFont(face.value, str(face.file)))
        self.height = height
        self.canvas = Canvas(
            str(path),
            pagesize=(width * POINTS_PER_MM, height * POINTS_PER_MM),
            pageCompression=1,
            # without it the writer names Helvetica on every page and embeds nothing of it
            initialFontName=Face.REGULAR.value,  # type: ignore[arg-type]  # the stubs say float
            # no clock and no random id: the same sheets give the same file
            invariant=1,
        )
        self.canvas.setTitle(title)
        self.canvas.setCreator("omr")

    def draw(self, shapes: Iterable[Shape]) -> None:
        """Draw `shapes` in black."""
        for shape in shapes:
            if isinstance(shape, Text):
                self._text(shape)
            elif isinstance(shape, Line):
                self._line(shape)
            else:
                self._rect(shape)

    def code(self, text: str, areas: Sequence[RectMm]) -> None:
        """Draw the page code of `text` into each of `areas`."""
        runs = PDFPathObject(code=_dark_runs(text))
        for area in areas:
            self.canvas.saveState()
            self.canvas.translate(area.x * POINTS_PER_MM, self._up(area.bottom))
            module = area.width * POINTS_PER_MM / CODE_MODULES
            self.canvas.scale(module, module)
            self.canvas.drawPath(runs, stroke=0, fill=1)
            self.canvas.restoreState()

    def _text(self, text: Text) -> None:
        x, y = text.x * POINTS_PER_MM, self._up(text.y)
        self.canvas.setFont(text.style.face.value, text.style.size)
        for index, part in enumerate(text.text.split(TICK)):
            if index:
                self._tick(x, y, text.style.size)
                x += TICK_EM * text.style.size
            self.canvas.drawString(x, y, part)
            x += width_mm(part, text.style) * POINTS_PER_MM

    def _tick(self, x: float, y: float, size: float) -> None:
        self.canvas.setLineWidth(0.09 * size)
        path = self.canvas.beginPath()
        path.moveTo(x + 0.10 * size, y + 0.30 * size)
        path.lineTo(x + 0.28 * size, y + 0.06 * size)
        path.lineTo(x + 0.64 * size, y + 0.66 * size)
        self.canvas.drawPath(path, stroke=1, fill=0)

    def _line(self, line: Line) -> None:
        self.canvas.setLineWidth(line.width * POINTS_PER_MM)
        if line.dotted:
            self.canvas.setDash(*_DOTS)
        ends = (line.x1 * POINTS_PER_MM, self._up(line.y1), line.x2 * POINTS_PER_MM, self._up(line.y2))
        self.canvas.line(*ends)
        if line.dotted:
            self.canvas.setDash()

    def _rect(self, rect: Rect) -> None:
        # a stroke lies half inside and half outside its path, an area is an outer edge
        inner = rect.area.grown(-rect.line / 2)
        self.canvas.setLineWidth(rect.line * POINTS_PER_MM)
        self.canvas.rect(
            inner.x * POINTS_PER_MM,
            self._up(inner.bottom),
            inner.width * POINTS_PER_MM,
            inner.height * POINTS_PER_MM,
            stroke=int(rect.line > 0),
            fill=int(rect.line == 0),
        )

    def _up(self, y: float) -> float:
        """Return the PDF's own y, points from the bottom edge."""
        return (self.height - y) * POINTS_PER_MM


def write_forms(
    path: Path, placement: Placement, sheets: Sequence[PrintedSheet], *, duplex: bool = False
) -> None:
    """Write one PDF with all pages of all `sheets`, in order.

    Args:
        path: the PDF; overwritten.
        placement: the placed form; its digest must be that of the sheets.
        sheets: serials and what is printed into the fields.
        duplex: follow a sheet of odd pages by a blank back.

    Raises:
        OSError: the file cannot be written.
    """
    layout = placement.layout
    paper = Paper(path, layout.size.width, layout.size.height, layout.title)
    for page, drawing in zip(layout.pages, placement.drawings, strict=True):
        paper.canvas.beginForm(_form_name(page))
        paper.draw(drawing.shapes)
        paper.draw(_marks(page, layout.line_mm))
        paper.canvas.endForm()
    for sheet in sheets:
        for page in layout.pages:
            paper.canvas.doForm(_form_name(page))
            paper.draw(_overlay(placement, page, sheet))
            paper.code(encode(_page_id(sheet, page)), page.codes)
            paper.canvas.showPage()
        if duplex and len(layout.pages) % 2:
            paper.canvas.showPage()
    paper.canvas.save()


def _form_name(page: Page) -> str:
    return f"page{page.number}"


def _page_id(sheet: PrintedSheet, page: Page) -> PageId:
    issued = sheet.issued
    return PageId(issued.digest, issued.year, issued.serial, page.number, issued.pages)


def _marks(page: Page, line_mm: float) -> list[Shape]:
    """Return what reading relies on: the frozen geometry itself, not the shapes it was rounded from."""
    solid = [*page.fiducials, *([page.orientation] if page.orientation else [])]
    return [*(Rect(area) for area in solid), *(Rect(box.area, line_mm) for box in page.boxes)]


def _overlay(placement: Placement, page: Page, sheet: PrintedSheet) -> list[Shape]:
    master = placement.master_label if sheet.issued.master else ""
    values = dict(sheet.values)
    return [
        *sheet_strips(placement.serial_label, sheet.issued.serial, master),
        *(_value(field.area, values[field.roster]) for field in page.fields if values.get(field.roster)),
    ]


def _value(area: RectMm, value: str) -> Text:
    """Return `value` on the first dotted line of a field, as large as it fits."""
    room = area.width - 1.0
    styles = [Style(Face.REGULAR, size) for size in _VALUE_SIZES]
    style = next((style for style in styles if width_mm(value, style) <= room), styles[-1])
    return Text(area.x + 0.5, area.y + WRITING_MM - 2.3, value, style, room)


def _dark_runs(text: str) -> list[str]:
    """Return the dark modules of the QR of `text` as PDF rectangles, one a run, in modules from below."""
    code = segno.make(
        text, version=_QR_VERSION, error=_QR_LEVEL, mode="alphanumeric", micro=False, boost_error=False
    )
    runs: list[str] = []
    for row, modules in enumerate(code.matrix):
        start: int | None = None
        for column, dark in enumerate((*modules, 0)):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                runs.append(f"{start} {CODE_MODULES - 1 - row} {column - start} 1 re")
                start = None
    return runs
