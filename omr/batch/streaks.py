"""Boxes under one straight line: dirt on the scanner's glass draws it over every page of a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from omr.batch.asked import REACH_MM, AskedBox, AskedSheet, Boxes
from omr.batch.openquestion import OpenQuestion, QuestionReason, question
from omr.i18n import _
from omr.model.arrays import Floats
from omr.model.reading import Doubt
from omr.store.records import StoredPage

_LINE_SHARE = 0.12
"""Of the boxes that a line would run through, the share that has to show it. A skewed page meets a streak
with a part of its column only; of boxes that share a column by chance there is one in some twenty."""


def streaks(sheets: Sequence[AskedSheet]) -> tuple[set[AskedBox], list[OpenQuestion]]:
    """Return the boxes under streaks, and a question for each file and line."""
    pages: dict[tuple[str, int, str], list[StoredPage]] = {}
    doubted: dict[tuple[str, int, str], list[AskedBox]] = {}
    for sheet in sheets:
        for page in sheet.pages:
            pages.setdefault((sheet.unit, sheet.year, page.scan.id.sha256), []).append(page)
        for box in sheet.boxes:
            if box.doubts & Doubt.STREAK:
                doubted.setdefault((sheet.unit, sheet.year, box.scan.scan.id.sha256), []).append(box)
    under: set[AskedBox] = set()
    questions = []
    for (unit, year, file), boxes in doubted.items():
        for axis, hit in lines(boxes):
            if _is_streak(axis, hit, pages[unit, year, file]):
                under.update(hit)
                first = f"{hit[0].sheet}/{hit[0].question}/{hit[0].choice}"
                questions.append(question(QuestionReason.STREAK, first, unit, year, hit, _edge(axis, hit)))
    return under, questions


def _is_streak(axis: int, boxes: Boxes, pages: Sequence[StoredPage]) -> bool:
    """True where a line goes on from its first to its last scan, through several of the file's sheets.

    pages: every page of the file. A line through one sheet alone is that sheet's fold, unless the file
    holds no other.
    """
    several = len({page.page.sheet for page in pages}) > 1
    frames = [box.frame for box in boxes]
    passed = [page for page in pages if min(frames) <= page.scan.id.frame <= max(frames)]
    return not (several and len({box.sheet for box in boxes}) == 1) and is_line(axis, boxes, passed)


def is_line(axis: int, boxes: Boxes, pages: Sequence[StoredPage]) -> bool:
    """True where boxes of more than one row are a good share of all that lie on their line on `pages`.

    One row alone is looked at as a row, whatever goes through it. A page without a doubt counts as its like:
    the same page of the same form has its boxes at the same place.
    """
    aligned: dict[tuple[str, int], list[int]] = {}
    for box in boxes:
        aligned.setdefault(_kind(box.scan), []).append(box.aligned[axis])
    on_way = sum(float(np.mean(aligned[_kind(page)])) for page in pages if _kind(page) in aligned)
    return len({box.row for box in boxes}) > 1 and len(boxes) >= _LINE_SHARE * on_way


def _kind(page: StoredPage) -> tuple[str, int]:
    """Return which page of which form it is."""
    return page.page.digest, page.page.page


def lines(boxes: Sequence[AskedBox]) -> Iterator[tuple[int, Boxes]]:
    """Yield the straight lines that boxes lie on, the fullest first, each as axis and its boxes.

    A feeder draws its streaks along one side of the image, so a line is a value of x (axis 0) or of y (1);
    whichever most of the boxes share. A line has two boxes at least, and a box is on one line at most.
    """
    places = np.array([box.at_mm for box in boxes]).reshape(-1, 2)
    left = np.arange(len(boxes))
    while len(left):
        lines = [(axis, left[_fullest(places[left, axis])]) for axis in (0, 1)]
        axis, found = max(lines, key=lambda line: len(line[1]))
        if len(found) == 1:
            return
        yield axis, tuple(boxes[at] for at in found.tolist())
        left = np.setdiff1d(left, found)


def _fullest(values: Floats) -> NDArray[np.intp]:
    """Return which values, by rising index, lie in the interval of two reaches that holds the most."""
    order = np.argsort(values, kind="stable")
    ends = np.searchsorted(values[order], values[order] + 2 * REACH_MM, side="right")
    start = int(np.argmax(ends - np.arange(len(values))))
    return np.sort(order[start : ends[start]])


def _edge(axis: int, boxes: Boxes) -> str:
    place = float(np.median([box.at_mm[axis] for box in boxes]))
    if axis == 0:
        return _("A straight line through the boxes, {mm:.0f} mm from the image's left edge.").format(
            mm=place
        )
    return _("A straight line through the boxes, {mm:.0f} mm from the image's top edge.").format(mm=place)
