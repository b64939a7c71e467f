"""`omr print`: numbered sheets, a master for the photocopier, a replacement, or the wall board."""

from __future__ import annotations

import csv
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from omr.cli.console import say
from omr.cli.layouts import FormYear, Name, catalogue
from omr.cli.options import DEFAULT_STORE, Lang, LayoutsFolder, StorePath
from omr.errors import OmrError, UsageError
from omr.i18n import _, ngettext

if TYPE_CHECKING:
    from omr.forms.issue import ManifestRow, PrintedSheet, Recipient
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
        help=_("Print forms, one numbered sheet a copy; the store remembers what was issued.")
        + "\n\n"
        + _("Example: {example}").format(
            example="`omr print vinhlong-1 --copies 20 --unit CB01 -o forms.pdf`"
        ),
    )(print_forms)


def print_forms(
    name: Name,
    output: Out,
    copies: Copies = None,
    roster: Roster = None,
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
    """Print forms; exactly one of copies, roster, master, reprint and board says which."""
    from omr.forms import issue
    from omr.forms.check import refuse_faults
    from omr.forms.pdf import write_forms
    from omr.forms.place import place
    from omr.store.store import Store

    if sum((copies is not None, roster is not None, master, reprint is not None, board is not None)) != 1:
        raise UsageError(_("Give exactly one of --copies, --roster, --master, --reprint and --board."))
    layouts = catalogue(folder, store)
    path, form = layouts.path(name, year), layouts.form(name, year)
    if board is not None:
        _print_board(form, board, output)
        return
    refuse_faults(path, form)
    placement = place(form)
    with Store.open(store) as issued:
        sheets: Sequence[PrintedSheet]
        lost: IssuedSheet | None = None
        if roster is not None:
            people = _recipients(placement.layout, roster, unit)
            sheets = issue.issue_roster(placement.layout, people, secrets.randbelow, issued.knows)
        elif reprint is not None:
            lost = _issued(issued, reprint, form)
            sheets = (issue.reissue(placement.layout, lost, secrets.randbelow, issued.knows),)
        else:
            sheets = issue.issue_copies(
                placement.layout, copies or 1, unit or "", secrets.randbelow, issued.knows, master=master
            )
        rows = issue.manifest(sheets, duplex=duplex)
        # the file gets its name only once the store remembers its sheets
        part = output.with_name(f"{output.name}.part")
        with _writing(output):
            write_forms(part, placement, sheets, duplex=duplex)
        if manifest is not None:
            with _writing(manifest):
                _write_manifest(manifest, rows)
        _remember(issued, placement.layout, sheets, path.parent, lost.serial if lost else None)
        with _writing(output):
            part.replace(output)
    say(_told(len(sheets), sum(row.pages for row in rows), output))


def _remember(
    store: Store, layout: Layout, sheets: Sequence[PrintedSheet], folder: Path, replaced: str | None
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
    with _writing(output):
        write_board(output, form, BoardSize(board.upper()))
    say(_("Wall board ({size}) written to {path}.").format(size=board.upper(), path=output))


def _recipients(layout: Layout, roster: Path, unit: str | None) -> tuple[Recipient, ...]:
    from omr.forms.issue import Recipient
    from omr.people.roster import read_roster

    columns = {field.roster for page in layout.pages for field in page.fields if field.roster}
    return tuple(
        Recipient(
            person.code,
            person.name,
            person.unit,
            tuple((column, person.value(column)) for column in sorted(columns)),
        )
        for person in read_roster(roster, unit=unit)
    )


def _issued(store: Store, serial: str, form: Form) -> IssuedSheet:
    """Return the sheet to be replaced. Raises UsageError where there is none such."""
    from omr.model.pagecode import parse_serial

    sheet = store.issued(parse_serial(serial) or serial)
    if sheet is None:
        raise UsageError(
            _(
                "Sheet {sheet} was not issued by this store. Check its number, or print with --copies 1."
            ).format(sheet=serial)
        )
    if sheet.layout != form.id:
        raise UsageError(
            _("Sheet {sheet} is a {layout}, not a {wanted}.").format(
                sheet=serial, layout=sheet.layout, wanted=form.id
            )
        )
    return sheet


def _write_manifest(path: Path, rows: Sequence[ManifestRow]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("copy", "sheet", "unit", "first_page", "pages"))
        writer.writerows((row.copy, row.sheet, row.unit, row.first_page, row.pages) for row in rows)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Turn what the disk refuses into a sentence about `path`."""
    try:
        yield
    except OSError as error:
        raise OmrError(
            _(
                "{path} cannot be written ({reason}). Check the folder, your permission and the free space."
            ).format(path=path, reason=error.strerror)
        ) from error


def _told(sheets: int, pages: int, output: Path) -> str:
    message = ngettext(
        "{count} sheet ({pages} pages) written to {path}.",
        "{count} sheets ({pages} pages) written to {path}.",
        sheets,
    )
    return message.format(count=sheets, pages=pages, path=output)
