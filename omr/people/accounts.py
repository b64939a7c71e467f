"""What may be done to accounts, as steps from the accounts there are to one account changed; no I/O."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from omr.errors import UsageError
from omr.i18n import _
from omr.model.account import Account, Role, State
from omr.people.names import folded_key, tidy

NAME_LENGTH = 80
"""Characters of a name; the longest in a roster have half as many."""

SECRET_LENGTHS = range(10, 201)
"""Characters of a password: with the brake on sign-ins ten are enough; more than 200 nobody types."""

RESERVED = frozenset({"desk", "machine", "terminal"})
"""What stands in the place of a person's name where nobody, or no person, decided."""

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are taken for one another when they are read out: i l o 0 1."""

_hasher = PasswordHasher()

Known = Mapping[str, Account]


def person_named(known: Known, typed: str) -> Account | None:
    """Return the account of a name however it was typed (case, spaces, uỷ = ủy), or None."""
    wanted = folded_key(typed)
    return next((account for name, account in known.items() if folded_key(name) == wanted), None)


def matches(account: Account | None, secret: str) -> bool:
    """True where an open account has this password. It takes as long where there is no such account."""
    kept = account.secret if account is not None and account.is_open else ""
    try:
        return _hasher.verify(kept or _nobodys(), _same(secret)) and bool(kept)
    except (VerificationError, InvalidHashError):
        return False


def added(
    known: Known, name: str, role: Role, units: Iterable[str] | None, secret: str, state: State = State.OPEN
) -> Account:
    """Return a new account. Raises UsageError where the name is taken, or name or password will not do."""
    name = tidy(name)
    fault = name_fault(name)
    if not fault and person_named(known, name) is not None:
        fault = _(
            "There is an account of that name already, open or closed: a name is one person's for ever."
        )
    if fault:
        raise UsageError(fault)
    held = None if units is None else frozenset(units)
    return Account(name, role, held, state, _hashed(secret, name))


def closed(known: Known, name: str) -> Account:
    """Return an account that opens nothing any more. Raises UsageError for the last admin."""
    return _unless_last_admin(known, replace(named(known, name), state=State.CLOSED))


def reopened(known: Known, name: str, secret: str, state: State = State.OPEN) -> Account:
    """Return a closed account opened again, with a new password. Raises UsageError."""
    account = named(known, name)
    return replace(account, state=state, secret=_hashed(secret, account.name))


def with_secret(known: Known, name: str, secret: str, state: State = State.OPEN) -> Account:
    """Return an account with another password. Raises UsageError, for a closed account too."""
    account = named(known, name)
    if not account.is_open:
        raise UsageError(_("The account of {name} is closed. Open it again first.").format(name=account.name))
    return replace(account, state=state, secret=_hashed(secret, account.name))


def with_role(known: Known, name: str, role: Role) -> Account:
    """Return an account in another role. Raises UsageError for an unknown name, and for the last admin."""
    return _unless_last_admin(known, replace(named(known, name), role=role))


def held_to(known: Known, name: str, units: Iterable[str] | None) -> Account:
    """Return an account that is held to `units`, or to none where None. Raises UsageError."""
    return replace(named(known, name), units=None if units is None else frozenset(units))


def named(known: Known, name: str) -> Account:
    """Return an account. Raises UsageError where there is none of that name."""
    account = person_named(known, name)
    if account is None:
        raise UsageError(_("There is no account of {name}; `omr user list` shows all.").format(name=name))
    return account


def temporary_secret() -> str:
    """Return a password to be handed over once: 59 random bits, easy to read out and to type."""
    return "-".join("".join(secrets.choice(_LETTERS) for _at in range(4)) for _part in range(3))


def name_fault(name: str) -> str:
    """Return why a name cannot be a person's, or ""."""
    if not name or len(name) > NAME_LENGTH or any(unicodedata.category(c).startswith("C") for c in name):
        return _("A name has 1 to {most} letters.").format(most=NAME_LENGTH)
    if folded_key(name) in RESERVED:
        return _("{name} is not a person's name.").format(name=name)
    return ""


def _hashed(secret: str, name: str) -> str:
    """Return the Argon2 hash of a password. Raises UsageError where it is too easy."""
    secret = _same(secret)
    if len(secret) not in SECRET_LENGTHS or len(set(secret)) < _DIFFERENT:
        raise UsageError(
            _("A password has {least} to {most} characters, at least {different} of them different.").format(
                least=SECRET_LENGTHS[0], most=SECRET_LENGTHS[-1], different=_DIFFERENT
            )
        )
    if folded_key(secret) == folded_key(name):
        raise UsageError(_("The password is the name. Take another."))
    return _hasher.hash(secret)


_DIFFERENT = 5
"""Different characters of a password: "1111111111" is the first that is tried."""


def _same(secret: str) -> str:
    """Return a password as every keyboard gives it: Vietnamese letters are typed in several Unicode forms."""
    return unicodedata.normalize("NFC", secret)


def _unless_last_admin(known: Known, account: Account) -> Account:
    admins = {each.name for each in known.values() if each.is_open and each.role is Role.ADMIN}
    if admins == {account.name} and not (account.is_open and account.role is Role.ADMIN):
        raise UsageError(
            _("{name} is the last admin: make another first, or nobody can look after the accounts.").format(
                name=account.name
            )
        )
    return account


@cache
def _nobodys() -> str:
    """Return a hash that no password fits."""
    return _hasher.hash(secrets.token_hex())
