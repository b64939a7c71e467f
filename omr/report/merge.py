"""Packages of the offices below → one set of counts. All of them are taken, or none.

What is taken depends on the packages alone, not on the order or the grouping in which they come.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from omr.batch.ledger import LedgerRow
from omr.errors import OmrError
from omr.i18n import _
from omr.model.unit import Unit, under
from omr.report.branches import with_above
from omr.report.keys import PublicKey
from omr.report.package import Package
from omr.report.rows import FormHead, FormKey, IssuedRow, SheetRow
from omr.report.seal import unseal
from omr.report.tables import Facts
from omr.report.wire import from_json
from omr.store.packages import digest_of


@dataclass(frozen=True, slots=True)
class Arrival:
    """A package with the name of its file, its content as it came, and the digest of that."""

    file: str
    digest: str
    package: Package
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Present:
    """What the office has already.

    units: its tree. own: units whose sheets it counted itself in the year.
    forms: the heads of its own sheets. merged: packages that hold, by the digest of their content.
    """

    units: tuple[Unit, ...] = ()
    own: frozenset[str] = frozenset()
    forms: tuple[FormHead, ...] = ()
    merged: Mapping[str, Package] = field(default_factory=dict)


def opened_package(path: Path, trusted: Mapping[str, PublicKey], keys: Path) -> Arrival:
    """Return the package of a file.

    trusted: public keys by unit. keys: the folder with the receiver's private key.
    Raises OmrError, without the file's name, where it cannot be read, is not sound, or not for us.
    """
    try:
        sealed = path.read_bytes()
    except OSError as error:
        raise OmrError(_("it cannot be read ({reason}).").format(reason=error.strerror)) from error
    label, content = unseal(sealed, trusted, keys)
    package = from_json(content)
    if (package.unit, package.receiver) != (label.sender, label.receiver):
        raise OmrError(
            _(
                "outside it is from {sender} to {receiver}, inside from {unit} to {other}. Ask {sender}."
            ).format(sender=label.sender, receiver=label.receiver, unit=package.unit, other=package.receiver)
        )
    return Arrival(str(path), digest_of(content), package, content)


def refusals(arrivals: Sequence[Arrival], present: Present) -> Iterator[tuple[str, str]]:
    """Yield (file, reason) for each package that cannot be taken; nothing where all can."""
    places = _places(arrivals, present)
    for at, arrival in enumerate(arrivals):
        others = [other for number, other in enumerate(arrivals) if number != at]
        reason = _repeated(arrival, others, present) or _doubled(arrival.package, places, present)
        reason = reason or _misplaced(arrival.package, present.units) or _other_form(arrival, others, present)
        if reason:
            yield arrival.file, reason


Places = dict[tuple[int, str], dict[str, str]]
"""By year and unit: who counts it, each sender with what its package is called."""


def _places(arrivals: Sequence[Arrival], present: Present) -> Places:
    named = [(arrival.package, arrival.file) for arrival in arrivals]
    named += [(package, "") for package in present.merged.values()]
    found: Places = {}
    for package, file in named:
        name = file or _("the merged package of {unit}").format(unit=package.unit)
        for unit in package.covered:
            found.setdefault((package.year, unit), {}).setdefault(package.unit, name)
    return found


def _repeated(arrival: Arrival, others: Sequence[Arrival], present: Present) -> str:
    """It has come before, or a later one of the same unit has."""
    package = arrival.package
    if arrival.digest in present.merged:
        return _("it has been merged already.")
    for other in others:
        if other.digest == arrival.digest:
            return _("it is the same package as {file}.").format(file=other.file)
        if _same_place(other.package, package) and other.package.made >= package.made:
            return _("it is outdated: {file} is a later one of {unit}.").format(
                file=other.file, unit=package.unit
            )
    for merged in present.merged.values():
        if _same_place(merged, package) and merged.made >= package.made:
            return _("it is outdated: one of {unit} made at {at} has been merged.").format(
                unit=package.unit, at=merged.made
            )
    return ""


def _doubled(package: Package, places: Places, present: Present) -> str:
    """A unit of it is counted elsewhere too."""
    covered = package.covered
    if both := covered & present.own:
        return _("{units}: sheets of it were counted here as well. Counting them twice is refused.").format(
            units=_some(both)
        )
    twice = {unit: places[package.year, unit] for unit in covered if len(places[package.year, unit]) > 1}
    if not twice:
        return ""
    other = next(name for sender, name in twice[min(twice)].items() if sender != package.unit)
    return _("{units}: counted in {other} as well. Counting them twice is refused.").format(
        units=_some(twice), other=other
    )


def _misplaced(package: Package, units: Sequence[Unit]) -> str:
    """The tree says that the unit does not hand in here; a tree that has no unit below us says nothing."""
    below = under(units, package.receiver)
    if package.unit in below or not below - {package.receiver}:
        return ""
    return _("{unit} is not below {receiver} in the tree of units (`omr units import`).").format(
        unit=package.unit, receiver=package.receiver
    )


def _other_form(arrival: Arrival, others: Sequence[Arrival], present: Present) -> str:
    """One form in two wordings that do not count the same."""
    known: dict[FormKey, FormHead] = {head.key: head for head in present.forms}
    for package in (*present.merged.values(), *(other.package for other in others)):
        known |= {head.key: head for head in package.forms}
    for head in arrival.package.forms:
        if head.key in known and _shape(known[head.key]) != _shape(head):
            return _("its form {form} has other items or levels than the same form elsewhere.").format(
                form=head.key.layout
            )
    return ""


def _same_place(one: Package, other: Package) -> bool:
    return (one.unit, one.year) == (other.unit, other.year)


def _shape(head: FormHead) -> object:
    items = tuple((item.id, item.section, tuple(choice.id for choice in item.choices)) for item in head.items)
    return items, tuple((level.id, tuple(part for part, _label in level.splits)) for level in head.levels)


def _some(codes: Collection[str]) -> str:
    shown = sorted(codes)[:3]
    return ", ".join(shown) + (" …" if len(codes) > len(shown) else "")


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
    units = {unit.code: unit for unit in facts.units}
    for package in packages:
        for unit in package.units or (Unit(package.unit, package.unit),):
            above = package.receiver if unit.code == package.unit else unit.parent
            placed = replace(unit, parent=above if above != unit.code else "")
            held = units.get(unit.code)
            if held is None or (not held.parent and held.name == held.code):
                units[unit.code] = placed
    return replace(
        facts,
        forms=_forms(facts, packages),
        units=tuple(units.values()),
        counts=(*facts.counts, *(row for package in packages for row in package.counts)),
        items=(*facts.items, *(row for package in packages for row in package.items)),
        offices=(*facts.offices, *(office for package in packages for office in package.offices)),
    )


def _forms(facts: Facts, packages: Sequence[Package]) -> tuple[FormHead, ...]:
    found: dict[FormKey, FormHead] = {}
    for head in (*facts.forms, *(head for package in packages for head in package.forms)):
        known = found.setdefault(head.key, head)
        if _shape(known) != _shape(head):
            raise OmrError(
                _("Form {form} of {year} has other items here than in a merged package.").format(
                    form=head.key.layout, year=head.key.year
                )
            )
        rules = tuple(dict.fromkeys(sorted((*known.rules, *head.rules))))
        found[head.key] = replace(known, rules=rules)
    return tuple(found[key] for key in sorted(found, key=str))


def merged_ledger(rows: Iterable[LedgerRow], packages: Sequence[Package]) -> tuple[LedgerRow, ...]:
    """Return the ledger of the office with those of the packages."""
    every = (*rows, *(row for package in packages for row in package.ledger))
    return tuple(sorted(every, key=lambda row: (row.unit, row.year, row.layout)))


def own_units(facts: Facts, year: int | None = None) -> frozenset[str]:
    """Return the units whose sheets of `year` (any where None) the office printed or read itself."""
    rows: tuple[IssuedRow | SheetRow, ...] = (*facts.issued, *facts.sheets)
    return frozenset(row.unit for row in rows if year in (None, row.form.year))


def missing(receiver: str, facts: Facts) -> tuple[Unit, ...]:
    """Return the units directly below the receiver of which nothing was counted."""
    counted = with_above(own_units(facts) | {row.unit for row in facts.counts}, facts.units)
    return tuple(unit for unit in facts.units if unit.parent == receiver and unit.code not in counted)
