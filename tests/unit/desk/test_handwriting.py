"""Fields written by hand at the desk: shown to who may see names, copied, suggested, signatures decided."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from PIL import Image

from omr.batch.persons import name_fields
from omr.cli.session import opened
from omr.desk.access import ACCESS, Role
from omr.model.score import SheetIssue
from omr.model.unit import IssuedSheet, Member
from omr.store import handwriting
from omr.store.imports import put_roster
from omr.store.store import Store

SCANS = Path(__file__).parents[3] / "samples" / "scans"
FOLDER = min(path for path in SCANS.iterdir() if path.is_dir())


@pytest.fixture
def results(app, person, token, path):
    """Every sheet of a unit that was read, its person named."""
    person.post("/intake", data={"csrf": token, "folder": str(FOLDER), "unit": "CB01"})
    app.state.intake.wait()
    person.post("/name", data={"csrf": token, "who": "Lan", "then": "/"})
    with opened(path) as office:
        return list(office.sheets(unit="CB01"))


def address(result):
    return f"/units/CB01/sheets/{quote(result.sheet.name)}/handwriting"


def with_field(results, kind):
    """Return a sheet with a field of that kind, and the field."""
    return next(
        (result, field)
        for result in results
        if kind != "signature"
        or result.layout.scoring == "dem-bieu-hien"  # handbooks are not signed each time
        for number in result.readings
        for field in result.layout.page(number).fields
        if (field.kind == "signature") == (kind == "signature")
    )


def test_a_field_is_copied_beside_its_crop_and_stands_on_the_sheets_page(person, token, results, path):
    result, field = with_field(results, "text")
    here = address(result)
    for text in ("Nguyễn  Văn A", "Nguyễn Văn B"):
        assert person.post(here, data={"csrf": token, "field": field.id, "text": text}).status_code == 303
    page = person.get(here).text
    assert 'value="Nguyễn Văn B"' in page
    assert "before: Nguyễn Văn A (Lan)" in page
    picture = np.asarray(Image.open(io.BytesIO(person.get(f"{here}/{field.id}.png").content)))
    assert picture.shape[1] == 800
    assert (picture < 128).mean() > 0.001
    assert "Nguyễn Văn B" in person.get(here.removesuffix("/handwriting")).text
    with Store.open(path) as store:
        assert [each.text for each in handwriting.of_sheet(store, result.sheet.name)] == [
            "Nguyễn Văn A",
            "Nguyễn Văn B",
        ]
        assert store.breaks() == ()


def test_who_may_not_see_names_sees_neither_crops_nor_copies(person, token, results, monkeypatch):
    result, field = with_field(results, "text")
    person.post(address(result), data={"csrf": token, "field": field.id, "text": "Nguyễn Văn A"})
    assert not any(
        Role.REVIEWER in roles for (_way, route), roles in ACCESS.items() if "handwriting" in route
    )
    monkeypatch.setattr("omr.desk.routes.sheets.sees_names", lambda _role: False)
    assert "Nguyễn Văn A" not in person.get(address(result).removesuffix("/handwriting")).text


@pytest.mark.parametrize("typed", ["trần", "tran", "TRAN THI", "thị hòa", "thị hoà", "hoa"])
def test_names_are_suggested_however_they_are_typed(person, results, path, typed):
    layout = results[0].layout
    with Store.open(path) as store:
        store.freeze(layout)
        store.issue(
            [
                IssuedSheet(serial, layout.id, layout.version, layout.digest, 2026, unit, 1, "NV1", name)
                for serial, unit, name in [
                    ("0000-0000", "CB01", "Trần Thị Hòa"),
                    ("0000-0001", "CB01", "Lê <b>Đức</b>"),
                    ("0000-0002", "CB02", "Trần Thị Hòa Bình"),
                ]
            ]
        )
    found = person.get("/units/CB01/names", params={"text": typed}).text
    assert re.findall(r'data-name="([^"]+)"', found) == ["Trần Thị Hòa"]
    assert "<b>" not in person.get("/units/CB01/names", params={"text": "đức"}).text


def test_a_sheet_is_accounted_for_by_the_name_read_on_it(person, token, results, path):
    result = next(each for each in results if any(name_fields(each.layout)))
    field = next(name_fields(result.layout))
    with Store.open(path) as store:
        put_roster(
            store,
            2026,
            [
                Member("01", "Trần Thị Hòa", "CB01"),
                Member("02", "Lê Văn An", "CB01"),
                Member("03", "Lê Văn An", "CB01"),
            ],
        )
    waiting = person.get("/units/CB01/sheets").text.count("whose is it?")
    assert waiting >= 2
    found = person.get("/units/CB01/names", params={"text": "le van"}).text
    assert re.findall(r'data-name="([^"]+)"', found) == ["Lê Văn An (02)", "Lê Văn An (03)"]
    for text, said in (
        ("Lê Văn An", "nobody, or several"),
        ("Lê Văn An (03)", "In the roster: Lê Văn An (03)"),
    ):
        person.post(address(result), data={"csrf": token, "field": field.id, "text": text})
        assert said in person.get(address(result)).text
    listed = person.get("/units/CB01/sheets").text
    assert "<td>Lê Văn An (03)</td>" in listed
    assert listed.count("whose is it?") == waiting - 1
    following = re.search(r'rel="next" href="([^"]+)"', person.get(address(result)).text)[1]
    assert following != address(result)
    assert person.get(following).status_code == 200


def test_a_person_decides_whether_a_sheet_is_signed(person, token, results, path):
    result, field = with_field(results, "signature")
    data = {"csrf": token, "field": field.id}
    with Store.open(path) as store:
        for page in result.sheet.pages:
            reading = store.reading(page)
            if reading.signed is not None:
                store.reclassify(page, replace(reading, signed=False))

    def now():
        with opened(path) as office:
            return next(each for each in office.sheets(unit="CB01") if each.sheet.name == result.sheet.name)

    assert SheetIssue.UNSIGNED in now().score.issues
    assert "The machine sees no signature" in person.get(address(result)).text
    person.post(address(result), data={**data, "text": "signed"})
    assert SheetIssue.UNSIGNED not in now().score.issues
    person.post(address(result), data={**data, "text": "unsigned"})
    assert now().set_aside
    assert "does not count" in person.get(address(result)).text


@pytest.mark.parametrize(("field", "text"), [("nothing", "x"), ("../x", "x"), ("", "")])
def test_no_other_field_is_copied(person, token, results, path, field, text):
    answer = person.post(address(results[0]), data={"csrf": token, "field": field, "text": text})
    assert answer.status_code == 404
    with Store.open(path) as store:
        assert handwriting.standing(store) == {}
