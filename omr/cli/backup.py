"""`omr backup`: a copy of the store in one file, also while others work with it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from omr.cli.console import say
from omr.cli.options import DEFAULT_STORE, Lang, StorePath, with_example
from omr.cli.session import opened
from omr.errors import UsageError
from omr.i18n import _

Out = Annotated[
    Path, typer.Option("-o", "--output", metavar="FILE.db", help=_("Where the copy goes."), dir_okay=False)
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "backup",
        help=with_example(
            _("Copy the store to one file, looked over; it may be in use meanwhile."),
            "`omr backup -o D:/copies/omr-2026-12-01.db`",
        ),
    )(backup)


def backup(output: Out, store: StorePath = DEFAULT_STORE, _lang: Lang = "") -> None:
    """Write the copy."""
    from omr.store.backup import back_up

    if output.resolve() == store.resolve():
        raise UsageError(_("{path} is the store itself. Name another file.").format(path=output))
    with opened(store, must_exist=True) as session:
        size = back_up(session.store, output)
    say(_("{path} written, {size} bytes. To use it: --store {path}.").format(path=output, size=size))
    uploads = store.with_name(f"{store.stem}.uploads")
    if uploads.is_dir():
        say(_("Uploaded scans are not in it: copy {folder} as well.").format(folder=uploads))
