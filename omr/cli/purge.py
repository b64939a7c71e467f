"""`omr purge`: images whose time is over, listed first and deleted only when asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from omr.cli.console import fail, say, table
from omr.cli.options import DEFAULT_STORE, By, Json, Lang, StorePath, with_example
from omr.cli.session import opened, user
from omr.errors import ExitCode
from omr.i18n import _

if TYPE_CHECKING:
    from omr.batch.retention import Leftover

COLUMNS = ("kind", "unit", "year", "path", "bytes", "since")
Delete = Annotated[bool, typer.Option("--delete", help=_("Delete what is listed; else nothing is."))]
Sources = Annotated[
    bool, typer.Option("--sources", help=_("Also the scans in folders of your own, not only omr's copies."))
]
Days = Annotated[
    int, typer.Option("--days", metavar="N", min=0, help=_("Days after signing off that images are kept."))
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "purge",
        help=with_example(
            _(
                "List the images of units that were signed off long enough ago, and the layouts that nobody"
                " has worked on since; --delete deletes them. Results and saved layouts stay; what went is"
                " logged."
            ),
            "`omr purge`",
        ),
    )(purge)


def purge(
    delete: Delete = False,  # noqa: FBT002 (a flag of the command line)
    sources: Sources = False,  # noqa: FBT002 (a flag of the command line)
    days: Days = 90,
    by: By = None,
    store: StorePath = DEFAULT_STORE,
    json: Json = False,  # noqa: FBT002 (a flag of the command line)
    _lang: Lang = "",
) -> None:
    """List what may go; delete it where asked."""
    from omr.batch.oldsketches import old_sketches
    from omr.batch.retention import Kind, expired, leftovers
    from omr.batch.retention import purge as remove
    from omr.store.closings import standing
    from omr.store.uploads import folder_of, sketches_of

    today = dt.date.today()  # noqa: DTZ011 (the office's own day)
    with opened(store, must_exist=True) as session:
        found = leftovers(session.store, folder_of(store), today, days)
        found += old_sketches(sketches_of(store), today, days)
        rows = [tuple(getattr(each, name) for name in COLUMNS) for each in found]
        table(COLUMNS, rows, json=json)
        for old in expired(standing(session.store).values(), today):
            text = _(
                "The results of {unit} {year} need be kept no longer (since {since}). omr deletes no results:"
                " take the store of that year away when nothing newer is in it."
            )
            say(text.format(unit=old.unit, year=old.year, since=old.since))
        wanted = [each for each in found if sources or each.kind is not Kind.SOURCE]
        if not delete:
            _tell_dry(wanted, others=len(found) - len(wanted))
            return
        gone, faults = remove(session.store, wanted, by or user())
    size = sum(each.bytes for each in gone)
    say(_("Deleted: {n}, {size} bytes.").format(n=len(gone), size=size))
    for fault in faults:
        fail(fault)
    if faults:
        raise typer.Exit(ExitCode.FAILURE)


def _tell_dry(wanted: Sequence[Leftover], *, others: int) -> None:
    say(_("Nothing was deleted. With --delete {n} of these go.").format(n=len(wanted)))
    if others:
        say(_("Scans in folders of your own stay ({n}); with --sources they go as well.").format(n=others))
