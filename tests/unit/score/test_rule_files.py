"""Rule files: what they say, and every fault with its line."""

from __future__ import annotations

import pytest

from omr.errors import LayoutError
from omr.score.apply import check_fit
from omr.score.condition import ConditionError, holds, parse
from omr.score.rules import load_rules

GOOD = """\
id: thu
version: "1"
title: Thử
result: Mức
limits:
  few: 5
levels:
  - id: tot
    label: Tốt
    when: nhe.co < few
    because: có {nhe.co} dòng
  - id: khac
    label: Khác
    when: otherwise
    because: từ {few} trở lên
"""


def test_a_rule_file_is_read(rule_file):
    rules = load_rules(rule_file(GOOD))
    assert [level.id for level in rules.levels] == ["tot", "khac"]
    assert rules.counted() == {("nhe", "co")}


def test_the_digest_names_the_content_not_the_spelling(rule_file):
    same = load_rules(rule_file("# a remark\n" + GOOD)).digest
    assert same == load_rules(rule_file(GOOD)).digest
    assert same != load_rules(rule_file(GOOD.replace("few: 5", "few: 6"))).digest


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("version:", "verzion:", 2, "verzion"),
        ("when: nhe.co < few", "when: nhe.co < many", 10, "many"),
        ("when: nhe.co < few", "when: otherwise", 10, "otherwise"),
        ("when: otherwise", "when: nhe.co > 4", 14, "otherwise"),
        ("id: khac", "id: tot", 12, "twice"),
        ("{nhe.co}", "{nhe}", 11, "nhe"),
        ("  few: 5", "\tfew: 5", 6, "YAML"),
    ],
)
def test_a_fault_is_told_with_its_line(rule_file, old, new, line, words):
    path = rule_file(GOOD.replace(old, new))
    with pytest.raises(LayoutError) as told:
        load_rules(path)
    assert any(each.startswith(f"{path}:{line}:") and words in each for each in str(told.value).splitlines())


def test_rules_that_count_what_the_form_lacks_are_refused(rule_file, sheet):
    with pytest.raises(LayoutError, match=r"nhe\.khong"):
        check_fit(sheet.layout, load_rules(rule_file(GOOD.replace("nhe.co <", "nhe.khong <"))))


@pytest.mark.parametrize(
    ("text", "counts", "truth"),
    [
        ("a.x + b.x >= 3", {("a", "x"): 1, ("b", "x"): 2}, True),
        ("a.x == 0 and b.x == 0 or a.x == 5", {("a", "x"): 5}, True),
        ("a.x == 0 and (b.x == 0 or a.x == 5)", {("b", "x"): 1}, False),
        ("not a.x > 2", {("a", "x"): 2}, True),
    ],
)
def test_conditions(text, counts, truth):
    assert holds(parse(text, {}), counts) is truth


@pytest.mark.parametrize(
    "text", ["", "a.x", "a.x <", "a < 3", "a.x < 3 and", "(a.x < 3", "a.x < 3)", "a.x ~ 3"]
)
def test_what_is_no_condition_is_refused(text):
    with pytest.raises(ConditionError):
        parse(text, {})
