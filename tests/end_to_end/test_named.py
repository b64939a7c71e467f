"""Pages whose code cannot be read, named by a person: read as they would have been, never as another page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from omr.forms.catalogue import Catalogue, shipped
from omr.intake.frames import open_source, scans
from omr.model.geometry import PointMm
from omr.model.reading import Doubt, Reading, Reason
from omr.pipeline import read_named, read_scan, reclassify
from omr.read.register import outermost_squares

STACKS = Path(__file__).parents[2] / "samples" / "scans"


@pytest.fixture(scope="module")
def layouts():
    return Catalogue((shipped(),)).known()


@pytest.fixture(scope="module")
def pages(layouts):
    """Return scans with their codes painted over, each with what is read from it whole."""
    found = []
    for path in sorted(STACKS.rglob("travinh-82*")) + sorted(STACKS.rglob("vinhlong-1*")):
        for scan in list(scans(open_source(path), range(1, 7))):
            (reading,) = read_scan(scan, layouts)
            image = scan.image.copy()
            for area in layouts[reading.page.digest].page(reading.page.page).codes:
                paint(image, reading, area.grown(1.0))
            found.append((replace(scan, image=image), reading))
    return found


def paint(image, reading, area):
    quad = np.array([(point.x, point.y) for point in reading.registration.quad(area)])
    left, top = np.maximum(quad.min(axis=0), 0).astype(int)
    right, bottom = quad.max(axis=0).astype(int)
    image[top:bottom, left:right] = 250


def turned(scan, quarters):
    return replace(scan, image=np.ascontiguousarray(np.rot90(scan.image, quarters)))


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_named_page_is_read_as_it_would_have_been(layouts, pages, quarters):
    for scan, whole in pages:
        assert read_scan(scan, layouts)[0].reason is Reason.NO_PAGE_CODE
        read = read_named(turned(scan, quarters), whole.page, layouts[whole.page.digest])
        assert isinstance(read, Reading)
        sure = (whole.marks.doubts == 0) & ~whole.review
        assert (read.marks.states == whole.marks.states)[sure].all()
        assert read.review.all()
        assert reclassify(read, layouts[whole.page.digest]).review.all()


def test_a_page_without_squares_is_read_by_the_corners_shown(layouts, pages):
    for scan, whole in pages:
        form = layouts[whole.page.digest]
        page = form.page(whole.page.page)
        image = scan.image.copy()
        for square in page.fiducials:
            paint(image, whole, square.grown(1.0))
        bare = replace(scan, image=image)
        assert read_named(bare, whole.page, form).reason is Reason.FIDUCIALS_MISSING
        shown = [whole.registration.point(PointMm(*mm)) for mm in outermost_squares(page)]
        clicked = np.array([(point.x, point.y) for point in shown]) + np.array([2.0, -2.0])
        read = read_named(bare, whole.page, form, clicked)
        assert isinstance(read, Reading)
        assert read.review.all()
        sure = (whole.marks.doubts == 0) & ~whole.review
        assert np.mean((read.marks.states == whole.marks.states)[sure]) > 0.98


def test_another_page_is_refused_or_wholly_asked_about(layouts, pages):
    refused = 0
    for scan, whole in pages:
        for form in layouts.values():
            for page in form.pages:
                if (form.digest, page.number) == (whole.page.digest, whole.page.page):
                    continue
                wrong = replace(whole.page, digest=form.digest, page=page.number, pages=len(form.pages))
                read = read_named(scan, wrong, form)
                if isinstance(read, Reading):
                    assert read.review.all()
                    assert np.all(read.marks.doubts & Doubt.NAMED)
                else:
                    assert read.reason in {Reason.LOOSE_FIT, Reason.FIDUCIALS_MISSING, Reason.WRONG_SCALE}
                    refused += 1
    assert refused > 0
