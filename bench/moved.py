"""Paper that moved: forms that others printed, enlarged, stretched, turned and pleated by machines.

    .venv/bin/python -m bench.moved                         our forms, squares and codes painted over
    .venv/bin/python -m bench.moved --bubbles FOLDER        real bubble sheets
    .venv/bin/python -m bench.moved --pictures OUT          and each first page of a kind as a picture

A page may be refused or asked about, whole or in part: `read` says how often it is not.
Exits 1 where a box was read wrong and nobody was asked.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path

import cv2
import numpy as np

from bench.existing import (
    Count,
    bubble_form,
    bubbles_of,
    compared,
    forms,
    frames,
    hidden,
    opened,
    scan_of,
    seven,
    truth_of,
)
from omr.imaging.warp import use_one_thread
from omr.model.arrays import Floats, Gray, gray, singles
from omr.model.geometry import MM_PER_INCH
from omr.model.layout import Page
from omr.pipeline import read_by_print
from omr.read.known import Index, index_of
from omr.settings import DEFAULT

Moved = Callable[[Floats, np.random.Generator, float], Floats]
"""Places of a scan, mm from its top left corner, shape (…, 2), and the distance of the form's rows → what is
seen there of the page as it was before, mm."""

_A4 = np.array((210.0, 297.0))


def enlarged(at: Floats, rng: np.random.Generator, _pitch: float) -> Floats:
    """A photocopier that enlarges by up to 3 %, or makes smaller by as much, from a corner or the middle."""
    scale, fixed = 1 + rng.choice((-1, 1)) * rng.uniform(0.02, 0.03), rng.uniform(0, 1, 2) * _A4
    return np.asarray((at - fixed) / scale + fixed)


def one_way(at: Floats, rng: np.random.Generator, _pitch: float) -> Floats:
    """A feeder whose rollers turn too fast or too slowly: 1.5 to 3 % longer or shorter along its way."""
    scale = 1 + rng.choice((-1, 1)) * rng.uniform(0.015, 0.03)
    return np.asarray(at / (1.0, scale))


def stretched(at: Floats, rng: np.random.Generator, _pitch: float) -> Floats:
    """A feeder that goes now faster, now slower: rows up to 2 mm from where they should be."""
    seen = at.copy()
    length, phase = rng.uniform(120, 260), rng.uniform(0, 2 * np.pi)
    seen[..., 1] += rng.uniform(1.0, 2.0) * np.sin(2 * np.pi * at[..., 1] / length + phase)
    return seen


def turning(at: Floats, rng: np.random.Generator, _pitch: float) -> Floats:
    """Paper that turns while it is fed: from one degree one way to one degree the other way."""
    angle = np.radians(rng.choice((-1, 1)) * rng.uniform(0.5, 1.0) * (at[..., 1] / _A4[1] * 2 - 1))
    off = at - _A4 / 2
    # It turns about the line under the sensor: what is read last is turned as it lies by then.
    return np.asarray(at + np.stack((-np.sin(angle) * off[..., 1] / 2, np.sin(angle) * off[..., 0]), axis=-1))


def stuck(at: Floats, rng: np.random.Generator, _pitch: float) -> Floats:
    """Paper that stood still for a moment, or was pulled: 1 to 2.5 mm of it are missing, or seen twice."""
    seen, where = at.copy(), rng.uniform(60, 240)
    seen[..., 1] += np.where(at[..., 1] > where, rng.choice((-1, 1)) * rng.uniform(1.0, 2.5), 0.0)
    return seen


def row_off(at: Floats, rng: np.random.Generator, pitch: float) -> Floats:
    """A page that lay exactly one row up or down on the glass."""
    return np.asarray(at + (0.0, rng.choice((-1, 1)) * pitch))


def pleated(at: Floats, rng: np.random.Generator, pitch: float) -> Floats:
    """A pleat that hides exactly one row: everything below stands a row higher."""
    seen, where = at.copy(), rng.uniform(90, 220)
    seen[..., 1] += np.where(at[..., 1] > where, pitch, 0.0)
    return seen


def doubled(at: Floats, rng: np.random.Generator, pitch: float) -> Floats:
    """A feeder that slipped back by exactly one row: it is seen twice, and everything below a row lower."""
    seen, where = at.copy(), rng.uniform(90, 220)
    seen[..., 1] -= np.where(at[..., 1] > where, pitch, 0.0)
    return seen


KINDS: dict[str, Moved] = {
    each.__name__: each for each in (enlarged, one_way, stretched, turning, stuck, row_off, pleated, doubled)
}


def moved(image: Gray, px_per_mm: float, kind: str, rng: np.random.Generator, pitch: float) -> Gray:
    """Return a scan as the machine would have seen it whose fault is `kind`."""
    down, across = np.mgrid[0 : image.shape[0], 0 : image.shape[1]]
    seen = KINDS[kind]((np.stack((across, down), axis=2) + 0.5) / px_per_mm, rng, pitch)
    places = singles((seen * px_per_mm - 0.5).astype(np.float32))
    paper = float(np.percentile(image, 80))
    return gray(cv2.remap(image, places, None, cv2.INTER_LINEAR, borderValue=paper))


def pitch_of(page: Page) -> float:
    """Return the distance, mm, that most boxes have from the next below."""
    columns: dict[int, list[float]] = {}
    for box in page.boxes:
        columns.setdefault(round(box.area.center.x), []).append(box.area.center.y)
    steps = np.concatenate([np.diff(np.sort(column)) for column in columns.values()])
    return float(np.median(steps))


def ours(kind: str, name: str, seed: int, pictures: Path | None = None, *, named: bool = False) -> Count:
    """Return how moved pages of one form are read, all seven being known, or that one named by a person."""
    use_one_thread()
    total = Count()
    for frame in frames(name, "office", seed):
        page = forms()[name].layout.page(frame.page)
        # The page's own way up is the feeder's.
        image = np.ascontiguousarray(np.rot90(hidden(frame.image, page, frame), frame.turns))
        rng = np.random.default_rng((seed, frame.page, list(forms()).index(name), list(KINDS).index(kind)))
        seen = moved(image, 200 / MM_PER_INCH, kind, rng, pitch_of(page))
        if pictures is not None and frame.page == 1:
            cv2.imwrite(str(pictures / f"{kind}-{name}-{seed}.png"), seen)
        outcome = read_by_print(scan_of(seen), _index(name if named else None))
        total.add(compared(outcome, frame, name, f"{kind} {name} seed {seed} page {frame.page}"))
    return total


@cache
def _index(named: str | None) -> Index:
    known = [layout for layout in seven() if named in {None, layout.id}]
    return index_of(known, DEFAULT.known, named=named is not None)


def bubbles(kind: str, real: Path) -> Count:
    """Return how real bubble sheets are read that were moved besides."""
    use_one_thread()
    index, truth, total = _bubble_index(real), truth_of(real), Count()
    layout = index.pages[0].layout
    for number, path in enumerate(sorted((real / "pages").iterdir())):
        scan = opened(path)
        rng = np.random.default_rng((number, list(KINDS).index(kind)))
        px_per_mm = max(scan.image.shape) / layout.size.height
        seen = moved(scan.image, px_per_mm, kind, rng, pitch_of(layout.pages[0]))
        total.add(bubbles_of(read_by_print(scan_of(seen), index), path.name, truth, 0.0))
    return total


@cache
def _bubble_index(real: Path) -> Index:
    with tempfile.TemporaryDirectory() as folder:
        return index_of([bubble_form(real, Path(folder))], DEFAULT.known, named=True)


def jobs(kind: str, chosen: argparse.Namespace) -> Iterator[partial[Count]]:
    """Yield what is to be read of one kind."""
    if chosen.bubbles:
        yield partial(bubbles, kind, chosen.bubbles)
        return
    for name in forms():
        for seed in range(chosen.first_seed, chosen.first_seed + chosen.stacks):
            yield partial(ours, kind, name, seed, chosen.pictures, named=chosen.named)


def main() -> int:
    """Move and read."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bubbles", type=Path, help="folder of the real bubble sheets: these alone")
    parser.add_argument("--stacks", type=int, default=1, help="sheets of each form")
    parser.add_argument("--first-seed", type=int, default=600)
    parser.add_argument("--kind", choices=tuple(KINDS), help="only these")
    parser.add_argument("--named", action="store_true", help="each form named, as with omr read --layout")
    parser.add_argument("--pictures", type=Path, help="folder for pictures")
    parser.add_argument("--workers", type=int, default=1)
    chosen = parser.parse_args()
    wrong = False
    with ProcessPoolExecutor(chosen.workers) as pool:
        for kind in (chosen.kind,) if chosen.kind else KINDS:
            total = Count()
            for count in pool.map(_run, jobs(kind, chosen)):
                total.add(count)
            print(total.told(kind), flush=True)
            for line in (*total.mistaken, *total.silent):
                print("  ", line)
            wrong |= bool(total.mistaken or total.silent)
    return int(wrong)


def _run(job: partial[Count]) -> Count:
    return job()


if __name__ == "__main__":
    sys.exit(main())
