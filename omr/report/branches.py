"""Which units make up which row of table 1: the children of a unit, each with all below it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from omr.i18n import _
from omr.model.unit import Unit


@dataclass(frozen=True, slots=True)
class Branch:
    """One row: the unit it is named after, and the codes of all units counted in it."""

    code: str
    name: str
    members: frozenset[str]


@dataclass(frozen=True, slots=True)
class Scope:
    """The unit a table is about ("" where it is about all of them), and its rows."""

    code: str
    name: str
    branches: tuple[Branch, ...]


def scope_of(units: Sequence[Unit], present: Collection[str], under: str = "") -> Scope:
    """Return the rows of the unit `under` ("" = all) that hold units of `present`.

    Rows stand in the order of `units`, unknown codes after them. What belongs to `under` itself is a row
    of its own. Of all, a single top unit is entered, so that its children are the rows.
    """
    known = {unit.code: unit for unit in units}
    members: dict[str, set[str]] = {}
    for code in present:
        line = _line(code, known)
        if under in line:
            below = line.index(under) - 1
            members.setdefault(line[max(below, 0)], set()).add(code)
    if not under and len(members) == 1 and present and set(present) != set(members):
        return scope_of(units, present, next(iter(members)))
    order = [code for code in (*known, *sorted(set(members) - set(known))) if code in members]
    name = known[under].name if under in known else under
    return Scope(under, name, tuple(_branch(code, known, members, under) for code in order))


def within(codes: Iterable[str], under: str, units: Sequence[Unit]) -> frozenset[str]:
    """Return those of `codes` that are `under` or stand below it; "" has every unit below it."""
    known = {unit.code: unit for unit in units}
    return frozenset(code for code in codes if under in _line(code, known))


def with_above(codes: Iterable[str], units: Sequence[Unit]) -> frozenset[str]:
    """Return `codes` and every unit above one of them."""
    known = {unit.code: unit for unit in units}
    return frozenset(above for code in codes for above in _line(code, known))


def _line(code: str, known: Mapping[str, Unit]) -> list[str]:
    """The unit and those above it, the top ("") last. A loop in the tree is cut where it closes."""
    line = [code]
    while code in known and known[code].parent and known[code].parent not in line:
        code = known[code].parent
        line.append(code)
    return line if line[-1] == "" else [*line, ""]


def _branch(code: str, known: Mapping[str, Unit], members: Mapping[str, set[str]], under: str) -> Branch:
    name = known[code].name if code in known else code or _("(unit unknown)")
    if code and code == under and len(members) > 1:
        name = _("{unit} (its own sheets)").format(unit=name)
    return Branch(code, name, frozenset(members[code]))
