"""Speed and memory from file to stored row, against the bare decode of the same frames.

    .venv/bin/python -m bench.speed [--sheets 3] [--pages FOLDER] [--quick]

Prints the tables and how each ratio moved since the kept ones; a full run then replaces
bench/results/speed.txt and the tables in docs/speed.md, which says how things are measured, and adds
a line to bench/results/speed.jsonl: the last three of them are shown side by side.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import cv2
from PIL import Image

from bench.speed.formats import time_formats, time_layouts
from bench.speed.imports import weigh_imports
from bench.speed.memory import weigh
from bench.speed.pages import LAYOUTS, make_stacks
from bench.speed.runs import remember
from bench.speed.workers import time_workers
from bench.tables import Table, keep, moves, parse, render
from omr.batch.engine import keep_freed_memory
from omr.imaging.warp import use_one_thread

ROOT = Path(__file__).parents[2]
RUNS = ROOT / "bench" / "results" / "speed.jsonl"
KEPT = ROOT / "bench" / "results" / "speed.txt"
DOCUMENT = ROOT / "docs" / "speed.md"


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sheets", type=int, default=3, help="sheets of each layout")
    parser.add_argument("--quick", action="store_true", help="three rounds and 400 pages of memory; not kept")
    parser.add_argument("--pages", type=Path, help="folder to keep the pages in, used as they are when there")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        pages = chosen.pages or Path(folder) / "pages"
        tables = measured(chosen.sheets, pages, quick=chosen.quick, folder=Path(folder))
    print(render(tables))
    if KEPT.exists():
        moved = moves(parse(KEPT.read_text(encoding="utf-8")), tables)
        print("Moved since the kept run:", *moved, sep="\n  ")
    if not chosen.quick:
        tables.insert(1, remember(RUNS, tables))
        keep(tables, KEPT, DOCUMENT, "speed")


def measured(sheets: int, pages: Path, *, quick: bool, folder: Path) -> list[Table]:
    """Return every table. pages: where the pages are or are to be made; folder: for what is thrown away."""
    rounds, paced, remembered = (3, 120, 400) if quick else (5, 240, 2000)
    # As a worker does before its first page.
    use_one_thread()
    keep_freed_memory()
    warm = make_stacks(pages / "warm", 1, seed=2)
    stacks = make_stacks(pages / f"{sheets}-sheets", sheets, seed=1)
    gray, small, pdf = (
        stacks[name] for name in ("JPEG gray 300 dpi", "JPEG gray 200 dpi", "PDF of gray JPEG")
    )
    tables = [
        _machine(
            f"{gray.pages} pages, {gray.different} of them different, {sheets} sheets of each of "
            f"{len(LAYOUTS)} layouts; {rounds} rounds"
        )
    ]
    _tell("pages made")
    tables += time_formats(stacks, warm, rounds, folder)
    _tell("formats, stages")
    tables.append(time_layouts((gray, small), rounds, folder))
    _tell("layouts")
    tables.append(time_workers((gray, pdf), paced, folder))
    _tell("workers")
    tables.append(weigh((gray, pdf), remembered, folder))
    _tell("memory")
    tables.append(weigh_imports(gray, folder))
    return tables


def _machine(pages: str) -> Table:
    """Return what was measured, when and on what."""
    commit = subprocess.run(
        ("git", "describe", "--always", "--dirty"),  # noqa: S607  (git stands where the machine has it)
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    told = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.partition(":")[2] for line in told if line.startswith("model name")), "-")
    software = f"Python {platform.python_version()}, OpenCV {cv2.__version__}, Pillow {Image.__version__}"
    rows = (
        ("commit", commit.stdout.strip() or "-"),
        ("date", f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"),
        ("cores", str(len(os.sched_getaffinity(0)))),
        ("processor", " ".join(model.split())),
        ("software", software),
        ("load average before", " ".join(f"{load:.2f}" for load in os.getloadavg())),
        ("pages and rounds", pages),
    )
    return Table("Machine", ("what", "value"), rows)


def _tell(message: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {message}", file=sys.stderr)


if __name__ == "__main__":
    main()
