"""Signing a unit off at the desk: what stands in its way, where it is settled, who may, what is kept."""

from __future__ import annotations

import re
from html import unescape

import pytest

from omr.cli.session import opened
from omr.model.account import Role
from omr.model.reading import Reason, Rejection
from omr.model.scan import ScanId, Source
from omr.model.unit import IssuedSheet, Unit
from omr.model.verdict import Verdict
from omr.store.closings import closings, standing
from omr.store.imports import put_trees
from omr.store.store import Store

UNIT, YEAR = "CB01", 2026
HERE = f"/units/{UNIT}"


@pytest.fixture
def printed(path):
    """One sheet printed for the unit, and not back."""
    with opened(path) as office:
        form = office.catalogue.placement("nghean-so-tay", YEAR).layout
        office.store.freeze(form)
        office.store.issue(
            [IssuedSheet("K7M2-9QXA", form.id, form.version, form.digest, YEAR, UNIT, 2, name="Lê Hòa")]
        )


@pytest.fixture
def desk(person, token, printed):
    assert printed is None
    person.post("/name", data={"csrf": token, "who": "Hoa", "then": "/"})
    return person


def explained(path, who="Lan"):
    with Store.open(path) as store:
        store.add_verdicts([Verdict("K7M2-9QXA", "", ("absent",), who, "", "nghỉ ốm")])


def seen(desk) -> str:
    """Return the state of the numbers that the page of the unit shows."""
    return re.search(r'name="seen" value="([^"]+)"', desk.get(HERE).text)[1]


def send(desk, token, do, **more):
    data = {"csrf": token, "do": do, "year": str(YEAR), **more}
    return desk.post(f"{HERE}/closing", data=data)


def held(path):
    with Store.open(path) as store:
        return standing(store)


def test_what_stands_in_the_way_leads_to_where_it_is_settled(desk, path):
    with Store.open(path) as store:
        store.add_sources(Source("a" * 64, "CB01/a.pdf", 1, 1))
        batch = store.begin_batch([UNIT], YEAR)
        store.put(batch, UNIT, [Rejection(ScanId("a" * 64, 3), Reason.LOOSE_FIT)])
        (refused,) = store.rejections()
    said = unescape(desk.get(HERE).text)
    assert re.search(r'1 sheet has not come back: <a href="/units/CB01/absent">CB01</a>', said)
    row = f"/units/CB01/rejections/{refused.scan.row}"
    assert re.search(rf'1 refused scan is open: <a href="{row}">a.pdf/3</a>', said)
    assert 'value="close"' not in said
    for address in re.findall(r'<li>.*?<a href="([^"]+)"', said):
        assert desk.get(address).status_code == 200


def test_a_unit_above_shows_and_signs_what_is_below_it(desk, path, token):
    with Store.open(path) as store:
        put_trees(store, {YEAR: (Unit("X", "Xã"), Unit(UNIT, "Chi bộ 1", "X"))})
    said = desk.get("/units/X").text
    assert '<th scope="row"><a href="/units/CB01">CB01</a></th>' in said
    explained(path)
    state = re.search(r'name="seen" value="([^"]+)"', desk.get("/units/X").text)[1]
    data = {"csrf": token, "do": "close", "year": str(YEAR), "seen": state}
    assert desk.post("/units/X/closing", data=data).status_code == 303
    below = desk.get(HERE).text
    assert re.search(r'closed with the unit above it; open that one:\s*<a href="/units/X">', below)
    assert 'value="reopen"' not in below
    assert send(desk, token, "reopen", reason="x").status_code == 409


def test_a_unit_with_nothing_open_is_signed_off_and_opened_again(desk, path, token):
    explained(path)
    assert "Nothing is open" in desk.get(HERE).text
    assert send(desk, token, "close", seen=seen(desk)).status_code == 303
    (closing,) = held(path).values()
    assert (closing.unit, closing.year, closing.who, closing.overridden) == (UNIT, YEAR, "Hoa", False)
    said = desk.get(HERE).text
    assert "Signed off for 2026 by Hoa" in said
    assert send(desk, token, "close", seen="x").status_code == 422
    assert send(desk, token, "reopen", reason=" ").status_code == 422
    assert send(desk, token, "reopen", reason="nộp muộn").status_code == 303
    assert held(path) == {}
    with Store.open(path) as store:
        assert [(each.act, each.who, each.reason) for each in closings(store)] == [
            ("close", "Hoa", ""),
            ("reopen", "Hoa", "nộp muộn"),
        ]
        logged = store.rows("SELECT what, who, unit FROM log WHERE what IN ('close', 'reopen')")
    assert logged == [("close", "Hoa", UNIT), ("reopen", "Hoa", UNIT)]


def test_while_something_is_open_it_takes_a_reason_that_is_kept(desk, path, token):
    state = seen(desk)
    assert "is still open" in send(desk, token, "close", seen=state).text
    assert "Say why it is signed" in send(desk, token, "override", seen=state, reason=" ").text
    assert held(path) == {}
    assert send(desk, token, "override", seen=state, reason="gấp").status_code == 303
    (closing,) = held(path).values()
    assert (closing.reason, closing.overridden) == ("gấp", True)
    said = desk.get(HERE).text
    assert "gấp" in said
    assert "1 sheet has not come back: K7M2-9QXA" in said


@pytest.mark.parametrize("do", ["close", "override"])
def test_nobody_signs_what_they_have_not_seen(desk, path, token, do):
    explained(path)
    state = seen(desk)
    with Store.open(path) as store:
        store.add_verdicts([Verdict("K7M2-9QXA", "", ("=undone",), "Lan", "")])
    said = send(desk, token, do, seen=state, reason="gấp")
    assert said.status_code == 422
    assert "Something was changed since this page was shown" in said.text
    assert held(path) == {}


def test_nothing_is_signed_off_over_a_broken_trail(desk, path, token):
    explained(path)
    with Store.open(path) as store:
        store.db.execute("DROP TRIGGER verdict_stays")
        store.db.execute("UPDATE verdict SET reason = 'đi vắng'")
    assert "not as omr wrote them" in send(desk, token, "close", seen=seen(desk)).text
    assert held(path) == {}


@pytest.mark.parametrize("form", [{"do": "open"}, {"do": "close", "year": "x"}, {"do": "close", "year": ""}])
def test_what_no_form_of_ours_asks_is_not_found(desk, token, form):
    assert desk.post(f"{HERE}/closing", data={"csrf": token, "year": "2026", **form}).status_code == 404


def test_a_forged_form_signs_nothing(desk, path):
    explained(path)
    state = seen(desk)
    for token in ("", "x"):
        assert send(desk, token, "close", seen=state).status_code == 403
    assert held(path) == {}


@pytest.mark.usefixtures("printed")
def test_nobody_signs_without_a_name(person, path, token):
    explained(path)
    said = person.get(HERE).text
    assert 'name="who"' in said
    assert 'name="seen"' not in said
    assert "Say your name first" in send(person, token, "close", seen="x").text
    assert held(path) == {}


@pytest.mark.usefixtures("printed")
@pytest.mark.parametrize(
    ("role", "signs"),
    [(Role.OPERATOR, False), (Role.REVIEWER, False), (Role.HEAD, True), (Role.ADMIN, True)],
)
def test_heads_and_admins_sign_the_others_see_what_is_open(account, sign_in, path, role, signs):
    account("Minh", role, frozenset({UNIT}))
    client = sign_in("Minh")[0]
    said = client.get(HERE).text
    assert "1 sheet has not come back" in said
    assert ('value="override"' in said) == signs
    assert ('href="/units/CB01/absent"' in said) == (role is not Role.OPERATOR)
    token = re.search(r'name="csrf" value="([^"]+)"', said)[1]
    state = seen(client) if signs else "x"
    answer = send(client, token, "override", seen=state, reason="gấp")
    assert answer.status_code == (303 if signs else 403)
    assert [each.who for each in held(path).values()] == (["Minh"] if signs else [])


@pytest.mark.usefixtures("printed")
def test_a_head_of_another_unit_finds_nothing_to_sign(account, sign_in, path):
    account("Minh", Role.HEAD, frozenset({"CB02"}))
    client = sign_in("Minh")[0]
    token = re.search(r'name="csrf" value="([^"]+)"', client.get("/password").text)[1]
    assert send(client, token, "override", seen="x", reason="gấp").status_code == 404
    assert held(path) == {}


def test_an_absence_is_explained_with_a_reason_and_taken_back(desk, path, token):
    at, data = f"{HERE}/absent", {"csrf": token, "sheet": "K7M2-9QXA"}
    assert "Lê Hòa" in desk.get(at).text
    said = desk.post(at, data={**data, "chosen": "absent", "reason": ""})
    assert (said.status_code, "Say why" in said.text) == (422, True)
    assert desk.post(at, data={**data, "chosen": "absent", "reason": "nghỉ ốm"}).status_code == 303
    assert "nghỉ ốm (Hoa)" in desk.get(at).text
    assert "Nothing is open" in desk.get(HERE).text
    desk.post(at, data={**data, "chosen": "=undone"})
    assert "1 sheet has not come back" in desk.get(HERE).text
    for wrong in ({"sheet": "XXXX-XXXX", "chosen": "absent"}, {"chosen": "valid"}):
        assert desk.post(at, data={**data, "reason": "x", **wrong}).status_code == 404
    with Store.open(path) as store:
        assert [(v.chosen, v.reviewer) for v in store.verdicts()] == [
            (("absent",), "Hoa"),
            (("=undone",), "Hoa"),
        ]


@pytest.mark.usefixtures("printed")
def test_a_reviewer_sees_sheets_that_are_not_back_without_names(account, sign_in):
    account("Minh", Role.REVIEWER, frozenset({UNIT}))
    said = sign_in("Minh")[0].get(f"{HERE}/absent").text
    assert "K7M2-9QXA" in said
    assert "Lê Hòa" not in said


def test_a_closed_unit_takes_no_explanation(desk, path, token):
    send(desk, token, "override", seen=seen(desk), reason="gấp")
    data = {"csrf": token, "sheet": "K7M2-9QXA", "chosen": "absent", "reason": "x"}
    said = desk.post(f"{HERE}/absent", data=data)
    assert said.status_code == 409
    assert "signed off by Hoa" in said.text
    with Store.open(path) as store:
        assert store.verdicts() == ()
