"""A table as a CSV file that Excel opens with its accents: UTF-8 with BOM, one line of headings."""

from __future__ import annotations

import csv
from pathlib import Path

from omr.errors import OmrError, reason_of
from omr.i18n import _
from omr.report.table import Table

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_csv(path: Path, table: Table) -> None:
    """Write the frame with one line of headings; percents have a decimal point, as programs expect.

    Text that a spreadsheet would take for a formula gets an apostrophe in front.
    Raises OmrError where the file cannot be written.
    """
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([column.title for column in table.columns])
            for row in table.values():
                writer.writerow([_plain(value) for value in row])
    except OSError as error:
        raise OmrError(
            _("{file}: cannot be written ({reason}). Close it in Excel, or choose another folder.").format(
                file=path, reason=reason_of(error)
            )
        ) from error


def _plain(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, float):  # numpy's float64 is one
        return f"{value:.2f}"
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value
