"""The pages of people and of the log."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from omr.model.account import Role, State
from omr.store.accounts import Accounts
from omr.store.store import Store

SECRET, NEW = "mot hai ba bon", "nam sau bay tam"


@pytest.fixture
def admin(account, sign_in):
    account("Tám", Role.ADMIN)
    return sign_in("Tám")[0]


@pytest.fixture
def post(admin):
    def send(address, **form):
        token = re.search(r'name="csrf" value="([^"]+)"', admin.get("/people").text)[1]
        return admin.post(address, data={"csrf": token, **form})

    return send


def kept(path, name):
    with Store.open(path) as store:
        return Accounts(store).get(name)


def handed_over(page):
    return re.search(r'class="secret">([^<]+)<', page.text)[1]


def test_a_new_person_gets_a_password_that_opens_one_page_until_they_choose_their_own(post, sign_in, path):
    secret = handed_over(post("/people", name="Trần Thị Lan", role="head"))
    assert kept(path, "Trần Thị Lan").state is State.TEMPORARY
    client, _answer = sign_in("Trần Thị Lan", secret)
    for address in ("/", "/log", "/units/CB01"):
        assert client.get(address).headers["location"] == "/password"
    token = re.search(r'name="csrf" value="([^"]+)"', client.get("/password").text)[1]
    assert client.post("/name", data={"csrf": token, "who": "x"}).headers["location"] == "/password"

    def choose(old, new, again):
        return client.post("/password", data={"csrf": token, "old": old, "secret": new, "again": again})

    assert choose("wrong", NEW, NEW).status_code == 422
    assert choose(secret, NEW, NEW + "x").status_code == 422
    assert choose(secret, secret, secret).status_code == 422
    assert choose(secret, "short", "short").status_code == 422
    assert choose(secret, NEW, NEW).status_code == 303
    assert client.get("/log").status_code == 200
    assert kept(path, "Trần Thị Lan").state is State.OPEN
    assert sign_in("Trần Thị Lan", NEW)[1].status_code == 303


def test_guessing_ones_own_password_at_a_browser_left_open_is_braked(admin):
    token = re.search(r'name="csrf" value="([^"]+)"', admin.get("/password").text)[1]
    form = {"csrf": token, "old": "wrong", "secret": NEW, "again": NEW}
    codes = [admin.post("/password", data=form).status_code for _at in range(20)]
    assert codes == [422] * 10 + [429] * 10


def test_changing_ones_password_ends_the_other_sessions(admin, sign_in):
    other = sign_in("Tám")[0]
    token = re.search(r'name="csrf" value="([^"]+)"', admin.get("/password").text)[1]
    before = admin.cookies["omr_session"]
    admin.post("/password", data={"csrf": token, "old": SECRET, "secret": NEW, "again": NEW})
    assert other.get("/").status_code == 303
    assert admin.get("/").status_code == 200
    assert admin.cookies["omr_session"] != before


def test_a_new_reviewer_sees_no_unit_until_an_admin_assigns_some(post, path):
    post("/people", name="Lan", role="reviewer")
    assert kept(path, "Lan").units == frozenset()
    post("/people/Lan", do="assign", unit="CB01")
    post("/people/Lan", do="assign", unit="CB02")
    post("/people/Lan", do="release", unit="CB01")
    assert kept(path, "Lan").units == frozenset({"CB02"})
    post("/people/Lan", do="every")
    assert kept(path, "Lan").units is None
    post("/people/Lan", do="none")
    assert kept(path, "Lan").units == frozenset()


def test_an_account_is_closed_opened_again_reset_and_given_another_role(post, path, sign_in):
    first = handed_over(post("/people", name="Lan", role="reviewer"))
    assert "closed" in post("/people/Lan", do="close").text
    assert sign_in("Lan", first)[1].status_code == 403
    second = handed_over(post("/people/Lan", do="reopen"))
    third = handed_over(post("/people/Lan", do="reset"))
    assert [sign_in("Lan", secret)[1].status_code for secret in (first, second, third)] == [403, 403, 303]
    post("/people/Lan", do="role", role="operator")
    assert kept(path, "Lan").role is Role.OPERATOR


def test_who_changed_an_account_is_kept(post, path):
    post("/people", name="Lan", role="reviewer")
    with Store.open(path) as store:
        assert store.rows("SELECT changed_by FROM account WHERE name = 'Lan'") == [("Tám",)]
        assert store.breaks() == ()


@pytest.mark.parametrize(
    ("address", "form", "told"),
    [
        ("/people", {"name": "TÁM", "role": "head"}, "already"),
        ("/people", {"name": "desk", "role": "head"}, "not a person"),
        (f"/people/{quote('Tám')}", {"do": "close"}, "last admin"),
        (f"/people/{quote('Tám')}", {"do": "role", "role": "head"}, "last admin"),
    ],
)
def test_what_cannot_be_is_told(post, address, form, told):
    answer = post(address, **form)
    assert answer.status_code == 422
    assert told in answer.text


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/people", {"name": "Lan", "role": "boss"}),
        ("/people/Nobody", {"do": "close"}),
        (f"/people/{quote('Tám')}", {"do": "promote"}),
        (f"/people/{quote('Tám')}", {"do": "assign", "unit": " "}),
    ],
)
def test_what_no_form_of_ours_asks_is_not_found(post, address, form):
    assert post(address, **form).status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_nobody_but_an_admin_changes_accounts(account, sign_in, role, path):
    account("Lan", role)
    client = sign_in("Lan")[0]
    token = re.search(r'name="csrf" value="([^"]+)"', client.get("/").text)[1]
    assert client.get("/people").status_code == 403
    assert client.post("/people/Lan", data={"csrf": token, "do": "role", "role": "admin"}).status_code == 403
    assert client.post("/people", data={"csrf": token, "name": "X", "role": "admin"}).status_code == 403
    assert kept(path, "Lan").role is role


def test_a_script_in_a_name_or_unit_stays_text(post, admin, path):
    script = "<script>alert(1)</script>"
    page = post("/people", name=f"Lan {script.replace('/', '')}", role="reviewer")
    name = f"Lan {script.replace('/', '')}"
    assert kept(path, name) is not None
    post(f"/people/{quote(name)}", do="assign", unit=f'"{script}')
    for text in (
        page.text,
        admin.get("/people").text,
        admin.get(f"/people/{quote(name)}").text,
        admin.get("/log").text,
    ):
        assert "<script>alert" not in text
    assert "&lt;script&gt;" in admin.get("/people").text


@pytest.fixture
def told(path):
    with Store.open(path) as store:
        for number in range(150):
            who, unit = ("Lan", "CB01") if number % 3 else ("An", "CB02")
            store.record("sheet looked at", f"S-{number:03}", who=who, unit=unit)


def details(page):
    return re.findall(r"S-(\d{3})", page.text)


@pytest.mark.usefixtures("told")
def test_the_log_is_paged_newest_first_and_filtered(admin):
    first = admin.get("/log", params={"what": "sheet looked at"})
    assert details(first) == [f"{number:03}" for number in range(149, 49, -1)]
    older = re.search(r'href="(/log\?[^"]+)"', first.text)[1].replace("&amp;", "&")
    second = admin.get(older)
    assert details(second) == [f"{number:03}" for number in range(49, -1, -1)]
    assert "Earlier" not in second.text
    assert len(details(admin.get("/log", params={"who": "An"}))) == 50
    assert details(admin.get("/log", params={"who": "An", "unit": "CB01"})) == []


@pytest.mark.usefixtures("told")
def test_a_head_of_some_units_sees_the_log_of_those_alone(account, sign_in):
    account("Hai", Role.HEAD, ["CB02"])
    client = sign_in("Hai")[0]
    assert len(details(client.get("/log"))) == 50
    assert details(client.get("/log", params={"unit": "CB01"})) == []
    assert "CB01" not in client.get("/log").text


@pytest.mark.parametrize("before", ["-1", "x", str(2**80)])
def test_a_page_of_the_log_that_cannot_be_is_refused(admin, before):
    assert admin.get("/log", params={"before": before}).status_code == 422
