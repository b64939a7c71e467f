"""Where the time of a page goes: every step of the path wrapped by a clock from outside."""

from __future__ import annotations

import inspect
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

from bench.speed.pages import Stack
from bench.speed.ways import Here, new_store
from omr import pipeline
from omr.batch import engine, run
from omr.batch.engine import Reader
from omr.intake import frames
from omr.intake.frames import scans
from omr.store.store import Store

STAGES = {
    "open": "open, hash",
    "decode": "decode",
    "identify": "identify",
    "fiducials": "fiducials",
    "register": "register",
    "reference": "boxes",
    "measure": "measure",
    "strokes": "strokes",
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

    def timed_scans(self, *arguments: Any, **named: Any) -> Iterator[Any]:  # noqa: ANN401  (as `scans`)
        """Yield scans, the decoding counted, and what is done between two of them not."""
        found = scans(*arguments, **named)
        while True:
            with self.on("decode"):
                scan = next(found, None)
            if scan is None:
                return
            yield scan

    def _turn(self) -> None:
        now = time.process_time()
        self.seconds[self._open[-1]] += now - self._since
        self._since = now


def stages(stack: Stack, reader: Reader, folder: Path) -> dict[str, float]:
    """Return the CPU seconds of each stage of `whole`, every step of the path wrapped by a clock."""
    clock, store = StageClock(), new_store(folder)
    with ExitStack() as wrapped:
        for home, name, stage in _steps():
            timed = clock.timed(stage, getattr(home, name))
            wrapped.enter_context(mock.patch.object(home, name, timed))
        for home in (engine, frames):
            wrapped.enter_context(mock.patch.object(home, "scans", clock.timed_scans))
        clock.start()
        with store:
            run.read_batch(store, [stack.folder], reader, Here)
        clock.stop()
    named: defaultdict[str, float] = defaultdict(float)
    for stage, seconds in clock.seconds.items():
        named[STAGES.get(stage, stage)] += seconds
    return named


def _steps() -> Iterator[tuple[object, str, str]]:
    """Yield what the path calls: where its name stands, the name, its stage."""
    for name in ("discover", "open_source", "count_frames"):
        yield run, name, "open"
    yield engine, "with_strips", "strips"
    for name, value in vars(Store).items():
        if inspect.isfunction(value) and not name.startswith("_"):
            yield Store, name, "store"
    for name, value in vars(pipeline).items():
        if isinstance(value, ModuleType) and value.__name__.startswith("omr.read."):
            for inner, function in vars(value).items():
                if inspect.isfunction(function) and function.__module__ == value.__name__:
                    yield value, inner, value.__name__.rpartition(".")[2]
        elif inspect.isfunction(value) and value.__module__.startswith("omr.read."):
            yield pipeline, name, value.__module__.rpartition(".")[2]
