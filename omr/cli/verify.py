"""`omr verify`: whether verdicts and log are as they were written."""

from __future__ import annotations

import typer

from omr.cli.console import say, table
from omr.cli.options import DEFAULT_STORE, Json, Lang, LayoutsFolder, StorePath, with_example
from omr.cli.session import opened
from omr.errors import ExitCode
from omr.i18n import _


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "verify",
        help=with_example(
            _(
                "Whether any verdict or log row was altered or removed, and whether the tables of closed"
                " units are as they were signed; exits 5 where not."
            ),
            "`omr verify --store year2026.db`",
        ),
    )(verify)


def verify(
    store: StorePath = DEFAULT_STORE,
    folder: LayoutsFolder = None,
    json: Json = False,  # noqa: FBT002 (a flag of the command line)
    _lang: Lang = "",
) -> None:
    """Print how far each trail goes and where it is broken."""
    from omr.batch.closing import altered

    with opened(store, folder, must_exist=True) as session:
        broken = {each.table: each.row for each in session.store.breaks()}
        rows = [
            (each.table, each.rows, broken.get(each.table, ""), each.link) for each in session.store.trails()
        ]
        changed = altered(session.store, session.sheets())
    table(("trail", "rows", "broken_at", "last_link"), rows, json=json)
    if broken:
        say(
            _(
                "From the row named on, this is not what omr wrote: a row was altered, removed or put in."
                " Compare with a backup before you rely on it."
            )
        )
    for closing in changed:
        text = _(
            "{unit} {year} is not as {who} signed it on {at}: the store was changed by hand. Compare with a"
            " backup, or omr reopen {unit} --year {year} --reason TEXT and sign it again."
        )
        at = closing.at[:10]
        say(text.format(unit=closing.unit, year=closing.year, who=closing.who, at=at))
    if broken or changed:
        raise typer.Exit(ExitCode.UNBALANCED)
