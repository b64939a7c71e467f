"""`omr ranks import`: table 5, decided by people, kept in the store by year."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from omr.cli.console import say, table
from omr.cli.options import DEFAULT_STORE, By, Json, Lang, StorePath, group, with_example
from omr.cli.session import user
from omr.cli.units import DryRun, File, OfYear, this_year
from omr.i18n import _, ngettext
from omr.model.rank import RANKS

if TYPE_CHECKING:
    from omr.store.store import Store

COLUMNS = ("year", "unit", "who", *RANKS)


def register(app: typer.Typer) -> None:
    """Add the command."""
    ranks = group(_("The yearly ranks that people decided."))
    ranks.command(
        "import",
        help=with_example(
            _(
                "Take the ranks of units from a table: unit, who (persons or collectives), excellent, good,"
                " done, failed. They stand in every report of that year; any fault is named with its line,"
                " and nothing is taken."
            ),
            "`omr ranks import ranks.csv --year 2026 --dry-run`",
        ),
    )(import_ranks)
    app.add_typer(ranks, name="ranks")


def import_ranks(
    file: File,
    year: OfYear = None,
    by: By = None,
    dry_run: DryRun = False,  # noqa: FBT002 (a flag of the command line)
    store: StorePath = DEFAULT_STORE,
    json: Json = False,  # noqa: FBT002 (a flag of the command line)
    _lang: Lang = "",
) -> None:
    """Put the ranks of the file's units in the place of those they had."""
    from omr.people.ranks import read_ranks
    from omr.store.store import Store

    of_year = year or this_year()
    with Store.open(store) as opened:
        if dry_run:
            found = read_ranks(file, opened.units(of_year).values())
            table(COLUMNS, [(of_year, each.unit, str(each.who), *each.counts) for each in found], json=json)
            say(_("Nothing was written."))
        else:
            keep_ranks(opened, file, of_year, by)


def keep_ranks(store: Store, file: Path, year: int, by: str | None) -> None:
    """Put the ranks of a file into the store and tell how many there are."""
    from omr.people.ranks import read_ranks
    from omr.store.ranks import put_ranks

    found = read_ranks(file, store.units(year).values())
    put_ranks(store, year, found, by or user())
    text = ngettext(
        "{n} row of ranks is kept for {year}.", "{n} rows of ranks are kept for {year}.", len(found)
    )
    say(text.format(n=len(found), year=year))
