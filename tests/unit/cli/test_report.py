"""`omr report` as it is called: what it writes, and what it says where it cannot."""

from __future__ import annotations

import sys

import pandas as pd
import pytest

from omr.cli.reportfiles import files_of_unit
from omr.cli.session import opened


@pytest.fixture
def issued(run):
    """A store with two sheets handed out and none come back."""
    assert run("print", "vinhlong-1", "--copies", "2", "--unit", "CB1", "-o", "a.pdf")[0] == 0


@pytest.mark.usefixtures("issued")
def test_every_file_is_told_and_parquet_holds_the_numbers_of_csv(run, tmp_path):
    code, told = run("report", "-o", "out", "--year", 2026)
    assert code == 0
    names = {path.name for path in (tmp_path / "out").iterdir() if path.is_file()}
    assert names == {
        "summary.xlsx", "report.pdf", "report.html", "evidence.html",
        *(f"vinhlong-1-2026-{table}.{ending}"
          for table in ("units", "items", "names", "problems") for ending in ("csv", "parquet")),
    }  # fmt: skip
    assert all(name in told for name in names)
    for table in ("units", "items"):
        numbers = pd.read_parquet(tmp_path / "out" / f"vinhlong-1-2026-{table}.parquet")
        read = pd.read_csv(tmp_path / "out" / f"vinhlong-1-2026-{table}.csv")
        counts = [at for at, name in enumerate(numbers.columns) if numbers[name].dtype == "Int64"]
        assert counts
        assert read.iloc[:, counts].to_numpy().tolist() == numbers.iloc[:, counts].to_numpy().tolist()


@pytest.mark.usefixtures("issued")
def test_without_pyarrow_all_else_is_written_and_the_extra_is_named(run, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    code, told = run("report", "-o", "out")
    assert code == 0
    assert "omr[parquet]" in told
    assert not list((tmp_path / "out").glob("*.parquet"))
    assert (tmp_path / "out" / "vinhlong-1-2026-units.csv").is_file()


@pytest.mark.usefixtures("issued")
def test_a_heading_that_does_not_exist_is_refused_before_anything_is_written(run, tmp_path):
    code, told = run("report", "-o", "out", "--heading", "king")
    assert (code, "party, state" in told) == (2, True)
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("issued")
def test_nothing_is_written_until_a_file_is_asked_for(tmp_path):
    with opened(tmp_path / "omr.db") as session:
        files = files_of_unit(session, "CB1")
        files["report.html"](tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"omr.db", "a.pdf", "report.html"}
