"""Forms printed at the desk: PDFs and manifests kept beside the store, and rosters that come in for them."""

from __future__ import annotations

import csv
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from threading import Lock

from starlette.concurrency import run_in_threadpool

from omr.batch.printing import Order, print_order
from omr.desk.config import Office
from omr.errors import OmrError, RosterError, UsageError, reason_of
from omr.forms.check import refuse_faults
from omr.forms.place import place
from omr.i18n import _
from omr.model.layout import Layout
from omr.model.pagecode import parse_serial
from omr.people.roster import read_roster

MOST_SHEETS = 1000
"""Sheets of one printing at the desk: 15 s of drawing, a few reams of paper. More are for `omr print`."""

Sees = Callable[[str], bool]
"""Says whether a person may see a unit, by its code."""

_MOST_ROSTER = 8 * 2**20
_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Printing:
    """A PDF that was made at the desk. name: its file; units: whose sheets are in it, "" where nobody's."""

    name: str
    manifest: str
    sheets: int
    pages: int
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Roster:
    """A list that came in. token: how the form names it."""

    token: str
    name: str
    people: int


class Printery:
    """The printed forms beside one store. Thread-safe."""

    def __init__(self, store: Path) -> None:
        self.folder, self._lock = store.with_name(f"{store.stem}.forms"), Lock()
        self._came_in: Path | None = None
        self._rosters: dict[str, Path] = {}
        self._forms: tuple[object, tuple[Layout, ...]] = None, ()

    def close(self) -> None:
        """Forget the rosters that came in."""
        if self._came_in is not None:
            shutil.rmtree(self._came_in, ignore_errors=True)

    def forms(self, office: Office) -> tuple[Layout, ...]:
        """Return every form of ours, placed. Raises LayoutError where a file has faults.

        Placing them all takes seconds: it is done anew only where a file has changed.
        """
        files = tuple((path, path.stat().st_mtime_ns) for path in office.catalogue.files())
        with self._lock:
            if self._forms[0] != files:
                self._forms = files, tuple(place(form).layout for form in office.catalogue.forms())
            return self._forms[1]

    def printings(self, sees: Sees) -> tuple[Printing, ...]:
        """Return what was printed for units that may be seen, newest first, the last fifty."""
        found = sorted(self.folder.glob("*.csv"), reverse=True)
        made = (_printing(path) for path in found if path.with_suffix(".pdf").exists())
        return tuple(islice((each for each in made if all(map(sees, each.units))), _SHOWN))

    def path(self, name: str, sees: Sees) -> Path | None:
        """Return a printed file by its name, or None where there is none, or of a unit not to be seen."""
        path = next((path for path in self.folder.glob("*.*") if path.name == name), None)
        if path is None or not path.with_suffix(".csv").exists():
            return None
        return path if all(map(sees, _printing(path.with_suffix(".csv")).units)) else None

    async def take_in(self, chunks: AsyncIterator[bytes], name: str) -> Roster:
        """Keep a roster until the desk is closed. Raises RosterError that lists every fault with its line."""
        suffix = ".xlsx" if name.lower().endswith(".xlsx") else ".csv"
        token = secrets.token_urlsafe(16)
        self._came_in = self._came_in or Path(tempfile.mkdtemp(prefix="omr-rosters-"))
        path = self._came_in / f"{token}{suffix}"
        size = 0
        with path.open("xb") as file:
            async for chunk in chunks:
                size += len(chunk)
                if size > _MOST_ROSTER:
                    raise RosterError(_("{file} is too large for a roster.").format(file=name))
                file.write(chunk)
        try:
            people = await run_in_threadpool(read_roster, path, unit="-")
        except RosterError as error:
            path.unlink()
            raise RosterError(str(error).replace(str(path), name)) from error
        self._rosters[token] = path
        return Roster(token, name, len(people))

    def roster(self, token: str) -> Path:
        """Return the roster that came in under a token. Raises UsageError where there is none."""
        if token not in self._rosters:
            raise UsageError(_("Choose the list of people first."))
        return self._rosters[token]

    def print_forms(self, office: Office, name: str, year: int | None, order: Order, sees: Sees) -> int:
        """Print a form and issue its sheets, for units that may be seen alone; return how many.

        Raises UsageError, RosterError or LayoutError where that cannot be, OmrError where the disk is full.
        """
        people = read_roster(order.roster, unit=order.unit) if order.roster is not None else ()
        units = {person.unit for person in people} if people else {order.unit or ""}
        if order.reprint is None and not all(map(sees, units)):
            raise UsageError(_("Name a unit that is assigned to you."))
        path, form = office.catalogue.path(name, year), office.catalogue.form(name, year)
        refuse_faults(path, form)
        if order.copies > MOST_SHEETS:
            raise UsageError(_("Print at most {most} sheets at once.").format(most=MOST_SHEETS))
        with self._lock:
            target = self._free(form.id)
            pdf, manifest = (target.with_name(f"{target.name}.{suffix}") for suffix in ("pdf", "csv"))
            sheets, _pages = print_order(office.store, place(form), path.parent, order, pdf, manifest)
        return sheets

    def reprint(self, office: Office, serial: str, sees: Sees, *, duplex: bool) -> int:
        """Print a sheet that replaces a lost or spoilt one. Raises UsageError where there is none such."""
        sheet = office.store.issued(parse_serial(serial) or serial)
        if sheet is None or not sees(sheet.unit):
            raise UsageError(_("Sheet {sheet} was not issued by this store.").format(sheet=serial))
        order = Order(1, None, sheet.serial, None, master=False, members=False, duplex=duplex)
        return self.print_forms(office, sheet.layout, sheet.year, order, sees)

    def _free(self, form: str) -> Path:
        """Return a path that no printing has; its folder is made. Raises OmrError where it cannot be."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OmrError(
                _("{path} cannot be made ({reason}). Choose another folder.").format(
                    path=self.folder, reason=reason_of(error)
                )
            ) from error
        today = date.today().isoformat()  # noqa: DTZ011 (the office's own day)
        number = sum(path.name.startswith(today) for path in self.folder.glob("*.csv")) + 1
        return self.folder / f"{today}-{number:03}-{form}"


def _printing(path: Path) -> Printing:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    units = tuple(dict.fromkeys(row["unit"] for row in rows))
    return Printing(
        path.with_suffix(".pdf").name, path.name, len(rows), sum(int(row["pages"]) for row in rows), units
    )
