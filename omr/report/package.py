"""What a unit sends upward: exact counts of tables 1 and 2 and the ledger. No name or code of a person."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator
from dataclasses import astuple, dataclass
from typing import TypeVar

from omr.batch.ledger import LedgerRow
from omr.errors import OmrError
from omr.i18n import _
from omr.model.unit import Unit
from omr.report.branches import within
from omr.report.checks import check_items, check_names, check_tally
from omr.report.rows import FormHead, Office
from omr.report.tally import UnitCount, summed

_Name = TypeVar("_Name", bound=Hashable)
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_LONGEST = 500
"""Characters of a name or an item: more would not fit a page that anybody signs."""
_AHEAD = dt.timedelta(days=1)
"""How far the clocks of two offices may be apart, time zones set wrongly among them."""


@dataclass(frozen=True, slots=True)
class Package:
    """One unit's numbers of one year, with all below it.

    made: when, ISO 8601 in UTC; of two packages of a unit the later one holds.
    counts, items: as in `omr.report.tables.Facts`. offices: everyone whose counts are in it.
    """

    unit: str
    receiver: str
    year: int
    made: str
    units: tuple[Unit, ...]
    forms: tuple[FormHead, ...]
    ledger: tuple[LedgerRow, ...]
    offices: tuple[Office, ...]
    counts: tuple[UnitCount, ...] = ()
    items: tuple[UnitCount, ...] = ()

    @property
    def covered(self) -> frozenset[str]:
        """The units whose sheets are counted in it, and the offices that counted them."""
        return frozenset(
            {self.unit, *(row.unit for row in self.counts), *(each.unit for each in self.offices)}
        )


def check_package(package: Package) -> None:
    """Raise OmrError where a package counts what is not its own, or its numbers do not add up.

    Whatever passes can be added up with others: no table that is made of it fails later.
    """
    for fault in _faults(package):
        raise OmrError(fault)
    for head in package.forms:
        rows = [row for row in package.counts if row.form == head.key]
        items = [row for row in package.items if row.form == head.key]
        for row in rows:
            check_tally(head, row.unit, row.tally)
        whole = summed(row.tally for row in (*rows, *items))
        check_names(head, whole)
        check_tally(head, package.unit, whole)
        check_items(head, package.unit, whole)


def _faults(package: Package) -> Iterator[str]:
    """Yield what cannot be of one unit and one year, the first of each kind."""
    yield from _time(package)
    inside = within((unit.code for unit in package.units), package.unit, package.units) | {package.unit}
    named = package.covered.union(
        (row.unit for row in package.ledger),
        (row.unit for row in package.items),
        (unit.code for unit in package.units),
    )
    if outside := sorted(named - inside):
        yield _("it counts {units}, which is not below {unit} in its own tree of units.").format(
            units=", ".join(outside[:3]), unit=package.unit
        )
    years = {head.key.year for head in package.forms} | {row.year for row in package.ledger}
    if other := sorted(years - {package.year}):
        yield _("it is of {year} and counts sheets of {other} too.").format(year=package.year, other=other[0])
    for twice in _twice(package):
        yield _("{name} stands in it twice.").format(name=twice)
    for row in package.ledger:
        sheets = row.issued == row.complete + row.incomplete + row.missing + row.replaced
        if not (sheets and row.scans == row.read + row.rejected + row.blank and min(astuple(row)[3:]) >= 0):
            yield _("the ledger of {unit} does not add up.").format(unit=row.unit)
    if any(len(text) > _LONGEST or _UNPRINTABLE.search(text) for text in _texts(package)):
        yield _("a name in it is longer than {n} characters, or holds signs that cannot be printed.").format(
            n=_LONGEST
        )


def _texts(package: Package) -> Iterator[str]:
    for unit in package.units:
        yield from (unit.code, unit.name, unit.kind)
    for head in package.forms:
        yield from (head.title, *head.rules)
        yield from (section.title for section in head.sections)
        yield from (text for item in head.items for text in (item.number, item.text))
        yield from (choice.label for item in head.items for choice in item.choices)
        yield from (level.label for level in head.levels)


def _time(package: Package) -> Iterator[str]:
    try:
        made = dt.datetime.fromisoformat(package.made)
    except ValueError:
        made = None
    if made is None or made.utcoffset() != dt.timedelta(0):
        yield _("it does not say when it was made.")
    elif made > dt.datetime.now(dt.UTC) + _AHEAD:
        yield _(
            "it says that it was made at {at}, which is still to come. Set the clock of {unit} right and"
            " make it anew."
        ).format(at=package.made, unit=package.unit)


def _twice(package: Package) -> Iterator[str]:
    """Yield what is named twice where each may stand once."""
    for rows in (package.counts, package.items):
        yield from (f"{unit}, {form.layout}" for unit, form in _repeated((r.unit, r.form) for r in rows))
    yield from _repeated(unit.code for unit in package.units)
    yield from (key.layout for key in _repeated(head.key for head in package.forms))
    for head in package.forms:
        for ids in _ids(head):
            yield from _repeated(ids)


def _ids(head: FormHead) -> Iterator[Collection[str]]:
    yield [section.id for section in head.sections]
    yield [item.id for item in head.items]
    yield [level.id for level in head.levels]
    yield from ([choice.id for choice in item.choices] for item in head.items)


def _repeated(values: Iterable[_Name]) -> list[_Name]:
    every = list(values)
    return [] if len(set(every)) == len(every) else [v for v, n in Counter(every).items() if n > 1]
