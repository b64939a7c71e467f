"""A sheet at the desk: its answers, its pages, and deciding a row anew."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from omr.cli.session import opened
from omr.desk.access import Role
from omr.store.store import Store

SCANS = Path(__file__).parents[3] / "samples" / "scans"
UNIT = "CB01"


@pytest.fixture
def desk(app, person, token, tmp_path):
    """A browser at a unit of two handbook pages, its person named."""
    (tmp_path / UNIT).mkdir()
    for page in sorted(SCANS.rglob("nghean*.jpg"))[:2]:
        shutil.copy(page, tmp_path / UNIT / page.name)
    person.post("/intake", data={"csrf": token, "folder": str(tmp_path / UNIT)})
    app.state.intake.wait()
    person.post("/name", data={"csrf": token, "who": "Lan", "then": "/"})
    return person


def names(path):
    with opened(path) as office:
        return [sheet.sheet.name for sheet in office.sheets(unit=UNIT)]


def test_a_unit_lists_its_sheets_and_each_shows_its_answers(desk, path):
    listed = desk.get(f"/units/{UNIT}/sheets").text
    assert all(name in listed for name in names(path))
    shown = desk.get(f"/units/{UNIT}/sheets/{names(path)[0]}").text
    with opened(path) as office:
        sheet = next(iter(office.sheets(unit=UNIT)))
    assert shown.count("<select") == len(sheet.answers)
    with Store.open(path) as store:
        looks = store.rows("SELECT unit, detail, who FROM log WHERE what = 'sheet looked at'")
    assert looks == [(UNIT, names(path)[0], "Lan")]


def test_a_row_decided_on_the_sheet_is_a_verdict_and_may_be_taken_back(desk, path, token):
    at = f"/units/{UNIT}/sheets/{names(path)[0]}"
    with opened(path) as office:
        answer = next(iter(office.sheets(unit=UNIT))).answers[0].answer
    data = {"csrf": token, "question": answer.question}
    assert desk.post(at, data={**data, "chosen": "=blank"}).status_code == 303
    assert re.search(r"Lan: not ticked", desk.get(at).text)
    desk.post(at, data={**data, "chosen": "=undone"})
    with opened(path) as office:
        settled = next(iter(office.sheets(unit=UNIT))).answers[0]
    assert (settled.decided_by, settled.answer) == ("machine", answer)
    assert desk.post(at, data={**data, "chosen": "khac"}).status_code == 404
    assert desk.post(at, data={**data, "question": "khac", "chosen": "=blank"}).status_code == 404


def test_a_sheet_is_said_to_count_or_not_with_its_reason(desk, path, token):
    name = names(path)[0]
    at = f"/units/{UNIT}/sheets/{name}"
    assert "Say why" in desk.post(f"{at}/whole", data={"csrf": token, "chosen": "invalid"}).text
    data = {"csrf": token, "chosen": "invalid", "reason": "viết tắt tên"}
    assert desk.post(f"{at}/whole", data=data).status_code == 303
    assert re.search(r"<b>it does not count</b> \(Lan\): viết tắt tên", desk.get(at).text)
    with opened(path) as office:
        assert next(iter(office.sheets(unit=UNIT))).set_aside
    desk.post(f"{at}/whole", data={"csrf": token, "chosen": "=undone"})
    assert desk.post(f"{at}/whole", data={"csrf": token, "chosen": "valid"}).status_code == 303
    with opened(path) as office:
        sheet = next(iter(office.sheets(unit=UNIT)))
        assert (sheet.set_aside, sheet.valid, sheet.decided) == (False, True, True)
    assert desk.post(f"{at}/whole", data={"csrf": token, "chosen": "absent"}).status_code == 404
    assert (
        desk.post(f"/units/{UNIT}/sheets/X/whole", data={"csrf": token, "chosen": "valid"}).status_code == 404
    )


def test_a_sheet_that_lacks_a_page_says_so_until_somebody_decides(desk, path, token):
    name = names(path)[0]
    with Store.open(path) as store:
        store.db.execute("UPDATE reading SET pages = 9")
        store.db.execute("DELETE FROM touched")
    at = f"/units/{UNIT}/sheets/{name}"
    assert "pages missing: " in desk.get(at).text
    desk.post(f"{at}/whole", data={"csrf": token, "chosen": "valid"})
    assert "pages missing: " not in desk.get(at).text


def test_only_who_may_sees_what_was_written_by_hand(desk, app, path):
    at = f"/units/{UNIT}/sheets/{names(path)[0]}/1.png"

    def looked() -> np.ndarray:
        body = desk.get(at).content
        return cv2.imdecode(np.frombuffer(body, np.uint8), cv2.IMREAD_COLOR)

    whole = looked()
    (session,) = app.state.sessions._open.values()
    session.role = Role.REVIEWER
    covered = looked()
    assert whole.shape == covered.shape
    changed = np.any(whole != covered, axis=2)
    # The fields written by hand stand above the table; nothing else is touched.
    assert 0.005 < changed.mean() < 0.2
    assert np.all(covered[changed] == 255)


def test_a_sheet_that_is_not_there_is_not_found(desk, path):
    assert desk.get(f"/units/{UNIT}/sheets/NOPE").status_code == 404
    assert desk.get(f"/units/{UNIT}/sheets/{names(path)[0]}/9.png").status_code == 404
    assert desk.get(f"/units/NOPE/sheets/{names(path)[0]}").status_code == 404
    assert desk.get("/units/NOPE/sheets").status_code == 404
