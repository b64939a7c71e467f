"""docs/year.md, run exactly as it is written; a person's part is played by somebody who knows the truth."""

from __future__ import annotations

import csv
import json
import re
import shlex
import sqlite3
from pathlib import Path

import openpyxl
import pytest

PAGE = Path(__file__).parents[2] / "docs" / "year.md"
PARTS = ("01", "xa1"), ("02", "xa2")
MAY_EXIT = {"read": {0, 3}, "ledger": {0, 3, 5}}
NAMES = (
    "Nguyễn Văn A", "Trần Thị B", "Lê Văn C", "Phạm Thị D", "Hoàng Văn E", "Vũ Thị G", "Đặng Văn H",
    "Bùi Thị I",
)  # fmt: skip


def steps(text):
    """Yield ("file", name, content) and ("omr", arguments, "") in the order of the page."""
    name = ""
    for block in re.split(r"\n\n", text):
        told = re.search(r"Save this as `(.+)`:$", block)
        if told:
            name = told[1]
        elif block.startswith("    omr "):
            yield from (("omr", tuple(shlex.split(line)[1:]), "") for line in block.strip().splitlines())
        elif block.startswith("    ") and name:
            yield "file", name, "".join(f"{line.strip()}\n" for line in block.splitlines())
            name = ""


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def decide(folder, number, office):
    """Write the verdicts of a person who sees what is really on the paper."""
    truth = {
        (row["sheet"], row["question"], row["choice"]): row["intent"]
        for row in rows(folder / office / "truth.csv")
    }
    verdicts = []
    for row in rows(folder / f"answers-{number}.csv"):
        if row["review"] == "1":
            ticked = [
                choice
                for (sheet, question, choice), state in truth.items()
                if (sheet, question) == (row["sheet"], row["question"]) and state == "marked"
            ]
            verdicts.append((row["sheet"], row["question"], "|".join(ticked), "Người duyệt", "xem giấy"))
    scores = rows(folder / f"scores-{number}.csv")
    verdicts += [(row["sheet"], "", "valid", "Người duyệt", "xem giấy") for row in scores]
    back = {row["sheet"] for row in rows(folder / f"answers-{number}.csv")}
    with sqlite3.connect(folder / f"{office}.db") as db:
        printed = {serial for (serial,) in db.execute("SELECT serial FROM issued")}
    db.close()
    verdicts += [(sheet, "", "absent", "Người duyệt", "không nộp") for sheet in sorted(printed - back)]
    with (folder / f"verdicts-{number}.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("sheet", "question", "chosen", "reviewer", "reason"), *verdicts])


@pytest.fixture(scope="module")
def year(omr, tmp_path_factory):
    """Return the folder after the year, and what the last commands printed, by command."""
    folder = tmp_path_factory.mktemp("năm 2026")
    printed = {}
    for kind, what, content in steps(PAGE.read_text("utf-8")):
        if kind == "file":
            (folder / what).write_text(content, "utf-8")
            continue
        if what[:2] == ("verdict", "import"):
            number = re.search(r"verdicts-(\d+)", what[2])[1]
            decide(folder, number, dict(PARTS)[number])
        done = omr(*what, cwd=folder)
        assert done.code in MAY_EXIT.get(what[0], {0}), (what, done.err)
        printed[what] = done
    return folder, printed


def test_the_page_has_every_step_in_its_order():
    commands = [what[0] for kind, what, _content in steps(PAGE.read_text("utf-8")) if kind == "omr"]
    order = list(dict.fromkeys(commands))
    assert order == [
        "units", "roster", "print", "synth", "read", "ledger", "export", "verdict", "ranks", "close",
        "report", "key", "package", "merge", "summary",
    ]  # fmt: skip


def test_the_provinces_table_is_the_sum_of_its_communes(year, omr):
    folder, _printed = year
    above = json.loads(omr("summary", "--store", "tinh.db", "--json", cwd=folder).out)
    assert [(row["unit"], row["due"], row["exempt"], row["issued"], row["valid"]) for row in above] == [
        ("Đảng ủy xã An Bình", 5, 1, 5, 4), ("Đảng ủy xã Bình Hòa", 2, 0, 2, 2), ("Total", 7, 1, 7, 6),
    ]  # fmt: skip
    for office in ("xa1", "xa2"):
        own = json.loads(omr("summary", "--store", f"{office}.db", "--json", cwd=folder).out)[-1]
        row = above[0 if office == "xa1" else 1]
        counts = {key: value for key, value in own.items() if isinstance(value, int) and key != "year"}
        assert {key: row[key] for key in counts} == counts


def test_the_ticks_counted_are_those_on_the_paper(year):
    folder, _printed = year
    every = 0
    for office, unit in (("xa1", "CB-01"), ("xa1", "CB-02"), ("xa2", "CB-03")):
        marked = sum(
            row["unit"] == unit
            and row["state"] == "marked"
            and row["question"] not in ("attestation", "declared")
            for row in rows(folder / office / "truth.csv")
        )
        counted = rows(folder / office / "report" / unit / "vinhlong-2-2026-items.csv")[-1]
        column = next(name for name in counted if name.endswith("Times ticked"))
        assert int(counted[column]) == marked
        every += marked
    assert every > 0


def test_the_report_says_who_signed(year):
    folder, _printed = year
    cover = openpyxl.load_workbook(folder / "xa1" / "report" / "summary.xlsx")["Cover"]
    text = "\n".join(str(cell.value) for row in cover for cell in row)
    assert "XA-01 2026: closed by Nguyễn Văn A" in text


def test_the_ranks_of_the_year_stand_in_every_report_of_the_commune(year):
    folder, _printed = year
    for name, units in (("report", {"Chi bộ ấp 1", "Chi bộ ấp 2"}), ("report/CB-01", {"Chi bộ ấp 1"})):
        ranks = openpyxl.load_workbook(folder / "xa1" / name / "summary.xlsx")["Ranks 2026"]
        assert units == {cell for row in ranks.values for cell in row} & {"Chi bộ ấp 1", "Chi bộ ấp 2"}


def test_nothing_that_goes_up_names_a_person_or_a_sheet(year):
    folder, _printed = year
    serials = {row["sheet"] for number, _office in PARTS for row in rows(folder / f"answers-{number}.csv")}
    with sqlite3.connect(folder / "tinh.db") as db:
        import zlib

        bodies = [zlib.decompress(body).decode() for (body,) in db.execute("SELECT body FROM package")]
    db.close()
    assert len(bodies) == 2
    codes = {f"00{n}" for n in range(1, 9)}
    for body in bodies:
        assert not [name for name in (*NAMES, *serials, "Người duyệt") if name in body]
        assert not [code for code in codes if f'"{code}"' in body]
    for path in (folder / "tinh").rglob("*.*"):
        if path.suffix in {".html", ".csv"}:
            text = path.read_text("utf-8-sig")
            assert not [name for name in (*NAMES, *serials) if name in text], path


def test_each_cell_has_its_own_report_with_names_and_evidence(year):
    folder, _printed = year
    names = (folder / "xa1" / "report" / "CB-02" / "vinhlong-2-2026-names.csv").read_text("utf-8-sig")
    assert all(name in names for name in ("Lê Văn C", "Phạm Thị D", "Hoàng Văn E", "Vũ Thị G"))
    assert "Nguyễn Văn A" not in names
    assert (folder / "xa1" / "report" / "CB-01" / "evidence.html").is_file()
    page = (folder / "xa1" / "report" / "report.html").read_text("utf-8")
    assert 'href="CB-01/report.html"' in page
    assert "Lê Văn C" not in page
