"""`omr user`: accounts for a desk that several machines share. Passwords are never arguments."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from omr.cli.console import say, table
from omr.cli.options import DEFAULT_STORE, Json, Lang, StorePath, group, with_example
from omr.errors import UsageError
from omr.i18n import _
from omr.model.account import Role

if TYPE_CHECKING:
    from omr.store.accounts import Accounts

Name = Annotated[str, typer.Argument(metavar="NAME", help=_("The person's name; verdicts bear it."))]
RoleName = Annotated[Role, typer.Option("--role", help=_("What the person may do; see docs/security.md."))]
Units = Annotated[
    list[str] | None,
    typer.Option("--unit", metavar="CODE", help=_("A unit they are held to; may be repeated.")),
]
Codes = Annotated[
    list[str] | None, typer.Argument(metavar="CODE…", help=_("The units they are held to from now on."))
]
Every = Annotated[bool, typer.Option("--all", help=_("Every unit."))]

TERMINAL = "terminal"
"""Who made a change by this command: whoever can open the store's file."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    commands = group(_("People who work at the desk from other machines."))
    for name, command, text, example in (
        ("add", add, _("Make an account; the password is asked for, or read from stdin."),
         "`omr user add 'Trần Thị Lan' --role reviewer --unit CB-01`"),
        ("list", list_all, _("Every account, its role and units."), "`omr user list`"),
        ("password", password, _("Give a new password; the person is signed out everywhere."),
         "`omr user password 'Trần Thị Lan'`"),
        ("assign", assign, _("Hold a person to these units and those below them."),
         "`omr user assign 'Trần Thị Lan' CB-01 CB-02`"),
        ("role", role, _("Give another role."), "`omr user role 'Trần Thị Lan' --role head`"),
        ("close", close, _("Close an account; the person is signed out at once, their verdicts stay."),
         "`omr user close 'Trần Thị Lan'`"),
        ("reopen", reopen, _("Open a closed account again, with a new password."),
         "`omr user reopen 'Trần Thị Lan'`"),
    ):  # fmt: skip
        commands.command(name, help=with_example(text, example))(command)
    app.add_typer(commands, name="user")


def add(
    name: Name,
    role: RoleName,
    units: Units = None,
    store: StorePath = DEFAULT_STORE,
    _lang: Lang = "",
) -> None:
    """Make an account. A reviewer sees the units named alone; others are held to units where some are."""
    from omr.people.accounts import added

    held = frozenset(units) if units else frozenset() if role is Role.REVIEWER else None
    with _accounts(store) as accounts:
        account = added(accounts.all(), name, role, held, _secret())
        accounts.put(account, "account added", TERMINAL)
        _warn_of_unknown(accounts, account.units)
    say(_("{name} may sign in as {role}.").format(name=account.name, role=role))
    if held == frozenset():
        say(_("They see no unit yet: `omr user assign '{name}' CODE`, or --all.").format(name=account.name))


def list_all(
    store: StorePath = DEFAULT_STORE,
    json: Json = False,  # noqa: FBT002 (a flag of the command line)
    _lang: Lang = "",
) -> None:
    """Print every account."""
    with _accounts(store) as accounts:
        rows = [
            (a.name, a.role, "*" if a.units is None else " ".join(sorted(a.units)), a.state, a.at)
            for a in accounts.all().values()
        ]
    table(("name", "role", "units", "state", "since"), rows, json=json)


def password(name: Name, store: StorePath = DEFAULT_STORE, _lang: Lang = "") -> None:
    """Give a new password."""
    from omr.people.accounts import named, with_secret

    with _accounts(store) as accounts:
        known = accounts.all()
        named(known, name)  # an unknown name is told before a password is asked for
        accounts.put(with_secret(known, name, _secret()), "password changed", TERMINAL)
    say(_("Changed."))


def assign(
    name: Name,
    codes: Codes = None,
    every: Every = False,  # noqa: FBT002 (a flag of the command line)
    store: StorePath = DEFAULT_STORE,
    _lang: Lang = "",
) -> None:
    """Hold a person to units, or to none."""
    from omr.people.accounts import held_to

    if every == bool(codes):
        raise UsageError(_("Name the units, or give --all."))
    with _accounts(store) as accounts:
        account = held_to(accounts.all(), name, None if every else codes)
        accounts.put(account, "units assigned", TERMINAL)
        _warn_of_unknown(accounts, account.units)
    say(_("Changed."))


def role(name: Name, role: RoleName, store: StorePath = DEFAULT_STORE, _lang: Lang = "") -> None:
    """Give another role."""
    from omr.people.accounts import with_role

    with _accounts(store) as accounts:
        accounts.put(with_role(accounts.all(), name, role), "role changed", TERMINAL)
    say(_("Changed."))


def close(name: Name, store: StorePath = DEFAULT_STORE, _lang: Lang = "") -> None:
    """Close an account."""
    from omr.people.accounts import closed

    with _accounts(store) as accounts:
        accounts.put(closed(accounts.all(), name), "account closed", TERMINAL)
    say(_("Closed. What the person decided stays."))


def reopen(name: Name, store: StorePath = DEFAULT_STORE, _lang: Lang = "") -> None:
    """Open a closed account again."""
    from omr.people.accounts import named, reopened

    with _accounts(store) as accounts:
        known = accounts.all()
        named(known, name)
        accounts.put(reopened(known, name, _secret()), "account opened again", TERMINAL)
    say(_("Changed."))


@contextmanager
def _accounts(path: Path) -> Iterator[Accounts]:
    from omr.store.accounts import Accounts
    from omr.store.store import Store

    with Store.open(path) as store:
        yield Accounts(store)


def _warn_of_unknown(accounts: Accounts, units: frozenset[str] | None) -> None:
    from omr.store.units import known_units

    for code in sorted((units or frozenset()) - set(known_units(accounts.store))):
        say(_("There is no unit {code} in the store yet; check how it is written.").format(code=code))


def _secret() -> str:
    """Return a password, asked for twice at a terminal, else the first line of stdin. Raises UsageError."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass(_("Password (not shown): "))
    if getpass(_("Once more: ")) != first:
        raise UsageError(_("The two are not the same. Nothing was changed."))
    return first
