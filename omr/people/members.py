"""A roster and the tree → who belongs where, and what an import would change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from omr.i18n import _
from omr.model.unit import Member, Status, Unit
from omr.people.headings import refuse_faults
from omr.people.names import folded_key
from omr.people.roster import ALIASES, Person
from omr.people.units import UnitNames

_STATUS: Mapping[Status, tuple[str, ...]] = {
    Status.DUE: ("", "due", "thuộc diện", "có", "x"),
    Status.EXEMPT: (
        "exempt", "miễn", "miễn đánh giá", "miễn sinh hoạt", "được miễn", "miễn công tác", "không thuộc diện",
    ),
    Status.SUSPENDED: ("suspended", "đình chỉ", "đình chỉ sinh hoạt", "bị đình chỉ", "đình chỉ công tác"),
}  # fmt: skip
_STATUS_HEADINGS = frozenset(map(folded_key, ALIASES["status"]))
_STATUS_OF = {folded_key(word): status for status, words in _STATUS.items() for word in words}


def members(path: Path, people: Sequence[Person], units: Iterable[Unit]) -> tuple[Member, ...]:
    """Return the people of a roster, each in a unit of the tree, in the roster's order.

    units: the tree; where it is empty, the units are taken as they are written.
    Raises RosterError naming each line whose unit or status is not known, or that stands there twice.
    """
    known = tuple(units) or tuple({p.unit: Unit(p.unit, p.unit) for p in people}.values())
    names = UnitNames(known)
    refuse_faults(
        _("{file}, line {line}: ").format(file=path, line=person.row) + fault
        for person, fault in _faults(people, names)
    )
    homes: dict[str, int] = {}
    return tuple(
        Member(
            code=person.code,
            name=person.name,
            unit=names.find(person.unit)[0],
            status=_STATUS_OF[folded_key(person.value("status"))],
            hands_in=homes.setdefault(folded_key(person.code), person.row) == person.row,
            extra=tuple(pair for pair in person.extra if folded_key(pair[0]) not in _STATUS_HEADINGS),
        )
        for person in people
    )


def _faults(people: Sequence[Person], names: UnitNames) -> Iterator[tuple[Person, str]]:
    first: dict[tuple[str, tuple[str, ...]], Person] = {}
    for person in people:
        fault = names.fault(person.unit)
        before = first.setdefault((folded_key(person.code), names.find(person.unit)), person)
        if fault:
            yield person, fault
        elif before is not person:
            text = _("{name} already stands in this unit in line {first}. Remove the repeated row.")
            yield person, text.format(name=person.name, first=before.row)
        if folded_key(person.value("status")) not in _STATUS_OF:
            text = _("the status {status} is not known. Write thuộc diện, miễn or đình chỉ.")
            yield person, text.format(status=person.value("status"))


def joined(before: Sequence[Member], new: Sequence[Member]) -> tuple[Member, ...]:
    """Return a year's roster after an import: the units that `new` names as it says, the others as before.

    A person is known by code and name. Everybody hands in at one unit: where they did, as long as they stand
    there, else at the first.
    """
    named = {member.unit for member in new}
    stay = [member for member in before if member.unit not in named]
    first = {who(member): member for member in (*new[::-1], *stay[::-1])}
    chosen = {who(member): member for member in (*new, *stay) if member.hands_in}
    home = first | chosen
    return tuple(replace(member, hands_in=home[who(member)] is member) for member in (*stay, *new))


def who(member: Member) -> tuple[str, str]:
    """Return what tells one person from another: lists of several units may all count from 1."""
    return folded_key(member.code), folded_key(member.name)


class Kind(StrEnum):
    """How a row changes."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Change:
    """One row that an import adds, changes or removes; detail: what is different, for people."""

    kind: Kind
    code: str
    name: str
    unit: str
    detail: str


Record = TypeVar("Record", Unit, Member)


def changes(before: Iterable[Record], after: Iterable[Record]) -> tuple[Change, ...]:
    """Return what differs between two trees or two rosters, in the order of `after`, what goes last."""
    was, will = ({_key(record): record for record in records} for records in (before, after))
    told: list[Change] = [
        _change(Kind.CHANGED if key in was else Kind.ADDED, new, _differences(was.get(key), new))
        for key, new in will.items()
        if was.get(key) != new
    ]
    gone: list[Change] = [_change(Kind.REMOVED, old, "") for key, old in was.items() if key not in will]
    return (*told, *gone)


def _key(record: Unit | Member) -> tuple[str, str]:
    return record.code, record.unit if isinstance(record, Member) else ""


def _change(kind: Kind, record: Unit | Member, detail: str) -> Change:
    above = record.unit if isinstance(record, Member) else record.parent
    return Change(kind, record.code, record.name, above, detail)


def _differences(old: Unit | Member | None, new: Unit | Member) -> str:
    if old is None:
        return "; ".join(_remarks(new)) if isinstance(new, Member) else ""
    pairs = ((field.name, getattr(old, field.name), getattr(new, field.name)) for field in fields(new))
    return "; ".join(f"{name}: {_shown(was)} → {_shown(now)}" for name, was, now in pairs if was != now)


def _remarks(new: Member) -> Iterator[str]:
    """Yield what tells a new person from one who hands in a sheet here."""
    if new.status is not Status.DUE:
        yield {Status.EXEMPT: _("exempt"), Status.SUSPENDED: _("suspended")}[new.status]
    if not new.hands_in:
        yield _("hands in at another unit")


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(text for _heading, text in value if text)
    return str(value)
