from __future__ import annotations

import datetime as dt

import pytest
from openpyxl import Workbook

from omr.errors import RosterError
from omr.people.roster import Person, read_roster

HEAD = "Mã,Họ và tên,Đơn vị,Chức vụ"
ROWS = "CB001,Nguyễn Thị Hoà,CB-01,Bí thư\nCB002,Ðặng Văn Bình,CB-01,\n"
PEOPLE = (
    Person("CB001", "Nguyễn Thị Hoà", "CB-01", 2, (("Chức vụ", "Bí thư"),)),
    Person("CB002", "Đặng Văn Bình", "CB-01", 3, (("Chức vụ", ""),)),
)


@pytest.fixture
def roster(tmp_path):
    def write(content: str | bytes, name: str = "danh sách.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def workbook(tmp_path):
    def write(rows, formats=()):
        book = Workbook()
        for row in rows:
            book.active.append(row)
        for cell, number_format in formats:
            book.active[cell].number_format = number_format
        path = tmp_path / "danh sách.xlsx"
        book.save(path)
        return path

    return write


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_text_is_read_in_every_unicode_encoding(roster, encoding):
    assert read_roster(roster(f"{HEAD}\n{ROWS}".encode(encoding))) == PEOPLE


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_text_is_split_by_its_own_delimiter(roster, delimiter):
    assert read_roster(roster(f"{HEAD}\r\n{ROWS}".replace(",", delimiter))) == PEOPLE


@pytest.mark.parametrize(
    "head", ["code,name,unit,Chức vụ", "MÃ SỐ,HỌ TÊN,CHI BỘ,Chức vụ", "Mã CB,Họ, tên,Đơn vị"]
)
def test_headings_are_known_by_many_names(roster, head):
    quoted = head.replace("Họ, tên", '"Họ, tên"')

    assert [person.name for person in read_roster(roster(f"{quoted}\n{ROWS}"))] == [
        "Nguyễn Thị Hoà",
        "Đặng Văn Bình",
    ]


def test_titles_above_the_headings_and_empty_rows_are_passed_over(roster):
    people = read_roster(roster(f"ĐẢNG BỘ XÃ A,,,\nDANH SÁCH,,,\n\n{HEAD}\nCB001,Lê Văn An,CB-01,\n,,,\n"))

    assert [(person.code, person.row) for person in people] == [("CB001", 5)]


def test_family_and_given_name_in_two_columns_are_joined(roster):
    people = read_roster(roster("Mã,Họ và tên đệm,Tên,Đơn vị\n1,Nguyễn Thị,Hoà,CB-01\n"))

    assert (people[0].name, people[0].extra) == ("Nguyễn Thị Hoà", ())


def test_a_heading_merged_over_two_columns_holds_one_name(workbook):
    people = read_roster(workbook([["Mã", "Họ và tên", None, "Đơn vị"], ["1", "Nguyễn Thị", "Hoà", "CB-01"]]))

    assert people[0].name == "Nguyễn Thị Hoà"


def test_workbook_cells_become_the_text_they_show(workbook):
    path = workbook(
        [
            ["Mã", "Họ và tên", "Đơn vị", "Ngày sinh", "TT"],
            [7, "Lê Văn An", "CB-01", dt.date(1980, 2, 5), 1.0],
        ],
        [("A2", "0000")],
    )

    assert read_roster(path) == (
        Person("0007", "Lê Văn An", "CB-01", 2, (("Ngày sinh", "05/02/1980"), ("TT", "1"))),
    )


def test_a_column_is_found_by_its_id_and_by_its_heading(roster):
    person = read_roster(roster("Mã,Họ tên,Đơn vị,Chi bộ,Năm sinh\n1,Lê An,Sở A,Chi bộ 2,1980\n"))[0]

    assert [person.value(column) for column in ("unit", "cell", "birth", "năm  sinh", "position")] == [
        "Sở A",
        "Chi bộ 2",
        "1980",
        "1980",
        "",
    ]


def test_a_unit_given_outside_stands_for_a_missing_column(roster):
    assert read_roster(roster("Mã,Họ tên\n1,Lê An\n"), unit="CB-09")[0].unit == "CB-09"


def test_missing_columns_are_named_with_the_headings_that_are_there(roster):
    path = roster("Họ và tên,Ngày sinh\nLê An,1980\n")

    with pytest.raises(RosterError, match=r"line 1: missing column: code \(Mã\), unit \(Đơn vị\).*Ngày sinh"):
        read_roster(path)


def test_every_faulty_row_is_named(roster):
    path = roster(f"{HEAD}\nCB001,Lê An,CB-01,\ncb001,Lê Ân,CB-01,\n,Lê Ba,CB-01,\nCB004,,,\n")

    with pytest.raises(RosterError) as raised:
        read_roster(path)

    lines = str(raised.value).splitlines()
    assert [line.split(", ")[1].split(":")[0] for line in lines] == ["line 3", "line 4", "line 5", "line 5"]
    assert "already stands in line 2" in lines[0]
    assert all(str(path) in line for line in lines)


def test_of_very_many_faults_the_first_are_shown_and_the_rest_counted(roster):
    with pytest.raises(RosterError) as raised:
        read_roster(roster(f"{HEAD}\n" + ",Lê An,CB-01,\n" * 25))

    assert str(raised.value).splitlines()[-1] == "… and 5 more."


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the table is empty"),
        (b"\n\n , ,\n", "the table is empty"),
        (b"xin ch\xc3\xa0o\n", "no headings found"),
        (f"{HEAD}\n".encode(), "nobody below the headings"),
        (
            "Mã,Họ tên,Đơn vị\n1,Nguyễn An,A\n".encode("cp1258", errors="replace"),
            "line 1: the text is not in UTF-8",
        ),
        ("M·,Hä vµ tªn,§¬n vÞ\n1,NguyÔn V¨n B×nh,X·\n".encode("latin-1"), r"TCVN3 \(ABC\), not in Unicode"),
        ("M·,Hä vµ tªn,§¬n vÞ\n1,NguyÔn V¨n B×nh,X·\n".encode(), r"TCVN3 \(ABC\), not in Unicode"),
        ("Maõ,Hoï vaø teân,Ñôn vò\n1,Nguyeãn Vaên An,Xaõ\n".encode("latin-1"), "VNI, not in Unicode"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), r"old \.xls"),
        (b"PK\x03\x04 cut short", "not a whole Excel workbook"),
        (b"%PDF-1.7\x00\x00\x01\x00", "not a table"),
    ],
)
def test_what_cannot_be_used_is_refused_with_advice(roster, content, message):
    path = roster(content)

    with pytest.raises(RosterError, match=message) as raised:
        read_roster(path)

    assert path.name in str(raised.value)


def test_an_absent_file_is_named(tmp_path):
    with pytest.raises(RosterError, match=r"absent\.csv: cannot be opened"):
        read_roster(tmp_path / "absent.csv")
