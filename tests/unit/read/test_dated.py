"""A year is told by its last digits against its first ones, where they can be read."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from omr.model.geometry import RectMm
from omr.read.dated import is_of_another_year

PLACE = RectMm(20.1, 11.1, 10.0, 2.8)


def page(year, *, faint=1.0, blur=0.6):
    """Return a page with a year at `PLACE`, 4 samples a mm; faint: how dark its print is."""
    large = np.full((240, 560), 255, np.uint8)
    for at, digit in enumerate(year):
        cv2.putText(large, digit, (161 + 20 * at, 110), cv2.FONT_HERSHEY_TRIPLEX, 0.95, 0, 1, cv2.LINE_AA)
    small = cv2.resize(large, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return (255 - faint * (255.0 - cv2.GaussianBlur(small, (0, 0), blur))).astype(np.uint8)


BLANK = page("2026")


@pytest.mark.parametrize("year", ["2024", "2027", "2016", "2036"])
def test_another_year_is_told(year):
    assert is_of_another_year(page(year, faint=0.7, blur=1.0), BLANK, (PLACE,))


def test_the_year_of_a_pale_and_blurred_copy_that_lies_aside_is_the_same():
    aside = np.roll(page("2026", faint=0.6, blur=1.2), (1, 1), axis=(0, 1))
    assert not is_of_another_year(aside, BLANK, (PLACE,))


def test_where_no_year_can_be_read_nothing_is_said():
    assert not is_of_another_year(np.full_like(BLANK, 255), BLANK, (PLACE,))
    assert not is_of_another_year(page("2025"), BLANK, ())
