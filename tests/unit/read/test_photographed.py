"""Pages on photographs: seen from aside, in a shadow, on a table, bent, or not wholly in the picture."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from omr.model.reading import Reading, Reason, Rejection
from omr.overlay import cut_out
from omr.pipeline import read_scan
from omr.pipeline.placed import CUT
from omr.read.features import light_on, on_paper, relit
from omr.read.identify import is_inverse

SIZE = 1900, 2500
ASIDE = np.array([(260.0, 190.0), (1610.0, 120.0), (1790.0, 2330.0), (90.0, 2270.0)])
"""Corners of a page 210 mm wide seen from 15° aside."""


def photograph(image, corners=ASIDE, table=70, dark=1.0, bend=0.0):
    """A page on a table, its corners at places, px; dark: light in the shadow across it; bend: px."""
    height, width = image.shape
    paper = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    back = cv2.getPerspectiveTransform(corners.astype(np.float32), paper)
    px = np.stack(np.meshgrid(np.arange(SIZE[0]), np.arange(SIZE[1])), axis=2).reshape(1, -1, 2)
    at = cv2.perspectiveTransform(px.astype(np.float64), back).reshape(SIZE[1], SIZE[0], 2)
    at[:, :, 0] += bend * np.sin(np.pi * at[:, :, 1] / height)
    seen = cv2.remap(image, at.astype(np.float32), None, cv2.INTER_LINEAR, borderValue=table).astype(float)
    light = np.ones((SIZE[1], 1))
    light[SIZE[1] // 3 : SIZE[1] // 2] = dark
    seen *= cv2.GaussianBlur(light, (0, 0), 12)
    grain = np.random.default_rng(5).normal(0, 3, seen.shape)
    return np.clip(cv2.GaussianBlur(seen, (0, 0), 0.8) * 0.85 + 20 + grain, 0, 255).astype(np.uint8)


def read(paper, scan):
    (outcome,) = read_scan(scan, {paper.layout.digest: paper.layout})
    return outcome


@pytest.fixture
def ticked(paper):
    for question in paper.layout.questions:
        paper.tick(f"{question.id}.c1")
    return paper


@pytest.mark.parametrize("bend", [0.0, 10.0])
@pytest.mark.parametrize("dark", [1.0, 0.5])
def test_a_page_seen_from_aside_is_read(ticked, scanned, bend, dark):
    reading = read(ticked, scanned(photograph(ticked.image, bend=bend, dark=dark)))
    assert isinstance(reading, Reading)
    assert {answer.chosen for answer in reading.answers} == {("c1",)}
    assert not reading.review.any()


def test_upside_down_and_with_one_code_hidden_it_is_read_as_well(ticked, scanned):
    for area in ticked.layout.pages[0].codes[:1]:
        ticked.fill(area.grown(1), 255)
    picture = np.ascontiguousarray(np.rot90(photograph(ticked.image), 2))
    assert {answer.chosen for answer in read(ticked, scanned(picture)).answers} == {("c1",)}


def test_crops_are_cut_from_the_photograph_itself(ticked, scanned):
    picture = photograph(ticked.image, bend=10.0)
    reading = read(ticked, scanned(picture))
    for box in ("q00.c1", "q12.c0", "q24.c2"):
        area = ticked.area(box).grown(2.0)
        left, top = round(area.x * ticked.k), round(area.y * ticked.k)
        flat = cv2.resize(ticked.image[top : top + 71, left : left + 71], (90, 90))
        cut = cut_out(picture, reading.registration, area, 90)
        assert cv2.matchTemplate(cut, flat, cv2.TM_CCOEFF_NORMED)[0, 0] > 0.8


def test_a_page_that_is_not_wholly_in_the_picture_is_refused_as_such(ticked, scanned):
    refused = read(ticked, scanned(photograph(ticked.image, ASIDE + (420.0, 0.0))))
    assert isinstance(refused, Rejection)
    assert refused.reason is Reason.FIDUCIALS_MISSING


def test_a_page_whose_last_row_is_beyond_the_picture_is_refused_though_all_else_is_there(ticked, scanned):
    height, width = ticked.image.shape
    paper = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    seen = cv2.getPerspectiveTransform(paper, ASIDE.astype(np.float32))
    row = np.array([[(place.x * ticked.k, place.y * ticked.k) for place in ticked.area("q24.c1").corners]])
    edge = round(float(cv2.perspectiveTransform(row, seen)[0, :, 1].max()))
    picture = photograph(ticked.image)
    assert isinstance(read(ticked, scanned(picture[: edge + 60])), Reading)
    refused = read(ticked, scanned(picture[: edge - 20]))
    assert isinstance(refused, Rejection)
    assert (refused.reason, refused.detail) == (Reason.FIDUCIALS_MISSING, CUT)


def test_a_page_folded_over_is_refused_as_one_that_bends_too_much(ticked, scanned):
    """From the middle on, its right side lies 4 mm further down."""
    image = ticked.image.copy()
    height, width = image.shape
    image[height // 2 + 32 :, width // 2 :] = image[height // 2 : -32, width // 2 :]
    refused = read(ticked, scanned(photograph(image)))
    assert isinstance(refused, Rejection)
    assert refused.reason in {Reason.LOOSE_FIT, Reason.FIDUCIALS_MISSING}


def test_a_stretched_copy_is_no_photograph(ticked, scanned):
    stretched = cv2.resize(ticked.image, None, fx=1.0, fy=1.12)
    assert read(ticked, scanned(stretched)).reason is Reason.WRONG_SCALE


def test_the_edge_of_a_shadow_is_taken_off_and_ink_is_not():
    image = np.full((400, 400), 220, np.uint8)
    image[190:210, 190:215] = 60
    light = np.ones((400, 1))
    light[200:] = 0.5
    image = (image * cv2.GaussianBlur(light, (0, 0), 8)).astype(np.uint8)
    even = relit(image, light_on(image, 8.0)).astype(int)
    paper = np.delete(even, np.s_[180:225], axis=1)
    assert np.abs(paper / np.median(paper) - 1).max() < 0.12
    assert even[195:205, 195:210].max() < 0.45 * np.median(paper)


def test_features_are_taken_from_bright_paper_alone_and_a_dark_table_is_no_negative():
    table = np.where(np.indices((1200, 900)).sum(axis=0) // 40 % 2, 90, 40).astype(np.uint8)
    table[200:1000, 150:750] = 210
    table[300:900:30, 200:700] = 30
    where = on_paper(table)
    assert where[250:950, 200:700].min() == 255
    assert not where[:190].any()
    assert not where[:, :140].any()
    assert not is_inverse(table)
    assert is_inverse(255 - table[200:1000, 150:750])
