"""The log: what people did and saw, appended and chained; read page by page."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from omr.store import chain
from omr.store.database import Database, now


@dataclass(frozen=True, slots=True)
class LogRow:
    """One line of the log. who and unit are "" where there was nobody, or no unit; id: its place."""

    id: int
    at: str
    what: str
    detail: str
    who: str
    unit: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows of the log: each is "" for all. units: only these, or None for every unit and none."""

    who: str = ""
    what: str = ""
    unit: str = ""
    units: Collection[str] | None = None


def log(db: sqlite3.Connection, what: str, detail: str, who: str = "", unit: str = "") -> None:
    """Append to the log; the caller has begun a transaction that writes."""
    chain.append(db, "log", [(now(), what, detail, who, unit)])


def log_rows(store: Database, wanted: Wanted, most: int, before: int = 0) -> tuple[LogRow, ...]:
    """Return up to `most` rows of the log, newest first; before: only those earlier, 0 for all."""
    where, values = _where(wanted)
    if before:
        where, values = [*where, "id < ?"], [*values, before]
    rows = store.rows(
        "SELECT id, at, what, detail, who, unit FROM log"
        f" WHERE {' AND '.join(where)} ORDER BY id DESC LIMIT ?",
        (*values, most),
    )
    return tuple(LogRow(*row) for row in rows)


def log_words(store: Database) -> tuple[str, ...]:
    """Return every kind of thing the log tells of, by alphabet."""
    return tuple(row[0] for row in store.rows("SELECT DISTINCT what FROM log ORDER BY what"))


def _where(wanted: Wanted) -> tuple[Sequence[str], Sequence[object]]:
    """Return the conditions and their values."""
    asked = [(name, getattr(wanted, name)) for name in ("who", "what", "unit") if getattr(wanted, name)]
    conditions, values = [f"{name} = ?" for name, _value in asked], [value for _name, value in asked]
    if wanted.units is not None:
        conditions.append(f"unit IN ({', '.join('?' * len(wanted.units))})")
        values.extend(wanted.units)
    return conditions or ["1"], values
