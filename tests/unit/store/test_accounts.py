"""Accounts: each change is kept, the newest holds, and one made by hand shows and opens nothing."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from omr.model.account import Account, Role, State
from omr.model.verdict import Verdict
from omr.store.accounts import Accounts
from omr.store.chain import Break
from omr.store.log import Wanted, log_rows, log_words
from omr.store.store import Store

LAN = Account("Trần Thị Lan", Role.REVIEWER, frozenset({"CB01", "CB 02"}), State.OPEN, "$argon2id$lan")
TAM = Account("Tám", Role.ADMIN, None, State.OPEN, "$argon2id$tam")


@pytest.fixture
def accounts(store):
    held = Accounts(store)
    held.put(LAN, "account added", "Tám")
    held.put(TAM, "account added", "terminal")
    return held


def by_hand(path, *statements):
    db = sqlite3.connect(path, isolation_level=None)
    db.executescript("DROP TRIGGER account_stays; DROP TRIGGER account_is_kept;")
    for statement in statements:
        db.execute(statement)
    db.close()


def test_an_account_comes_back_as_it_was_put(accounts):
    found = accounts.all()
    assert list(found) == ["Trần Thị Lan", "Tám"]
    assert replace(found["Trần Thị Lan"], at="") == LAN
    assert replace(accounts.get("Tám"), at="") == TAM
    assert accounts.get("tám") is None


def test_the_newest_change_holds_and_says_since_when_the_account_is_there(accounts, store):
    store.db.execute("DROP TRIGGER account_stays")
    store.db.execute("UPDATE account SET at = '2026-01-01T00:00:00+00:00'")
    accounts.put(replace(LAN, state=State.CLOSED, units=None), "account closed", "Tám")
    found = accounts.get(LAN.name)
    assert (found.state, found.units, found.at) == (State.CLOSED, None, "2026-01-01T00:00:00+00:00")
    assert not found.is_open


def test_an_earlier_hash_is_not_kept(accounts, store):
    accounts.put(replace(LAN, secret="$argon2id$new"), "password changed", LAN.name)  # noqa: S106 (a made-up hash)
    assert store.rows("SELECT hash FROM secret WHERE name = ?", (LAN.name,)) == [("$argon2id$new",)]


@pytest.mark.usefixtures("accounts")
def test_each_change_is_logged_with_who_made_it_and_without_the_secret(store):
    rows = log_rows(store, Wanted(what="account added"), 10)
    assert [(row.who, row.detail) for row in rows] == [
        ("terminal", "Tám: admin, *, open"),
        ("Tám", 'Trần Thị Lan: reviewer, ["CB 02", "CB01"], open'),
    ]
    assert store.breaks() == ()


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE account SET role = 'admin' WHERE id = 1", Break("account", 1)),
        ("UPDATE account SET units = '*' WHERE id = 1", Break("account", 1)),
        ("DELETE FROM account WHERE id = 2", Break("account", 2)),
        ("UPDATE secret SET hash = 'mine' WHERE name = 'Tám'", Break("account", 2)),
        ("DELETE FROM secret WHERE name = 'Tám'", Break("account", 2)),
    ],
)
@pytest.mark.usefixtures("accounts")
def test_an_account_changed_by_hand_shows(store, path, statement, found):
    by_hand(path, statement)
    assert store.breaks() == (found,)


def test_a_hash_put_in_by_hand_opens_nothing(accounts, path):
    by_hand(path, "UPDATE secret SET hash = 'mine' WHERE name = 'Tám'")
    assert accounts.get("Tám").secret == ""


def test_the_log_is_read_backwards_by_who_what_and_unit(store):
    for number, (who, unit) in enumerate(
        [("Lan", "CB01"), ("Tám", "CB02"), ("Lan", "CB02"), ("Lan", "CB01")]
    ):
        store.record("sheet looked at" if number else "signed in", str(number), who=who, unit=unit)

    def details(before=0, most=9, **wanted):
        return [row.detail for row in log_rows(store, Wanted(**wanted), most, before)]

    assert details() == ["3", "2", "1", "0"]
    assert details(who="Lan") == ["3", "2", "0"]
    assert details(who="Lan", unit="CB01", what="sheet looked at") == ["3"]
    assert details(units=("CB01",)) == ["3", "0"]
    assert details(units=(), who="Lan") == []
    assert details(who="' OR 1 --") == []
    assert details(most=2) == ["3", "2"]
    assert details(before=log_rows(store, Wanted(), 2)[-1].id) == ["1", "0"]
    assert log_words(store) == ("sheet looked at", "signed in")


def test_a_verdict_is_in_the_log_where_its_unit_is_told(path):
    with Store.open(path) as store:
        store.add_verdicts([Verdict("0000-0000", "a1", ("co",), "Lan", "")], unit="CB01")
        store.add_verdicts([Verdict("0000-0000", "a2", ("co",), "Lan", "")])
        assert [(row.who, row.unit, row.detail) for row in log_rows(store, Wanted(), 9)] == [
            ("Lan", "CB01", "0000-0000 a1: co")
        ]
