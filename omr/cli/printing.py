"""`omr print`: numbered sheets, a master for the photocopier, a replacement, or the wall board."""

from __future__ import annotations

import csv
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from omr.cli.console import say
from omr.cli.layouts import FormYear, Name, catalogue
from omr.cli.options import DEFAULT_STORE, Lang, LayoutsFolder, StorePath, with_example
from omr.errors import OmrError, UsageError
from omr.i18n import _, ngettext
from omr.model.pagecode import parse_serial

if TYPE_CHECKING:
    from omr.forms.issue import ManifestRow, PrintedSheet
    from omr.forms.schema import Form
    from omr.model.layout import Layout
    from omr.model.unit import IssuedSheet
    from omr.store.store import Store

MOST_COPIES = 100_000
"""More at once is a slip of the finger, and a PDF that no printer takes."""

Out = Annotated[Path, typer.Option("-o", "--output", metavar="FORMS.pdf", help=_("The PDF to write."))]
Copies = Annotated[
    int | None,
    typer.Option("--copies", metavar="N", min=1, max=MOST_COPIES, help=_("Blank sheets to print.")),
]
Roster = Annotated[
    Path | None,
    typer.Option("--roster", metavar="FILE", help=_("One sheet a person of this list (CSV, XLSX).")),
]
Members = Annotated[
    bool,
    typer.Option(
        "--members",
        help=_("One sheet a person due of the unit's stored roster who has none yet (`omr roster import`)."),
    ),
]
Master = Annotated[bool, typer.Option("--master", help=_("One sheet meant for the photocopier."))]
Reprint = Annotated[
    str | None, typer.Option("--reprint", metavar="SHEET", help=_("Replace this lost or spoilt sheet."))
]
ForUnit = Annotated[
    str | None, typer.Option("--unit", metavar="CODE", help=_("The unit the sheets are for."))
]
Duplex = Annotated[bool, typer.Option("--duplex", help=_("Pad sheets of odd pages for two-sided printing."))]
Board = Annotated[
    str | None, typer.Option("--board", metavar="A1|A2|A3", help=_("Print the wall board of all items."))
]
Manifest = Annotated[
    Path | None,
    typer.Option("--manifest", metavar="FORMS.csv", help=_("Also write which sheet stands where.")),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "print",
        help=with_example(
            _("Print forms, one numbered sheet a copy; the store remembers what was issued."),
            "`omr print vinhlong-1 --copies 20 --unit CB01 -o forms.pdf`",
        ),
    )(print_forms)


def print_forms(
    name: Name,
    output: Out,
    copies: Copies = None,
    roster: Roster = None,
    members: Members = False,  # noqa: FBT002 (a flag of the command line)
    master: Master = False,  # noqa: FBT002 (a flag of the command line)
    reprint: Reprint = None,
    board: Board = None,
    unit: ForUnit = None,
    year: FormYear = None,
    duplex: Duplex = False,  # noqa: FBT002 (a flag of the command line)
    manifest: Manifest = None,
    store: StorePath = DEFAULT_STORE,
    folder: LayoutsFolder = None,
    _lang: Lang = "",
) -> None:
    """Print forms; exactly one of copies, roster, members, master, reprint and board says which."""
    from omr.forms.check import refuse_faults
    from omr.forms.issue import manifest as listed
    from omr.forms.pdf import write_forms
    from omr.forms.place import place
    from omr.store.store import Store

    chosen = (copies is not None, roster is not None, members, master, reprint is not None, board is not None)
    if sum(chosen) != 1:
        raise UsageError(
            _("Give exactly one of --copies, --roster, --members, --master, --reprint and --board.")
        )
    layouts = catalogue(folder, store)
    path, form = layouts.path(name, year), layouts.form(name, year)
    if board is not None:
        _print_board(form, board, output)
        return
    refuse_faults(path, form)
    placement = place(form)
    order = _Order(copies or 1, roster, reprint, unit, master, members)
    with Store.open(store) as issued:
        sheets = _sheets(order, placement.layout, issued)
        rows = listed(sheets, duplex=duplex)
        with _writing(output) as file:
            write_forms(file, placement, sheets, duplex=duplex)
            if manifest is not None:
                _write_manifest(manifest, rows)
            _remember(issued, placement.layout, sheets, path.parent, replaced=order.replaced)
    say(_told(len(sheets), sum(row.pages for row in rows), output))


@dataclass(frozen=True, slots=True)
class _Order:
    """What is to be printed: the people of a file or of the store, a replacement, or blank copies."""

    copies: int
    roster: Path | None
    reprint: str | None
    unit: str | None
    master: bool
    members: bool

    @property
    def replaced(self) -> str | None:
        """The serial that is replaced, as it was printed."""
        return None if self.reprint is None else parse_serial(self.reprint) or self.reprint


def _sheets(order: _Order, layout: Layout, store: Store) -> tuple[PrintedSheet, ...]:
    from omr.batch.recipients import of_file, of_members
    from omr.forms.issue import issue_copies, issue_roster, reissue

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
    from omr.forms.catalogue import shipped, write_frozen

    store.freeze(layout)
    store.issue([sheet.issued for sheet in sheets], replaces=replaced)
    if folder.resolve() != shipped().resolve():
        # the store has it already: a folder without permission is no reason to stop
        with suppress(OSError):
            write_frozen(layout, folder)


def _print_board(form: Form, board: str, output: Path) -> None:
    from omr.forms.board import BoardSize, write_board

    if board.upper() not in list(BoardSize):
        raise UsageError(
            _("There is no board of size '{size}'; take one of {sizes}.").format(
                size=board, sizes=", ".join(BoardSize)
            )
        )
    with _writing(output) as file:
        write_board(file, form, BoardSize(board.upper()))
    say(_("Wall board ({size}) written to {path}.").format(size=board.upper(), path=output))


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
    with _writing(path) as part, part.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("copy", "sheet", "unit", "first_page", "pages"))
        writer.writerows((row.copy, row.sheet, row.unit, row.first_page, row.pages) for row in rows)


@contextmanager
def _writing(path: Path) -> Iterator[Path]:
    """Give a file that gets the name `path` only if all went well; tell what the disk refuses."""
    part = path.with_name(f"{path.name}.part")
    try:
        yield part
        part.replace(path)
    except OSError as error:
        message = _(
            "{path} cannot be written ({reason}). Check the folder, your permission and the free space."
        )
        raise OmrError(message.format(path=path, reason=error.strerror)) from error
    finally:
        with suppress(OSError):
            part.unlink()


def _told(sheets: int, pages: int, output: Path) -> str:
    message = ngettext(
        "{count} sheet ({pages} pages) written to {path}.",
        "{count} sheets ({pages} pages) written to {path}.",
        sheets,
    )
    return message.format(count=sheets, pages=pages, path=output)
