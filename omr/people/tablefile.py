"""Tables that people keep (CSV, text, XLSX) → rows of text, each with the line it stands on.

Nothing here knows what the columns mean.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from omr.errors import RosterError, reason_of
from omr.i18n import _
from omr.people.legacy import legacy_encoding
from omr.people.names import tidy

DELIMITERS = (",", ";", "\t")

_XLSX_MAGIC = b"PK\x03\x04"
_OLD_OFFICE_MAGIC = b"\xd0\xcf\x11\xe0"  # .xls, and .xlsx under a password
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_PROBE_BYTES = 4096  # enough to see whether every other byte is zero (UTF-16 without a mark)

MOST_UNPACKED = 200 * 2**20
"""Bytes a workbook may unpack to: fifty times the roster of a province's largest commune."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `line` counts from 1 in the file, `cells` are tidied text (NFC)."""

    line: int
    cells: tuple[str, ...]


def read_rows(path: Path) -> tuple[Row, ...]:
    """Return the rows of a table that are not empty.

    Raises RosterError where the file is absent, of another kind, or in an encoding to be converted first.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RosterError(
            _("{file}: cannot be opened ({reason}). Check the path and the permissions.").format(
                file=path, reason=reason_of(error)
            )
        ) from error
    rows = tuple(row for row in _rows(path, content) if any(row.cells))
    if not rows:
        raise RosterError(_("{file}: the table is empty. Save it again with its rows.").format(file=path))
    found = legacy_encoding(cell for row in rows for cell in row.cells)
    if found is not None:
        raise RosterError(
            _(
                "{file}: the text is in {encoding}, not in Unicode. Convert it to Unicode "
                "(for example with UniKey: Ctrl+Shift+F6, target Unicode), save it and try again."
            ).format(file=path, encoding=found.value)
        )
    return rows


def _rows(path: Path, content: bytes) -> Iterator[Row]:
    if content.startswith(_XLSX_MAGIC):
        return _xlsx_rows(path, content)
    if content.startswith(_OLD_OFFICE_MAGIC):
        raise RosterError(
            _(
                "{file}: an old .xls file, or one under a password. "
                "Open it in Excel or LibreOffice and save it as .xlsx without a password."
            ).format(file=path)
        )
    return _text_rows(path, _decoded(path, content))


def _decoded(path: Path, content: bytes) -> str:
    if content.startswith(_UTF16_MARKS):
        return content.decode("utf-16")
    if b"\x00" in content[:_PROBE_BYTES]:
        even, odd = content[0:_PROBE_BYTES:2].count(0), content[1:_PROBE_BYTES:2].count(0)
        if max(even, odd) > 2 * min(even, odd):
            return content.decode("utf-16-le" if odd > even else "utf-16-be", errors="replace")
        raise RosterError(
            _("{file}: not a table. Give a CSV file (UTF-8) or an Excel file (.xlsx).").format(file=path)
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        plain = content.decode("latin-1")
        if legacy_encoding(plain.replace(",", " ").replace(";", " ").splitlines()) is not None:
            return plain
        line = content.count(b"\n", 0, error.start) + 1
        raise RosterError(
            _(
                "{file}, line {line}: the text is not in UTF-8. In Excel choose “Save as” → “CSV UTF-8”, "
                "or save the table as .xlsx."
            ).format(file=path, line=line)
        ) from error


def _text_rows(path: Path, text: str) -> Iterator[Row]:
    """Split by the delimiter that stands most often in the first lines."""
    first = text[:_PROBE_BYTES]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    try:
        for cells in reader:
            yield Row(line, tuple(tidy(cell) for cell in cells))
            line = reader.line_num + 1
    except csv.Error as error:
        message = _(
            "{file}, line {line}: not a table ({problem}). Look for a quotation mark that is not closed."
        )
        raise RosterError(message.format(file=path, line=line, problem=error)) from error


def _xlsx_rows(path: Path, content: bytes) -> Iterator[Row]:
    """The rows of the first sheet of a workbook."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    _refuse_burst(path, content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (InvalidFileException, KeyError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise RosterError(
            _("{file}: not a whole Excel workbook. Open it in Excel and save it again as .xlsx.").format(
                file=path
            )
        ) from error
    try:
        for line, cells in enumerate(book.worksheets[0].iter_rows(), start=1):
            yield Row(line, tuple(tidy(_cell_text(cell.value, cell.number_format)) for cell in cells))
    finally:
        book.close()


def _refuse_burst(path: Path, content: bytes) -> None:
    """Raise RosterError where the workbook's parts unpack to more than any roster takes."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
    except zipfile.BadZipFile:
        return  # told by who opens it
    if unpacked > MOST_UNPACKED:
        raise RosterError(
            _("{file}: unpacks to more than {most} MB. Save the list alone as a new file.").format(
                file=path, most=MOST_UNPACKED // 2**20
            )
        )


def _cell_text(value: object, number_format: str | None) -> str:
    """What the cell shows: dates as dd/mm/yyyy, whole numbers without ".0", codes with leading zeros."""
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return f"{value.day:02d}/{value.month:02d}/{value.year:04d}"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and number_format and set(number_format) == {"0"}:
        return str(value).zfill(len(number_format))
    return str(value)
