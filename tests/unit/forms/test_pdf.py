"""The PDF shows what placing decided, to a tenth of a millimetre, and its codes say which page it is."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
import zxingcpp
from numpy.typing import NDArray

from omr.forms.issue import PrintedSheet, issue_copies
from omr.forms.pdf import write_forms
from omr.forms.place import Placement, place
from omr.forms.schema import Form
from omr.model.geometry import MM_PER_INCH, RectMm
from omr.model.pagecode import PageId, decode, encode

DPI = 300
PX_PER_MM = DPI / MM_PER_INCH


def render(path: Path, page: int, dpi: float = DPI) -> NDArray[np.uint8]:
    document = pdfium.PdfDocument(path)
    try:
        image = document[page].render(scale=dpi / 72, grayscale=True).to_numpy()
        return image.reshape(image.shape[:2]).copy()
    finally:
        document.close()


def text_of(path: Path, page: int) -> str:
    document = pdfium.PdfDocument(path)
    try:
        return document[page].get_textpage().get_text_range()
    finally:
        document.close()


def page_count(path: Path) -> int:
    document = pdfium.PdfDocument(path)
    try:
        return len(document)
    finally:
        document.close()


@pytest.fixture
def printed(tmp_path: Path, placement: Placement, sheets: tuple[PrintedSheet, ...]) -> Path:
    path = tmp_path / "forms.pdf"
    write_forms(path, placement, sheets)
    return path


def ink_edges(image: NDArray[np.uint8], area: RectMm) -> tuple[float, float, float, float]:
    """Return left, top, right, bottom of the ink around `area`, mm, to a fraction of a pixel."""
    around = area.grown(1.0)
    left, top = round(around.x * PX_PER_MM), round(around.y * PX_PER_MM)
    right, bottom = round(around.right * PX_PER_MM), round(around.bottom * PX_PER_MM)
    dark = 1 - image[top:bottom, left:right] / 255.0
    columns, rows = dark.mean(axis=0), dark.mean(axis=1)
    return (
        left_edge(columns, left),
        left_edge(rows, top),
        right_edge(columns, left),
        right_edge(rows, top),
    )


def left_edge(profile: NDArray[np.float64], offset: int) -> float:
    """Return where a frame line begins, mm: half-way up its slope."""
    level = profile.max() / 2
    at = int(np.argmax(profile >= level))
    before = profile[at - 1]
    return (offset + at + 0.5 - (profile[at] - level) / max(profile[at] - before, 1e-9)) / PX_PER_MM


def right_edge(profile: NDArray[np.float64], offset: int) -> float:
    return (offset + len(profile)) / PX_PER_MM - (left_edge(profile[::-1], 0))


def test_frames_and_fiducials_are_where_the_layout_says(printed: Path, placement: Placement):
    for number, page in enumerate(placement.layout.pages):
        image = render(printed, number)
        assert page.orientation
        areas = [*(box.area for box in page.boxes), *page.fiducials, page.orientation]
        for area in areas:
            expected = (area.x, area.y, area.right, area.bottom)
            assert ink_edges(image, area) == pytest.approx(expected, abs=0.1)


def test_the_ruler_of_this_test_notices_a_shift(printed: Path, placement: Placement):
    area = placement.layout.pages[0].boxes[0].area
    image = np.roll(render(printed, 0), 2, axis=1)
    assert ink_edges(image, area)[0] - area.x > 0.1


def test_both_codes_say_which_page_it_is(printed: Path, sheets: tuple[PrintedSheet, ...]):
    pages = sheets[0].issued.pages
    for index in range(page_count(printed)):
        codes = zxingcpp.read_barcodes(render(printed, index, 200), formats=zxingcpp.BarcodeFormat.QRCode)
        issued = sheets[index // pages].issued
        expected = PageId(issued.digest, 2026, issued.serial, index % pages + 1, pages)
        assert [decode(code.text) for code in codes] == [expected, expected]


def test_codes_lie_in_their_areas(printed: Path, placement: Placement):
    for area in placement.layout.pages[0].codes:
        assert ink_edges(render(printed, 0), area) == pytest.approx(
            (area.x, area.y, area.right, area.bottom), abs=0.1
        )


def test_the_serial_is_printed_beside_each_code(printed: Path, sheets: tuple[PrintedSheet, ...]):
    assert text_of(printed, 0).count(f"Số phiếu: {sheets[0].issued.serial}") == 2


def test_roster_values_are_printed_and_not_in_the_code(tmp_path: Path, placement: Placement, sheets):
    path = tmp_path / "named.pdf"
    named = PrintedSheet(sheets[0].issued, (("name", "Nguyễn Thị Hương"), ("unit", "Chi bộ 7")))
    write_forms(path, placement, (named,))
    assert "Nguyễn Thị Hương" in text_of(path, 0)
    assert "Chi bộ 7" in text_of(path, 0)
    issued = named.issued
    codes = zxingcpp.read_barcodes(render(path, 0, 200), formats=zxingcpp.BarcodeFormat.QRCode)
    assert {code.text for code in codes} == {
        encode(PageId(issued.digest, 2026, issued.serial, 1, issued.pages))
    }


def test_a_master_says_that_it_is_for_the_photocopier(tmp_path: Path, placement: Placement, printed: Path):
    path = tmp_path / "master.pdf"
    sheets = issue_copies(placement.layout, 1, "CB01", random.Random(3).randrange, master=True)
    write_forms(path, placement, sheets)
    assert "BẢN GỐC ĐỂ PHOTOCOPY" in text_of(path, 0)
    assert "BẢN GỐC ĐỂ PHOTOCOPY" not in text_of(printed, 0)


def test_duplex_pads_odd_sheets_with_a_blank_back(tmp_path: Path, form: Form):
    short = form.model_copy(update={"sections": form.sections[1:]})
    placement = place(short)
    assert len(placement.layout.pages) % 2 == 1
    two = issue_copies(placement.layout, 2, "CB01", random.Random(3).randrange)
    path = tmp_path / "duplex.pdf"
    write_forms(path, placement, two, duplex=True)
    assert page_count(path) == 2 * (len(placement.layout.pages) + 1)
    assert render(path, len(placement.layout.pages), 50).min() == 255


def test_every_font_is_embedded(printed: Path):
    raw = printed.read_bytes()
    assert b"Helvetica" not in raw
    assert raw.count(b"/FontFile2") >= 3


def test_the_same_sheets_give_the_same_file(tmp_path: Path, placement: Placement, sheets, printed: Path):
    again = tmp_path / "again.pdf"
    write_forms(again, placement, sheets)
    assert again.read_bytes() == printed.read_bytes()
