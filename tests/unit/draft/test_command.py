"""`omr layout draft`: what it writes, and what it refuses."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from PIL import Image

from omr.cli import main


def run(capsys, *arguments) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main([*map(str, arguments), "--lang", "en"])
    out, err = capsys.readouterr()
    return int(left.value.code or 0), out, err


def test_a_pdf_gives_a_layout_with_its_blank_beside_it_and_a_picture(form_pdf, tmp_path, capsys):
    layout, shown = tmp_path / "new" / "office.yaml", tmp_path / "office.png"
    code, _out, err = run(capsys, "layout", "draft", form_pdf, "-o", layout, "--picture", shown)
    assert code == 0
    assert "page 1: 42 boxes in 3 groups" in err
    assert (layout.parent / "office-blank.pdf").read_bytes() == form_pdf.read_bytes()
    with Image.open(shown) as picture:
        assert picture.size[0] > 500
    assert run(capsys, "layout", "check", layout)[0] == 0
    boxes = list(csv.DictReader(io.StringIO(run(capsys, "layout", "boxes", layout)[1])))
    assert len(boxes) == 42
    assert float(boxes[0]["x_mm"]) == pytest.approx(120, abs=0.3)


def test_a_scan_is_kept_upright_with_its_size(drawing, tmp_path, capsys):
    for row, column in ((row, column) for row in range(6) for column in range(4)):
        drawing.square(40 + 12 * column, 40 + 12 * row)
    scan = drawing.turned(2.0).save(tmp_path / "scan.png")
    layout = tmp_path / "scan.yaml"
    assert run(capsys, "layout", "draft", scan, "-o", layout)[0] == 0
    assert "size_mm: [148.0, 210.0]" in layout.read_text(encoding="utf-8")
    with Image.open(tmp_path / "scan-blank.png") as picture:
        kept = np.asarray(picture)
    row = round(40.1 * 300 / 25.4)
    assert kept[row - 2 : row + 3, round(41 * 300 / 25.4) : round(80 * 300 / 25.4)].min(axis=0).mean() < 180


def test_two_runs_write_the_same_bytes(form_pdf, tmp_path, capsys):
    layout = tmp_path / "a.yaml"
    run(capsys, "layout", "draft", form_pdf, "-o", layout)
    first = layout.read_bytes()
    run(capsys, "layout", "draft", form_pdf, "-o", layout, "--force")
    assert layout.read_bytes() == first


def test_a_layout_that_is_there_is_not_written_over(form_pdf, tmp_path, capsys):
    layout = tmp_path / "a.yaml"
    layout.write_text("mine", encoding="utf-8")
    code, _out, err = run(capsys, "layout", "draft", form_pdf, "-o", layout)
    assert code == 2
    assert "--force" in err
    assert layout.read_text(encoding="utf-8") == "mine"


def test_a_picture_that_would_lie_on_the_blank_is_refused(drawing, tmp_path, capsys):
    drawing.square(40, 40)
    scan = drawing.save(tmp_path / "scan.png")
    taken = tmp_path / "a-blank.png"
    code, _out, err = run(capsys, "layout", "draft", scan, "-o", tmp_path / "a.yaml", "--picture", taken)
    assert (code, "a-blank.png" in err) == (2, True)
    assert not (tmp_path / "a.yaml").exists()


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("cut.pdf", b"%PDF-1.4\nnothing", "damaged"),
        ("words.pdf", b"just words", "cannot be read"),
        ("empty.png", b"", "cannot be read"),
    ],
)
def test_a_file_that_is_no_form_is_refused_by_name(tmp_path, capsys, name, data, told):
    blank = tmp_path / name
    blank.write_bytes(data)
    code, _out, err = run(capsys, "layout", "draft", blank, "-o", tmp_path / "a.yaml")
    assert code == 1
    assert name in err
    assert told in err
    assert not (tmp_path / "a.yaml").exists()


def test_a_form_without_boxes_is_told_so(drawing, tmp_path, capsys):
    drawing.text(20, 50, "Only words here")
    scan = drawing.save(tmp_path / "scan.png")
    code, _out, err = run(capsys, "layout", "draft", scan, "-o", tmp_path / "a.yaml")
    assert code == 1
    assert "no boxes were found" in err


def test_a_blank_that_is_not_there_is_named(tmp_path, capsys):
    code, _out, err = run(capsys, "layout", "draft", tmp_path / "no.pdf", "-o", tmp_path / "a.yaml")
    assert (code, "no.pdf" in err) == (2, True)
