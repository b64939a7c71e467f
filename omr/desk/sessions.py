"""Who is at the desk: sessions kept here in memory."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from time import monotonic

from omr.desk.access import may
from omr.model.account import Account, Role, State

IDLE_SECONDS = 3600.0
"""A desk nobody has touched for an hour asks to sign in again: the reader has gone home."""

LONGEST_SECONDS = 12 * 3600.0
"""No session outlives a long working day, however busy it is."""

_MOST_OF_ONE = 10
"""Sessions one person may have, a browser each; of more, the oldest ends."""

NOBODY = "desk"
"""Who opened the desk by its link, until they say their name: no verdict is signed with this."""

Clock = Callable[[], float]
Seen = frozenset[str] | None
Look = Callable[[str], tuple[Account | None, Seen]]
"""Account name → the account as it stands now, and the units it may see, None for every one."""


@dataclass(slots=True)
class Session:
    """A signed-in person. csrf: what every form they send has to bear.

    account: None for whoever opened the one-time link: they sit at this machine, and say their name.
    units: what they may see, with the units below; None for every unit.
    """

    who: str
    role: Role
    csrf: str
    opened: float
    touched: float
    account: Account | None = None
    units: Seen = None

    def sees(self, unit: str) -> bool:
        """True where this person may see a unit."""
        return self.units is None or unit in self.units

    def may(self, method: str, path: str) -> bool:
        """True where this person may use a route."""
        return may(self.role, method, path)

    @property
    def is_temporary(self) -> bool:
        """True where this person has to choose a password of their own first."""
        return self.account is not None and self.account.state is State.TEMPORARY

    @property
    def at_machine(self) -> bool:
        """True where this person may name folders of the machine that the desk runs on."""
        return self.account is None or self.role is Role.ADMIN


class Sessions:
    """The open sessions, by the digest of their cookie: what is in memory opens nothing. Thread-safe."""

    def __init__(self, key: str, look: Look, clock: Clock = monotonic) -> None:
        self._look, self._clock, self._lock = look, clock, Lock()
        self._key = key
        self._open: dict[str, Session] = {}
        self._door = secrets.token_bytes(32)

    def redeem(self, key: str) -> str | None:
        """Return the cookie of a new session where `key` is that of the one-time link; it works once."""
        with self._lock:
            if not self._key or not hmac.compare_digest(key.encode(), self._key.encode()):
                return None
            self._key = ""
        return self._begin(NOBODY, Role.ADMIN, None)

    def begin(self, account: Account) -> str:
        """Return the cookie of a new session of somebody who has shown who they are."""
        return self._begin(account.name, account.role, account)

    def _begin(self, who: str, role: Role, account: Account | None) -> str:
        cookie, now = secrets.token_urlsafe(32), self._clock()
        with self._lock:
            self._open = {name: each for name, each in self._open.items() if not self._over(each, now)}
            theirs = [name for name, each in self._open.items() if account is not None and each.who == who]
            for name in theirs[: max(len(theirs) - _MOST_OF_ONE + 1, 0)]:
                del self._open[name]
            units: Seen = None if account is None else frozenset()
            session = Session(who, role, secrets.token_urlsafe(32), now, now, account, units)
            self._open[_digest(cookie)] = session
        return cookie

    def get(self, cookie: str) -> Session | None:
        """Return the session of a cookie and keep it alive, or None where it has none or is over.

        An account is looked up each time: closed or with another password, its sessions are over at once.
        """
        now = self._clock()
        with self._lock:
            session = self._open.get(_digest(cookie))
            if session is None or self._over(session, now):
                self._open.pop(_digest(cookie), None)
                return None
            session.touched = now
        if session.account is not None:
            account, units = self._look(session.account.name)
            if account is None or not account.is_open or account.secret != session.account.secret:
                self.close(cookie)
                return None
            session.account, session.role, session.units = account, account.role, units
        return session

    def close(self, cookie: str) -> None:
        """Sign out."""
        with self._lock:
            self._open.pop(_digest(cookie), None)

    def door_token(self, cookie: str) -> str:
        """Return what the sign-in form has to bear beside a cookie: no session is there yet to keep one."""
        return hmac.new(self._door, cookie.encode(), hashlib.sha256).hexdigest()

    def _over(self, session: Session, now: float) -> bool:
        return now - session.touched > IDLE_SECONDS or now - session.opened > LONGEST_SECONDS


def _digest(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
