"""What batches say beyond their scans: the year asked for, and what was taken back."""

from __future__ import annotations

from dataclasses import dataclass

from omr.store.database import Database


@dataclass(frozen=True, slots=True)
class VoidedScans:
    """How many scans of a unit's folder a taken-back batch had, when and why it was taken back."""

    batch: int
    unit: str
    scans: int
    at: str
    reason: str


def asked_years(db: Database) -> dict[int, int]:
    """Return the year each batch was read for, by its number, where one was asked for."""
    return dict(db.rows("SELECT id, year FROM batch WHERE year IS NOT NULL"))


def batch_years(db: Database) -> dict[int, int]:
    """Return the year of each batch that tells one: the one asked for, else the newest of its sheets."""
    rows = db.rows(
        "SELECT batch.id, coalesce(batch.year, max(reading.year)) FROM batch"
        " LEFT JOIN scan ON scan.batch = batch.id LEFT JOIN reading ON reading.scan = scan.id"
        " GROUP BY batch.id"
    )
    return {batch: year for batch, year in rows if year is not None}


def voided_scans(db: Database) -> tuple[VoidedScans, ...]:
    """Return what was taken back, a row a batch and unit."""
    rows = db.rows(
        "SELECT void.batch, scan.unit, count(*), void.at, void.reason FROM void"
        " JOIN scan ON scan.batch = void.batch GROUP BY void.batch, scan.unit ORDER BY void.batch"
    )
    return tuple(VoidedScans(*row) for row in rows)
