"""What people copied from fields written by hand: a chained table of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from omr.model.written import Written
from omr.store import chain
from omr.store.database import Database, now


def add(store: Database, copied: Sequence[Written]) -> None:
    """Append what people copied; the newest of a field holds."""
    with store.transaction():
        rows = [(each.at or now(), each.sheet, each.field, each.text, each.reviewer) for each in copied]
        chain.append(store.db, "written", rows)


def of_sheet(store: Database, sheet: str) -> tuple[Written, ...]:
    """Return everything copied from one returned sheet, oldest first."""
    rows = store.rows(
        "SELECT sheet, field, text, reviewer, at FROM written WHERE sheet = ? ORDER BY id", (sheet,)
    )
    return tuple(Written(*row) for row in rows)


def standing(store: Database) -> Mapping[str, Mapping[str, Written]]:
    """Return what holds: by returned sheet and field, the newest."""
    found: dict[str, dict[str, Written]] = {}
    for row in store.rows("SELECT sheet, field, text, reviewer, at FROM written ORDER BY id"):
        found.setdefault(row[0], {})[row[1]] = Written(*row)
    return found
