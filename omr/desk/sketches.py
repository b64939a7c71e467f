"""Layouts being worked on at the desk, each in a folder beside the store: its blank, and what was done.

Kept are the draft and every edit since; a desk that was killed goes on where it was. No path is made of an
address: a sketch is found among those that are there.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from threading import Lock

from omr.desk.sketchfiles import ABOUT, EDITS, About, read_about, read_history, write_first, write_whole
from omr.desk.uploads import Limits, Uploads
from omr.draft.asked import Asked
from omr.draft.history import History
from omr.draft.sketch import Standing
from omr.errors import SourceError, UsageError
from omr.forms.existing import ExistingForm
from omr.i18n import _
from omr.intake.frames import count_frames
from omr.model.geometry import SizeMm
from omr.store.uploads import sketches_of

MOST_SKETCHES = 50
"""Sketches beside one store; each keeps its blank and a picture of every page."""
MOST_PAGES = 20
"""Pages of a blank: forms have a few; a whole stack chosen by mistake would be drafted for minutes."""
_MOST_BYTES = 200 * 2**20
"""Size of a blank."""
_AT_HAND = 8
"""Histories kept in memory; the others are made again from their files."""

Mine = Callable[[str], bool]
"""Says whether a person may see what another one, by name, works on."""


class StaleError(Exception):
    """Somebody else, or another window, has changed the sketch since the page was loaded."""


class Sketches:
    """The sketches beside one store. Thread-safe."""

    def __init__(self, store: Path, limits: Limits) -> None:
        self.folder, self._lock = sketches_of(store), Lock()
        self._limits = replace(limits, a_file=min(limits.a_file, _MOST_BYTES))
        self._histories: OrderedDict[str, History] = OrderedDict()

    def all(self, mine: Mine) -> tuple[About, ...]:
        """Return the sketches a person may see, the newest first."""
        found = [read_about(path) for path in self.folder.glob(f"*/{ABOUT}")]
        seen = (each for each in found if each is not None and mine(each.who))
        return tuple(sorted(seen, key=lambda each: each.at, reverse=True))

    def find(self, token: str, mine: Mine) -> About | None:
        """Return a sketch by its token, or None where there is none that the person may see."""
        return next((each for each in self.all(mine) if each.token == token), None)

    def path(self, about: About) -> Path:
        """Return the folder of a sketch."""
        return self.folder / about.token

    async def take_in(self, chunks: AsyncIterator[bytes], name: str, who: str) -> tuple[About, Path]:
        """Keep a blank that comes in; return its new sketch, and the file. Raises as uploads do."""
        about = self._new(name, who)
        folder = self.path(about)
        kept = Uploads(folder / "came-in", self._limits)
        try:
            upload = await kept.take_in(chunks, name, "-", who, ())
            _refuse_long(kept.path(upload))
            about = replace(about, name=upload.name)
            self.put(about)
        finally:
            if not (folder / ABOUT).exists():
                shutil.rmtree(folder, ignore_errors=True)
        return about, kept.path(upload)

    async def take_scan(self, about: About, chunks: AsyncIterator[bytes], name: str, who: str) -> Path:
        """Keep a scan to try a sketch on, in place of the one before. Raises SourceError as uploads do."""
        kept = Uploads(self.path(about) / "tried", self._limits)
        scan = kept.path(await kept.take_in(chunks, name, "-", who, ()))
        for other in kept.folder.iterdir():
            if other != scan.parent:
                shutil.rmtree(other, ignore_errors=True)
        return scan

    def scan(self, about: About) -> Path | None:
        """Return the scan that came in to try a sketch on, or None."""
        return next((self.path(about) / "tried").glob("*/*"), None)

    def begin(self, name: str, who: str, layout: str) -> About:
        """Return a new sketch of a layout that is there."""
        about = replace(self._new(name, who), layout=layout)
        self.put(about)
        return about

    def put(self, about: About) -> None:
        """Keep what is told of a sketch."""
        write_whole(self.path(about) / ABOUT, json.dumps(asdict(about), ensure_ascii=False))

    def set_ready(
        self, about: About, form: ExistingForm, paper: SizeMm, frames: int, standing: Standing
    ) -> None:
        """Keep what a sketch begins with; from now on it can be worked on."""
        write_first(self.path(about), form, paper, frames, standing)
        self.put(replace(about, ready=True))
        # What came in is kept as the blank, upright.
        shutil.rmtree(self.path(about) / "came-in", ignore_errors=True)

    def history(self, about: About) -> History:
        """Return a sketch with all that was done to it. Raises SourceError where its files are damaged."""
        with self._lock:
            return self._history(about)

    def edit(self, about: About, asked: Asked, turn: int) -> History:
        """Do one edit, and keep it. turn: of the history that the person sees.

        Raises UsageError as edits do, and StaleError where the person sees an older state.
        """
        with self._lock:
            history = self._history(about)
            if history.turn != turn:
                raise StaleError
            done = history.done(asked)
            write_whole(self.path(about) / EDITS, done.to_json())
            self._histories[about.token] = done
            return done

    def saved(self, about: About, layout: str) -> About:
        """Keep that a sketch was saved as a layout of that id."""
        about = replace(about, layout=layout)
        self.put(about)
        return about

    def drop(self, about: About) -> None:
        """Remove a sketch for good; a layout that was saved of it stays."""
        with self._lock:
            self._histories.pop(about.token, None)
            shutil.rmtree(self.path(about), ignore_errors=True)

    def _new(self, name: str, who: str) -> About:
        """Return a sketch that is nowhere yet. Raises UsageError where there are too many."""
        if len(list(self.folder.glob(f"*/{ABOUT}"))) >= MOST_SKETCHES:
            message = _("There are {most} layouts being worked on. Remove some first.")
            raise UsageError(message.format(most=MOST_SKETCHES))
        at = datetime.now().astimezone().isoformat(timespec="seconds")
        return About(secrets.token_hex(8), name, who, at)

    def _history(self, about: About) -> History:
        if about.token not in self._histories:
            self._histories[about.token] = read_history(self.path(about), about.name)
            while len(self._histories) > _AT_HAND:
                self._histories.popitem(last=False)
        self._histories.move_to_end(about.token)
        return self._histories[about.token]


def _refuse_long(blank: Path) -> None:
    if count_frames(blank) > MOST_PAGES:
        message = _("{name} has more than {most} pages. Bring the blank form alone.")
        raise SourceError(message.format(name=blank.name, most=MOST_PAGES))
