"""What people import: the tree and the rosters, whole or not at all, and never into a unit that is closed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from omr.errors import ClosedError
from omr.i18n import _
from omr.model.unit import Member, Unit, under
from omr.store.closings import Place, standing
from omr.store.database import Database
from omr.store.log import log
from omr.store.units import roster_of, tree_of


def put_trees(db: Database, trees: Mapping[int, Sequence[Unit]]) -> None:
    """Put the tree of each year in the place of the one it had.

    Raises ClosedError where a unit would move into a closed one, or out of it.
    """
    with db.transaction():
        before = _branches(db)
        for year, units in trees.items():
            db.db.execute("DELETE FROM tree WHERE year = ?", (year,))
            db.db.executemany(
                "INSERT INTO tree (year, code, name, parent, kind) VALUES (?, ?, ?, ?, ?)",
                [(year, unit.code, unit.name, unit.parent, unit.kind) for unit in units],
            )
            log(db.db, "units", f"{year}: {len(units)}")
        for closing, branch in _branches(db).items():
            moved = sorted(branch ^ before[closing])
            if moved:
                text = _(
                    "{closed} is closed for {year}, and {unit} would be moved into it or out of it. Open it"
                    " again first: omr reopen {closed} --year {year} --reason TEXT."
                )
                unit, year = closing
                raise ClosedError(text.format(closed=unit, year=year, unit=", ".join(moved)))


def _branches(db: Database) -> dict[Place, frozenset[str]]:
    """Return what each closed unit holds."""
    return {(unit, year): under(tree_of(db, year), unit) for unit, year in standing(db)}


def put_roster(db: Database, year: int, members: Sequence[Member]) -> None:
    """Put a roster of all units in the place of the one its year had; units whose people stay are left alone.

    Raises ClosedError where that changes a unit that is closed.
    """
    was, will = _by_unit(roster_of(db, year)), _by_unit(members)
    changed = [unit for unit in was | will if was.get(unit) != will.get(unit)]
    statement = (
        "INSERT INTO member (year, person, name, unit, status, hands_in, extra) VALUES (?, ?, ?, ?, ?, ?, ?)"
    )
    with db.transaction():
        db.db.executemany(
            "DELETE FROM member WHERE year = ? AND unit = ?", [(year, unit) for unit in changed]
        )
        for unit in changed:
            rows = [
                (year, m.code, m.name, m.unit, m.status, int(m.hands_in), json.dumps(m.extra))
                for m in will.get(unit, ())
            ]
            db.db.executemany(statement, rows)
        log(db.db, "roster", f"{year}: {len(members)}")


def _by_unit(members: Iterable[Member]) -> dict[str, list[Member]]:
    found: dict[str, list[Member]] = {}
    for member in members:
        found.setdefault(member.unit, []).append(member)
    return found
