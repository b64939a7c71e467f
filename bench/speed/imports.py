"""What starting costs, and which heavy libraries are loaded by it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from bench.speed.pages import Stack
from bench.speed.ways import cpu
from bench.tables import Table

HEAVY = ("numpy", "cv2", "pandas", "fastapi", "dask", "distributed", "reportlab", "xlsxwriter")
"""Libraries whose import is felt."""


def weigh_imports(stack: Stack, folder: Path) -> Table:
    """Return what starting costs and which heavy libraries it loads."""
    store, scan = folder / "imports.db", stack.files[0]
    cases = {
        "omr --help": ("--help",),
        "omr layouts": ("layouts",),
        "omr read (one page)": ("read", str(scan), "--workers", "1", "--store", str(store)),
    }
    rows = []
    for name, arguments in cases.items():
        found = [_started(arguments, store) for _round in range(3)]
        wall, used = (median(column) for column in zip(*((each[0], each[1]) for each in found), strict=True))
        rows.append((name, f"{wall:.2f}", f"{used:.2f}", str(found[0][2]), found[0][3]))
    rows.append(("its worker", "-", "-", *_worker_imports()))
    title = "Imports: seconds from start to end (median of 3), modules loaded, the heavy ones among them"
    return Table(title, ("command", "wall s", "CPU s", "modules", "heavy"), tuple(rows))


_LOADED = (
    f"(len(__import__('sys').modules),"
    f" ' '.join(name for name in {HEAVY!r} if name in __import__('sys').modules) or '-')"
)


def _started(arguments: Sequence[str], store: Path) -> tuple[float, float, int, str]:
    """Return wall and CPU seconds of a command in a new process, and what it loaded."""
    store.unlink(missing_ok=True)
    code = (
        "import atexit, json, sys\n"
        f"atexit.register(lambda: print('\\n' + json.dumps({_LOADED})))\n"
        "import omr.cli; omr.cli.main()"
    )
    start, used = time.perf_counter(), cpu()
    done = subprocess.run(
        (sys.executable, "-c", code, *arguments), capture_output=True, text=True, check=False
    )
    wall, used = time.perf_counter() - start, cpu() - used
    if done.returncode not in {0, 3}:
        sys.exit(f"omr {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}")
    modules, heavy = json.loads(done.stdout.splitlines()[-1])
    return wall, used, modules, heavy


def _worker_imports() -> tuple[str, str]:
    """Return how many modules a worker holds, and the heavy ones; this file is not among them."""
    code = (
        "from omr.batch.engine import Reader, local\nfrom omr.settings import DEFAULT\n"
        "pool = local(Reader({}, DEFAULT), 1)\n"
        f"print(*pool.submit(eval, {_LOADED!r}).result(), sep='\\t')\npool.shutdown()"
    )
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=True)
    modules, heavy = done.stdout.strip().split("\t")
    return modules, heavy
