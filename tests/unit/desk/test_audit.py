"""The audit at the desk, on the samples."""

from __future__ import annotations

import io
import re
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from omr.cli.session import opened
from omr.model.verdict import Verdict
from omr.store.store import Store

SCANS = Path(__file__).parents[3] / "samples" / "scans"
UNIT = "CB01"


@pytest.fixture
def scans(tmp_path):
    """One unit's folder of scans, a copy that may be spoilt."""
    folder = max(
        (path for path in SCANS.iterdir() if path.is_dir()), key=lambda each: len(list(each.iterdir()))
    )
    return Path(shutil.copytree(folder, tmp_path / UNIT))


@pytest.fixture
def audit(app, person, token, scans):
    """A browser at the audit of a unit that was read, its person named."""
    person.post("/intake", data={"csrf": token, "folder": str(scans)})
    app.state.intake.wait()
    assert "Your name" in person.get(f"/units/{UNIT}/audit").text
    person.post(f"/units/{UNIT}/audit", data={"csrf": token, "who": "  Trần   Thị Lan "})
    return person


def shown(page: str) -> tuple[str, int]:
    """Return the id of the card on a page, and how many rows are open."""
    return re.search(r"/audit/([0-9a-f]{16})\"", page)[1], int(
        re.search(r"(\d+) rows? (?:is|are) open", page)[1]
    )


def open_rows(path) -> int:
    with opened(path) as office:
        return sum(len(sheet.open_questions) for sheet in office.sheets(unit=UNIT))


def test_a_decision_is_a_verdict_and_the_next_row_is_shown(audit, path, token):
    before = open_rows(path)
    card, left = shown(audit.get(f"/units/{UNIT}/audit").text)
    assert left == before > 1
    answer = audit.post(
        f"/units/{UNIT}/audit/{card}", data={"csrf": token, "do": "=blank"}, headers={"HX-Request": "true"}
    )
    following, left = shown(answer.text)
    assert (following != card, left) == (True, before - 1)
    assert open_rows(path) == before - 1
    with Store.open(path) as store:
        (verdict,) = store.verdicts()
        assert (verdict.chosen, verdict.reviewer) == ((), "Trần Thị Lan")
        assert store.breaks() == ()


def test_a_row_settled_twice_is_told_and_kept_once(audit, path, token):
    card, _left = shown(audit.get(f"/units/{UNIT}/audit").text)
    for _turn in range(2):
        said = audit.post(
            f"/units/{UNIT}/audit/{card}",
            data={"csrf": token, "do": "=cancelled"},
            headers={"HX-Request": "1"},
        ).text
    assert "Somebody else has settled that row" in said
    with Store.open(path) as store:
        assert [verdict.reason for verdict in store.verdicts()] == ["cancelled"]


def test_the_last_row_can_be_decided_anew(audit, path, token):
    card, left = shown(audit.get(f"/units/{UNIT}/audit").text)

    def do(what: str) -> str:
        return audit.post(
            f"/units/{UNIT}/audit/{card}", data={"csrf": token, "do": what}, headers={"HX-Request": "1"}
        ).text

    do("=blank")
    assert shown(do("=back")) == (card, left)
    do("=cancelled")
    with Store.open(path) as store:
        assert [verdict.reason for verdict in store.verdicts()] == ["", "", "cancelled"]
        assert store.verdicts()[1].chosen == ("=undone",)


def test_nobody_decides_without_a_name(app, person, token, scans, path):
    person.post("/intake", data={"csrf": token, "folder": str(scans)})
    app.state.intake.wait()
    person.get(f"/units/{UNIT}/audit")
    assert app.state.audits.enter(UNIT, "desk").item is None
    card = next(iter(app.state.audits._queues[UNIT]._open))
    said = person.post(
        f"/units/{UNIT}/audit/{card}", data={"csrf": token, "do": "=blank"}, headers={"HX-Request": "1"}
    ).text
    assert "Say your name first" in said
    with Store.open(path) as store:
        assert store.verdicts() == ()


def test_the_row_is_shown_as_scanned(audit):
    card, _left = shown(audit.get(f"/units/{UNIT}/audit").text)
    answer = audit.get(f"/units/{UNIT}/audit/{card}/row.png")
    picture = np.asarray(Image.open(io.BytesIO(answer.content)).convert("L"))
    assert answer.headers["content-type"] == "image/png"
    assert picture.shape[1] == 1100
    assert (picture < 128).mean() > 0.002


@pytest.mark.parametrize("spoil", [Path.unlink, lambda scan: scan.write_bytes(b"%PDF-another")])
def test_where_a_scan_is_gone_or_changed_the_small_picture_serves_and_the_card_says_so(
    audit, scans, path, token, spoil
):
    card, left = shown(audit.get(f"/units/{UNIT}/audit").text)
    whole = np.asarray(Image.open(io.BytesIO(audit.get(f"/units/{UNIT}/audit/{card}/row.png").content)))
    for scan in scans.iterdir():
        spoil(scan)
    audit.app.state.audits.crops._frames.clear()
    page = audit.get(f"/units/{UNIT}/audit").text
    assert "This is the small picture that was kept then" in page
    answer = audit.get(f"/units/{UNIT}/audit/{card}/row.png")
    small = np.asarray(Image.open(io.BytesIO(answer.content)))
    assert small.shape == whole.shape
    assert np.abs(small.astype(int) - whole).mean() < 6
    audit.post(
        f"/units/{UNIT}/audit/{card}", data={"csrf": token, "do": "=blank"}, headers={"HX-Request": "1"}
    )
    assert open_rows(path) == left - 1


def test_a_phone_gets_the_boxes_alone_and_the_asked_one_is_among_them(audit):
    card, _left = shown(audit.get(f"/units/{UNIT}/audit").text)
    address = f"/units/{UNIT}/audit/{card}/row.png"
    whole, narrow = (
        np.asarray(Image.open(io.BytesIO(audit.get(address, params=which).content)))
        for which in ({}, {"narrow": "1"})
    )
    assert narrow.shape[0] == whole.shape[0]
    assert 300 < narrow.shape[1] < whole.shape[1] / 2
    outlined = [(shown[..., 0] > 200) & (shown[..., 1] < 80) for shown in (whole, narrow)]
    assert outlined[0].sum() == outlined[1].sum() > 50


def test_a_scan_that_is_gone_or_changed_is_not_decided_on_without_any_picture(audit, scans, path):
    with Store.open(path) as store:
        store.write([("DELETE FROM strip", [()])])
    for scan in scans.iterdir():
        scan.write_bytes(scan.read_bytes() + b"changed")
    page = audit.get(f"/units/{UNIT}/audit").text
    card, _left = shown(page)
    assert "was changed since it was read" in page
    assert 'value="=blank"' not in page
    assert audit.get(f"/units/{UNIT}/audit/{card}/row.png").status_code == 404
    shutil.rmtree(scans)
    assert "is not there any more" in audit.get(f"/units/{UNIT}/audit").text


@pytest.mark.parametrize("what", ["", "co|khong", "=all", "../x", "<script>"])
def test_what_is_no_choice_of_the_row_is_refused(audit, token, what, path):
    card, _left = shown(audit.get(f"/units/{UNIT}/audit").text)
    assert audit.post(f"/units/{UNIT}/audit/{card}", data={"csrf": token, "do": what}).status_code == 404
    with Store.open(path) as store:
        assert store.verdicts() == ()


def test_cards_and_units_that_are_not_there_are_not_found(audit, token):
    audit.get(f"/units/{UNIT}/audit")
    assert audit.get("/units/nowhere/audit").status_code == 404
    assert audit.get(f"/units/{UNIT}/audit/0000000000000000/row.png").status_code == 404
    assert (
        audit.post("/units/nowhere/audit/0000000000000000", data={"csrf": token, "do": "=pass"}).status_code
        == 404
    )


def test_names_are_covered_on_a_row():
    from omr.model.geometry import PointMm, RectMm
    from omr.overlay import ROW_WIDTH, row_cut, row_picture

    class Plain:
        """A registration of 10 px a millimetre."""

        def quad(self, area: RectMm):
            return tuple(PointMm(corner.x * 10, corner.y * 10) for corner in area.corners)

    image = np.full((500, 1200), 255, np.uint8)
    cv2.putText(image, "Tran Thi B", (300, 250), cv2.FONT_HERSHEY_SIMPLEX, 2, 0, 5)
    area, name = RectMm(10, 15, 100, 20), RectMm(28, 18, 45, 10)
    assert row_cut(image, Plain(), area, (), ROW_WIDTH).min() < 50
    covered = row_picture(row_cut(image, Plain(), area, (name,), ROW_WIDTH), area, ())
    assert covered.shape == (ROW_WIDTH // 5, ROW_WIDTH, 3)
    assert covered.min() > 200


def test_two_who_disagree_are_asked_no_more_and_a_third_decides(audit, app, path, token):
    before = open_rows(path)
    card, _left = shown(audit.get(f"/units/{UNIT}/audit").text)
    held = app.state.audits._queues[UNIT].card(card)
    for who, chosen in (("Lan", ()), ("Minh", (held.choices[0].id,))):
        with Store.open(path) as store:
            store.add_verdicts([Verdict(held.sheet, held.question, chosen, who, "")])
    assert open_rows(path) == before
    app.state.audits._queues.clear()
    audit.post(f"/units/{UNIT}/audit", data={"csrf": token, "who": "Minh"})
    for _turn in range(before):
        page = audit.get(f"/units/{UNIT}/audit").text
        if "Nothing is left" in page:
            break
        assert card not in page
        audit.post(f"/units/{UNIT}/audit/{shown(page)[0]}", data={"csrf": token, "do": "=pass"})
    audit.post(f"/units/{UNIT}/audit", data={"csrf": token, "who": "Hoa"})
    third = app.state.audits._queues[UNIT].card(card)
    assert third.disputed == {"Lan", "Minh"}
    audit.post(f"/units/{UNIT}/audit/{card}", data={"csrf": token, "do": "=blank"})
    assert open_rows(path) == before - 1
