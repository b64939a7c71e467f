"""Rules about accounts: names, passwords, the last admin."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest

from omr.errors import UsageError
from omr.model.account import Account, Role, State
from omr.people import accounts
from omr.people.accounts import added, closed, matches, reopened, temporary_secret, with_role, with_secret

SECRET = "Mưa rào tháng 6"  # noqa: S105 (made up)


@pytest.fixture(scope="module")
def lan() -> Account:
    return added({}, "Hoà  Lan ", Role.REVIEWER, ["CB01"], SECRET)


def admin(name: str, state: State = State.OPEN) -> Account:
    return Account(name, Role.ADMIN, None, state, "x")


def test_a_password_fits_its_account_alone(lan):
    assert (lan.name, lan.units, lan.state) == ("Hoà Lan", frozenset({"CB01"}), State.OPEN)
    assert lan.secret.startswith("$argon2id$")
    assert matches(lan, SECRET)
    assert not matches(lan, SECRET + " ")
    assert not matches(lan, "")


def test_a_password_fits_however_the_keyboard_puts_its_letters_together(lan):
    assert unicodedata.normalize("NFD", SECRET) != SECRET
    assert matches(lan, unicodedata.normalize("NFD", SECRET))


def test_nobody_enters_a_closed_account_one_without_a_hash_or_none(lan):
    assert not matches(replace(lan, state=State.CLOSED), SECRET)
    assert not matches(replace(lan, secret=""), SECRET)
    assert not matches(replace(lan, secret="no hash"), SECRET)  # noqa: S106 (made up)
    assert not matches(None, SECRET)


def test_a_name_that_nobody_has_takes_as_long_as_one_that_somebody_has(lan, monkeypatch):
    tried = []

    class Counting:
        def verify(self, kept: str, secret: str) -> bool:
            tried.append((kept, secret))
            return False

        def hash(self, _secret: str) -> str:
            return "dummy"

    monkeypatch.setattr(accounts, "_hasher", Counting())
    accounts._nobodys.cache_clear()
    matches(lan, "a")
    matches(None, "b")
    accounts._nobodys.cache_clear()
    assert tried == [(lan.secret, "a"), ("dummy", "b")]


@pytest.mark.parametrize(
    "name", ["hòa lan", "HOÀ LAN", "Hoà\u200b Lan", unicodedata.normalize("NFD", "Hoà Lan")]
)
def test_a_name_is_one_persons_however_it_is_typed(lan, name):
    assert accounts.person_named({lan.name: lan}, name) is lan
    with pytest.raises(UsageError, match="already"):
        added({lan.name: replace(lan, state=State.CLOSED)}, name, Role.HEAD, None, SECRET)


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\x00b", "Lan\u202e", "desk", "Machine", "TERMINAL"])
def test_a_name_that_is_nobodys_is_refused(name):
    with pytest.raises(UsageError):
        added({}, name, Role.ADMIN, None, SECRET)


@pytest.mark.parametrize("secret", ["", "short", "1111111111", "abababababab", "x" * 201, "Tran Thi Lan"])
def test_an_easy_password_is_refused(secret):
    with pytest.raises(UsageError):
        added({}, "Tran Thi  LAN", Role.ADMIN, None, secret)


def test_the_last_admin_stays():
    known = {"A": admin("A"), "B": admin("B", State.CLOSED)}
    for step in (lambda: closed(known, "A"), lambda: with_role(known, "A", Role.HEAD)):
        with pytest.raises(UsageError, match="last admin"):
            step()
    assert with_role(known, "A", Role.ADMIN).role is Role.ADMIN
    both = {**known, "C": admin("C")}
    assert closed(both, "a").state is State.CLOSED


def test_a_closed_account_gets_a_password_only_by_being_opened_again():
    known = {"A": admin("A", State.CLOSED)}
    with pytest.raises(UsageError, match="closed"):
        with_secret(known, "A", SECRET)
    assert matches(reopened(known, "A", SECRET), SECRET)


def test_whom_nobody_knows_cannot_be_changed():
    with pytest.raises(UsageError, match="no account"):
        closed({}, "Ai")


def test_passwords_to_hand_over_are_fresh_each_time_and_good_enough():
    made = {temporary_secret() for _at in range(100)}
    assert len(made) == 100
    assert all(len(secret) == 14 and not set(secret) & set("ilo01") for secret in made)
    added({}, "Lan", Role.HEAD, None, made.pop())
