"""The tables of `omr export` about units: the tree, the rosters, who signed what."""

from __future__ import annotations

from omr.batch.tables import ExportTable, Row
from omr.model.rank import RANKS
from omr.model.unit import Member, under
from omr.store.closings import closings as all_closings
from omr.store.ranks import newest_ranks, ranks_of
from omr.store.store import Store
from omr.store.units import newest_roster, newest_tree, roster_of, tree_of

UNITS = ("year", "code", "name", "parent", "kind")
ROSTER = ("code", "name", "unit", "status")
CLOSINGS = ("at", "unit", "year", "act", "who", "reason", "open_ends", "digest")


def units(store: Store, year: int | None = None) -> ExportTable:
    """Return the tree that holds in a year, the newest where None; `omr units import` takes it back."""
    of_year = year or newest_tree(store)
    return ExportTable(UNITS, ((of_year, u.code, u.name, u.parent, u.kind) for u in tree_of(store, year)))


def roster(store: Store, unit: str | None = None, year: int | None = None) -> ExportTable:
    """Return the people of a year, the newest where None, with every column that some of them have.

    Who stands in several units comes first where they hand in: `omr roster import` takes it back so.
    """
    of_year = year or newest_roster(store) or 0
    people = roster_of(store, of_year, None if unit is None else under(tree_of(store, of_year), unit))
    more = tuple(dict.fromkeys(heading for person in people for heading, _value in person.extra))
    at_home_first = sorted(people, key=lambda person: not person.hands_in)
    return ExportTable((*ROSTER, *more), (_person(person, more) for person in at_home_first))


def _person(person: Member, more: tuple[str, ...]) -> Row:
    own = dict(person.extra)
    head = (person.code, person.name, person.unit, str(person.status))
    return (*head, *(own.get(heading, "") for heading in more))


def ranks(store: Store, unit: str | None = None, year: int | None = None) -> ExportTable:
    """Return the ranks of a year, the newest where None; `omr ranks import` takes them back."""
    of_year = year or newest_ranks(store) or 0
    found = ranks_of(store, of_year, None if unit is None else under(tree_of(store, of_year), unit))
    return ExportTable(
        ("year", "unit", "who", *RANKS), ((of_year, r.unit, str(r.who), *r.counts) for r in found)
    )


def closings(store: Store, unit: str | None = None, year: int | None = None) -> ExportTable:
    """Return every closing and reopening, oldest first."""
    return ExportTable(
        CLOSINGS,
        (
            (c.at, c.unit, c.year, str(c.act), c.who, c.reason, c.open_ends, c.digest)
            for c in all_closings(store)
            if unit in {None, c.unit} and year in {None, c.year}
        ),
    )
