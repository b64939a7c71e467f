"""What may go, by the retention rule: images some time after a unit was signed off, results never by itself.

An image goes once every unit and year it serves is signed off and the time has passed since. What goes is
what omr keeps itself, uploads and small pictures of rows; scans in people's own folders only where asked.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from omr.errors import reason_of
from omr.i18n import _
from omr.model.closing import Closing
from omr.store.closings import Place, closed_places
from omr.store.retention import SourcePlace, drop_strips, source_places, strips_of
from omr.store.store import Store
from omr.store.whereabouts import located

IMAGE_DAYS = 90
"""After signing off: by then questions about the numbers have been asked."""

RESULT_YEARS = 3


class Kind(StrEnum):
    """What an image is: kept by omr beside the store, in the store, or a scan in a folder of people's own.

    A sketch holds the blank it was made of, which may be a filled copy, and the scan it was tried on.
    """

    UPLOAD = "upload"
    PICTURES = "pictures"
    SOURCE = "source"
    SKETCH = "sketch"


@dataclass(frozen=True, slots=True)
class Leftover:
    """One file, or the small pictures of one file's rows, that may go. bytes: what that frees.

    unit, year: the first it serves, "" and 0 for none. since: the day its time was over.
    """

    kind: Kind
    unit: str
    year: int
    sha256: str
    path: str
    bytes: int
    since: str


@dataclass(frozen=True, slots=True)
class Expired:
    """A unit and year whose results are older than the rule asks to keep them; omr leaves that to people."""

    unit: str
    year: int
    since: str


def leftovers(store: Store, uploads: Path, today: dt.date, days: int = IMAGE_DAYS) -> tuple[Leftover, ...]:
    """Return what may go by `today`, in the order of the files.

    uploads: the folder of uploads beside the store.
    """
    places = source_places(store)
    held = closed_places(store, {place for each in places for place in each.places})
    pictures = strips_of(store)
    return tuple(
        left
        for each in places
        if (since := _over(each, held, days)) is not None and since <= today
        for left in _of_source(
            each, located(store.path, each.path), uploads, pictures.get(each.sha256, 0), since
        )
    )


def expired(closings: Iterable[Closing], today: dt.date) -> tuple[Expired, ...]:
    """Return whose results may go: signed off `RESULT_YEARS` years ago or more."""
    found = []
    for each in closings:
        signed = dt.date.fromisoformat(each.at[:10])
        leap_day = (signed.month, signed.day) == (2, 29)
        since = (signed + dt.timedelta(days=leap_day)).replace(year=signed.year + RESULT_YEARS)
        if since <= today:
            found.append(Expired(each.unit, each.year, since.isoformat()))
    return tuple(found)


def purge(store: Store, found: Iterable[Leftover], who: str) -> tuple[tuple[Leftover, ...], tuple[str, ...]]:
    """Delete what is given; return what went, and what could not go with the reason. It is logged by unit.

    A source goes only while it holds what was read: a file that was changed since is another one.
    """
    gone: list[Leftover] = []
    faults: list[str] = []
    for each in found:
        fault = _delete(store, each)
        if fault:
            faults.append(f"{each.path}: {fault}")
        else:
            gone.append(each)
    counts = Counter((each.unit, each.year, each.kind) for each in gone)
    for (unit, year, kind), number in counts.items():
        told = f"{year}: {number} {kind}" if year else f"{number} {kind}"
        store.record("purge", told, who=who, unit=unit)
    return tuple(gone), tuple(faults)


def _over(each: SourcePlace, held: Mapping[Place, Closing], days: int) -> dt.date | None:
    """Return the day a file's time is over, None while a unit it serves is open."""
    if not each.places or any(place not in held for place in each.places):
        return None
    last = max(dt.date.fromisoformat(held[place].at[:10]) for place in each.places)
    return last + dt.timedelta(days=days)


def _of_source(
    each: SourcePlace, of_file: Path, uploads: Path, pictures: int, since: dt.date
) -> Iterator[Leftover]:
    unit, year = min(each.places)
    kept = next((uploads / each.sha256).glob("*"), None)
    for kind, path, size in (
        (Kind.UPLOAD, kept, _size(kept)),
        (Kind.PICTURES, of_file, pictures),
        (Kind.SOURCE, of_file, 0 if _is_same(kept, of_file) else _size(of_file)),
    ):
        if size:
            yield Leftover(kind, unit, year, each.sha256, str(path), size, since.isoformat())


def _size(path: Path | None) -> int:
    return path.stat().st_size if path is not None and path.is_file() else 0


def _is_same(kept: Path | None, of_file: Path) -> bool:
    """True where a file was read from the uploads themselves."""
    return kept is not None and of_file.exists() and kept.samefile(of_file)


def _delete(store: Store, each: Leftover) -> str:
    """Delete one; return why it could not be, or ""."""
    if each.kind is Kind.PICTURES:
        drop_strips(store, each.sha256)
        return ""
    path = Path(each.path)
    try:
        if each.kind is Kind.SKETCH and path.is_dir():
            shutil.rmtree(path)
            return ""
        if each.kind is Kind.SOURCE and _sha256(path) != each.sha256:
            return _("it was changed since it was read")
        path.unlink()
    except OSError as error:
        return reason_of(error)
    if each.kind is Kind.UPLOAD:
        with suppress(OSError):
            path.parent.rmdir()
    return ""


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
