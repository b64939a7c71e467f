"""Layouts that nobody works on any more: a sketch may hold filled forms, and is not to lie about for ever."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from omr.batch.retention import IMAGE_DAYS, Kind, Leftover


def old_sketches(folder: Path, today: dt.date, days: int = IMAGE_DAYS) -> tuple[Leftover, ...]:
    """Return the sketches untouched for so many days, and of others the scans they were tried on then.

    folder: of the sketches beside the store, one folder each; it may be absent. Layouts that were saved stay.
    """
    found = sorted(path for path in folder.glob("*") if path.is_dir())
    return tuple(left for path in found for left in _of_sketch(path, today, days))


def _of_sketch(path: Path, today: dt.date, days: int) -> Iterator[Leftover]:
    """Yield the whole sketch, or what of it is old."""
    for each in (path, *path.glob("tried/*/*")):
        files = [file for file in (each, *each.rglob("*")) if file.is_file()]
        status = [file.stat() for file in files] or [each.stat()]
        last = dt.datetime.fromtimestamp(max(file.st_mtime for file in status)).astimezone().date()
        since = last + dt.timedelta(days=days)
        if since <= today:
            size = sum(file.st_size for file in status if files)
            yield Leftover(Kind.SKETCH, "", 0, "", str(each), size, since.isoformat())
            if each == path:
                return
