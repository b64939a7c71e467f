"""A copy of the store as it is at one moment, made while others work with it, and looked over."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from omr.errors import StoreError, reason_of
from omr.i18n import _
from omr.store.database import Database

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def back_up(db: Database, target: Path) -> int:
    """Write a copy of the store to `target` and return its size in bytes.

    An earlier file there stays until the copy is whole. Raises StoreError where it cannot be written, or the
    store is damaged.
    """
    part = target.with_name(f"{target.name}.part")
    try:
        with closing(sqlite3.connect(part)) as copy:
            db.db.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
            found = copy.execute("PRAGMA integrity_check").fetchone()[0]
        if found != "ok":
            raise StoreError(_damaged(db.path))
        part.replace(target)
    except sqlite3.Error as error:
        damaged = getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED
        raise StoreError(_damaged(db.path) if damaged else _unwritten(target, str(error))) from error
    except OSError as error:
        raise StoreError(_unwritten(target, reason_of(error))) from error
    finally:
        with suppress(OSError):
            part.unlink()
    return target.stat().st_size


def _damaged(path: Path) -> str:
    return _("{path} is damaged. Restore it from a backup.").format(path=path)


def _unwritten(path: Path, reason: str) -> str:
    return _(
        "{path} cannot be written ({reason}). Check the folder, your permission and the free space."
    ).format(path=path, reason=reason)
