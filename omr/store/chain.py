"""Rows that are only ever appended, each linked to all before it, so that a change made by hand shows.

The link of a row is the SHA-256 of the link before it and of the row itself, as in a Merkle chain (S. Haber,
W. S. Stornetta, J. Cryptology 3 (1991), 99-111). The number of rows and the last link are kept apart, so that
rows missing from the end show as well. Who can run programs can make the whole chain anew: against that helps
the last link written down elsewhere, on the signed report for one.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

CHAINED: Mapping[str, tuple[str, ...]] = {
    "verdict": ("at", "sheet", "question", "chosen", "reviewer", "reason"),
    "log": ("at", "what", "detail", "who", "unit"),
    "checked": ("at", "draw", "sheet", "question", "choice", "state", "truth", "reviewer"),
    "closing": ("at", "unit", "year", "act", "who", "reason", "open_ends", "digest"),
    "settled": ("at", "scan", "how", "reviewer", "reason"),
    "drawn": ("at", "name", "unit", "year", "body", "reviewer"),
    "written": ("at", "sheet", "field", "text", "reviewer"),
    "account": ("at", "name", "role", "units", "state", "digest", "changed_by"),
}
"""Tables that are chained, each with the columns that its links cover, in the order of the link."""

_FIRST = {"log": 3}
"""How many columns a table had when its first rows were linked; the later ones count where one is filled."""

_START = "0" * 64


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a chained table is not as it was written.

    row: the first row that does not fit, from 1 in the order of the table; one past the last where rows are
    missing from the end.
    """

    table: str
    row: int


@dataclass(frozen=True, slots=True)
class Trail:
    """A chained table: how many rows it holds, and the last link, 64 hexadecimal digits."""

    table: str
    rows: int
    link: str


def link(before: str, values: Sequence[str]) -> str:
    """Return the link of a row, 64 hexadecimal digits; before: the link of the row before it."""
    text = json.dumps([before, *values], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def append(db: sqlite3.Connection, table: str, rows: Sequence[Sequence[str]]) -> None:
    """Append rows to a chained table; the caller has begun a transaction that writes."""
    columns = CHAINED[table]
    trail = _kept(db, table)
    last = trail.link
    places = ", ".join("?" * (len(columns) + 1))
    for values in rows:
        last = link(last, _linked(table, values))
        db.execute(f"INSERT INTO {table} ({', '.join(columns)}, link) VALUES ({places})", (*values, last))
    statement = "INSERT OR REPLACE INTO trail (name, rows, link) VALUES (?, ?, ?)"
    db.execute(statement, (table, trail.rows + len(rows), last))


def trails(db: sqlite3.Connection) -> tuple[Trail, ...]:
    """Return what is kept about each chained table."""
    return tuple(_kept(db, table) for table in CHAINED)


def breaks(db: sqlite3.Connection) -> Iterator[Break]:
    """Yield, for each chained table, the first place where it is not as it was written."""
    for table, columns in CHAINED.items():
        kept, last, number = _kept(db, table), _START, 0
        for number, row in enumerate(
            db.execute(f"SELECT {', '.join(columns)}, link FROM {table} ORDER BY id"), 1
        ):
            last = link(last, _linked(table, row[:-1]))
            if last != row[-1]:
                yield Break(table, number)
                break
        else:
            if (number, last) != (kept.rows, kept.link):
                yield Break(table, min(number, kept.rows) + 1)


def chain_anew(db: sqlite3.Connection, tables: Sequence[str]) -> None:
    """Link the rows of tables that were written before there were links."""
    for table in tables:
        columns = CHAINED[table][: _FIRST.get(table)]
        rows = db.execute(f"SELECT id, {', '.join(columns)} FROM {table} ORDER BY id").fetchall()
        last = _START
        for row, *values in rows:
            last = link(last, values)
            db.execute(f"UPDATE {table} SET link = ? WHERE id = ?", (last, row))
        db.execute("INSERT INTO trail VALUES (?, ?, ?)", (table, len(rows), last))


def _linked(table: str, values: Sequence[str]) -> Sequence[str]:
    """Return what the link of a row covers: a row written before its table grew keeps the link it has."""
    first = _FIRST.get(table)
    return values if first is None or any(values[first:]) else values[:first]


def _kept(db: sqlite3.Connection, table: str) -> Trail:
    row = db.execute("SELECT rows, link FROM trail WHERE name = ?", (table,)).fetchone()
    return Trail(table, *row) if row else Trail(table, 0, _START)
