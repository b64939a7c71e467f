"""`omr doctor`: each fault of machine and store is told with what to do, and nothing is changed."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from omr.cli import main
from omr.cli.checkup import _LIBRARIES
from omr.store.store import Store


@pytest.fixture
def doctor(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=2**40))

    def run(code: int = 0) -> dict[str, dict[str, str]]:
        with pytest.raises(SystemExit) as ended:
            main(["doctor", "--json", "--lang", "en"])
        said = capsys.readouterr()
        assert (ended.value.code or 0) == code, said
        return {each["check"]: each for each in json.loads(said.out)}

    return run


@pytest.fixture
def store(doctor):
    """A store with a batch in it."""
    assert doctor
    with Store.open(Path("omr.db")) as opened:
        opened.begin_batch(["CB01"], 2026)
    return Path("omr.db")


def test_a_machine_in_order_says_so_and_is_left_as_it_was(doctor, store):
    before = store.read_bytes()
    found = doctor()
    assert {each["state"] for name, each in found.items() if name != "poppler"} == {"ok"}
    assert "omr.db is whole (format" in found["store"]["told"]
    assert (store.read_bytes(), [each.name for each in Path().iterdir()]) == (before, ["omr.db"])


def test_every_library_that_omr_needs_is_tried():
    needed = (Path(__file__).parents[3] / "pyproject.toml").read_text("utf-8")
    listed = needed.split("dependencies = [")[1].split("]")[0]
    names = {line.strip(' ",').split(">")[0] for line in listed.splitlines() if line.strip()}
    # The others are pure Python and needed by omr's own start, or for a second try alone.
    assert names - set(_LIBRARIES) == {"pdf2image", "typing-extensions", "typer", "rich", "jinja2"}


def test_a_library_that_does_not_load_is_named(doctor, monkeypatch):
    monkeypatch.setitem(_LIBRARIES, "numpy", "numpy_of_another_machine")
    assert "numpy (No module named" in doctor(1)["libraries"]["told"]


def test_a_damaged_store_is_told_to_be_replaced(doctor, store):
    whole = store.read_bytes()
    store.write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
    found = doctor(1)["store"]
    assert found["state"] == "fault"
    assert "backup" in found["remedy"]
    store.write_text("no database")
    assert "file is not a database" in doctor(1)["store"]["told"]


def test_a_store_of_a_newer_omr_is_told(doctor, store):
    with Store.open(store) as opened:
        opened.db.execute("PRAGMA user_version = 99")
    assert "made by a newer omr (format 99)" in doctor(1)["store"]["told"]


def test_a_clock_behind_the_last_entry_is_told(doctor, store):
    ahead = (dt.datetime.now(dt.UTC) + dt.timedelta(days=2)).isoformat(timespec="seconds")
    with Store.open(store) as opened:
        opened.db.execute("UPDATE batch SET at = ?", (ahead,))
    assert doctor(1)["clock"]["state"] == "fault"


@pytest.mark.parametrize(("free", "state", "code"), [(2**29, "fault", 1), (2 * 2**30, "warning", 0)])
def test_a_full_disk_is_told(doctor, monkeypatch, free, state, code):
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=free))
    assert doctor(code)["disk"]["state"] == state


def test_a_folder_that_may_not_be_written_is_told(doctor, monkeypatch):
    def refused(*_arguments, **_more):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.NamedTemporaryFile", refused)
    found = doctor(1)["folder"]
    assert "you have no permission" in found["told"]
    assert "another --store" in found["remedy"]


def test_a_pdf_that_cannot_be_read_is_told(doctor, monkeypatch):
    monkeypatch.setattr("omr.cli.checkup._ONE_PAGE", b"%PDF-1.4 nothing")
    assert doctor(1)["pdf"]["state"] == "fault"


def test_no_second_pdf_reader_is_a_warning(doctor, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    found = doctor()["poppler"]
    assert (found["state"], "poppler" in found["remedy"]) == ("warning", True)


def test_people_read_words(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        main(["doctor", "--lang", "vi"])
    said = capsys.readouterr().out
    assert "omr.db" in said
    assert "FAULT" not in said
