"""What a command says: messages on stderr, tables on stdout."""

from __future__ import annotations

import json as _json
import sys
from collections.abc import Sequence

from omr.i18n import _


def say(message: str) -> None:
    """Tell the person something; it does not mix with a table on stdout."""
    sys.stderr.write(message + "\n")


def fail(message: str) -> None:
    """Tell what went wrong."""
    sys.stderr.write(_("Error: {message}").format(message=message) + "\n")


def table(headers: Sequence[str], rows: Sequence[Sequence[object]], *, json: bool = False) -> None:
    """Print rows on stdout: for people as a table, for programs as a JSON list of objects."""
    if json:
        records = [dict(zip(headers, row, strict=True)) for row in rows]
        sys.stdout.write(_json.dumps(records, ensure_ascii=False, indent=1, default=str) + "\n")
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table

    drawn = Table(*headers, box=box.SIMPLE_HEAD)
    for row in rows:
        drawn.add_row(*("" if cell is None else str(cell) for cell in row))
    Console(file=sys.stdout, soft_wrap=not sys.stdout.isatty()).print(drawn)
