"""Stacks as people leave them: turned, mixed, torn, photocopied, scanned twice, broken off."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

READ_WELL = (0, 3)


def wrong(read, truth):
    """Return the plain boxes that were read otherwise than they are, nobody being asked."""
    found = {(Path(r["source"]).name, r["frame"], r["question"], r["choice"]): r for r in read}
    plain = ("none", "tick", "cross", "slash", "check_long")
    errors = []
    for row in truth:
        if row["intent"] in plain:
            seen = found.get((Path(row["source"]).name, row["frame"], row["question"], row["choice"]))
            if seen is not None and seen["review"] == "0" and seen["state"] != row["state"]:
                errors.append((row, seen))
    return errors


def test_turned_shuffled_and_mixed_forms(omr, table, stack, made, truth_of):
    one = stack("vinhlong-1", "--sheets", 3, "--seed", 7, "--turned", "--shuffle")
    other = made("travinh-82", "--sheets", 2, "--seed", 8, "--turned", "--shuffle", "--unit", "CB-02")
    store = one / "omr.db"
    done = omr("read", one / "scans", other / "scans", "--store", store)
    assert done.code in READ_WELL, done.err
    marks = table("marks", store)
    assert {row["layout"] for row in marks} == {"vinhlong-1", "travinh-82"}
    assert wrong([r for r in marks if r["layout"] == "vinhlong-1"], truth_of(one)) == []
    assert wrong([r for r in marks if r["layout"] == "travinh-82"], truth_of(other)) == []
    ledger = {row["layout"]: row for row in table("ledger", store)}
    assert ledger["vinhlong-1"]["complete"] == "3"
    assert ledger["travinh-82"]["unissued"] == "2"  # another store printed them


def test_pages_with_a_torn_corner_are_read_or_refused_never_misread(omr, table, made, truth_of):
    folder = made("vinhlong-1", "--sheets", 6, "--seed", 9, "--tear")
    store = folder / "omr.db"
    omr("read", folder / "scans", "--store", store)
    refused = table("rejections", store)
    pages = {(row["source"], row["frame"]) for row in truth_of(folder)}
    assert len(refused) <= 0.05 * len(pages)
    assert {row["reason"] for row in refused} <= {"no_page_code", "fiducials_missing", "loose_fit"}
    assert wrong(table("marks", store), truth_of(folder)) == []


def test_blank_backs_are_told_and_never_rejected(omr, table, made):
    folder = made("vinhlong-2", "--sheets", 2, "--seed", 4, "--duplex")
    done = omr("read", folder / "scans", "--store", folder / "omr.db")
    assert done.code in READ_WELL, done.err
    rows = table("ledger", folder / "omr.db")
    counts = {name: sum(int(row[name]) for row in rows) for name in ("scans", "read", "rejected", "blank")}
    assert counts == {"scans": 12, "read": 6, "rejected": 0, "blank": 6}
    assert all(row["balanced"] == "1" for row in rows)
    assert sum(int(row["complete"]) for row in rows) == 2


@pytest.mark.slow
def test_ten_people_and_one_master_sheet_scanned_twice(omr, table, made):
    folder = made("vinhlong-1", "--sheets", 10, "--seed", 5, "--copies-of-master", "--rescan")
    store = folder / "omr.db"
    omr("read", folder / "scans", "--store", store)
    (first,) = table("ledger", store)
    assert (first["returned"], first["complete"], first["copies"], first["duplicate"]) == (
        "10",
        "1",
        "9",
        "0",
    )
    omr("read", folder / "rescan", "--store", store)
    (second,) = table("ledger", store)
    assert (second["returned"], second["copies"], second["duplicate"]) == ("10", "9", "10")
    assert second["scans"] == "80"


def test_reading_again_changes_nothing(omr, stack):
    folder = stack("vinhlong-2", "--sheets", 2, "--seed", 4, "--duplex")
    store = folder / "omr.db"
    done = omr("read", folder / "scans", "--store", store)
    assert "leaked" not in done.err  # a library's farewell is no message of ours
    before = content(store)
    done = omr("read", folder / "scans", "--store", store)
    assert "were read before" in done.err
    assert content(store) == before


@pytest.mark.slow
def test_a_run_that_is_killed_goes_on_to_the_same_end(omr, stack, tmp_path):
    folder = stack("vinhlong-1", "--sheets", 12, "--seed", 6)
    calm = folder / "omr.db"
    killed = tmp_path / "killed.db"
    shutil.copyfile(calm, killed)
    omr("read", folder / "scans", "--store", calm, "--workers", 2)
    command = [
        sys.executable,
        "-c",
        "import omr.cli; omr.cli.main()",
        "read",
        folder / "scans",
        "--store",
        killed,
    ]
    kills = 0
    for _attempt in range(20):
        process = subprocess.Popen(
            [*map(str, command), "--workers", "1"], start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        wanted = min(kills + 1, 2) * 16
        while process.poll() is None and stored(killed) < wanted:
            time.sleep(0.02)
        if process.poll() is not None:
            break
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        kills += 1
        if kills == 2:
            break
    assert kills >= 1
    assert 0 < stored(killed) < 48
    done = omr("read", folder / "scans", "--store", killed)
    assert done.code in READ_WELL, done.err
    assert content(killed) == content(calm)


def stored(store):
    connection = sqlite3.connect(store)
    try:
        return connection.execute("SELECT count(*) FROM scan").fetchone()[0]
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()


def content(store):
    """Return all that a store knows of scans, but the times and numbers of batches."""
    connection = sqlite3.connect(store)
    readings = connection.execute(
        "SELECT source.path, scan.sha256, scan.frame, scan.part, scan.unit, reading.digest, reading.sheet,"
        " reading.page, reading.body, reading.ink FROM scan JOIN source USING (sha256)"
        " LEFT JOIN reading ON reading.scan = scan.id WHERE live = 1 ORDER BY 2, 3, 4"
    ).fetchall()
    refused = connection.execute(
        "SELECT scan.sha256, scan.frame, scan.part, reason, detail FROM scan JOIN rejection ON"
        " rejection.scan = scan.id WHERE live = 1 ORDER BY 1, 2, 3"
    ).fetchall()
    connection.close()
    assert max(Counter(row[1:4] for row in readings).values()) == 1
    return readings, refused


def test_a_wrong_folder_is_taken_back_and_read_for_another_unit(omr, table, stack):
    folder = stack("vinhlong-2", "--sheets", 2, "--seed", 4, "--duplex")
    store = folder / "omr.db"
    omr("read", folder / "scans", "--store", store)
    done = omr("void", 1, "--reason", "wrong folder", "--store", store)
    assert done.code == 0, done.err
    (row,) = table("ledger", store)
    assert (row["returned"], row["missing"], row["scans"], row["balanced"]) == ("0", "2", "0", "0")
    again = omr("read", folder / "scans", "--store", store)
    assert "6 pages read" in again.err
    row = next(row for row in table("ledger", store) if row["layout"])
    assert (row["complete"], row["balanced"]) == ("2", "1")
