"""The tree of units as people keep it (CSV, XLSX): read whole, or refused with every faulty line.

A file holds the whole tree of each year it names. Parents are named by their code, or by their name where
only one unit bears it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from omr.errors import RosterError
from omr.i18n import _
from omr.model.unit import Unit
from omr.people.headings import cell, columns_of, head_and_rows, refuse_faults, refuse_lacking
from omr.people.names import folded_key
from omr.people.tablefile import Row, read_rows

ALIASES: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "unit", "mã đơn vị", "mã", "mã số"),
    "parent": (
        "parent", "mã cấp trên", "mã đơn vị cấp trên", "cấp trên", "đơn vị cấp trên", "trực thuộc",
        "đơn vị trực thuộc", "cấp trên trực tiếp",
    ),
    "name": ("name", "tên đơn vị", "đơn vị", "tên", "tên tổ chức đảng"),
    "kind": ("kind", "loại", "loại hình", "loại đơn vị", "cấp"),
    "year": ("year", "năm"),
}  # fmt: skip
"""Headings by which a column is known, the surest first; folded before they are compared."""

_YEARS = range(1990, 2101)


@dataclass(frozen=True, slots=True)
class _Line:
    """A unit with the line it stands on; its parent as written."""

    unit: Unit
    year: int
    line: int


class UnitNames:
    """Finds units by code or by name, however their Vietnamese was typed."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._codes: dict[str, str] = {}
        self._names: dict[str, list[str]] = {}
        self._written: dict[str, str] = {}
        for unit in units:
            self._codes.setdefault(folded_key(unit.code), unit.code)
            self._names.setdefault(folded_key(unit.name), []).append(unit.code)
            self._written |= {folded_key(unit.code): unit.code, folded_key(unit.name): unit.name}

    def find(self, written: str) -> tuple[str, ...]:
        """Return the codes `written` can mean: none, one, or several units of one name."""
        key = folded_key(written)
        return (self._codes[key],) if key in self._codes else tuple(self._names.get(key, ()))

    def fault(self, written: str) -> str:
        """Return what is wrong with `written` as a unit, and what to do; "" where it means one unit."""
        found = self.find(written)
        if len(found) == 1:
            return ""
        if found:
            return _("several units are named {name} ({codes}). Write the code.").format(
                name=written, codes=", ".join(found)
            )
        near = get_close_matches(folded_key(written), self._written, n=1)
        if near:
            return _("there is no unit {name}. Is {near} meant?").format(
                name=written, near=self._written[near[0]]
            )
        return _("there is no unit {name}. Correct it, or add the unit (`omr units import`).").format(
            name=written
        )


def read_units(path: Path, year: int) -> dict[int, tuple[Unit, ...]]:
    """Return the tree of each year of a file, units in its order; `year` is that of rows that name none.

    Raises RosterError that lists every fault with its line and remedy.
    """
    wanted = "Mã đơn vị, Tên đơn vị, Cấp trên (code, name, parent)"
    head, rows = head_and_rows(path, read_rows(path), tuple(ALIASES.values()), wanted)
    columns = columns_of(head, ALIASES)
    labels = {"code": _("code (Mã đơn vị)"), "name": _("name (Tên đơn vị)"), "parent": _("parent (Cấp trên)")}
    refuse_lacking(path, head, [label for column, label in labels.items() if columns[column] is None])
    if not rows:
        raise RosterError(
            _("{file}, line {line}: there is no unit below the headings. Add the units, one a row.").format(
                file=path, line=head.line
            )
        )
    lines = [_line(row, columns, year) for row in rows]
    trees = {year: [each for each in lines if each.year == year] for year in sorted({e.year for e in lines})}
    faults = sorted(fault for tree in trees.values() for fault in _faults(tree))
    refuse_faults(_("{file}, line {line}: ").format(file=path, line=line) + fault for line, fault in faults)
    return {year: tuple(_placed(tree)) for year, tree in trees.items()}


def _line(row: Row, columns: Mapping[str, int | None], year: int) -> _Line:
    code, name, parent, kind, own = (
        cell(row, columns[column]) for column in ("code", "name", "parent", "kind", "year")
    )
    return _Line(Unit(code, name, parent, kind), _year(own) if own else year, row.line)


def _year(text: str) -> int:
    """Return a year, 0 where the text is none."""
    return int(text) if text.isdecimal() and int(text) in _YEARS else 0


def _faults(tree: Sequence[_Line]) -> Iterator[tuple[int, str]]:
    """What is wrong with one year's tree, each with its line."""
    found = [fault for each in tree for fault in _own_faults(each)]
    first: dict[str, _Line] = {}
    for each in tree:
        before = first.setdefault(folded_key(each.unit.code), each)
        if before is not each and each.unit.code:
            text = _("the code {code} already stands in line {first}. Remove one, or give it another code.")
            found.append((each.line, text.format(code=each.unit.code, first=before.line)))
    names = UnitNames(each.unit for each in tree)
    for each in tree:
        fault = names.fault(each.unit.parent) if each.unit.parent else ""
        if fault:
            found.append((each.line, fault))
    yield from found or _circles(tree)


def _own_faults(each: _Line) -> Iterator[tuple[int, str]]:
    if not each.unit.code:
        yield each.line, _("the code is empty. Give every unit a code of its own.")
    if not each.unit.name:
        yield each.line, _("the name is empty. Fill it in or remove the row.")
    if not each.year:
        yield each.line, _("the year is none. Write it as four digits, or leave the cell empty.")


def _circles(tree: Sequence[_Line]) -> Iterator[tuple[int, str]]:
    """Units that stand above themselves; every circle once, at its first line."""
    lines = {each.unit.code: each.line for each in tree}
    parents = {unit.code: unit.parent for unit in _placed(tree)}
    seen: set[str] = set()
    for start in parents:
        path = [start]
        while (above := parents.get(path[-1], "")) and above not in path and above not in seen:
            path.append(above)
        if above in path and above not in seen:
            circle = path[path.index(above) :]
            yield (
                min(lines[code] for code in circle),
                _("{units} stand above each other in a circle. Correct who is above whom.").format(
                    units=" → ".join((*circle, circle[0]))
                ),
            )
        seen |= set(path)


def _placed(tree: Sequence[_Line]) -> Iterator[Unit]:
    """Yield the units with the codes of their parents in the place of what was written."""
    names = UnitNames(each.unit for each in tree)
    for each in tree:
        above = names.find(each.unit.parent)[0] if each.unit.parent else ""
        yield replace(each.unit, parent=above)
