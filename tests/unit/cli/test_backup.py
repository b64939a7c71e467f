"""`omr backup`: a whole copy, also of a store in use; what was there before stays until it is whole."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from omr.cli import main
from omr.model.verdict import Verdict
from omr.store.store import Store


@pytest.fixture
def omr(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Store.open(Path("omr.db")) as store:
        store.add_verdicts([Verdict("S1", "a1", ("co",), "Lan", "")])

    def run(*arguments: str, code: int = 0) -> str:
        with pytest.raises(SystemExit) as ended:
            main(["backup", *arguments, "--lang", "en"])
        said = capsys.readouterr().err
        assert (ended.value.code or 0) == code, said
        return said

    return run


def test_the_copy_is_a_store_with_everything_in_it_while_another_writes(omr):
    with Store.open(Path("omr.db")) as busy:
        busy.add_verdicts([Verdict("S1", "a2", ("co",), "Lan", "")])
        assert "copy.db written" in omr("-o", "copy.db")
    with Store.open(Path("copy.db")) as copy:
        assert [v.question for v in copy.verdicts()] == ["a1", "a2"]
        assert copy.breaks() == ()
    assert sorted(path.name for path in Path().iterdir()) == ["copy.db", "omr.db"]


def test_an_earlier_copy_is_replaced_only_by_a_whole_one(omr, monkeypatch):
    Path("copy.db").write_bytes(b"earlier")

    def full(_from, _to):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(Path, "replace", full)
        assert "copy.db cannot be written (the disk is full)" in omr("-o", "copy.db", code=1)
    assert not Path("copy.db.part").exists()
    assert Path("copy.db").read_bytes() == b"earlier"


def test_a_damaged_store_gives_no_copy(omr):
    with Store.open(Path("omr.db")) as store:
        store.add_verdicts([Verdict("S1", f"q{n}", ("co",), "Lan" * 50, "") for n in range(200)])
    whole = Path("omr.db").read_bytes()
    with sqlite3.connect("omr.db") as db:
        root = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'verdict_sheet'").fetchone()[0]
    at = (root - 1) * 4096
    Path("omr.db").write_bytes(whole[:at] + b"\xff" * 4096 + whole[at + 4096 :])
    assert "damaged" in omr("-o", "copy.db", code=1)
    assert not Path("copy.db").exists()


def test_the_store_itself_is_no_place_for_it(omr):
    assert "is the store itself" in omr("-o", "omr.db", code=2)
    assert "cannot be written" in omr("-o", "nowhere/copy.db", code=1)
