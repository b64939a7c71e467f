"""Closed units: who signed what, and the one place that keeps it from being changed.

Whatever is written notes whose it is (closed.sql); before a transaction is committed `refuse_touched` looks
whether that is closed. A unit is closed while it, or a unit above it, is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from omr.errors import ClosedError
from omr.i18n import _
from omr.model.closing import Act, Closing, SignedRules
from omr.model.unit import Unit, above
from omr.store import chain
from omr.store.database import Database, now
from omr.store.log import log
from omr.store.units import tree_of

Place = tuple[str, int]
"""Unit and year."""

_COLUMNS = "at, unit, year, act, who, reason, open_ends, digest"


def append(db: Database, closing: Closing) -> None:
    """Append a closing or a reopening within a transaction, and log it.

    Raises ClosedError where the unit, or one above it, is closed already; or is not, and should be opened.
    """
    place = closing.unit, closing.year
    held = _holding(db, place)
    # What stands above holds what is below as well: opened alone, the unit would still be closed.
    if held and (closing.act is Act.CLOSE or held[-1].unit != closing.unit):
        text = _(
            "{unit} is closed for {year}: {closed} was signed off by {who} on {at}. Open {closed} first."
        )
        raise ClosedError(_told(text, place, held[-1]), (place,))
    if not held and closing.act is Act.REOPEN:
        raise ClosedError(_("{unit} is not closed for {year}.").format(unit=closing.unit, year=closing.year))
    at = closing.at or now()
    row = (at, closing.unit, str(closing.year), closing.act, closing.who, closing.reason)
    chain.append(db.db, "closing", [(*row, closing.open_ends, closing.digest)])
    db.db.executemany(
        "INSERT INTO signed_rules SELECT max(id), ?, ?, ? FROM closing",
        [(each.unit, each.form_rules, each.digest) for each in closing.rules],
    )
    log(db.db, str(closing.act), f"{closing.year}: {closing.reason}", closing.who, closing.unit)


def closings(db: Database) -> tuple[Closing, ...]:
    """Return every closing and reopening, oldest first."""
    signed: dict[int, list[SignedRules]] = {}
    for number, *rules in db.rows("SELECT closing, unit, form_rules, digest FROM signed_rules ORDER BY 2, 3"):
        signed.setdefault(number, []).append(SignedRules(*rules))
    rows = db.rows(f"SELECT id, {_COLUMNS} FROM closing ORDER BY id")
    return tuple(
        Closing(unit, int(year), Act(act), who, reason, open_ends, digest, at, tuple(signed.get(number, ())))
        for number, at, unit, year, act, who, reason, open_ends, digest in rows
    )


def standing(db: Database) -> dict[Place, Closing]:
    """Return what is closed now; units below a closed one are not named."""
    newest = {(each.unit, each.year): each for each in closings(db)}
    return {place: each for place, each in newest.items() if each.act is Act.CLOSE}


def closed_places(db: Database, places: Iterable[Place]) -> dict[Place, Closing]:
    """Return those of `places` that nobody may change, each with the nearest closing that holds it."""
    held = standing(db)
    if not held:
        return {}
    trees: dict[int, Mapping[str, Unit]] = {}
    found: dict[Place, Closing] = {}
    for unit, year in set(places):
        if year not in trees:
            trees[year] = {each.code: each for each in tree_of(db, year)}
        for code in (unit, *above(trees[year], unit)):
            if (code, year) in held:
                found[unit, year] = held[code, year]
                break
    return found


def _holding(db: Database, place: Place) -> tuple[Closing, ...]:
    """Return the closings that hold a unit: its own, then those of the units above it."""
    unit, year = place
    held, tree = standing(db), {each.code: each for each in tree_of(db, year)}
    return tuple(held[code, year] for code in (unit, *above(tree, unit)) if (code, year) in held)


def refuse_touched(db: Database) -> None:
    """Raise ClosedError where the running transaction wrote to a closed unit."""
    touched = db.rows("SELECT unit, year FROM touched")
    if not touched:
        return
    for (unit, year), closing in sorted(closed_places(db, map(tuple, touched)).items()):
        text = _(
            "{unit} is closed for {year}: {closed} was signed off by {who} on {at}. To change anything,"
            " open it again first: omr reopen {closed} --year {year} --reason TEXT."
        )
        raise ClosedError(_told(text, (unit, year), closing), ((unit, year),))
    db.db.execute("DELETE FROM touched")


def newest_year(db: Database) -> int | None:
    """Return the newest year anything was issued or read for, or None."""
    years = db.rows("SELECT max(year) FROM (SELECT year FROM issued UNION SELECT year FROM reading)")
    year: int | None = years[0][0]
    return year


def _told(text: str, place: Place, held: Closing) -> str:
    unit, year = place
    return text.format(unit=unit, year=year, closed=held.unit, who=held.who, at=held.at[:10])
