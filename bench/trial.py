"""Sheets made by one of the two generators, read as `omr read` reads them, and laid beside the truth."""

from __future__ import annotations

import csv
import json
import shutil
import sys
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path

import numpy as np

from omr.batch.engine import Reader, Task
from omr.forms.catalogue import Catalogue, shipped
from omr.forms.issue import PrintedSheet, issue_copies, manifest
from omr.forms.pdf import write_forms
from omr.forms.place import Placement
from omr.imaging.warp import use_one_thread
from omr.intake.frames import count_frames, open_source
from omr.model.reading import MarkState, Outcome, Reading, Reason
from omr.settings import DEFAULT, Settings
from omr.synth.fill import BoxTruth
from omr.synth.make import Frame, Handling, make_stack
from omr.synth.profiles import PROFILES, Profile
from omr.synth.respondent import STATES, Intent
from omr.synth.stack import Format, Picture, write_stack

PEOPLE = replace(
    PROFILES["office"].people,
    tools=(
        ("ballpoint-blue", 0.4),
        ("ballpoint-black", 0.2),
        ("ballpoint-red", 0.05),
        ("gel-blue", 0.1),
        ("gel-black", 0.05),
        ("felt", 0.05),
        ("pencil", 0.15),
    ),
    ways=(("tick", 0.45), ("cross", 0.3), ("slash", 0.25)),
    rows=(0.05, 0.3),
    blank=0.01,
    corrected=0.005,
    odd=0.02,
    odd_ways=(
        ("dot", 0.22),
        ("slip", 0.08),
        ("light", 0.22),
        ("check_long", 0.16),
        ("circle", 0.16),
        ("scribble", 0.16),
    ),
)
"""Who fills in the first generator's sheets: 2 % hard marks, 1 % blank rows, 0.5 % corrections."""

HARD = frozenset({"dot", "slip", "light", "check_long", "circle", "beside", "speck"})

_FULL_SPAN, _SHORT_SPAN = 2.8, 2.0
"""mm inside a box: from the first on a stroke is a mark, below the second it is marginal."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """One stack to be made and read.

    generator: 1 (omr.synth) or 2 (bench.second), with the name of its profile. dpi: 0 for the usual one.
    odd: share of rows with a hard mark in them, for the first generator.
    """

    generator: int
    layout: str
    profile: str
    seed: int
    sheets: int = 4
    dpi: int = 0
    format: str = "pdf"
    odd: float = 0.02

    @property
    def name(self) -> str:
        """A folder's name for it."""
        return (
            f"{self.generator}-{self.layout}-{self.profile}-{self.seed}-{self.sheets}"
            f"-{self.dpi}-{self.format}-{self.odd}"
        )

    @property
    def luck(self) -> int:
        """Seed of its own: two layouts of one turn are not filled in by the same hands."""
        return zlib.crc32(f"{self.layout} {self.seed}".encode())


@dataclass(frozen=True, slots=True)
class Box:
    """One box as it is and as it was read. truth: a state or "either"; hard: no plain mark."""

    chunk: Chunk
    place: str
    truth: str
    kind: str
    tool: str
    hard: bool
    state: str
    review: bool
    cause: str
    confidence: float
    doubts: int
    features: np.ndarray[tuple[int], np.dtype[np.float32]]

    @property
    def silent(self) -> bool:
        """True where it was read wrong and nobody is asked."""
        return not self.review and self.truth not in {"either", self.state}


@dataclass(slots=True)
class Result:
    """What became of a chunk's pages and boxes."""

    chunk: Chunk
    pages: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    boxes: list[Box] = field(default_factory=list)


Truth = Mapping[tuple[str, int], Mapping[tuple[str, str], tuple[str, str, str, bool]]]
"""(sheet, page) → (question, choice) → truth, kind, tool, hard."""


def run(chunk: Chunk, settings: Settings = DEFAULT, made: Path | None = None) -> Result:
    """Return what the reader made of one chunk; made: where chunks are kept, to be read again."""
    use_one_thread()
    if made is not None:
        folder = made / chunk.name
        return _compared(chunk, kept_truth(chunk, folder), _read_all(folder / "scans", settings))
    with tempfile.TemporaryDirectory() as made_anew:
        truth = make(chunk, Path(made_anew))
        return _compared(chunk, truth, _read_all(Path(made_anew) / "scans", settings))


def _read_all(scans: Path, settings: Settings) -> list[Outcome]:
    paths = sorted(path for path in scans.rglob("*") if path.is_file())
    return [outcome for path in paths for outcome in _read(path, settings)]


def make(chunk: Chunk, folder: Path) -> Truth:
    """Write the scans of a chunk under folder/scans and return their truth."""
    return _first(chunk, folder) if chunk.generator == 1 else _second(chunk, folder)


def kept_truth(chunk: Chunk, folder: Path) -> Truth:
    """Return the truth of a chunk kept in `folder`; it is made where it is not there, or not whole."""
    told = folder / "truth.json"
    if not told.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        rows = [
            [*place, *box, *truth]
            for place, boxes in make(chunk, folder).items()
            for box, truth in boxes.items()
        ]
        told.write_text(json.dumps(rows), encoding="utf-8")
    kept: dict[tuple[str, int], dict[tuple[str, str], tuple[str, str, str, bool]]] = {}
    for sheet, page, question, choice, state, kind, tool, hard in json.loads(told.read_text("utf-8")):
        kept.setdefault((sheet, page), {})[question, choice] = state, kind, tool, hard
    return kept


def run_all(
    chunks: Sequence[Chunk], workers: int, settings: Settings = DEFAULT, made: Path | None = None
) -> Iterator[Result]:
    """Yield the results of many chunks in their order."""
    with ProcessPoolExecutor(workers) as pool:
        work = partial(run, settings=settings, made=made)
        for number, result in enumerate(pool.map(work, chunks), 1):
            print(f"\r{number}/{len(chunks)} stacks", end="", file=sys.stderr)
            yield result
    print(file=sys.stderr)


def _read(path: Path, settings: Settings) -> tuple[Outcome, ...]:
    return _reader(settings)(Task(open_source(path), 1, count_frames(path)))


@cache
def _reader(settings: Settings) -> Reader:
    return Reader(Catalogue((shipped(),)).known(), settings)


@cache
def placement(layout: str) -> Placement:
    """Return a shipped layout, placed."""
    return Catalogue((shipped(),)).placement(layout)


def _issued(chunk: Chunk) -> tuple[PrintedSheet, ...]:
    # Serials have to differ between chunks only by chance: each is read on its own.
    rng = np.random.default_rng((chunk.generator, chunk.luck))
    return issue_copies(placement(chunk.layout).layout, chunk.sheets, "CB-01", lambda n: int(rng.integers(n)))


def _first(chunk: Chunk, folder: Path) -> Truth:
    profile = replace(PROFILES[chunk.profile], people=replace(PEOPLE, odd=chunk.odd))
    scans = folder / "scans"
    scans.mkdir()
    truth: dict[tuple[str, int], dict[tuple[str, str], tuple[str, str, str, bool]]] = {}

    def pictures() -> Iterator[Picture]:
        for frame in _frames(chunk, profile):
            truth[frame.sheet.issued.serial, frame.page] = {
                (row.box.question, row.box.choice): told(row, onebit=frame.onebit) for row in frame.truth
            }
            yield Picture(frame.image, frame.dpi, onebit=frame.onebit, quality=frame.quality)

    for _place in write_stack(scans, pictures(), Format(chunk.format)):
        pass
    return truth


def _frames(chunk: Chunk, profile: Profile) -> Iterator[Frame]:
    handling = Handling(turned=chunk.seed % 2 == 0)
    yield from make_stack(
        placement(chunk.layout), _issued(chunk), profile, chunk.luck, dpi=chunk.dpi or None, handling=handling
    )


def told(row: BoxTruth, *, onebit: bool) -> tuple[str, str, str, bool]:
    """Return truth, kind, tool and hard by the mark specification."""
    state = STATES[row.intent]
    truth = state.name.lower()
    # A photocopier or scanner of two values shows such strokes or loses them.
    lost = onebit and (row.intent is Intent.LIGHT or row.tool.startswith("pencil"))
    if row.intent is Intent.SPECK or lost:
        truth = "either"
    elif state is MarkState.MARKED and row.span < _FULL_SPAN:
        truth = "either" if row.span >= _SHORT_SPAN else "marginal"
    return truth, row.intent.value, row.tool, row.intent.value in HARD


def _second(chunk: Chunk, folder: Path) -> Truth:
    from bench.second import sheets as second

    forms, listed, boxes = folder / "forms.pdf", folder / "forms.csv", folder / "boxes.csv"
    issued, placed = _issued(chunk), placement(chunk.layout)
    write_forms(forms, placed, issued)
    with listed.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("copy", "sheet", "unit", "first_page", "pages"))
        writer.writerows(
            (row.copy, row.sheet, row.unit, row.first_page, row.pages)
            for row in manifest(issued, duplex=False)
        )
    with boxes.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("page", "question", "choice", "x_mm", "y_mm", "width_mm", "height_mm"))
        for page, box in placed.layout.boxes():
            area = box.area
            writer.writerow((page.number, box.question, box.choice, area.x, area.y, area.width, area.height))
    told = second.make(boxes, forms, listed, folder, chunk.luck, chunk.profile, chunk.dpi or None)
    truth: dict[tuple[str, int], dict[tuple[str, str], tuple[str, str, str, bool]]] = {}
    with told.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            page = truth.setdefault((row["sheet"], int(row["page"])), {})
            lost = chunk.profile == "onebit" and row["kind"] == "faint"
            true = "either" if lost else row["truth"]
            page[row["question"], row["choice"]] = true, row["kind"], row["pen"], row["hard"] == "1"
    return truth


def _compared(chunk: Chunk, truth: Truth, outcomes: Sequence[Outcome]) -> Result:
    result = Result(chunk, pages=len(truth))
    layout = placement(chunk.layout).layout
    left = dict(truth)
    for outcome in outcomes:
        if not isinstance(outcome, Reading):
            if outcome.reason is not Reason.BLANK_PAGE:
                result.rejected[outcome.reason.value] += 1
            continue
        told = left.pop((outcome.page.sheet, outcome.page.page), None)
        if told is None:
            raise ValueError(f"{chunk}: page {outcome.page} was never made, or read twice")
        causes = {answer.question: answer.cause.value for answer in outcome.answers}
        for index, box in enumerate(layout.page(outcome.page.page).boxes):
            true, kind, tool, hard = told[box.question, box.choice]
            result.boxes.append(
                Box(
                    chunk,
                    f"{outcome.page.sheet} page {outcome.page.page} {box.id}",
                    true,
                    kind,
                    tool,
                    hard,
                    MarkState(outcome.marks.states[index]).name.lower(),
                    bool(outcome.review[index]),
                    causes[box.question] if outcome.review[index] else "",
                    float(outcome.marks.confidence[index]),
                    int(outcome.marks.doubts[index]),
                    outcome.measurements.values[index],
                )
            )
    missing = len(left) - sum(result.rejected.values())
    if missing > 0:
        result.rejected["lost"] += missing
    return result
