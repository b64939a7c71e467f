"""Boxes are grouped into questions, and these named from the words of a PDF."""

from __future__ import annotations

import pytest

from omr.draft.blank import blank_pages
from omr.draft.blocks import blocks
from omr.draft.form import Heading, form_of, slug
from omr.draft.propose import find_boxes, propose
from omr.draft.write import as_yaml
from omr.forms.grids import boxes_of
from omr.forms.load import parse_layout
from omr.model.layout import BlankRow, Marking


@pytest.fixture
def form(form_pdf):
    return form_of(Heading("form", "Form", 2026, "form.pdf", None), [propose(next(blank_pages(form_pdf)))])


def test_rows_of_a_table_are_questions_with_their_number_text_and_heads(form):
    asked = {wording.id: wording for wording in form.questions}
    assert [asked[f"q{n}"].number for n in (1, 2, 3)] == ["1", "2", "3"]
    assert asked["q2"].text == "Keeps records in order"
    assert asked["q2"].labels == {"never": "Never", "often": "Often", "always": "Always"}
    (grid,) = [grid for grid in form.pages[0].grids if "q1" in grid.questions]
    assert (grid.rows, grid.columns, grid.asks) == (3, 3, "row")
    assert grid.choices == ("never", "often", "always")
    assert grid.at == pytest.approx((120, 41), abs=0.3)
    assert grid.pitch == pytest.approx((20, 10), abs=0.05)


def test_a_list_with_words_behind_its_boxes_is_one_question(form):
    (grid,) = [grid for grid in form.pages[0].grids if "office" in grid.choices]
    assert (grid.rows, grid.columns, grid.asks) == (3, 1, "column")
    assert grid.choices == ("office", "archive", "field")
    (wording,) = [each for each in form.questions if each.id == grid.questions[0]]
    assert wording.text == "Your work place"


def test_columns_of_digits_spell_a_number(form):
    (grid,) = [grid for grid in form.pages[0].grids if grid.spells]
    assert grid.spells == "staff-no"
    assert grid.questions == ("staff-no.1", "staff-no.2", "staff-no.3")
    assert grid.choices == grid.prints == tuple("0123456789")
    assert (grid.asks, grid.rows, grid.columns) == ("column", 10, 3)
    may_be_blank = {wording.id for wording in form.questions if wording.blank is BlankRow.ALLOWED}
    assert may_be_blank == set(grid.questions)


def test_nothing_of_the_heading_is_taken_and_bubbles_are_filled_in(form):
    assert len(boxes_of(form.pages[0])) == 9 + 3 + 30
    assert form.marking is Marking.FILL


def test_what_is_written_is_read_back_without_faults(form):
    again, faults = parse_layout(as_yaml(form))
    assert faults == ()
    assert again == form


def test_a_scan_without_words_gives_rows_and_places(drawing, page_of):
    for row, column in ((row, column) for row in range(4) for column in range(3)):
        drawing.square(60 + 12 * column, 40 + 9 * row)
    proposal = propose(page_of(drawing))
    form = form_of(Heading("scan", "Scan", 2026, "scan.png", (148.0, 210.0)), [proposal])
    (grid,) = form.pages[0].grids
    assert (grid.rows, grid.columns, grid.asks) == (4, 3, "row")
    assert grid.choices == ("c1", "c2", "c3")


def test_letters_in_the_bubbles_of_a_scan_tell_rows_from_columns(drawing, page_of):
    for row in range(5):
        for column in range(4):
            drawing.bubble(30 + 8 * column, 40 + 8 * row, 4, 4, "ABCDE"[row])
            drawing.bubble(80 + 8 * column, 40 + 8 * row, 4, 4, "ABCD"[column])
    page = page_of(drawing)
    made = blocks(page, find_boxes(page))
    assert [(len(block.rows), len(block.rows[0]), block.down) for block in made] == [
        (5, 4, True),
        (5, 4, False),
    ]


def test_rows_that_are_not_even_go_into_several_grids(drawing, page_of):
    for y in (40, 49, 58, 72, 81):
        drawing.text(20, y + 4, "words")
        for x in (100, 115):
            drawing.square(x, y)
    form = form_of(Heading("s", "S", 2026, "s.png", None), [propose(page_of(drawing))])
    assert [grid.rows for grid in form.pages[0].grids] == [3, 2]
    assert len({name for grid in form.pages[0].grids for name in grid.questions}) == 5


@pytest.mark.parametrize(
    ("text", "small"),
    [("Thường xuyên", "thuong-xuyen"), ("ĐẠT", "dat"), ("  --", ""), ("Có / Không", "co-khong")],
)
def test_ids_are_small_letters_without_accents(text, small):
    assert slug(text) == small
