"""Whose a sheet is: as issued, else by the name somebody read on it; the roster decides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from omr.batch.conflicts import ConflictKind
from omr.batch.persons import NO_ONE, Person, person_of
from omr.forms.frozen import sealed
from omr.model.geometry import RectMm
from omr.model.layout import Field, FieldKind
from omr.model.unit import IssuedSheet, Member, Unit
from omr.model.written import Written
from omr.report.gather import Gathering
from omr.store import handwriting
from omr.store.imports import put_roster, put_trees

PEOPLE = [
    Member("01", "Trần Thị Hòa", "CB01"),
    Member("02", "Lê Văn An", "CB01"),
    Member("03", "Lê Văn An", "CB01"),
]


@pytest.fixture
def named(another_form):
    """The form with a field in which people write their name."""
    form = another_form()
    field = Field("ho-ten", "Họ tên", FieldKind.TEXT, RectMm(10, 10, 60, 8), "name")
    return sealed(replace(form, pages=(replace(form.pages[0], fields=(field,)), *form.pages[1:])))


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Trần Thị Hoà", Person("01", "Trần Thị Hòa")),
        ("tRẦN  thị hòa", Person("01", "Trần Thị Hòa")),
        ("Trần Thị Hoa", Person("", "Trần Thị Hoa")),
        ("Lê Văn An", Person("", "Lê Văn An")),
        ("Lê Văn An (03)", Person("03", "Lê Văn An")),
        ("", NO_ONE),
    ],
)
def test_a_name_is_looked_up_in_the_roster_and_never_guessed(named, text, person):
    copied = {"ho-ten": Written("S1", "ho-ten", text, "Lan")}
    assert person_of(named, None, copied, lambda: PEOPLE) == person


def test_whom_it_was_issued_to_goes_before_and_other_fields_say_nothing(named, another_form):
    copied = {"ho-ten": Written("S1", "ho-ten", "Lê Văn An (03)", "Lan")}
    issued = IssuedSheet("S1", "f", "1", "d", 2026, "CB01", 2, "01", "Trần Thị Hòa")
    assert person_of(named, issued, copied, lambda: PEOPLE) == Person("01", "Trần Thị Hòa")
    assert person_of(named, replace(issued, person=""), copied, lambda: PEOPLE).code == "03"
    assert person_of(another_form(), None, copied, lambda: PEOPLE) == NO_ONE


@pytest.fixture
def handed_in(office, named):
    """Two sheets that nobody was issued, on which people have read one person's name."""
    put_trees(office.store, {2026: (Unit("CB01", "Chi bộ 1"),)})
    put_roster(office.store, 2026, PEOPLE)
    for sheet in ("AAAAAAAA.1", "AAAAAAAA.3"):
        office.read(sheet, layout=named)
        handwriting.add(office.store, [Written(sheet, "ho-ten", "Trần Thị Hòa", "Lan")])
    return office


def test_two_sheets_of_one_name_are_told_until_a_person_decides(handed_in):
    two = ConflictKind.TWO_SHEETS
    told = [(each.kind, each.sheet, each.is_open) for each in handed_in.ledger().conflicts]
    assert told == [(two, "AAAAAAAA.1", True), (two, "AAAAAAAA.3", True)]
    handed_in.say("AAAAAAAA.3", "invalid")
    assert not any(each.is_open for each in handed_in.ledger().conflicts)


def test_the_name_list_has_such_sheets_as_their_persons(handed_in):
    gathering = Gathering()
    assert len(list(gathering.passing(handed_in.sheets()))) == 2
    assert [(each.serial, each.person, each.name) for each in gathering.claimed] == [
        ("AAAAAAAA.1", "01", "Trần Thị Hòa"),
        ("AAAAAAAA.3", "01", "Trần Thị Hòa"),
    ]
