"""Layouts of OMRChecker and FormScanner, laid on the printed boxes of their blank."""

from __future__ import annotations

import json

import pytest

from omr.cli import main
from omr.draft.imported import read_foreign
from omr.forms.grids import boxes_of
from omr.forms.load import load


def run(capsys, *arguments) -> tuple[int, str]:
    with pytest.raises(SystemExit) as left:
        main([*map(str, arguments), "--lang", "en"])
    return int(left.value.code or 0), capsys.readouterr().err


@pytest.fixture
def blank(drawing, tmp_path):
    """Return an A5 sheet with a number of three digits and four questions of four bubbles."""
    for digit in range(10):
        for place in range(3):
            drawing.bubble(20 + 7 * place, 40 + 7 * digit, 4, 4, str(digit))
    for row in range(4):
        for column in range(4):
            drawing.bubble(80 + 8 * column, 50 + 9 * row, 4, 4, "ABCD"[column])
    drawing.text(20, 25, "DOQ0 FORM", 4)
    return drawing.save(tmp_path / "blank.png")


TEMPLATE = {
    "pageDimensions": [740, 1050],
    "bubbleDimensions": [20, 20],
    "customLabels": {"Roll": ["roll1..3"]},
    "fieldBlocks": {
        "Roll": {
            "fieldType": "QTYPE_INT",
            "fieldLabels": ["roll1..3"],
            "bubblesGap": 35,
            "labelsGap": 35,
            "origin": [100, 200],
        },
        "Mcq": {
            "fieldType": "QTYPE_MCQ4",
            "fieldLabels": ["q1..4"],
            "bubblesGap": 40,
            "labelsGap": 45,
            "origin": [400, 250],
        },
    },
}
"""The same at 5 px a mm."""


def moved(template: dict, across: float, down: float, scale: float) -> dict:
    """Return a template that counts from another corner, in other pixels."""
    again = json.loads(json.dumps(template))
    for block in again["fieldBlocks"].values():
        x, y = block["origin"]
        block["origin"] = [scale * (x - across), scale * (y - down)]
        block["bubblesGap"] *= scale
        block["labelsGap"] *= scale
    again["bubbleDimensions"] = [20 * scale, 20 * scale]
    return again


@pytest.mark.parametrize(("across", "down", "scale"), [(0, 0, 1), (60, 110, 1), (60, 110, 1.7)])
def test_a_template_of_omrchecker_is_laid_on_the_blank_wherever_it_counts_from(
    blank, tmp_path, capsys, across, down, scale
):
    template, layout = tmp_path / "template.json", tmp_path / "sheet.yaml"
    template.write_text(json.dumps(moved(TEMPLATE, across, down, scale)), encoding="utf-8")
    code, told = run(capsys, "layout", "import", template, "--blank", blank, "-o", layout)
    assert code == 0
    assert "46 of 46 boxes lie on printed ones" in told
    boxes = {box.id: box.area for box in boxes_of(load(layout).pages[0])}
    assert len(boxes) == 46
    for name, x, y in (("roll.1.0", 20, 40), ("roll.3.9", 34, 103), ("q1.A", 80, 50), ("q4.D", 104, 77)):
        assert (boxes[name].x, boxes[name].y) == pytest.approx((x, y), abs=0.25)
    (grid,) = [grid for grid in load(layout).pages[0].grids if grid.spells]
    assert (grid.spells, grid.asks) == ("roll", "column")


def xtmpl(questions: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><template density="40" threshold="127" version="2.1">'
        f'<fields groups="false" shape="CIRCLE" size="20"><group name="EMPTY">{questions}</group></fields>'
        "</template>"
    )


def question(row: int) -> str:
    """Return one question as FormScanner writes it: the middles of its boxes, in pixels at 300 dpi."""
    places = (((82 + 8 * at) * 300 / 25.4, (52 + 9 * row) * 300 / 25.4) for at in range(4))
    values = "".join(
        f'<value response="{letter}"><point x="{x:.0f}" y="{y:.0f}"/></value>'
        for letter, (x, y) in zip("ABCD", places, strict=True)
    )
    kind = f'question="Question {row + 1}" type="QUESTIONS_BY_ROWS" multiple="false"'
    return f"<question {kind}><values>{values}</values></question>"


def test_a_template_of_formscanner_is_laid_on_the_blank(blank, tmp_path, capsys):
    asked = "".join(question(row) for row in range(4))
    template, layout = tmp_path / "form.xtmpl", tmp_path / "sheet.yaml"
    template.write_text(xtmpl(asked), encoding="utf-8")
    code, told = run(capsys, "layout", "import", template, "--blank", blank, "-o", layout)
    assert code == 0
    assert "16 of 16 boxes" in told
    boxes = {box.id: box.area for box in boxes_of(load(layout).pages[0])}
    assert (boxes["question-4.D"].x, boxes["question-4.D"].y) == pytest.approx((104, 77), abs=0.25)


def test_a_template_of_another_form_is_refused(blank, tmp_path, capsys):
    other = json.loads(json.dumps(TEMPLATE))
    other["fieldBlocks"]["Mcq"] |= {"fieldLabels": ["q1..30"], "labelsGap": 21}
    template, layout = tmp_path / "template.json", tmp_path / "sheet.yaml"
    template.write_text(json.dumps(other), encoding="utf-8")
    code, told = run(capsys, "layout", "import", template, "--blank", blank, "-o", layout)
    assert code == 2
    assert "do not lie on those found" in told
    assert not layout.exists()


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.json", "{", "a.json"),
        ("a.json", "{}", "pageDimensions"),
        ("a.json", "[]", "OMRChecker"),
        ("a.xtmpl", "<template>", "FormScanner"),
        ("a.xtmpl", "<other/>", "FormScanner"),
        ("a.xtmpl", '<!DOCTYPE x [<!ENTITY a "b">]><template/>', "FormScanner"),
        ("a.txt", "words", "FormScanner"),
    ],
)
def test_a_file_of_no_known_kind_is_refused_by_name(blank, tmp_path, capsys, name, text, told):
    foreign = tmp_path / name
    foreign.write_text(text, encoding="utf-8")
    code, err = run(capsys, "layout", "import", foreign, "--blank", blank, "-o", tmp_path / "s.yaml")
    assert code == 2
    assert name in err
    assert told in err


def test_labels_in_short_and_kinds_of_its_own_are_understood(tmp_path):
    template = json.loads(json.dumps(TEMPLATE))
    template["customBubbleFieldTypes"] = {"MEDIUM": {"bubbleValues": ["E", "H"], "direction": "vertical"}}
    template["fieldBlocks"] = {
        "Medium": {
            "bubbleFieldType": "MEDIUM",
            "fieldLabels": ["medium"],
            "bubblesGap": 41,
            "labelsGap": 0,
            "origin": [170, 282],
        }
    }
    path = tmp_path / "template.json"
    path.write_text(json.dumps(template), encoding="utf-8")
    (block,) = read_foreign(path).blocks
    assert (block.questions, block.choices, block.down) == (("medium",), ("E", "H"), True)
    assert block.middles.tolist() == [[[180.0, 292.0], [180.0, 333.0]]]
