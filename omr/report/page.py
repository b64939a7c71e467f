"""The report as a PDF to print and sign: A4 landscape, under the heading of the Party or of the State."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import partial
from html import escape
from pathlib import Path

from reportlab.pdfbase.pdfmetrics import stringWidth
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

from omr.errors import OmrError, reason_of
from omr.forms.fonts import Face
from omr.i18n import _
from omr.report.charts import charts_of
from omr.report.page_bars import Bars, pieces
from omr.report.page_table import page_table
from omr.report.page_text import (
    BOLD,
    CELL,
    DATE,
    FACE,
    FORM,
    GRID,
    LEFT,
    LEFT_BOLD,
    MARGIN,
    NOTE,
    PAGE,
    TITLE,
    WIDTH,
    mm,
    register_fonts,
)  # fmt: skip
from omr.report.report import Part, PartKind, Report, Stamp


class Heading(StrEnum):
    """Whose heading stands above a report."""

    PARTY = "party"
    STATE = "state"


_MOTTO = {
    Heading.PARTY: ("ĐẢNG CỘNG SẢN VIỆT NAM",),
    Heading.STATE: ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"),
}
_TO_SIGN = frozenset({PartKind.TURNOUT, PartKind.ITEMS, PartKind.LEDGER, PartKind.RANKS})


def write_pdf(path: Path, report: Report, heading: Heading) -> None:
    """Write the report. Raises OmrError where it cannot be written."""
    register_fonts()
    document = SimpleDocTemplate(
        str(path),
        pagesize=PAGE,
        leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN,
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
                file=path, reason=reason_of(error)
            )
        ) from error


def _story(report: Report, heading: Heading) -> Iterator[Flowable]:
    yield _head(report.stamp, heading)
    yield Spacer(0, 8 * mm)
    yield Paragraph(escape(_("SUMMARY REPORT")), TITLE)
    yield Spacer(0, 4 * mm)
    yield _cover(report.cover)
    forms = {form.head.key: form for form in report.forms}
    for part in report.parts:
        yield PageBreak()
        yield from _part(part, report.stamp)
        if part.kind is PartKind.TURNOUT and part.key is not None:
            for chart in (piece for whole in charts_of(forms[part.key]) for piece in pieces(whole)):
                title = Paragraph(escape(chart.title), FORM)
                yield KeepTogether([Spacer(0, 5 * mm), title, Spacer(0, 2 * mm), Bars(chart)])


class _Rule(Flowable):
    """A line of a given length, in the middle of where it stands."""

    def __init__(self, length: float) -> None:
        super().__init__()
        self._length = length

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Take all the width there is."""
        self.width, self.height = width, 5.0
        return self.width, self.height

    def draw(self) -> None:
        """Draw the line."""
        left = (self.width - self._length) / 2
        self.canv.setLineWidth(0.7)
        self.canv.line(left, self.height / 2, left + self._length, self.height / 2)


def _head(stamp: Stamp, heading: Heading) -> Flowable:
    """Return the two blocks at the top: the unit at the left, the motto and the date at the right."""
    left = [Paragraph(escape(stamp.above.upper()), LEFT)] if stamp.above else []
    left.append(Paragraph(escape(stamp.unit.upper()), LEFT_BOLD))
    motto = _MOTTO[heading]
    made = stamp.made
    # The heading is Vietnamese in any language.
    day = f"ngày {made.day:02d} tháng {made.month:02d} năm {made.year}"
    rule = stringWidth(motto[-1], Face.BOLD.value, LEFT_BOLD.fontSize)
    right: list[Flowable] = [
        *(Paragraph(line, LEFT_BOLD) for line in motto),
        _Rule(rule),
        Paragraph(day, DATE),
    ]
    table = LongTable([[left, right]], colWidths=[WIDTH * 0.45, WIDTH * 0.55])
    table.setStyle(TableStyle([FACE, ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return table


def _cover(rows: Sequence[tuple[str, str]]) -> Flowable:
    cells = [
        [Paragraph(escape(label), BOLD), Paragraph(escape(text).replace("\n", "<br/>"), CELL)]
        for label, text in rows
    ]
    table = LongTable(cells, colWidths=[WIDTH * 0.25, WIDTH * 0.75])
    table.setStyle(
        TableStyle([FACE, ("GRID", (0, 0), (-1, -1), 0.5, GRID), ("VALIGN", (0, 0), (-1, -1), "TOP")])
    )
    return table


def _part(part: Part, stamp: Stamp) -> Iterator[Flowable]:
    yield Paragraph(escape(part.table.title), TITLE)
    for text, style in ((part.form, FORM), (part.note, NOTE)):
        if text:
            yield Paragraph(escape(text), style)
    yield Spacer(0, 2 * mm)
    yield page_table(part.table)
    for remark in part.remarks:
        yield Paragraph(escape(remark), CELL)
    if part.kind in _TO_SIGN:
        yield _signatures(stamp)


def _signatures(stamp: Stamp) -> Flowable:
    made = stamp.made
    date = _("Made on {day:02d}/{month:02d}/{year}").format(day=made.day, month=made.month, year=made.year)
    left = Paragraph(escape(_("DRAWN UP BY")), LEFT_BOLD)
    right = Paragraph(escape(_("FOR THE UNIT")), LEFT_BOLD)
    table = LongTable([["", Paragraph(escape(date), DATE)], [left, right]], colWidths=[WIDTH / 2] * 2)
    table.setStyle(TableStyle([FACE]))
    return KeepTogether([Spacer(0, 4 * mm), table, Spacer(0, 18 * mm)])


def _number(canvas: Canvas, document: SimpleDocTemplate) -> None:
    canvas.setFont(Face.REGULAR.value, CELL.fontSize)
    canvas.drawCentredString(PAGE[0] / 2, 8 * mm, f"{_('Page')} {document.page}")
