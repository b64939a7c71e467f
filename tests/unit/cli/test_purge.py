"""`omr purge`: a list first; what omr keeps itself goes with --delete, other scans with --sources as well."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from omr.cli import main
from omr.model.closing import Act, Closing
from omr.model.reading import Reason, Rejection
from omr.model.scan import ScanId, Source
from omr.store.closings import append
from omr.store.store import Store


@pytest.fixture
def omr(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, code: int = 0):
        with pytest.raises(SystemExit) as ended:
            main(["purge", *arguments, "--lang", "en"])
        said = capsys.readouterr()
        assert (ended.value.code or 0) == code, said.err
        return said

    return run


@pytest.fixture
def files(omr):
    """A scan of the office's own and an upload, both of a unit signed off some years ago."""
    assert omr
    found = []
    with Store.open(Path("omr.db")) as store:
        for content, name in ((b"own", "CB01/a.pdf"), (b"upload", "")):
            sha = hashlib.sha256(content).hexdigest()
            path = Path(name or f"omr.uploads/{sha}/b.pdf")
            path.parent.mkdir(parents=True)
            path.write_bytes(content)
            store.add_sources(Source(sha, str(path), len(content), 1))
            batch = store.begin_batch(["x"], 2020)
            store.put(batch, "CB01", [Rejection(ScanId(sha, 1), Reason.BLANK_PAGE)])
            found.append(path)
        with store.transaction():
            append(store, Closing("CB01", 2020, Act.CLOSE, "Hoa", at="2021-01-05T08:00:00+00:00"))
    return found


def test_without_delete_it_is_a_list(omr, files):
    said = omr("--json")
    assert [(row["kind"], row["unit"], row["since"]) for row in json.loads(said.out)] == [
        ("source", "CB01", "2021-04-05"),
        ("upload", "CB01", "2021-04-05"),
    ]
    assert "Nothing was deleted. With --delete 1 of these go." in said.err
    assert "Scans in folders of your own stay (1); with --sources" in said.err
    assert "The results of CB01 2020 need be kept no longer (since 2024-01-05)" in said.err
    assert all(path.exists() for path in files)


def test_with_delete_omrs_own_copies_go_and_with_sources_the_others(omr, files):
    assert "Deleted: 1, 6 bytes." in omr("--delete", "--by", "Hoa").err
    assert [path.exists() for path in files] == [True, False]
    assert "Deleted: 1, 3 bytes." in omr("--delete", "--sources", "--by", "Hoa").err
    assert [path.exists() for path in files] == [False, False]


def test_a_file_that_was_changed_is_told_and_stays(omr, files):
    files[0].write_bytes(b"new")
    assert "CB01/a.pdf: it was changed since it was read" in omr("--delete", "--sources", code=1).err
    assert files[0].exists()


@pytest.fixture
def sketches(omr):
    """Three layouts that were worked on: long ago; now; now, tried on a scan long ago."""
    assert omr
    with Store.open(Path("omr.db")):
        pass
    for token, old, scanned in (("a" * 16, True, True), ("b" * 16, False, False), ("c" * 16, False, True)):
        folder = Path("omr.sketches") / token
        for name in ("about.json", "blank.png", *(("tried/1/filled.png",) if scanned else ())):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"four")
            if old or "tried" in name:
                os.utime(path, (0, 1_600_000_000))
    return [Path("omr.sketches") / (3 * sign + sign * 13) for sign in "abc"]


def test_a_sketch_that_nobody_works_on_goes_and_of_others_the_old_scan(omr, sketches):
    listed = json.loads(omr("--json").out)
    assert [(row["kind"], row["unit"], row["path"]) for row in listed] == [
        ("sketch", "", str(sketches[0])),
        ("sketch", "", str(sketches[2] / "tried" / "1" / "filled.png")),
    ]
    assert all(path.exists() for path in sketches)
    assert "Deleted: 2, 16 bytes." in omr("--delete", "--by", "Hoa").err
    assert [path.exists() for path in sketches] == [False, True, True]
    assert not list(sketches[2].glob("tried/*/*"))
    assert (sketches[2] / "blank.png").exists()
    with Store.open(Path("omr.db")) as store:
        assert store.rows("SELECT detail, who FROM log WHERE what = 'purge'") == [("2 sketch", "Hoa")]


def test_the_days_are_a_choice(omr, files):
    assert files
    assert json.loads(omr("--json", "--days", "20000").out) == []
