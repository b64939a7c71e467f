"""Where pages are read: processes here, or a cluster. A worker that dies costs its page, not the batch."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from threading import Thread

from omr.batch.overheard import without_damaged
from omr.batch.strips import with_strips
from omr.errors import UsageError
from omr.i18n import _
from omr.imaging.warp import use_one_thread
from omr.intake.frames import check_unchanged, scans
from omr.model.layout import Layout
from omr.model.reading import Outcome, Reason, Rejection
from omr.model.scan import Scan, ScanId, Source
from omr.pipeline import read_scan
from omr.read.known import Index
from omr.settings import Settings

FRAMES_A_MESSAGE = 16
"""Pages read between two messages and stored at once: enough to cost nothing, few enough to lose little."""

SECONDS_A_FRAME = 60.0
"""A page takes 0.05 s; one that takes a thousand times as long hangs."""

SECONDS_A_MESSAGE = 240.0
"""A message takes a second; where none is answered for this long, its pages are read one by one."""


@dataclass(frozen=True, slots=True)
class Task:
    """Frames of one file, by path: pixels never travel between processes. `first`, `last` count from 1."""

    source: Source
    first: int
    last: int

    @property
    def frames(self) -> range:
        """The frames of the task."""
        return range(self.first, self.last + 1)

    def alone(self) -> tuple[Task, ...]:
        """Return one task a frame."""
        return tuple(Task(self.source, frame, frame) for frame in self.frames)

    def refused(self, reason: Reason, detail: str) -> tuple[Outcome, ...]:
        """Return a rejection of every frame."""
        return tuple(Rejection(ScanId(self.source.sha256, frame), reason, detail) for frame in self.frames)


@dataclass(frozen=True, slots=True)
class Reader:
    """What a worker needs to know: every frozen layout by digest, the settings, forms that others printed."""

    layouts: Mapping[str, Layout]
    settings: Settings
    existing: Index | None = None

    def __call__(self, task: Task) -> tuple[Outcome, ...]:
        """Return one outcome a page of the task's frames. Raises SourceError where the file changed."""
        outcomes: list[Outcome] = []
        check_unchanged(task.source)
        for scan in self.scans(task):
            outcomes.extend((scan,) if isinstance(scan, Rejection) else self.read(scan))
        check_unchanged(task.source)
        return tuple(outcomes)

    def scans(self, task: Task) -> Iterator[Scan | Rejection]:
        """Yield the task's frames, one in memory at a time."""
        return without_damaged(scans(task.source, task.frames, small=True))

    def read(self, scan: Scan) -> Iterator[Outcome]:
        """Yield what a scan shows, as it is to be stored."""
        for outcome in read_scan(scan, self.layouts, self.settings, self.existing):
            yield self.kept(scan, outcome)

    def kept(self, scan: Scan, outcome: Outcome) -> Outcome:
        """Return an outcome with the pictures of its doubtful rows."""
        if isinstance(outcome, Rejection):
            return outcome
        page = self.layouts[outcome.page.digest].page(outcome.page.page)
        return with_strips(outcome, scan, page)


_reader: Reader | None = None


def read_tasks(tasks: tuple[Task, ...]) -> tuple[tuple[Outcome, ...], ...]:
    """Read the tasks of one message in a worker that `_begin` has prepared."""
    if _reader is None:
        raise RuntimeError("the worker was not prepared")
    return tuple(_reader(task) for task in tasks)


def local(reader: Reader, workers: int) -> Executor:
    """Return a pool of processes, started anew everywhere (spawn): the same on Windows and Linux."""
    return ProcessPoolExecutor(
        workers, multiprocessing.get_context("spawn"), initializer=_begin, initargs=(reader,)
    )


def cluster(reader: Reader, scheduler: str | None) -> Executor:
    """Return an executor on a dask cluster, or on a local one without an address.

    Raises UsageError where the extra is not installed.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError(_("--engine dask needs the extra package: pip install 'omr[cluster]'.")) from error
    client = Client(scheduler) if scheduler else Client(processes=True, threads_per_worker=1)
    client.run(_begin, reader)
    executor: Executor = client.get_executor()
    return executor


def stop(executor: Executor) -> None:
    """Leave an executor whose worker hangs: nothing more is waited for."""
    executor.shutdown(wait=False, cancel_futures=True)
    for process in multiprocessing.active_children():
        process.kill()


ExecutorMaker = Callable[[Reader], Executor]


def keep_freed_memory() -> None:
    """Let this process hold on to freed memory up to what a page takes, where its C library can (glibc).

    Else every page's arrays are given back and fetched anew, 4 KiB at a time: a quarter of its whole cost.
    """
    if sys.platform != "linux" or not hasattr(libc := ctypes.CDLL(None), "mallopt"):
        return
    for what, most in ((_M_TRIM_THRESHOLD, 64 << 20), (_M_MMAP_THRESHOLD, 32 << 20)):
        libc.mallopt(what, most)


_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
"""Names of <malloc.h>: free memory from which some is given back; size from which an array lies apart."""


def _begin(reader: Reader) -> None:
    global _reader  # noqa: PLW0603  (a worker is a process of its own: this is its one piece of state)
    _reader = reader
    use_one_thread()
    keep_freed_memory()
    warnings.simplefilter("ignore")  # of libraries, about damaged files: what is wrong with them is told
    # Ctrl-C belongs to the main process, which then lets the workers finish their page.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: BaseProcess) -> None:
    """End this worker when the main process is gone: one that was killed told nobody."""
    parent.join()
    os._exit(1)
