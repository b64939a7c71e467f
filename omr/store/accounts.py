"""Accounts in the store: each change is a row that is appended and chained, the newest of a name holds.

Passwords' hashes stand apart, so that none is kept longer than it opens anything. The chained row holds the
SHA-256 of its hash: one put there by hand fits no row and opens nothing.
"""

from __future__ import annotations

import hashlib
import json

from omr.model.account import Account, Role, State
from omr.store import chain
from omr.store.chain import Break
from omr.store.database import Database, now
from omr.store.log import log

_EVERY = "*"
_SELECT = "SELECT account.name, role, units, state, digest, hash, at FROM account JOIN secret USING (name)"


class Accounts:
    """The accounts of an open store."""

    def __init__(self, store: Database) -> None:
        self.store = store

    def all(self) -> dict[str, Account]:
        """Return every account as it stands now, by name, in the order they were made."""
        return self._found("")

    def get(self, name: str) -> Account | None:
        """Return one account as it stands now, or None."""
        return self._found("WHERE account.name = ?", name).get(name)

    def _found(self, where: str, *values: str) -> dict[str, Account]:
        found: dict[str, Account] = {}
        for name, role, units, state, digest, kept, at in self.store.rows(
            f"{_SELECT} {where} ORDER BY id", values
        ):
            held = None if units == _EVERY else frozenset(json.loads(units))
            secret = kept if _digest(kept) == digest else ""
            made = found[name].at if name in found else at
            found[name] = Account(name, Role(role), held, State(state), secret, made)
        return found

    def put(self, account: Account, what: str, by: str) -> None:
        """Make an account, or change it to this; `what` was done and `by` whom goes into the log."""
        units = _EVERY if account.units is None else json.dumps(sorted(account.units), ensure_ascii=False)
        row = (now(), account.name, account.role, units, account.state, _digest(account.secret), by)
        with self.store.transaction():
            db = self.store.db
            chain.append(db, "account", [row])
            db.execute("INSERT OR REPLACE INTO secret VALUES (?, ?)", (account.name, account.secret))
            log(db, what, f"{account.name}: {account.role}, {units}, {account.state}", by)

    def altered(self) -> tuple[Break, ...]:
        """Return the newest change of each account whose password is not the one omr kept."""
        rows = self.store.rows("SELECT count(*) OVER (ORDER BY id), name FROM account")
        newest = {name: row for row, name in rows}
        held = self.all()
        return tuple(
            Break("account", row) for name, row in newest.items() if name not in held or not held[name].secret
        )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
