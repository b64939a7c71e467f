"""Pages that came for a unit when it was signed off: left out of every count, and remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from omr.model.reading import Outcome, Reason, Rejection
from omr.store.closings import Place
from omr.store.database import Database, now


@dataclass(frozen=True, slots=True)
class LatePage:
    """One of them. sheet, layout: what its page code said, "" where it could not be read."""

    unit: str
    year: int
    sha256: str
    path: str
    frame: int
    sheet: str
    layout: str


def put_late(db: Database, place: Place, outcomes: Sequence[Outcome]) -> None:
    """Remember pages of a unit that is closed, but for blank ones; what is remembered already stays."""
    at = now()
    rows = [
        (each.scan.sha256, each.scan.frame, each.scan.part, *place, *_named(each), at)
        for each in outcomes
        if not (isinstance(each, Rejection) and each.reason is Reason.BLANK_PAGE)
    ]
    db.write([("INSERT OR IGNORE INTO late VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)])


def late_pages(db: Database) -> tuple[LatePage, ...]:
    """Return the late pages that are still in no count, in the order of the stacks."""
    rows = db.rows(
        "SELECT late.unit, late.year, late.sha256, source.path, late.frame, late.sheet,"
        " coalesce(layout.id, '') FROM late JOIN source ON source.sha256 = late.sha256"
        " LEFT JOIN layout ON layout.digest = late.layout WHERE NOT EXISTS"
        " (SELECT 1 FROM scan WHERE scan.sha256 = late.sha256 AND scan.frame = late.frame AND scan.live = 1)"
        " ORDER BY source.rowid, late.frame, late.part"
    )
    return tuple(LatePage(*row) for row in rows)


def _named(outcome: Outcome) -> tuple[str, str]:
    page = outcome.page
    return (page.sheet, page.digest) if page else ("", "")
