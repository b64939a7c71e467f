"""The list of people a unit prints forms for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from omr.errors import RosterError
from omr.i18n import _
from omr.people.headings import cell, find, head_and_rows, refuse_faults, refuse_lacking
from omr.people.names import folded_key
from omr.people.tablefile import Row, read_rows

ALIASES: Mapping[str, tuple[str, ...]] = {
    "code": (
        "code", "id", "mã", "mã số", "mã cán bộ", "mã cb", "mã đảng viên", "mã nhân viên", "mã nv",
        "mã người", "mã số cán bộ", "mã định danh", "số hiệu", "số thẻ", "số thẻ đảng viên", "số thẻ đảng",
    ),
    "name": (
        "name", "full name", "họ và tên", "họ tên", "họ, tên", "họ tên đầy đủ", "tên đầy đủ",
        "họ và tên khai sinh",
    ),
    "unit": (
        "unit", "mã đơn vị", "đơn vị", "đơn vị công tác", "chi bộ", "tên đơn vị", "nơi công tác", "cơ quan",
        "cơ quan, đơn vị", "đảng bộ", "tổ chức đảng", "phòng ban", "phòng",
    ),
    "birth": (
        "birth", "birth date", "date of birth", "ngày sinh", "ngày, tháng, năm sinh", "ngày tháng năm sinh",
        "năm sinh",
    ),
    "position": ("position", "chức vụ", "chức danh", "chức vụ, chức danh", "chức vụ, đơn vị công tác"),
    "status": ("status", "diện", "tình trạng", "trạng thái", "thuộc diện", "diện đánh giá"),
    "cell": ("cell", "chi bộ", "tên chi bộ", "sinh hoạt tại chi bộ", "chi bộ sinh hoạt"),
}  # fmt: skip
"""Headings by which a column is known, the surest first; folded before they are compared."""

_FAMILY_NAME = ("họ", "họ đệm", "họ và đệm", "họ và tên đệm", "họ tên đệm", "họ, đệm", "họ và chữ đệm")
_GIVEN_NAME = ("tên",)
_HEADINGS = (ALIASES["code"], ALIASES["name"], ALIASES["unit"], _FAMILY_NAME)


@dataclass(frozen=True, slots=True)
class Person:
    """One row of a roster.

    unit: the unit's code or name, as written. row: line in the file, from 1.
    extra: the other columns in the file's order, as (heading, value); values may be empty.
    """

    code: str
    name: str
    unit: str
    row: int
    extra: tuple[tuple[str, str], ...] = ()

    def value(self, column: str) -> str:
        """Return what stands in `column` ("position" or any known heading), "" where there is none."""
        own = {"code": self.code, "name": self.name, "unit": self.unit}
        if column in own:
            return own[column]
        wanted = {folded_key(alias) for alias in ALIASES.get(column, ())} | {folded_key(column)}
        return next((value for heading, value in self.extra if folded_key(heading) in wanted), "")


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the columns stand; `names` are joined (họ và tên đệm, tên)."""

    code: int | None
    names: tuple[int, ...]
    unit: int | None
    others: tuple[tuple[int, str], ...]


def read_roster(path: Path, *, unit: str | None = None, several: bool = False) -> tuple[Person, ...]:
    """Return the people of a roster (CSV or XLSX), in its own order.

    unit: stands for a missing unit column or an empty unit cell. several: one person may stand in several
    units, a row each.
    Raises RosterError that lists every fault with its line and remedy.
    """
    head, rows = head_and_rows(path, read_rows(path), _HEADINGS, "Mã, Họ và tên, Đơn vị (code, name, unit)")
    columns = _columns(path, head, unit_needed=unit is None)
    people = tuple(_person(row, columns, unit or "") for row in rows)
    refuse_faults(_faults(people, path, several=several))
    if not people:
        raise RosterError(
            _("{file}, line {line}: there is nobody below the headings. Add the people, one a row.").format(
                file=path, line=head.line
            )
        )
    return people


def unknown_columns(people: Sequence[Person]) -> tuple[tuple[str, str], ...]:
    """Return the headings that stand for nothing known, each with the known one it is nearest to, or "".

    They are kept, and may be a form's own field; or a known one that was mistyped, and is missed.
    """
    headings = dict.fromkeys(heading for person in people for heading, _value in person.extra)
    known = {folded_key(alias): alias for aliases in ALIASES.values() for alias in aliases}
    unknown = [heading for heading in headings if folded_key(heading) not in known]
    near = {heading: get_close_matches(folded_key(heading), known, n=1, cutoff=0.75) for heading in unknown}
    return tuple((heading, known[near[heading][0]] if near[heading] else "") for heading in unknown)


def _columns(path: Path, head: Row, *, unit_needed: bool) -> _Columns:
    keys = [folded_key(text) for text in head.cells]
    code, names, unit = find(keys, ALIASES["code"]), _name_columns(keys), find(keys, ALIASES["unit"])
    labels = (
        (_("code (Mã)"), code is None),
        (_("name (Họ và tên)"), not names),
        (_("unit (Đơn vị)"), unit is None and unit_needed),
    )
    refuse_lacking(path, head, [label for label, absent in labels if absent])
    taken = {code, unit, *names}
    others = tuple((at, text) for at, text in enumerate(head.cells) if text and at not in taken)
    return _Columns(code, names, unit, others)


def _name_columns(keys: Sequence[str]) -> tuple[int, ...]:
    """One column, or two: "Họ và tên đệm" beside "Tên", or "Họ và tên" merged over a nameless neighbour."""
    family, given = find(keys, _FAMILY_NAME), find(keys, _GIVEN_NAME)
    whole = find(keys, ALIASES["name"])
    if whole is not None:
        merged = whole + 1 < len(keys) and not keys[whole + 1]
        return (whole, whole + 1) if merged else (whole,)
    return (family, given) if family is not None and given is not None else ()


def _person(row: Row, columns: _Columns, unit: str) -> Person:
    return Person(
        code=cell(row, columns.code),
        name=" ".join(filter(None, (cell(row, at) for at in columns.names))),
        unit=cell(row, columns.unit) or unit,
        row=row.line,
        extra=tuple((heading, cell(row, at)) for at, heading in columns.others),
    )


def _faults(people: Sequence[Person], path: Path, *, several: bool) -> Iterator[str]:
    """What is wrong, in the order of the rows. several: a code may come again with another unit."""
    first: dict[tuple[str, str], Person] = {}
    names: dict[str, Person] = {}
    for person in people:
        where = _("{file}, line {line}: ").format(file=path, line=person.row)
        code = folded_key(person.code)
        before = first.setdefault((code, folded_key(person.unit) if several else ""), person)
        named = names.setdefault(code, person)
        if not person.code:
            yield where + _("the code is empty. Give every person a code of their own.")
        elif before is not person:
            yield where + _(
                "the code {code} already stands in line {first}. "
                "Give every person a code of their own, or remove the repeated row."
            ).format(code=person.code, first=before.row)
        elif folded_key(named.name) != folded_key(person.name):
            yield where + _(
                "the code {code} is {name} in line {first}. Give every person a code of their own."
            ).format(code=person.code, name=named.name, first=named.row)
        if not person.name:
            yield where + _("the name is empty. Fill it in or remove the row.")
        if not person.unit:
            yield where + _("the unit is empty. Fill it in or give one with --unit.")
