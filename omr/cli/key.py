"""`omr key`: the keys that packages are signed and locked with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from omr.cli.console import say
from omr.cli.options import DEFAULT_STORE, Lang, StorePath, group, with_example
from omr.errors import UsageError
from omr.i18n import _

Unit = Annotated[str, typer.Argument(metavar="UNIT", help=_("The unit's code."))]
File = Annotated[Path, typer.Argument(metavar="FILE", help=_("The public key (.pub) the unit has sent."))]
Keys = Annotated[
    Path | None,
    typer.Option(
        "--keys", metavar="DIR", help=_("Folder of keys; the person's own on this machine when absent.")
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    commands = group(_("Keys that packages are signed and locked with."))
    commands.command(
        "new",
        help=with_example(
            _("Make a unit's pair of keys: one to keep, readable by you alone, and one (.pub) to give away."),
            "`omr key new XA-01`",
        ),
    )(new)
    commands.command(
        "trust",
        help=with_example(
            _("Take another unit's public key into the store, once its fingerprint was compared."),
            "`omr key trust XA-01 XA-01.pub`",
        ),
    )(trust)
    app.add_typer(commands, name="key")


def new(unit: Unit, keys: Keys = None, _lang: Lang = "") -> None:
    """Make a pair of keys."""
    from omr.report.keys import default_folder, new_key

    key, path = new_key(unit, keys or default_folder())
    say(_("To give to the other office: {file}").format(file=path))
    say(_("Fingerprint, to be read out by telephone: {fingerprint}").format(fingerprint=key.fingerprint))


def trust(unit: Unit, file: File, store: StorePath = DEFAULT_STORE, _lang: Lang = "") -> None:
    """Trust a public key."""
    from omr.report.keys import public_key
    from omr.store.packages import trust as keep
    from omr.store.store import Store

    key = public_key(file)
    if key.unit != unit:
        raise UsageError(
            _("{file} is the key of {other}, not of {unit}. Ask {unit} for its own.").format(
                file=file, other=key.unit, unit=unit
            )
        )
    with Store.open(store) as opened:
        replaced = keep(opened, unit, key.sign, key.receive, key.fingerprint)
    if replaced:
        say(_("The key known before of {unit} no longer counts.").format(unit=unit))
    say(
        _("Trusted: {unit}, fingerprint {fingerprint}. Compare it with theirs by telephone.").format(
            unit=unit, fingerprint=key.fingerprint
        )
    )
