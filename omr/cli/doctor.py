"""`omr doctor`: whether this machine, and the store, are fit for work."""

from __future__ import annotations

import typer

from omr.cli.console import say, table
from omr.cli.options import DEFAULT_STORE, Json, Lang, StorePath, with_example
from omr.errors import ExitCode
from omr.i18n import _


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "doctor",
        help=with_example(
            _(
                "Check Python, libraries, fonts, PDF reading, the folder, the disk, the store and the clock;"
                " each fault is told with what to do. Nothing is changed. Exits 1 where there is a fault."
            ),
            "`omr doctor --store year2026.db`",
        ),
    )(doctor)


def doctor(
    store: StorePath = DEFAULT_STORE,
    json: Json = False,  # noqa: FBT002 (a flag of the command line)
    _lang: Lang = "",
) -> None:
    """Print what each check found."""
    from omr.cli.checkup import State, checkup

    found = tuple(checkup(store))
    words = {State.OK: _("in order"), State.WARNING: _("take note"), State.FAULT: _("FAULT")}
    if json:
        rows = [(each.check, str(each.state), each.told, each.remedy) for each in found]
        table(("check", "state", "told", "remedy"), rows, json=True)
    else:
        for each in found:
            typer.echo(f"{words[each.state]}: {_names()[each.check]}: {each.told}")
            if each.remedy:
                typer.echo(f"    → {each.remedy}")
    if any(each.state is State.FAULT for each in found):
        say(_("This machine or its store is not fit for work yet: see the lines above."))
        raise typer.Exit(ExitCode.FAILURE)


def _names() -> dict[str, str]:
    """Return the words for each check."""
    return {
        "python": _("Python"),
        "libraries": _("libraries"),
        "fonts": _("fonts"),
        "pdf": _("reading PDF"),
        "poppler": _("second PDF reader"),
        "folder": _("folder of the store"),
        "disk": _("disk"),
        "store": _("store"),
        "clock": _("clock"),
    }
