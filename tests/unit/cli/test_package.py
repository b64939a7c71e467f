"""`omr key`, `omr package` and `omr merge` as they are called: from store to store."""

from __future__ import annotations

import sqlite3

import pytest

from omr.model.unit import Unit
from omr.store.imports import put_trees
from omr.store.packages import packages
from omr.store.store import Store

YEAR = 2026
TREE = (Unit("T", "Tỉnh"), Unit("XA", "Xã A", "T"), Unit("XB", "Xã B", "T"), Unit("CB", "Chi bộ", "XA"))


@pytest.fixture
def offices(run, tmp_path):
    """Two communes with sheets handed out, and the province; every key is where it belongs."""
    for unit in ("T", "XA", "XB"):
        run("key", "new", unit, "--keys", unit)
    for unit in ("XA", "XB"):
        assert run("key", "trust", "T", "T/T.pub", "--store", f"{unit}.db")[0] == 0
        assert run("key", "trust", unit, f"{unit}/{unit}.pub", "--store", "T.db")[0] == 0
        run("print", "vinhlong-1", "--copies", "2", "--unit", unit, "-o", "a.pdf", "--store", f"{unit}.db")
    for unit in ("T", "XA", "XB"):
        with Store.open(tmp_path / f"{unit}.db") as store:
            put_trees(store, {YEAR: TREE})
    for unit in ("XA", "XB"):
        sign = ("close", unit, "--store", f"{unit}.db", "--override-by", "N.V.A", "--reason", "a trial")
        assert run(*sign)[0] == 5  # signed although no sheet has come back
    return tmp_path


def package(run, unit, file=None):
    done = run("package", unit, "-o", file or f"{unit}.omr", "--keys", unit, "--store", f"{unit}.db")
    assert done[0] == 0, done[1]


def merge(run, *files):
    return run("merge", *files, "--keys", "T", "--store", "T.db")


def merged(folder):
    with Store.open(folder / "T.db") as store:
        return len(packages(store))


def test_packages_are_merged_and_what_is_missing_is_named(run, offices):
    package(run, "XA")
    code, text = merge(run, "XA.omr")

    assert (code, merged(offices)) == (0, 1)
    assert "1 package merged" in text
    assert "XB  Xã B" in text
    package(run, "XB")
    assert "Every unit below T" in merge(run, "XB.omr")[1]
    assert "Xã B" in run("summary", "--store", "T.db", "--json")[1]


def test_one_bad_package_keeps_all_from_being_merged(run, offices):
    package(run, "XA")
    package(run, "XB")
    cut = offices / "XB.omr"
    cut.write_bytes(cut.read_bytes()[:-9])
    code, text = merge(run, "XA.omr", "XB.omr")

    assert (code, merged(offices)) == (1, 0)
    assert "XB.omr: it was cut off" in text
    assert "Nothing was merged." in text


def test_a_package_made_before_the_merged_one_is_refused(run, offices):
    package(run, "XA", "early.omr")
    package(run, "XA", "late.omr")
    assert merge(run, "late.omr")[0] == 0
    code, text = merge(run, "early.omr")
    assert code == 1
    assert "early.omr: it is outdated" in text or "early.omr: it has been merged already" in text
    assert merged(offices) == 1


def test_without_the_receivers_key_nothing_is_written(run, offices):
    code, text = run("package", "CB", "-o", "x.omr", "--keys", "XA", "--store", "XA.db")
    assert code == 2
    assert "CB has no private key" in text
    run("key", "new", "CB", "--keys", "XA")
    code, text = run("package", "CB", "-o", "x.omr", "--keys", "XA", "--store", "XA.db")
    assert "The key of XA is not known here" in text
    assert not (offices / "x.omr").exists()


def test_what_is_not_signed_off_does_not_go_up(run, offices):
    run("reopen", "XA", "--reason", "a late sheet", "--store", "XA.db")
    code, text = run("package", "XA", "-o", "x.omr", "--keys", "XA", "--store", "XA.db")
    assert code == 1
    assert "XA: not signed off for 2026" in text
    assert not (offices / "x.omr").exists()


def test_what_was_merged_stays_as_it_came(run, offices):
    package(run, "XA")
    merge(run, "XA.omr")
    with (
        sqlite3.connect(offices / "T.db") as db,
        pytest.raises(sqlite3.DatabaseError, match="kept as they came"),
    ):
        db.execute("UPDATE package SET unit = 'XB'")
    db.close()


@pytest.mark.usefixtures("offices")
def test_another_units_key_is_not_taken_for_it(run):
    code, text = run("key", "trust", "XA", "XB/XB.pub", "--store", "T.db")
    assert code == 2
    assert "is the key of XB, not of XA" in text
