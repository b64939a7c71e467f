"""What the desk shows and does."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from omr.batch.remedies import remedy
from omr.model.reading import Reason, Rejection
from omr.model.scan import ScanId, Source
from omr.store.store import Store

SCANS = Path(__file__).parents[3] / "samples" / "scans"


def test_a_new_store_says_what_to_do_first(person):
    page = person.get("/").text
    assert "Begin by reading a folder of scans" in page
    assert 'href="/intake"' in page


def test_a_folder_is_read_and_its_unit_stands_there_with_a_workbook(app, person, token, path):
    folder = min(path for path in SCANS.iterdir() if path.is_dir())
    begun = person.post("/intake", data={"csrf": token, "folder": str(folder), "unit": ""})
    assert (begun.status_code, begun.headers["location"]) == (303, "/intake")
    app.state.intake.wait()
    done = app.state.intake.progress()
    assert done.fault == ""
    assert done.tally.read > 0
    assert "Done." in person.get("/intake/progress").text
    assert folder.name in person.get("/").text
    assert "Ledger" in person.get(f"/units/{folder.name}").text
    book = person.get(f"/units/{folder.name}/summary.xlsx")
    with Store.open(path) as store:
        assert {trail.table: trail.rows for trail in store.trails()}["log"] == 1
    assert folder.name in str(
        [[cell.value for row in sheet for cell in row] for sheet in load_workbook(io.BytesIO(book.content))]
    )

    person.post("/intake", data={"csrf": token, "folder": str(folder)})
    app.state.intake.wait()
    again = app.state.intake.progress().tally
    assert (again.scans, again.known) == (0, done.tally.scans)


def test_a_cancelled_run_is_gone_on_with(app, person, token, monkeypatch):
    running = app.state.intake
    show, seen = running._show, []

    def first_task_cancels(tally):
        seen.append(tally)
        if len(seen) == 1:
            person.post("/intake/cancel", data={"csrf": token})
        show(tally)

    monkeypatch.setattr(running, "_show", first_task_cancels)
    person.post("/intake", data={"csrf": token, "folder": str(SCANS)})
    running.wait()
    assert running.progress().cancelled
    assert "Cancelled" in person.get("/intake").text
    stored = running.progress().tally.scans
    assert stored > 0
    person.post("/intake", data={"csrf": token, "folder": str(SCANS)})
    running.wait()
    assert not running.progress().cancelled
    assert running.progress().tally.known >= stored


def test_a_unit_says_what_to_do_about_its_own_refused_scans(person, path):
    with Store.open(path) as store:
        for at, (unit, name) in enumerate([("CB01", "<i>mine.pdf"), ("CB02", "theirs.pdf")]):
            source = Source(str(at) * 64, f"/secret/{name}", 1, 1)
            store.add_sources(source)
            refused = [
                Rejection(ScanId(source.sha256, 7), Reason.TWO_PAGES, ""),
                Rejection(ScanId(source.sha256, 8), Reason.BLANK_PAGE, ""),
            ]
            store.put(store.begin_batch([], 2026), unit, refused)
    page = person.get("/units/CB01").text
    assert "&lt;i&gt;mine.pdf" in page
    assert remedy(Reason.TWO_PAGES) in page
    assert remedy(Reason.BLANK_PAGE) not in page
    assert "theirs.pdf" not in page
    assert "/secret" not in page


def test_closing_the_desk_ends_the_run(app):
    with TestClient(app):
        assert app.state.intake.start(SCANS, None)
    done = app.state.intake.progress()
    assert not done.running
    assert done.fault == ""


@pytest.mark.parametrize("folder", ["", "samples", "/no/such/folder", "/tmp\0"])  # noqa: S108
def test_a_folder_that_is_not_there_is_told(app, person, token, folder):
    answer = person.post("/intake", data={"csrf": token, "folder": folder})
    assert answer.status_code == 422
    assert "There is no such folder" in answer.text
    assert not app.state.intake.progress().running


def test_the_language_is_chosen_by_the_person(person, token):
    assert "Read scans" in person.get("/").text
    assert person.post("/language", data={"csrf": token, "language": "vi"}).status_code == 303
    assert '<html lang="vi">' in person.get("/").text
    assert "Read scans" not in person.get("/").text
    assert person.post("/language", data={"csrf": token, "language": "../x"}).status_code == 404
