"""Store → what the desk shows of signing a unit off: what stands in its way, and where that is settled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from omr.batch.closing import close, signings
from omr.batch.ledger import Ledger, LedgerRow
from omr.batch.openends import OpenEnd, OpenItem, OpenKind
from omr.desk.config import Office
from omr.errors import UsageError
from omr.i18n import _
from omr.model.closing import Act, Closing
from omr.store.closings import append, closed_places

_SHOWN = 12
"""Sheets that are named one by one; their lists name them all."""

_TOGETHER = {OpenKind.MISSING: "absent", OpenKind.REVIEWS: "audit", OpenKind.LATE: ""}
"""What is settled on one page of the unit, and that page; late files are brought in once more."""


@dataclass(frozen=True, slots=True)
class Link:
    """Where something is settled. route: the address's template, by which a role may go there or not."""

    words: str
    address: str
    route: str


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One kind of thing that is open. more: how many are not named."""

    told: str
    links: tuple[Link, ...]
    more: int


@dataclass(frozen=True, slots=True)
class SignOff:
    """A unit's year. held: the closing that keeps it closed, its own or one above; None where it is open.

    rows: its lines of the ledger, and those of the units below. state: of the numbers and of what is open, as
    they are shown.
    """

    year: int
    rows: tuple[LedgerRow, ...]
    held: Closing | None
    obstacles: tuple[Obstacle, ...]
    state: str


def sign_offs(office: Office, code: str) -> tuple[Ledger, tuple[SignOff, ...]]:
    """Return the ledger of everything, and each year of a unit with all below it, the newest first."""
    ledger, found = signings(office.store, office.sheets(), code)
    held = closed_places(office.store, [(code, each.year) for each in found])
    return ledger, tuple(
        SignOff(
            each.year,
            each.ledger.rows,
            held.get((code, each.year)),
            tuple(map(_obstacle, each.open_ends)),
            each.state,
        )
        for each in found
    )


def sign(office: Office, code: str, year: int, who: str, reason: str, seen: str) -> None:
    """Sign a unit off as it was seen; reason: why although something is open, "" where nothing is.

    Raises UsageError with what to do where it cannot be, ClosedError where it is closed already.
    """
    if office.store.breaks():
        raise UsageError(
            _("Decisions or log are not as omr wrote them: nothing can be signed off. See omr verify.")
        )
    office.keep_rules()
    signed = close(office.store, office.sheets(), code, year, who, reason, seen)
    if signed.state != seen:
        raise UsageError(_("Something was changed since this page was shown. Look at it again, then sign."))
    if signed.open_ends and not reason:
        raise UsageError(_("Something is still open. Settle it, or say why it is signed all the same."))


def reopen(office: Office, code: str, year: int, who: str, reason: str) -> None:
    """Open a unit again. Raises UsageError without a reason, ClosedError where it cannot be opened."""
    if not reason:
        raise UsageError(_("Say why it is opened again."))
    with office.store.transaction():
        append(office.store, Closing(code, year, Act.REOPEN, who, reason))


def _obstacle(end: OpenEnd) -> Obstacle:
    if end.kind in _TOGETHER:
        units = dict.fromkeys(item.unit for item in end.items)
        return Obstacle(end.counted, tuple(_together(end.kind, unit) for unit in units), 0)
    links = tuple(_links(end))
    return Obstacle(end.counted, links, len(end.items) - len(links))


def _together(kind: OpenKind, unit: str) -> Link:
    page = _TOGETHER[kind]
    if not page:
        return Link(_("Read scans"), "/intake", "/intake")
    return Link(unit, f"/units/{quote(unit, safe='')}/{page}", f"/units/{{code}}/{page}")


def _links(end: OpenEnd) -> Iterator[Link]:
    for item in end.items[:_SHOWN]:
        page, route, last = _place(item)
        address = f"/units/{quote(item.unit, safe='')}/{page}/{quote(last, safe='')}"
        yield Link(item.told(), address, f"/units/{{code}}/{page}/{{{route}}}")


def _place(item: OpenItem) -> tuple[str, str, str]:
    """Return on which page of its unit a sheet or a refused scan is settled."""
    return ("sheets", "sheet", item.name) if item.row is None else ("rejections", "row", str(item.row))
