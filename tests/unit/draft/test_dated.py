"""Where a PDF has the form's year."""

from __future__ import annotations

from omr.draft.dated import printed_years
from omr.draft.sheet import Letter
from omr.model.geometry import RectMm


def letters(text, y=20.0):
    """Return a line of letters, 2 mm wide each."""
    return [
        Letter(each, RectMm(10 + 2 * at, y, 1.8, 3), RectMm(10 + 2 * at, y - 1, 2, 5), spaced=False)
        for at, each in enumerate(text)
        if each != " "
    ]


def test_a_year_is_found_wherever_it_is_a_number_of_its_own():
    found = printed_years([*letters("REVIEW OF 2026."), *letters("2026, No. 120263", y=40.0)], 2026)
    assert [(area.x, area.y, round(area.right, 2), area.bottom) for area in found] == [
        (30, 20, 37.8, 23),
        (10, 40, 17.8, 43),
    ]


def test_another_year_is_not_the_forms():
    assert printed_years(letters("Law of 2025"), 2026) == ()
    assert printed_years([], 2026) == ()
