"""`omr ledger`, `omr batches`, `omr void`: what became of everything, and taking a wrong folder back."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING, Annotated

import typer

from omr.cli.console import say, table
from omr.cli.options import DEFAULT_STORE, Json, Lang, LayoutsFolder, StorePath, Year, with_example
from omr.cli.session import Session, opened
from omr.errors import ExitCode
from omr.i18n import _, ngettext

if TYPE_CHECKING:
    from omr.batch.ledger import Ledger

_CONFLICTS_SHOWN = 20
"""More would scroll the table away."""

Why = Annotated[str, typer.Option("--reason", metavar="TEXT", help=_("Why it is taken back; it is kept."))]
Batch = Annotated[int, typer.Argument(metavar="BATCH", help=_("Its number in `omr batches`."))]
LedgerUnit = Annotated[str | None, typer.Argument(metavar="UNIT", help=_("Only this unit."))]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        "ledger",
        help=with_example(
            _("What became of every sheet and scan; exits 5 where something is unexplained."),
            "`omr ledger --store year2026.db`",
        ),
    )(show)
    app.command(
        "batches",
        help=with_example(_("What was read when."), "`omr batches`"),
    )(batches)
    app.command(
        "void",
        help=with_example(
            _("Take a wrong folder back: its scans no longer count; nothing is deleted."),
            '`omr void 3 --reason "wrong folder"`',
        ),
    )(void)


def show(
    unit: LedgerUnit = None,
    store: StorePath = DEFAULT_STORE,
    year: Year = None,
    folder: LayoutsFolder = None,
    json: Json = False,  # noqa: FBT002 (a flag of the command line)
    _lang: Lang = "",
) -> None:
    """Print the ledger."""
    from omr.batch.ledger import COLUMNS

    with opened(store, folder, must_exist=True) as session:
        book, branch = session.ledger(unit=session.unit(unit, year), year=year)
        rows = book.rows
        table(COLUMNS, [astuple(row) for row in rows], json=json)
        _tell(session, book, branch, year)
    if any(not row.balanced for row in rows):
        raise typer.Exit(ExitCode.UNBALANCED)
    if any(row.rejected for row in rows):
        raise typer.Exit(ExitCode.REJECTED)
    if any(row.open_reviews for row in rows):
        raise typer.Exit(ExitCode.NEEDS_PERSON)


def _tell(session: Session, book: Ledger, branch: frozenset[str] | None, year: int | None) -> None:
    """Tell what is open, what does not fit together, and who signed what."""
    from omr.batch.conflicts import ConflictKind, remedy
    from omr.batch.openends import open_ends
    from omr.store.closings import standing

    for end in open_ends(book):
        say(f"- {end.told()}")
    # Late pages are told in one line above: hundreds of them would hide what else there is.
    conflicts = [each for each in book.conflicts if each.kind is not ConflictKind.LATE]
    for each in conflicts[:_CONFLICTS_SHOWN]:
        say(f"- {each.unit} {each.sheet} {each.detail}. {remedy(each.kind)}")
    if len(conflicts) > _CONFLICTS_SHOWN:
        more = len(conflicts) - _CONFLICTS_SHOWN
        say(_("… and {n} more: omr export conflicts -o conflicts.csv").format(n=more))
    for closing in standing(session.store).values():
        if (branch is None or closing.unit in branch) and year in {None, closing.year}:
            text = _("{unit} is closed for {year}: signed off by {who} on {at}. {reason}")
            at = closing.at[:10]
            told = text.format(
                unit=closing.unit, year=closing.year, who=closing.who, at=at, reason=closing.reason
            )
            say(told.rstrip())


def batches(
    store: StorePath = DEFAULT_STORE,
    json: Json = False,  # noqa: FBT002 (a flag of the command line)
    _lang: Lang = "",
) -> None:
    """Print what was read when."""
    with opened(store, must_exist=True) as session:
        rows = [astuple(batch) for batch in session.store.batches()]
    table(("batch", "at", "paths", "scans", "read", "rejected", "voided"), rows, json=json)


def void(batch: Batch, reason: Why, store: StorePath = DEFAULT_STORE, _lang: Lang = "") -> None:
    """Take a batch back."""
    with opened(store, must_exist=True) as session:
        count = session.store.void(batch, reason)
    say(ngettext("{n} scan no longer counts.", "{n} scans no longer count.", count).format(n=count))
