"""Where a PDF has the form's year."""

from __future__ import annotations

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from omr.draft.dated import printed_years
from omr.draft.freeze import freeze
from omr.draft.sheet import Letter
from omr.forms.existing import ExistingForm
from omr.forms.load import load
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


@pytest.mark.parametrize(("year", "places"), [(2026, 1), (2025, 0)])
def test_a_layout_frozen_from_a_pdf_knows_where_its_year_is(tmp_path, year, places):
    paper = Canvas(str(tmp_path / "form.pdf"), pagesize=A4)
    paper.setFont("Helvetica", 14)
    paper.drawString(60 * mm, A4[1] - 20 * mm, "REVIEW OF 2026")
    paper.rect(60 * mm, A4[1] - 45 * mm, 5 * mm, 5 * mm)
    paper.save()
    path = tmp_path / "form.yaml"
    path.write_text(
        f"{{kind: existing, id: form, version: '1', year: {year}, title: Form, original: form.pdf,"
        " pages: [{boxes: [{question: q, choice: c, at: [60, 40], size: [5, 5]}]}]}\n",
        encoding="utf-8",
    )
    form = load(path)
    assert isinstance(form, ExistingForm)
    years = freeze(path, form).pages[0].print.years
    assert len(years) == places
    for area in years:
        assert 80 < area.x < 105
        assert area.center.y == pytest.approx(18.2, abs=0.5)
        assert area.width == pytest.approx(11, abs=1)
