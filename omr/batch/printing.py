"""An order of forms → the PDF to print and its manifest; the store remembers every sheet that was issued."""

from __future__ import annotations

import csv
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from omr.batch.recipients import of_file, of_members
from omr.errors import OmrError, UsageError, reason_of
from omr.forms.catalogue import shipped, write_frozen
from omr.forms.issue import ManifestRow, PrintedSheet, issue_copies, issue_roster, reissue
from omr.forms.issue import manifest as listed
from omr.forms.place import Placement
from omr.i18n import _
from omr.model.layout import Layout
from omr.model.pagecode import parse_serial
from omr.model.unit import IssuedSheet
from omr.store.store import Store


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be printed: the people of a file or of the store, a replacement, or blank copies.

    unit: whose sheets; members: whoever of its stored roster has none; duplex: odd pages get a blank back.
    """

    copies: int
    roster: Path | None
    reprint: str | None
    unit: str | None
    master: bool
    members: bool
    duplex: bool

    @property
    def replaced(self) -> str | None:
        """The serial that is replaced, as it was printed."""
        return None if self.reprint is None else parse_serial(self.reprint) or self.reprint


def print_order(
    store: Store, placement: Placement, folder: Path, order: Order, output: Path, manifest: Path | None
) -> tuple[int, int]:
    """Write the PDF, and the manifest where it is wanted; return how many sheets and pages it has.

    folder: where the form's file is. The sheets are issued once the files are whole.
    Raises RosterError or UsageError where the order cannot be, OmrError where a file cannot.
    """
    from omr.forms.pdf import write_forms

    sheets = _sheets(order, placement.layout, store)
    rows = listed(sheets, duplex=order.duplex)
    with writing(output) as file:
        write_forms(file, placement, sheets, duplex=order.duplex)
        if manifest is not None:
            _write_manifest(manifest, rows)
        _remember(store, placement.layout, sheets, folder, replaced=order.replaced)
    return len(sheets), sum(row.pages for row in rows)


def _sheets(order: Order, layout: Layout, store: Store) -> tuple[PrintedSheet, ...]:
    chance, taken = secrets.randbelow, store.knows
    if order.roster is not None or order.members:
        people = (
            of_members(store, layout, order.unit)
            if order.roster is None
            else of_file(store, layout, order.roster, order.unit)
        )
        return issue_roster(layout, people, chance, taken)
    if order.replaced is not None:
        return (reissue(layout, _issued(store, order.replaced, layout), chance, taken),)
    return issue_copies(layout, order.copies, order.unit or "", chance, taken, master=order.master)


def _remember(
    store: Store, layout: Layout, sheets: Sequence[PrintedSheet], folder: Path, *, replaced: str | None
) -> None:
    """Freeze the geometry and enter the sheets; beside foreign layouts it is frozen in a file as well."""
    store.freeze(layout)
    store.issue([sheet.issued for sheet in sheets], replaces=replaced)
    if folder.resolve() != shipped().resolve():
        # the store has it already: a folder without permission is no reason to stop
        with suppress(OSError):
            write_frozen(layout, folder)


def _issued(store: Store, serial: str, layout: Layout) -> IssuedSheet:
    """Return the sheet to be replaced. Raises UsageError where there is none such."""
    sheet: IssuedSheet | None = store.issued(serial)
    if sheet is None:
        message = _("Sheet {sheet} was not issued by this store. Check its number, or print with --copies 1.")
        raise UsageError(message.format(sheet=serial))
    if sheet.layout != layout.id:
        message = _("Sheet {sheet} is a {layout}, not a {wanted}. Name its own layout.")
        raise UsageError(message.format(sheet=serial, layout=sheet.layout, wanted=layout.id))
    return sheet


def _write_manifest(path: Path, rows: Sequence[ManifestRow]) -> None:
    with writing(path) as part, part.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("copy", "sheet", "unit", "first_page", "pages"))
        writer.writerows((row.copy, row.sheet, row.unit, row.first_page, row.pages) for row in rows)


@contextmanager
def writing(path: Path) -> Iterator[Path]:
    """Give a file that gets the name `path` only if all went well; tell what the disk refuses."""
    part = path.with_name(f"{path.name}.part")
    try:
        yield part
        part.replace(path)
    except OSError as error:
        message = _(
            "{path} cannot be written ({reason}). Check the folder, your permission and the free space."
        )
        raise OmrError(message.format(path=path, reason=reason_of(error))) from error
    finally:
        with suppress(OSError):
            part.unlink()
