"""Layouts of OMRChecker, FormScanner and SDAPS, laid on the printed boxes of their blank."""

from __future__ import annotations

import json

import pytest
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

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


def sdaps_box(x: float, y: float, page: int = 1, of: str = "", kind: str = "Checkbox") -> str:
    """Return a box of 3.5 mm at x, y mm from the top left, as SDAPS writes it: TeX points from the bottom."""
    points = (value * 72.27 / 25.4 for value in (x, 297 - y, 3.5, 3.5))
    return f"Box{of} = {kind}, {page}, {', '.join(f'{value:.5f}pt' for value in points)}, box"


def sdaps(*lines: str) -> str:
    size = (value * 72.27 / 25.4 for value in (210, 297))
    return "\n".join(("Title = Survey", f"PageSize = {', '.join(f'{s:.5f}pt' for s in size)}", *lines))


WORK = [(30, 60 + 8 * row) for row in range(3)]
SCALE = [(60 + 12 * step, 100) for step in range(5)]
SECOND = [(90 + 20 * step, 50) for step in range(2)]
ASKED = (
    "QObject-Head = 1. About your work",
    "QObject-Choice = 1.1. Where do you work?",
    *(f"Answer-Choice = {words}" for words in ("Office", "Archive", "Field")),
    "QObject-Mark = 1.2. How is it there?",
    "Answer-Mark = bad",
    "Answer-Mark = good",
    *(sdaps_box(*place) for place in SCALE),
    *(sdaps_box(*place, of="[1.1]") for place in WORK),
    "QObject-Text = 1.3. Why?",
    sdaps_box(30, 200, kind="Textbox"),
    "QObject-Option = 1.4. Would you come again?",
    "Answer-Option = yes",
    "Answer-Option = no",
    *(sdaps_box(*place, page=2) for place in SECOND),
)
"""What SDAPS says of a questionnaire of two pages."""


@pytest.fixture
def questionnaire(tmp_path):
    """Return its blank."""
    paper = Canvas(str(tmp_path / "questionnaire.pdf"), pagesize=(210 * mm, 297 * mm))
    for places in ((*WORK, *SCALE), SECOND):
        for x, y in places:
            paper.rect(x * mm, (297 - y - 3.5) * mm, 3.5 * mm, 3.5 * mm)
            paper.drawString((x + 5) * mm, (297 - y - 3) * mm, "yes")
        paper.showPage()
    paper.save()
    return tmp_path / "questionnaire.pdf"


def test_a_questionnaire_of_sdaps_is_laid_on_its_pages(questionnaire, tmp_path, capsys):
    said, layout = tmp_path / "questionnaire.sdaps", tmp_path / "sheet.yaml"
    said.write_text(sdaps(*ASKED), encoding="utf-8")
    code, told = run(capsys, "layout", "import", said, "--blank", questionnaire, "-o", layout)
    assert code == 0, told
    assert "10 of 10 boxes lie on printed ones" in told
    form = load(layout)
    first, second = ({box.id: box.area for box in boxes_of(page)} for page in form.pages)
    assert [len(first), len(second)] == [8, 2]
    for page, name, place in (
        (first, "where-do-you-work.archive", WORK[1]),
        (first, "how-is-it-there.5", SCALE[4]),
        (second, "would-you-come-again.no", SECOND[1]),
    ):
        assert (page[name].x, page[name].y) == pytest.approx(place, abs=0.25)
    words = {wording.id: wording for wording in form.questions}
    assert words["where-do-you-work"].labels["field"] == "Field"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["no such line"], "no such line"),
        (["Box = Checkbox, 1, 1pt, 2pt, 3pt, 4pt, box"], "SDAPS"),
        (["QObject-Choice = 1. x", "Box = Checkbox, 1, 1em, 2pt, 3pt, 4pt, box"], "1em"),
        (["QObject-Choice = 1. x", "Box = Checkbox, 1, 1pt"], "SDAPS"),
        (["QObject-Choice = 1. x", "Box = Checkbox, one, 1pt, 2pt, 3pt, 4pt, box"], "one"),
        (["QObject-Choice = 1. x"], "SDAPS"),
        (["QObject-Choice = 1. x", sdaps_box(30, 60, page=3)], "page 3, which questionnaire.pdf does not"),
        (["QObject-Choice = 1. x", sdaps_box(30, 160), sdaps_box(30, 180)], "do not lie on those found"),
    ],
)
def test_a_damaged_questionnaire_of_sdaps_is_refused(questionnaire, tmp_path, capsys, lines, told):
    said = tmp_path / "questionnaire.sdaps"
    said.write_text(sdaps(*lines), encoding="utf-8")
    code, err = run(capsys, "layout", "import", said, "--blank", questionnaire, "-o", tmp_path / "s.yaml")
    assert code == 2
    assert "questionnaire.sdaps" in err
    assert told in err.replace(f"{tmp_path}/", "")


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
    (block,) = read_foreign(path)[0].blocks
    assert (block.questions, block.choices, block.down) == (("medium",), ("E", "H"), True)
    assert block.middles.tolist() == [[[180.0, 292.0], [180.0, 333.0]]]
