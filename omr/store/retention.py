"""Whose each scanned file is, and the small pictures that are kept of its rows."""

from __future__ import annotations

from dataclasses import dataclass

from omr.store.closings import Place
from omr.store.database import Database
from omr.store.late import late_pages


@dataclass(frozen=True, slots=True)
class SourcePlace:
    """A file that was read, where it lay, and the units and years that its scans belong to."""

    sha256: str
    path: str
    places: frozenset[Place]


def source_places(db: Database) -> tuple[SourcePlace, ...]:
    """Return every file that has scans, in the order of the stacks; those taken back count where all are.

    A file with a page that came too late to be counted (omr/store/late.py) is left out: it is still needed.
    """
    needed = {each.sha256 for each in late_pages(db)}
    found: dict[tuple[str, str], set[Place]] = {}
    for sha256, path, unit, year in db.rows(
        "SELECT source.sha256, source.path, place.unit, place.year FROM source"
        " JOIN scan ON scan.sha256 = source.sha256 JOIN place ON place.scan = scan.id"
        " WHERE scan.live = 1 OR NOT EXISTS"
        " (SELECT 1 FROM scan AS held WHERE held.sha256 = source.sha256 AND held.live = 1)"
        " GROUP BY source.sha256, place.unit, place.year ORDER BY source.rowid"
    ):
        if sha256 not in needed:
            found.setdefault((sha256, path), set()).add((unit, year))
    return tuple(SourcePlace(*file, frozenset(places)) for file, places in found.items())


def strips_of(db: Database) -> dict[str, int]:
    """Return how many bytes of small pictures are kept of each file."""
    return dict(
        db.rows(
            "SELECT scan.sha256, sum(length(picture)) FROM strip JOIN scan ON scan.id = strip.scan"
            " GROUP BY scan.sha256"
        )
    )


def drop_strips(db: Database, sha256: str) -> None:
    """Delete the small pictures of a file's rows, so that nothing of them stays in the store's file."""
    db.db.execute("PRAGMA secure_delete = ON")
    statement = "DELETE FROM strip WHERE scan IN (SELECT id FROM scan WHERE sha256 = ?)"
    db.write([(statement, [(sha256,)])])
