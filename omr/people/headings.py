"""Where the columns of a table that people keep stand: known by many headings, below titles."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from omr.errors import RosterError
from omr.i18n import _
from omr.people.names import folded_key
from omr.people.tablefile import Row

_HEAD_ROWS = 20  # rows searched for the headings: titles and national mottoes stand above them
_MOST_FAULTS = 20  # shown at once; more would scroll the first one away


def head_and_rows(
    path: Path, rows: Sequence[Row], columns: Collection[Sequence[str]], wanted: str
) -> tuple[Row, Sequence[Row]]:
    """Return the row of headings, the one that knows most `columns` (each its headings), and the rows below.

    wanted: the headings in words, for people. Raises RosterError where there is no such row.
    """
    best = max(range(min(len(rows), _HEAD_ROWS)), key=lambda at: (_known(rows[at], columns), -at))
    if not _known(rows[best], columns):
        raise RosterError(
            _("{file}, line {line}: no headings found. Put the columns {columns} into the first row.").format(
                file=path, line=rows[0].line, columns=wanted
            )
        )
    return rows[best], rows[best + 1 :]


def refuse_lacking(path: Path, head: Row, lacking: Sequence[str]) -> None:
    """Raise RosterError where columns are `lacking`, named as people know them."""
    if lacking:
        raise RosterError(
            _(
                "{file}, line {line}: missing column: {columns}. The headings are: {headings}. "
                "Add the column or correct its heading."
            ).format(
                file=path,
                line=head.line,
                columns=", ".join(lacking),
                headings=", ".join(cell for cell in head.cells if cell),
            )
        )


def refuse_faults(faults: Iterable[str]) -> None:
    """Raise RosterError with the first of the faults; nothing where there are none."""
    every = list(faults)
    if every:
        shown = every[:_MOST_FAULTS]
        if len(every) > len(shown):
            shown.append(_("… and {count} more.").format(count=len(every) - len(shown)))
        raise RosterError("\n".join(shown))


def find(keys: Sequence[str], headings: Sequence[str]) -> int | None:
    """Return the place of the surest of `headings` among the folded keys."""
    return next((keys.index(key) for key in map(folded_key, headings) if key in keys), None)


def columns_of(head: Row, aliases: Mapping[str, Sequence[str]]) -> dict[str, int | None]:
    """Return where each column of `aliases` stands, None where it is absent; no place is taken twice."""
    keys = [folded_key(cell) for cell in head.cells]
    found: dict[str, int | None] = {}
    for column, headings in aliases.items():
        at = found[column] = find(keys, headings)
        if at is not None:
            keys[at] = ""
    return found


def cell(row: Row, at: int | None) -> str:
    """Return what stands in a column of a row, "" where it has none."""
    return row.cells[at] if at is not None and at < len(row.cells) else ""


def _known(row: Row, columns: Collection[Sequence[str]]) -> int:
    keys = {folded_key(text) for text in row.cells}
    return sum(not keys.isdisjoint(map(folded_key, headings)) for headings in columns)
