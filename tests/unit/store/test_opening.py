"""What the store says when its file cannot be used: plain words, and what to do."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys

import pytest

from omr.errors import ExitCode, StoreError
from omr.store.store import Store

NOBODY = 65534


def test_a_store_is_made_when_absent_and_is_one_file_afterwards(path, layout):
    with Store.open(path) as opened:
        opened.freeze(layout)
    assert [file.name for file in path.parent.iterdir()] == ["omr.db"]
    with Store.open(path) as opened:
        assert layout.digest in opened.frozen()


def test_a_killed_command_leaves_a_store_that_heals_on_opening(path):
    code = (
        "import os, sys; from pathlib import Path; from omr.store.store import Store;"
        "Store.open(Path(sys.argv[1])).begin_batch(['x'], None); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    with Store.open(path) as opened:
        assert len(opened.batches()) == 1
    assert [file.name for file in path.parent.iterdir()] == ["omr.db"]


def test_what_was_committed_is_on_the_disk(store):
    assert store.db.execute("PRAGMA synchronous").fetchone() == (2,)
    assert store.db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert store.db.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_a_store_of_another_version_is_refused_and_left_alone(path):
    Store.open(path).close()
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()
    before = path.read_bytes()
    with pytest.raises(
        StoreError, match=r"another version of omr \(its format is 99, ours is 5\).*Use"
    ) as error:
        Store.open(path)
    assert error.value.exit_code is ExitCode.FAILURE
    assert path.read_bytes() == before


def test_a_database_of_another_program_is_refused(path):
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE photos (id)")
    database.close()
    with pytest.raises(StoreError, match="version"):
        Store.open(path)


def test_a_file_that_is_no_database_is_refused(path):
    path.write_text("họ và tên,đơn vị\n" * 100, encoding="utf-8")
    with pytest.raises(StoreError, match="not a store of omr"):
        Store.open(path)


def test_a_damaged_store_says_so(path, reading, layout):
    from omr.model.scan import Source

    with Store.open(path) as opened:
        opened.freeze(layout)
        opened.add_sources(Source("a" * 64, "x", 1, 1))
        batch = opened.begin_batch(["x"], None)
        opened.put(batch, "u", [reading(frame=frame) for frame in range(1, 80)])
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
    with pytest.raises(StoreError, match="damaged"), Store.open(path) as opened:
        opened.pages()


def test_a_folder_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(StoreError, match=r"nowhere/omr\.db cannot be opened.*folder exists"):
        Store.open(tmp_path / "nowhere" / "omr.db")


def test_a_locked_store_says_that_another_program_uses_it(path, monkeypatch):
    monkeypatch.setattr("omr.store.database._WAIT_MS", 50)
    Store.open(path).close()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with Store.open(path) as opened, pytest.raises(StoreError, match="in use by another program"):
        opened.begin_batch(["x"], None)
    other.execute("ROLLBACK")
    other.close()


@pytest.mark.skipif(not hasattr(os, "fork") or os.geteuid() != 0, reason="needs root to become another user")
def test_a_store_that_may_not_be_written_says_so(path, layout):
    with Store.open(path) as opened:
        opened.freeze(layout)
    path.chmod(0o444)
    for folder in path.parents:
        if not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o001)
    path.parent.chmod(0o555)
    said = run_as_nobody(lambda: Store.open(path).begin_batch(["x"], None))
    assert "Ask for permission" in said or "may be written" in said


def run_as_nobody(action) -> str:
    """Return what `action` complains about when another user does it."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        try:
            action()
            said = "nothing"
        except StoreError as error:
            said = str(error)
        os.write(write, said.encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(write)
    with os.fdopen(read, encoding="utf-8") as pipe:
        return pipe.read()
