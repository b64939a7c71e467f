"""Photographs of filled-in forms, ours and those of others: bent, in shadows, on tables."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from bench.existing import forms
from bench.photos import by_code, taken, told
from omr.audit.crops import Crops
from omr.intake.frames import open_source, scans
from omr.intake.image import decode
from omr.model.reading import Reading
from omr.overlay import ROW_WIDTH, row_area

pytestmark = pytest.mark.slow

NAME = "tayninh-cam-ket"
SEED = 78


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """A sheet's two pages photographed, as files of a unit, with what they hold."""
    folder = tmp_path_factory.mktemp("photos") / "CB-01"
    folder.mkdir()
    made = []
    for number, (photo, frame) in enumerate(taken(NAME, SEED, 0.0, bare=False), start=1):
        path = folder / f"IMG_{number}.jpg"
        path.write_bytes(photo.jpeg)
        made.append((path, frame))
    return made


@pytest.mark.parametrize("kind", ["ours", "existing"])
def test_photographs_are_read_without_silent_error(kind):
    count, refused = told(kind, NAME, SEED, 0.0)
    assert (refused, count.silent, count.mistaken) == ([], [], [])
    assert count.asked["reading"] <= 0.02 * count.boxes


@pytest.mark.parametrize("kind", ["ours", "existing"])
def test_pages_that_are_not_wholly_in_the_picture_are_refused(kind):
    count, refused = told(kind, NAME, SEED, 0.35)
    assert count.silent == []
    assert len(refused) == count.pages
    assert {line.split()[0] for line in refused} <= {
        "fiducials_missing",
        "loose_fit",
        "no_page_code",
        "unknown_layout",
    }


def test_a_folder_of_photographs_is_read_and_a_heic_refused_with_advice(omr, table, photos, tmp_path):
    folder = photos[0][0].parent
    (folder / "IMG_9.HEIC").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64))
    store = tmp_path / "omr.db"
    assert omr("read", folder, "--store", store).code == 4
    (refused,) = table("rejections", store)
    assert (Path(refused["source"]).name, refused["reason"]) == ("IMG_9.HEIC", "unreadable")
    assert "JPEG" in refused["remedy"]
    assert {row["page"] for row in table("marks", store)} == {"1", "2"}


def test_the_row_shown_to_a_person_is_the_row_that_was_read(photos):
    for path, frame in photos:
        (scan,) = scans(open_source(path), small=True)
        reading = by_code(scan)
        assert isinstance(reading, Reading)
        page = forms()[NAME].layout.page(frame.page)
        rows = {
            area: printed_row(frame, area) for box in page.boxes if (area := row_area(page, box.question))
        }
        for box in page.boxes[::17]:
            row = decode(Crops().row(str(path), reading, page, [box.area])).image
            found = {area: alike(row, each) for area, each in rows.items() if each.shape == row.shape}
            best = max(found, key=found.__getitem__)
            assert (best.y, found[best] > 0.75) == (row_area(page, box.question).y, True)


def printed_row(frame, area):
    """The same row of the page that was photographed."""
    corners = np.array([(corner.x, corner.y) for corner in area.corners])
    size = ROW_WIDTH, round(ROW_WIDTH * area.height / area.width)
    onto = np.array([(0, 0), (size[0], 0), size, (0, size[1])], dtype=np.float32)
    return cv2.warpPerspective(
        frame.image, cv2.getPerspectiveTransform(frame.places(corners).astype(np.float32), onto), size
    )


def alike(row, printed):
    """Correlation of two pictures' print, 0..1, where names are not covered."""
    shown = cv2.erode((row < 255).astype(np.uint8), np.ones((15, 15))) > 0
    print_ = [
        cv2.GaussianBlur(each.astype(np.float32), (0, 0), 2) - cv2.blur(each.astype(np.float32), (61, 61))
        for each in (row, printed)
    ]
    return float(np.corrcoef(print_[0][shown], print_[1][shown])[0, 1])
