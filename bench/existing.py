"""Forms that others printed: what is read of them, what is told apart, and what is never wrong.

    .venv/bin/python -m bench.existing painted --stacks 2      our forms, squares and codes painted over
    .venv/bin/python -m bench.existing bubbles FOLDER          real bubble sheets, told and named

Exits 1 where a box was read wrong and nobody was asked, or a page was taken for another form's.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path

import cv2
import numpy as np

from bench.trial import HARD, PEOPLE, told
from omr.audit.bounds import upper_bound
from omr.draft.blank import blank_pages
from omr.draft.dated import printed_years
from omr.draft.freeze import freeze
from omr.forms.catalogue import Catalogue, shipped
from omr.forms.existing import ExistingForm
from omr.forms.issue import issue_copies
from omr.forms.load import load
from omr.forms.pdf import write_forms
from omr.forms.place import Placement, place
from omr.imaging.warp import use_one_thread
from omr.intake.frames import open_source, scans
from omr.model.arrays import Floats, Gray
from omr.model.geometry import MM_PER_INCH
from omr.model.layout import Layout, Page
from omr.model.reading import Doubt, Issue, MarkState, Outcome, Reading
from omr.model.registration import Registration
from omr.model.scan import Scan, ScanId, Source
from omr.pipeline import read_by_print, read_scan
from omr.read.features import print_of
from omr.read.known import index_of
from omr.settings import DEFAULT
from omr.synth.make import Frame, Handling, make_stack
from omr.synth.printed import printed
from omr.synth.profiles import PROFILES

DPI = 200
_PX_PER_MM = DPI / MM_PER_INCH
_COVER = 0.9
"""How far beyond a square or a code paper is painted over it, mm: a copy fattens them."""


@dataclass(slots=True)
class Count:
    """What became of some pages. asked: of plain boxes, by whose doubt; a scanner's streak apart."""

    pages: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    mistaken: list[str] = field(default_factory=list)
    boxes: int = 0
    silent: list[str] = field(default_factory=list)
    plain: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def add(self, other: Count) -> None:
        """Add the pages of another count."""
        self.pages += other.pages
        self.refused += other.refused
        self.mistaken += other.mistaken
        self.boxes += other.boxes
        self.silent += other.silent
        self.plain += other.plain
        self.asked += other.asked
        self.seconds += other.seconds

    def told(self, name: str) -> str:
        """Return the count as one line."""
        read = self.pages - self.refused.total()
        reading = 100 * self.asked["reading"] / max(self.plain, 1)
        streak = 100 * self.asked["streak"] / max(self.plain, 1)
        respondent = 100 * self.asked["respondent"] / max(self.plain, 1)
        return (
            f"{name:<12} {self.pages:>5} pages  {read:>5} read ({100 * read / max(self.pages, 1):.1f} %)"
            f"  {self.boxes:>7} boxes  {len(self.silent)} silent"
            f" (bound {1e6 * upper_bound(len(self.silent), max(self.boxes, 1)):.0f} a million)"
            f"  reading {reading:.2f} %  streak {streak:.2f} %  respondent {respondent:.2f} %"
            f"  {1000 * self.seconds / max(self.pages, 1):.0f} ms a page  refused {dict(self.refused)}"
        )


@cache
def forms() -> dict[str, Placement]:
    """Return our seven forms, placed."""
    return {form.id: place(form) for form in Catalogue((shipped(),)).forms()}


def hidden(image: Gray, page: Page, frame: Frame | None = None, dpi: int = DPI) -> Gray:
    """Return a page with paper painted over its squares, its codes and its orientation mark.

    dpi: of a page that is no frame.
    """
    painted = image.copy()
    for area in (*page.fiducials, *page.codes, *((page.orientation,) if page.orientation else ())):
        mm = np.array([(corner.x, corner.y) for corner in area.grown(_COVER).corners])
        px = frame.places(mm) if frame else mm * dpi / MM_PER_INCH - 0.5
        left, top = np.clip(px.min(axis=0) - 6, 0, None).astype(int)
        right, bottom = px.max(axis=0).astype(int) + 6
        around = painted[top:bottom, left:right]
        paper = float(np.percentile(around, 80)) if around.size else 255.0
        cv2.fillConvexPoly(painted, np.round(px).astype(np.int32), paper)
    return painted


def as_existing(placement: Placement) -> Layout:
    """Return one of our forms as a form that others printed: a blank without squares and codes."""
    layout = placement.layout
    sheets = issue_copies(layout, 1, "CB-01", lambda n: n // 2)
    with tempfile.TemporaryDirectory() as folder:
        write_forms(Path(folder) / "blank.pdf", placement, sheets)
        letters = [page.letters for page in blank_pages(Path(folder) / "blank.pdf")]
    with printed(placement, sheets) as prints:
        pages = []
        for page in layout.pages:
            blank = hidden(prints.page(0, page.number, DPI), page)
            bare = replace(page, fiducials=(), orientation=None, codes=())
            years = printed_years(letters[page.number - 1], layout.year)
            pages.append(replace(bare, print=replace(print_of(blank, layout.size), years=years)))
    return replace(layout, source="bench", pages=tuple(pages))


@cache
def seven() -> tuple[Layout, ...]:
    """Return our seven forms as forms that others printed."""
    return tuple(as_existing(placement) for placement in forms().values())


def frames(name: str, profile: str, seed: int, sheets: int = 1, dpi: int = DPI) -> Iterator[Frame]:
    """Yield scanned pages of one form."""
    rng, placement = np.random.default_rng(seed), forms()[name]
    issued = issue_copies(placement.layout, sheets, "CB-01", lambda n: int(rng.integers(n)))
    people = replace(PROFILES[profile], people=PEOPLE)
    yield from make_stack(
        placement, issued, people, seed, dpi=dpi, handling=Handling(turned=profile != "clean")
    )


def scan_of(image: Gray) -> Scan:
    """Return an image as a scan."""
    return Scan(ScanId("0" * 64, 1), Source("0" * 64, "", 0, 0), DPI, image)


def compared(outcome: Outcome, frame: Frame, name: str, where: str) -> Count:
    """Return what became of one page, laid beside its truth."""
    count = Count(pages=1)
    if not isinstance(outcome, Reading):
        count.refused[outcome.reason.value] += 1
        return count
    if (outcome.layout, outcome.page.page) != (name, frame.page):
        count.mistaken.append(f"{where}: taken for {outcome.layout} {outcome.page.page}")
        return count
    truth = {row.box.id: told(row, onebit=frame.onebit) for row in frame.truth}
    causes = {
        answer.question: "streak" if Issue.STREAK in answer.issues else answer.cause.value
        for answer in outcome.answers
    }
    states = [MarkState(int(state)).name.lower() for state in outcome.marks.states]
    for box, state, asked in zip(outcome.marks.boxes, states, outcome.review.tolist(), strict=True):
        true, kind, _tool, hard = truth[box]
        count.boxes += 1
        count.plain += not hard
        if asked and not hard:
            count.asked[causes[box.rpartition(".")[0]]] += 1
        if not asked and true not in {"either", state}:
            count.silent.append(f"{where} {box}: {kind} is {true}, read {state}{' (hard)' * (kind in HARD)}")
    return count


def painted(profile: str, name: str, seed: int) -> Count:
    """Return how pages of one form are read by their print alone, all seven being known."""
    use_one_thread()
    index, total = index_of(seven(), DEFAULT.known), Count()
    for frame in frames(name, profile, seed):
        image = hidden(frame.image, forms()[name].layout.page(frame.page), frame)
        start = time.process_time()
        outcome = read_by_print(scan_of(image), index)
        count = compared(outcome, frame, name, f"{profile} {name} seed {seed} page {frame.page}")
        count.seconds = time.process_time() - start
        total.add(count)
    return total


def bubble_form(real: Path, folder: Path) -> Layout:
    """Return the layout of the real bubble sheet, frozen from a file written to `folder`.

    real: holds blank.pdf, pages/ and truth.csv, whose places in pixels are carried onto the blank by the
    scans' own registration; a box stands where most scans have it.
    """
    rows: dict[str, list[dict[str, str]]] = {}
    with (real / "truth.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            rows.setdefault(row["page"], []).append(row)
    head = {"kind": "existing", "id": "bubbles", "version": "1", "year": "2026", "title": "bubbles",
            "original": str((real / "blank.pdf").resolve()), "marking": "fill", "blank": "allowed",
            }  # fmt: skip
    bare = {**head, "pages": [{"boxes": [{"question": "q", "choice": "c", "at": [1, 1], "size": [2, 2]}]}]}
    places: dict[str, list[Floats]] = {}
    index = index_of([_frozen(bare, folder)], DEFAULT.known, named=True)
    for page, boxes in rows.items():
        outcome = read_by_print(opened(real / "pages" / page), index)
        if isinstance(outcome, Reading):
            edges = np.array([[int(row[key]) for key in "xywh"] for row in boxes], dtype=np.float64)
            middles = _on_paper(outcome.registration, edges[:, :2] + edges[:, 2:] / 2 - 0.5)
            sides = edges[:, 2:] / outcome.registration.px_per_mm
            for row, middle, side in zip(boxes, middles, sides, strict=True):
                places.setdefault(row["box_id"], []).append(np.concatenate((middle, side)))
    size = np.median([side for each in places.values() for side in np.array(each)[:, 2:]], axis=0)
    singles = []
    for name, found in places.items():
        question, _colon, choice = name.rpartition(":")
        left, top = np.median(np.array(found)[:, :2], axis=0) - size / 2
        singles.append({"question": question.lower().replace(" ", "-").replace(":", "."), "choice": choice,
                        "at": [round(float(left), 2), round(float(top), 2)], "shape": "circle",
                        "size": [round(float(side), 2) for side in size], "print": choice})  # fmt: skip
    return _frozen({**head, "pages": [{"boxes": singles}]}, folder)


def _frozen(described: dict[str, object], folder: Path) -> Layout:
    path = folder / "bubbles.yaml"
    path.write_text(json.dumps(described), encoding="utf-8")
    form = load(path)
    if not isinstance(form, ExistingForm):
        raise TypeError(path)
    return freeze(path, form)


def opened(path: Path) -> Scan:
    """Return the one scan of a file."""
    (scan,) = scans(open_source(path), small=True)
    if not isinstance(scan, Scan):
        raise TypeError(f"{path}: {scan.detail}")
    return scan


def _on_paper(registration: Registration, px: Floats) -> Floats:
    """Return where places of a scan, shape (N, 2), are on paper, mm."""
    back = np.linalg.inv(registration.homography)
    mm = cv2.perspectiveTransform(px[None], back)[0]
    for _step in range(3):
        mm = mm + cv2.perspectiveTransform((2 * px - registration.points(mm))[None], back)[0]
        mm = mm - cv2.perspectiveTransform(px[None], back)[0]
    return np.asarray(mm)


def bubbles(real: Path, *, named: bool) -> Count:
    """Return how the real bubble sheets are read at the printed places of their form.

    named: as with `--layout`; else they are to be told.
    """
    total = Count()
    with tempfile.TemporaryDirectory() as folder:
        layout = bubble_form(real, Path(folder))
    index = index_of([layout], DEFAULT.known, named=named)
    truth = truth_of(real)
    for path in sorted((real / "pages").iterdir()):
        start = time.process_time()
        outcome = read_scan(opened(path), {}, existing=index)[0]
        total.add(bubbles_of(outcome, path.name, truth, time.process_time() - start))
    return total


def truth_of(real: Path) -> dict[tuple[str, str], bool]:
    """Return which bubbles of the real sheets are marked, by page and box."""
    with (real / "truth.csv").open(encoding="utf-8-sig", newline="") as file:
        return {(row["page"], _box_id(row)): row["marked"] == "1" for row in csv.DictReader(file)}


def _box_id(row: dict[str, str]) -> str:
    return row["box_id"].lower().replace(" ", "-").replace(":", ".")


def bubbles_of(outcome: Outcome, page: str, truth: dict[tuple[str, str], bool], seconds: float) -> Count:
    """Return what became of one real sheet, laid beside its truth."""
    count = Count(pages=1, seconds=seconds)
    if not isinstance(outcome, Reading):
        count.refused[f"{outcome.reason.value} {page}"] += 1
        return count
    for at, box in enumerate(outcome.marks.boxes):
        marked, state = truth[page, box.lower()], MarkState(int(outcome.marks.states[at]))
        count.boxes += 1
        count.plain += 1
        if outcome.review[at]:
            doubts = int(outcome.marks.doubts[at]) & ~Doubt.REWORDED
            unsure = state in {MarkState.MARGINAL, MarkState.CANCELLED} or doubts
            count.asked["reading" if unsure else "respondent"] += 1
        elif (state is MarkState.MARKED) != marked:
            count.silent.append(f"{page} {box}: {'marked' if marked else 'blank'}, read {state.name.lower()}")
    return count


def main() -> int:
    """Run one part."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", choices=("painted", "bubbles"))
    parser.add_argument("folder", type=Path, nargs="?", help="of the real bubble sheets")
    parser.add_argument("--stacks", type=int, default=1, help="sheets of each form and kind")
    parser.add_argument("--first-seed", type=int, default=500)
    parser.add_argument("--workers", type=int, default=1)
    chosen = parser.parse_args()
    seeds = range(chosen.first_seed, chosen.first_seed + chosen.stacks)
    jobs: dict[str, list[partial[Count]]] = {}
    if chosen.part == "painted":
        for profile in ("office", "worn"):
            jobs[profile] = [partial(painted, profile, name, seed) for name in forms() for seed in seeds]
    if chosen.part == "bubbles":
        for name, named in (("told", False), ("named", True)):
            jobs[name] = [partial(bubbles, chosen.folder, named=named)]
    return _report(jobs, chosen.workers)


def _report(jobs: dict[str, list[partial[Count]]], workers: int) -> int:
    wrong = False
    with ProcessPoolExecutor(workers) as pool:
        for name, parts in jobs.items():
            total = Count()
            for count in pool.map(_run, parts):
                total.add(count)
            print(total.told(name))
            for line in (*total.mistaken, *total.silent):
                print("  ", line)
            wrong |= bool(total.mistaken or total.silent)
    return int(wrong)


def _run(part: partial[Count]) -> Count:
    return part()


if __name__ == "__main__":
    sys.exit(main())
