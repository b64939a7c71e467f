"""`omr verify`: whether verdicts and log are as they were written."""

from __future__ import annotations

import typer

from omr.cli.console import say, table
from omr.cli.options import DEFAULT_STORE, Json, Lang, StorePath, with_example
from omr.cli.session import opened
from omr.errors import ExitCode
from omr.i18n import _


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "verify",
        help=with_example(
            _("Whether any verdict or log row was altered or removed; exits 5 where one was."),
            "`omr verify --store year2026.db`",
        ),
    )(verify)


def verify(
    store: StorePath = DEFAULT_STORE,
    json: Json = False,  # noqa: FBT002 (a flag of the command line)
    _lang: Lang = "",
) -> None:
    """Print how far each trail goes and where it is broken."""
    with opened(store, must_exist=True) as session:
        broken = {each.table: each.row for each in session.store.breaks()}
        rows = [
            (each.table, each.rows, broken.get(each.table, ""), each.link) for each in session.store.trails()
        ]
    table(("trail", "rows", "broken_at", "last_link"), rows, json=json)
    if broken:
        say(
            _(
                "From the row named on, this is not what omr wrote: a row was altered, removed or put in."
                " Compare with a backup before you rely on it."
            )
        )
        raise typer.Exit(ExitCode.UNBALANCED)
