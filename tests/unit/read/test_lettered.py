"""A sheet of bubbles whose words changed: it is told by the letters in its bubbles, or it is refused."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from omr.model.geometry import A4, RectMm
from omr.model.layout import (
    BlankRow,
    Box,
    Choice,
    FilledBy,
    Layout,
    Marking,
    Page,
    Question,
    Returns,
    Role,
    Shape,
)
from omr.model.reading import Doubt, Reading, Reason
from omr.model.scan import Scan, ScanId, Source
from omr.pipeline import read_by_print, reclassify
from omr.read.features import print_of
from omr.read.known import index_of
from omr.read.lettered import boxes_alike, has_its_boxes
from omr.settings import DEFAULT

PX, LETTERS, BLOCKS, ROWS = 8, "ABCDE", 4, 22
ADVICE = "FILL IN THE CIRCLES COMPLETELY. ERASE WHOLLY WHAT YOU CORRECT. DO NOT FOLD THE SHEET."
OTHER = "Name and class:            Signature:            Use a soft pencil, please, nothing else"


def sheet(letters=LETTERS, advice=ADVICE, title="ANSWERS", blocks=BLOCKS, first=1, step=ROWS, marked=()):
    """Return a printed sheet of bubbles: its boxes and its picture; letters: of one block or of each."""
    image = np.full((297 * PX, 210 * PX), 255, np.uint8)
    boxes = []
    written(image, title, 20, 24, 1.6)
    written(image, advice, 20, 36, 0.7)
    for block in range(blocks):
        names = letters if isinstance(letters, str) else letters[block]
        for row in range(ROWS):
            top, left = 50 + 10.5 * row, 26 + 45 * block
            written(image, f"{first + step * block + row}.", left - 11, top + 3.2, 0.7)
            for at, name in enumerate(names):
                area = RectMm(left + 6 * at, top, 4.0, 4.0)
                middle = round(area.center.x * PX), round(area.center.y * PX)
                cv2.circle(image, middle, round(1.8 * PX), 90, 2, cv2.LINE_AA)
                written(image, name, area.center.x - 0.8, area.center.y + 0.8, 0.6)
                boxes.append(Box(f"{block}.{row}.{at}", f"{block}.{row}", str(at), area, Shape.CIRCLE, name))
                if (block, row, at) in marked:
                    cv2.circle(image, middle, round(1.6 * PX), 40, -1, cv2.LINE_AA)
    return tuple(boxes), image


def written(image, text, x, y, size):
    """Write words with their lower left corner at (x, y) mm."""
    cv2.putText(
        image, text, (round(x * PX), round(y * PX)), cv2.FONT_HERSHEY_SIMPLEX, size, 0, 2, cv2.LINE_AA
    )


def form(name="a", **printed):
    """Return the layout of a sheet that others printed."""
    boxes, image = sheet(**printed)
    choices: dict[str, list[Choice]] = {}
    for box in boxes:
        choices.setdefault(box.question, []).append(Choice(box.choice, box.print))
    questions = tuple(
        Question(each, each, "", "", tuple(some), Role.ITEM, BlankRow.ALLOWED)
        for each, some in choices.items()
    )
    page = Page(1, (), None, (), boxes, (), print_of(image, A4))
    return Layout(name, "1", 2026, name * 10, name, "en", A4, 0.25, (), questions, (page,), "",
                  FilledBy.PERSON, Returns.ONCE, Marking.FILL, "a" * 12)  # fmt: skip


def read(image, *known):
    """Return what a scan shows where these forms are known."""
    scan = Scan(ScanId("0" * 64, 1), Source("0" * 64, "", 0, 0), 203.2, image)
    return read_by_print(scan, index_of(known, DEFAULT.known))


MARKED = frozenset((block, row, (block + row) % 5) for block in range(2) for row in range(ROWS))
REWORDED = {"advice": OTHER, "title": "TEST", "step": 0}


@pytest.fixture(scope="module")
def known():
    """The form that is known."""
    return form()


def test_a_sheet_with_other_words_around_its_bubbles_is_read_and_the_page_says_so(known):
    plain = read(sheet(marked=MARKED)[1], known)
    reworded = read(sheet(marked=MARKED, **REWORDED)[1], known)
    assert isinstance(reworded, Reading)
    assert (reworded.marks.states == plain.marks.states).all()
    assert int((plain.marks.states == 1).sum()) == len(MARKED)
    assert not reworded.review.any()
    assert not (plain.marks.doubts & Doubt.REWORDED).any()
    assert (reworded.marks.doubts & Doubt.REWORDED).all()
    assert (reclassify(reworded, known).marks.doubts & Doubt.REWORDED).all()


@pytest.mark.parametrize(
    "letters", ["EDCBA", "BCDEF", (LETTERS, LETTERS, "EDCBA", LETTERS)], ids=["turned", "others", "one block"]
)
def test_a_sheet_with_other_letters_in_its_bubbles_is_refused(known, letters):
    refused = read(sheet(letters=letters, **REWORDED)[1], known)
    assert refused.reason in {Reason.UNKNOWN_LAYOUT, Reason.TOO_POOR}


def test_where_two_known_sheets_have_the_same_bubbles_words_decide(known):
    other = form("b", **REWORDED)
    assert read(sheet(marked=MARKED, **REWORDED)[1], known, other).layout == "b"
    assert read(sheet(marked=MARKED)[1], known, other).layout == "a"
    third = read(sheet(advice="Ask the teacher before you begin. Write nothing here." * 2, title="III",
                       first=61, step=0)[1], known, other)  # fmt: skip
    assert third.reason in {Reason.UNKNOWN_LAYOUT, Reason.TOO_POOR}


def test_few_bubbles_or_bubbles_without_letters_tell_nothing():
    boxes, image = sheet(blocks=1)
    small = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    assert boxes_alike(small, small, boxes) == 0.0
    boxes, image = sheet()
    small = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    assert boxes_alike(small, small, boxes) == 1.0
    assert boxes_alike(small, small, tuple(replace(box, print="") for box in boxes)) == 0.0


def test_a_page_has_anothers_boxes_where_print_and_place_agree():
    boxes, others = sheet()[0], sheet(letters="VWXYZ")[0]
    moved = tuple(replace(box, area=RectMm(box.area.x + 0.4, box.area.y, 4.0, 4.0)) for box in boxes)
    assert has_its_boxes(boxes, moved)
    assert not has_its_boxes(boxes, others)
    assert not has_its_boxes((), boxes)
