"""Real boxes marked by real people, where they are at hand; they belong to their sources (see there)."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np
import pytest

from omr.model.geometry import RectPx
from omr.model.reading import MarkState
from omr.read.given import read_boxes

REAL = Path(__file__).parents[3] / "shared" / "real" / "pen-boxes"
BOX_MM = 4.5


@pytest.mark.skipif(not REAL.is_dir(), reason="the real pages are not at hand")
def test_real_pen_marks_are_read_without_silent_error():
    pages = defaultdict(list)
    with (REAL / "truth.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            pages[row["page"]].append(row)
    silent, asked, boxes = [], 0, 0
    for name, rows in pages.items():
        image = cv2.imread(str(REAL / "pages" / name), cv2.IMREAD_GRAYSCALE)
        areas = [_area(*(int(row[key]) for key in "xywh")) for row in rows]
        px_per_mm = float(np.median([float(row["w"]) for row in rows])) / BOX_MM
        _measured, marks = read_boxes(image, areas, px_per_mm)
        for row, state in zip(rows, marks.states, strict=True):
            boxes += 1
            if state in (MarkState.MARGINAL, MarkState.CANCELLED):
                asked += 1
            elif (state == MarkState.MARKED) != (row["marked"] == "1"):
                silent.append((name, row["box_id"], row["kind"], MarkState(int(state)).name))
    assert silent == []
    assert boxes > 1000
    assert asked <= 0.02 * boxes


def _area(x, y, wide, high):
    return RectPx(x, y, x + wide, y + high)
