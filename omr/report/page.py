"""The report as a PDF to print and sign: A4 landscape, under the heading of the Party or of the State."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import partial
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

from reportlab.graphics.shapes import Drawing, Line, Rect, String
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    KeepTogether,
    LongTable,
    PageBreak,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    TableStyle,
)

from omr.errors import OmrError
from omr.forms.fonts import Face
from omr.i18n import _
from omr.report.charts import Chart, charts_of, short
from omr.report.report import Part, PartKind, Report, Stamp
from omr.report.table import Column, Kind, Table, Weight


class Heading(StrEnum):
    """Whose heading stands above a report."""

    PARTY = "party"
    STATE = "state"


_MOTTO = {
    Heading.PARTY: ("ĐẢNG CỘNG SẢN VIỆT NAM",),
    Heading.STATE: ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"),
}
_MARGIN = 15 * mm
_WIDTH = landscape(A4)[0] - 2 * _MARGIN
_SHARES = {Kind.ORDER: 1.2, Kind.COUNT: 1.5, Kind.PERCENT: 1.7, Kind.SHORT: 2.4, Kind.TEXT: 6.0}
_OWN_SHARES = {"text": 14.0, "note": 6.0}
_PADDING = 4.0  # points, left and right of a cell together
_GRID, _HEAD, _GROUP = HexColor("#555555"), HexColor("#e7e6e6"), HexColor("#f2f2f2")


def _style(name: str, size: float, face: Face = Face.REGULAR, **more: Any) -> ParagraphStyle:  # noqa: ANN401 (reportlab's)
    return ParagraphStyle(name, fontName=face.value, fontSize=size, leading=size * 1.2, **more)


_CELL, _BOLD = _style("cell", 9), _style("bold", 9, Face.BOLD)
_CENTRE = _style("centre", 9, Face.BOLD, alignment=TA_CENTER)
_TITLE = _style("title", 14, Face.BOLD, alignment=TA_CENTER, spaceBefore=6)
_FORM = _style("form", 11, Face.BOLD, alignment=TA_CENTER)
_NOTE = _style("note", 9, Face.ITALIC, alignment=TA_CENTER, spaceAfter=4)
_LEFT, _LEFT_BOLD = (
    _style("left", 11, alignment=TA_CENTER),
    _style("own", 11, Face.BOLD, alignment=TA_CENTER),
)
_DATE = _style("date", 11, Face.ITALIC, alignment=TA_CENTER)
_FACE = ("FONTNAME", (0, 0), (-1, -1), Face.REGULAR.value)
"""Without it an empty cell names Helvetica, which is not embedded."""
_RIGHT_ALIGNED = frozenset({Kind.COUNT, Kind.PERCENT})


def write_pdf(path: Path, report: Report, heading: Heading) -> None:
    """Write the report. Raises OmrError where it cannot be written."""
    for face in Face:
        if face.value not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(face.value, str(face.file)))
    document = SimpleDocTemplate(
        str(path),
        pagesize=landscape(A4),
        leftMargin=_MARGIN, rightMargin=_MARGIN, topMargin=_MARGIN, bottomMargin=_MARGIN,
        title=_("SUMMARY REPORT"), author=report.stamp.unit, creator="omr",
        initialFontName=Face.REGULAR.value,
    )  # fmt: skip
    try:
        document.build(
            list(_story(report, heading)),
            onFirstPage=_number,
            onLaterPages=_number,
            canvasmaker=partial(Canvas, initialFontName=Face.REGULAR.value),  # type: ignore[arg-type]  # the stubs say float
        )
    except OSError as error:
        raise OmrError(
            _("{file}: cannot be written ({reason}). Close it in Excel, or choose another folder.").format(
                file=path, reason=error.strerror
            )
        ) from error


def _story(report: Report, heading: Heading) -> Iterator[Flowable]:
    yield _head(report.stamp, heading)
    yield Spacer(0, 8 * mm)
    yield Paragraph(escape(_("SUMMARY REPORT")), _TITLE)
    yield Spacer(0, 4 * mm)
    yield _cover(report.cover)
    forms = {form.head.key: form for form in report.forms}
    for part in report.parts:
        yield PageBreak()
        yield from _part(part, report.stamp)
        if part.kind is PartKind.TURNOUT and part.key is not None:
            for chart in (piece for whole in charts_of(forms[part.key]) for piece in _pieces(whole)):
                title = Paragraph(escape(chart.title), _FORM)
                yield KeepTogether([Spacer(0, 5 * mm), title, Spacer(0, 2 * mm), _drawing(chart)])


def _pieces(chart: Chart) -> Iterator[Chart]:
    """Yield a chart in pieces that fit a page each."""
    for first in range(0, len(chart.bars), _MOST_BARS):
        yield replace(chart, bars=chart.bars[first : first + _MOST_BARS])


def _head(stamp: Stamp, heading: Heading) -> Flowable:
    """Return the two blocks at the top: the unit at the left, the motto and the date at the right."""
    left = [Paragraph(escape(stamp.above.upper()), _LEFT)] if stamp.above else []
    left.append(Paragraph(escape(stamp.unit.upper()), _LEFT_BOLD))
    motto = _MOTTO[heading]
    right: list[Flowable] = [Paragraph(line, _LEFT_BOLD) for line in motto]
    rule = pdfmetrics.stringWidth(motto[-1], Face.BOLD.value, _LEFT_BOLD.fontSize)
    right.append(_rule(rule))
    made = stamp.made
    # The heading is Vietnamese in any language.
    day = f"ngày {made.day:02d} tháng {made.month:02d} năm {made.year}"
    right.append(Paragraph(day, _DATE))
    table = LongTable([[left, right]], colWidths=[_WIDTH * 0.45, _WIDTH * 0.55])
    table.setStyle(TableStyle([_FACE, ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return table


def _rule(length: float) -> Drawing:
    """Return a line as long as the motto, in the middle of the right block."""
    width = _WIDTH * 0.55 - 12
    drawing = Drawing(width, 5)
    drawing.add(Line((width - length) / 2, 3, (width + length) / 2, 3, strokeWidth=0.7))
    return drawing


def _cover(rows: Sequence[tuple[str, str]]) -> Flowable:
    cells = [
        [Paragraph(escape(label), _BOLD), Paragraph(escape(text).replace("\n", "<br/>"), _CELL)]
        for label, text in rows
    ]
    table = LongTable(cells, colWidths=[_WIDTH * 0.25, _WIDTH * 0.75])
    table.setStyle(
        TableStyle([_FACE, ("GRID", (0, 0), (-1, -1), 0.5, _GRID), ("VALIGN", (0, 0), (-1, -1), "TOP")])
    )
    return table


def _part(part: Part, stamp: Stamp) -> Iterator[Flowable]:
    yield Paragraph(escape(part.table.title), _TITLE)
    for text, style in ((part.form, _FORM), (part.note, _NOTE)):
        if text:
            yield Paragraph(escape(text), style)
    yield Spacer(0, 2 * mm)
    yield _table(part.table)
    for remark in part.remarks:
        yield Paragraph(escape(remark), _CELL)
    if part.kind in {PartKind.TURNOUT, PartKind.ITEMS, PartKind.LEDGER, PartKind.RANKS}:
        yield _signatures(stamp)


def _table(table: Table) -> Flowable:
    heads, style = _heads(table.columns)
    shares = [_OWN_SHARES.get(column.id, _SHARES[column.kind]) for column in table.columns]
    widths = [_WIDTH * share / sum(shares) for share in shares]
    rows: list[list[Flowable | str]] = [*heads]
    for texts, weight in zip(table.texts(), table.weights, strict=True):
        rows.append([_cell(text, width, weight) for text, width in zip(texts, widths, strict=True)])
        line = (0, len(rows) - 1), (-1, len(rows) - 1)
        if weight is not Weight.PLAIN:
            style.append(("FONTNAME", *line, Face.BOLD.value))
        if weight in {Weight.SECTION, Weight.TOTAL}:
            style.append(("BACKGROUND", *line, _GROUP))
    for at, column in enumerate(table.columns):
        align = (
            "RIGHT" if column.kind in _RIGHT_ALIGNED else "CENTER" if column.kind is Kind.ORDER else "LEFT"
        )
        style.append(("ALIGN", (at, len(heads)), (at, -1), align))
    made = LongTable(rows, colWidths=widths, repeatRows=len(heads))
    made.setStyle(TableStyle(style))
    return made


def _cell(text: str, width: float, weight: Weight) -> Flowable | str:
    """Return text that is broken into lines where it has to be: a paragraph costs far more than a string."""
    style = _CELL if weight is Weight.PLAIN else _BOLD
    if pdfmetrics.stringWidth(text, style.fontName, style.fontSize) <= width - _PADDING:
        return text
    return Paragraph(escape(text), style)


def _heads(columns: Sequence[Column]) -> tuple[list[list[Flowable | str]], list[Any]]:
    """Return one or two head rows and the style that joins their cells."""
    style: list[Any] = [
        _FACE,
        ("FONTSIZE", (0, 0), (-1, -1), _CELL.fontSize),
        ("GRID", (0, 0), (-1, -1), 0.5, _GRID), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), _PADDING / 2), ("RIGHTPADDING", (0, 0), (-1, -1), _PADDING / 2),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5), ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
    ]  # fmt: skip
    above: list[Flowable | str] = []
    below: list[Flowable | str] = []
    for group, run in groupby(columns, key=lambda column: column.group):
        together = list(run)
        first = len(above)
        texts = [Paragraph(escape(column.heading), _CENTRE) for column in together]
        if group:
            above += [Paragraph(escape(group), _CENTRE), *[""] * (len(together) - 1)]
            below += texts
            style.append(("SPAN", (first, 0), (first + len(together) - 1, 0)))
        else:
            above += texts
            below += [""] * len(together)
            style += [("SPAN", (at, 0), (at, 1)) for at in range(first, first + len(together))]
    style.append(("BACKGROUND", (0, 0), (-1, 1), _HEAD))
    if any(column.group for column in columns):
        return [above, below], style
    plain = [each for each in style if each[0] != "SPAN"]
    return [above], [*plain[:-1], ("BACKGROUND", (0, 0), (-1, 0), _HEAD)]


def _signatures(stamp: Stamp) -> Flowable:
    made = stamp.made
    date = _("Made on {day:02d}/{month:02d}/{year}").format(day=made.day, month=made.month, year=made.year)
    left = Paragraph(escape(_("DRAWN UP BY")), _LEFT_BOLD)
    right = Paragraph(escape(_("FOR THE UNIT")), _LEFT_BOLD)
    table = LongTable([["", Paragraph(escape(date), _DATE)], [left, right]], colWidths=[_WIDTH / 2] * 2)
    table.setStyle(TableStyle([_FACE]))
    return KeepTogether([Spacer(0, 4 * mm), table, Spacer(0, 18 * mm)])


_MOST_BARS = 24  # 6 mm each, a page of A4 landscape less its head
_LABEL, _BAR, _STEP, _HIGH = 90 * mm, 130 * mm, 6 * mm, 4 * mm


def _drawing(chart: Chart) -> Drawing:
    lines = len(chart.bars) + bool(chart.legend)
    drawing = Drawing(_WIDTH, lines * _STEP)
    for line, bar in enumerate(chart.bars):
        y = (lines - line - 1) * _STEP
        drawing.add(_string(_LABEL - 4, y + 3, short(bar.label), anchor="end"))
        x = _LABEL
        for segment in bar.segments:
            wide = _BAR * segment.share / 100
            drawing.add(_block(x, y, wide, _HIGH, segment.colour))
            x += wide
        drawing.add(_string(x + 4, y + 3, bar.text))
    x = _LABEL
    for colour, label in chart.legend:
        drawing.add(_block(x, 2, 8, 8, colour))
        drawing.add(_string(x + 11, 3, label))
        x += 24 + pdfmetrics.stringWidth(label, Face.REGULAR.value, 9)
    return drawing


def _string(x: float, y: float, text: str, anchor: Literal["start", "end"] = "start") -> String:
    return String(x, y, text, fontName=Face.REGULAR.value, fontSize=9, textAnchor=anchor)


def _block(x: float, y: float, width: float, height: float, colour: str) -> Rect:
    return Rect(x, y, width, height, fillColor=HexColor(colour), strokeWidth=0)  # type: ignore[arg-type]  # the stubs confuse shapes


def _number(canvas: Canvas, document: SimpleDocTemplate) -> None:
    canvas.setFont(Face.REGULAR.value, 9)
    canvas.drawCentredString(landscape(A4)[0] / 2, 8 * mm, f"{_('Page')} {document.page}")
