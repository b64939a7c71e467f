"""`omr units import`, `omr roster import`: the tree of units and their people, taken from tables."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from omr.cli.console import say, table
from omr.cli.options import DEFAULT_STORE, Json, Lang, StorePath, group, with_example, year_option
from omr.i18n import _

if TYPE_CHECKING:
    from omr.people.members import Change

COLUMNS = ("year", "change", "code", "name", "unit", "detail")

File = Annotated[Path, typer.Argument(metavar="FILE", help=_("A CSV or XLSX file."))]
DryRun = Annotated[bool, typer.Option("--dry-run", help=_("Only show what would change."))]
OfYear = Annotated[int | None, year_option(_("The year it holds for; this year when absent."))]
OfUnit = Annotated[
    str | None, typer.Option("--unit", metavar="CODE", help=_("The unit of rows that name none."))
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    units = group(_("The tree of units."))
    units.command(
        "import",
        help=with_example(
            _(
                "Take the tree of units from a table: code, name, parent, kind, year. The file holds the"
                " whole tree of a year; any fault is named with its line, and nothing is taken."
            ),
            "`omr units import units.csv --year 2026 --dry-run`",
        ),
    )(import_units)
    app.add_typer(units, name="units")
    roster = group(_("The people of the units."))
    roster.command(
        "import",
        help=with_example(
            _(
                "Take the people of units from a table: code, name, unit, status. The file holds all people"
                " of every unit it names; any fault is named with its line, and nothing is taken."
            ),
            "`omr roster import people.csv --year 2026 --dry-run`",
        ),
    )(import_roster)
    app.add_typer(roster, name="roster")


def import_units(
    file: File,
    year: OfYear = None,
    dry_run: DryRun = False,  # noqa: FBT002 (a flag of the command line)
    store: StorePath = DEFAULT_STORE,
    json: Json = False,  # noqa: FBT002 (a flag of the command line)
    _lang: Lang = "",
) -> None:
    """Put the tree of each year of the file in the place of the one it had."""
    from omr.people.members import changes
    from omr.people.units import read_units
    from omr.store.imports import put_trees
    from omr.store.store import Store
    from omr.store.units import tree_of

    trees = read_units(file, year or this_year())
    with Store.open(store) as opened:
        found = {each: changes(tree_of(opened, each), units) for each, units in trees.items()}
        if not dry_run:
            put_trees(opened, trees)
    _show([(each, change) for each, some in found.items() for change in some], dry_run=dry_run, json=json)


def import_roster(
    file: File,
    unit: OfUnit = None,
    year: OfYear = None,
    dry_run: DryRun = False,  # noqa: FBT002 (a flag of the command line)
    store: StorePath = DEFAULT_STORE,
    json: Json = False,  # noqa: FBT002 (a flag of the command line)
    _lang: Lang = "",
) -> None:
    """Put the people of the file's units in the place of those they had."""
    from omr.people.members import changes, joined, members
    from omr.people.roster import read_roster, unknown_columns
    from omr.store.imports import put_roster
    from omr.store.store import Store
    from omr.store.units import roster_of, tree_of

    people = read_roster(file, unit=unit, several=True)
    _warn(unknown_columns(people))
    of_year = year or this_year()
    with Store.open(store) as opened:
        before = roster_of(opened, of_year)
        after = joined(before, members(file, people, tree_of(opened, of_year)))
        if not dry_run:
            put_roster(opened, of_year, after)
    _show([(of_year, change) for change in changes(before, after)], dry_run=dry_run, json=json)


def _warn(columns: Sequence[tuple[str, str]]) -> None:
    """Tell of columns that nothing is read from: a mistyped heading would be missed without a word."""
    for heading, near in columns:
        text = _(
            "The column {heading} is not known: it is kept, and printed where a form has a field of that"
            " name."
        )
        say(text.format(heading=heading) + (" " + _("Is {near} meant?").format(near=near) if near else ""))


def _show(found: Sequence[tuple[int, Change]], *, dry_run: bool, json: bool) -> None:
    """Print what changes, and how much of it."""
    table(COLUMNS, [(year, *astuple(change)) for year, change in found], json=json)
    counts = Counter(str(change.kind) for _year, change in found)
    message = (
        _("{added} would be added, {changed} changed, {removed} removed. Nothing was written.")
        if dry_run
        else _("{added} added, {changed} changed, {removed} removed.")
    )
    added, changed, removed = (counts[kind] for kind in ("added", "changed", "removed"))
    say(message.format(added=added, changed=changed, removed=removed))


def this_year() -> int:
    """Return the year an import holds for where nobody says."""
    return dt.date.today().year  # noqa: DTZ011 (the office's own day)
