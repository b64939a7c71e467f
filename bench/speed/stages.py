"""Where the time of a page goes: a clock before every step that the path looks up in one place."""

from __future__ import annotations

import inspect
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any
from unittest import mock

from bench.speed.pages import Stack
from bench.speed.ways import Here, new_store
from omr.batch import run
from omr.batch.engine import Reader, Task
from omr.model.reading import Outcome, Rejection
from omr.model.scan import Scan
from omr.pipeline import steps
from omr.store.store import Store

STAGES = {
    "open": "open, hash",
    "decode": "decode",
    "identify": "identify",
    "fiducials": "fiducials",
    "register": "register",
    "reference": "boxes",
    "measure": "measure",
    "streaks": "streaks",
    "strokes": "strokes",
    "passing": "passing",
    "beside": "beside",
    "classify": "classify, resolve",
    "resolve": "classify, resolve",
    "ink": "fields, ink",
    "strips": "pictures",
    "store": "store",
    "between": "between",
}
"""Names of the stages in the order of the path; a step of omr.read goes by its module's name."""


@dataclass(slots=True)
class StageClock:
    """CPU seconds by stage; a function called within another stage's counts for its own."""

    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    _open: list[str] = field(default_factory=lambda: ["between"])
    _since: float = 0.0

    @contextmanager
    def on(self, stage: str) -> Iterator[None]:
        """Count what happens within for `stage`."""
        self._turn()
        self._open.append(stage)
        try:
            yield
        finally:
            self._turn()
            self._open.pop()

    def start(self) -> None:
        """Forget what was before."""
        self._since = time.process_time()

    def stop(self) -> None:
        """Count what happened since the last stage."""
        self._turn()

    def timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function, counted."""

        @wraps(function)
        def counted(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401  (whatever the function takes)
            with self.on(stage):
                return function(*arguments, **named)

        return counted

    def _turn(self) -> None:
        now = time.process_time()
        self.seconds[self._open[-1]] += now - self._since
        self._since = now


@dataclass(frozen=True)
class _ClockedReader(Reader):
    """Reads as the engine does, decoding and pictures counted."""

    clock: StageClock = field(default_factory=StageClock)

    def scans(self, task: Task) -> Iterator[Scan | Rejection]:
        """Yield scans, the decoding counted, and what is done between two of them not."""
        found = super().scans(task)
        while True:
            with self.clock.on("decode"):
                scan = next(found, None)
            if scan is None:
                return
            yield scan

    def kept(self, scan: Scan, outcome: Outcome) -> Outcome:
        """Return an outcome with its pictures, counted."""
        with self.clock.on("strips"):
            return super().kept(scan, outcome)


def stages(stack: Stack, reader: Reader, folder: Path) -> dict[str, float]:
    """Return the CPU seconds of each stage of `whole`, a clock before every step of the path."""
    clock, store = StageClock(), new_store(folder)
    with ExitStack() as wrapped:
        for home, name, stage in _steps():
            timed = clock.timed(stage, getattr(home, name))
            wrapped.enter_context(mock.patch.object(home, name, timed))
        clocked = _ClockedReader(reader.layouts, reader.settings, reader.existing, clock)
        clock.start()
        with store:
            run.read_batch(store, [stack.folder], clocked, Here)
        clock.stop()
    named: defaultdict[str, float] = defaultdict(float)
    for stage, seconds in clock.seconds.items():
        named[STAGES.get(stage, stage)] += seconds
    return named


def _steps() -> Iterator[tuple[object, str, str]]:
    """Yield what the path calls: where it is looked up, its name, its stage."""
    for name in ("discover", "open_source", "count_frames"):
        yield run, name, "open"
    for name, _function in inspect.getmembers(Store, inspect.isfunction):
        if not name.startswith("_"):
            yield Store, name, "store"
    for name in steps.__all__:
        yield steps, name, getattr(steps, name).__module__.rpartition(".")[2]
