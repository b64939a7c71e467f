"""Organisations, the people in them, and the sheets issued to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisation; `parent` is the code of the one above, "" at the top. kind: as people name it."""

    code: str
    name: str
    parent: str = ""
    kind: str = ""


def under(units: Iterable[Unit], code: str) -> frozenset[str]:
    """Return the codes of a unit and of all units below it, at any depth."""
    below: dict[str, list[str]] = {}
    for unit in units:
        below.setdefault(unit.parent, []).append(unit.code)
    found, left = {code}, [code]
    while left:
        new = set(below.get(left.pop(), ())) - found
        found |= new
        left.extend(new)
    return frozenset(found)


def above(units: Mapping[str, Unit], code: str) -> tuple[str, ...]:
    """Return the codes of the units above one, the nearest first."""
    found: list[str] = []
    while code in units and units[code].parent and units[code].parent not in found:
        code = units[code].parent
        found.append(code)
    return tuple(found)


class Status(StrEnum):
    """Whether a person has to hand in a sheet: yes (thuộc diện), freed (miễn), or barred (đình chỉ)."""

    DUE = "due"
    EXEMPT = "exempt"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Member:
    """A person in the roster of one of their units.

    hands_in: it is in this unit that they are counted and hand in their sheet, the first of their units.
    extra: the other columns of the roster, as (heading, value).
    """

    code: str
    name: str
    unit: str
    status: Status = Status.DUE
    hands_in: bool = True
    extra: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class IssuedSheet:
    """A sheet that was printed. `person` is the roster's code of the person, "" for a blank copy."""

    serial: str
    layout: str
    version: str
    digest: str
    year: int
    unit: str
    pages: int
    person: str = ""
    name: str = ""
    master: bool = False
