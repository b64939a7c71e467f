"""The wall board: one page of the paper asked for, every item, the largest type that fits."""

from __future__ import annotations

import pypdfium2 as pdfium
import pytest

from omr.errors import LayoutError
from omr.forms.board import BoardSize, board, write_board
from omr.forms.drawing import Text
from omr.model.geometry import RectMm


def longest(sheet):
    return max(sheet.width, sheet.height)


@pytest.mark.parametrize(("size", "millimetres"), [("A1", 841), ("A2", 594), ("A3", 420)])
def test_one_page_of_the_paper_asked_for(tmp_path, form, size: str, millimetres: int):
    path = tmp_path / "board.pdf"
    write_board(path, form, BoardSize(size))
    document = pdfium.PdfDocument(path)
    assert len(document) == 1
    assert max(document[0].get_size()) == pytest.approx(millimetres * 72 / 25.4, abs=0.5)
    text = document[0].get_textpage().get_text_range()
    document.close()
    assert "BẢNG THỬ" in text
    assert "Hoàn thành toàn bộ" in text


def test_everything_lies_on_the_sheet_and_nothing_on_each_other(form):
    sheet, shapes = board(form, BoardSize.A3)
    page = RectMm(0, 0, sheet.width, sheet.height)
    assert all(page.contains(shape.extent) for shape in shapes)
    texts = [shape for shape in shapes if isinstance(shape, Text)]
    inner = [text.extent.grown(-0.3 * text.style.size * 0.35) for text in texts]
    assert not any(one.overlaps(other) for at, one in enumerate(inner) for other in inner[:at])


def test_larger_paper_takes_larger_type(long_form):
    sizes = {
        size: min(shape.style.size for shape in board(long_form, size)[1] if isinstance(shape, Text))
        for size in (BoardSize.A1, BoardSize.A2)
    }
    assert sizes[BoardSize.A1] > sizes[BoardSize.A2]


def test_too_many_items_are_told(long_form):
    section = long_form.sections[1]
    many = section.model_copy(update={"groups": section.groups * 10})
    with pytest.raises(LayoutError, match="do not fit on A3"):
        board(long_form.model_copy(update={"sections": (many,)}), BoardSize.A3)
