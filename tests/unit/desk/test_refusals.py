"""Refused scans at the desk: settled, or named by a person and read."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from omr.audit.card import Group
from omr.audit.items import items
from omr.batch.ledger import ledger
from omr.batch.refusals import refusals
from omr.cli.session import opened
from omr.model.settlement import Way

SCANS = Path(__file__).parents[3] / "samples" / "scans"
UNIT = "CB01"


def without_code(path: Path) -> None:
    """Paint the corners of a page white: its codes are gone, its squares are not all."""
    page = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_GRAYSCALE)
    height, width = page.shape
    for top in (0, height - height // 9):
        for left in (0, width - width // 6):
            page[top : top + height // 9, left : left + width // 6] = 250
    path.write_bytes(cv2.imencode(".jpg", page)[1].tobytes())


@pytest.fixture
def names(tmp_path, path):
    """Two pages of handbooks, the first one's code gone; returns the serials as they were."""
    target = tmp_path / UNIT
    target.mkdir()
    pages = sorted(SCANS.rglob("nghean*.jpg"))[:2]
    for page in pages:
        shutil.copy(page, target / page.name)
    from omr.intake.frames import open_source, scans
    from omr.pipeline import read_scan

    with opened(path) as office:
        found = [read_scan(scan, office.layouts)[0] for page in pages for scan in scans(open_source(page))]
    without_code(target / pages[0].name)
    return found


@pytest.fixture
def desk(app, person, token, names, tmp_path):
    """A browser at a unit with one refused scan of those in `names`, its person named."""
    assert names
    person.post("/intake", data={"csrf": token, "folder": str(tmp_path / UNIT)})
    app.state.intake.wait()
    person.post("/name", data={"csrf": token, "who": "Lan", "then": "/"})
    return person


def refused(path):
    with opened(path) as office:
        return [each for each in refusals(office.store) if not each.is_blank]


def row_of(path) -> str:
    return f"/units/{UNIT}/rejections/{refused(path)[0].rejection.scan.row}"


def balanced(path) -> bool:
    with opened(path) as office:
        return all(row.balanced for row in ledger(office.store, office.sheets()))


@pytest.mark.parametrize("way", ["blank", "foreign", "rescanned"])
def test_a_refused_scan_is_settled_and_the_ledger_adds_up(desk, path, token, way):
    assert not balanced(path)
    assert desk.post(row_of(path), data={"csrf": token, "do": way}).status_code == 303
    (each,) = refused(path)
    assert (each.settlement.way, each.settlement.reviewer, each.is_open) == (way, "Lan", False)
    assert balanced(path)
    with opened(path) as office:
        assert office.store.breaks() == ()
    desk.post(row_of(path), data={"csrf": token, "do": "open"})
    assert refused(path)[0].is_open
    assert not balanced(path)


def test_what_is_to_be_scanned_again_stays_open_and_is_on_the_list(desk, path, token):
    desk.post(row_of(path), data={"csrf": token, "do": "rescan"})
    assert refused(path)[0].is_open
    listed = desk.get(f"/units/{UNIT}/rescans").text
    assert refused(path)[0].rejection.scan.path.rsplit("/", 1)[-1] in listed


def test_a_page_that_a_person_names_is_read_and_every_row_of_it_asked_about(desk, path, token, names):
    page = names[0].page
    at = row_of(path)
    assert desk.get(at).status_code == desk.get(f"{at}/page.png").status_code == 200
    said = desk.post(
        f"{at}/read", data={"csrf": token, "sheet": page.sheet.lower(), "page": "1", "layout": page.digest}
    )
    assert said.status_code == 303, said.text
    assert refused(path) == []
    with opened(path) as office:
        (held,) = office.store.settlements().values()
        assert (held.way, held.reviewer) == (Way.READ, "Lan")
        assert page.sheet in held.reason
        (sheet,) = [each for each in office.sheets(unit=UNIT) if each.sheet.name == page.sheet]
        assert len(sheet.open_questions) == len(sheet.answers)
        assert [a.answer.chosen for a in sheet.answers] == [a.chosen for a in names[0].answers]
        (group,) = [item for item in items(office.sheets(unit=UNIT)) if isinstance(item, Group)]
        assert (group.reason, len(group.rows)) == ("named", len(sheet.answers))
        assert balanced(path)
    # Reading the folder again finds nothing new: the scan is in the store.
    assert desk.get(at).status_code == 404


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ({"sheet": "1234"}, "not a serial"),
        ({"page": "9"}, "pages 1 to"),
        ({"layout": ""}, "Choose the form"),
        ({"layout": "travinh-82"}, "does not fit"),
    ],
)
def test_a_page_that_cannot_be_the_one_named_is_told_and_stays_refused(
    desk, path, token, names, named, words
):
    page = names[0].page
    data = {"csrf": token, "sheet": page.sheet, "page": "1", "layout": page.digest, **named}
    with opened(path) as office:
        if data["layout"] == "travinh-82":
            data["layout"] = next(d for d, form in office.layouts.items() if form.id == "travinh-82")
    said = desk.post(f"{row_of(path)}/read", data=data)
    assert said.status_code == 422
    assert words in said.text
    assert refused(path)[0].is_open


def test_corners_that_are_no_corners_are_refused(desk, path, token, names):
    for corners in ("1,2", "a,b,c,d,e,f,g,h", "0,0,1,0,1,1,0,2", "nan,0,1,0,1,1,0,1"):
        data = {"csrf": token, "sheet": names[0].page.sheet, "page": "1", "corners": corners}
        assert desk.post(f"{row_of(path)}/read", data=data).status_code == 422


@pytest.mark.usefixtures("names")
def test_a_name_is_asked_for_and_leads_nowhere_else(app, person, token, path, tmp_path):
    person.post("/intake", data={"csrf": token, "folder": str(tmp_path / UNIT)})
    app.state.intake.wait()
    assert "Your name" in person.get(row_of(path)).text
    assert person.post(row_of(path), data={"csrf": token, "do": "blank"}).status_code == 422
    assert refused(path)[0].settlement is None
    for then in ("//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example"):
        answer = person.post("/name", data={"csrf": token, "who": "Lan", "then": then})
        assert answer.headers["location"] == "/"
