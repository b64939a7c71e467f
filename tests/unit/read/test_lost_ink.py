"""Where a scan in black and white leaves strokes in crumbs, rows without a mark are asked about."""

from __future__ import annotations

import numpy as np
import pytest

from omr.model.reading import Cause, Doubt, MarkState
from omr.pipeline.scan import read_scan

THRESHOLD = 90


def in_two_values(paper, scanned, seed=0):
    image = paper.scan(0.4, noise=8.0, seed=seed).image
    return scanned(np.where(image < THRESHOLD, 0, 255).astype(np.uint8))


def read(paper, scan):
    return read_scan(scan, {paper.layout.digest: paper.layout})[0]


def lost(reading):
    return (reading.marks.doubts & int(Doubt.LOST_INK)) != 0


@pytest.mark.parametrize("seed", range(4))
def test_where_a_pencil_is_left_in_crumbs_every_row_without_a_mark_is_asked_about(one_box, scanned, seed):
    ticked = [box.id for box in one_box.layout.pages[0].boxes[::3]]
    for number, box in enumerate(ticked):
        one_box.tick(box, gray=(10, 78, 120)[number % 3])
    reading = read(one_box, in_two_values(one_box, scanned, seed))
    unseen = np.array([box not in ticked for box in reading.marks.boxes])
    assert lost(reading)[unseen].all()
    assert reading.review[unseen].all()
    marked = reading.marks.states == MarkState.MARKED
    assert marked.any()
    assert not lost(reading)[marked].any()
    asked = {answer.question for answer in reading.answers if answer.cause is Cause.READING}
    assert asked == {
        box.split(".")[0] for box, each in zip(reading.marks.boxes, marked, strict=True) if not each
    }


def test_a_pen_that_is_dark_enough_loses_nothing(one_box, scanned):
    for box in one_box.layout.pages[0].boxes[::3]:
        one_box.tick(box.id, gray=10)
    reading = read(one_box, in_two_values(one_box, scanned))
    assert not lost(reading).any()
    assert np.count_nonzero(reading.marks.states == MarkState.MARKED) == 9
    assert not reading.review.any()


def test_a_light_stroke_on_a_gray_scan_is_no_sign_of_lost_ink(one_box):
    for number, box in enumerate(one_box.layout.pages[0].boxes[::3]):
        one_box.tick(box.id, gray=(60, 105, 170)[number % 3])
    assert not lost(read(one_box, one_box.scan(0.4))).any()


def test_rows_that_have_a_mark_are_not_asked_about_for_ink_lost_elsewhere(paper, scanned):
    for number in range(25):
        paper.tick(f"q{number:02d}.c1", gray=78 if number == 4 else 10)
    reading = read(paper, in_two_values(paper, scanned))
    assert lost(reading).any()
    asked = {box.split(".")[0] for box, each in zip(reading.marks.boxes, reading.review, strict=True) if each}
    assert asked == {"q04"}
