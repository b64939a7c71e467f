"""Memory: how much each process of a run holds, and whether that grows with the stack."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from bench.speed.pages import Stack
from bench.speed.ways import layouts, new_store
from bench.speed.workers import apart, repeated
from bench.tables import Table
from omr.batch import engine, run
from omr.batch.engine import Reader
from omr.settings import DEFAULT


def weigh(stacks: Sequence[Stack], pages: int, folder: Path) -> Table:
    """Return the peak memory of a run's main process and its worker after 100 pages and at the end."""
    rows = []
    for stack in stacks:
        paths = repeated(stack, pages, folder)
        done = subprocess.run(
            (sys.executable, "-m", "bench.speed.memory", str(folder), *map(str, paths)),
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        )
        seen = json.loads(done.stdout)
        at_first = next(each for each in seen if each[0] >= min(100, pages))
        (first, main, worker), (last, main_end, worker_end) = at_first, seen[-1]
        for name, begin, end in (("worker", worker, worker_end), ("main process", main, main_end)):
            grown = f"{(end - begin) * 1024 / max(last - first, 1):.1f}"
            rows.append((f"{stack.name}, {name}", str(first), f"{begin:.1f}", str(last), f"{end:.1f}", grown))
    title = "Memory: peak resident MiB of each process of a run with one worker, and KiB grown a page between"
    return Table(title, ("process", "pages", "MiB", "pages then", "MiB then", "KiB a page"), tuple(rows))


def report_memory() -> None:
    """Print, as JSON, pages read and the peaks of both processes after each task; runs in a new process."""
    folder, *paths = map(Path, sys.argv[1:])
    seen: list[tuple[int, float, float]] = []

    def look(tally: run.Tally) -> None:
        workers = [_peak(child.pid) for child in multiprocessing.active_children()]
        seen.append((tally.scans, _peak(os.getpid()), max(workers)))

    with new_store(folder) as store, apart():
        run.read_batch(
            store, paths, Reader(layouts(), DEFAULT), partial(engine.local, workers=1), progress=look
        )
    print(json.dumps(seen))


def _peak(process: int | None) -> float:
    """Return the most memory a process has held, MiB.

    The kernel's own mark of this process: ru_maxrss says the same, but of a child it never says less than
    what its parent held when it was started.
    """
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    report_memory()
