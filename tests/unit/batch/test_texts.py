"""Texts spelled in place by place: what is exported of them, and when a person has to look."""

from __future__ import annotations

from dataclasses import replace

from omr.batch.texts import TEXTS, texts
from omr.model.layout import Spelled
from omr.model.reading import Answer, Cause, Issue


def rows(office, **answers):
    """Return the exported texts of one sheet whose two places hold other answers than were read."""
    office.read("K7M2-9QXA")
    sheet = next(iter(office.sheets()))
    form = replace(sheet.layout, spelled=(Spelled("so", ("a1", "a2")), Spelled("ten", ("b1", "absent"))))
    settled = tuple(
        replace(each, answer=answers.get(each.answer.question, each.answer)) for each in sheet.answers
    )
    table = texts([replace(sheet, layout=form, answers=settled)])
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def place(name, *chosen, confidence=0.9, cause=Cause.NONE, issues=()):
    return Answer(name, chosen, confidence, issues, cause)


def test_a_text_is_its_places_and_as_sure_as_all_of_them(office):
    (row,) = rows(office, a1=place("a1", "4"), a2=place("a2", "2", confidence=0.8))
    assert tuple(row) == TEXTS
    assert (row["text"], row["value"], row["review"], row["decided_by"]) == ("so", "42", 0, "machine")
    assert row["confidence"] == 0.72


def test_a_place_with_two_marks_or_a_doubt_waits_for_a_person(office):
    two = place("a1", "4", "7", cause=Cause.RESPONDENT, issues=(Issue.OVERMARKED,))
    (row,) = rows(office, a1=two, a2=place("a2", "2"))
    assert (row["value"], row["review"]) == ("?2", 1)
    (row,) = rows(office, a1=place("a1", cause=Cause.RESPONDENT, issues=(Issue.BLANK,)), a2=place("a2", "2"))
    assert (row["value"], row["review"]) == ("?2", 1)


def test_places_left_empty_on_purpose_are_left_out_at_the_end_alone(office):
    assert rows(office, a1=place("a1", "A"), a2=place("a2"))[0]["value"] == "A"
    assert rows(office, a1=place("a1"), a2=place("a2", "B"))[0]["value"] == " B"


def test_what_a_person_decides_of_a_place_stands_in_the_text(office):
    office.read("K7M2-9QXA", open_rows=("a1",))
    office.say("K7M2-9QXA", "khong", "a1")
    (sheet,) = office.sheets()
    table = texts([replace(sheet, layout=replace(sheet.layout, spelled=(Spelled("so", ("a1", "a2")),)))])
    (row,) = (dict(zip(table.columns, each, strict=True)) for each in table.rows)
    assert (row["value"], row["review"], row["decided_by"]) == ("khongco", 0, "Lan")
    assert row["confidence"] == 0.99
