"""Small fixed-width tables of a bench: printed, kept in bench/results, shown in a document.

A kept table is read back by the next run, which says how each ratio moved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_GAP = "  "
"""Between two columns; cells hold single spaces only, so a row is split at it again."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text cells under their columns; no cell is empty. Columns named "ratio…" are compared."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __str__(self) -> str:
        """Return the table as lines: the first column to the left, numbers to the right."""
        lines = (self.columns, *self.rows)
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join((self.title, *(_line(cells, widths) for cells in lines)))

    def ratios(self) -> Iterator[tuple[str, float]]:
        """Yield each ratio by its name: table, row, column."""
        for row in self.rows:
            for column, cell in zip(self.columns, row, strict=True):
                if column.startswith("ratio") and cell != "-":
                    yield f"{self.title.split(':')[0]}: {row[0]}, {column}", float(cell)


def render(tables: Sequence[Table]) -> str:
    """Return the tables as text, a blank line between two."""
    return "\n\n".join(map(str, tables)) + "\n"


def parse(text: str) -> tuple[Table, ...]:
    """Return what `render` made a text of."""
    return tuple(_parsed(block) for block in text.strip().split("\n\n") if block)


def moves(earlier: Sequence[Table], now: Sequence[Table]) -> tuple[str, ...]:
    """Return a line for every ratio that both runs have: what it was, what it is."""
    before = dict(pair for table in earlier for pair in table.ratios())
    return tuple(
        f"{name}: {before[name]:.2f} -> {value:.2f} ({100 * (value / before[name] - 1):+.1f} %)"
        for table in now
        for name, value in table.ratios()
        if name in before
    )


def keep(tables: Sequence[Table], path: Path, document: Path, marker: str) -> None:
    """Write the tables to `path` and into the document; raises as `show`."""
    text = render(tables)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    show(document, marker, text)


def show(document: Path, marker: str, text: str) -> None:
    """Put text between `<!-- marker:begin -->` and `<!-- marker:end -->` of a document.

    Raises ValueError where the document has no such lines.
    """
    begin, end = f"<!-- {marker}:begin -->", f"<!-- {marker}:end -->"
    before, found, rest = document.read_text(encoding="utf-8").partition(begin)
    _old, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"{document} has no lines {begin} and {end}")
    shown = f"{begin}\n\n```text\n{text.rstrip()}\n```\n\n{end}"
    document.write_text(f"{before}{shown}{after}", encoding="utf-8")


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (
        cell.rjust(width) if at else cell.ljust(width)
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return _GAP.join((first, *others)).rstrip()


def _parsed(block: str) -> Table:
    title, *lines = block.splitlines()
    columns, *rows = (tuple(re.split(r"\s{2,}", line.strip())) for line in lines)
    return Table(title, columns, tuple(rows))
