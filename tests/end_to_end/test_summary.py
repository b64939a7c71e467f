"""The demo's summary and workbooks, against the tables they are made from."""

from __future__ import annotations

import csv
import json

import pytest


@pytest.fixture(scope="module")
def shown(omr, tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "mẫu"
    done = omr("demo", "-o", folder)
    assert done.code == 0, done.err
    return folder


def test_the_summary_counts_every_sheet(omr, shown):
    done = omr("summary", "--store", shown / "demo.db", "--json")
    rows = [row for row in json.loads(done.out) if row["order"]]
    counted = {row["layout"]: (row["issued"], row["returned"], row["valid"], row["missing"]) for row in rows}
    assert counted == {
        "vinhlong-1": (4, 4, 4, 0),
        "vinhlong-2": (3, 3, 3, 0),
        "travinh-82": (3, 3, 3, 0),
        "nghean-so-tay": (2, 2, 2, 0),
    }


@pytest.mark.parametrize("layout", ["vinhlong-1", "vinhlong-2", "travinh-82", "nghean-so-tay"])
def test_table_two_holds_the_ticks_of_the_answers(shown, table, layout):
    ticks = sum(
        row["chosen"] != ""
        for row in table("answers", shown / "demo.db")
        if row["layout"] == layout
        and row["review"] == "0"
        and row["question"] not in ("attestation", "declared")
    )
    [path] = (shown / "report").glob(f"*/{layout}-2026-items.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, *body = csv.reader(file)
    columns = [at for at, name in enumerate(head) if name.endswith("Times ticked")]
    assert columns
    assert sum(int(body[-1][at]) for at in columns) == ticks


def test_each_unit_has_its_own_workbook(shown):
    books = sorted(path.relative_to(shown / "report").as_posix() for path in shown.rglob("*.xlsx"))
    assert len(books) == 3
    assert books[-1] == "summary.xlsx"
