"""`omr layouts` and `omr layout …` as a person calls them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from omr.cli import main
from omr.forms.catalogue import Catalogue, shipped


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--lang", "en"])
    told = capsys.readouterr()
    return int(ended.value.code or 0), told.out, told.err


@pytest.fixture
def spoilt(tmp_path: Path) -> Path:
    path = tmp_path / "vinhlong-1.yaml"
    text = (shipped() / "vinhlong-1.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("label: Đánh dấu nếu có", "label: Đánhdấunếucóbiểuhiện"), encoding="utf-8")
    return path


def test_layouts_are_listed(capsys):
    code, out, _err = run(capsys, "layouts", "--json")
    listed = {row["id"]: row for row in json.loads(out)}
    assert code == 0
    assert listed["vinhlong-1"]["boxes"] == 79
    assert listed["vinhlong-1"]["scoring"] == "nghi-quyet-4"


def test_the_folder_asked_for_comes_first(capsys, tmp_path: Path):
    text = (shipped() / "vinhlong-1.yaml").read_text(encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(text.replace("id: vinhlong-1", "id: mine"), encoding="utf-8")
    _code, out, _err = run(capsys, "layouts", "--json", "--layouts", str(tmp_path))
    assert {"mine", "vinhlong-1"} <= {row["id"] for row in json.loads(out)}


def test_a_sound_layout_passes_the_check(capsys):
    code, _out, err = run(capsys, "layout", "check", "vinhlong-1")
    assert code == 0
    assert "no faults" in err


def test_print_faults_are_told_with_their_line_and_exit_code_two(capsys, spoilt: Path):
    code, _out, err = run(capsys, "layout", "check", str(spoilt))
    line = next(
        number
        for number, text in enumerate(spoilt.read_text(encoding="utf-8").splitlines(), start=1)
        if "Đánhdấunếucóbiểuhiện" in text
    )
    assert code == 2
    assert f"{spoilt}:{line}: page 1: 'Đánhdấunếucóbiểuhiện' is" in err


def test_an_unknown_layout_is_told(capsys):
    code, _out, err = run(capsys, "layout", "check", "vinhlog-1")
    assert code == 2
    assert "there is no layout 'vinhlog-1'" in err


def test_boxes_are_listed_in_millimetres(capsys):
    code, out, _err = run(capsys, "layout", "boxes", "vinhlong-1")
    rows = list(csv.DictReader(io.StringIO(out)))
    layout = Catalogue([shipped()]).placement("vinhlong-1").layout
    assert code == 0
    assert [
        (
            int(row["page"]),
            f"{row['question']}.{row['choice']}",
            float(row["x_mm"]),
            float(row["y_mm"]),
            float(row["width_mm"]),
            float(row["height_mm"]),
        )
        for row in rows
    ] == [
        (page.number, box.id, box.area.x, box.area.y, box.area.width, box.area.height)
        for page, box in layout.boxes()
    ]


def test_freezing_writes_beside_the_layout(capsys, tmp_path: Path):
    path = tmp_path / "vinhlong-1.yaml"
    path.write_bytes((shipped() / "vinhlong-1.yaml").read_bytes())
    assert run(capsys, "layout", "freeze", str(path))[0] == 0
    digest = Catalogue([tmp_path]).placement("vinhlong-1").layout.digest
    assert set(Catalogue([tmp_path]).known()) == {digest}


def test_the_schema_is_json(capsys):
    code, out, _err = run(capsys, "layout", "schema")
    assert code == 0
    parts = json.loads(out)["$defs"].values()
    assert all(part["additionalProperties"] is False for part in parts if "properties" in part)
