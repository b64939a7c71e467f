"""Who comes in: by the one-time link, or by name and password, as often as the brake lets them try."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import Path
from threading import BoundedSemaphore
from time import monotonic

from omr.desk.brake import Brake, Clock, Limit
from omr.desk.sessions import Seen, Sessions
from omr.model.account import Account
from omr.model.unit import under
from omr.people.accounts import matches, person_named
from omr.people.names import folded_key
from omr.store.accounts import Accounts
from omr.store.store import Store

_AT_ONCE, _PATIENCE_SECONDS = 2, 5.0
"""Passwords tried at one time: each takes 64 MB and a tenth of a second of four cores."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of a try.

    cookie: of the new session, "" where there is none. place: what the browser keeps, to be known again.
    wait: seconds until the next try, where this one was refused unheard.
    """

    cookie: str = ""
    place: str = ""
    wait: float = 0.0


class Door:
    """The desk's one entrance. Thread-safe."""

    def __init__(self, store: Path, sessions: Sessions, clock: Clock = monotonic) -> None:
        self._store, self._sessions, self.brake = store, sessions, Brake(clock)
        self._trying = BoundedSemaphore(_AT_ONCE)

    def by_link(self, key: str, address: str) -> Entry:
        """Open a session by the one-time link."""
        limits = [Limit(f"link {_place_of(address)}", 10, 60.0)]
        wait = self.brake.take(limits)
        cookie = None if wait else self._sessions.redeem(key)
        if cookie:
            self.brake.give_back(limits)
        return Entry(cookie or "", wait=wait)

    def by_name(self, name: str, secret: str, address: str, place: str) -> Entry:
        """Open a session by name and password; place: what this browser kept from an earlier time."""
        with Store.open(self._store) as store:
            account = person_named(Accounts(store).all(), name)
            wait, fits = self._tried(account, name, secret, address, place)
            if not wait:
                who = account.name if account else ""
                store.record("signed in" if fits else "sign-in refused", address, who=who)
        return self.lets_in(account) if fits and account else Entry(wait=wait)

    def lets_in(self, account: Account) -> Entry:
        """Open a session for somebody who has shown who they are."""
        return Entry(self._sessions.begin(account), _place(account, secrets.token_urlsafe(16)))

    def confirms(self, account: Account, secret: str, address: str, place: str) -> tuple[float, bool]:
        """Return how long to wait, and where not at all whether this is the person's password."""
        return self._tried(account, account.name, secret, address, place)

    def _tried(
        self, account: Account | None, name: str, secret: str, address: str, place: str
    ) -> tuple[float, bool]:
        limits = _limits(account, name, address, place)
        wait = self.brake.take(limits)
        if wait:
            return wait, False
        if not self._trying.acquire(timeout=_PATIENCE_SECONDS):
            self.brake.give_back(limits)
            return _PATIENCE_SECONDS, False
        try:
            fits = matches(account, secret)
        finally:
            self._trying.release()
        if fits:
            self.brake.give_back(limits)
        return 0.0, fits


def look(store: Path, name: str) -> tuple[Account | None, Seen]:
    """Return an account as it stands now, and what it may see: the units it is held to and all below."""
    with Store.open(store) as opened:
        account = Accounts(opened).get(name)
        if account is None or account.units is None:
            return account, None
        units = opened.units().values()
        return account, frozenset[str]().union(*(under(units, code) for code in account.units))


def _limits(account: Account | None, name: str, address: str, place: str) -> Sequence[Limit]:
    """Return what a try counts against.

    One address cannot use up what a name has from all addresses, and a browser in which the person has signed
    in before counts by itself: so nobody is kept out by somebody else's guessing (as in OWASP's "device
    cookies").
    """
    who = account.name if account else folded_key(name)[:80]
    known = _known(account, place)
    if known:
        return [Limit(f"known {who} {known}", 10, 60.0)]
    here = _place_of(address)
    return [
        Limit(f"address {here}", 10, 60.0),
        Limit(f"minute {who} {here}", 5, 60.0),
        Limit(f"hour {who} {here}", 20, 3600.0),
        Limit(f"name {who}", 100, 3600.0),
    ]


def _place(account: Account, nonce: str) -> str:
    """Return the mark of a browser in which a person has signed in; another password makes it void."""
    return f"{nonce}.{hmac.new(account.secret.encode(), nonce.encode(), hashlib.sha256).hexdigest()}"


def _known(account: Account | None, place: str) -> str:
    """Return the nonce of a browser that this person has signed in with, or ""."""
    nonce, _dot, _mark = place.partition(".")
    if account is None or not account.secret or not nonce:
        return ""
    return nonce if hmac.compare_digest(_place(account, nonce).encode(), place.encode()) else ""


def _place_of(address: str) -> str:
    """Return an address as the brake counts it: of IPv6, whose every machine has many, the network."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network(f"{parsed}/64", strict=False)) if parsed.version == 6 else address  # noqa: PLR2004
