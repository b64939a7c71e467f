"""The one run of scans being read behind the desk: started, watched, cancelled, gone on with."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Lock, Thread

from omr import i18n
from omr.batch.engine import ExecutorMaker, local
from omr.batch.run import Progress as Show
from omr.batch.run import Tally, read_batch, read_found
from omr.desk.config import Config, Office
from omr.desk.uploads import Uploads
from omr.errors import OmrError
from omr.i18n import _
from omr.intake.discover import Discovery, Found
from omr.store import uploads
from omr.store.late import late_pages

_NOTHING = Tally()


@dataclass(frozen=True, slots=True)
class Progress:
    """What a run came to so far.

    folder: "" where none was begun. who began it. fault: why it ended early, or "".
    """

    folder: str = ""
    unit: str = ""
    tally: Tally = _NOTHING
    running: bool = False
    cancelled: bool = False
    fault: str = ""
    who: str = ""


Work = Callable[[Office, Show], Tally]
"""Reads what there is to read into the store of an office, and tells how far it is."""


class _CancelledError(Exception):
    """The person wants the run to stop: what was read is stored."""


class Intake:
    """At most one run at a time, in a thread of its own with a store of its own. Thread-safe."""

    def __init__(self, config: Config) -> None:
        self._config, self._lock = config, Lock()
        self._progress, self._cancel = Progress(), False
        self._thread: Thread | None = None

    def progress(self) -> Progress:
        """Return how far the run is."""
        with self._lock:
            return self._progress

    def start(self, folder: Path, unit: str | None, who: str = "") -> bool:
        """Begin to read; return False where a run is going on. What is in the store is not read again."""
        begun = Progress(str(folder), unit or "", running=True, who=who)
        return self._begin(begun, partial(_read, folder, unit))

    def start_uploads(self, kept: Uploads, who: str, sees: Callable[[str], bool]) -> bool:
        """Begin to read what came in through the browser, of the units that `who` sees.

        Return False where a run is going on.
        """
        begun = Progress(_("Uploaded files"), running=True, who=who)
        return self._begin(begun, partial(_read_uploads, kept, sees))

    def _begin(self, progress: Progress, work: Work) -> bool:
        with self._lock:
            if self._progress.running:
                return False
            self._cancel, self._progress = False, progress
            # The thread tells its faults in the language of the person who began it.
            self._thread = Thread(target=self._run, args=(work, i18n.language()), daemon=True)
            self._thread.start()
            return True

    def cancel(self) -> None:
        """Stop after the pages in hand."""
        with self._lock:
            self._cancel = True

    def wait(self) -> None:
        """Return when no run is going on."""
        if self._thread is not None:
            self._thread.join()

    def _run(self, work: Work, language: str) -> None:
        i18n.use(language)
        fault, cancelled = _("The reader broke down; see the terminal of the desk."), False
        try:
            with self._config.opened() as office:
                self._show(work(office, self._show))
                office.keep_rules()
            fault = ""
        except _CancelledError:
            fault, cancelled = "", True
        except OmrError as error:
            fault = str(error)
        finally:
            with self._lock:
                self._progress = replace(self._progress, running=False, cancelled=cancelled, fault=fault)

    def _show(self, tally: Tally) -> None:
        with self._lock:
            self._progress = replace(self._progress, tally=tally)
            if self._cancel:
                raise _CancelledError


def _read(folder: Path, unit: str | None, office: Office, show: Show) -> Tally:
    """Read a folder of this machine."""
    return read_batch(office.store, [folder], office.reader(), _workers(), unit=unit, progress=show)


def _read_uploads(kept: Uploads, sees: Callable[[str], bool], office: Office, show: Show) -> Tally:
    """Read the uploads that wait; those of a run that is cancelled or breaks down go on waiting.

    So do those with pages of a unit that is signed off: they are read when it is open again.
    """
    waiting = [each for each in uploads.waiting(office.store) if sees(each.unit)]
    files = Discovery(tuple(Found(kept.path(each), each.unit) for each in waiting), ())
    names = [f"{each.unit}/{each.name}" for each in waiting]
    tally = read_found(office.store, files, office.reader(), _workers(), names, progress=show)
    late = {page.sha256 for page in late_pages(office.store)}
    uploads.done(office.store, [each for each in waiting if each.sha256 not in late])
    return tally


def _workers() -> ExecutorMaker:
    return partial(local, workers=os.cpu_count() or 1)
