"""What a unit sends upward: exact counts of tables 1 and 2 and the ledger. No name or code of a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from omr.batch.ledger import LedgerRow
from omr.errors import OmrError
from omr.i18n import _
from omr.model.unit import Unit
from omr.report.branches import within
from omr.report.checks import check_items, check_tally
from omr.report.rows import FormHead, Office
from omr.report.tables import Facts, unit_counts
from omr.report.tally import Tally, UnitCount, summed, tally


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


def make_package(
    facts: Facts, ledger: Sequence[LedgerRow], office: Office, receiver: str, year: int
) -> Package:
    """Return what `office` sends up: the part of `facts` and `ledger` of its own year and subtree.

    facts.offices are those of the packages it has merged. Raises OmrError where nothing was counted,
    BalanceError where the numbers do not add up.
    """
    inside = within((unit.code for unit in facts.units), office.unit, facts.units) | {office.unit}
    counts: list[UnitCount] = []
    items: list[UnitCount] = [row for row in facts.items if row.unit in inside and row.form.year == year]
    for head in (head for head in facts.forms if head.key.year == year):
        for code, count in unit_counts(head, facts).items():
            if code in inside:
                counts.append(UnitCount(code, head.key, _without_items(count)))
        own = tally(head, (), [row for row in facts.sheets if row.form == head.key and row.unit in inside])
        if own.valid:
            items.append(UnitCount(office.unit, head.key, _items_alone(own)))
    if not counts:
        raise OmrError(
            _("Nothing of {unit} and the units below it was counted in {year}.").format(
                unit=office.unit, year=year
            )
        )
    present = {row.form for row in counts}
    package = Package(
        unit=office.unit,
        receiver=receiver,
        year=year,
        made=office.made,
        units=tuple(unit for unit in facts.units if unit.code in inside),
        forms=tuple(head for head in facts.forms if head.key in present),
        counts=tuple(counts),
        items=tuple(items),
        ledger=tuple(row for row in ledger if row.unit in inside and row.year == year),
        offices=(office, *(each for each in facts.offices if each.unit in inside)),
    )
    check_package(package)
    return package


def check_package(package: Package) -> None:
    """Raise BalanceError where the numbers of a package do not add up."""
    for head in package.forms:
        rows = [row for row in package.counts if row.form == head.key]
        for row in rows:
            check_tally(head, row.unit, row.tally)
        whole = summed(
            (*(row.tally for row in rows), *(row.tally for row in package.items if row.form == head.key))
        )
        check_tally(head, package.unit, whole)
        check_items(head, package.unit, whole)


_OF_ITEMS = ("ticks", "sheets", "unclear", "blank")


def _without_items(count: Tally) -> Tally:
    nothing: dict[str, Any] = {name: {} for name in _OF_ITEMS}
    return replace(count, **nothing)


def _items_alone(count: Tally) -> Tally:
    return Tally(**{name: getattr(count, name) for name in _OF_ITEMS})
