"""Photographs of our forms, and of the same as forms that others printed: what is read, refused, asked about.

    .venv/bin/python -m bench.photos --stacks 8               by squares and codes; and by their print alone
    .venv/bin/python -m bench.photos --stacks 1 --cut 0.3     three tenths of each page not in the picture
    .venv/bin/python -m bench.photos --worse all              what is worse than most, a fault at a time
    .venv/bin/python -m bench.photos --worse glare --pictures OUT    and the pictures

Every refused photograph is printed with its reason and with how it was taken.
Exits 1 where a box was read wrong and nobody was asked, or a page was taken for another form's.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from itertools import product
from pathlib import Path

import numpy as np

from bench.existing import Count, compared, forms, frames, hidden, scan_of, seven
from bench.harsh import KINDS as WORSE
from bench.harsh import USUAL
from bench.photo import Photo, photograph
from omr.imaging.warp import use_one_thread
from omr.intake.frames import Refusal
from omr.intake.image import decode
from omr.model.geometry import MM_PER_INCH
from omr.model.layout import Layout
from omr.model.reading import Outcome, Rejection
from omr.model.scan import Scan
from omr.pipeline import read_by_print, read_scan
from omr.read.known import Index, index_of
from omr.settings import DEFAULT
from omr.synth.make import Frame

DPI = 300
"""Resolution of the page that is photographed: finer than a phone sees it."""

Told = tuple[Count, list[str]]


def by_code(scan: Scan) -> Outcome:
    """Return what a photograph of one of our pages shows."""
    return read_scan(scan, _known())[0]


def by_print(scan: Scan) -> Outcome:
    """Return what a photograph of a page without squares and codes shows, all seven forms being known."""
    return read_by_print(scan, _index())


@cache
def _known() -> dict[str, Layout]:
    return {each.layout.digest: each.layout for each in forms().values()}


@cache
def _index() -> Index:
    return index_of(seven(), DEFAULT.known)


def taken(
    name: str, seed: int, cut: float, *, bare: bool, fault: str | None = None
) -> Iterator[tuple[Photo, Frame]]:
    """Yield a sheet's pages photographed, with the truth.

    bare: squares and codes are painted over. fault: of `bench.harsh.KINDS`.
    """
    for frame in frames(name, "clean", seed, dpi=DPI):
        page = forms()[name].layout.page(frame.page)
        image = hidden(frame.image, page, frame) if bare else frame.image
        rng = np.random.default_rng((seed, frame.page, sorted(forms()).index(name)))
        luck = np.random.default_rng((seed, frame.page, list(WORSE).index(fault))) if fault else rng
        worse = WORSE[fault](luck) if fault else USUAL
        yield photograph(image, DPI / MM_PER_INCH, rng, cut, worse), frame


def told(
    kind: str, name: str, seed: int, cut: float, fault: str | None = None, pictures: Path | None = None
) -> Told:
    """Return how one sheet's photographs are read, and a line for each refused one."""
    use_one_thread()
    _known(), _index()
    total, refused = Count(), []
    for photo, frame in taken(name, seed, cut, bare=kind == "existing", fault=fault):
        if pictures is not None:
            file = f"{kind}-{fault or 'usual'}-{name}-{seed}-{frame.page}.jpg".replace(" ", "-")
            (pictures / file).write_bytes(photo.jpeg)
        decoded = decode(photo.jpeg)
        if isinstance(decoded, Refusal):
            raise TypeError(decoded.detail)
        start = time.process_time()
        outcome = KINDS[kind](scan_of(decoded.image))
        seconds = time.process_time() - start
        where = f"{name} seed {seed} page {frame.page}"
        count = compared(outcome, frame, name, f"{kind} {where}")
        count.seconds = seconds
        total.add(count)
        if isinstance(outcome, Rejection):
            refused.append(f"{outcome.reason.value} {outcome.detail}: {where}: {photo.traits}")
    return total, refused


KINDS: dict[str, Callable[[Scan], Outcome]] = {"ours": by_code, "existing": by_print}


def main() -> int:
    """Photograph and read."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stacks", type=int, default=1, help="sheets of each form")
    parser.add_argument("--first-seed", type=int, default=500)
    parser.add_argument("--cut", type=float, default=0.0, help="share of a page beyond the picture's edge")
    parser.add_argument("--form", choices=tuple(forms()), help="this one alone")
    parser.add_argument("--kind", choices=tuple(KINDS), help="only these")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--worse", choices=("all", *WORSE), help="photographs with this fault, or with each")
    parser.add_argument("--pictures", type=Path, help="folder for the photographs")
    chosen = parser.parse_args()
    faults = tuple(WORSE) if chosen.worse == "all" else (chosen.worse,)
    seeds = range(chosen.first_seed, chosen.first_seed + chosen.stacks)
    wrong = False
    with ProcessPoolExecutor(chosen.workers) as pool:
        for kind, fault in product((chosen.kind,) if chosen.kind else KINDS, faults):
            jobs = [
                partial(told, kind, name, seed, chosen.cut, fault, chosen.pictures)
                for name in ((chosen.form,) if chosen.form else forms())
                for seed in seeds
            ]
            total, lines = Count(), []
            for count, refused in pool.map(_run, jobs):
                total.add(count)
                lines += refused
            print(total.told(f"{kind}, {fault}" if fault else kind), flush=True)
            for line in (*total.mistaken, *total.silent, *sorted(lines)):
                print("  ", line)
            wrong |= bool(total.mistaken or total.silent)
    return int(wrong)


def _run(job: partial[Told]) -> Told:
    return job()


if __name__ == "__main__":
    sys.exit(main())
