"""The scoring table of DOMAIN.md, the bounds rule, and what the rules never do."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from omr.model.reading import Cause
from omr.model.score import SheetIssue

GOOD, MIDDLE, LOWEST, OPEN = "tot", "chua-tot", "suy-thoai", "undetermined"


@pytest.mark.parametrize(
    ("minor", "serious", "doubtful_minor", "doubtful_serious", "level"),
    [
        (0, 0, 0, 0, GOOD),
        (4, 0, 0, 0, GOOD),
        (5, 0, 0, 0, MIDDLE),
        (12, 0, 0, 0, MIDDLE),
        (0, 1, 0, 0, LOWEST),
        (4, 1, 0, 0, LOWEST),
        (4, 0, 1, 0, OPEN),
        (3, 0, 1, 0, GOOD),
        (0, 0, 0, 1, OPEN),
    ],
)
def test_the_nine_cases(sheet, minor, serious, doubtful_minor, doubtful_serious, level):
    sheet.set("attestation", "co") if minor + serious + doubtful_minor + doubtful_serious == 0 else None
    sheet.tick("nhe", minor, doubtful=doubtful_minor)
    sheet.tick("nghiem-trong", serious, doubtful=doubtful_serious)
    if minor + serious == 0:
        sheet.set("declared", "tot")  # a mark, so that blank rows mean "absent"
    assert sheet.score().level == level


def test_a_doubt_that_cannot_change_the_level_is_named_beside_it(sheet):
    found = sheet.tick("nhe", 3, doubtful=1).score()
    assert (found.level, found.split) == (GOOD, "tot-1-4")
    assert SheetIssue.UNRESOLVED in found.issues
    count = next(count for count in found.counts if count.section == "nhe")
    assert (count.least, count.most) == (3, 4)


def test_good_is_told_apart_into_none_and_some(sheet):
    assert sheet.set("attestation", "co").score().split == "tot-0"


def test_a_doubt_between_none_and_one_leaves_the_part_open(sheet):
    found = sheet.set("declared", "tot").tick("nhe", 0, doubtful=1).score()
    assert (found.level, found.split) == (GOOD, "")


def test_the_lowest_level_is_always_provisional(sheet):
    assert sheet.tick("nghiem-trong", 1).score().provisional
    assert not sheet.tick("nghiem-trong", 0).set("a1.1").tick("nhe", 6).score().provisional


def test_many_minor_ones_are_never_escalated(sheet):
    assert sheet.tick("nhe", 12).score().level == MIDDLE


def test_a_blank_form_without_any_mark_is_unanswered_not_good(sheet):
    found = sheet.score()
    assert found.level == OPEN
    assert SheetIssue.UNRESOLVED in found.issues


def test_a_missing_page_gives_no_level(sheet):
    found = sheet.tick("nhe", 1).score(missing_pages=(3,))
    assert found.level == ""
    assert SheetIssue.MISSING_PAGE in found.issues


def test_declared_and_computed_levels_are_both_kept(sheet):
    found = sheet.tick("nhe", 5).set("declared", "tot").score()
    assert (found.level, found.declared) == (MIDDLE, "tot")
    assert SheetIssue.DECLARED_DIFFERS in found.issues


def test_a_double_tick_among_the_declared_levels_declares_nothing(sheet):
    found = sheet.tick("nhe", 1).set("declared", "tot", "chua-tot", doubt=Cause.RESPONDENT).score()
    assert found.declared == ""
    assert found.level == GOOD


@pytest.mark.parametrize(
    ("question", "choice", "contradicts"),
    [("attestation", "co", True), ("declared", "tot", True), ("declared", "suy-thoai", False)],
)
def test_contradictions_go_to_a_person(sheet, question, choice, contradicts):
    found = sheet.tick("nghiem-trong", 1).set(question, choice).score()
    assert (SheetIssue.CONTRADICTION in found.issues) is contradicts


@pytest.mark.parametrize("signed", [True, False, None])
def test_an_unsigned_sheet_is_said_to_be_so(sheet, signed):
    found = sheet.tick("nhe", 1).score(signed=signed)
    assert (SheetIssue.UNSIGNED in found.issues) is (signed is False)


def test_forms_that_are_only_counted_have_no_level(sheet_of):
    sheet = sheet_of("haugiang-ca-nhan")
    for question in sheet.layout.questions:
        sheet.set(question.id, question.choices[1].id)
    found = sheet.score()
    assert found.level == ""
    assert sum(c.least for c in found.counts if c.choice == "co-luc") == 71
    assert sum(c.least for c in found.counts if c.choice != "co-luc") == 0


def test_an_open_row_is_never_counted_as_the_worst(sheet_of):
    sheet = sheet_of("travinh-82")
    first = sheet.layout.questions[0]
    sheet.set(first.id, *(choice.id for choice in first.choices), doubt=Cause.RESPONDENT)
    counts = {(c.section, c.choice): c for c in sheet.score().counts}
    for choice in first.choices:
        count = counts[first.section, choice.id]
        assert (count.least, count.most) == (0, 1)


def test_the_second_form_is_scored_by_its_own_rule(sheet_of):
    assert sheet_of("vinhlong-2").tick("nhe", 4).score().level == "tot"
    assert sheet_of("vinhlong-2").tick("nhe", 5).score().level == "co-vi-pham"
    assert sheet_of("vinhlong-2").tick("vi-pham", 1).score().level == "vi-pham"


@given(
    minor=st.integers(0, 12),
    serious=st.integers(0, 63),
    open_minor=st.integers(0, 4),
    open_serious=st.integers(0, 2),
    settled_minor=st.integers(0, 4),
    settled_serious=st.integers(0, 2),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_level_given_in_doubt_is_the_level_however_the_doubt_is_settled(
    sheet_of, minor, serious, open_minor, open_serious, settled_minor, settled_serious
):
    minor, serious = min(minor, 12 - open_minor), min(serious, 63 - open_serious)
    doubtful = sheet_of("vinhlong-1").set("declared", "tot")
    doubtful.tick("nhe", minor, doubtful=open_minor).tick("nghiem-trong", serious, doubtful=open_serious)
    before = doubtful.score()
    after = sheet_of("vinhlong-1").set("declared", "tot")
    after.tick("nhe", minor + min(settled_minor, open_minor))
    after.tick("nghiem-trong", serious + min(settled_serious, open_serious))
    if before.level != OPEN:
        assert after.score().level == before.level
    if open_minor + open_serious == 0:
        assert before.level != OPEN
