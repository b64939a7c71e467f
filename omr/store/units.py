"""Units and rosters in the store: the tree as it holds from a year on, and who belongs to it in a year."""

from __future__ import annotations

import json
from collections.abc import Iterable

from omr.model.unit import Member, Status, Unit
from omr.store.database import Database


def tree_of(db: Database, year: int | None = None) -> tuple[Unit, ...]:
    """Return the tree that holds in a year, in the order it was imported; the newest where `year` is None.

    It is that of the year itself, else of the last year before it that has one; else there is none: ().
    """
    rows = db.rows(
        "SELECT code, name, parent, kind FROM tree WHERE year ="
        " (SELECT max(year) FROM tree WHERE ? IS NULL OR year <= ?) ORDER BY rowid",
        (year, year),
    )
    return tuple(Unit(*row) for row in rows)


def newest_tree(db: Database) -> int | None:
    """Return the newest year that has a tree, or None."""
    year: int | None = db.rows("SELECT max(year) FROM tree")[0][0]
    return year


def known_units(db: Database, year: int | None = None) -> dict[str, Unit]:
    """Return the units of the tree by code, then those that only turned up in printing or reading."""
    units = {unit.code: unit for unit in tree_of(db, year)}
    for code, name, parent in db.rows("SELECT code, name, parent FROM unit ORDER BY rowid"):
        units.setdefault(code, Unit(code, name, parent))
    return units


def newest_roster(db: Database) -> int | None:
    """Return the newest year that has a roster, or None."""
    year: int | None = db.rows("SELECT max(year) FROM member")[0][0]
    return year


def roster_of(db: Database, year: int, units: Iterable[str] | None = None) -> tuple[Member, ...]:
    """Return the people of a year in the order of their rosters, those of `units` alone where given."""
    wanted = None if units is None else set(units)
    rows = db.rows(
        "SELECT person, name, unit, status, hands_in, extra FROM member WHERE year = ? ORDER BY rowid",
        (year,),
    )
    return tuple(_member(*row) for row in rows if wanted is None or row[2] in wanted)


def _member(code: str, name: str, unit: str, status: str, hands_in: int, extra: str) -> Member:
    pairs = tuple((heading, value) for heading, value in json.loads(extra))
    return Member(code, name, unit, Status(status), bool(hands_in), pairs)
