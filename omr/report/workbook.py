"""The workbook people print and sign: A4 landscape, one pair of worksheets a form, the ledger last."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from omr.errors import OmrError
from omr.i18n import _
from omr.report.table import Column, Kind, Table, Weight
from omr.report.tables import FormTables

FONT = "Times New Roman"
_POINTS, _HEAD_POINTS = 11, 14
_WIDTHS = {Kind.ORDER: 7.0, Kind.COUNT: 9.0, Kind.PERCENT: 9.0, Kind.TEXT: 26.0}  # characters
_ITEM_WIDTH = 62.0  # characters: an item of table 2 in one line, mostly two at the longest
_PAPER_A4 = 9  # xlsxwriter's number
_MARGINS_IN = {"left": 0.6, "right": 0.6, "top": 0.6, "bottom": 0.7}
_NUMBERS = {Kind.COUNT: "#,##0", Kind.PERCENT: "0.00"}  # shown as 1.234 and 20,59 on a Vietnamese machine
_TITLE_ROWS = 4
_LONGEST_NAME = 31  # characters, Excel's limit for the name of a worksheet
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")


@dataclass(frozen=True, slots=True)
class Stamp:
    """What every page of a report says about itself."""

    unit: str
    made: dt.date


@dataclass(frozen=True, slots=True)
class _Heading:
    """The block above a table."""

    unit: str
    title: str
    form: str
    note: str


def write_workbook(path: Path, forms: Sequence[FormTables], ledger: Table, stamp: Stamp) -> None:
    """Write all tables into one XLSX file. Raises OmrError where it cannot be written."""
    book = xlsxwriter.Workbook(
        path, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties({"title": _("SUMMARY BY UNIT"), "comments": stamp.unit})
    styles = _Styles(book)
    names: set[str] = set()
    for form in forms:
        note = level_note(form)
        for table, suffix in ((form.turnout, _("units")), (form.items, _("items"))):
            sheet = book.add_worksheet(worksheet_name(f"{form.head.key.layout} {suffix}", names))
            heading = _Heading(stamp.unit, table.title, f"{form.head.title} – {form.head.key.year}", note)
            _fill(sheet, table, heading, stamp, styles)
    sheet = book.add_worksheet(worksheet_name(_("Ledger"), names))
    _fill(sheet, ledger, _Heading(stamp.unit, ledger.title, "", ""), stamp, styles)
    try:
        book.close()
    except (xlsxwriter.exceptions.FileCreateError, OSError) as error:
        raise OmrError(
            _("{file}: cannot be written ({reason}). Close it in Excel, or choose another folder.").format(
                file=path, reason=error
            )
        ) from error


def level_note(form: FormTables) -> str:
    """Return the sentence that keeps a computed level from being taken for a conclusion."""
    rules = ", ".join(form.head.rules) or _("none")
    if not form.head.levels:
        return _("Counts of self-assessed ticks; rules: {rules}.").format(rules=rules)
    return _("Self-assessed level (computed by rule), not a conclusion; rules: {rules}.").format(rules=rules)


def worksheet_name(wanted: str, taken: set[str]) -> str:
    """Return `wanted` as a name Excel accepts and that is not in `taken`, and add it there."""
    plain = _FORBIDDEN.sub(" ", wanted).strip() or "1"
    name, number = plain[:_LONGEST_NAME], 2
    while name.casefold() in taken:
        tail = f" {number}"
        name, number = plain[: _LONGEST_NAME - len(tail)] + tail, number + 1
    taken.add(name.casefold())
    return name


class _Styles:
    """The cell formats of one workbook."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, object], ...], Format] = {}
        self.left = self.of(bold=True)
        self.title = self.of(bold=True, align="center", font_size=_HEAD_POINTS)
        self.middle = self.of(align="center", bold=True)
        self.note = self.of(align="center", italic=True)
        self.date = self.of(align="center", italic=True)
        self.head = self.of(
            bold=True, align="center", valign="vcenter", text_wrap=True, border=1, bg_color="#E7E6E6"
        )

    def of(self, **properties: object) -> Format:
        """Return the format with these properties, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({"font_name": FONT, "font_size": _POINTS, **properties})
        return self._made[key]

    def cell(self, kind: Kind, weight: Weight) -> Format:
        """Return the format of a value."""
        properties: dict[str, object] = {"border": 1, "valign": "top", "bold": weight is not Weight.PLAIN}
        if kind in _NUMBERS:
            properties |= {"num_format": _NUMBERS[kind], "align": "right"}
        else:
            properties |= {"text_wrap": True, "align": "center" if kind is Kind.ORDER else "left"}
        if weight in (Weight.SECTION, Weight.TOTAL):
            properties["bg_color"] = "#F2F2F2"
        return self.of(**properties)


def _fill(sheet: Worksheet, table: Table, heading: _Heading, stamp: Stamp, styles: _Styles) -> None:
    last = len(table.columns) - 1
    sheet.write_string(0, 0, heading.unit, styles.left)
    for row, (text, style) in enumerate(
        ((heading.title, styles.title), (heading.form, styles.middle), (heading.note, styles.note)), start=1
    ):
        sheet.merge_range(row, 0, row, last, "", style)
        sheet.write_string(row, 0, text, style)
    first = _heads(sheet, table.columns, styles)
    for row, (cells, weight) in enumerate(
        zip(table.frame.itertuples(index=False), table.weights, strict=True), start=first
    ):
        for at, (value, column) in enumerate(zip(cells, table.columns, strict=True)):
            _write(sheet, row, at, value, styles.cell(column.kind, weight))
    _foot(sheet, first + len(table.weights) + 1, last, stamp, styles)
    _set_up(sheet, table, first)


def _heads(sheet: Worksheet, columns: Sequence[Column], styles: _Styles) -> int:
    """Write the two head rows; return the first row of values."""
    top = _TITLE_ROWS + 1
    at = 0
    for group, run in groupby(columns, key=lambda column: column.group):
        together = list(run)
        for offset, column in enumerate(together):
            if group:
                sheet.write_string(top + 1, at + offset, column.heading, styles.head)
            else:
                sheet.merge_range(top, at + offset, top + 1, at + offset, "", styles.head)
                sheet.write_string(top, at + offset, column.heading, styles.head)
        if group:
            if len(together) > 1:
                sheet.merge_range(top, at, top, at + len(together) - 1, "", styles.head)
            sheet.write_string(top, at, group, styles.head)
        at += len(together)
    return top + 2


def _write(sheet: Worksheet, row: int, column: int, value: object, style: Format) -> None:
    """Numbers as numbers, everything else as text that no program takes for a formula."""
    if isinstance(value, (int, float)):
        sheet.write_number(row, column, value, style)
    elif isinstance(value, str) and value:
        sheet.write_string(row, column, value, style)
    else:
        sheet.write_blank(row, column, None, style)


def _foot(sheet: Worksheet, row: int, last: int, stamp: Stamp, styles: _Styles) -> None:
    """Date and signatures: who drew the table up at the left, who answers for it at the right."""
    half = max(last // 2, 1)
    made = stamp.made
    date = _("Made on {day:02d}/{month:02d}/{year}").format(day=made.day, month=made.month, year=made.year)
    for line, texts, style in (
        (row, ("", date), styles.date),
        (row + 1, (_("DRAWN UP BY"), _("FOR THE UNIT")), styles.middle),
    ):
        for (left, right), text in zip(((0, half), (half + 1, last)), texts, strict=True):
            if right > left:
                sheet.merge_range(line, left, line, right, "", style)
            sheet.write_string(line, left, text, style)


def _set_up(sheet: Worksheet, table: Table, first: int) -> None:
    """Paper, heads that stay in sight, widths."""
    sheet.set_landscape()
    sheet.set_paper(_PAPER_A4)
    sheet.set_margins(**_MARGINS_IN)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(first - 2, first - 1)
    sheet.freeze_panes(first, 2)
    sheet.set_footer(f'&C&"{FONT}"&10{_("Page")} &P/&N')
    for at, column in enumerate(table.columns):
        sheet.set_column(at, at, _width(column))


def _width(column: Column) -> float:
    return _ITEM_WIDTH if column.id == "text" else _WIDTHS[column.kind]
