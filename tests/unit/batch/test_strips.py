"""Small pictures of doubtful rows, kept when a page is read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from omr.batch import strips
from omr.batch.engine import Reader, Task
from omr.forms.catalogue import Catalogue, shipped
from omr.intake.frames import open_source, scans
from omr.model.layout import Field, FieldKind
from omr.overlay import from_jpeg, row_area
from omr.settings import DEFAULT

SCANS = Path(__file__).parents[3] / "samples" / "scans"


@pytest.fixture(scope="module")
def read():
    """Every page of a sample folder: its scan as the worker has it, its printed page, its reading."""
    layouts = Catalogue((shipped(),)).known()
    reader = Reader(layouts, DEFAULT)
    found = []
    for path in sorted(SCANS.rglob("*.jpg"))[:8]:
        source = open_source(path)
        (scan,) = scans(source, range(1, 2), small=True)
        (reading,) = reader(Task(source, 1, 1))
        found.append((scan, layouts[reading.page.digest].page(reading.page.page), reading))
    return found


def test_every_doubtful_row_has_a_picture_and_no_other(read):
    assert any(reading.strips for _scan, _page, reading in read)
    for _scan, page, reading in read:
        asked = {box.question for box, open_ in zip(page.boxes, reading.review, strict=True) if open_}
        assert {question for question, _picture in reading.strips} == asked
        for question, picture in reading.strips:
            area = row_area(page, question)
            shown = from_jpeg(picture)
            assert shown.shape == (round(strips.WIDTH * area.height / area.width), strips.WIDTH)
            # A row is printed on it: neither an empty place nor something black.
            assert 0.002 < (shown < 128).mean() < 0.3


def all_asked(read):
    scan, page, reading = read[0]
    return scan, page, replace(reading, review=np.ones_like(reading.review), strips=())


def test_the_pictures_of_a_page_are_bounded(read, monkeypatch):
    scan, page, reading = all_asked(read)
    rows = {box.question for box in page.boxes}
    monkeypatch.setattr(strips, "MOST_BYTES", 10_000_000)
    assert len(strips.with_strips(reading, scan, page).strips) == len(rows)
    monkeypatch.setattr(strips, "MOST_BYTES", 30_000)
    bounded = strips.with_strips(reading, scan, page)
    assert 0 < len(bounded.strips) < len(rows)
    assert sum(len(picture) for _question, picture in bounded.strips) <= 30_000


def test_what_is_written_by_hand_is_covered(read):
    scan, page, reading = all_asked(read)
    question = page.boxes[0].question
    name = Field("name", "", FieldKind.TEXT, row_area(page, question))
    (_question, open_row), (_question, covered) = (
        strips.with_strips(reading, scan, each).strips[0] for each in (page, replace(page, fields=(name,)))
    )
    assert from_jpeg(open_row).min() < 100
    assert from_jpeg(covered).min() > 240
