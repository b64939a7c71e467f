"""Packages of the offices below → one set of counts, the same in any order and grouping."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from omr.batch.ledger import LedgerRow
from omr.errors import OmrError
from omr.i18n import _
from omr.model.unit import Unit
from omr.report.branches import with_above
from omr.report.package import Package
from omr.report.rows import FormHead, FormKey, IssuedRow, SheetRow
from omr.report.tables import Facts


def current(packages: Iterable[Package]) -> tuple[Package, ...]:
    """Return the packages that hold, the latest of each unit and year, by unit and year."""
    latest: dict[tuple[str, int], Package] = {}
    for package in packages:
        key = package.unit, package.year
        if key not in latest or package.made > latest[key].made:
            latest[key] = package
    return tuple(latest[key] for key in sorted(latest))


def merged(facts: Facts, packages: Sequence[Package]) -> Facts:
    """Return `facts` with what the packages counted; their units stand under whom they were sent to.

    Raises OmrError where a form is not the same in all of them (`refusals` tells before it is kept).
    """
    return replace(
        facts,
        forms=_forms(facts, packages),
        units=merged_units(facts.units, packages),
        counts=(*facts.counts, *(row for package in packages for row in package.counts)),
        items=(*facts.items, *(row for package in packages for row in package.items)),
        offices=(*facts.offices, *(office for package in packages for office in package.offices)),
    )


def merged_units(units: Iterable[Unit], packages: Iterable[Package]) -> tuple[Unit, ...]:
    """Return `units` with those of the packages; what stands in the tree here is not moved."""
    known = {unit.code: unit for unit in units}
    for package in packages:
        for unit in package.units or (Unit(package.unit, package.unit),):
            held = known.get(unit.code)
            if held is None or (not held.parent and held.name == held.code):
                known[unit.code] = _placed(unit, package)
    return tuple(known.values())


def _placed(unit: Unit, package: Package) -> Unit:
    """Return a unit of a package where it stands here: the one that sent it below the one it was sent to."""
    if unit.code != package.unit:
        return unit
    return replace(unit, parent=package.receiver if package.receiver != unit.code else "")


def _forms(facts: Facts, packages: Sequence[Package]) -> tuple[FormHead, ...]:
    found: dict[FormKey, FormHead] = {}
    shapes: dict[FormKey, object] = {}
    for head in (*facts.forms, *(head for package in packages for head in package.forms)):
        known, own = found.setdefault(head.key, head), shape(head)
        if shapes.setdefault(head.key, own) != own:
            raise OmrError(
                _("Form {form} of {year} has other items here than in a merged package.").format(
                    form=head.key.layout, year=head.key.year
                )
            )
        if not set(head.rules) <= set(known.rules):
            found[head.key] = replace(known, rules=tuple(sorted({*known.rules, *head.rules})))
    return tuple(found[key] for key in sorted(found, key=str))


def merged_ledger(rows: Iterable[LedgerRow], packages: Sequence[Package]) -> tuple[LedgerRow, ...]:
    """Return the ledger of the office with those of the packages."""
    every = (*rows, *(row for package in packages for row in package.ledger))
    return tuple(sorted(every, key=lambda row: (row.unit, row.year, row.layout)))


def own_units(facts: Facts, year: int | None = None) -> frozenset[str]:
    """Return the units whose sheets of `year` (any where None) the office printed or read itself."""
    rows: tuple[IssuedRow | SheetRow, ...] = (*facts.issued, *facts.sheets)
    return frozenset(row.unit for row in rows if year in (None, row.form.year))


def missing(receiver: str, own: Facts, packages: Sequence[Package]) -> tuple[Unit, ...]:
    """Return the units directly below the receiver of which nothing was counted, here or in the packages."""
    units = merged_units(own.units, packages)
    counted = own_units(own).union(*(package.covered for package in packages))
    there = with_above(counted, units)
    return tuple(unit for unit in units if unit.parent == receiver and unit.code not in there)


def shape(head: FormHead) -> object:
    """Return what has to be the same of a form for its counts to be added up."""
    items = tuple((item.id, item.section, tuple(choice.id for choice in item.choices)) for item in head.items)
    levels = tuple((level.id, tuple(part for part, _label in level.splits)) for level in head.levels)
    return head.filled_by, items, levels
