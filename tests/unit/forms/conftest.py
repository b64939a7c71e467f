"""A small form that uses every key of the layout format, and sheets of it."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from omr.forms.issue import PrintedSheet, issue_copies
from omr.forms.load import load_form
from omr.forms.place import Placement, place
from omr.forms.schema import Form

TEXT = """\
id: so-thu
version: "1.10"
year: 2026
title: PHIẾU THỬ
subtitle: (dùng để kiểm thử)
board_title: BẢNG THỬ
language: vi
heading: {variant: state, left: [UBND TỈNH, SỞ THỬ NGHIỆM], place: Trà Vinh}
filled_by: person
returns: once
blank: unanswered
scoring: thu
intro: Đọc từng dòng rồi đánh dấu.
correction: Đánh dấu ✓ hoặc X là có. Muốn bỏ dấu đã đánh, tô kín cả ô.
fields:
  - {id: ho-ten, label: Họ và tên, width: 0.6, roster: name}
  - {id: ngay-sinh, label: Ngày sinh, width: 0.4, kind: date}
  - {id: don-vi, label: Đơn vị, lines: 2, roster: unit}
columns:
  - {id: q1, label: Quý I, choices: [{id: dat, label: Đạt}, {id: chua-dat, label: Chưa đạt}]}
  - {id: q2, label: Quý II, choices: [{id: dat, label: Đạt}, {id: chua-dat, label: Chưa đạt}]}
sections:
  - id: cam-ket
    title: NỘI DUNG CAM KẾT
    number: "1"
    blank: allowed
    row_height_mm: 18
    groups:
      - title: Về tư tưởng
        items:
          - {id: p01, number: "1", write: true}
          - {id: p02, number: "2", write: true, text: Về đạo đức}
  - id: nam
    title: KẾT QUẢ CẢ NĂM
    show_title: false
    columns: [{choices: [{id: co, label: Có}, {id: khong, label: Không}, {id: khac, label: Khác}]}]
    groups:
      - title: Nhóm hai
        number: X
        items:
          - {id: a.1, number: A.1, text: no}
          - id: a.2
            number: "02"
            text: Hoàn thành toàn bộ nội dung cam kết trong năm mà không điều chỉnh lần nào
foot:
  attestation: {text: Tôi đã đọc toàn bộ.}
  declared: {text: "Tự nhận mức:", levels: [{id: tot, label: Tốt}, {id: kem, label: Kém}]}
  note: Đây là mức tự đánh giá (tính theo quy tắc).
  date: Ngày …… tháng …… năm 20……
  signature: {label: NGƯỜI TỰ ĐÁNH GIÁ, hint: "(Ký, ghi rõ họ tên)", height_mm: 20}
words: {page: Trang}
"""


@pytest.fixture
def text() -> str:
    return TEXT


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Write a layout file and return its path."""

    def written(content: str, name: str = "so-thu.yaml") -> Path:
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        return path

    return written


@pytest.fixture
def form(write: Callable[[str], Path]) -> Form:
    return load_form(write(TEXT))


@pytest.fixture
def long_form(form: Form) -> Form:
    """The same form with rows for eleven pages."""
    section = form.sections[1]
    item = section.groups[0].items[1]
    items = tuple(item.model_copy(update={"id": f"b{index}"}) for index in range(230))
    group = section.groups[0].model_copy(update={"items": items})
    longer = section.model_copy(update={"groups": (group,)})
    return form.model_copy(update={"sections": (form.sections[0], longer)})


@pytest.fixture
def placement(form: Form) -> Placement:
    return place(form)


@pytest.fixture
def sheets(placement: Placement) -> tuple[PrintedSheet, ...]:
    return issue_copies(placement.layout, 2, "CB01", random.Random(7).randrange)
