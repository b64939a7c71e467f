"""Table 5 in the store: the ranks of a year, typed in by people."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from omr.model.layout import FilledBy
from omr.model.rank import RANKS, Ranks
from omr.store.database import Database, now
from omr.store.log import log

_COLUMNS = ", ".join(("unit", "who", *RANKS))


def ranks_of(db: Database, year: int, units: Collection[str] | None = None) -> tuple[Ranks, ...]:
    """Return the ranks of a year in the order they were imported, those of `units` alone where given."""
    rows = db.rows(f"SELECT {_COLUMNS} FROM rank WHERE year = ? ORDER BY rowid", (year,))
    return tuple(
        Ranks(unit, FilledBy(who), (first, second, third, fourth))
        for unit, who, first, second, third, fourth in rows
        if units is None or unit in units
    )


def newest_ranks(db: Database) -> int | None:
    """Return the newest year that has ranks, or None."""
    year: int | None = db.rows("SELECT max(year) FROM rank")[0][0]
    return year


def put_ranks(db: Database, year: int, given: Sequence[Ranks], who: str = "") -> None:
    """Put the ranks of the units given in the place of those they had, and log it; others keep theirs.

    Raises ClosedError where one of the units is closed.
    """
    at = now()
    units = sorted({each.unit for each in given})
    with db.transaction():
        db.db.executemany("DELETE FROM rank WHERE year = ? AND unit = ?", [(year, unit) for unit in units])
        db.db.executemany(
            f"INSERT INTO rank (year, {_COLUMNS}, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(year, each.unit, each.who, *each.counts, at) for each in given],
        )
        for unit in units:
            log(db.db, "ranks", str(year), who, unit)
