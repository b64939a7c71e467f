"""The workbook people print and sign: A4 landscape, a cover, one worksheet a table, the ledger last."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from numbers import Real
from pathlib import Path
from textwrap import wrap

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from omr.errors import OmrError
from omr.i18n import _
from omr.report.report import Part, Report, Stamp
from omr.report.styles import FONT, Styles
from omr.report.table import Column, Kind, Table, Weight

_WIDTHS = {
    Kind.ORDER: 5.5,
    Kind.COUNT: 7.0,
    Kind.PERCENT: 7.5,
    Kind.TEXT: 26.0,
    Kind.SHORT: 14.0,
}  # characters
_OWN_WIDTHS = {"text": 72.0, "note": 38.0}  # characters: most items in one line, most notes in two
_LETTER_SHARE = 0.75  # mean width of a letter of Vietnamese text to that of a digit, the unit of widths
_CAPITAL = 0.35  # by how much a capital is wider
_BOLD_SHARE = 0.9  # the same of bold text, with a little air
_TITLE_POINTS = 20.0  # height of a line of the title
_LINE_POINTS = 16.0  # height of one line of text; LibreOffice does not work out wrapped rows by itself
_PAPER_A4 = 9  # xlsxwriter's number
_COVER = (28.0, 100.0)  # characters: label, text
_MARGINS_IN = {"left": 0.6, "right": 0.6, "top": 0.6, "bottom": 0.7}
_TITLE_ROWS = 4
_LONGEST_NAME = 31  # characters, Excel's limit for the name of a worksheet
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")


def write_workbook(path: Path, report: Report) -> None:
    """Write a report into one XLSX file. Raises OmrError where it cannot be written."""
    book = xlsxwriter.Workbook(
        path, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties({"title": _("SUMMARY BY UNIT"), "comments": report.stamp.unit})
    styles = Styles(book)
    names: set[str] = set()
    _cover(book.add_worksheet(worksheet_name(_("Cover"), names)), report, styles)
    for part in report.parts:
        _fill(book.add_worksheet(worksheet_name(part.name, names)), part, report.stamp, styles)
    try:
        book.close()
    except (xlsxwriter.exceptions.FileCreateError, OSError) as error:
        raise OmrError(
            _("{file}: cannot be written ({reason}). Close it in Excel, or choose another folder.").format(
                file=path, reason=error
            )
        ) from error


def _cover(sheet: Worksheet, report: Report, styles: Styles) -> None:
    """Say what the whole report is about, who signed it, and what was checked."""
    sheet.merge_range(0, 0, 0, 1, "", styles.title)
    sheet.write_string(0, 0, _("SUMMARY REPORT"), styles.title)
    for row, (label, text) in enumerate(report.cover, start=2):
        sheet.write_string(row, 0, label, styles.cell(Kind.SHORT, Weight.PART))
        sheet.write_string(row, 1, text, styles.cell(Kind.TEXT, Weight.PLAIN))
        sheet.set_row(row, _LINE_POINTS * sum(_wrapped(line, _COVER[1]) for line in text.split("\n")))
    for at, width in enumerate(_COVER):
        sheet.set_column(at, at, width)
    _paper(sheet)


def worksheet_name(wanted: str, taken: set[str]) -> str:
    """Return `wanted` as a name Excel accepts and that is not in `taken`, and add it there."""
    plain = _FORBIDDEN.sub(" ", wanted).strip() or "1"
    name, number = plain[:_LONGEST_NAME], 2
    while name.casefold() in taken:
        tail = f" {number}"
        name, number = plain[: _LONGEST_NAME - len(tail)] + tail, number + 1
    taken.add(name.casefold())
    return name


def _fill(sheet: Worksheet, part: Part, stamp: Stamp, styles: Styles) -> None:
    table = part.table
    last = len(table.columns) - 1
    titles = (
        (stamp.unit, styles.left), (table.title, styles.title),
        (part.form, styles.middle), (part.note, styles.note),
    )  # fmt: skip
    for row, (text, style) in enumerate(titles):
        sheet.merge_range(row, 0, row, last, "", style)
        sheet.write_string(row, 0, text, style)
        if (lines := _wrapped(text, _across(table.columns), _BOLD_SHARE)) > 1:
            sheet.set_row(row, _TITLE_POINTS * lines)
    first = _heads(sheet, table.columns, styles)
    for row, (cells, weight) in enumerate(zip(table.values(), table.weights, strict=True), start=first):
        for at, (value, column) in enumerate(zip(cells, table.columns, strict=True)):
            _write(sheet, row, at, value, styles.cell(column.kind, weight))
        sheet.set_row(row, _LINE_POINTS * _lines(cells, table.columns))
    under = first + len(table.weights)
    for row, text in enumerate(part.remarks, start=under):
        sheet.merge_range(row, 0, row, last, "", styles.remark)
        sheet.write_string(row, 0, text, styles.remark)
        sheet.set_row(row, _LINE_POINTS * _wrapped(text, _across(table.columns)))
    _foot(sheet, under + len(part.remarks) + 1, last, stamp, styles)
    _set_up(sheet, table, first)


def _heads(sheet: Worksheet, columns: Sequence[Column], styles: Styles) -> int:
    """Write the two head rows; return the first row of values."""
    top = _TITLE_ROWS + 1
    for row, lines in enumerate(_head_lines(columns), start=top):
        sheet.set_row(row, _LINE_POINTS * lines)
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


def _head_lines(columns: Sequence[Column]) -> tuple[int, int]:
    """Return the lines of the two head rows; a heading without a group has both of them."""
    groups = {name: [c for c in columns if c.group == name] for name in {c.group for c in columns} - {""}}
    above = max((_wrapped(name, _across(own), _BOLD_SHARE) for name, own in groups.items()), default=1)
    lines = {column: _wrapped(column.heading, _width(column), _BOLD_SHARE) for column in columns}
    below = max(count if column.group else count - above for column, count in lines.items())
    return above, max(below, 1)


def _write(sheet: Worksheet, row: int, column: int, value: object, style: Format) -> None:
    """Numbers as numbers, everything else as text that no program takes for a formula."""
    if isinstance(value, Real):
        sheet.write_number(row, column, float(value), style)
    elif isinstance(value, str) and value:
        sheet.write_string(row, column, value, style)
    else:
        sheet.write_blank(row, column, None, style)


def _foot(sheet: Worksheet, row: int, last: int, stamp: Stamp, styles: Styles) -> None:
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
    """Heads that stay in sight, filters, widths; totals at the foot are not filtered away."""
    _paper(sheet)
    sheet.repeat_rows(first - 2, first - 1)
    sheet.freeze_panes(first, 2)
    plain = [at for at, weight in enumerate(table.weights) if weight is not Weight.TOTAL]
    if plain:
        sheet.autofilter(first - 1, 0, first + plain[-1], len(table.columns) - 1)
    for at, column in enumerate(table.columns):
        sheet.set_column(at, at, _width(column))


def _paper(sheet: Worksheet) -> None:
    """A4 landscape, one page wide, numbered."""
    sheet.set_landscape()
    sheet.set_paper(_PAPER_A4)
    sheet.set_margins(**_MARGINS_IN)
    sheet.fit_to_pages(1, 0)
    page = _("Page")
    sheet.set_footer(f'&C&"{FONT}"&10{page} &P/&N')


def _lines(cells: Sequence[object], columns: Sequence[Column]) -> int:
    """Return how many lines the longest text of a row takes in its column."""
    texts = ((cell, column) for cell, column in zip(cells, columns, strict=True) if isinstance(cell, str))
    return max((1, *(_wrapped(text, _width(column)) for text, column in texts)))


def _wrapped(text: str, width: float, share: float = _LETTER_SHARE) -> int:
    """Return how many lines a text takes in a column; width in characters, share of a letter of it."""
    capitals = sum(map(str.isupper, text)) / max(len(text), 1)
    fits = max(1, int(width / share / (1 + _CAPITAL * capitals)))
    return 1 if len(text) <= fits else len(wrap(text, fits))


def _across(columns: Sequence[Column]) -> float:
    """Return the width of some columns, characters."""
    return sum(map(_width, columns))


def _width(column: Column) -> float:
    return _OWN_WIDTHS.get(column.id, _WIDTHS[column.kind])
