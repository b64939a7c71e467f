"""Who is at the desk: sessions kept here in memory, and how often a sign-in may be tried."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from time import monotonic

from omr.desk.access import Role

IDLE_SECONDS = 3600.0
"""A desk nobody has touched for an hour asks to sign in again: the reader has gone home."""

TRIES, TRIES_SECONDS = 10, 60.0
"""Failed sign-ins that are answered in a minute; a typing error or two a person makes, not ten."""

Clock = Callable[[], float]


@dataclass(slots=True)
class Session:
    """A signed-in person. csrf: what every form they send has to bear."""

    who: str
    role: Role
    csrf: str
    touched: float


class Sessions:
    """The open sessions, by the digest of their cookie: what is in memory opens nothing. Thread-safe."""

    def __init__(self, key: str, clock: Clock = monotonic) -> None:
        self._clock, self._lock = clock, Lock()
        self._key: str | None = key
        self._open: dict[str, Session] = {}
        self._failed: deque[float] = deque()

    def redeem(self, key: str) -> str | None:
        """Return the cookie of a new session where `key` is that of the one-time link; it works once."""
        with self._lock:
            if self._key is None or not hmac.compare_digest(key.encode(), self._key.encode()):
                self._failed.append(self._clock())
                return None
            self._key = None
            cookie = secrets.token_urlsafe(32)
            self._open[_digest(cookie)] = Session(
                "desk", Role.ADMIN, secrets.token_urlsafe(32), self._clock()
            )
            return cookie

    def throttled(self) -> bool:
        """True while too many sign-ins have failed."""
        with self._lock:
            while self._failed and self._failed[0] < self._clock() - TRIES_SECONDS:
                self._failed.popleft()
            return len(self._failed) >= TRIES

    def get(self, cookie: str) -> Session | None:
        """Return the session of a cookie and keep it alive, or None where it has none or was idle."""
        with self._lock:
            session = self._open.get(_digest(cookie))
            if session is None:
                return None
            if self._clock() - session.touched > IDLE_SECONDS:
                del self._open[_digest(cookie)]
                return None
            session.touched = self._clock()
            return session

    def close(self, cookie: str) -> None:
        """Sign out."""
        with self._lock:
            self._open.pop(_digest(cookie), None)


def _digest(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
