"""CSV files that people or other programs made: their rows, or what is wrong with them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from omr.errors import RosterError
from omr.i18n import _


def read_columns(file: Path, columns: Sequence[str]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield the line number and the named columns of each row, stripped.

    Raises RosterError where the file cannot be opened, is no UTF-8 text or lacks a column.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.DictReader(opened)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                raise RosterError(
                    _("{path}:1: the columns {names} are missing.").format(
                        path=file, names=", ".join(missing)
                    )
                )
            for row in reader:
                yield reader.line_num, {name: (row[name] or "").strip() for name in columns}
    except OSError as error:
        raise RosterError(
            _("{path} could not be opened ({reason}).").format(path=file, reason=error.strerror)
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise RosterError(_("{path} is not UTF-8 text. Save it as CSV UTF-8.").format(path=file)) from error
