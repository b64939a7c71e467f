"""Speed and memory from file to stored row, against the bare decode of the same frames.

    .venv/bin/python -m bench.speed [--pages 60] [--quick]

Prints the tables and how each ratio moved since the kept ones; a full run then replaces
bench/results/speed.txt and the tables in docs/speed.md, which says how things are measured.
"""

from __future__ import annotations

import argparse
import hashlib
import inspect
import json
import multiprocessing
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial, wraps
from pathlib import Path
from statistics import median
from types import ModuleType
from typing import Any
from unittest import mock

import cv2
import numpy as np
from PIL import Image

from bench.tables import Table, keep, moves, parse, render
from omr import pipeline
from omr.batch import engine, run
from omr.batch.engine import Reader
from omr.cli.session import known_layouts
from omr.imaging.warp import use_one_thread
from omr.intake import frames
from omr.intake.frames import count_frames, open_source, scans
from omr.model.scan import Source
from omr.settings import DEFAULT
from omr.store.store import Store

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "bench" / "results" / "speed.txt"
DOCUMENT = ROOT / "docs" / "speed.md"
OMR = "import omr.cli; omr.cli.main()"

LAYOUTS = ("haugiang-ca-nhan", "travinh-82", "vinhlong-1")
"""Forms of four pages each; equal shares of the measured pages."""

WARM = 1
"""Sheets of other people, read first: what is made once (imports, tables, buffers) is made then."""

QUALITY = 75
"""Of the JPEG files: at 300 dpi a page then takes some 600 kB, as an office scanner's does."""

HEAVY = ("numpy", "cv2", "pandas", "fastapi", "dask", "distributed", "reportlab", "xlsxwriter")
"""Libraries whose import is felt."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured: pages of a format, rounds, pages read for the pace and for the memory."""

    pages: int
    rounds: int
    paced: int
    remembered: int


@dataclass(frozen=True, slots=True)
class Stack:
    """One format: the folder that is read, and the encoded pictures in it, which the bare decode takes."""

    name: str
    folder: Path
    pictures: tuple[Path, ...]

    @property
    def files(self) -> tuple[Path, ...]:
        """The files of the folder, by name."""
        return tuple(sorted(self.folder.iterdir()))


# The pages


def make_stacks(folder: Path, sheets: int, seed: int) -> dict[str, Stack]:
    """Return the same pages in every format by its name; fax pages are scanned apart, by the same people."""
    making = [
        subprocess.Popen(
            (sys.executable, "-c", OMR, "synth", layout, "--sheets", str(sheets), "--seed", str(seed),
             "--dpi", "300", "--profile", profile, "--format", kind, "--unit", layout,
             "-o", str(folder / profile / layout)),
            stderr=subprocess.DEVNULL,
        )
        for profile, kind in (("office", "png"), ("onebit", "tiff"))
        for layout in LAYOUTS
    ]  # fmt: skip
    if any(process.wait() for process in making):
        sys.exit("omr synth failed")
    fax = _gathered(folder / "fax", sorted((folder / "onebit").glob("*/scans/*/*.tif")))
    plain = _gathered(folder / "png", sorted((folder / "office").glob("*/scans/*/*.png")))
    made = {name: folder / name for name in ("gray-300", "gray-200", "colour-300", "pdf-gray", "pdf-colour")}
    for place in made.values():
        place.mkdir()
    for path in plain:
        page = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        if page is None:
            sys.exit(f"{path} cannot be decoded")
        small = cv2.resize(page, None, fx=2 / 3, fy=2 / 3, interpolation=cv2.INTER_AREA)
        _jpeg(made["gray-300"] / f"{path.stem}.jpg", page, 300)
        _jpeg(made["gray-200"] / f"{path.stem}.jpg", small, 200)
        _jpeg(made["colour-300"] / f"{path.stem}.jpg", _coloured(page), 300)
    gray, colour = (tuple(sorted(made[name].iterdir())) for name in ("gray-300", "colour-300"))
    _pdf(made["pdf-gray"] / "stack.pdf", gray)
    _pdf(made["pdf-colour"] / "stack.pdf", colour)
    stacks = (
        Stack("JPEG gray 300 dpi", made["gray-300"], gray),
        Stack("JPEG gray 200 dpi", made["gray-200"], tuple(sorted(made["gray-200"].iterdir()))),
        Stack("JPEG colour 300 dpi", made["colour-300"], colour),
        Stack("PDF of gray JPEG", made["pdf-gray"], gray),
        Stack("PDF of colour JPEG", made["pdf-colour"], colour),
        Stack("TIFF G4 300 dpi", folder / "fax", fax),
        Stack("PNG gray 300 dpi", folder / "png", plain),
    )
    return {stack.name: stack for stack in stacks}


def _gathered(folder: Path, found: Sequence[Path]) -> tuple[Path, ...]:
    """Return files of many folders moved into one."""
    folder.mkdir()
    return tuple(path.rename(folder / f"{number:04d}{path.suffix}") for number, path in enumerate(found))


def _jpeg(path: Path, page: np.ndarray, dpi: int) -> None:
    Image.fromarray(page).save(path, quality=QUALITY, dpi=(dpi, dpi))


def _coloured(page: np.ndarray) -> np.ndarray:
    """Return a page in red, green, blue: warm paper, and colours that lie a pixel apart, as sensors' do."""
    blue = cv2.convertScaleAbs(np.roll(page, 1, axis=0), alpha=0.94)
    return np.dstack((page, page, blue))


def _pdf(path: Path, pictures: Sequence[Path]) -> None:
    """Write JPEG files as they are, a page each: the shortest PDF that holds them."""
    objects: list[bytes] = []
    pages: list[str] = []
    for at, picture in enumerate(pictures):
        with Image.open(picture) as header:
            (columns, rows), mode, dpi = header.size, header.mode, header.info["dpi"][0]
        wide, high = (float(72 * size / dpi) for size in (columns, rows))
        data, first = picture.read_bytes(), 3 + 3 * at
        space = "DeviceGray" if mode == "L" else "DeviceRGB"
        draw = f"q {wide:.2f} 0 0 {high:.2f} 0 0 cm /Im Do Q".encode()
        objects += [
            f"<< /Type /XObject /Subtype /Image /Width {columns} /Height {rows} /ColorSpace /{space} "
            f"/BitsPerComponent 8 /Filter /DCTDecode /Length {len(data)} >>\nstream\n".encode()
            + data + b"\nendstream",
            b"<< /Length %d >>\nstream\n%b\nendstream" % (len(draw), draw),
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {wide:.2f} {high:.2f}] "
            f"/Resources << /XObject << /Im {first} 0 R >> >> /Contents {first + 1} 0 R >>".encode(),
        ]  # fmt: skip
        pages.append(f"{first + 2} 0 R")
    tree = f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(pages)}] >>".encode()
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", tree, *objects]
    written, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = len(written)
    written += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    written += "".join(f"{offset:010d} 00000 n \n" for offset in offsets).encode()
    written += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()
    path.write_bytes(written)


# One way through a stack


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


def intake(stack: Stack, reader: Reader) -> float:
    """Return the CPU seconds of the stack's files becoming scans, as the engine takes them in."""
    with mock.patch.object(engine, "read_scan", lambda *_scan: ()):  # noqa: PT008  (a Mock keeps every image)
        start = cpu()
        for path in stack.files:
            if reader(engine.Task(open_source(path), 1, count_frames(path))):
                sys.exit(f"{path} cannot be decoded")
        return cpu() - start


def whole(stack: Stack, reader: Reader, folder: Path) -> tuple[float, run.Tally]:
    """Return the CPU seconds from files to stored rows, and what was read."""
    store = _new_store(folder)
    start = cpu()
    with store:
        tally = run.read_batch(store, [stack.folder], reader, Here)
    return cpu() - start, tally


def _new_store(folder: Path) -> Store:
    path = folder / "omr.db"
    path.unlink(missing_ok=True)
    return Store.open(path)


# Stages

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
    clock, store = StageClock(), _new_store(folder)
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


# The measurements


def time_formats(
    stacks: Mapping[str, Stack], warm: Mapping[str, Stack], plan: Plan, folder: Path
) -> list[Table]:
    """Return the tables of CPU time by format and by stage: every way in every round, one after another."""
    reader = Reader(_layouts(), DEFAULT)
    ways: dict[str, Callable[[Stack], float]] = {
        "decode": bare,
        "in colour": partial(bare, how=cv2.IMREAD_COLOR),
        "intake": lambda stack: intake(stack, reader),
        "whole": lambda stack: whole(stack, reader, folder)[0],
    }
    times: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    parts: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for number in range(plan.rounds + 1):
        for name, stack in (stacks if number else warm).items():
            found = {
                way: timed(stack) for way, timed in ways.items() if way != "in colour" or "colour" in name
            }
            split = stages(stack, reader, folder)
            if number:
                for way, seconds in found.items():
                    times[name, way].append(1000 * seconds / plan.pages)
                for part, seconds in split.items():
                    parts[name, part].append(1000 * seconds / plan.pages)
        _tell(f"round {number} of {plan.rounds}" if number else "warm")
    tallies = {name: whole(stack, reader, folder)[1] for name, stack in stacks.items()}
    return [_formats(stacks, times, tallies, plan), _stages(stacks, times, parts, plan)]


def _formats(
    stacks: Mapping[str, Stack],
    times: Mapping[tuple[str, str], Sequence[float]],
    tallies: Mapping[str, run.Tally],
    plan: Plan,
) -> Table:
    rows = []
    for name, stack in stacks.items():
        decode, whole_ms = times[name, "decode"], times[name, "whole"]
        ratios = [high / low for high, low in zip(whole_ms, decode, strict=True)]
        colour = f"{median(times[name, 'in colour']):.1f}" if (name, "in colour") in times else "-"
        rows.append(
            (
                name,
                str(tallies[name].scans),
                str(tallies[name].read),
                f"{sum(path.stat().st_size for path in stack.pictures) / 1000 / plan.pages:.0f}",
                f"{median(decode):.1f}",
                colour,
                f"{median(times[name, 'intake']):.1f}",
                f"{median(whole_ms):.1f}",
                f"{median(whole_ms) / median(decode):.2f}",
                f"{min(ratios):.2f}..{max(ratios):.2f}",
                f"{median(whole_ms) - median(decode):.1f}",
            )
        )
    title = (
        "Formats: CPU ms a page, median of the rounds; ratio = whole / decode, and its range over the rounds"
    )
    columns = ("format", "pages", "read", "kB", "decode", "in colour", "intake", "whole", "ratio", "range",
               "above")  # fmt: skip
    return Table(title, columns, tuple(rows))


def _stages(
    stacks: Mapping[str, Stack],
    times: Mapping[tuple[str, str], Sequence[float]],
    parts: Mapping[tuple[str, str], Sequence[float]],
    plan: Plan,
) -> Table:
    found = {stage for _name, stage in parts}
    known = list(dict.fromkeys(STAGES.values()))
    ordered = [stage for stage in known if stage in found] + sorted(found - set(known))
    cells = {key: median((*values, *[0.0] * (plan.rounds - len(values)))) for key, values in parts.items()}
    rows = [(stage, *(f"{cells.get((name, stage), 0.0):.2f}" for name in stacks)) for stage in ordered]
    sums = (sum(cells.get((name, stage), 0.0) for stage in ordered) for name in stacks)
    rows.append(("all stages", *(f"{total:.2f}" for total in sums)))
    rows.append(("whole, unwrapped", *(f"{median(times[name, 'whole']):.2f}" for name in stacks)))
    short = (
        name.replace(" 300 dpi", "").replace(" dpi", "").replace("PDF of", "PDF").replace("JPEG ", "")
        for name in stacks
    )
    return Table("Stages: CPU ms a page, median of the rounds", ("stage", *short), tuple(rows))


def time_workers(stacks: Sequence[Stack], plan: Plan, folder: Path) -> Table:
    """Return the wall time of the real engine with one and two processes."""
    reader, rows = Reader(_layouts(), DEFAULT), []
    for stack in stacks:
        many = _repeated(stack, plan.paced, plan.pages, folder)
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
                str(plan.paced),
                f"{median(walls[workers]):.2f}",
                f"{median(paces[workers]):.1f}",
                f"{median(paces[workers]) / median(paces[1]):.2f}" if workers > 1 else "-",
                f"{median(loads[workers]):.2f}",
            )
            for workers in (1, 2)
        ]
        _tell(f"workers, {stack.name}")
    title = "Workers: wall time of the real engine, median of 3; ratio = pages a second against one worker"
    return Table(title, ("stack", "pages", "seconds", "pages/s", "ratio", "load before"), tuple(rows))


def _paced(paths: Sequence[Path], reader: Reader, workers: int, folder: Path) -> tuple[float, float]:
    """Return the seconds from call to end, and the pages a second once the first ones were stored."""
    seen: list[tuple[float, int]] = []
    start = time.perf_counter()
    with _new_store(folder) as store, apart():
        run.read_batch(
            store,
            paths,
            reader,
            partial(engine.local, workers=workers),
            progress=lambda tally: seen.append((time.perf_counter(), tally.scans)),
        )
    (begun, first), (ended, last) = seen[0], seen[-1]
    return time.perf_counter() - start, (last - first) / (ended - begun)


def weigh(stacks: Sequence[Stack], plan: Plan, folder: Path) -> Table:
    """Return the peak memory of a run's main process and its worker after 100 pages and at the end."""
    rows = []
    for stack in stacks:
        paths = _repeated(stack, plan.remembered, plan.pages, folder)
        code = f"import sys; sys.path.insert(0, {str(ROOT / 'bench')!r}); import speed; speed.report_memory()"
        done = subprocess.run(
            (sys.executable, "-c", code, str(folder), *map(str, paths)),
            capture_output=True,
            text=True,
            check=True,
        )
        seen = json.loads(done.stdout)
        at_first = next(each for each in seen if each[0] >= min(100, plan.remembered))
        (first, main, worker), (last, main_end, worker_end) = at_first, seen[-1]
        for name, begin, end in (("worker", worker, worker_end), ("main process", main, main_end)):
            grown = f"{(end - begin) * 1024 / max(last - first, 1):.1f}"
            rows.append((f"{stack.name}, {name}", str(first), f"{begin:.1f}", str(last), f"{end:.1f}", grown))
        _tell(f"memory, {stack.name}")
    title = "Memory: peak resident MiB of each process of a run with one worker, and KiB grown a page between"
    return Table(title, ("process", "pages", "MiB", "pages then", "MiB then", "KiB a page"), tuple(rows))


def report_memory() -> None:
    """Print, as JSON, pages read and the peaks of both processes after each task; runs in a new process."""
    folder, *paths = map(Path, sys.argv[1:])
    seen: list[tuple[int, float, float]] = []

    def look(tally: run.Tally) -> None:
        workers = [_peak(child.pid) for child in multiprocessing.active_children()]
        seen.append((tally.scans, _peak(os.getpid()), max(workers)))

    with _new_store(folder) as store, apart():
        run.read_batch(
            store, paths, Reader(_layouts(), DEFAULT), partial(engine.local, workers=1), progress=look
        )
    print(json.dumps(seen))


def _peak(process: int | None) -> float:
    """Return the most memory a process has held, MiB.

    The kernel's own mark of this process: ru_maxrss says the same, but of a child it never says less than
    what its parent held when it was started.
    """
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


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


def _repeated(stack: Stack, pages: int, in_stack: int, folder: Path) -> tuple[Path, ...]:
    """Return paths of the stack's files, linked again and again until there are that many pages."""
    place = folder / f"{stack.folder.name}-{pages}"
    place.mkdir(exist_ok=True)
    a_file = in_stack // len(stack.files)
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


def _layouts() -> Mapping[str, Any]:
    return known_layouts(Path("no-store.db"))


def machine(plan: Plan) -> Table:
    """Return what was measured, when and on what."""
    commit = subprocess.run(
        ("git", "describe", "--always", "--dirty"),  # noqa: S607  (git stands where the machine has it)
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    cores = len(os.sched_getaffinity(0))
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor() or "-",
    )
    rows = (
        ("commit", commit.stdout.strip() or "-"),
        ("date", f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"),
        ("cores", str(cores)),
        ("processor", " ".join(model.split())),
        (
            "software",
            f"Python {platform.python_version()}, OpenCV {cv2.__version__}, Pillow {Image.__version__}",
        ),
        ("load average before", " ".join(f"{load:.2f}" for load in os.getloadavg())),
        ("pages and rounds", f"{plan.pages} pages of {', '.join(LAYOUTS)}; {plan.rounds} rounds"),
    )
    return Table("Machine", ("what", "value"), rows)


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines()


def _tell(message: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {message}", file=sys.stderr)


def measured(plan: Plan, folder: Path) -> list[Table]:
    """Return every table."""
    use_one_thread()
    engine.keep_freed_memory()
    head = machine(plan)
    warm = make_stacks(_made(folder / "warm"), WARM, seed=2)
    stacks = make_stacks(_made(folder / "pages"), plan.pages // (4 * len(LAYOUTS)), seed=1)
    _tell("pages made")
    many = (stacks["JPEG gray 300 dpi"], stacks["PDF of gray JPEG"])
    return [
        head,
        *time_formats(stacks, warm, plan, folder),
        time_workers(many, plan, folder),
        weigh(many, plan, folder),
        weigh_imports(many[0], folder),
    ]


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=60, help="pages a format, rounded up to whole sheets")
    parser.add_argument("--quick", action="store_true", help="three rounds and 400 pages of memory; not kept")
    chosen = parser.parse_args()
    a_round = 4 * len(LAYOUTS)
    pages = -(-chosen.pages // a_round) * a_round
    plan = Plan(pages, 3, 120, 400) if chosen.quick else Plan(pages, 5, 240, 2000)
    with tempfile.TemporaryDirectory() as folder:
        tables = measured(plan, Path(folder))
    print(render(tables))
    if KEPT.exists():
        moved = moves(parse(KEPT.read_text(encoding="utf-8")), tables)
        print("Moved since the kept run:", *moved, sep="\n  ")
    if not chosen.quick:
        keep(tables, KEPT, DOCUMENT, "speed")


if __name__ == "__main__":
    main()
