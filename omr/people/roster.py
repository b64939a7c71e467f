"""The list of people a unit prints forms for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from omr.errors import RosterError
from omr.i18n import _
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
    "cell": ("cell", "chi bộ", "tên chi bộ", "sinh hoạt tại chi bộ", "chi bộ sinh hoạt"),
}  # fmt: skip
"""Headings by which a column is known, the surest first; folded before they are compared."""

REQUIRED = ("code", "name", "unit")
_FAMILY_NAME = ("họ", "họ đệm", "họ và đệm", "họ và tên đệm", "họ tên đệm", "họ, đệm", "họ và chữ đệm")
_GIVEN_NAME = ("tên",)
_HEAD_ROWS = 20  # rows searched for the headings: titles and national mottoes stand above them
_MOST_FAULTS = 20  # shown at once; more would scroll the first one away


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

    code: int
    names: tuple[int, ...]
    unit: int | None
    others: tuple[tuple[int, str], ...]


def read_roster(path: Path, *, unit: str | None = None) -> tuple[Person, ...]:
    """Return the people of a roster (CSV or XLSX), in its own order.

    `unit` stands for a missing unit column or an empty unit cell.
    Raises RosterError that lists every fault with its line and remedy.
    """
    head, rows = _head_and_rows(path, read_rows(path))
    columns = _columns(path, head, unit_needed=unit is None)
    people = tuple(_person(row, columns, unit or "") for row in rows)
    faults = list(_faults(people, path))
    if faults:
        shown = faults[:_MOST_FAULTS]
        if len(faults) > len(shown):
            shown.append(_("… and {count} more.").format(count=len(faults) - len(shown)))
        raise RosterError("\n".join(shown))
    if not people:
        raise RosterError(
            _("{file}, line {line}: there is nobody below the headings. Add the people, one a row.").format(
                file=path, line=head.line
            )
        )
    return people


def _head_and_rows(path: Path, rows: Sequence[Row]) -> tuple[Row, Sequence[Row]]:
    """Return the row of headings, the one that knows most columns, and the rows below it."""
    best = max(range(min(len(rows), _HEAD_ROWS)), key=lambda at: (_known(rows[at]), -at))
    if not _known(rows[best]):
        raise RosterError(
            _(
                "{file}, line {line}: no headings found. Put the columns Mã, Họ và tên, Đơn vị "
                "(or code, name, unit) into the first row."
            ).format(file=path, line=rows[0].line)
        )
    return rows[best], rows[best + 1 :]


def _known(row: Row) -> int:
    keys = {folded_key(cell) for cell in row.cells}
    return sum(bool(keys & _folded(ALIASES[column])) for column in REQUIRED) + bool(
        keys & _folded(_FAMILY_NAME)
    )


def _columns(path: Path, head: Row, *, unit_needed: bool) -> _Columns:
    keys = [folded_key(cell) for cell in head.cells]
    code, names, unit = _find(keys, ALIASES["code"]), _name_columns(keys), _find(keys, ALIASES["unit"])
    lacking = [
        label
        for label, absent in (
            (_("code (Mã)"), code is None),
            (_("name (Họ và tên)"), not names),
            (_("unit (Đơn vị)"), unit is None and unit_needed),
        )
        if absent
    ]
    if code is None or lacking:
        raise RosterError(
            _(
                "{file}, line {line}: missing column: {columns}. The headings are: {headings}. "
                "Add the column or correct its heading."
            ).format(
                file=path,
                line=head.line,
                columns=", ".join(lacking),
                headings=", ".join(cell for cell in head.cells if cell),
            )
        )
    taken = {code, unit, *names}
    others = tuple((at, cell) for at, cell in enumerate(head.cells) if cell and at not in taken)
    return _Columns(code, names, unit, others)


def _name_columns(keys: Sequence[str]) -> tuple[int, ...]:
    """One column, or two: "Họ và tên đệm" beside "Tên", or "Họ và tên" merged over a nameless neighbour."""
    family, given = _find(keys, _FAMILY_NAME), _find(keys, _GIVEN_NAME)
    whole = _find(keys, ALIASES["name"])
    if whole is not None:
        merged = whole + 1 < len(keys) and not keys[whole + 1]
        return (whole, whole + 1) if merged else (whole,)
    return (family, given) if family is not None and given is not None else ()


def _find(keys: Sequence[str], aliases: Sequence[str]) -> int | None:
    """Return the place of the surest alias among the folded headings."""
    return next((keys.index(key) for key in map(folded_key, aliases) if key in keys), None)


def _folded(aliases: Sequence[str]) -> set[str]:
    return {folded_key(alias) for alias in aliases}


def _person(row: Row, columns: _Columns, unit: str) -> Person:
    def cell(at: int | None) -> str:
        return row.cells[at] if at is not None and at < len(row.cells) else ""

    return Person(
        code=cell(columns.code),
        name=" ".join(part for part in map(cell, columns.names) if part),
        unit=cell(columns.unit) or unit,
        row=row.line,
        extra=tuple((heading, cell(at)) for at, heading in columns.others),
    )


def _faults(people: Sequence[Person], path: Path) -> Iterator[str]:
    """What is wrong, in the order of the rows."""
    times = Counter(folded_key(person.code) for person in people)
    first: dict[str, int] = {}
    for person in people:
        if not person.code:
            yield _("{file}, line {line}: the code is empty. Give every person a code of their own.").format(
                file=path, line=person.row
            )
        elif (
            times[folded_key(person.code)] > 1
            and first.setdefault(folded_key(person.code), person.row) != person.row
        ):
            yield _(
                "{file}, line {line}: the code {code} already stands in line {first}. "
                "Give every person a code of their own, or remove the repeated row."
            ).format(file=path, line=person.row, code=person.code, first=first[folded_key(person.code)])
        if not person.name:
            yield _("{file}, line {line}: the name is empty. Fill it in or remove the row.").format(
                file=path, line=person.row
            )
        if not person.unit:
            yield _("{file}, line {line}: the unit is empty. Fill it in or give one with --unit.").format(
                file=path, line=person.row
            )
