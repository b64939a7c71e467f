"""Real boxes marked by real people, where they are at hand; they belong to their sources (see there)."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np
import pytest

from omr.model.geometry import RectPx
from omr.model.layout import Shape
from omr.model.reading import Doubt, MarkState
from omr.read.given import read_boxes

REAL = Path(__file__).parents[3] / "shared" / "real"
BOX_MM = {"pen-boxes": 4.5, "bubble-sheet": 4.06}


@pytest.mark.skipif(not REAL.is_dir(), reason="the real pages are not at hand")
def test_real_pen_marks_are_read_without_silent_error():
    silent, asked, boxes = _read("pen-boxes")
    assert silent == []
    assert boxes > 1000
    assert asked <= 0.01 * boxes


@pytest.mark.skipif(not REAL.is_dir(), reason="the real pages are not at hand")
def test_real_bubbles_with_letters_in_them_are_read_without_silent_error():
    silent, asked, boxes = _read("bubble-sheet", shape=Shape.CIRCLE, fill_chooses=True)
    assert silent == []
    assert boxes > 29_000
    assert asked <= 0.005 * boxes


def _read(name, **how):
    """Return the silent errors of a set, how many boxes a person is asked about, and how many there are."""
    pages = defaultdict(list)
    with (REAL / name / "truth.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            pages[row["page"]].append(row)
    silent, asked, boxes = [], 0, 0
    for page, rows in pages.items():
        image = cv2.imread(str(REAL / name / "pages" / page), cv2.IMREAD_GRAYSCALE)
        areas = [_area(*(int(row[key]) for key in "xywh")) for row in rows]
        px_per_mm = float(np.median([float(row["w"]) for row in rows])) / BOX_MM[name]
        if "fill_chooses" in how:
            how["prints"] = [row["box_id"].rpartition(":")[2] for row in rows]
        _measured, marks = read_boxes(image, areas, px_per_mm, **how)
        unsure = marks.doubts & int(Doubt.CONFIDENCE | Doubt.LOOSE_FIT | Doubt.STREAK) != 0
        for row, state, unclear in zip(rows, marks.states, unsure, strict=True):
            boxes += 1
            if state in (MarkState.MARGINAL, MarkState.CANCELLED) or unclear:
                asked += 1
            elif (state == MarkState.MARKED) != (row["marked"] == "1"):
                silent.append((page, row["box_id"], row["kind"], MarkState(int(state)).name))
    return silent, asked, boxes


def _area(x, y, wide, high):
    return RectPx(x, y, x + wide, y + high)
