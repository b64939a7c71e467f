"""How a store is, looked at without changing it: whole or damaged, which format, when it was written last."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from omr.store.database import FORMAT


@dataclass(frozen=True, slots=True)
class Health:
    """What a look at a store's file found.

    format: the version of its tables; ours: of this omr. faults: what SQLite says is damaged, () where it is
    whole. last: when it was written last, ISO 8601 in UTC, or "".
    """

    format: int
    ours: int
    faults: tuple[str, ...]
    last: str


def examine(path: Path) -> Health:
    """Return how a store is. A file that is no store, or cannot be opened, is a fault."""
    # Nobody works with a file that has no -wal beside it: it may be read without leaving anything behind.
    way = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "immutable=1"
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{way}", uri=True)) as db:
            found = db.execute("PRAGMA user_version").fetchone()[0]
            told = [row[0] for row in db.execute("PRAGMA integrity_check")]
            last = db.execute("SELECT coalesce(max(at), '') FROM batch").fetchone()[0]
            logged = db.execute("SELECT coalesce(max(at), '') FROM log").fetchone()[0]
    except sqlite3.Error as error:
        return Health(0, FORMAT, (str(error),), "")
    return Health(found, FORMAT, tuple(told if told != ["ok"] else ()), max(last, logged))
