"""A small form with every kind of row: one box, several boxes, attestation, level, signature."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from omr.forms.issue import PrintedSheet, issue_copies
from omr.forms.load import load_form
from omr.forms.place import Placement, place
from omr.model.geometry import RectMm
from omr.synth.make import Frame

FORM = """\
id: so-thu
version: "1"
year: 2026
title: PHIẾU THỬ
language: vi
filled_by: person
returns: once
blank: absent
scoring: thu
heading: {variant: state, left: [UBND TỈNH, SỞ THỬ NGHIỆM], place: Trà Vinh}
correction: Đánh dấu ✓ hoặc X là có. Muốn bỏ dấu đã đánh, tô kín cả ô.
fields:
  - {id: ho-ten, label: Họ và tên, width: 0.6, roster: name}
  - {id: ngay-sinh, label: Ngày sinh, width: 0.4, kind: date}
columns: [{choices: [{id: co, label: Có}]}]
sections:
  - id: mot
    title: MỘT Ô
    groups:
      - title: Nhóm một
        items:
ONE
  - id: ba
    title: BA Ô
    blank: unanswered
    columns: [{choices: [{id: khong, label: Không}, {id: co-luc, label: Có lúc}, {id: hay, label: Hay}]}]
    groups:
      - title: Nhóm hai
        items:
THREE
foot:
  attestation: {text: Tôi đã đọc toàn bộ.}
  declared: {text: "Tự nhận mức:", levels: [{id: tot, label: Tốt}, {id: kem, label: Kém}]}
  signature: {label: NGƯỜI TỰ ĐÁNH GIÁ, hint: "(Ký, ghi rõ họ tên)", height_mm: 20}
"""


def rows(letter: str, count: int) -> str:
    line = '          - {{id: {0}{1}, number: "{0}{1}", text: Dòng thử {1}}}'
    return "\n".join(line.format(letter, number) for number in range(count))


@pytest.fixture(scope="session")
def form_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("layouts") / "so-thu.yaml"
    path.write_text(FORM.replace("ONE", rows("a", 8)).replace("THREE", rows("b", 16)), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def placement(form_file: Path) -> Placement:
    placed = place(load_form(form_file))
    assert len(placed.layout.pages) == 2
    return placed


@pytest.fixture
def sheets(placement: Placement) -> tuple[PrintedSheet, ...]:
    return issue_copies(placement.layout, 4, "CB-01", random.Random(7).randrange)


@pytest.fixture
def darkness() -> Callable[[Frame, Sequence[RectMm]], np.ndarray]:
    """Mean darkness, 0..1, of areas of the printed page, found on the scan by the frame's own truth."""

    def measured(frame: Frame, areas: Sequence[RectMm]) -> np.ndarray:
        steps = np.linspace(0.0, 1.0, 25)
        found = []
        for area in areas:
            grid = np.stack(np.meshgrid(area.x + steps * area.width, area.y + steps * area.height), axis=-1)
            x, y = np.rint(frame.places(grid.reshape(-1, 2))).astype(int).T
            height, width = frame.image.shape
            values = frame.image[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)]
            found.append(1 - values.mean() / 255)
        return np.array(found)

    return measured


@pytest.fixture
def some_sheets(sheets: tuple[PrintedSheet, ...]) -> Callable[[int], tuple[PrintedSheet, ...]]:
    """The first few of the sheets."""
    return lambda count: sheets[:count]


@pytest.fixture
def of_unit() -> Callable[[Sequence[PrintedSheet], str], list[PrintedSheet]]:
    """The same sheets, issued to another unit."""

    def moved(sheets: Sequence[PrintedSheet], unit: str) -> list[PrintedSheet]:
        return [replace(sheet, issued=replace(sheet.issued, unit=unit)) for sheet in sheets]

    return moved
