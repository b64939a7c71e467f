"""`omr user`: accounts made and changed at the terminal."""

from __future__ import annotations

import io
import json
import sqlite3

import pytest

from omr.cli import main
from omr.people.accounts import matches
from omr.store.accounts import Accounts
from omr.store.log import Wanted, log_rows
from omr.store.store import Store

SECRET = "mot hai ba bon"  # noqa: S105 (made up)


class Terminal(io.StringIO):
    """A stdin at which a person sits."""

    def isatty(self):
        """Say so."""
        return True


@pytest.fixture
def store(tmp_path):
    return tmp_path / "omr.db"


@pytest.fixture
def user(store, capsys, monkeypatch):
    def run(*arguments, secret=SECRET, terminal=False):
        stdin = Terminal(secret + "\n") if terminal else io.StringIO(secret + "\n")
        monkeypatch.setattr("sys.stdin", stdin)
        with pytest.raises(SystemExit) as ended:
            main(["user", *arguments, "--store", str(store), "--lang", "en"])
        printed = capsys.readouterr()
        return ended.value.code or 0, printed.out, printed.err

    return run


def listed(user):
    return {row["name"]: row for row in json.loads(user("list", "--json")[1])}


def test_a_reviewer_sees_no_unit_until_some_are_assigned(user):
    code, _out, err = user("add", "Trần Thị Lan", "--role", "reviewer")
    assert code == 0
    assert "no unit yet" in err
    assert listed(user)["Trần Thị Lan"]["units"] == ""
    user("assign", "trần thị lan", "CB01", "CB02")
    assert listed(user)["Trần Thị Lan"]["units"] == "CB01 CB02"
    user("assign", "Trần Thị Lan", "--all")
    assert listed(user)["Trần Thị Lan"]["units"] == "*"


def test_the_password_comes_from_stdin_and_is_nowhere_in_the_store(user, store):
    user("add", "Tám", "--role", "admin")
    assert SECRET.encode() not in store.read_bytes()
    with Store.open(store) as opened:
        assert matches(Accounts(opened).get("Tám"), SECRET)
    user("password", "Tám", secret="nam sau bay tam")  # noqa: S106 (made up)
    with Store.open(store) as opened:
        assert matches(Accounts(opened).get("Tám"), "nam sau bay tam")
        assert [row.who for row in log_rows(opened, Wanted(), 9)] == ["terminal", "terminal"]


def test_at_a_terminal_it_is_asked_for_twice_and_not_shown(user, store, monkeypatch):
    answers = [SECRET, SECRET, SECRET, "another one"]
    monkeypatch.setattr("omr.cli.user.getpass", lambda _prompt: answers.pop(0))
    assert user("add", "Tám", "--role", "admin", terminal=True)[0] == 0
    code, _out, err = user("password", "Tám", terminal=True)
    assert code == 2
    assert "not the same" in err
    with Store.open(store) as opened:
        assert matches(Accounts(opened).get("Tám"), SECRET)


def test_an_account_is_closed_and_opened_again(user):
    user("add", "Tám", "--role", "admin")
    user("add", "Lan", "--role", "head")
    assert user("close", "Tám")[0] == 2
    assert user("close", "Lan")[0] == 0
    assert listed(user)["Lan"]["state"] == "closed"
    assert user("password", "Lan")[0] == 2
    assert user("reopen", "Lan")[0] == 0
    assert user("role", "Lan", "--role", "operator")[0] == 0
    assert (listed(user)["Lan"]["state"], listed(user)["Lan"]["role"]) == ("open", "operator")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("add", "desk", "--role", "admin"), "not a person"),
        (("add", "Lan", "--role", "boss"), "boss"),
        (("close", "Ai"), "no account of Ai"),
        (("assign", "Ai"), "--all"),
        (("add", "Lan", "--role", "head", "--password", "x"), "--password"),
    ],
)
def test_what_cannot_be_is_told(user, arguments, told):
    code, _out, err = user(*arguments)
    assert code == 2
    assert told in err


def test_an_easy_password_makes_no_account(user):
    code, _out, err = user("add", "Lan", "--role", "head", secret="abc")  # noqa: S106 (made up)
    assert code == 2
    assert "10 to 200" in err
    assert listed(user) == {}


@pytest.mark.parametrize(
    "statement",
    ["UPDATE account SET role = 'admin'", "UPDATE account SET units = '*'", "UPDATE secret SET hash = ''"],
)
def test_an_account_changed_by_hand_is_found_by_omr_verify(user, store, capsys, statement):
    user("add", "Lan", "--role", "reviewer")
    db = sqlite3.connect(store, isolation_level=None)
    db.execute("DROP TRIGGER account_stays")
    db.execute(statement)
    db.close()
    with pytest.raises(SystemExit) as ended:
        main(["verify", "--store", str(store), "--json", "--lang", "en"])
    assert ended.value.code == 5
    broken = {row["trail"]: row["broken_at"] for row in json.loads(capsys.readouterr().out)}
    assert broken["account"] == 1


def test_a_unit_the_store_does_not_know_is_told(user):
    assert "no unit CB99" in user("add", "Lan", "--role", "head", "--unit", "CB99")[2]
