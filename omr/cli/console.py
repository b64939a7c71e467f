"""What a command says: messages on stderr, tables on stdout."""

from __future__ import annotations

import json as _json
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import TYPE_CHECKING, TextIO

from omr.i18n import _

if TYPE_CHECKING:
    from rich.table import Table


def speak_utf8(*streams: TextIO) -> None:
    """Write UTF-8 from here on.

    Into a file or pipe Windows would write by a code page that lacks Vietnamese letters.
    What no encoding has, a file's name in wrong bytes, is written by its numbers.
    """
    for stream in streams:
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


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
    from rich.console import Console

    console = Console(file=sys.stdout)
    drawn = _drawn(headers, rows)
    needed = console.measure(drawn, options=console.options.update(width=_WIDEST)).maximum
    if needed > console.width and sys.stdout.isatty():
        # Too many columns for the screen: each row becomes a column, so that nothing is cut off.
        lines = [(header, *(row[at] for row in rows)) for at, header in enumerate(headers)]
        drawn = _drawn(lines[0], lines[1:])
        needed = console.measure(drawn, options=console.options.update(width=_WIDEST)).maximum
    console.width = max(console.width, needed)
    console.print(drawn, soft_wrap=True)


_WIDEST = 10_000
"""Characters; no table is wider."""


def _drawn(headers: Sequence[object], rows: Sequence[Sequence[object]]) -> Table:
    from rich import box
    from rich.table import Table

    drawn = Table(*("" if header is None else str(header) for header in headers), box=box.SIMPLE_HEAD)
    for row in rows:
        drawn.add_row(*("" if cell is None else str(cell) for cell in row))
    return drawn
