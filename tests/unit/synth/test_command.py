"""`omr synth` as a person calls it: files, tables, what the store knows, and what is refused."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import typer

from omr.cli import synth
from omr.errors import OmrError, UsageError
from omr.forms.frozen import from_json
from omr.intake.frames import open_source, scans
from omr.model.reading import Reading
from omr.pipeline import read_scan
from omr.store.store import Store
from omr.synth.respondent import Intent


def run(form: Path, *arguments: str) -> None:
    app = typer.Typer()
    app.callback()(lambda: None)
    synth.register(app)
    app(["synth", str(form), "--sheets", "2", "--dpi", "150", *arguments], standalone_mode=False)


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_two_sheets_are_printed_filled_in_and_scanned(form_file: Path, tmp_path: Path, capsys):
    out = tmp_path / "trial"
    run(form_file, "--profile", "clean", "--seed", "3", "-o", str(out))
    truth, manifest = table(out / "truth.csv"), table(out / "manifest.csv")
    assert "4" in capsys.readouterr().err
    assert [(row["copy"], row["unit"], row["first_page"], row["pages"]) for row in manifest] == [
        ("1", "CB-01", "1", "2"),
        ("2", "CB-01", "3", "2"),
    ]
    assert tuple(truth[0]) == synth.TRUTH
    assert {row["state"] for row in truth} <= {"empty", "marked"}
    assert {row["intent"] for row in truth} <= set(Intent)
    assert {(row["source"], row["frame"]) for row in truth} == {
        ("CB-01/stack.pdf", str(frame)) for frame in (1, 2, 3, 4)
    }
    with Store.open(out / "omr.db") as store:
        issued = store.issued_sheets()
        layouts = store.frozen()
    assert list(issued) == [row["sheet"] for row in manifest]
    assert {sheet.unit for sheet in issued.values()} == {"CB-01"}
    (frozen,) = (form_file.parent / "frozen").glob("*.json")
    assert layouts == {
        from_json(frozen.read_text(encoding="utf-8")).digest: from_json(frozen.read_text(encoding="utf-8"))
    }
    for scan in scans(open_source(out / "scans" / "CB-01" / "stack.pdf")):
        (outcome,) = read_scan(scan, layouts)
        assert isinstance(outcome, Reading)
        rows = [row for row in truth if row["frame"] == str(scan.id.frame)]
        assert {(row["sheet"], row["page"]) for row in rows} == {(outcome.page.sheet, str(outcome.page.page))}


def test_the_same_seed_gives_the_same_files(form_file: Path, tmp_path: Path):
    for name in ("a", "b"):
        run(form_file, "--profile", "office", "--seed", "5", "-o", str(tmp_path / name))
    for name in ("scans/CB-01/stack.pdf", "truth.csv", "frames.csv", "manifest.csv", "forms/CB-01.pdf"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_second_unit_joins_the_first_and_the_same_unit_is_refused(form_file: Path, tmp_path: Path):
    run(form_file, "--profile", "clean", "-o", str(tmp_path), "--unit", "CB-01")
    run(form_file, "--profile", "clean", "-o", str(tmp_path), "--unit", "CB-02")
    assert [row["unit"] for row in table(tmp_path / "manifest.csv")] == ["CB-01"] * 2 + ["CB-02"] * 2
    assert len({row["sheet"] for row in table(tmp_path / "manifest.csv")}) == 4
    assert {row["unit"] for row in table(tmp_path / "truth.csv")} == {"CB-01", "CB-02"}
    before = (tmp_path / "truth.csv").read_bytes()
    with pytest.raises(UsageError):
        run(form_file, "--profile", "clean", "-o", str(tmp_path), "--unit", "CB-02")
    assert (tmp_path / "truth.csv").read_bytes() == before


def test_everything_at_once_keeps_its_books(form_file: Path, tmp_path: Path):
    run(form_file, "--profile", "office", "-o", str(tmp_path), "--format", "jpeg", "--shuffle", "--turned",
        "--duplex", "--tear", "--copies-of-master", "--rescan")  # fmt: skip
    (printed,) = table(tmp_path / "manifest.csv")
    for top, tail in (("scans", ""), ("rescan", "-rescan")):
        truth, frames = table(tmp_path / f"truth{tail}.csv"), table(tmp_path / f"frames{tail}.csv")
        files = sorted(path.name for path in (tmp_path / top / "CB-01").iterdir())
        assert files == [f"{number:04d}.jpg" for number in range(1, 9)]
        assert [row["source"] for row in frames] == [f"CB-01/{name}" for name in files]
        assert [row["page"] == "0" for row in frames] == [False, True] * 4
        assert {row["sheet"] for row in truth} == {printed["sheet"]}
        assert {row["source"] for row in truth} == {row["source"] for row in frames if row["page"] != "0"}
    first, again = table(tmp_path / "truth.csv"), table(tmp_path / "truth-rescan.csv")

    def books(rows: list[dict[str, str]]) -> list[tuple[str, ...]]:
        return sorted(
            (row["copy"], row["page"], row["question"], row["choice"], row["state"]) for row in rows
        )

    assert books(first) == books(again)
    with Store.open(tmp_path / "omr.db") as store:
        assert [sheet.master for sheet in store.issued_sheets().values()] == [True]


@pytest.mark.parametrize("wrong", [("--profile", "sauber"), ("--format", "gif")])
def test_unknown_names_are_refused_with_those_there_are(form_file: Path, tmp_path: Path, wrong):
    with pytest.raises(UsageError, match=r"office|pdf"):
        run(form_file, "-o", str(tmp_path / "out"), *wrong)
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_made_is_told(form_file: Path, tmp_path: Path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OmrError, match="file"):
        run(form_file, "-o", str(tmp_path / "file" / "out"))
