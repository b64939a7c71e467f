"""Packages as they come in: each is opened and checked. All of them are taken, or none.

What is refused depends on the packages and on what is here, not on the order in which they come.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from omr.errors import OmrError, reason_of
from omr.i18n import _
from omr.model.unit import Unit, under
from omr.report.keys import PrivateKey, PublicKey
from omr.report.merge import current, shape
from omr.report.package import Package, check_package
from omr.report.rows import FormHead, FormKey
from omr.report.seal import unseal
from omr.report.wire import from_json
from omr.store.packages import digest_of

MOST_BYTES = 64 * 2**20
"""Of a file that is read at all: a province of 124 communes and 152,000 sheets sends 5 MB."""


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


def opened_package(path: Path, trusted: Mapping[str, PublicKey], own: Callable[[str], PrivateKey]) -> Arrival:
    """Return the package of a file.

    trusted: public keys by unit. own: the receiver's private key by its unit.
    Raises OmrError, without the file's name, where it cannot be read, is not sound, or not for us.
    """
    label, content = unseal(_read(path), trusted, own)
    package = from_json(content)
    check_package(package)
    if (package.unit, package.receiver) != (label.sender, label.receiver):
        raise OmrError(
            _(
                "outside it is from {sender} to {receiver}, inside from {unit} to {other}. Ask {sender}."
            ).format(sender=label.sender, receiver=label.receiver, unit=package.unit, other=package.receiver)
        )
    return Arrival(str(path), digest_of(content), package, content)


def _read(path: Path) -> bytes:
    if path.exists() and not path.is_file():
        raise OmrError(_("it is no file."))  # a pipe would be waited for, a folder cannot be read
    try:
        with path.open("rb") as file:
            sealed = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise OmrError(_("it cannot be read ({reason}).").format(reason=reason_of(error))) from error
    if len(sealed) > MOST_BYTES:
        raise OmrError(_("it is larger than {n} MiB, which no package is.").format(n=MOST_BYTES // 2**20))
    return sealed


def refusals(arrivals: Sequence[Arrival], present: Present) -> Iterator[tuple[str, str]]:
    """Yield (file, reason) for each package that cannot be taken; nothing where all can."""
    places, shapes = _places(arrivals, present), _shapes(arrivals, present)
    for at, arrival in enumerate(arrivals):
        others = [other for number, other in enumerate(arrivals) if number != at]
        reason = _repeated(arrival, others, present) or _doubled(arrival.package, places, present)
        reason = reason or _misplaced(arrival.package, present.units) or _other_form(arrival.package, shapes)
        if reason:
            yield arrival.file, reason


Places = dict[tuple[int, str], dict[str, str]]
"""By year and unit: who counts it, each sender with what its package is called."""


def _places(arrivals: Sequence[Arrival], present: Present) -> Places:
    files = {(arrival.package.unit, arrival.package.year): arrival.file for arrival in arrivals}
    packages = (*present.merged.values(), *(arrival.package for arrival in arrivals))
    found: Places = {}
    for package in current(packages):
        merged = _("the merged package of {unit}").format(unit=package.unit)
        name = files.get((package.unit, package.year), merged)
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
    counted = {unit: places.get((package.year, unit), {}) for unit in covered}
    twice = {unit: senders for unit, senders in counted.items() if len(senders) > 1}
    if not twice:
        return ""
    other = next(name for sender, name in twice[min(twice)].items() if sender != package.unit)
    return _("{units}: counted in {other} as well. Counting them twice is refused.").format(
        units=_some(twice), other=other
    )


def _misplaced(package: Package, units: Sequence[Unit]) -> str:
    """The tree says that the unit does not hand in here; a tree that has no unit below us says nothing."""
    below = under(units, package.receiver)
    if not below - {package.receiver}:
        return ""
    places = {package.unit: package.receiver} if package.unit not in below else {}
    strange = (package.covered & {unit.code for unit in units if unit.parent}) - under(units, package.unit)
    places |= dict.fromkeys(sorted(strange), package.unit)
    for unit, above in places.items():
        return _("{unit} is not below {receiver} in the tree of units (`omr units import`).").format(
            unit=unit, receiver=above
        )
    return ""


def _shapes(arrivals: Sequence[Arrival], present: Present) -> dict[FormKey, object]:
    """Return what each form has to look like: as it is here already, else as most packages have it."""
    sent: dict[FormKey, Counter[object]] = {}
    for head in (head for arrival in arrivals for head in arrival.package.forms):
        sent.setdefault(head.key, Counter())[shape(head)] += 1
    held = (*present.forms, *(head for package in present.merged.values() for head in package.forms))
    most = {key: shapes.most_common(1)[0][0] for key, shapes in sent.items()}
    return most | {head.key: shape(head) for head in held}


def _other_form(package: Package, shapes: Mapping[FormKey, object]) -> str:
    """One form in two wordings that do not count the same."""
    for head in package.forms:
        if shapes[head.key] != shape(head):
            return _("its form {form} has other items or levels than the same form elsewhere.").format(
                form=head.key.layout
            )
    return ""


def _same_place(one: Package, other: Package) -> bool:
    return (one.unit, one.year) == (other.unit, other.year)


def _some(codes: Collection[str]) -> str:
    shown = sorted(codes)[:3]
    return ", ".join(shown) + (" …" if len(codes) > len(shown) else "")
