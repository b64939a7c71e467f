"""Contact sheets: a screen of crops of boxes that are read alike, lent to one person at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from threading import Lock
from time import monotonic

from omr.audit.queue import Clock
from omr.audit.reads import BoxRead
from omr.model.reading import MarkState

SCREEN = 72
"""Crops of one contact sheet: six rows of twelve are on a screen of 1366 × 768 without scrolling."""

LEASE_SECONDS = 600.0
"""How long a contact sheet stays with who it was shown to."""


@dataclass(frozen=True, slots=True)
class ContactSheet:
    """Boxes that are shown at once, all of one state. id: 16 hexadecimal digits, made of them."""

    id: str
    reads: tuple[BoxRead, ...]

    @property
    def state(self) -> MarkState:
        """What they were read as."""
        return self.reads[0].state


class Pile:
    """Boxes of one kind that nobody has looked at yet. Thread-safe."""

    def __init__(self, reads: Iterable[BoxRead], clock: Clock = monotonic) -> None:
        self._clock, self._lock = clock, Lock()
        self._open = {read.id: read for read in reads}
        self._settled: set[str] = set()
        self._lent: dict[str, tuple[ContactSheet, float]] = {}
        self._done: dict[str, list[ContactSheet]] = {}

    def __len__(self) -> int:
        """Return how many boxes are left to look at."""
        with self._lock:
            return len(self._open)

    def refresh(self, reads: Iterable[BoxRead]) -> None:
        """Take the boxes that are to be looked at now, but for those that were settled here."""
        with self._lock:
            self._open = {read.id: read for read in reads if read.id not in self._settled}

    def next(self, who: str) -> ContactSheet | None:
        """Return the sheet `who` has at hand, else the next one, lent to them; None where none is free."""
        with self._lock:
            sheet, until = self._lent.get(who, (None, 0.0))
            if sheet is None or until < self._clock() or not self._is_whole(sheet):
                self._lent.pop(who, None)
                sheet = self._first(())
            if sheet is not None:
                self._lent[who] = sheet, self._clock() + LEASE_SECONDS
            return sheet

    def _is_whole(self, sheet: ContactSheet) -> bool:
        return all(read.id in self._open for read in sheet.reads)

    def upcoming(self, sheet: ContactSheet) -> ContactSheet | None:
        """Return what comes after a sheet; nothing is lent."""
        with self._lock:
            return self._first([read.id for read in sheet.reads])

    def _first(self, without: Collection[str]) -> ContactSheet | None:
        now = self._clock()
        lent = {read.id for sheet, until in self._lent.values() if until >= now for read in sheet.reads}
        free = [read for name, read in self._open.items() if name not in lent and name not in without]
        if not free:
            return None
        alike = tuple(read for read in free if read.state is free[0].state)[:SCREEN]
        name = hashlib.sha256("".join(read.id for read in alike).encode()).hexdigest()[:16]
        return ContactSheet(name, alike)

    def settle(self, name: str, who: str, keep: Callable[[Sequence[BoxRead]], None]) -> bool:
        """Settle the sheet `who` has at hand; `keep` stores what they found first, and may fail.

        False where that is another sheet by now, e.g. after a long break; `keep` is not called then.
        """
        with self._lock:
            sheet, _until = self._lent.get(who, (None, 0.0))
            if sheet is None or sheet.id != name:
                return False
            keep(sheet.reads)
            del self._lent[who]
            for read in sheet.reads:
                self._open.pop(read.id, None)
                self._settled.add(read.id)
            self._done.setdefault(who, []).append(sheet)
            return True

    def back(self, who: str, undo: Callable[[Sequence[BoxRead]], None]) -> bool:
        """Open what `who` settled last once more; `undo` takes it back in the store first."""
        with self._lock:
            done = self._done.get(who, [])
            if not done:
                return False
            undo(done[-1].reads)
            sheet = done.pop()
            self._settled -= {read.id for read in sheet.reads}
            self._open = {**{read.id: read for read in sheet.reads}, **self._open}
            self._lent[who] = sheet, self._clock() + LEASE_SECONDS
            return True
