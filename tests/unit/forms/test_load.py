"""Layout files: what they say is taken as written, what is wrong is told with file and line."""

from __future__ import annotations

import pytest

from omr.errors import LayoutError
from omr.forms.load import load_form, parse_form
from omr.forms.schema import Form, Variant
from omr.model.layout import BlankRow


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), start=1) if part in line)


def test_a_file_is_taken_as_written(form: Form):
    assert form.heading.variant is Variant.STATE
    assert form.version == "1.10"
    assert form.sections[1].groups[0].items[0].text == "no"
    assert form.sections[1].groups[0].items[1].number == "02"
    assert form.sections[0].blank is BlankRow.ALLOWED
    assert form.sections[1].blank is None


@pytest.mark.parametrize(
    ("before", "after", "at", "told"),
    [  # what is spoilt how, the text of the line that is to be named, the message
        ("year: 2026", "yaer: 2026", "yaer", "unknown key 'yaer'. Did you mean 'year'?"),
        ("year: 2026", "year: 1926", "year: 1926", "has to be at least 2000"),
        ("id: a.2", "id:  a.1", "id:  a.1", "id 'a.1' was already given on line 41"),
        ("id: ngay-sinh", "id: ho-ten", "Ngày sinh", "id 'ho-ten' was already given"),
        ("{id: kem, label", "{id: tot, label", "levels", "id 'tot' was already given"),
        (
            "  - id: nam\n",
            "  - title: x\n    id: cam-ket\n",
            "    id: cam-ket",
            "id 'cam-ket' was already given",
        ),
        ("id: a.1", "id: declared", "declared, number", "question id 'declared' is taken"),
        ("id: a.1", "id: p01.q1", "p01.q1", "question id 'p01.q1' is taken"),
        (
            "{id: q2, label: Quý II",
            "{label: Quý II",
            "columns:",
            "with several column groups each needs an id",
        ),
        (", text: no", "", "id: a.1", "item 'a.1' has no text"),
        ("filled_by: person", "filled_by: dog", "dog", "'filled_by' cannot be 'dog'; allowed: 'person'"),
        ("id: a.1", "id: A 1", "id: A 1", "'A 1' cannot be used as id"),
        ("year: 2026\n", "year: 2026\nyear: 2027\n", "year: 2027", "key 'year' stands twice"),
        ("height_mm: 20", "height_mm: tall", "signature", "'height_mm' has to be a number"),
        ("lines: 2", "lines: 0", "don-vi", "'lines' has to be at least 1"),
        ("title: PHIẾU THỬ", "title: ''", "title: ''", "'title' may not be empty"),
    ],
)
def test_a_fault_names_its_line(text: str, before: str, after: str, at: str, told: str):
    spoilt = text.replace(before, after, 1)
    _form, faults = parse_form(spoilt)
    assert [fault.line for fault in faults if told in fault.message] == [line_of(spoilt, at)]


def test_a_missing_key_is_told_where_it_belongs(text: str):
    _form, faults = parse_form(text.replace("correction: Đánh", "# Đánh"))
    assert [fault.message for fault in faults] == ["'correction' is missing here."]


def test_all_faults_are_told_at_once_with_the_file(text: str, write):
    path = write(text.replace("year: 2026", "yaer: 2026").replace("id: a.2", "id: a.1"))
    with pytest.raises(LayoutError) as caught:
        load_form(path)
    lines = str(caught.value).splitlines()
    assert len(lines) == 3
    assert all(line.startswith(f"{path}:") for line in lines)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("id: [a\n", "so-thu.yaml:2: this is not valid YAML"),
        ("- a\n- b\n", "so-thu.yaml:1: this file has to be a list of `key: value` lines"),
        ("", "so-thu.yaml:1: this file has to be a list of `key: value` lines"),
        ("id: \x07\n", "so-thu.yaml:1: this is not valid YAML"),
    ],
)
def test_what_is_no_layout_is_told(write, content: str, told: str):
    with pytest.raises(LayoutError) as caught:
        load_form(write(content))
    assert told in str(caught.value)


def test_a_file_in_a_legacy_encoding_is_told(tmp_path):
    path = tmp_path / "old.yaml"
    path.write_bytes("title: Phiếu".encode("utf-16"))
    with pytest.raises(LayoutError, match="not UTF-8 text"):
        load_form(path)


def test_an_absent_file_is_told(tmp_path):
    with pytest.raises(LayoutError, match="cannot be opened"):
        load_form(tmp_path / "none.yaml")


def test_brackets_without_end_are_a_fault_of_the_file():
    form, faults = parse_form("[" * 5000)
    assert form is None
    assert len(faults) == 1
