"""One way through a stack: bare decode, intake alone, or from files to stored rows; CPU seconds of each."""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from bench.speed.pages import Stack
from omr.batch import engine, run
from omr.batch.engine import Reader
from omr.cli.session import known_layouts
from omr.intake.frames import count_frames, open_source
from omr.model.layout import Layout
from omr.model.reading import Outcome
from omr.model.scan import Scan
from omr.store.store import Store


class Here(Executor):
    """Reads each task at once, in this process: the engine's own work without messages."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def submit(self, _function: object, tasks: tuple[engine.Task, ...], /) -> Future[Any]:  # type: ignore[override]
        """Return what the reader makes of a message."""
        future: Future[Any] = Future()
        future.set_result(tuple(self._reader(task) for task in tasks))
        return future


def cpu() -> float:
    """Return the user and system seconds of this process and its children."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def bare(stack: Stack, how: int = cv2.IMREAD_GRAYSCALE) -> float:
    """Return the CPU seconds of decoding the pictures at full size and letting them go."""
    if stack.pictures[0].suffix == ".tif":
        return _bare_fax(stack)
    encoded = [np.fromfile(path, np.uint8) for path in stack.pictures]
    start = cpu()
    for data in encoded:
        cv2.imdecode(data, how)
    return cpu() - start


def _bare_fax(stack: Stack) -> float:
    start = cpu()
    for path in stack.pictures:
        with Image.open(path) as tiff:
            for number in range(tiff.n_frames):
                tiff.seek(number)
                np.asarray(tiff.convert("L"))
    return cpu() - start


class _Intake(Reader):
    """Takes scans in as the engine does, and reads nothing of them."""

    def read(self, scan: Scan) -> Iterator[Outcome]:
        """Yield nothing."""
        del scan
        return iter(())


def intake(stack: Stack, reader: Reader) -> float:
    """Return the CPU seconds of the stack's files becoming scans, as the engine takes them in."""
    taken = _Intake(reader.layouts, reader.settings)
    start = cpu()
    for path in stack.files:
        if taken(engine.Task(open_source(path), 1, count_frames(path))):
            sys.exit(f"{path} cannot be decoded")
    return cpu() - start


def whole(stack: Stack, reader: Reader, folder: Path) -> tuple[float, run.Tally]:
    """Return the CPU seconds from files to stored rows, and what was read."""
    store = new_store(folder)
    start = cpu()
    with store:
        tally = run.read_batch(store, [stack.folder], reader, Here)
    return cpu() - start, tally


def new_store(folder: Path) -> Store:
    """Return an empty store in a folder, in the place of an earlier one."""
    path = folder / "omr.db"
    path.unlink(missing_ok=True)
    return Store.open(path)


def layouts() -> Mapping[str, Layout]:
    """Return the frozen layouts that are shipped."""
    return known_layouts(Path("no-store.db"))
