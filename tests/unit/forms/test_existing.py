"""Layouts of forms that others printed: what they say, what is wrong in them, how they are frozen."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from omr.errors import LayoutError
from omr.forms.existing import ExistingForm
from omr.forms.frozen import from_json, to_json
from omr.forms.grids import layout_of
from omr.forms.load import load_form, parse_layout
from omr.i18n import use
from omr.model.geometry import A4, RectMm
from omr.model.layout import CodeKind, Layout, Print, PrintedCode, Shape, Spelled

pytestmark = pytest.mark.usefixtures("english")
DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture(scope="module")
def text() -> str:
    """The example in docs."""
    page = (DOCS / "layout-format.md").read_text(encoding="utf-8")
    examples: list[str] = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    return next(example for example in examples if example.startswith("kind: existing"))


@pytest.fixture
def english():
    """Messages are compared in English, whatever another test spoke."""
    use("en")


def form_of(text: str) -> ExistingForm:
    """Return the form a text describes, which has to be sound."""
    form, faults = parse_layout(text)
    assert faults == ()
    assert isinstance(form, ExistingForm)
    return form


def messages(text: str) -> list[str]:
    """Return what is wrong in a text."""
    return [f"{fault.line}: {fault.message}" for fault in parse_layout(text)[1]]


def test_a_grid_gives_a_box_for_each_question_and_choice(text):
    boxes = {box.id: box for box in layout_of(form_of(text), A4, [None], "source").pages[0].boxes}
    assert len(boxes) == 4 + 30 + 1
    assert boxes["q2.khong"].area == RectMm(135.5, 68.0, 4.0, 4.0)
    assert boxes["so.3.9"].area == RectMm(42.0, 154.0, 4.5, 4.5)
    assert (boxes["so.3.9"].shape, boxes["so.3.9"].print) == (Shape.CIRCLE, "9")


def test_questions_stand_in_the_order_of_their_boxes_with_their_wording(text):
    layout = layout_of(form_of(text), A4, [None], "source")
    assert [question.id for question in layout.questions] == ["q1", "q2", "so.1", "so.2", "so.3", "dong-y"]
    assert [choice.label for choice in layout.questions[0].choices] == ["Có", "Không"]
    assert layout.spelled == (Spelled("so", ("so.1", "so.2", "so.3")),)


def test_freezing_loses_nothing_and_names_the_print(text):
    layout = layout_of(form_of(text), A4, [Print(b"image", b"features")], "source")
    assert from_json(to_json(layout)) == layout
    other = layout_of(form_of(text), A4, [Print(b"another", b"features")], "source")
    assert other.digest != layout.digest


def test_where_the_year_is_printed_is_frozen_and_a_form_where_that_is_unknown_keeps_its_digest(text):
    unknown = layout_of(form_of(text), A4, [Print(b"image", b"features")], "source")
    known = layout_of(form_of(text), A4, [Print(b"image", b"features", (RectMm(100, 20, 8, 3),))], "source")
    assert from_json(to_json(known)) == known
    assert known.pages[0].print.years == (RectMm(100, 20, 8, 3),)
    assert known.digest != unknown.digest
    (kept,) = json.loads(to_json(unknown))["existing"]["prints"]
    assert len(kept) == 2


def test_a_text_may_be_spelled_by_questions_that_stand_in_no_grid(text):
    spelled = "\nspelled:\n  - {id: ma, questions: [q1, dong-y]}\n"
    layout = layout_of(form_of(text + spelled), A4, [None], "source")
    assert layout.spelled[-1] == Spelled("ma", ("q1", "dong-y"))
    (fault,) = messages(text + spelled.replace("dong-y", "nope"))
    assert "question 'nope' has no box" in fault


def test_codes_are_frozen_and_a_form_without_any_keeps_its_digest(text):
    layout = layout_of(form_of(text), A4, [Print(b"image", b"features")], "source")
    (code,) = layout.pages[0].printed_codes
    assert code == PrintedCode(CodeKind.QR, RectMm(180.0, 10.0, 15.0, 15.0), "KS26-{serial}-1")
    bare = layout_of(form_of(text.partition("    codes:")[0]), A4, [Print(b"image", b"features")], "source")
    assert bare.digest != layout.digest
    # As it was before a layout could name codes.
    assert "codes" not in json.loads(to_json(bare))["existing"]
    assert from_json(to_json(bare)) == bare


def test_a_form_of_ours_keeps_its_digest():
    path = next((DOCS.parent / "layouts" / "frozen").glob("vinhlong-1-*.json"))
    frozen: Layout = from_json(path.read_text(encoding="utf-8"))
    assert not frozen.existing
    assert to_json(frozen) == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("original: phieu-khao-sat.pdf\n", "", "1: name the blank form"),
        ("questions: [q1, q2]", "questions: [q1]", "'questions' has 1 entries, but the grid has 2"),
        ("choices: [co, khong]", "choices: [co]", "'choices' has 1 entries, but the grid has 2"),
        ("question: dong-y, choice: co", "question: q1, choice: co", "box 'q1.co' is given twice"),
        ("{id: q1, number", "{id: q9, number", "question 'q9' has no box"),
        ("{id: q1, number", "{id: q1, section: nhe, number", "there is no section 'nhe'"),
        ("shape: circle", "shape: round", "'shape' cannot be 'round'"),
        ("original: phieu-khao-sat.pdf", "copies: [a.png, b.png]", "needs 3 filled scans or more"),
        ("KS26-{serial}-1", "KS26-{number}-1", "may say {serial} once"),
        ("KS26-{serial}-1", "{serial}{serial}", "may say {serial} once"),
        ("kind: qr", "kind: pdf417", "'kind' cannot be 'pdf417'; allowed: 'qr', 'code128' or 'datamatrix'"),
        ("marks:", "mark:", "unknown key 'mark'. Did you mean 'marks'?"),
    ],
)
def test_a_fault_is_told_with_its_line(text, old, new, told):
    faults = messages(text.replace(old, new))
    assert len(faults) == 1
    assert told in faults[0]


def test_it_cannot_be_printed(text, tmp_path):
    path = tmp_path / "form.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LayoutError, match="printed by others"):
        load_form(path)
