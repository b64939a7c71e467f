"""Two years of one unit in one store, by commands alone: the second beside the first, which stays signed."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

RULES = Path(__file__).parents[2] / "layouts" / "scoring" / "neu-guong-101.yaml"
FORM, UNIT = "vinhlong-2", "CB-01"


@pytest.fixture(scope="module")
def office(omr, tmp_path_factory):
    """Return how to run a command in the folder of a store that has been through 2025 and 2026."""
    folder = tmp_path_factory.mktemp("hai năm")

    def run(*arguments, may=(0,)):
        done = omr(*arguments, cwd=folder)
        assert done.code in may, (arguments, done.err)
        return done

    def a_year(year: int, sheets: int) -> None:
        run("print", FORM, "--copies", sheets, "--unit", UNIT, "--year", year, "-o", f"{year}.pdf")
        filled = ("--seed", year, "--dpi", 150, "--profile", "clean", "-o", year)
        run("synth", FORM, "--issued", "--unit", UNIT, "--year", year, "--store", "omr.db", *filled)
        run("read", f"{year}/scans", may=(0, 3))

    def report(year: int, name: str) -> dict[str, list[tuple[object, ...]]]:
        run("report", "--unit", UNIT, "--year", year, "-o", name)
        book = openpyxl.load_workbook(folder / name / "summary.xlsx")
        return {sheet.title: [row for row in sheet.values if any(row)] for sheet in book}

    a_year(2025, 3)
    because = ("--override-by", "Hoa", "--reason", "năm cũ")
    run("close", UNIT, "--year", 2025, *because, may=(0, 3, 5))
    signed = report(2025, "signed")
    (folder / "layouts" / "scoring").mkdir(parents=True)
    changed = RULES.read_text("utf-8").replace('version: "1"', 'version: "2"').replace("few: 5", "few: 1")
    (folder / "layouts" / "scoring" / RULES.name).write_text(changed, "utf-8")
    a_year(2026, 2)
    return run, report, signed


def levels(book: dict[str, list[tuple[object, ...]]]) -> dict[str, tuple[object, ...]]:
    """Return table "this year against the year before": what stands beside each level."""
    rows = next(rows for rows in book.values() if any("AGAINST" in str(cell) for row in rows for cell in row))
    wanted = ("Good", "Violations, not serious", "Violations")
    return {row[0]: row[1:] for row in rows if row[0] in wanted}


def numbers(book: dict[str, list[tuple[object, ...]]]) -> dict[str, list[tuple[object, ...]]]:
    """Return what a report counts, without the day it was made on and without what the log has grown by."""
    return {name: rows for name, rows in book.items() if name != "Cover"}


def test_each_year_counts_its_own_sheets(office):
    _run, report, _signed = office
    for year, sheets in ((2025, 3), (2026, 2)):
        book = report(year, f"own-{year}")
        rows = book[f"{FORM} units"]
        assert any(UNIT in row and sheets in row for row in rows), rows


def test_the_year_before_stands_beside_this_one_as_its_own_report_has_it(office):
    _run, report, _signed = office
    beside = levels(report(2026, "now"))
    before = [row[0] for row in beside.values()]
    assert sum(before) <= 3
    assert sum(row[2] for row in beside.values()) <= 2
    alone = report(2025, "alone")
    total = next(row for row in alone[f"{FORM} units"] if "Total" in row[:2])
    assert before == [total[at] for at in places(alone)]
    assert sum(before) > 0


def places(book) -> list[int]:
    """Return in which columns the numbers of the levels stand."""
    rows = book[f"{FORM} units"]
    head = next(at for at, row in enumerate(rows) if "Good" in row)
    return [rows[head].index(level) for level in ("Good", "Violations, not serious", "Violations")]


def test_the_year_that_was_signed_keeps_its_numbers_and_its_rules(office):
    run, report, signed = office
    again = report(2025, "again")
    assert numbers(again) == numbers(signed)
    told = [row for row in again["Cover"] if "neu-guong-101" in str(row)]
    assert told == [row for row in signed["Cover"] if "neu-guong-101" in str(row)]
    assert "neu-guong-101 1 (" in str(told)
    now = report(2026, "now")
    assert "neu-guong-101 2 (" in str([row for row in now["Cover"] if "neu-guong-101" in str(row)])
    assert "left as" in run("rescore", "--by", "Hoa").err
    run("verify")
