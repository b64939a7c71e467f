"""What the desk refuses. Every test walks the routes that are there: a new page is tried by itself."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from omr.cli import main
from omr.desk.access import ACCESS, Role, may
from omr.desk.app import create_app
from omr.desk.config import Config, hosts_of, is_loopback
from omr.desk.guard import _STREAMED
from omr.desk.intake import Progress
from omr.forms.catalogue import Catalogue, shipped
from omr.model.reading import Reason, Rejection
from omr.model.scan import ScanId, Source
from omr.model.unit import IssuedSheet, Member, Unit
from omr.store.imports import put_roster, put_trees
from omr.store.store import Store

KEY = "the-key-of-the-link"
TRAVERSAL = [
    "../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%2e%2e%2fomr.db", "%252e%252e%252fomr.db", "/etc/passwd",
    "..\\x", "..%5c..%5comr.db", "%2e%2e", "a%00b", "%ff%fe", "C:%5comr.db",
]  # fmt: skip


def walk(router):
    """Yield method and path of every page and API there is, however deep it was included."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield from ((method, route.path) for method in route.methods)
        elif hasattr(route, "original_router"):
            yield from walk(route.original_router)


DESK = create_app(Config(Path("absent.db"), lambda: None, frozenset(), KEY))
ROUTES = sorted(set(walk(DESK)) - {("GET", "/sign-in"), ("POST", "/sign-in")})
POSTS = [path for method, path in ROUTES if method == "POST"]
GETS = [path for method, path in ROUTES if method == "GET"]
PARAMETERS = [(m, path, name) for m, path in ROUTES for name in re.findall(r"\{(\w+)\}", path)]


def filled(path: str, **values: str) -> str:
    """Return an address of a route; what is not told is a number, which every parameter may be."""
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], "1"), path)


@pytest.fixture
def units(path):
    """Two units, each with a refused scan."""
    with Store.open(path) as store:
        for at, unit in enumerate(("CB01", "CB02")):
            store.add_sources(Source(str(at) * 64, f"/scans/{unit}/a.pdf", 1, 1))
            refused = [Rejection(ScanId(str(at) * 64, 1), Reason.TWO_PAGES, "")]
            store.put(store.begin_batch([], 2026), unit, refused)


def test_the_walk_finds_the_routes():
    assert len(ROUTES) > 20
    assert {("GET", "/"), ("POST", "/intake/files"), ("GET", "/log")} <= set(ROUTES)


@pytest.mark.parametrize("cookie", [None, "", "x", "ký"])
def test_without_a_session_nothing_answers(stranger, cookie):
    headers = {} if cookie is None else {"Cookie": f"omr_session={cookie}".encode()}
    for method, route in ROUTES:
        answer = stranger.request(method, filled(route), headers=headers)
        assert answer.status_code == (303 if method == "GET" else 401), route
        assert answer.headers.get("location", "/sign-in") == "/sign-in", route


def test_the_head_of_a_page_needs_a_session_too(stranger):
    assert {stranger.head(filled(route)).headers["location"] for route in GETS} == {"/sign-in"}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "BREW"])
def test_no_other_method_answers(person, method):
    assert person.request(method, "/").status_code == 405


@pytest.mark.parametrize("address", ["/docs", "/redoc", "/openapi.json", "/docs/oauth2-redirect", "/nothing"])
def test_no_page_describes_the_desk(person, address):
    assert person.get(address).status_code == 404


def test_a_poll_without_a_session_is_not_sent_to_another_page(stranger):
    assert stranger.get("/intake/progress", headers={"HX-Request": "true"}).status_code == 401


def test_every_route_stands_in_the_table_of_roles():
    assert set(ROUTES) == set(ACCESS)


LOOKS_FOR_ITSELF = {
    ("GET", "/forms/{name}"),
    *(route for route in ROUTES if route[1].startswith("/layouts/{sketch}")),
}
"""Printed forms of several units, layouts of none: test_forms.py and test_layouts.py try them themselves."""


def test_every_route_about_something_says_whose_unit_it_is():
    """Such a route is refused by its {code}; what has none has to be for admins, or look for itself."""
    others = {(method, path) for method, path, _name in PARAMETERS if "{code}" not in path}
    assert {route for route in others if ACCESS[route] != {Role.ADMIN}} == LOOKS_FOR_ITSELF


def test_what_is_not_in_the_table_is_refused_to_everybody():
    assert not any(may(role, "GET", "/new") for role in Role)
    assert not may(Role.REVIEWER, "POST", "/intake")
    assert not may(Role.OPERATOR, "GET", "/units/{code}/summary.xlsx")


@pytest.mark.usefixtures("units")
@pytest.mark.parametrize("role", list(Role))
def test_each_role_is_refused_what_the_table_does_not_give_it(account, sign_in, role):
    account("Lan", role)
    client = sign_in("Lan")[0]
    token = csrf(client)
    for method, path in ROUTES:
        if path in ("/sign-out", "/password"):
            continue
        answer = client.request(method, filled(path, code="CB01"), headers={"X-CSRF-Token": token})
        refused = answer.status_code == 403
        assert refused == (role not in ACCESS[method, path] or (path == "/intake" and by_path(method, role)))


def by_path(method: str, role: Role) -> bool:
    """True where a folder of the desk's machine would be named by somebody who does not sit there."""
    return method == "POST" and role is not Role.ADMIN


@pytest.mark.usefixtures("units")
@pytest.mark.parametrize("role", [Role.OPERATOR, Role.REVIEWER, Role.HEAD])
def test_another_unit_is_as_if_it_were_not_there(account, sign_in, app, path, role):
    account("Lan", role, ["CB01"])
    client = sign_in("Lan")[0]
    with Store.open(path) as store:
        store.record("sheet looked at", "CB02 S", who="Tám", unit="CB02")
    app.state.intake._progress = Progress("/scans/CB02", "CB02", who="Tám", running=True)
    token = csrf(client)
    for method, route in ROUTES:
        if "{code}" in route:
            answer = client.request(method, filled(route, code="CB02"), headers={"X-CSRF-Token": token})
            assert answer.status_code == (404 if role in ACCESS[method, route] else 403), route
        elif method == "GET":
            assert "CB02" not in client.get(filled(route)).text, route
    assert client.get("/units/CB01").status_code == 200
    assert "CB01" in client.get("/").text


@pytest.mark.usefixtures("units")
def test_a_person_without_units_sees_none(account, sign_in):
    account("Lan", Role.REVIEWER, [])
    client = sign_in("Lan")[0]
    assert "CB0" not in client.get("/").text
    assert client.get("/units/CB01").status_code == 404


def test_who_is_held_to_a_unit_sees_those_below_it_too(account, sign_in, path):
    with Store.open(path) as store:
        put_trees(store, {2026: [Unit("X", "X"), Unit("A", "A"), Unit("B", "B", "A"), Unit("C", "C", "B")]})
    account("Lan", Role.REVIEWER, ["A"])
    client = sign_in("Lan")[0]
    found = [client.get(f"/units/{code}").status_code for code in ("A", "B", "C", "X")]
    assert found[3] == 404
    assert found[:3] == [200, 200, 200]


def test_scans_of_another_unit_cannot_be_brought_in(account, sign_in, app):
    account("Lan", Role.OPERATOR, ["CB01"])
    client = sign_in("Lan")[0]
    for unit, name in (("CB02", "a.pdf"), ("", "CB02/a.pdf"), (" CB02 ", "CB01/a.pdf")):
        answer = client.post(
            "/intake/files", params={"name": name, "unit": unit}, headers={"X-CSRF-Token": csrf(client)}
        )
        assert answer.status_code == 422
        assert "CB02 is not assigned to you" in answer.text
    assert not app.state.uploads.folder.exists()


def test_a_run_of_somebody_else_is_not_stopped_by_who_is_held_to_units(account, sign_in, app):
    account("Lan", Role.OPERATOR, ["CB01"])
    client = sign_in("Lan")[0]
    app.state.intake._progress = Progress("/scans/CB02", "CB02", who="Tám", running=True)
    client.post("/intake/cancel", data={"csrf": csrf(client)})
    assert not app.state.intake._cancel
    app.state.intake._progress = Progress("/scans/CB01", "CB01", who="Lan", running=True)
    client.post("/intake/cancel", data={"csrf": csrf(client)})
    assert app.state.intake._cancel


def test_the_folders_of_the_desks_machine_are_for_who_sits_there(account, sign_in, tmp_path):
    account("Lan", Role.OPERATOR)
    client = sign_in("Lan")[0]
    assert 'name="folder"' not in client.get("/intake").text
    for folder in (tmp_path, tmp_path / "absent"):
        answer = client.post("/intake", data={"csrf": csrf(client), "folder": str(folder)})
        assert answer.status_code == 403


def test_the_link_works_once(person):
    person.cookies.clear()
    assert person.get("/sign-in", params={"key": KEY}).status_code == 403
    assert person.get("/").status_code == 303


def test_the_cookie_is_for_this_site_alone(stranger):
    set_cookie = stranger.get("/sign-in", params={"key": KEY}).headers["set-cookie"].lower()
    assert "httponly" in set_cookie
    assert "samesite=strict" in set_cookie


def test_a_burst_of_links_is_stopped_even_with_the_right_key(app, stranger):
    app.state.door.brake._clock = lambda: 0.0
    codes = [stranger.get("/sign-in", params={"key": str(at)}).status_code for at in range(1000)]
    assert codes == [403] * 10 + [429] * 990
    assert stranger.get("/sign-in", params={"key": KEY}).status_code == 429


def test_signing_out_ends_the_session_itself(person, token):
    cookie = person.cookies["omr_session"]
    assert person.post("/sign-out", data={"csrf": token}).status_code == 303
    person.cookies.set("omr_session", cookie)
    assert person.get("/").status_code == 303


@pytest.mark.parametrize("forged", [None, "", "x" * 43, "ký"])
def test_a_forged_form_is_refused(person, forged):
    for route in POSTS:
        form = {} if forged is None else {"csrf": forged}
        assert person.post(filled(route), data=form).status_code == 403, route
        header = {"X-CSRF-Token": (forged or "").encode()}
        assert person.post(filled(route), headers=header).status_code == 403, route


def test_the_token_of_another_session_is_refused(account, sign_in):
    account("Lan")
    one, other = sign_in("Lan")[0], sign_in("Lan")[0]
    assert one.post("/sign-out", data={"csrf": csrf(other)}).status_code == 403


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "https://127.0.0.1:8027", "http://localhost:8027", "null"]
)
def test_a_form_of_another_page_is_refused_even_with_the_token(person, token, origin):
    headers = {"Origin": origin, "X-CSRF-Token": token}
    for route in POSTS:
        assert person.post(filled(route), headers=headers).status_code == 403, route


def test_the_token_may_stand_in_the_header(person, token):
    headers = {"X-CSRF-Token": token, "Origin": "http://127.0.0.1:8027"}
    assert person.post("/intake/cancel", headers=headers).status_code == 303


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1",
        "127.0.0.1:80",
        "127.0.0.1:8027.evil.example",
        "10.0.0.1:8027",
        "",
        "a@127.0.0.1:8027",
    ],
)
@pytest.mark.parametrize("address", ["/", "/sign-in", "/static/desk.css"])
def test_another_host_name_is_refused(person, host, address):
    assert person.get(address, headers={"Host": host}).status_code == 400


def test_a_shared_desk_answers_to_bare_addresses_and_its_own_names_alone(path):
    config = Config(path, lambda: None, hosts_of("0.0.0.0", 8027), "", any_address=True)  # noqa: S104
    assert all(map(config.is_host, ("192.168.1.9:8027", "[fd00::1]:8027", "localhost:8027")))
    refused = (
        "evil.example:8027",
        "192.168.1.9",
        "192.168.1.9:80",
        "192.168.1.9.evil.example:8027",
        "x:8027",
    )
    assert not any(map(config.is_host, refused))
    assert not replace(config, any_address=False).is_host("192.168.1.9:8027")


def test_a_form_that_is_too_long_or_does_not_tell_its_length_is_refused(person, token):
    for route in (*(route for route in POSTS if route not in _STREAMED), "/sign-in"):
        long = person.post(filled(route), data={"csrf": token, "folder": "x" * 70_000})
        assert long.status_code == 413, route
        endless = iter([b"csrf=" + token.encode()])
        assert person.post(filled(route), content=endless).status_code == 413, route


@pytest.mark.parametrize("length", ["-1", "x", "9" * 5000, "²"])
def test_a_length_that_is_none_is_refused(person, token, length):
    headers = {"X-CSRF-Token": token, "Content-Length": length.encode("latin-1")}
    assert person.post("/intake/cancel", headers=headers).status_code == 413


@pytest.mark.parametrize("body", [b"\xff\xfe", b"&".join(b"a=1" for _at in range(101))])
def test_what_is_no_form_is_refused(person, token, body):
    assert person.post("/intake/cancel", content=body, headers={"X-CSRF-Token": token}).status_code == 400


@pytest.mark.usefixtures("units")
@pytest.mark.parametrize(("method", "route", "name"), PARAMETERS)
def test_no_parameter_of_a_path_leads_out(person, token, method, route, name):
    person.post("/name", data={"csrf": token, "who": "Lan"})
    for value in TRAVERSAL:
        address = filled(route, **{"code": "CB01", name: value})
        answer = person.request(method, address, headers={"X-CSRF-Token": token})
        assert answer.status_code in (404, 405, 422), value
        assert "root:" not in answer.text
        assert "SQLite" not in answer.text


def test_no_static_file_leads_out(person):
    assert {person.get(f"/static/{value}").status_code for value in TRAVERSAL} == {404}


@pytest.mark.usefixtures("units")
def test_every_answer_bears_the_headers(person):
    for route in (*GETS, "/sign-in", "/static/desk.css", "/nothing"):
        headers = person.get(filled(route, code="CB01")).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'self';"), route
        assert "unsafe" not in policy, route
        assert headers["x-frame-options"] == "DENY", route
        assert headers["x-content-type-options"] == "nosniff", route
        assert route.startswith("/static/") or headers["cache-control"] == "no-store", route


def test_no_page_has_a_script_or_style_of_its_own():
    for template in (Path(__file__).parents[3] / "omr" / "desk" / "templates").glob("*.html"):
        text = template.read_text("utf-8")
        assert not re.search(
            r"<script(?![^>]*\bsrc=)|<style|\bon\w+=\"|\bstyle=\"|javascript:|\|\s*safe", text
        ), template


SCRIPT = '"><script>alert(1)<img src=x onerror=alert(2)>'


def test_a_script_in_any_name_stays_text_on_every_page(person, token, path):
    """A unit's code and name, a person of its roster, a file, whoever is named, what the log says."""
    form = next(iter(Catalogue((shipped(),)).known().values()))
    with Store.open(path) as store:
        put_trees(store, {2026: [Unit(SCRIPT, SCRIPT, kind=SCRIPT)]})
        put_roster(store, 2026, [Member(SCRIPT, SCRIPT, SCRIPT)])
        store.freeze(form)
        sheet = IssuedSheet("0000-0000", form.id, form.version, form.digest, 2026, SCRIPT, 2, SCRIPT, SCRIPT)
        store.issue([sheet])
        store.add_sources(Source("0" * 64, f"/scans/{SCRIPT}.pdf", 1, 1))
        refused = [Rejection(ScanId("0" * 64, 1), Reason.TWO_PAGES, SCRIPT)]
        store.put(store.begin_batch([SCRIPT], 2026), SCRIPT, refused)
        store.record(SCRIPT, SCRIPT, who=SCRIPT, unit=SCRIPT)
    person.post("/name", data={"csrf": token, "who": SCRIPT})
    person.post("/people", data={"csrf": token, "name": SCRIPT.replace("alert", "x"), "role": "reviewer"})
    code = "".join(f"%{byte:02x}" for byte in SCRIPT.encode())
    escaped = 0
    for route in GETS:
        answer = person.get(filled(route, code=code, name=code.replace("616c657274", "78")))
        assert answer.status_code < 500, route
        assert "<script>alert" not in answer.text, route
        assert "<script>x" not in answer.text, route
        assert "<img src=x" not in answer.text, route
        escaped += "&lt;script&gt;" in answer.text
    assert escaped >= 6


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.9", "::", "desk.example"])  # noqa: S104
@pytest.mark.parametrize("more", [(), ("--url", "https://desk.example")])
def test_other_machines_reach_no_desk_without_accounts(capsys, tmp_path, host, more):
    with pytest.raises(SystemExit) as ended:
        main(["desk", "--host", host, *more, "--store", str(tmp_path / "omr.db"), "--lang", "en"])
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert "omr user add NAME --role admin" in told
    assert not is_loopback(host)


def test_a_proxy_in_front_demands_accounts_on_loopback_too(capsys, tmp_path):
    with pytest.raises(SystemExit) as ended:
        main(["desk", "--url", "https://desk.example", "--store", str(tmp_path / "omr.db"), "--lang", "en"])
    assert ended.value.code == 2
    assert "omr user add" in capsys.readouterr().err


@pytest.mark.parametrize(
    "url", ["desk.example", "ftp://desk.example", "https://", "https://desk.example/omr"]
)
def test_what_is_no_address_of_a_desk_is_told(capsys, tmp_path, url):
    with pytest.raises(SystemExit) as ended:
        main(["desk", "--url", url, "--store", str(tmp_path / "omr.db"), "--lang", "en"])
    assert ended.value.code == 2
    assert url in capsys.readouterr().err


def test_the_names_of_this_machine():
    assert hosts_of("127.0.0.1", 1) == {"127.0.0.1:1", "localhost:1"}
    assert hosts_of("::1", 1) == {"[::1]:1", "localhost:1"}
    assert is_loopback("::1")


def csrf(client) -> str:
    """Return what the forms of this session bear."""
    return re.search(r'name="csrf" value="([^"]+)"', client.get("/").text)[1]
