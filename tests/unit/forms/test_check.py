"""The check finds each fault that is planted, and none in a sound form."""

from __future__ import annotations

from dataclasses import replace

import pytest

from omr.forms.check import check, check_file, faults
from omr.forms.drawing import Line, PageDrawing, Rect, Text
from omr.forms.fonts import Face, Style
from omr.forms.place import Placement, place
from omr.forms.schema import Form
from omr.model.geometry import RectMm

PLAIN = Style(Face.REGULAR, 11)


def messages(placement: Placement) -> list[str]:
    return [fault.message for fault in faults(placement)]


def with_shape(placement: Placement, shape: Text | Line | Rect) -> Placement:
    first = PageDrawing((*placement.drawings[0].shapes, shape))
    return replace(placement, drawings=(first, *placement.drawings[1:]))


def with_box(placement: Placement, area: RectMm) -> Placement:
    page = placement.layout.pages[0]
    moved = replace(page.boxes[0], area=area)
    pages = (replace(page, boxes=(moved, *page.boxes[1:])), *placement.layout.pages[1:])
    return replace(placement, layout=replace(placement.layout, pages=pages))


def test_a_sound_form_has_no_faults(form: Form, long_form: Form):
    assert check(form) == ()
    assert check(long_form) == ()


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        (Text(30, 60, "dài", PLAIN, 2.0), "'dài' is 4.7 mm wide and has 2.0 mm"),
        (Text(100, 265, "漢", PLAIN, 20.0), "the font has no sign for '漢'"),
        (Text(2, 150, "rìa", PLAIN, 20.0), "'rìa' lies in the outer 5 mm"),
        (Text(60, 290, "chân", PLAIN, 20.0), "'chân' runs over the foot of the page"),
        (Line(19, 16, 26, 16, 0.2), "'a line' stands in the white that a fiducial needs"),
        (Line(170, 18, 176, 18, 0.2), "'a line' stands in the white that a page code needs"),
        (Rect(RectMm(40, 14, 2, 2)), "'a drawn box' stands in the white that the orientation mark needs"),
    ],
)
def test_planted_print_is_found(placement: Placement, shape: Text | Line | Rect, told: str):
    assert [message for message in messages(with_shape(placement, shape)) if told in message]


def test_text_over_text_is_found(placement: Placement):
    text = next(s for s in placement.drawings[0].shapes if isinstance(s, Text) and s.text == "PHIẾU THỬ")
    over = replace(text, text="ĐÈ LÊN", y=text.y + 1.0)
    assert "'PHIẾU THỬ' and 'ĐÈ LÊN' are printed over each other." in messages(with_shape(placement, over))


def test_print_beside_a_box_is_found(placement: Placement):
    box = placement.layout.pages[0].boxes[0]
    near = Line(box.area.right + 1.2, box.area.y, box.area.right + 1.2, box.area.bottom, 0.2)
    assert f"'a line' is closer than 1.5 mm to box '{box.id}'." in messages(with_shape(placement, near))


def test_boxes_too_close_are_found(placement: Placement):
    one, other = placement.layout.pages[0].boxes[:2]
    close = replace(one.area, x=other.area.x - one.area.width - 2.0)
    assert any("are 2.0 mm apart; 3 mm are needed" in told for told in messages(with_box(placement, close)))


def test_a_box_in_the_punched_margin_is_found(placement: Placement):
    told = messages(with_box(placement, RectMm(12.0, 100.0, 5.0, 5.0)))
    assert any("stands in the outer 20 mm" in message for message in told)


def test_a_box_below_the_content_is_found(placement: Placement):
    told = messages(with_box(placement, RectMm(100.0, 268.0, 5.0, 5.0)))
    assert any("does not fit on the page" in message for message in told)


def test_print_in_the_signature_area_is_found(placement: Placement):
    page = next(page for page in placement.layout.pages if any(f.id == "signature" for f in page.fields))
    area = next(field.area for field in page.fields if field.id == "signature")
    shape = Line(area.x, area.y + 5, area.right, area.y + 5, 0.2)
    drawings = list(placement.drawings)
    drawings[page.number - 1] = PageDrawing((*drawings[page.number - 1].shapes, shape))
    assert "'a line' is printed in the signature area." in messages(
        replace(placement, drawings=tuple(drawings))
    )


def test_too_many_pages_are_found(long_form: Form):
    section = long_form.sections[1]
    items = tuple(
        item.model_copy(update={"id": f"{item.id}-{copy}"})
        for copy in range(4)
        for item in section.groups[0].items
    )
    group = section.groups[0].model_copy(update={"items": items})
    form = long_form.model_copy(update={"sections": (section.model_copy(update={"groups": (group,)}),)})
    assert any("a sheet can have 31 at most" in told for told in messages(place(form)))


@pytest.mark.parametrize(
    ("before", "after", "line", "told"),
    [
        ("label: Khác", "label: Khôngbiếttrảlờithếnào", 36, "'Khôngbiếttrảlờithếnào' is"),
        ("SỞ THỬ NGHIỆM", "SỞ THỬ NGHIỆM VÀ CẢI TIẾN THỰC NGHIỆM", 8, "mm wide and has 64.0 mm"),
        ("PHIẾU THỬ", "PHIẾU THỬ ☐", 4, "the font has no sign for '☐'"),
    ],
)
def test_faults_of_print_name_file_and_line(write, text: str, before: str, after: str, line: int, told: str):
    path = write(text.replace(before, after, 1))
    found = check_file(path)
    assert any(fault.startswith(f"{path}:{line}: page 1: ") and told in fault for fault in found)


def test_many_narrow_columns_run_out_of_the_table(form: Form):
    group = form.columns[0]
    groups = tuple(group.model_copy(update={"id": f"c{index}"}) for index in range(10))
    wide = form.model_copy(update={"columns": groups, "sections": form.sections[:1]})
    assert check(wide)
