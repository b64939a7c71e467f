"""Fifty forms known at once: how many pages are told, none wrong, and what it costs beside a bare decode.

    .venv/bin/python -m bench.fifty many --pages 3000       each page's own form among them
    .venv/bin/python -m bench.fifty unknown --pages 500     each page's own form left out
    .venv/bin/python -m bench.fifty many --pages 300 --dpi 300    what it costs at 300 dpi

Our seven forms, last year's of one, and 42 made of their own words: other rows, another order and title.
All as forms that others printed, squares and codes painted over, scanned cheaply or photographed.
Exits 1 where a page was taken for another form's.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache, lru_cache, partial

import cv2
import numpy as np

from bench.existing import DPI, as_existing, forms, hidden
from bench.photo import photograph
from omr.audit.bounds import upper_bound
from omr.forms.catalogue import Catalogue, shipped
from omr.forms.issue import issue_copies
from omr.forms.place import Placement, place
from omr.forms.schema import Form
from omr.imaging.warp import use_one_thread
from omr.intake.frames import Refusal
from omr.intake.image import decode
from omr.model.arrays import Gray, gray
from omr.model.geometry import MM_PER_INCH
from omr.model.layout import Layout
from omr.model.reading import Outcome, Reading
from omr.model.scan import Scan, ScanId, Source
from omr.pipeline import read_scan
from omr.read.known import Index, index_of
from omr.settings import DEFAULT
from omr.synth.printed import printed

_PHOTOS, _TWO_VALUED = 0.15, 0.2
"""Share of pages that are photographed, and of scans of two values."""

_LOST = 0.5
"""Share of its print that a scan of two values keeps, if it is any good; the others are counted apart."""

KINDS = "scan", "two values", "photograph", "print lost"


@dataclass(slots=True)
class Told:
    """What became of some pages of one kind. decode, whole: CPU seconds, of the bare decode and of all."""

    pages: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    decode: float = 0.0
    whole: float = 0.0
    lines: list[str] = field(default_factory=list)

    def add(self, other: Told) -> None:
        """Add the pages of another count."""
        self.pages += other.pages
        self.refused += other.refused
        self.wrong += other.wrong
        self.decode += other.decode
        self.whole += other.whole
        self.lines += other.lines

    def line(self, name: str) -> str:
        """Return the count as one line."""
        read, pages = self.pages - self.refused.total() - len(self.wrong), max(self.pages, 1)
        return (
            f"{name:<12} {self.pages:>5} pages  {read:>5} told ({100 * read / pages:.2f} %)"
            f"  {len(self.wrong)} wrong (bound {100 * upper_bound(len(self.wrong), pages):.2f} %)"
            f"  decode {1000 * self.decode / pages:.1f} ms  whole {1000 * self.whole / pages:.1f} ms"
            f"  × {self.whole / max(self.decode, 1e-9):.1f}  refused {dict(self.refused)}"
        )


def varied(form: Form, seed: int) -> Form:
    """Return another form made of a form's own words: other rows, in another order, under another title."""
    rng = np.random.default_rng(seed)
    items = [item for section in form.sections for group in section.groups for item in group.items]
    texts = rng.permutation([item.text for item in items if item.text]).tolist()
    kept = iter(rng.permutation(len(texts)).tolist())
    sections = []
    for section in form.sections:
        groups = []
        for group in section.groups:
            count = max(1, len(group.items) - int(rng.integers(0, 3)))
            rows = tuple(
                item.model_copy(update={"text": texts[next(kept)]}) if item.text else item
                for item in group.items[:count]
            )
            groups.append(group.model_copy(update={"items": rows}))
        sections.append(section.model_copy(update={"groups": tuple(groups)}))
    words = " ".join(rng.permutation(form.title.split()).tolist())
    return form.model_copy(update={"id": f"mau-{seed}", "title": words, "sections": tuple(sections)})


@cache
def fifty() -> tuple[tuple[Placement, Layout], ...]:
    """Return fifty forms known at once: our seven, last year's of one, and 42 that resemble them."""
    own = [Catalogue((shipped(),)).form(name) for name in sorted(forms())]
    last_year = Catalogue((shipped(),)).form("vinhlong-1", 2025)
    others = [varied(own[seed % len(own)], seed) for seed in range(42)]
    return tuple((placed := place(form), as_existing(placed)) for form in (*own, last_year, *others))


def worn(blank: Gray, dpi: int, rng: np.random.Generator) -> tuple[bytes, str]:
    """Return a cheap scan of a blank as JPEG, with ink, turned, scaled, blurred, noisy; and its kind."""
    page, finer = blank.copy(), dpi / DPI
    height, width = page.shape
    for _stroke in range(int(rng.integers(5, 40))):
        at = rng.uniform((0.1 * width, 0.1 * height), (0.9 * width, 0.9 * height))
        ends = [at, *(at + finer * rng.normal(0, reach, 2) for reach in (30, 40))]
        line = np.round(np.stack(ends)).astype(np.int32)
        cv2.polylines(
            page, [line], isClosed=False, color=float(rng.uniform(20, 150)), thickness=round(3 * finer)
        )
    if rng.random() < _PHOTOS:
        return photograph(page, dpi / MM_PER_INCH, rng).jpeg, "photograph"
    angle, scale = float(rng.normal(0, 1.0)), float(rng.uniform(0.94, 1.04))
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, scale)
    turn[:, 2] += finer * rng.normal(0, 15, 2)
    moved = cv2.warpAffine(page, turn, (width, height), flags=cv2.INTER_AREA, borderValue=255)
    blurred = cv2.GaussianBlur(moved, (0, 0), finer * float(rng.uniform(0.5, 1.3))).astype(np.float32)
    seen = 255 - (255 - blurred) * float(rng.uniform(0.7, 1.0))
    seen += float(rng.uniform(1, 8)) * rng.standard_normal(seen.shape, dtype=np.float32)
    kind = "scan"
    if rng.random() < _TWO_VALUED:
        seen = np.where(seen > float(rng.uniform(120, 190)), 255, 0)
        kind = "two values" if np.mean(seen[moved < _PRINT] == 0) >= _LOST else "print lost"
    turned = np.rot90(np.clip(seen, 0, 255).astype(np.uint8), int(rng.choice(4, p=(0.6, 0.1, 0.2, 0.1))))
    coded = cv2.imencode(".jpg", np.ascontiguousarray(turned), (cv2.IMWRITE_JPEG_QUALITY, _QUALITY))[1]
    return coded.tobytes(), kind


_PRINT = 160
"""Gray value that the middle of a thin line has."""

_QUALITY = 60
"""Of the JPEGs: as in the table of floors that speed is measured by."""


def recognised(at: int, seeds: Sequence[int], left_out: int, dpi: int) -> dict[str, Told]:
    """Return how pages of the form `at` among fifty are told, by kind; the form `left_out` is not known."""
    use_one_thread()
    placement, layout = fifty()[at]
    index, total = _index(left_out), {kind: Told() for kind in KINDS}
    with printed(placement, issue_copies(placement.layout, 1, "CB-01", lambda n: n // 3)) as prints:
        for page in placement.layout.pages:
            blank = hidden(prints.page(0, page.number, dpi), page, dpi=dpi)
            for seed in seeds:
                coded, kind = worn(blank, dpi, np.random.default_rng((at, page.number, seed)))
                one, outcome = _timed(coded, index)
                where = f"{layout.id} {layout.year} {page.number} seed {seed}"
                if not isinstance(outcome, Reading):
                    one.refused[outcome.reason.value] += 1
                    one.lines.append(f"{kind}: {where}: {outcome.reason.value} {outcome.detail}")
                elif (outcome.page.digest, outcome.page.page) != (layout.digest, page.number):
                    seen = f"{outcome.layout} {outcome.page.year} {outcome.page.page}"
                    one.wrong.append(f"{kind}: {where}: taken for {seen}")
                total[kind].add(one)
    return total


@lru_cache(maxsize=1)
def _index(left_out: int) -> Index:
    return index_of([each for number, (_p, each) in enumerate(fifty()) if number != left_out], DEFAULT.known)


def _timed(coded: bytes, index: Index) -> tuple[Told, Outcome]:
    """Return what a picture is read as, and what that costs."""
    start = time.process_time()
    cv2.imdecode(np.frombuffer(coded, np.uint8), cv2.IMREAD_GRAYSCALE)
    decoded = time.process_time()
    frame = decode(coded, small=True)
    if isinstance(frame, Refusal):
        raise TypeError(frame.detail)
    scan = Scan(
        ScanId("0" * 64, 1), Source("0" * 64, "", 0, 0), frame.dpi, frame.image, frame.scale,
        partial(_full, coded) if frame.scale > 1 else None,
    )  # fmt: skip
    outcome = read_scan(scan, {}, DEFAULT, index)[0]
    return Told(1, decode=decoded - start, whole=time.process_time() - decoded), outcome


def _full(coded: bytes) -> Gray:
    return gray(cv2.imdecode(np.frombuffer(coded, np.uint8), cv2.IMREAD_GRAYSCALE))


def main() -> int:
    """Run one part."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", choices=("many", "unknown"))
    parser.add_argument("--pages", type=int, default=3000)
    parser.add_argument("--first-seed", type=int, default=500)
    parser.add_argument("--dpi", type=int, default=DPI)
    parser.add_argument("--workers", type=int, default=1)
    chosen = parser.parse_args()
    # Threads that were started before do not live on in the processes forked from here.
    use_one_thread()
    pages = sum(len(layout.pages) for _placement, layout in fifty())
    seeds = range(chosen.first_seed, chosen.first_seed + -(-chosen.pages // pages))
    parts = [
        partial(recognised, at, seeds, at if chosen.part == "unknown" else -1, chosen.dpi)
        for at in range(len(fifty()))
    ]
    total = {kind: Told() for kind in KINDS}
    with ProcessPoolExecutor(chosen.workers) as pool:
        for told in pool.map(_run, parts):
            for kind, each in told.items():
                total[kind].add(each)
                for line in (*each.lines, *each.wrong):
                    print("  ", line, flush=True)
    for kind, each in total.items():
        print(each.line(kind))
    held = Told()
    for kind in KINDS[:3]:
        held.add(total[kind])
    print(held.line(chosen.part))
    return int(any(each.wrong for each in total.values()))


def _run(part: partial[dict[str, Told]]) -> dict[str, Told]:
    return part()


if __name__ == "__main__":
    sys.exit(main())
