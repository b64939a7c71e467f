"""Who gets which sheet: serials given out before anything is printed; chance comes in as a function."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from omr.model.layout import Layout
from omr.model.pagecode import new_serial
from omr.model.unit import IssuedSheet

RandomBelow = Callable[[int], int]
"""`random_below(n)` gives a number in 0..n-1."""
Taken = Callable[[str], bool]
"""Says whether a serial was given out before."""


def never(_serial: str) -> bool:
    """Say that no serial was given out before."""
    return False


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person of a roster, as far as printing cares.

    values: what is printed into the fields, as (roster column, text) pairs.
    """

    code: str
    name: str
    unit: str
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PrintedSheet:
    """A sheet and what is printed on it beyond its serial, as (roster column, text) pairs."""

    issued: IssuedSheet
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """Where a sheet stands in the PDF; copy, first_page count from 1, pages are its printed pages."""

    copy: int
    sheet: str
    unit: str
    first_page: int
    pages: int


def issue_copies(
    layout: Layout,
    count: int,
    unit: str,
    random_below: RandomBelow,
    taken: Taken = never,
    *,
    master: bool = False,
) -> tuple[PrintedSheet, ...]:
    """Return `count` blank sheets of `layout` for `unit`, each with a serial of its own."""
    serials = _serials(random_below, taken)
    return tuple(PrintedSheet(_sheet(layout, next(serials), unit, master=master)) for _copy in range(count))


def issue_roster(
    layout: Layout, people: Sequence[Recipient], random_below: RandomBelow, taken: Taken = never
) -> tuple[PrintedSheet, ...]:
    """Return one sheet a person, in the order given; name and unit are tied to the serial."""
    serials = _serials(random_below, taken)
    return tuple(
        PrintedSheet(
            _sheet(layout, next(serials), person.unit, person=person.code, name=person.name), person.values
        )
        for person in people
    )


def reissue(
    layout: Layout, lost: IssuedSheet, random_below: RandomBelow, taken: Taken = never
) -> PrintedSheet:
    """Return a sheet for the person and unit of `lost`, with a serial of its own."""
    serial = next(_serials(random_below, lambda drawn: drawn == lost.serial or taken(drawn)))
    sheet = _sheet(layout, serial, lost.unit, person=lost.person, name=lost.name, master=lost.master)
    return PrintedSheet(sheet, (("name", lost.name), ("unit", lost.unit)) if lost.person else ())


def manifest(sheets: Sequence[PrintedSheet], *, duplex: bool) -> tuple[ManifestRow, ...]:
    """Return where each sheet begins; with `duplex` a sheet of odd pages is followed by a blank back."""
    rows: list[ManifestRow] = []
    first = 1
    for copy, sheet in enumerate(sheets, start=1):
        issued = sheet.issued
        rows.append(ManifestRow(copy, issued.serial, issued.unit, first, issued.pages))
        first += issued.pages + (issued.pages % 2 if duplex else 0)
    return tuple(rows)


def _serials(random_below: RandomBelow, taken: Taken) -> Iterator[str]:
    """Yield serials, never one twice and none that is taken."""
    given: set[str] = set()
    while True:
        serial = new_serial(random_below)
        if serial not in given and not taken(serial):
            given.add(serial)
            yield serial


def _sheet(
    layout: Layout, serial: str, unit: str, *, person: str = "", name: str = "", master: bool = False
) -> IssuedSheet:
    return IssuedSheet(
        serial=serial,
        layout=layout.id,
        version=layout.version,
        digest=layout.digest,
        year=layout.year,
        unit=unit,
        pages=len(layout.pages),
        person=person,
        name=name,
        master=master,
    )
