"""What the desk is started with."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Protocol

from omr.batch.engine import Reader
from omr.batch.results import SheetResult
from omr.desk.uploads import Limits
from omr.forms.catalogue import Catalogue
from omr.model.layout import Layout
from omr.score.rules import Rules
from omr.store.store import Store


class Office(Protocol):
    """An open store with the layouts it knows and their rules, as `omr.cli.session` opens it."""

    @property
    def store(self) -> Store:
        """The open store; it belongs to the thread that opened it."""

    @property
    def layouts(self) -> Mapping[str, Layout]:
        """Every frozen layout by digest."""

    @property
    def catalogue(self) -> Catalogue:
        """The forms that can be printed, and their rule files."""

    def rules(self, layout: Layout) -> Rules:
        """Return the scoring rules of a layout."""

    def keep_rules(self) -> None:
        """Keep the rule files that score what came back."""

    def reader(self) -> Reader:
        """Return what reads scans, with the forms that others printed."""

    def sheets(self, *, unit: str | None = None, year: int | None = None) -> Iterator[SheetResult]:
        """Yield every returned sheet, settled and scored."""


Write = Callable[[Path], None]
"""Writes one file, and what lies in folders beside it, into a folder."""
Report = Callable[[Any, str], Mapping[str, Write]]
"""What writes each file of a unit's report, by its name, from an open office and the unit's code."""


@dataclass(frozen=True, slots=True)
class Config:
    """How the desk runs.

    opened: opens the store; each request and each run opens it for itself, since an SQLite connection
    belongs to one thread. hosts: what the Host header may say, with the port. key: the secret of the
    one-time link, "" where there is none. language: "vi" or "en", until a person chooses.
    shared: other machines reach it, so that people sign in by name. scheme: what its addresses begin with.
    any_address: it may also be called by any bare address; only a name can be another's rebinding.
    limits: of what comes in through it.
    report: as `omr report` writes it; None where there is none to be had.
    """

    store: Path
    opened: Callable[[], AbstractContextManager[Office]]
    hosts: frozenset[str]
    key: str
    language: str = "vi"
    limits: Limits = field(default_factory=Limits)
    shared: bool = False
    scheme: str = "http"
    any_address: bool = False
    report: Report | None = None

    def is_host(self, host: str) -> bool:
        """True where the Host header may say this."""
        return host in self.hosts or (self.any_address and _is_address(host, self.hosts))


def is_loopback(host: str) -> bool:
    """True where only this machine reaches `host`, an address or "localhost"."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def hosts_of(host: str, port: int) -> frozenset[str]:
    """Return what the Host header says of a desk; any other name is somebody's rebinding."""
    names = {f"[{host}]" if ":" in host else host.lower(), "localhost"}
    if not is_loopback(host):
        names |= {socket.gethostname().lower(), socket.getfqdn().lower()}
    return frozenset(f"{name}:{port}" for name in names)


def _is_address(host: str, hosts: frozenset[str]) -> bool:
    """True for a bare address with the port of the desk."""
    name, _colon, port = host.rpartition(":")
    try:
        ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return port in {known.rpartition(":")[2] for known in hosts}
