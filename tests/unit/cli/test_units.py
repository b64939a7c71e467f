"""`omr units import`, `omr roster import`, and printing for the people of the store."""

from __future__ import annotations

import csv
import json

import pytest

from omr.cli import main
from omr.model.layout import FilledBy
from omr.model.rank import Ranks
from omr.store.ranks import ranks_of
from omr.store.store import Store
from omr.store.units import roster_of, tree_of

UNITS = "code,name,parent\nX,Xã Hòa Bình,\nC1,Chi bộ 1,X\nC2,Chi bộ 2,Xã Hoà Bình\n"
PEOPLE = (
    "code,name,unit,status,position\n1,Lê An,Chi bộ 1,,Bí thư\n2,Lê Ba,Chi bộ 1,miễn,\n"
    "3,Lê Tư,C2,thuộc diện,\n1,Lê An,C2,,\n"
)


@pytest.fixture
def omr(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "units.csv").write_text(UNITS, encoding="utf-8")
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")

    def run(*arguments: str, code: int = 0):
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--lang", "en"])
        said = capsys.readouterr()
        assert (ended.value.code or 0) == code, said.err
        return said

    return run


def test_a_dry_run_shows_what_would_change_and_writes_nothing(omr):
    said = omr("units", "import", "units.csv", "--year", "2026", "--dry-run", "--json")
    assert [(row["change"], row["code"], row["unit"]) for row in json.loads(said.out)] == [
        ("added", "X", ""),
        ("added", "C1", "X"),
        ("added", "C2", "X"),
    ]
    assert "3 would be added, 0 changed, 0 removed. Nothing was written." in said.err
    with Store.open("omr.db") as store:
        assert tree_of(store) == ()


def test_an_import_again_changes_nothing(omr):
    assert "3 added" in omr("units", "import", "units.csv").err
    assert "0 added, 0 changed, 0 removed" in omr("units", "import", "units.csv").err
    assert "4 added" in omr("roster", "import", "people.csv").err
    assert "0 added, 0 changed, 0 removed" in omr("roster", "import", "people.csv").err


def test_a_column_that_is_not_known_is_told_with_the_one_that_may_be_meant(omr, tmp_path):
    text = PEOPLE.replace("status,position", "statuss,sở thích")
    (tmp_path / "people.csv").write_text(text, encoding="utf-8")
    said = omr("roster", "import", "people.csv", "--dry-run").err
    assert "The column statuss is not known" in said
    assert "Is status meant?" in said
    assert (
        "The column sở thích is not known: it is kept, and printed where a form has a field of that name.\n"
        in said
    )
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    assert "is not known" not in omr("roster", "import", "people.csv", "--dry-run").err


def test_ranks_are_kept_by_year_and_a_dry_run_keeps_none(omr, tmp_path):
    omr("units", "import", "units.csv", "--year", "2026")
    (tmp_path / "ranks.csv").write_text(
        "unit,who,excellent,good,done,failed\nChi bộ 1,cá nhân,1,5,0,0\n", "utf-8"
    )
    said = omr("ranks", "import", "ranks.csv", "--year", "2026", "--dry-run", "--json")
    assert json.loads(said.out) == [
        {"year": 2026, "unit": "C1", "who": "person", "excellent": 1, "good": 5, "done": 0, "failed": 0}
    ]
    with Store.open("omr.db") as store:
        assert ranks_of(store, 2026) == ()
    assert "1 row of ranks is kept for 2026." in omr("ranks", "import", "ranks.csv", "--year", "2026").err
    with Store.open("omr.db") as store:
        assert ranks_of(store, 2026) == (Ranks("C1", FilledBy.PERSON, (1, 5, 0, 0)),)
        assert ranks_of(store, 2025) == ()
        assert store.rows("SELECT what, detail, unit FROM log WHERE what = 'ranks'") == [
            ("ranks", "2026", "C1")
        ]
    omr("export", "ranks", "-o", "back.csv")
    assert "1 row of ranks is kept for 2026." in omr("ranks", "import", "back.csv", "--year", "2026").err


def test_a_fault_takes_nothing_and_exits_2(omr, tmp_path):
    omr("units", "import", "units.csv", "--year", "2026")
    (tmp_path / "people.csv").write_text(f"{PEOPLE}4,Lê Năm,Chi bộ 3,,\n", encoding="utf-8")
    said = omr("roster", "import", "people.csv", "--year", "2026", code=2)
    assert "people.csv, line 6: there is no unit Chi bộ 3. Is Chi bộ" in said.err
    with Store.open("omr.db") as store:
        assert roster_of(store, 2026) == ()


def test_exported_trees_and_rosters_are_imported_without_a_change(omr):
    omr("units", "import", "units.csv", "--year", "2026")
    omr("roster", "import", "people.csv", "--year", "2026")
    with Store.open("omr.db") as store:
        units, people = tree_of(store), roster_of(store, 2026)
    omr("export", "units", "-o", "u.csv")
    omr("export", "roster", "-o", "r.xlsx")
    omr("units", "import", "u.csv", "--store", "other.db")
    omr("roster", "import", "r.xlsx", "--year", "2026", "--store", "other.db")
    with Store.open("other.db") as store:
        assert tree_of(store, 2026) == units
        assert set(roster_of(store, 2026)) == set(people)


def test_members_are_printed_once_each_where_they_hand_in(omr, tmp_path):
    year = ("--year", "2026")
    omr("units", "import", "units.csv", *year)
    omr("roster", "import", "people.csv", *year)
    omr("print", "vinhlong-1", "--members", "--unit", "C1", "-o", "c1.pdf", *year)
    omr("print", "vinhlong-1", "--members", "--unit", "X", "-o", "x.pdf", "--manifest", "x.csv", *year)
    with (tmp_path / "x.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["unit"] for row in csv.DictReader(file)] == ["C2"]
    with Store.open("omr.db") as store:
        issued = [(s.person, s.name, s.unit) for s in store.issued_sheets().values()]
    assert issued == [("1", "Lê An", "C1"), ("3", "Lê Tư", "C2")]
    said = omr("print", "vinhlong-1", "--members", "--unit", "X", "-o", "again.pdf", *year, code=2)
    assert "Everybody due in X has a sheet" in said.err
    assert (
        "Nobody is due in C9"
        in omr("print", "vinhlong-1", "--members", "--unit", "C9", "-o", "f.pdf", *year, code=2).err
    )


def test_a_roster_file_may_name_units_of_the_tree_by_name(omr):
    omr("units", "import", "units.csv", "--year", "2026")
    omr("print", "vinhlong-1", "--roster", "people2.csv", "-o", "f.pdf", "--year", "2026", code=2)
    with open("people2.csv", "w", encoding="utf-8") as file:  # noqa: PTH123 (a short file)
        file.write("code,name,unit\n1,Lê An,CHI BỘ 1\n")
    omr("print", "vinhlong-1", "--roster", "people2.csv", "-o", "f.pdf", "--year", "2026")
    with Store.open("omr.db") as store:
        assert [sheet.unit for sheet in store.issued_sheets().values()] == ["C1"]
