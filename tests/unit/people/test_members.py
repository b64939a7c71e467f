"""Who belongs where: units found however they are typed, statuses, several units for one person."""

from __future__ import annotations

from pathlib import Path

import pytest

from omr.errors import RosterError
from omr.model.unit import Member, Status, Unit
from omr.people.members import Kind, changes, joined, members
from omr.people.roster import read_roster

UNITS = (Unit("X", "Xã A"), Unit("C1", "Chi bộ Hòa Bình", "X"), Unit("C2", "Chi bộ 2", "X"))


@pytest.fixture
def read(tmp_path):
    def of(*lines: str, head: str = "Mã,Họ và tên,Đơn vị,Diện,Chức vụ", units=UNITS):
        path = tmp_path / "danh sách.csv"
        path.write_text("\n".join((head, *lines)), encoding="utf-8")
        return members(Path("f.csv"), read_roster(path, several=True), units)

    return of


def test_a_unit_is_found_by_name_or_code_however_it_is_typed(read):
    assert [m.unit for m in read("1,Lê An,chi bộ Hoà Bình,,", "2,Lê Ba,c2,,", "3,Lê Tư,CHI BỘ 2,,")] == [
        "C1",
        "C2",
        "C2",
    ]


@pytest.mark.parametrize(
    ("written", "status"),
    [("", Status.DUE), ("Thuộc diện", Status.DUE), ("miễn", Status.EXEMPT), ("ĐÌNH CHỈ", Status.SUSPENDED),
     ("đình chỉ sinh hoạt", Status.SUSPENDED), ("exempt", Status.EXEMPT)],
)  # fmt: skip
def test_statuses_are_known_in_both_languages(read, written, status):
    assert read(f"1,Lê An,C1,{written},Bí thư") == (
        Member("1", "Lê An", "C1", status, extra=(("Chức vụ", "Bí thư"),)),
    )


def test_a_person_of_several_units_hands_in_at_the_first(read):
    found = read("1,Lê An,C1,,", "1,Lê An,X,,", "2,Lê Ba,X,,")
    assert [(m.unit, m.hands_in) for m in found] == [("C1", True), ("X", False), ("X", True)]


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (["1,Lê An,Chi bộ 3,,"], "line 2: there is no unit Chi bộ 3. Is Chi bộ 2 meant?"),
        (["1,Lê An,C1,nghỉ,"], "line 2: the status nghỉ is not known."),
        (
            ["1,Lê An,C1,,", "1,Lê An,Chi bộ Hòa Bình,,"],
            "line 3: Lê An already stands in this unit in line 2.",
        ),
    ],
)
def test_a_fault_is_named_with_its_line(read, lines, wanted):
    with pytest.raises(RosterError) as error:
        read(*lines)
    assert str(error.value).startswith(f"f.csv, {wanted}")


def test_one_code_is_one_person_in_a_file(read):
    with pytest.raises(RosterError, match=r"line 3: the code 1 is Lê An in line 2"):
        read("1,Lê An,C1,,", "1,Trần Ba,C2,,")


def test_without_a_tree_units_are_taken_as_written(read):
    assert [m.unit for m in read("1,Lê An,Sở A,,", units=())] == ["Sở A"]


AN, BA = Member("1", "Lê An", "C1"), Member("2", "Lê Ba", "C1")


def test_an_import_speaks_for_the_units_it_names_alone():
    other = Member("9", "Lê Chín", "C2")
    assert joined((AN, BA, other), (BA,)) == (other, BA)


def test_a_person_goes_on_handing_in_where_they_did():
    assert joined((AN,), (Member("1", "Lê An", "C2"),)) == (AN, Member("1", "Lê An", "C2", hands_in=False))


def test_a_person_who_left_the_unit_they_handed_in_at_hands_in_at_the_other():
    second = Member("1", "Lê An", "C2", hands_in=False)
    assert joined((AN, BA, second), (BA,)) == (Member("1", "Lê An", "C2"), BA)


def test_lists_that_all_count_from_one_hold_different_people():
    other = Member("1", "Trần Ba", "C2")
    assert joined((AN,), (other,)) == (AN, other)


def test_changes_between_two_rosters_are_told():
    after = (Member("1", "Lê An", "C1", Status.EXEMPT), Member("1", "Lê An", "C2", hands_in=False))
    told = [(change.kind, change.unit, change.detail) for change in changes((AN, BA), after)]
    assert told == [
        (Kind.CHANGED, "C1", "status: due → exempt"),
        (Kind.ADDED, "C2", "hands in at another unit"),
        (Kind.REMOVED, "C1", ""),
    ]
