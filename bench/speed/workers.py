"""The real engine: how much faster two processes are."""

from __future__ import annotations

import hashlib
import os
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from unittest import mock

from bench.speed.pages import Stack
from bench.speed.ways import layouts, new_store
from bench.tables import Table
from omr.batch import engine, run
from omr.batch.engine import Reader
from omr.intake.frames import open_source
from omr.model.scan import Source
from omr.settings import DEFAULT


def time_workers(stacks: Sequence[Stack], pages: int, folder: Path) -> Table:
    """Return the wall time of the real engine with one and two processes."""
    reader, rows = Reader(layouts(), DEFAULT), []
    for stack in stacks:
        many = repeated(stack, pages, folder)
        walls: defaultdict[int, list[float]] = defaultdict(list)
        paces: defaultdict[int, list[float]] = defaultdict(list)
        loads: defaultdict[int, list[float]] = defaultdict(list)
        for _round in range(3):
            for workers in (1, 2):
                loads[workers].append(os.getloadavg()[0])
                wall, pace = _paced(many, reader, workers, folder)
                walls[workers].append(wall)
                paces[workers].append(pace)
        rows += [
            (
                f"{stack.name}, {workers} worker{'s' * (workers > 1)}",
                str(pages),
                f"{median(walls[workers]):.2f}",
                f"{median(paces[workers]):.1f}",
                f"{median(paces[workers]) / median(paces[1]):.2f}" if workers > 1 else "-",
                f"{median(loads[workers]):.2f}",
            )
            for workers in (1, 2)
        ]
        title = (
            "Workers: wall time of the real engine, median of 3; ratio = pages a second against one worker"
        )
    return Table(title, ("stack", "pages", "seconds", "pages/s", "ratio", "load before"), tuple(rows))


def _paced(paths: Sequence[Path], reader: Reader, workers: int, folder: Path) -> tuple[float, float]:
    """Return the seconds from call to end, and the pages a second once the first ones were stored."""
    seen: list[tuple[float, int]] = []
    start = time.perf_counter()
    with new_store(folder) as store, apart():
        run.read_batch(
            store,
            paths,
            reader,
            partial(engine.local, workers=workers),
            progress=lambda tally: seen.append((time.perf_counter(), tally.scans)),
        )
    (begun, first), (ended, last) = seen[0], seen[-1]
    return time.perf_counter() - start, (last - first) / (ended - begun)


def repeated(stack: Stack, pages: int, folder: Path) -> tuple[Path, ...]:
    """Return paths of the stack's files, linked again and again until there are that many pages."""
    place = folder / f"{stack.folder.name}-{pages}"
    place.mkdir(exist_ok=True)
    a_file = stack.pages // len(stack.files)
    paths = tuple(place / f"{number:05d}{stack.files[0].suffix}" for number in range(-(-pages // a_file)))
    for number, path in enumerate(paths):
        if not path.exists():
            os.link(stack.files[number % len(stack.files)], path)
    return paths


@contextmanager
def apart() -> Iterator[None]:
    """Let one file under several names count as several: its path goes into its digest."""

    def named(path: Path) -> Source:
        source = open_source(path)
        return replace(source, sha256=hashlib.sha256(f"{source.sha256}{path}".encode()).hexdigest())

    with mock.patch.object(run, "open_source", named):
        yield
