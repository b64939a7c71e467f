"""How many boxes of a blank form `omr layout draft` finds, and how many it takes that are none.

    .venv/bin/python -m bench.draft [FOLDER] [--pictures DIR]

FOLDER holds pen-boxes/ (pages/ and truth.csv, px: some of the boxes of each page) and bubble-sheet/blank.pdf;
without it our own forms alone are tried: as drawn, and scanned askew in black and white at 200 dpi. A box is
found where it and a proposed one share half of their joint area. What is proposed beyond the list of
pen-boxes is judged by eye, on the pictures. Exit 1 where fewer are found than the goals say.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
from PIL import Image

from bench.tables import Table, render
from omr.draft.blank import blank_pages
from omr.draft.propose import PageProposal, propose
from omr.draft.sheet import BlankPage
from omr.draft.write import picture
from omr.forms.catalogue import Catalogue
from omr.forms.issue import issue_copies
from omr.forms.pdf import write_forms
from omr.model.geometry import RectMm

JOINT = 0.5
"""Share of the joint area from which a proposed box is the listed one."""
LEAST = 0.97
"""Share of the listed boxes to be found."""
BUBBLES, BLOCKS = 1101, 11
"""Bubbles of bubble-sheet/blank.pdf without its printed examples, and the groups they make."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One page: its boxes as far as they are known, and what was proposed."""

    name: str
    listed: tuple[RectMm, ...]
    proposal: PageProposal

    @property
    def found(self) -> int:
        """Listed boxes that were found."""
        return sum(any(joint(box, each.area) >= JOINT for each in self.proposal.boxes) for box in self.listed)

    @property
    def beyond(self) -> int:
        """Proposed boxes that are not on the list."""
        return sum(all(joint(box, each.area) < JOINT for box in self.listed) for each in self.proposal.boxes)


def joint(one: RectMm, other: RectMm) -> float:
    """Return the area both share over the area of both together, 0..1."""
    wide = max(min(one.right, other.right) - max(one.x, other.x), 0.0)
    high = max(min(one.bottom, other.bottom) - max(one.y, other.y), 0.0)
    return wide * high / (one.width * one.height + other.width * other.height - wide * high)


def scans(folder: Path) -> Iterator[Tried]:
    """Yield the pages of a set with truth.csv."""
    listed = defaultdict(list)
    with (folder / "truth.csv").open(encoding="utf-8-sig", newline="") as file:
        for line in csv.DictReader(file):
            listed[line["page"]].append([float(line[key]) for key in "xywh"])
    for name in sorted(listed):
        page = next(blank_pages(folder / "pages" / name))
        yield Tried(name, tuple(upright(page, *place) for place in listed[name]), propose(page))


def upright(page: BlankPage, x: float, y: float, width: float, height: float) -> RectMm:
    """Return a box of the scan as it came on the page turned upright."""
    back = cv2.invertAffineTransform(page.turn)
    middle = back @ np.array((x + width / 2 - 0.5, y + height / 2 - 0.5, 1.0))
    per_px = float(np.hypot(*back[:, 0]))
    width, height = width * per_px, height * per_px
    return RectMm(float(middle[0]) - width / 2, float(middle[1]) - height / 2, width, height)


def own(*, scanned: bool) -> Iterator[Tried]:
    """Yield the pages of our own forms, drawn or scanned: all their boxes are known, nothing else is one."""
    catalogue = Catalogue((Path("layouts"),))
    with TemporaryDirectory() as folder:
        for form in catalogue.forms():
            placement = catalogue.placement(form.id)
            path = Path(folder) / f"{form.id}.pdf"
            write_forms(path, placement, issue_copies(placement.layout, 1, "", random.Random(1).randrange))
            for page in blank_pages(path):
                boxes = tuple(box.area for box in placement.layout.page(page.number).boxes)
                name = f"{form.id} {page.number}"
                yield askew(name, page, boxes, Path(folder)) if scanned else Tried(name, boxes, propose(page))


def askew(name: str, page: BlankPage, boxes: Sequence[RectMm], folder: Path) -> Tried:
    """Return a page as a black and white scan at 200 dpi, turned by 2 degrees, drafted from that."""
    height, width = (round(side * 2 / 3) for side in page.picture.shape)
    small = cv2.resize(page.picture, (width, height), interpolation=cv2.INTER_AREA)
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 2.0, 1.0)
    turned = cv2.warpAffine(small, turn, (width, height), borderValue=255)
    path = folder / "scan.png"
    Image.fromarray(turned > 150).save(path, dpi=(200, 200))
    scan = next(blank_pages(path))
    per_mm = 200 / 25.4
    places = []
    for box in boxes:
        x, y = turn @ np.array((box.center.x * per_mm, box.center.y * per_mm, 1.0))
        size = box.width * per_mm, box.height * per_mm
        places.append(upright(scan, float(x) - size[0] / 2, float(y) - size[1] / 2, *size))
    return Tried(name, tuple(places), propose(scan))


def table(title: str, tried: Sequence[Tried]) -> Table:
    """Return the counts, a row a page and their sum."""
    rows = [(each.name, len(each.listed), each.found, each.beyond) for each in tried]
    total = ("all", *(sum(column) for column in zip(*(row[1:] for row in rows), strict=True)))
    return Table(title, ("page", "listed", "found", "beyond the list"),
                 tuple(tuple(map(str, row)) for row in (*rows, total)))  # fmt: skip


def main() -> int:
    """Print the counts; return 1 where fewer are found than the goals say."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--pictures", type=Path)
    given = parser.parse_args()
    sets = {
        "our own forms, drawn": list(own(scanned=False)),
        "our own forms, scanned": list(own(scanned=True)),
    }
    good = True
    if given.folder is not None:
        sets["pen-boxes"] = list(scans(given.folder / "pen-boxes"))
        blank = propose(next(blank_pages(given.folder / "bubble-sheet" / "blank.pdf")))
        bubbles, blocks = len(blank.boxes), len(blank.blocks)
        print(f"bubble-sheet: {bubbles} of {BUBBLES} bubbles in {blocks} of {BLOCKS} groups\n")
        good = (bubbles, blocks) == (BUBBLES, BLOCKS)
    print(render([table(title, tried) for title, tried in sets.items()]))
    for each in (each for tried in sets.values() for each in tried if given.pictures is not None):
        given.pictures.mkdir(parents=True, exist_ok=True)
        data = cv2.imencode(".png", picture([each.proposal]))[1]
        (given.pictures / f"{each.name}-{len(each.listed)}.png").write_bytes(data.tobytes())
    shares = [sum(e.found for e in tried) / sum(len(e.listed) for e in tried) for tried in sets.values()]
    return 0 if good and min(shares) >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
