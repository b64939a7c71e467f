"""Placing: the same form gives the same geometry, rows flow, heads repeat, the foot stays whole."""

from __future__ import annotations

import pytest

from omr.forms.drawing import Text
from omr.forms.frame import CONTENT, fiducials
from omr.forms.place import Placement, place
from omr.forms.questions import questions
from omr.forms.schema import Form
from omr.forms.table import roman
from omr.model.geometry import A4
from omr.model.layout import BlankRow, FieldKind, Role


def texts(placement: Placement, page: int) -> list[str]:
    return [shape.text for shape in placement.drawings[page - 1].shapes if isinstance(shape, Text)]


def test_placing_twice_gives_the_same(form: Form):
    assert place(form) == place(form)


def test_questions_are_named_by_item_and_column_group(form: Form):
    asked = {question.id: question for question in questions(form)}
    assert list(asked) == [
        "p01.q1", "p01.q2", "p02.q1", "p02.q2", "a.1", "a.2", "attestation", "declared",
    ]  # fmt: skip
    assert asked["p01.q1"].blank is BlankRow.ALLOWED
    assert asked["a.1"].blank is BlankRow.UNANSWERED
    assert asked["a.1"].section == "nam"
    assert asked["attestation"].role is Role.ATTESTATION
    assert [choice.id for choice in asked["declared"].choices] == ["tot", "kem"]
    assert asked["declared"].blank is BlankRow.ALLOWED


def test_every_choice_has_exactly_one_box(placement: Placement):
    layout = placement.layout
    boxes = [box.id for _page, box in layout.boxes()]
    expected = [f"{question.id}.{choice.id}" for question in layout.questions for choice in question.choices]
    assert sorted(boxes) == sorted(expected)


def test_fields_keep_kind_and_roster_column(placement: Placement):
    fields = {field.id: field for page in placement.layout.pages for field in page.fields}
    assert fields["ho-ten"].roster == "name"
    assert fields["ngay-sinh"].kind is FieldKind.DATE
    assert fields["p01"].kind is FieldKind.TEXT
    assert fields["signature"].kind is FieldKind.SIGNATURE
    assert fields["signature"].area.height == 20


def test_a_long_form_repeats_the_head_and_keeps_the_foot(long_form: Form):
    placement = place(long_form)
    count = len(placement.layout.pages)
    assert count >= 11
    for number in range(1, count + 1):
        assert "Nội dung" in texts(placement, number)
        assert f"Trang {number}/{count}" in texts(placement, number)
    last = placement.layout.pages[-1]
    assert {"attestation", "declared"} <= {box.question for box in last.boxes}
    assert "signature" in {field.id for field in last.fields}
    assert any(box.question.startswith("b") for box in last.boxes), "the foot never stands alone"


def test_title_rows_never_end_a_page(long_form: Form):
    placement = place(long_form)
    for page, drawing in zip(placement.layout.pages, placement.drawings, strict=True):
        titles = [s.y for s in drawing.shapes if isinstance(s, Text) and s.text == "Nhóm hai"]
        assert all(any(box.area.y > y for box in page.boxes) for y in titles)


def test_boxes_stay_inside_the_content(long_form: Form):
    for _page, box in place(long_form).layout.boxes():
        assert CONTENT.contains(box.area)


def test_the_pattern_of_fiducials_is_its_own_half_turn():
    marks = fiducials()
    turned = {(round(A4.width - m.right, 6), round(A4.height - m.bottom, 6)) for m in marks}
    assert turned == {(m.x, m.y) for m in marks}
    assert len(marks) == 20
    assert (marks[0].x, marks[0].y) == (20.0, 14.0)
    assert marks[-1].bottom == 283.0
    assert marks[10].y == 32.0


def test_number_and_text_of_a_row_stand_beside_its_box(placement: Placement):
    page = placement.layout.pages[0]
    box = next(box for box in page.boxes if box.id == "a.1.co")
    number = next(s for s in placement.drawings[0].shapes if isinstance(s, Text) and s.text == "A.1")
    assert box.area.y < number.y < box.area.bottom


def test_groups_count_in_roman_unless_they_say_otherwise(placement: Placement):
    assert {"I", "X"} <= set(texts(placement, 1))


@pytest.mark.parametrize(("number", "numeral"), [(1, "I"), (4, "IV"), (9, "IX"), (14, "XIV"), (39, "XXXIX")])
def test_roman(number: int, numeral: str):
    assert roman(number) == numeral
