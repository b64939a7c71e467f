"""Read boxes on real paper at their given places, and count: silent errors, questions, reliability.

    .venv/bin/python -m bench.real FOLDER [--crops asked.png]

FOLDER holds one folder a set, each with pages/ and truth.csv (page,box_id,x,y,w,h,marked,kind; px). Boxes of
a set named bubble… are to be filled in and hold the letter their id ends with. Nothing is fitted on them.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from bench.accuracy import BINS
from bench.tables import Table, render
from omr.audit.bounds import lower_bound, upper_bound
from omr.model.arrays import Gray
from omr.model.geometry import RectPx
from omr.model.layout import Shape
from omr.model.reading import Doubt, MarkState
from omr.read.given import read_boxes

BOX_MM = {True: 4.06, False: 4.5}
"""Side of the given boxes, mm: bubbles with some paper around, square boxes by their frames."""

_ASKED = int(Doubt.CONFIDENCE | Doubt.LOOSE_FIT | Doubt.STREAK)
_SIDE, _WIDE = 110, 10


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """One real box: what it is, how it was read, and its crop."""

    name: str
    kind: str
    marked: bool
    state: MarkState
    asked: bool
    confidence: float
    crop: Gray

    @property
    def silent(self) -> bool:
        """True where it was read wrong and nobody is asked."""
        return not self.asked and (self.state is MarkState.MARKED) != self.marked


def read(folder: Path) -> Iterator[Read]:
    """Yield every box of a set."""
    bubbles = folder.name.startswith("bubble")
    pages = defaultdict(list)
    with (folder / "truth.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            pages[row["page"]].append(row)
    for page, rows in pages.items():
        image = cv2.imread(str(folder / "pages" / page), cv2.IMREAD_GRAYSCALE)
        places = [[int(row[key]) for key in "xywh"] for row in rows]
        areas = [RectPx(x, y, x + wide, y + high) for x, y, wide, high in places]
        _seen, marks = read_boxes(
            image,
            areas,
            float(np.median([wide for _x, _y, wide, _high in places])) / BOX_MM[bubbles],
            shape=Shape.CIRCLE if bubbles else Shape.SQUARE,
            prints=[row["box_id"].rpartition(":")[2] for row in rows] if bubbles else (),
            fill_chooses=bubbles,
        )
        for at, (row, area) in enumerate(zip(rows, areas, strict=True)):
            state = MarkState(int(marks.states[at]))
            asked = state in {MarkState.MARGINAL, MarkState.CANCELLED} or bool(marks.doubts[at] & _ASKED)
            rim = (area.right - area.left) // 3
            crop = image[
                max(area.top - rim, 0) : area.bottom + rim, max(area.left - rim, 0) : area.right + rim
            ]
            yield Read(f"{page} {row['box_id']}", row["kind"], row["marked"] == "1", state, asked,
                       float(marks.confidence[at]), crop)  # fmt: skip


def tables(name: str, boxes: list[Read]) -> tuple[Table, ...]:
    """Return the counts of a set and its reliability table."""
    silent, asked = sum(box.silent for box in boxes), sum(box.asked for box in boxes)
    bound = 1e6 * upper_bound(silent, len(boxes))
    counts = (str(len(boxes)), str(silent), f"{bound:.1f}", str(asked), f"{100 * asked / len(boxes):.3f}")
    rows = []
    for number, start in enumerate(BINS):
        end = BINS[number + 1] if number + 1 < len(BINS) else 2.0
        inside = [box for box in boxes if start <= box.confidence < end]
        wrong = sum(box.state is not (MarkState.MARKED if box.marked else MarkState.EMPTY) for box in inside)
        if inside:
            stated, least = (
                1 - float(np.mean([box.confidence for box in inside])),
                lower_bound(wrong, len(inside)),
            )
            rows.append((f"{start} and more", str(len(inside)), str(wrong), f"{stated:.6f}", f"{least:.6f}",
                         "overconfident" if stated < least else "held"))  # fmt: skip
    return (
        Table(
            f"boxes, {name}",
            ("set", "boxes", "silent", "bound per million", "asked", "asked %"),
            ((name, *counts),),
        ),
        Table(
            f"reliability, {name}",
            ("confidence", "boxes", "wrong", "stated error", "at least", "verdict"),
            tuple(rows),
        ),
    )


def main() -> int:
    """Read the sets of a folder."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--crops", type=Path, help="a picture of all boxes asked about or silently wrong")
    chosen = parser.parse_args()
    shown, silent = [], 0
    for folder in sorted(path for path in chosen.folder.iterdir() if (path / "truth.csv").is_file()):
        boxes = list(read(folder))
        print(render(tables(folder.name, boxes)))
        for box in (box for box in boxes if box.asked or box.silent):
            print(
                f"{'SILENT' if box.silent else 'asked'} {box.name}: {box.kind}, read {box.state.name.lower()}"
            )
            shown.append(cv2.resize(box.crop, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA))
        silent += sum(box.silent for box in boxes)
    if chosen.crops and shown:
        shown += [np.full((_SIDE, _SIDE), 255, np.uint8)] * (-len(shown) % _WIDE)
        rows = [np.hstack(shown[at : at + _WIDE]) for at in range(0, len(shown), _WIDE)]
        cv2.imwrite(str(chosen.crops), np.vstack(rows))
    return 1 if silent else 0


if __name__ == "__main__":
    sys.exit(main())
