"""Forms printed at the desk, and reports to download."""

from __future__ import annotations

import csv
import dataclasses
import io
import re
import zipfile
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pypdfium2
import pytest
from openpyxl import Workbook, load_workbook

from omr.cli.session import opened
from omr.desk import printery
from omr.people import tablefile

ROSTER = "Mã,Họ và tên,Đơn vị\nNV1,Nguyễn Thị Hoa,CB05\nNV2,Trần Văn Bình,CB05\n"
SCANS = Path(__file__).parents[3] / "samples" / "scans"


@pytest.fixture
def order(person, token):
    """Send an order of forms as the page does."""

    def post(**fields):
        return person.post("/forms", data={"csrf": token, "layout": "tayninh-cam-ket", **fields})

    return post


@pytest.fixture
def bring(person, token):
    """Send a list of people as the page does."""

    def post(body, name="ds.csv"):
        return person.post(
            "/forms/roster", params={"name": name}, content=body, headers={"X-CSRF-Token": token}
        )

    return post


def files(person):
    """Return the names on the page of forms: PDFs and manifests, newest first."""
    return re.findall(r'href="/forms/([^"]+)"', person.get("/forms").text)


def issued(path):
    with opened(path) as office:
        return list(office.store.issued_sheets().values())


def test_blank_copies_are_printed_and_remembered(person, order, path):
    assert order(what="copies", copies="3", unit="CB05", duplex="on").headers["location"] == "/forms"
    pdf, manifest = files(person)
    with pypdfium2.PdfDocument(person.get(f"/forms/{pdf}").content) as document:
        assert len(document) == 6
    rows = list(csv.DictReader(io.StringIO(person.get(f"/forms/{manifest}").content.decode("utf-8-sig"))))
    sheets = issued(path)
    assert [row["sheet"] for row in rows] == [sheet.serial for sheet in sheets]
    assert {(sheet.unit, sheet.year, sheet.master) for sheet in sheets} == {("CB05", 2026, False)}


def test_a_list_of_people_is_looked_at_when_it_comes_in_and_printed_for(person, order, bring, path):
    answer = bring(ROSTER.encode())
    assert (answer.status_code, answer.json()["told"]) == (201, "ds.csv: people: 2")
    assert order(what="roster", roster=answer.json()["token"]).status_code == 303
    assert [(sheet.name, sheet.unit) for sheet in issued(path)] == [
        ("Nguyễn Thị Hoa", "CB05"),
        ("Trần Văn Bình", "CB05"),
    ]
    assert len(files(person)) == 2


def test_a_workbook_is_a_list_as_well(bring):
    book, body = Workbook(), io.BytesIO()
    for row in csv.reader(io.StringIO(ROSTER)):
        book.active.append(row)
    book.save(body)
    assert bring(body.getvalue(), "ds.xlsx").json()["told"] == "ds.xlsx: people: 2"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (ROSTER.replace("NV2", "NV1").encode(), "ds.csv, line 3"),
        (b"\0" * 100, "not a table"),
        (b"", ""),
        (b"x" * (9 * 2**20), "too large for a roster"),
    ],
)
def test_faults_of_a_list_are_told_by_its_own_name(bring, body, said):
    answer = bring(body)
    assert answer.status_code == 422
    assert said in answer.text
    assert "omr-rosters" not in answer.text


def test_a_workbook_that_would_burst_is_not_opened(bring, monkeypatch):
    monkeypatch.setattr(tablefile, "MOST_UNPACKED", 2**20)
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", b"<row/>" * 2**18)
    assert "unpacks to more than 1 MB" in bring(body.getvalue(), "ds.xlsx").text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"what": "copies", "copies": "0"}, "a whole number"),
        ({"what": "copies", "copies": "-1"}, "a whole number"),
        ({"what": "copies", "copies": "²"}, "a whole number"),
        ({"what": "copies", "copies": str(printery.MOST_SHEETS + 1)}, "at most 1000"),
        ({"what": "roster", "roster": "../../etc/passwd"}, "Choose the list"),
        ({"what": "members", "unit": "CB05"}, "Nobody is due in CB05"),
        ({"what": "copies", "copies": "1", "layout": "../x"}, "there is no layout"),
        ({"what": "copies", "copies": "1", "year": "20x6"}, "is no year"),
        ({"what": "everything"}, "Say for whom"),
    ],
)
def test_an_order_that_cannot_be_says_why_and_issues_nothing(order, path, fields, said):
    answer = order(**fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert issued(path) == []


def test_a_sheet_is_replaced(person, order, token, path):
    order(what="master")
    (first,) = issued(path)
    typed = first.serial.lower().replace("-", " ")
    assert person.post("/forms/reprint", data={"csrf": token, "sheet": typed}).status_code == 303
    with opened(path) as office:
        assert set(office.store.replaced()) == {first.serial}
    refused = person.post("/forms/reprint", data={"csrf": token, "sheet": "0000-0000"})
    assert "was not issued by this store" in refused.text


def test_who_is_held_to_units_prints_and_sees_forms_of_those_alone(
    person, order, bring, token, path, monkeypatch
):
    order(what="copies", copies="1", unit="CB05")
    order(what="copies", copies="1", unit="CB06")
    theirs, mine = (sheet.serial for sheet in issued(path))
    pdf = files(person)[2]
    monkeypatch.setattr("omr.desk.sessions.Session.sees", lambda _self, unit: unit == "CB06")
    assert len(files(person)) == 2
    assert person.get(f"/forms/{pdf}").status_code == 404
    for asked in ({"unit": "CB05"}, {"unit": ""}):
        assert "assigned to you" in order(what="copies", copies="1", **asked).text
    roster = bring(ROSTER.encode()).json()["token"]
    assert "assigned to you" in order(what="roster", roster=roster, unit="CB06").text
    for serial, status in ((theirs, 422), (mine, 303)):
        assert person.post("/forms/reprint", data={"csrf": token, "sheet": serial}).status_code == status


@pytest.mark.parametrize("name", ["..%2fomr.db", "omr.db", "%2e%2e", "x.pdf"])
def test_no_other_file_comes_out(person, order, name):
    order(what="copies", copies="1")
    assert person.get(f"/forms/{name}").status_code == 404


def test_reports_are_what_omr_report_writes(app, person, token):
    folder = min(path for path in SCANS.iterdir() if path.is_dir())
    person.post("/intake", data={"csrf": token, "folder": str(folder)})
    app.state.intake.wait()
    here = f"/units/{quote(folder.name)}/reports"
    names = re.findall(rf'href="{here}/([^"]+)"', person.get(here).text)
    assert {"reports.zip", "summary.xlsx"} < set(names)
    with zipfile.ZipFile(io.BytesIO(person.get(f"{here}/reports.zip").content)) as whole:
        assert {name for name in whole.namelist() if "/" not in name} == set(names) - {"reports.zip"}
    assert load_workbook(io.BytesIO(person.get(f"{here}/summary.xlsx").content)).sheetnames
    assert person.get(f"{here}/omr.db").status_code == 404
    assert person.get("/units/nowhere/reports").status_code == 404


def test_a_report_is_made_alone_and_only_when_it_is_asked_for(app, person, token):
    made = []

    def files(_office, code):
        def write(name, folder):
            made.append(name)
            (folder / name).write_text(code)

        return {name: partial(write, name) for name in ("summary.xlsx", "report.pdf")}

    app.state.config = dataclasses.replace(app.state.config, report=files)
    person.post("/intake", data={"csrf": token, "folder": str(min(SCANS.iterdir()))})
    app.state.intake.wait()
    here = f"/units/{quote(min(SCANS.iterdir()).name)}/reports"
    assert "report.pdf" in person.get(here).text
    assert made == []
    person.get(f"{here}/report.pdf")
    assert made == ["report.pdf"]
