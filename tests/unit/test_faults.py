"""What people are told of a YAML file that is wrong, line by line."""

from __future__ import annotations

import pytest

from omr import i18n
from omr.forms.load import parse_layout
from omr.score.rulefile import read_rule_file

FAULTS = {
    "year: soon": "'year' phải là số nguyên, không phải 'soon'.",
    "year: 1999": "'year' phải từ 2000 trở lên.",
    "columns: three": "'columns' phải là danh sách: mỗi mục một dòng `- …`.",
    "title: [a]": "'title' phải là chữ.",
    "kind: existing\nmarking: cross": "'marking' không thể là 'cross'; chỉ được dùng: 'tick' or 'fill'.",
    "columns: &a [*a]": "Ở đây không dùng `&` và `*`; hãy viết đầy đủ.",
}


@pytest.fixture(autouse=True)
def vietnamese():
    spoken = i18n.language()
    i18n.use("vi")
    yield
    i18n.use(spoken)


@pytest.mark.parametrize("text", FAULTS)
def test_a_fault_of_a_layout_is_told_in_vietnamese(text):
    form, faults = parse_layout(text)
    assert form is None
    assert FAULTS[text] in [fault.message for fault in faults]


def test_lists_that_repeat_each_other_without_end_are_refused():
    many = "".join(f"k{at + 1}: &a{at + 1} [{', '.join([f'*a{at}'] * 9)}]\n" for at in range(30))
    assert "&" in parse_layout(f"k0: &a0 [x, x]\n{many}")[1][0].message


@pytest.mark.parametrize("reads", [parse_layout, read_rule_file])
def test_what_is_nested_too_deep_is_a_fault_of_its_line(reads):
    found, faults = reads("id: " + "[" * 3000 + "]" * 3000)
    assert (found, [fault.line for fault in faults]) == (None, [1])
    assert "nested too deep" in faults[0].message


def test_a_rule_file_is_explained_alike():
    _rule, faults = read_rule_file("limits: {a: many}\nlevels: none\n")
    told = [fault.message for fault in faults]
    assert "'a' phải là số nguyên, không phải 'many'." in told
    assert "'levels' phải là danh sách: mỗi mục một dòng `- …`." in told
