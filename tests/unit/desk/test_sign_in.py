"""Signing in by name: who is let in, how often it may be tried, and when a session is over."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

import pytest

from omr.desk import guard
from omr.desk.door import Door, look
from omr.desk.sessions import _MOST_OF_ONE, IDLE_SECONDS, LONGEST_SECONDS, Sessions
from omr.model.account import Role
from omr.people.accounts import closed, held_to, with_role, with_secret
from omr.store.accounts import Accounts
from omr.store.log import Wanted, log_rows
from omr.store.store import Store


def token_of(client, address="/"):
    """Return what the forms of a page bear."""
    return re.search(r'name="csrf" value="([^"]+)"', client.get(address).text)[1]


KEY, SECRET = "the-key-of-the-link", "mot hai ba bon"
NEW = "nam sau bay tam"


def change(path, step, name, *more):
    """Change an account as `omr user` does in another process."""
    with Store.open(path) as store:
        accounts = Accounts(store)
        accounts.put(step(accounts.all(), name, *more), "changed", "terminal")


def test_a_person_signs_in_however_they_type_their_name(account, sign_in):
    account("Hoà Lan", Role.HEAD)
    client, answer = sign_in("  hòa   LAN")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "Hoà Lan" in client.get("/").text


@pytest.mark.parametrize(("name", "secret"), [("Lan", "wrong"), ("Nobody", SECRET), ("", ""), ("Lan", "")])
def test_a_wrong_name_and_a_wrong_password_say_the_same(account, sign_in, name, secret):
    account("Lan")
    client, answer = sign_in(name, secret)
    assert answer.status_code == 403
    assert "Name or password is wrong" in answer.text
    assert client.get("/").status_code == 303


def test_without_accounts_nobody_is_asked_for_a_password(stranger):
    page = stranger.get("/sign-in").text
    assert 'name="secret"' not in page
    assert "omr desk" in page


def test_where_other_machines_reach_it_no_link_opens_it(app, browser):
    config = replace(app.state.config, key="", shared=True)
    app.state.config = config
    app.state.sessions._key = ""
    client = browser()
    assert client.get("/sign-in", params={"key": ""}).status_code == 200
    assert client.get("/sign-in", params={"key": "x"}).status_code == 403
    assert "omr desk" not in client.get("/sign-in").text


def test_the_sign_in_form_is_bound_to_the_browser_it_was_shown_in(account, browser):
    account("Lan")
    client, other = browser(), browser()
    form = {"name": "Lan", "secret": SECRET}
    assert client.post("/sign-in", data=form).status_code == 403
    token = token_of(client, "/sign-in")
    other.get("/sign-in")
    assert other.post("/sign-in", data={**form, "csrf": token}).status_code == 403
    client.cookies.delete(guard.DOOR_COOKIE)
    assert client.post("/sign-in", data={**form, "csrf": token}).status_code == 403
    evil = {"Origin": "http://evil.example"}
    client.get("/sign-in")
    assert client.post("/sign-in", data={**form, "csrf": token}, headers=evil).status_code == 403


def test_no_cookie_from_before_opens_the_new_session(account, sign_in, browser):
    account("Lan")
    client = browser()
    client.cookies.set(guard.COOKIE, "planted", domain="127.0.0.1")
    client, answer = sign_in("Lan", client=client)
    assert answer.status_code == 303
    fresh = client.cookies[guard.COOKIE]
    assert fresh != "planted"
    _client, again = sign_in("Lan", client=client)
    assert client.cookies[guard.COOKIE] not in ("planted", fresh)
    attacker = browser()
    for old in ("planted", fresh):
        attacker.cookies.set(guard.COOKIE, old)
        assert attacker.get("/").status_code == 303
    assert "httponly" in again.headers["set-cookie"].lower()
    assert "samesite=strict" in again.headers["set-cookie"].lower()


def test_behind_tls_the_cookie_never_goes_in_the_clear(app, account, sign_in):
    account("Lan")
    app.state.config = replace(app.state.config, scheme="https")
    app.user_middleware[0].kwargs["dispatch"]._config = app.state.config
    answer = sign_in("Lan")[1]
    assert all("secure" in cookie.lower() for cookie in answer.headers.get_list("set-cookie"))


def test_a_burst_of_a_thousand_is_stopped_even_with_the_right_password(app, account, browser, sign_in):
    account("Lan")
    app.state.door.brake._clock = lambda: 0.0  # however long the burst takes here, it is one
    client = browser()
    form = {"csrf": token_of(client, "/sign-in"), "name": "Lan"}
    codes = [client.post("/sign-in", data={**form, "secret": f"no {at}"}).status_code for at in range(1000)]
    assert codes == [403] * 5 + [429] * 995
    _client, answer = sign_in("Lan", SECRET, client)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 60


def test_the_burst_is_not_what_fills_the_log(account, sign_in, path):
    account("Lan")
    client, _answer = sign_in("Lan", "wrong")
    for _at in range(50):
        sign_in("Lan", "wrong", client)
    with Store.open(path) as store:
        rows = log_rows(store, Wanted(what="sign-in refused"), 99)
    assert [row.who for row in rows] == ["Lan"] * 5


class Tries:
    """A door and a clock: who is let in, from where."""

    def __init__(self, path):
        self.now = [0.0]
        self.sessions = Sessions(KEY, partial(look, path), lambda: self.now[0])
        self.door = Door(path, self.sessions, lambda: self.now[0])

    def __call__(self, name="Lan", secret="wrong", address="10.0.0.1", place=""):  # noqa: S107 (made up)
        """Try once."""
        return self.door.by_name(name, secret, address, place)


@pytest.fixture
def tries(path, account):
    account("Lan", Role.HEAD)
    account("Tám", Role.HEAD)
    return Tries(path)


def test_who_was_kept_out_by_a_burst_is_let_in_after_a_minute(tries):
    for _at in range(1000):
        tries()
    assert tries(secret=SECRET).wait > 0
    tries.now[0] += 61
    assert tries(secret=SECRET).cookie


def test_guessing_from_one_address_keeps_nobody_out_elsewhere(tries):
    for second in range(0, 3600, 10):
        tries.now[0] = float(second)
        for _at in range(5):
            tries()
    assert tries(secret=SECRET).wait > 0
    assert tries(secret=SECRET, address="10.0.0.2").cookie


def test_guessing_from_everywhere_keeps_nobody_out_of_a_browser_they_have_used(tries):
    place = tries(secret=SECRET).place
    for at in range(2000):
        tries.now[0] += 1
        tries(address=f"10.0.{at % 200}.9")
    assert tries(secret=SECRET, address="10.9.9.9").wait > 0
    assert tries(secret=SECRET, address="10.9.9.9", place=place).cookie


def test_a_browser_that_is_known_may_not_guess_for_ever_either(tries):
    place = tries(secret=SECRET).place
    assert [bool(tries(place=place).wait) for _at in range(12)] == [False] * 10 + [True] * 2


@pytest.mark.parametrize("place", ["", ".", "x", "nonce.00", "nonce.ký"])
def test_a_made_up_mark_of_a_browser_gains_nothing(tries, place):
    assert [bool(tries(place=place).wait) for _at in range(6)] == [False] * 5 + [True]


def test_the_mark_of_a_browser_is_one_persons(tries):
    place = tries(name="Tám", secret=SECRET).place
    assert [bool(tries(place=place).wait) for _at in range(6)] == [False] * 5 + [True]


def test_trying_many_names_from_one_address_is_stopped(tries):
    assert sum(not tries(name=f"name {at}").wait for at in range(1000)) == 10


def test_one_machine_with_many_ipv6_addresses_is_one(tries):
    let_in = [not tries(name=f"n {at}", address=f"2001:db8::{at:x}").wait for at in range(50)]
    assert sum(let_in) == 10
    assert not tries(name="n", address="2001:db8:0:1::1").wait


def test_a_locked_door_for_lack_of_hands_counts_no_failure(tries, monkeypatch):
    monkeypatch.setattr("omr.desk.door._PATIENCE_SECONDS", 0.01)
    tries.door._trying.acquire()
    tries.door._trying.acquire()
    for _at in range(20):
        assert tries(secret=SECRET).wait == 0.01
    tries.door._trying.release()
    assert tries(secret=SECRET).cookie


@pytest.mark.parametrize(
    "step",
    [
        lambda path: change(path, closed, "Lan"),
        lambda path: change(path, with_secret, "Lan", NEW),
    ],
    ids=["closed", "another password"],
)
def test_a_sealed_account_is_signed_out_everywhere_at_once(account, sign_in, path, step):
    account("Lan")
    account("Tám")
    clients = [sign_in("Lan")[0], sign_in("Lan")[0]]
    other = sign_in("Tám")[0]
    assert [client.get("/").status_code for client in clients] == [200, 200]
    step(path)
    assert [client.get("/").status_code for client in clients] == [303, 303]
    assert other.get("/").status_code == 200


def test_a_role_or_unit_taken_away_is_gone_at_the_next_click(account, sign_in, path):
    account("Lan", Role.HEAD)
    client = sign_in("Lan")[0]
    assert client.get("/log").status_code == 200
    change(path, with_role, "Lan", Role.REVIEWER)
    assert client.get("/log").status_code == 403
    change(path, held_to, "Lan", ["CB01"])
    assert client.get("/units/CB02").status_code == 404


def test_a_session_ends_idle_or_after_a_long_day_however_busy(tries):
    cookie = tries(secret=SECRET).cookie
    tries.now[0] += IDLE_SECONDS + 1
    assert tries.sessions.get(cookie) is None
    cookie, begun = tries(secret=SECRET).cookie, tries.now[0]
    while tries.now[0] < begun + LONGEST_SECONDS:
        assert tries.sessions.get(cookie)
        tries.now[0] += IDLE_SECONDS / 2
    tries.now[0] += 1
    assert tries.sessions.get(cookie) is None


def test_one_person_has_no_more_sessions_than_browsers(tries):
    cookies = [tries(secret=SECRET).cookie for _at in range(_MOST_OF_ONE + 3)]
    assert [tries.sessions.get(cookie) is not None for cookie in cookies] == [False] * 3 + [
        True
    ] * _MOST_OF_ONE


def test_sessions_that_are_over_are_forgotten(tries):
    for _at in range(5):
        tries(secret=SECRET)
        tries(name="Tám", secret=SECRET)
    tries.now[0] += IDLE_SECONDS + 1
    tries(secret=SECRET)
    assert len(tries.sessions._open) == 1


def test_signing_in_and_failing_to_is_logged_with_the_account_and_never_with_what_was_typed(
    account, sign_in, path
):
    account("Lan")
    sign_in("Lan")
    sign_in("lan", "wrong")
    sign_in("my password by mistake", "wrong")
    with Store.open(path) as store:
        rows = log_rows(store, Wanted(), 9)
    assert [(row.what, row.who) for row in rows] == [
        ("sign-in refused", ""),
        ("sign-in refused", "Lan"),
        ("signed in", "Lan"),
        ("account added", "terminal"),
    ]
    assert not any("mistake" in row.detail for row in rows)


def test_a_signed_in_person_signs_with_their_accounts_name_whatever_they_type(account, sign_in, app):
    account("Lan", Role.HEAD)
    client = sign_in("Lan")[0]
    token = token_of(client, "/")
    for address in ("/name", "/units/CB01/audit"):
        client.post(address, data={"csrf": token, "who": "Somebody Else"})
        assert [session.who for session in app.state.sessions._open.values()] == ["Lan"]


@pytest.mark.parametrize("address", ["/name", "/units/CB01/audit"])
@pytest.mark.parametrize("typed", ["Hòa lan", "machine", "", "a\x00b"])
def test_who_came_by_the_link_cannot_take_the_name_of_an_account(app, account, person, token, address, typed):
    account("Hoà Lan")
    answer = person.post(address, data={"csrf": token, "who": typed})
    assert answer.status_code == 422
    assert [session.who for session in app.state.sessions._open.values()] == ["desk"]
