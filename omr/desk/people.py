"""What an admin does about people, and people about themselves; each change is logged with who made it."""

from __future__ import annotations

from collections.abc import Mapping

from omr.desk.sessions import Session
from omr.errors import UsageError
from omr.i18n import _
from omr.model.account import Account, Role, State
from omr.people.accounts import (
    NAME_LENGTH,
    added,
    closed,
    held_to,
    matches,
    name_fault,
    named,
    person_named,
    reopened,
    temporary_secret,
    with_role,
    with_secret,
)
from omr.people.names import tidy
from omr.store.accounts import Accounts


def add(accounts: Accounts, form: Mapping[str, str], by: str) -> tuple[Account, str]:
    """Make an account that sees no unit yet where it is a reviewer's; return it and its temporary password.

    Raises UsageError where the name will not do.
    """
    secret, role = temporary_secret(), _role(form)
    units = frozenset[str]() if role is Role.REVIEWER else None
    account = added(accounts.all(), form.get("name", ""), role, units, secret, State.TEMPORARY)
    accounts.put(account, "account added", by)
    return account, secret


def change(accounts: Accounts, name: str, form: Mapping[str, str], by: str) -> str:
    """Do what a form of the person's page asks; return the temporary password where it makes one, else "".

    Raises UsageError where it cannot be done.
    """
    known, secret = accounts.all(), ""
    account, unit = named(known, name), form.get("unit", "").strip()
    match form.get("do", ""):
        case "close":
            what, account = "account closed", closed(known, name)
        case "reopen" | "reset" as do:
            secret = temporary_secret()
            step = reopened if do == "reopen" else with_secret
            what = "account opened again" if do == "reopen" else "password reset"
            account = step(known, name, secret, State.TEMPORARY)
        case "role":
            what, account = "role changed", with_role(known, name, _role(form))
        case "every":
            what, account = "units assigned", held_to(known, name, None)
        case "none":
            what, account = "units assigned", held_to(known, name, ())
        case "assign" if unit:
            what, account = "units assigned", held_to(known, name, {*(account.units or ()), unit})
        case "release" if unit:
            what, account = "units assigned", held_to(known, name, (account.units or frozenset()) - {unit})
        case _:
            raise LookupError(form.get("do"))
    accounts.put(account, what, by)
    return secret


def own_password(accounts: Accounts, session: Session, secret: str) -> Account:
    """Give a signed-in person the password they chose. Raises UsageError where it will not do."""
    if matches(session.account, secret):
        raise UsageError(_("That is the password you have. Take another."))
    account = with_secret(accounts.all(), session.who, secret)
    accounts.put(account, "password changed", session.who)
    return account


def introduce(accounts: Accounts, session: Session, typed: str) -> str:
    """Let whoever came by the link sign with a name; return why not, or "".

    The name of an account is nobody's to type.
    """
    name = tidy(typed)[:NAME_LENGTH]
    fault = name_fault(name)
    if not fault and person_named(accounts.all(), name):
        fault = _("{name} has an account: sign out, and sign in with it.").format(name=name)
    if not fault and session.account is None:
        session.who = name
    return fault


def _role(form: Mapping[str, str]) -> Role:
    """Return the role of a form. Raises LookupError where there is no such role."""
    wanted = form.get("role", "")
    if wanted not in set(Role):
        raise LookupError(wanted)
    return Role(wanted)
