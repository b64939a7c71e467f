"""A form known from one filled-in scan alone: drafted from it, and the other scans of its like read by it.

    .venv/bin/python -m bench.drafted FOLDER [--pictures OUT]

FOLDER holds pages/ and truth.csv (page, box, place in px, marked) of scans of others' forms. Scans whose
names begin alike are tried on each other: of one form, or of forms that differ in the order of words, which
are to be refused. Nobody touches the draft: what was marked on the scan stays in its blank.
Exits 1 where a box was read wrong and nobody was asked.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from collections import defaultdict
from itertools import groupby
from pathlib import Path

import cv2
import numpy as np

from bench.existing import Count, opened
from omr.draft.draft import draft, write
from omr.draft.freeze import freeze
from omr.errors import OmrError
from omr.forms.existing import ExistingForm
from omr.forms.load import load
from omr.imaging.warp import use_one_thread
from omr.model.arrays import Floats, Gray, middles
from omr.model.layout import Layout
from omr.model.reading import MarkState, Reading
from omr.model.scan import Scan
from omr.overlay import draw_reading
from omr.pipeline import read_by_print
from omr.read.known import index_of
from omr.settings import DEFAULT

Truth = dict[str, list[tuple[str, Floats, bool]]]
"""By page: name, left, top, width and height, px, and whether it is marked, of each listed box."""


def truth_of(folder: Path) -> Truth:
    """Return what is known of the pages' boxes."""
    found: Truth = defaultdict(list)
    with (folder / "truth.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            place = np.array([float(row[key]) for key in "xywh"])
            found[row["page"]].append((row["box_id"], place, row["marked"] == "1"))
    return found


def drafted(page: Path, folder: Path) -> Layout:
    """Return the form that a scan shows, as it is proposed and nobody has touched it."""
    path = folder / f"{page.stem.replace('_', '-').replace('.', '-').lower()}.yaml"
    write(page, draft(page, path, 2026), path)
    form = load(path)
    if not isinstance(form, ExistingForm):
        raise TypeError(path)
    return freeze(path, form)


def read_as(layout: Layout, page: Path, truth: Truth, *, named: bool, pictures: Path | None) -> Count:
    """Return what a scan is read as by another's draft; named: as `omr read --layout` reads it."""
    scan = opened(page)
    outcome = read_by_print(scan, index_of([layout], DEFAULT.known, named=named))
    count = Count(pages=1)
    if not isinstance(outcome, Reading):
        count.refused[outcome.reason.value] += 1
        return count
    if pictures is not None:
        cv2.imwrite(
            str(pictures / f"{page.stem}-by-{layout.id}.png"),
            draw_reading(_whole(scan), outcome, layout.pages[0]),
        )
    boxes = layout.pages[0].boxes
    at = outcome.registration.points(middles([box.area for box in boxes]))
    for name, (left, top, width, height), marked in truth[page.name]:
        off = np.abs(at - (left + width / 2, top + height / 2)) / (width, height)
        nearest = int(off.max(axis=1).argmin())
        if off[nearest].max() > _ITS_OWN:
            continue
        count.boxes += 1
        count.plain += 1
        state = MarkState(int(outcome.marks.states[nearest]))
        if outcome.review[nearest]:
            doubted = outcome.marks.doubts[nearest] or state is MarkState.MARGINAL
            count.asked["reading" if doubted else "respondent"] += 1
        elif (state is MarkState.MARKED) != marked:
            count.silent.append(
                f"{page.name} by {layout.id}: {name} marked {marked}, read {state.name.lower()}"
            )
    return count


def _whole(scan: Scan) -> Gray:
    return scan.image if scan.full is None else scan.full()


_ITS_OWN = 0.5
"""How far a box may lie from the listed place, as a share of its side."""


def main() -> int:
    """Draft, read, compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", type=Path, help="folder for what was read, drawn on the scans")
    chosen = parser.parse_args()
    use_one_thread()
    truth, wrong = truth_of(chosen.folder), False
    pages = sorted((chosen.folder / "pages").iterdir())
    for kind, group in groupby(pages, key=lambda page: page.name.partition("__")[0]):
        alike = list(group)
        for named in (False, True):
            total = Count()
            for blank in alike:
                with tempfile.TemporaryDirectory() as folder:
                    try:
                        layout = drafted(blank, Path(folder))
                    except OmrError as error:
                        print("  ", error)
                        continue
                for page in alike:
                    if page is not blank:
                        one = read_as(layout, page, truth, named=named, pictures=chosen.pictures)
                        print("     ", blank.stem, page.stem, one.told(""), flush=True)
                        total.add(one)
            print(total.told(f"{kind}{', named' * named}"), flush=True)
            for line in total.silent:
                print("  ", line)
            wrong |= bool(total.silent)
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
