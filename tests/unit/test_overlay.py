"""The gallery: every box once, by fill ratio, in the colour of its state."""

from __future__ import annotations

import numpy as np
import pytest

from omr.cli.demo import shipped_samples
from omr.forms.catalogue import Catalogue, shipped
from omr.intake.frames import open_source, scans
from omr.overlay import CELL, COLOURS, COLUMNS, ROWS, Gallery, cut_out
from omr.pipeline import read_scan


@pytest.fixture(scope="module")
def pages():
    """Return two pages of 120 boxes each, as (image, reading, page)."""
    layouts = Catalogue([shipped()]).known()
    found = []
    for path in sorted(shipped_samples().glob("scans/*/nghean-so-tay-*.jpg")):
        (scan,) = scans(open_source(path))
        (reading,) = read_scan(scan, layouts)
        found.append((scan.image, reading, layouts[reading.page.digest].page(reading.page.page)))
    return found


@pytest.fixture
def gallery(pages):
    with Gallery() as gallery:
        for page in pages:
            gallery.add(*page)
        yield gallery


def test_boxes_lie_by_fill_ratio(gallery):
    fills = [box.fill_ratio for box in gallery.ordered()]
    assert fills == sorted(fills)
    assert fills[0] < 0.01
    assert fills[-1] > 0.1


def test_each_box_of_each_page_is_there_once(gallery, pages):
    drawn = [(box.page.split()[0], box.box) for box in gallery.ordered()]
    printed = [
        (f"{reading.page.sheet}/{reading.page.page}", box.id)
        for _image, reading, page in pages
        for box in page.boxes
    ]
    assert sorted(drawn) == sorted(printed)


def test_a_box_has_the_fill_ratio_and_the_state_it_was_read_with(gallery, pages):
    _image, reading, page = pages[0]
    name = f"{reading.page.sheet}/{reading.page.page} f1"
    drawn = {box.box: (box.fill_ratio, box.state) for box in gallery.ordered() if box.page == name}
    fill, states = reading.measurements.column("fill_ratio"), reading.marks.states
    assert drawn == {box.id: (fill[at], states[at]) for at, box in enumerate(page.boxes)}


def test_cells_follow_the_order_over_all_sheets(gallery):
    width, height = CELL
    frames = []
    for sheet in gallery.sheets():
        assert sheet.shape[1] == COLUMNS * width
        assert sheet.shape[0] <= ROWS * height
        cells = (sheet[top : top + height] for top in range(0, len(sheet), height))
        # the middle of the frame's upper edge has the colour of the state
        frames += [
            tuple(map(int, row[1, left + width // 2]))
            for row in cells
            for left in range(0, len(row[0]), width)
        ]
    states = [COLOURS[box.state] for box in gallery.ordered()]
    assert frames[: len(states)] == states
    assert set(frames[len(states) :]) <= {(255, 255, 255)}


def test_a_cell_shows_its_own_box(gallery, pages):
    width, height = CELL
    places = {
        (f"{reading.page.sheet}/{reading.page.page} f1", box.id): (image, reading.registration, box.area)
        for image, reading, page in pages
        for box in page.boxes
    }
    sheet = next(gallery.sheets())
    for number, box in enumerate(gallery.ordered()):
        top, left = number // COLUMNS * height, number % COLUMNS * width
        image, registration, area = places[box.page, box.box]
        crop = cut_out(image, registration, area.grown(1.2), 80)
        shown = sheet[top + 4 : top + 84, left + 16 : left + 96]
        assert np.array_equal(shown, np.dstack((crop, crop, crop)))
