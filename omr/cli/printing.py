"""`omr print`: numbered sheets, a master for the photocopier, a replacement, or the wall board."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from omr.cli.console import say
from omr.cli.layouts import FormYear, Name, catalogue
from omr.cli.options import DEFAULT_STORE, Lang, LayoutsFolder, StorePath, no_store, with_example
from omr.errors import UsageError
from omr.i18n import _, ngettext

if TYPE_CHECKING:
    from omr.forms.schema import Form

MOST_COPIES = 100_000
"""More at once is a slip of the finger, and a PDF that no printer takes."""

Out = Annotated[
    Path,
    typer.Option(
        "-o", "--output", metavar="FORMS.pdf", help=_("The PDF to write."), callback=no_store, dir_okay=False
    ),
]
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
    typer.Option(
        "--manifest",
        metavar="FORMS.csv",
        help=_("Also write which sheet stands where."),
        callback=no_store,
        dir_okay=False,
    ),
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
    from omr.batch.printing import Order, print_order
    from omr.forms.check import refuse_faults
    from omr.forms.place import place
    from omr.store.store import Store

    chosen = (copies is not None, roster is not None, members, master, reprint is not None, board is not None)
    if sum(chosen) != 1:
        raise UsageError(
            _("Give exactly one of --copies, --roster, --members, --master, --reprint and --board.")
        )
    if manifest is not None and manifest.resolve() == output.resolve():
        raise UsageError(_("{path}: the forms and their manifest need a file each.").format(path=output))
    layouts = catalogue(folder, store)
    path, form = layouts.path(name, year), layouts.form(name, year)
    if board is not None:
        _print_board(form, board, output)
        return
    refuse_faults(path, form)
    placement = place(form)
    order = Order(copies or 1, roster, reprint, unit, master, members, duplex)
    with Store.open(store) as issued:
        sheets, pages = print_order(issued, placement, path.parent, order, output, manifest)
    say(_told(sheets, pages, output))


def _print_board(form: Form, board: str, output: Path) -> None:
    from omr.batch.printing import writing
    from omr.forms.board import BoardSize, write_board

    if board.upper() not in list(BoardSize):
        raise UsageError(
            _("There is no board of size '{size}'; take one of {sizes}.").format(
                size=board, sizes=", ".join(BoardSize)
            )
        )
    with writing(output) as file:
        write_board(file, form, BoardSize(board.upper()))
    say(_("Wall board ({size}) written to {path}.").format(size=board.upper(), path=output))


def _told(sheets: int, pages: int, output: Path) -> str:
    message = ngettext(
        "{count} sheet ({pages} pages) written to {path}.",
        "{count} sheets ({pages} pages) written to {path}.",
        sheets,
    )
    return message.format(count=sheets, pages=pages, path=output)
