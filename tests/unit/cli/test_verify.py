"""`omr verify` names the first row that is not as it was written."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from omr.cli import main
from omr.model.verdict import Verdict
from omr.store.store import Store


def run(capsys, *arguments: str) -> tuple[object, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    printed = capsys.readouterr()
    return ended.value.code, printed.out, printed.err


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "omr.db"
    with Store.open(path) as opened:
        opened.add_verdicts([Verdict("0000-0000", name, ("co",), "Tám", "") for name in ("a1", "a2")])
    return path


def test_a_trail_that_holds_is_told_with_its_last_link(capsys, store: Path):
    code, out, _err = run(capsys, "verify", "--store", str(store), "--json")
    rows = {row["trail"]: row for row in json.loads(out)}
    assert code == 0
    assert rows["verdict"]["rows"] == 2
    assert len(rows["verdict"]["last_link"]) == 64
    assert rows["verdict"]["broken_at"] == rows["log"]["broken_at"] == ""


def test_a_row_changed_by_hand_is_named(capsys, store: Path):
    db = sqlite3.connect(store)
    db.execute("DROP TRIGGER verdict_stays")
    db.execute("UPDATE verdict SET chosen = '' WHERE id = 2")
    db.commit()
    db.close()
    code, out, err = run(capsys, "verify", "--store", str(store), "--json", "--lang", "en")
    assert code == 5
    assert {row["trail"]: row["broken_at"] for row in json.loads(out)} == {
        "verdict": 2,
        "log": "",
        "checked": "",
        "settled": "",
        "closing": "",
        "drawn": "",
        "written": "",
        "account": "",
    }
    assert "backup" in err


def test_a_store_that_is_not_there_is_an_error(capsys, tmp_path: Path):
    code, _out, err = run(capsys, "verify", "--store", str(tmp_path / "absent.db"), "--lang", "en")
    assert code != 0
    assert "absent.db" in err
