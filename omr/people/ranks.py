"""Ranks that people typed into a table (CSV, XLSX): read whole, or refused with every faulty line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from omr.i18n import _
from omr.model.layout import FilledBy
from omr.model.rank import RANKS, Ranks
from omr.model.unit import Unit
from omr.people.headings import cell, columns_of, head_and_rows, refuse_faults, refuse_lacking
from omr.people.names import folded_key
from omr.people.tablefile import read_rows
from omr.people.units import UnitNames

ALIASES: Mapping[str, tuple[str, ...]] = {
    "unit": ("unit", "đơn vị", "tên đơn vị"),
    "who": ("who", "đối tượng"),
    "excellent": ("excellent", "hoàn thành xuất sắc nhiệm vụ", "hoàn thành xuất sắc", "xuất sắc"),
    "good": ("good", "hoàn thành tốt nhiệm vụ", "hoàn thành tốt", "tốt"),
    "done": ("done", "hoàn thành nhiệm vụ", "hoàn thành"),
    "failed": ("failed", "không hoàn thành nhiệm vụ", "không hoàn thành"),
}

_WHO = {
    FilledBy.PERSON: ("person", "persons", "cá nhân"),
    FilledBy.COLLECTIVE: ("collective", "collectives", "tập thể"),
}


def read_ranks(path: Path, units: Iterable[Unit]) -> tuple[Ranks, ...]:
    """Return the rows of a table of ranks, each with the code of its unit.

    units: those there are. Raises RosterError with every faulty line.
    """
    head, rows = head_and_rows(path, read_rows(path), tuple(ALIASES.values()), ", ".join(ALIASES))
    columns = columns_of(head, ALIASES)
    refuse_lacking(path, head, [ALIASES[name][-1] for name in ALIASES if columns[name] is None])
    names = UnitNames(units)
    found: dict[tuple[str, FilledBy], Ranks] = {}
    faults = []
    for row in rows:
        values = {name: cell(row, at) for name, at in columns.items()}
        told = list(_faults(values, names))
        if not told:
            ranks = _ranks(values, names)
            if (ranks.unit, ranks.who) in found:
                told = [_("{unit} has two rows for the same. Keep one.").format(unit=values["unit"])]
            found[ranks.unit, ranks.who] = ranks
        faults += [_("{file}, line {line}: ").format(file=path, line=row.line) + fault for fault in told]
    refuse_faults(faults)
    return tuple(found.values())


def _faults(values: Mapping[str, str], names: UnitNames) -> Iterator[str]:
    fault = names.fault(values["unit"])
    if fault:
        yield fault
    if _who(values["who"]) is None:
        yield _("say for whom it is: persons (cá nhân) or collectives (tập thể).")
    for name in RANKS:
        if not _plain(values[name]).isdecimal():
            yield _("{text} is no number. Write how many were given this rank.").format(text=values[name])


def _ranks(values: Mapping[str, str], names: UnitNames) -> Ranks:
    first, second, third, fourth = (int(_plain(values[name])) for name in RANKS)
    who = _who(values["who"]) or FilledBy.PERSON
    return Ranks(names.find(values["unit"])[0], who, (first, second, third, fourth))


def _who(written: str) -> FilledBy | None:
    key = folded_key(written)
    return next((who for who, names in _WHO.items() if key in map(folded_key, names)), None)


def _plain(number: str) -> str:
    """Return a number without the points between its thousands; nothing written is none."""
    return number.replace(".", "") or "0"
