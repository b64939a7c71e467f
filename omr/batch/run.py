"""Files → store: what is in the store is not read again, so a run that broke off simply goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path

from omr.batch.engine import (
    FRAMES_A_MESSAGE,
    SECONDS_A_FRAME,
    SECONDS_A_MESSAGE,
    ExecutorMaker,
    Reader,
    Task,
    read_tasks,
    stop,
)
from omr.errors import ClosedError, SourceError
from omr.i18n import _
from omr.intake.discover import Discovery, Found, discover
from omr.intake.frames import count_frames, open_source
from omr.model.reading import Outcome, Reading, Reason, Rejection
from omr.model.scan import Source
from omr.store.late import put_late
from omr.store.store import Store

Message = tuple[tuple[Task, str], ...]
"""What a worker reads at once, each task with the unit it is of."""

_IN_FLIGHT = 8
"""Messages handed out at once: memory does not grow with the stack."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a run did so far.

    pages: frames to be read, as far as files were opened. known: frames that were in the store already.
    doubts: boxes a person has to look at. problems: files and folders that could not be opened.
    passed_over: files of the folders that are no scans. copies: files that hold what another one holds.
    """

    pages: int = 0
    known: int = 0
    scans: int = 0
    read: int = 0
    rejected: int = 0
    blank: int = 0
    doubts: int = 0
    problems: tuple[str, ...] = ()
    passed_over: tuple[Path, ...] = ()
    copies: tuple[Path, ...] = ()

    @property
    def balanced(self) -> bool:
        """True where every scan is accounted for."""
        return self.scans == self.read + self.rejected + self.blank

    def with_outcomes(self, outcomes: Sequence[Outcome]) -> Tally:
        """Return the tally with the outcomes of one task added."""
        readings = [each for each in outcomes if isinstance(each, Reading)]
        refused = [each for each in outcomes if isinstance(each, Rejection)]
        blank = sum(each.reason is Reason.BLANK_PAGE for each in refused)
        return replace(
            self,
            scans=self.scans + len(outcomes),
            read=self.read + len(readings),
            rejected=self.rejected + len(refused) - blank,
            blank=self.blank + blank,
            doubts=self.doubts + sum(int(each.review.sum()) for each in readings),
        )


Progress = Callable[[Tally], None]


def read_batch(
    store: Store,
    paths: Sequence[Path],
    reader: Reader,
    make_executor: ExecutorMaker,
    *,
    unit: str | None = None,
    year: int | None = None,
    progress: Progress = lambda _tally: None,
) -> Tally:
    """Read files and folders into the store and return what was done.

    A frame that is in the store already is left alone. What a task yields is stored in one transaction;
    on Ctrl-C or a crash everything stored stays, and the next run reads the rest.
    Raises UsageError where a path does not exist, StoreError where the store cannot be written.
    """
    names = [str(path) for path in paths]
    return read_found(
        store, discover(paths), reader, make_executor, names, unit=unit, year=year, progress=progress
    )


def read_found(
    store: Store,
    found: Discovery,
    reader: Reader,
    make_executor: ExecutorMaker,
    names: Sequence[str],
    *,
    unit: str | None = None,
    year: int | None = None,
    progress: Progress = lambda _tally: None,
) -> Tally:
    """Read files that were found, as `read_batch` does; names: what the batch is told by."""
    run = _Run(store, reader, make_executor, names, year, progress)
    run.tally = replace(run.tally, problems=found.problems, passed_over=found.passed_over)
    try:
        for message in run.messages(found.files, unit):
            run.hand_out(message)
        run.finish()
    finally:
        run.close()
    return run.tally


class _Run:
    """One run: the tasks in flight and what has been counted."""

    def __init__(
        self,
        store: Store,
        reader: Reader,
        make_executor: ExecutorMaker,
        paths: Sequence[str],
        year: int | None,
        progress: Progress,
    ) -> None:
        self._store, self._reader, self._make = store, reader, make_executor
        self._paths, self._year, self._progress = paths, year, progress
        self._executor: Executor | None = None
        self._open: dict[Future[tuple[tuple[Outcome, ...], ...]], Message] = {}
        self._batch: int | None = None
        self._contents: dict[str, str] = {}
        self.tally = Tally()

    def messages(self, files: Sequence[Found], unit: str | None) -> Iterator[Message]:
        """Yield what is not in the store yet, in the order of the files; small files share a message."""
        work: list[tuple[Task, str]] = []
        for sources in self._sources(files):
            self._store.add_sources(*(source for source, _frames, _unit in sources))
            for source, frames, of_unit in sources:
                for task in self._missing(source, frames):
                    if sum(len(each.frames) for each, _unit in (*work, (task, ""))) > FRAMES_A_MESSAGE:
                        yield tuple(work)
                        work = []
                    work.append((task, unit or of_unit))
        if work:
            yield tuple(work)

    def _sources(self, files: Sequence[Found]) -> Iterator[list[tuple[Source, int, str]]]:
        """Yield files with their frames and units, as many at once as fill a message.

        A file that cannot be opened is a problem of the run.
        """
        sources: list[tuple[Source, int, str]] = []
        for found in files:
            try:
                sources.append((open_source(found.path), count_frames(found.path), found.unit))
            except SourceError as error:
                self.tally = replace(self.tally, problems=(*self.tally.problems, str(error)))
            if sum(frames for _source, frames, _unit in sources) >= FRAMES_A_MESSAGE:
                yield sources
                sources = []
        if sources:
            yield sources

    def _missing(self, source: Source, frames: int) -> Iterator[Task]:
        """Yield the frames of a file that are not in the store yet."""
        if self._contents.setdefault(source.sha256, source.path) != source.path:
            self.tally = replace(self.tally, copies=(*self.tally.copies, Path(source.path)))
            return
        done = self._store.done_frames(source.sha256)
        missing = [frame for frame in range(1, frames + 1) if frame not in done]
        self.tally = replace(
            self.tally,
            pages=self.tally.pages + len(missing),
            known=self.tally.known + frames - len(missing),
        )
        for run in _chunked(missing):
            yield Task(source, run.start, run.stop - 1)

    def hand_out(self, message: Message) -> None:
        """Start reading; wait where enough is in flight."""
        while len(self._open) >= _IN_FLIGHT:
            self._collect()
        if self._executor is None:
            self._executor = self._make(self._reader)
        try:
            future = self._executor.submit(read_tasks, tuple(task for task, _unit in message))
            self._open[future] = message
        except BrokenProcessPool:
            self._recover([message])

    def finish(self) -> None:
        """Wait for all tasks."""
        while self._open:
            self._collect()

    def close(self) -> None:
        """Let the workers finish the task they are at, and go."""
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)

    def _collect(self) -> None:
        """Store what is ready; where a worker died or hangs, read the open tasks page by page."""
        ready, _others = wait(self._open, SECONDS_A_MESSAGE, FIRST_COMPLETED)
        if not ready:
            self._recover([])
            return
        broken = []
        for future in ready:
            message = self._open.pop(future)
            failure = future.exception()
            if failure is None:
                self._keep(message, future.result())
            elif isinstance(failure, BrokenProcessPool):
                broken.append(message)
            else:
                self._one_by_one(message)
        if broken:
            self._recover(broken)

    def _recover(self, broken: list[Message]) -> None:
        """Read every open task again, one page at a time; a page that fails alone is refused."""
        again = broken + list(self._open.values())
        self._open.clear()
        if self._executor is not None:
            stop(self._executor)
            self._executor = None
        for message in again:
            self._one_by_one(message)

    def _one_by_one(self, message: Message) -> None:
        for task, unit in message:
            for single in task.alone():
                self._keep(((single, unit),), (self._alone(single),))

    def _alone(self, task: Task) -> tuple[Outcome, ...]:
        if self._executor is None:
            self._executor = self._make(self._reader)
        try:
            return self._executor.submit(read_tasks, (task,)).result(SECONDS_A_FRAME)[0]
        except BrokenProcessPool:
            refused = task.refused(Reason.UNREADABLE, "the reader broke down on this page")
        except TimeoutError:
            refused = task.refused(Reason.TIMEOUT, f"{SECONDS_A_FRAME:.0f} s")
        except SourceError as error:  # the file is gone or another one: nothing is said of its pages
            self._leave_out(str(error))
            return ()
        except Exception as error:  # noqa: BLE001 (whatever a page does to the reader, the others are read)
            return task.refused(Reason.UNREADABLE, f"the reader broke down on this page: {error!r}"[:200])
        stop(self._executor)
        self._executor = None
        return refused

    def _keep(self, message: Message, outcomes: tuple[tuple[Outcome, ...], ...]) -> None:
        """Store what became of a message, in one transaction a unit."""
        if self._batch is None:
            self._batch = self._store.begin_batch(self._paths, self._year)
        units = (unit for _task, unit in message)
        for unit, of_unit in groupby(zip(units, outcomes, strict=True), key=itemgetter(0)):
            together = tuple(chain.from_iterable(each for _unit, each in of_unit))
            kept = self._stored(self._batch, unit, together)  # adds to the tally's problems: not in one go
            self.tally = self.tally.with_outcomes(kept)
        self._progress(self.tally)

    def _stored(self, batch: int, unit: str, outcomes: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
        """Store the outcomes of a task and return them, without those of a unit that is closed."""
        try:
            self._store.put(batch, unit, outcomes)
        except ClosedError as closed:
            if len(outcomes) > 1:
                alone = [self._stored(batch, unit, (outcome,)) for outcome in outcomes]
                return tuple(outcome for some in alone for outcome in some)
            put_late(self._store, closed.places[0], outcomes)
            self._leave_out(
                _("Pages were left out; the ledger names them until they are read. {why}").format(why=closed)
            )
            return ()
        return outcomes

    def _leave_out(self, problem: str) -> None:
        """Tell once why pages were left out; the ledger names them until they are read."""
        if problem not in self.tally.problems:
            self.tally = replace(self.tally, problems=(*self.tally.problems, problem))


def _chunked(frames: Sequence[int]) -> Iterator[range]:
    """Return runs of neighbouring frames, none longer than a message."""
    start = 0
    for at in range(1, len(frames) + 1):
        if at == len(frames) or frames[at] != frames[at - 1] + 1 or at - start == FRAMES_A_MESSAGE:
            yield range(frames[start], frames[at - 1] + 1)
            start = at
