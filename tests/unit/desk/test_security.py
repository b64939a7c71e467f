"""What the desk refuses."""

from __future__ import annotations

import pytest
from fastapi.routing import APIRoute

from omr.cli import main
from omr.desk.access import ACCESS, Role, may
from omr.desk.config import hosts_of, is_loopback
from omr.desk.sessions import IDLE_SECONDS, TRIES_SECONDS, Sessions
from omr.model.unit import Unit
from omr.store.store import Store

KEY = "the-key-of-the-link"
TRAVERSAL = ["../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%2e%2e%2fomr.db", "/etc/passwd", "a%00b", "..\\x"]


@pytest.mark.parametrize(("method", "address"), sorted(ACCESS))
def test_without_a_session_nothing_answers(stranger, method, address):
    answer = stranger.request(method, address.replace("{code}", "CB01"))
    assert answer.status_code == (303 if method == "GET" else 401)
    assert answer.headers.get("location", "/sign-in") == "/sign-in"


@pytest.mark.parametrize("address", ["/docs", "/redoc", "/openapi.json", "/nothing"])
def test_no_page_describes_the_desk(person, address):
    assert person.get(address).status_code == 404


def test_a_poll_without_a_session_is_not_sent_to_another_page(stranger):
    assert stranger.get("/intake/progress", headers={"HX-Request": "true"}).status_code == 401


def test_every_route_stands_in_the_table_of_roles(app):
    def routes(router):
        for route in router.routes:
            if isinstance(route, APIRoute):
                yield from ((method, route.path) for method in route.methods)
            elif hasattr(route, "original_router"):
                yield from routes(route.original_router)

    assert set(routes(app)) - {("GET", "/sign-in")} == set(ACCESS)


def test_what_is_not_in_the_table_is_refused_to_everybody():
    assert not any(may(role, "GET", "/new") for role in Role)
    assert not may(Role.REVIEWER, "POST", "/intake")
    assert not may(Role.OPERATOR, "GET", "/units/{code}/summary.xlsx")


def test_a_role_without_the_right_is_refused(person, monkeypatch):
    monkeypatch.setitem(ACCESS, ("GET", "/intake"), frozenset({Role.OPERATOR}))
    assert person.get("/intake").status_code == 403


def test_the_link_works_once(person):
    person.cookies.clear()
    assert person.get("/sign-in", params={"key": KEY}).status_code == 403
    assert person.get("/").status_code == 303


def test_the_cookie_is_for_this_site_alone(stranger):
    set_cookie = stranger.get("/sign-in", params={"key": KEY}).headers["set-cookie"].lower()
    assert "httponly" in set_cookie
    assert "samesite=strict" in set_cookie


def test_a_burst_of_sign_ins_is_stopped_even_with_the_right_key(stranger):
    codes = [stranger.get("/sign-in", params={"key": str(at)}).status_code for at in range(1000)]
    assert codes == [403] * 10 + [429] * 990
    assert stranger.get("/sign-in", params={"key": KEY}).status_code == 429


def test_the_brake_is_let_go_after_a_while():
    now = [0.0]
    sessions = Sessions(KEY, lambda: now[0])
    for _at in range(10):
        sessions.redeem("wrong")
    assert sessions.throttled()
    now[0] = TRIES_SECONDS + 1
    assert not sessions.throttled()


def test_an_idle_session_ends():
    now = [0.0]
    sessions = Sessions(KEY, lambda: now[0])
    cookie = sessions.redeem(KEY)
    now[0] = IDLE_SECONDS - 1
    assert sessions.get(cookie)
    now[0] += IDLE_SECONDS + 1
    assert sessions.get(cookie) is None


def test_signing_out_ends_the_session_itself(person, token):
    cookie = person.cookies["omr_session"]
    assert person.post("/sign-out", data={"csrf": token}).status_code == 303
    person.cookies.set("omr_session", cookie)
    assert person.get("/").status_code == 303


@pytest.mark.parametrize("forged", [{}, {"csrf": ""}, {"csrf": "x" * 43}, {"csrf": "ký"}])
@pytest.mark.parametrize("address", [path for method, path in sorted(ACCESS) if method == "POST"])
def test_a_forged_form_is_refused(person, address, forged):
    assert person.post(address, data=forged).status_code == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "https://127.0.0.1:8027", "null"])
def test_a_form_of_another_page_is_refused_even_with_the_token(person, token, origin):
    answer = person.post("/intake/cancel", data={"csrf": token}, headers={"Origin": origin})
    assert answer.status_code == 403


def test_the_token_may_stand_in_the_header(person, token):
    headers = {"X-CSRF-Token": token, "Origin": "http://127.0.0.1:8027"}
    assert person.post("/intake/cancel", headers=headers).status_code == 303


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:80", "127.0.0.1:8027.evil.example"])
def test_another_host_name_is_refused(person, host):
    assert person.get("/", headers={"Host": host}).status_code == 400


def test_a_form_that_is_too_long_is_refused(person, token):
    assert person.post("/intake", data={"csrf": token, "folder": "x" * 70_000}).status_code == 413


def test_a_body_that_does_not_tell_its_length_is_refused(person, token):
    answer = person.post("/intake/cancel", content=iter([b"csrf=" + token.encode()]))
    assert answer.status_code == 413


@pytest.mark.parametrize("body", [b"\xff\xfe", b"&".join(b"a=1" for _at in range(101))])
def test_what_is_no_form_is_refused(person, token, body):
    assert person.post("/intake/cancel", content=body, headers={"X-CSRF-Token": token}).status_code == 400


@pytest.mark.parametrize("name", TRAVERSAL)
@pytest.mark.parametrize("address", ["/units/{}", "/units/{}/summary.xlsx", "/static/{}"])
def test_no_path_leads_out(person, address, name):
    answer = person.get(address.format(name))
    assert answer.status_code == 404
    assert "root:" not in answer.text


@pytest.mark.parametrize("page", ["/", "/intake", "/sign-in", "/units/x", "/static/desk.css"])
def test_every_answer_bears_the_headers(person, page):
    headers = person.get(page).headers
    assert headers["content-security-policy"].startswith("default-src 'self';")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert page.startswith("/static/") or headers["cache-control"] == "no-store"


def test_a_script_in_a_name_stays_text(person, monkeypatch):
    script = "<script>alert(1)</script>"
    monkeypatch.setattr(Store, "units", lambda _store: {'"><b>': Unit('"><b>', script)})
    page = person.get("/").text
    assert script not in page
    assert "&lt;script&gt;" in page
    assert '"><b>' not in page


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.9", "::", "desk.example"])  # noqa: S104
def test_another_address_than_this_machine_is_refused(capsys, tmp_path, host):
    with pytest.raises(SystemExit) as ended:
        main(["desk", "--host", host, "--store", str(tmp_path / "omr.db"), "--lang", "en"])
    assert ended.value.code == 2
    assert "127.0.0.1" in capsys.readouterr().err
    assert not is_loopback(host)


def test_the_names_of_this_machine():
    assert hosts_of("127.0.0.1", 1) == {"127.0.0.1:1", "localhost:1"}
    assert hosts_of("::1", 1) == {"[::1]:1", "localhost:1"}
    assert is_loopback("::1")
