"""Whose a sheet is: the person it was issued to, else the one of the roster whose name was read on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from omr.model.layout import Field, Layout
from omr.model.unit import IssuedSheet, Member
from omr.model.written import Written
from omr.people.names import folded_key

Roster = Callable[[], Sequence[Member]]
"""Gives the people who may hand in a sheet; asked only where a name has to be looked up."""

NAME = "name"
"""What a field is for whose writing says whose the sheet is (`roster` of a layout's field)."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whose a sheet is. code: of the roster, "" where nobody or several there bear the name."""

    code: str = ""
    name: str = ""


NO_ONE = Person()


def person_of(
    layout: Layout, issued: IssuedSheet | None, copied: Mapping[str, Written], roster: Roster
) -> Person:
    """Return whose a sheet is.

    copied: what people read on it, by field. A name that several bear is told apart by the code behind it,
    as `told` writes both.
    """
    if issued is not None and issued.person:
        return Person(issued.person, issued.name)
    read = next((copied[field.id].text for field in name_fields(layout) if field.id in copied), "")
    if not read:
        return NO_ONE
    found = [member for member in roster() if folded_key(read) in _keys(member)]
    people = {(member.code, member.name) for member in found}
    return Person(*people.pop()) if len(people) == 1 else Person("", read)


def name_fields(layout: Layout) -> Iterator[Field]:
    """Yield the fields of a form in which people write their name."""
    return (field for page in layout.pages for field in page.fields if field.roster == NAME)


def told(person: Member | Person) -> str:
    """Return a person as they are told apart from others of the name."""
    return f"{person.name} ({person.code})" if person.code else person.name


def _keys(member: Member) -> frozenset[str]:
    return frozenset(map(folded_key, (member.name, told(member))))
