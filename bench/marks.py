"""Draw docs/marks.png: what the second generator makes of each kind of mark, as scanned.

.venv/bin/python -m bench.marks [--sheets 60] [--seed 7]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np

from bench.trial import Chunk, make, placement
from omr.forms.catalogue import Catalogue, shipped
from omr.intake.frames import open_source, scans
from omr.model.arrays import Gray
from omr.model.layout import Box
from omr.model.reading import Reading
from omr.model.registration import Registration
from omr.model.scan import Scan
from omr.pipeline import read_scan

TARGET = Path(__file__).parents[1] / "docs" / "marks.png"
SIDE, EACH, WIDE, CAPTION = 96, 6, 3, 250
AROUND = 2.2
"""mm of paper shown around a box."""


def crops(chunk: Chunk) -> dict[tuple[str, str], list[Gray]]:
    """Return up to EACH crops by (truth, kind)."""
    found: dict[tuple[str, str], list[Gray]] = {}
    known = Catalogue((shipped(),)).known()
    layout = placement(chunk.layout).layout
    with tempfile.TemporaryDirectory() as folder:
        truth = make(chunk, Path(folder))
        for path in sorted(Path(folder, "scans").rglob("*")):
            for scan in scans(open_source(path)) if path.is_file() else ():
                for outcome in read_scan(scan, known) if isinstance(scan, Scan) else ():
                    if not isinstance(outcome, Reading):
                        continue
                    told = truth[outcome.page.sheet, outcome.page.page]
                    for box in layout.page(outcome.page.page).boxes:
                        true, kind, _tool, _hard = told[box.question, box.choice]
                        shown = found.setdefault((true, kind), [])
                        if len(shown) < EACH:
                            shown.append(_crop(scan.image, box, outcome.registration))
    return found


def _crop(image: Gray, box: Box, registration: Registration) -> Gray:
    corners = registration.corners((box.area.grown(AROUND),))[0]
    left, top = corners.min(axis=0).astype(int).clip(0)
    right, bottom = corners.max(axis=0).astype(int)
    return cv2.resize(image[top:bottom, left:right], (SIDE, SIDE), interpolation=cv2.INTER_AREA)


def sheet(found: dict[tuple[str, str], list[Gray]]) -> Gray:
    """Return the picture: a row a kind, its truth and name before its crops."""
    order = ("empty", "marked", "marginal", "cancelled", "either")
    rows = []
    for (truth, kind), shown in sorted(found.items(), key=lambda item: (order.index(item[0][0]), item[0][1])):
        row = np.full((SIDE + 6, CAPTION + EACH * (SIDE + 6)), 255, np.uint8)
        cv2.putText(row, f"{truth}: {kind}", (8, SIDE // 2), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 0, 1, cv2.LINE_AA)
        for at, crop in enumerate(shown):
            left = CAPTION + at * (SIDE + 6)
            row[3 : 3 + SIDE, left : left + SIDE] = crop
        rows.append(row)
    height = -(-len(rows) // WIDE)
    rows += [np.full_like(rows[0], 255)] * (height * WIDE - len(rows))
    return np.hstack([np.vstack(rows[at * height : (at + 1) * height]) for at in range(WIDE)])


def main() -> int:
    """Make the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sheets", type=int, default=60)
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args()
    found = crops(Chunk(2, "haugiang-tap-the", "office", chosen.seed, chosen.sheets))
    cv2.imwrite(str(TARGET), sheet(found), [cv2.IMWRITE_PNG_COMPRESSION, 9])
    print(f"{TARGET}: {len(found)} kinds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
