"""The rim of a stain is as dark and as long as a pencil's stroke, but no pen's edge is as soft."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from omr.model.reading import Doubt, MarkState
from omr.pipeline import read_scan
from omr.read.classify import classify
from omr.settings import DEFAULT


def stained(paper, middles, depth, soft_mm):
    """Return the page with rings of a cup on it: middles in mm, depth of gray, and how soft they are."""
    rim = np.zeros(paper.image.shape, np.float32)
    for x, y in middles:
        cv2.circle(rim, (round(x * paper.k), round(y * paper.k)), round(30 * paper.k), 1.0, round(paper.k))
    rim = cv2.GaussianBlur(rim, (0, 0), soft_mm * paper.k)
    image = np.clip(paper.image - depth * rim / rim.max(), 0, 255).astype(np.uint8)
    copy = replace(paper)
    copy.image = image
    return copy


@pytest.mark.parametrize("depth", [45, 65, 85])
@pytest.mark.parametrize("soft_mm", [0.8, 1.2])
def test_no_box_under_the_rim_of_a_stain_is_taken_for_marked(one_box, depth, soft_mm):
    ticked = [box.id for box in one_box.layout.pages[0].boxes[::3]]
    for box in ticked:
        one_box.tick(box)
    page = stained(one_box, [(143, 100), (120, 190)], depth, soft_mm)
    reading = read_scan(page.scan(0.6), {page.layout.digest: page.layout})[0]
    marks = zip(reading.marks.boxes, reading.marks.states.tolist(), reading.review.tolist(), strict=True)
    sure = [box for box, state, review in marks if state == MarkState.MARKED and not review]
    assert set(sure) <= set(ticked)
    assert len(sure) >= len(ticked) - 2
    assert (reading.marks.doubts & int(Doubt.DIRTY)).any() == (depth > 50)


def test_on_a_blurred_page_a_soft_pen_is_a_pen(one_box):
    for box in one_box.layout.pages[0].boxes[::3]:
        one_box.tick(box.id, width=1.0)
    blurred = replace(one_box)
    blurred.image = cv2.GaussianBlur(one_box.image, (0, 0), 0.2 * one_box.k)
    reading = read_scan(blurred.scan(0.6), {blurred.layout.digest: blurred.layout})[0]
    assert not (reading.marks.doubts & int(Doubt.DIRTY)).any()
    assert np.count_nonzero(reading.marks.states == MarkState.MARKED) == 9


@pytest.mark.parametrize("seed", range(4))
def test_on_a_page_that_is_dirty_all_over_dirt_is_never_a_mark(one_box, seed):
    ticked = [box.id for box in one_box.layout.pages[0].boxes[::3]]
    for box in ticked:
        one_box.tick(box)
    dirt = np.random.default_rng(seed).normal(0, 1, one_box.image.shape).astype(np.float32)
    dirt = cv2.GaussianBlur(dirt, (0, 0), 0.7 * one_box.k)
    page = replace(one_box)
    shade = 34 * np.maximum(dirt / dirt.std(), 0)
    page.image = np.clip(one_box.image - np.where(one_box.image > 0, shade, 0), 0, 255).astype(np.uint8)
    reading = read_scan(page.scan(0.6), {page.layout.digest: page.layout})[0]
    marks = zip(reading.marks.boxes, reading.marks.states.tolist(), reading.review.tolist(), strict=True)
    assert {box for box, state, review in marks if state == MarkState.MARKED and not review} <= set(ticked)


@pytest.mark.parametrize("slant_mm", [1.2, 1.5])
def test_a_box_that_a_fold_makes_slanted_is_asked_about(one_box, slant_mm):
    for box in one_box.layout.pages[0].boxes[::3]:
        one_box.tick(box.id)
    area = one_box.layout.pages[0].boxes[4].area
    one_box.fill(replace(area, x=area.x - 0.5, y=area.y - 0.5, width=6.0, height=6.0), gray=255)
    down = slant_mm
    corners = [
        (area.x, area.y), (area.right, area.y + down), (area.right, area.bottom + down),
        (area.x, area.bottom), (area.x, area.y),
    ]  # fmt: skip
    one_box.stroke(*corners, width=0.25, gray=0)
    reading = read_scan(one_box.scan(0.6), {one_box.layout.digest: one_box.layout})[0]
    assert reading.review[4]


@pytest.mark.parametrize(("dirt", "asked"), [(0.1, False), (0.4, True)])
def test_a_mark_has_to_stand_out_from_what_the_pages_unmarked_boxes_hold(one_box, dirt, asked):
    for box in one_box.layout.pages[0].boxes[::3]:
        one_box.tick(box.id)
    reading = read_scan(one_box.scan(0.6), {one_box.layout.digest: one_box.layout})[0]
    marked = reading.marks.states == MarkState.MARKED
    peak = reading.measurements.column("peak_ink")
    dirty = np.where(marked, peak, dirt * peak[marked].min()).astype(np.float32)
    measurements = reading.measurements.with_column("peak_ink", dirty)
    marks = classify(measurements, DEFAULT.classify, DEFAULT.calibration)
    assert (marks.doubts[marked] & int(Doubt.DIRTY)).any() == asked
