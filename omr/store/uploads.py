"""Scans that came in through the browser: which file, whose, and whether a run has been through it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from omr.store.database import Database, now


@dataclass(frozen=True, slots=True)
class Upload:
    """A file kept beside the store. name: what it was called; unit: whose scans; size in bytes."""

    sha256: str
    name: str
    unit: str
    size: int
    who: str


def folder_of(store: Path) -> Path:
    """Return the folder beside a store where uploads are kept: SHA256/NAME."""
    return store.with_name(f"{store.stem}.uploads")


def sketches_of(store: Path) -> Path:
    """Return the folder beside a store where layouts that are worked on are kept, one folder each."""
    return store.with_name(f"{store.stem}.sketches")


def add(store: Database, upload: Upload) -> None:
    """Remember a file that waits to be read; one that came in before waits once more."""
    statement = (
        "INSERT INTO upload (sha256, name, unit, size, at, who) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (sha256) DO UPDATE SET unit = excluded.unit, at = excluded.at, who = excluded.who,"
        " read = 0"
    )
    row = (upload.sha256, upload.name, upload.unit, upload.size, now(), upload.who)
    store.write([(statement, [row])])


def waiting(store: Database) -> tuple[Upload, ...]:
    """Return the files that no run has been through, in the order they came in."""
    rows = store.rows("SELECT sha256, name, unit, size, who FROM upload WHERE read = 0 ORDER BY at, rowid")
    return tuple(Upload(*row) for row in rows)


def find(store: Database, sha256: str) -> Upload | None:
    """Return the upload of that content, or None."""
    rows = store.rows("SELECT sha256, name, unit, size, who FROM upload WHERE sha256 = ?", (sha256,))
    return Upload(*rows[0]) if rows else None


def done(store: Database, uploads: Iterable[Upload]) -> None:
    """Remember that a run has been through these files."""
    rows = [(upload.sha256, upload.unit) for upload in uploads]
    store.write([("UPDATE upload SET read = 1 WHERE sha256 = ? AND unit = ?", rows)])
