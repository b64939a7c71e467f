"""The tree of units from people's tables: any depth, and every fault with its line."""

from __future__ import annotations

import pytest
from openpyxl import Workbook

from omr.errors import RosterError
from omr.model.unit import Unit, under
from omr.people.members import Kind, changes
from omr.people.units import UnitNames, read_units

HEAD = "code,name,parent,kind,year"
TREE = (
    Unit("T", "Tỉnh uỷ", "", "tỉnh"),
    Unit("X", "Đảng bộ xã Hòa Bình", "T", "xã"),
    Unit("C1", "Chi bộ 1", "X"),
    Unit("C2", "Chi bộ 2", "X"),
)


@pytest.fixture
def file(tmp_path):
    def write(*lines: str, head: str = HEAD):
        path = tmp_path / "đơn vị.csv"
        path.write_text("\n".join((head, *lines)), encoding="utf-8")
        return path

    return write


def refused(path, year=2026) -> list[str]:
    with pytest.raises(RosterError) as error:
        read_units(path, year)
    return [line.removeprefix(f"{path}, ") for line in str(error.value).splitlines()]


def test_a_tree_of_any_depth_is_read_whatever_its_order(file):
    path = file("C1,Chi bộ 1,X,,", "T,Tỉnh uỷ,,tỉnh,", "X,Đảng bộ xã Hòa Bình,T,xã,", "C2,Chi bộ 2,X,,")
    assert set(read_units(path, 2026)[2026]) == set(TREE)


def test_a_parent_may_be_named_however_it_is_typed(file):
    path = file("T,Tỉnh uỷ,,", "X,Đảng bộ xã Hoà Bình,TỈNH ỦY,", "C,Chi bộ 1,đảng bộ xã Hòa Bình,")
    assert [unit.parent for unit in read_units(path, 2026)[2026]] == ["", "T", "X"]


def test_headings_are_known_in_vietnamese_below_a_title(file):
    path = file("Mã đơn vị,Tên đơn vị,Trực thuộc,Loại", "T,Tỉnh uỷ,,tỉnh", head="ĐẢNG BỘ TỈNH,,,")
    assert read_units(path, 2026) == {2026: (TREE[0],)}


def test_a_workbook_is_read_as_well(tmp_path):
    book = Workbook()
    for row in (("code", "name", "parent"), ("01", "Xã A", None), (2, "Chi bộ 1", "01")):
        book.active.append(row)
    book.save(tmp_path / "u.xlsx")
    assert read_units(tmp_path / "u.xlsx", 2026)[2026] == (Unit("01", "Xã A"), Unit("2", "Chi bộ 1", "01"))


def test_each_year_has_a_tree_of_its_own(file):
    path = file("H,Huyện A,,,2024", "X,Xã B,H,,2024", "X,Xã B,,,2026")
    trees = read_units(path, 2020)
    assert {year: [unit.parent for unit in units] for year, units in trees.items()} == {
        2024: ["", "H"],
        2026: [""],
    }


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (["X,Xã A,,,", "X,Xã B,,,"], "line 3: the code X already stands in line 2."),
        (["x1,Xã A,,,", "X1,Xã B,,,"], "line 3: the code X1 already stands in line 2."),
        (["X,Xã A,Y,,"], "line 2: there is no unit Y."),
        (["X,Xã Hòa,,,", "C,Chi bộ,Xã Hào,,"], "line 3: there is no unit Xã Hào. Is Xã Hòa meant?"),
        (["A,Xã,,,", "B,Xã,,,", "C,Chi bộ,Xã,,"], "line 4: several units are named Xã (A, B). Write the"),
        ([",Xã A,,,"], "line 2: the code is empty."),
        (["X,,,,"], "line 2: the name is empty."),
        (["X,Xã A,,,năm nay"], "line 2: the year is none."),
        (["A,a,A,,"], "line 2: A → A stand above each other in a circle."),
        (["A,a,B,,", "B,b,C,,", "C,c,B,,", "D,d,A,,"], "line 3: B → C → B stand above each other"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_line(file, lines, wanted):
    (only,) = refused(file(*lines))
    assert only.startswith(wanted)


def test_every_fault_is_told_at_once_in_the_order_of_the_lines(file):
    faults = refused(file("A,a,Z,,", ",b,,,", "A,c,,,"))
    assert [fault.split(":")[0] for fault in faults] == ["line 2", "line 3", "line 4"]


def test_two_circles_are_two_faults(file):
    assert len(refused(file("A,a,B,,", "B,b,A,,", "C,c,D,,", "D,d,C,,"))) == 2


def test_a_missing_column_and_an_old_encoding_are_refused_with_advice(file):
    assert "missing column: parent" in refused(file("X,Xã A", head="code,name"))[0]
    assert "TCVN3" in refused(file("X,§¶ng bé x· Hoµ B×nh,,,"))[0]


def test_a_unit_is_found_by_code_before_name():
    names = UnitNames((Unit("A", "B"), Unit("B", "C")))
    assert names.find("b") == ("B",)
    assert names.fault("b") == ""


def test_a_unit_and_all_below_it():
    assert under(TREE, "X") == {"X", "C1", "C2"}
    assert under(TREE, "T") == {"T", "X", "C1", "C2"}
    assert under(TREE, "C1") == {"C1"}
    assert under((), "nowhere") == {"nowhere"}


def test_changes_between_two_trees_are_told():
    after = (TREE[0], Unit("X", "Xã mới", "T", "xã"), TREE[2], Unit("C3", "Chi bộ 3", "X"))
    told = [(change.kind, change.code, change.detail) for change in changes(TREE, after)]
    assert told == [
        (Kind.CHANGED, "X", "name: Đảng bộ xã Hòa Bình → Xã mới"),
        (Kind.ADDED, "C3", ""),
        (Kind.REMOVED, "C2", ""),
    ]
    assert changes(TREE, TREE) == ()


def test_a_quotation_mark_that_is_never_closed_is_told_with_its_line(tmp_path):
    path = tmp_path / "u.csv"
    path.write_text('code,name,parent\nA,Alpha,\nB,"Beta,A\n' + "C,Gamma,A\n" * 20_000, encoding="utf-8")
    with pytest.raises(RosterError, match="line 3: not a table"):
        read_units(path, 2026)
