"""Verdicts and log are chained: what is changed by hand shows."""

from __future__ import annotations

import sqlite3

import pytest

from omr.errors import StoreError
from omr.model.verdict import Verdict
from omr.store.chain import CHAINED, Break
from omr.store.store import Store


def verdict(number: int) -> Verdict:
    return Verdict("0000-0000", f"a{number}", ("co",), "Tám", f"2026-11-20T08:00:0{number}+00:00", "rõ")


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "omr.db"
    with Store.open(path) as store:
        store.add_verdicts([verdict(1), verdict(2)])
        store.add_verdicts([verdict(3)])
        batch = store.begin_batch(["a"], None)
        store.void(batch, "nhầm thư mục")
    return path


def by_hand(path, *statements: str) -> tuple[Break, ...]:
    """Change the file as somebody with a database editor would, and return what shows."""
    db = sqlite3.connect(path, isolation_level=None)
    for table in CHAINED:
        db.execute(f"DROP TRIGGER {table}_stays")
        db.execute(f"DROP TRIGGER {table}_is_kept")
    for statement in statements:
        db.execute(statement)
    db.close()
    with Store.open(path) as store:
        return store.breaks()


def test_what_omr_wrote_holds(path):
    assert by_hand(path) == ()


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE verdict SET chosen = '' WHERE id = 2", Break("verdict", 2)),
        ("UPDATE verdict SET reviewer = 'Lan' WHERE id = 1", Break("verdict", 1)),
        ("DELETE FROM verdict WHERE id = 1", Break("verdict", 1)),
        ("DELETE FROM verdict WHERE id = 3", Break("verdict", 3)),
        (
            "INSERT INTO verdict (at, sheet, question, chosen, reviewer, reason) VALUES (1, 2, 3, 4, 5, 6)",
            Break("verdict", 4),
        ),
        ("DELETE FROM log", Break("log", 1)),
        ("UPDATE log SET detail = '1: đúng'", Break("log", 1)),
        ("UPDATE log SET who = 'Lan'", Break("log", 1)),
        ("UPDATE log SET unit = 'CB02'", Break("log", 1)),
        ("DELETE FROM trail WHERE name = 'log'", Break("log", 1)),
    ],
)
def test_what_was_changed_by_hand_shows(path, statement, found):
    assert by_hand(path, statement) == (found,)


def test_two_rows_that_changed_places_show(path):
    swapped = (
        "UPDATE verdict SET id = 9 WHERE id = 1",
        "UPDATE verdict SET id = 1 WHERE id = 2",
        "UPDATE verdict SET id = 2 WHERE id = 9",
    )
    assert by_hand(path, *swapped) == (Break("verdict", 1),)


@pytest.mark.parametrize(
    "statement", ["UPDATE verdict SET chosen = ''", "DELETE FROM verdict", "DELETE FROM log"]
)
def test_the_store_itself_refuses_to_change_them(path, statement):
    db = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="append"):
        db.execute(statement)
    db.close()


def test_what_is_appended_later_goes_on_from_there(path):
    with Store.open(path) as store:
        before = {trail.table: trail for trail in store.trails()}
        store.add_verdicts([verdict(4)])
        after = {trail.table: trail for trail in store.trails()}
        assert store.breaks() == ()
    assert after["verdict"].rows == before["verdict"].rows + 1 == 4
    assert after["verdict"].link != before["verdict"].link
    assert after["log"] == before["log"]


_SINCE_3 = ("checked", "settled", "assigned", "account")
_SINCE_5 = ("signed_rules", "late", "rank")
_SINCE_4 = (
    "upload",
    "strip",
    "written",
    "drawn",
    "tree",
    "member",
    "account",
    "secret",
    "trusted",
    "package",
    "rules",
    "closing",
    "touched",
)


def as_format_4(path) -> None:
    """Turn a store into one of the format that did not keep what a unit was signed by."""
    db = sqlite3.connect(path, isolation_level=None)
    for table in _SINCE_5:
        db.execute(f"DROP TABLE {table}")
    for name in ("drawn_touches", "checked_touches", "package_touches"):
        db.execute(f"DROP TRIGGER {name}")
    db.execute("PRAGMA user_version = 4")
    db.close()


def as_format_3(path) -> None:
    """Turn a store into one of the format whose log did not say who."""
    as_format_4(path)
    db = sqlite3.connect(path, isolation_level=None)
    noting = "SELECT type, name FROM sqlite_master WHERE type = 'view' OR name LIKE '%_touches'"
    for kind, name in db.execute(noting).fetchall():
        db.execute(f"DROP {kind} {name}")
    for column in ("who", "unit"):
        db.execute(f"ALTER TABLE log DROP COLUMN {column}")
    for table in _SINCE_4:
        db.execute(f"DROP TABLE {table}")
    db.execute("ALTER TABLE score DROP COLUMN who")
    db.executescript("CREATE TABLE account (name TEXT PRIMARY KEY); CREATE TABLE assigned (name TEXT);")
    db.execute("PRAGMA user_version = 3")
    db.close()


def as_format_2(path) -> None:
    """Turn a store into one of the format before checks, settled scans and accounts."""
    as_format_3(path)
    db = sqlite3.connect(path, isolation_level=None)
    for table in _SINCE_3:
        db.execute(f"DROP TABLE {table}")
    db.execute("PRAGMA user_version = 2")
    db.close()


def as_format_1(path) -> None:
    """Turn a store into one of the format before there were chains."""
    as_format_2(path)
    db = sqlite3.connect(path, isolation_level=None)
    for table in ("verdict", "log"):
        db.execute(f"DROP TRIGGER {table}_stays")
        db.execute(f"DROP TRIGGER {table}_is_kept")
        db.execute(f"ALTER TABLE {table} DROP COLUMN link")
    db.execute("DROP TABLE trail")
    db.execute("PRAGMA user_version = 1")
    db.close()


def schema(path) -> dict[str, str]:
    db = sqlite3.connect(path)
    found = {
        name: " ".join(column[1] for column in db.execute(f"PRAGMA table_info({name})"))
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type <> 'index'")
    }
    db.close()
    return found


def test_a_store_of_format_1_is_chained_as_it_is(path):
    wanted = schema(path)
    as_format_1(path)
    with Store.open(path) as store:
        assert [v.question for v in store.verdicts()] == ["a1", "a2", "a3"]
        assert store.breaks() == ()
        assert {trail.table: trail.rows for trail in store.trails()} == {
            "verdict": 3,
            "log": 1,
            "checked": 0,
            "settled": 0,
            "drawn": 0,
            "written": 0,
            "account": 0,
            "closing": 0,
        }
        store.add_verdicts([verdict(4)])
        assert store.breaks() == ()
    assert schema(path) == wanted


@pytest.mark.parametrize("earlier", [as_format_2, as_format_3, as_format_4])
def test_a_store_of_an_earlier_format_gets_what_came_later_and_keeps_its_chain(path, earlier):
    wanted = schema(path)
    with Store.open(path) as store:
        before = {trail.table: trail for trail in store.trails()}
    earlier(path)
    with Store.open(path) as store:
        assert len(store.verdicts()) == 3
        assert store.breaks() == ()
        assert {trail.table: trail for trail in store.trails()} == before
        store.record("seen", "a", who="Lan", unit="CB01")
        assert store.breaks() == ()
    assert schema(path) == wanted


def test_an_upgrade_that_fails_leaves_the_store_as_it_was(path, monkeypatch):
    as_format_1(path)
    before = schema(path)
    monkeypatch.setattr("omr.store.chain.chain_anew", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        Store.open(path)
    assert schema(path) == before


def test_a_store_of_a_later_format_is_refused(path):
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(StoreError, match="99"):
        Store.open(path)
