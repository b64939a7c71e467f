"""`omr close`, `omr reopen`, `omr settle`, and what `omr ledger` and `omr verify` say of them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from omr.cli import main
from omr.model.reading import Reason, Rejection
from omr.model.scan import ScanId, Source
from omr.store.late import put_late
from omr.store.store import Store


@pytest.fixture
def omr(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, code: int = 0) -> str:
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--lang", "en"])
        said = capsys.readouterr()
        assert (ended.value.code or 0) == code, said.err
        return said.out + said.err

    return run


@pytest.fixture
def printed(omr):
    """Two sheets printed for CB01, none of which came back; returns their serials."""
    omr("print", "nghean-so-tay", "--copies", "2", "--unit", "CB01", "--year", "2026", "-o", "f.pdf")
    with Store.open(Path("omr.db")) as store:
        return tuple(store.issued_sheets())


def explain(omr, serials, code=0) -> str:
    lines = [f"{serial},,absent,Lan,nghỉ ốm" for serial in serials]
    Path("v.csv").write_text("\n".join(("sheet,question,chosen,reviewer,reason", *lines)), encoding="utf-8")
    return omr("verdict", "import", "v.csv", code=code)


def table(omr, name: str) -> list[dict[str, str]]:
    omr("export", name, "-o", f"{name}.csv")
    with Path(f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_refusal_names_every_reason_and_exits_5(omr, printed):
    said = omr("close", "CB01", "--by", "Hoa", code=5)
    assert "CB01 cannot be signed off yet:" in said
    assert f"- 2 sheets have not come back: {', '.join(printed)}. Scan them, or say why" in said
    assert "--override-by NAME --reason TEXT" in said
    assert table(omr, "closings") == []


def test_a_unit_whose_absences_are_explained_is_closed_and_read_only(omr, printed):
    explain(omr, printed)
    said = omr("close", "cb01", "--year", "2026", "--by", "Hoa")
    assert "CB01 is closed for 2026, signed off by Hoa. Digest of its tables:" in said
    (row,) = table(omr, "closings")
    assert (row["unit"], row["year"], row["act"], row["who"], row["open_ends"]) == (
        "CB01",
        "2026",
        "close",
        "Hoa",
        "",
    )
    assert row["digest"] in said
    assert "CB01 is closed for 2026" in explain(omr, printed, code=1)
    assert "CB01 is closed for 2026: signed off by Hoa" in omr("ledger")
    omr("verify")
    said = omr("close", "CB01", code=1)
    assert "Open CB01 first" in said


def test_an_override_needs_name_and_reason_and_keeps_both(omr, printed):
    omr("close", "CB01", "--override-by", "Hoa", code=2)
    omr("close", "CB01", "--reason", "gấp", code=2)
    said = omr("close", "CB01", "--override-by", "Hoa", "--reason", "gấp", code=5)
    assert "CB01 is closed for 2026, signed off by Hoa." in said
    assert "Signed although this is open" in said
    assert "- 2 sheets have not come back" in said
    (row,) = table(omr, "closings")
    assert (row["who"], row["reason"]) == ("Hoa", "gấp")
    assert printed[0] in row["open_ends"]


def test_a_closed_unit_is_opened_again_with_a_reason(omr, printed):
    explain(omr, printed)
    omr("close", "CB01", "--by", "Hoa")
    omr("reopen", "CB01", code=2)
    omr("reopen", "CB01", "--reason", " ", code=2)
    assert "CB01 is open again for 2026." in omr("reopen", "CB01", "--reason", "nộp muộn", "--by", "Minh")
    explain(omr, printed)
    assert [(row["act"], row["who"], row["reason"]) for row in table(omr, "closings")] == [
        ("close", "Hoa", ""),
        ("reopen", "Minh", "nộp muộn"),
    ]
    assert "CB01 is not closed for 2026" in omr("reopen", "CB01", "--reason", "x", code=1)


def test_a_unit_nobody_knows_is_refused_with_the_nearest(omr, printed):
    assert printed
    assert "there is no unit CB011. Is CB01 meant?" in omr("close", "CB011", code=2)
    assert "there is nothing to sign off" in omr("close", "CB01", "--year", "2031", code=2)


def test_nothing_is_signed_off_over_a_broken_trail(omr, printed):
    explain(omr, printed)
    with Store.open(Path("omr.db")) as store:
        store.db.execute("DROP TRIGGER verdict_stays")
        store.db.execute("UPDATE verdict SET reason = 'đi vắng'")
    assert "not as omr wrote them" in omr("close", "CB01", code=5)


def test_tables_that_are_not_as_signed_are_told_by_verify(omr, printed):
    explain(omr, printed)
    omr("close", "CB01", "--by", "Hoa")
    with Store.open(Path("omr.db")) as store:
        store.db.execute("DROP TRIGGER issued_anew_touches")
        store.db.execute("UPDATE issued SET unit = 'CB02' WHERE serial = ?", (printed[0],))
    assert "CB01 2026 is not as Hoa signed it on" in omr("verify", code=5)


@pytest.fixture
def refused(omr, printed):
    """One refused scan, as `omr read` would have left it."""
    assert printed
    with Store.open(Path("omr.db")) as store:
        store.add_sources(Source("a" * 64, "CB01/a.pdf", 1, 1))
        store.put(
            store.begin_batch(["CB01"], 2026), "CB01", [Rejection(ScanId("a" * 64, 3), Reason.LOOSE_FIT)]
        )
    return table(omr, "rejections")[0]


def settle(omr, *lines: str, code: int = 0) -> str:
    Path("s.csv").write_text("\n".join(("source,frame,way,reviewer,reason", *lines)), encoding="utf-8")
    return omr("settle", "s.csv", code=code)


def test_a_refused_scan_is_settled_from_a_table(omr, printed, refused):
    explain(omr, printed)
    assert "1 refused scan is open: a.pdf/3" in omr("close", "CB01", code=5)
    assert "1 refused scan settled." in settle(
        omr, f"{refused['source']},{refused['frame']},foreign,Lan,báo cũ"
    )
    omr("close", "CB01", "--by", "Hoa")
    assert "CB01 is closed" in settle(omr, "CB01/a.pdf,3,open,Lan,", code=1)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("CB01/a.pdf,3,foreign,,", "s.csv:2: nobody is named as reviewer."),
        ("CB01/a.pdf,3,lost,Lan,", "s.csv:2: way is one of blank"),
        ("CB01/a.pdf,4,blank,Lan,", "s.csv:2: no refused scan has the source CB01/a.pdf and the frame 4."),
    ],
)
def test_a_fault_in_the_table_settles_nothing(omr, refused, line, wanted):
    assert wanted in settle(omr, line, "CB01/a.pdf,3,blank,Lan,", code=2)
    assert refused
    with Store.open(Path("omr.db")) as store:
        assert store.settlements() == {}


def test_every_sheet_and_scan_stands_in_a_table(omr, printed, refused):
    assert refused
    assert [(row["sheet"], row["state"], row["missing_pages"]) for row in table(omr, "sheets")] == [
        (serial, "missing", "1") for serial in printed
    ]
    (scan,) = table(omr, "scans")
    assert (scan["source"], scan["frame"], scan["state"], scan["reason"]) == (
        "CB01/a.pdf",
        "3",
        "rejected",
        "loose_fit",
    )
    assert table(omr, "conflicts") == []


def test_pages_that_come_late_are_told_in_one_line_of_the_ledger(omr, printed):
    explain(omr, printed)
    omr("close", "CB01", "--by", "Hoa")
    with Store.open(Path("omr.db")) as store:
        store.add_sources(Source("a" * 64, "CB01/a.pdf", 1, 1))
        late = [Rejection(ScanId("a" * 64, frame), Reason.LOOSE_FIT) for frame in range(1, 31)]
        put_late(store, ("CB01", 2026), late)
    said = omr("ledger")
    assert "- 30 pages came after signing off and are not counted: a.pdf/1, a.pdf/2" in said
    assert said.count("a.pdf/") == 5
    assert len([row for row in table(omr, "conflicts") if row["conflict"] == "late_page"]) == 30
