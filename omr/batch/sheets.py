"""Pages → returned sheets. One serial may come back from many people, for people photocopy forms.

Two scans of a page are the same sheet only if their ink matches; otherwise they are two people's sheets and
both count. Pages of one person are kept together by their neighbourhood in the file. Nobody vanishes:
where ink cannot tell, a second page is a second person's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from pathlib import Path

from omr.model.pagecode import is_of_others, is_unnumbered
from omr.store.records import StoredPage

Likeness = Callable[[StoredPage, StoredPage], float | None]
"""How alike the ink of two scans of one printed page is, 0..1, or None where there is too little to tell."""


@dataclass(frozen=True, slots=True)
class ReturnedSheet:
    """One person's sheet.

    name: the serial, or SERIAL~2, ~3 … for photocopies, numbered by first appearance.
    pages: its pages by number, the scan that counts. duplicates: further scans of them.
    """

    name: str
    serial: str
    digest: str
    year: int
    length: int
    pages: tuple[StoredPage, ...]
    duplicates: tuple[StoredPage, ...]

    @property
    def missing(self) -> tuple[int, ...]:
        """Numbers of the pages that did not come back."""
        here = {page.page.page for page in self.pages}
        return tuple(number for number in range(1, self.length + 1) if number not in here)

    @property
    def is_copy(self) -> bool:
        """True for a photocopy of a numbered sheet."""
        return self.name != self.serial


@dataclass(slots=True)
class _Growing:
    """A sheet while its pages are gathered."""

    pages: dict[int, StoredPage]
    duplicates: list[StoredPage] = field(default_factory=list)


def gather(
    pages: Sequence[StoredPage], likeness: Likeness, same: float, newest_counts: Callable[[str], bool]
) -> tuple[ReturnedSheet, ...]:
    """Return the returned sheets of `pages` (in the order of the stacks), in order of first appearance.

    likeness, same: the ink comparer and the likeness from which two scans are one sheet.
    newest_counts: whether the form of this digest comes back again and again with more ticks.
    """
    groups: dict[tuple[str, str, int], list[StoredPage]] = {}
    for page in in_stacks(pages):
        groups.setdefault((page.page.sheet, page.page.digest, page.page.year), []).append(page)
    sheets: list[ReturnedSheet] = []
    # A serial that others printed may come back on two versions of a form: two sheets, two names.
    numbers: dict[str, Iterator[int]] = defaultdict(partial(count, 1))
    for (serial, digest, year), members in groups.items():
        grown = _grown(members, likeness, same, newest=newest_counts(digest))
        for sheet in grown:
            number = next(numbers[serial])
            sheets.append(
                ReturnedSheet(
                    name=serial if number == 1 else f"{serial}~{number}",
                    serial=serial,
                    digest=digest,
                    year=year,
                    length=members[0].page.pages,
                    pages=tuple(sheet.pages[at] for at in sorted(sheet.pages)),
                    duplicates=tuple(sheet.duplicates),
                )
            )
    return tuple(sheets)


def in_stacks(pages: Iterable[StoredPage]) -> Iterator[StoredPage]:
    """Yield the pages, those without a serial named after their sheet: by its serial, else its first page.

    Nothing but their order tells whose they are: a sheet is consecutive pages of one form in one file, or in
    files that follow each other in one folder, in rising or falling order; a page that breaks it begins the
    next sheet. So does one with another serial, and pages between two serials are neither's.
    """
    run: list[StoredPage] = []
    step = 0
    for page in pages:
        if not is_of_others(page.page.sheet):
            yield from _named(run)
            run = []
            yield page
            continue
        towards = _step(run[-1] if run else None, page)
        follows = towards != 0 and step in {0, towards}
        if not follows or _is_others(run, page):
            # What lies between two serials and follows one as well as the other is neither's.
            end = _last_serial(run) if follows else len(run)
            yield from _named(run[:end])
            yield from _named(run[end:])
            run, towards = [], 0
        run.append(page)
        step = towards
    yield from _named(run)


def _is_others(run: Sequence[StoredPage], page: StoredPage) -> bool:
    """True where a page has another serial than a page of the run."""
    serials = _serials(run)
    return bool(serials) and not serials >= _serials((page,))


def _serials(run: Iterable[StoredPage]) -> frozenset[str]:
    return frozenset(page.page.sheet for page in run if not is_unnumbered(page.page.sheet))


def _last_serial(run: Sequence[StoredPage]) -> int:
    """Return how many pages of a run there are up to the last with a serial."""
    return max(at for at, page in enumerate(run, start=1) if not is_unnumbered(page.page.sheet))


def _named(run: Sequence[StoredPage]) -> Iterator[StoredPage]:
    """Yield the pages of a sheet, each by its name."""
    name = next(iter(_serials(run)), run[0].page.sheet if run else "")
    for page in run:
        yield replace(page, page=replace(page.page, sheet=name), by_place=is_unnumbered(page.page.sheet))


def _step(before: StoredPage | None, page: StoredPage) -> int:
    """Return 1 or -1 where a page may follow another on one sheet, by rising or falling numbers, else 0."""
    if before is None or (before.page.digest, before.page.year) != (page.page.digest, page.page.year):
        return 0
    here, there = before.scan, page.scan
    if here.id.sha256 == there.id.sha256:
        beside = 0 < there.id.frame - here.id.frame <= _BACKS
    else:
        beside = Path(here.path).parent == Path(there.path).parent
    apart = page.page.page - before.page.page
    return (apart > 0) - (apart < 0) if beside else 0


_BACKS = 2
"""Frames from one page of a sheet to its next: its blank back may lie between."""


def runs(pages: Iterable[StoredPage]) -> Iterator[tuple[StoredPage, ...]]:
    """Yield neighbouring scans of one file that can be one sheet: no page number twice, none too many."""
    run: list[StoredPage] = []
    for page in pages:
        if run and (
            run[-1].scan.id.sha256 != page.scan.id.sha256
            or len(run) == page.page.pages
            or any(page.page.page == other.page.page for other in run)
        ):
            yield tuple(run)
            run = []
        run.append(page)
    if run:
        yield tuple(run)


def _grown(members: Sequence[StoredPage], likeness: Likeness, same: float, *, newest: bool) -> list[_Growing]:
    sheets: list[_Growing] = []
    for run in runs(members):
        if not _join(sheets, run, likeness, same, newest=newest):
            # Neighbours that contradict each other are no run: each page finds its own sheet.
            for page in run:
                _join(sheets, (page,), likeness, same, newest=newest)
    return sheets


def _join(
    sheets: list[_Growing], run: Sequence[StoredPage], likeness: Likeness, same: float, *, newest: bool
) -> bool:
    """Put a run to the sheet it belongs to, or make it a new one; False where its pages disagree."""
    for sheet in sheets:
        shared = [page for page in run if page.page.page in sheet.pages]
        told = [likeness(sheet.pages[page.page.page], page) for page in shared]
        known = [value for value in told if value is not None]
        if known and all(value >= same for value in known):
            _merge(sheet, run, newest=newest)
            return True
        if any(value >= same for value in known) and len(run) > 1:
            return False
    room = [sheet for sheet in sheets if not any(page.page.page in sheet.pages for page in run)]
    if room:
        here = run[0].scan.id.sha256
        near = [s for s in room if any(page.scan.id.sha256 == here for page in s.pages.values())]
        _merge((near or room)[-1 if near else 0], run, newest=newest)
    else:
        sheets.append(_Growing({page.page.page: page for page in run}))
    return True


def _merge(sheet: _Growing, run: Sequence[StoredPage], *, newest: bool) -> None:
    for page in run:
        number = page.page.page
        if number not in sheet.pages:
            sheet.pages[number] = page
        elif newest:
            sheet.duplicates.append(sheet.pages[number])
            sheet.pages[number] = page
        else:
            sheet.duplicates.append(page)
