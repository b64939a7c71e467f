"""Facts → package: what an office sends upward."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from omr.batch.ledger import LedgerRow
from omr.errors import OmrError
from omr.i18n import _
from omr.report.branches import within
from omr.report.package import Package, check_package
from omr.report.rows import Office
from omr.report.tables import Facts, unit_counts
from omr.report.tally import Tally, UnitCount, tally


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


_OF_ITEMS = ("ticks", "sheets", "unclear", "blank")


def _without_items(count: Tally) -> Tally:
    nothing: dict[str, Any] = {name: {} for name in _OF_ITEMS}
    return replace(count, **nothing)


def _items_alone(count: Tally) -> Tally:
    return Tally(**{name: getattr(count, name) for name in _OF_ITEMS})
