"""What may go: images some time after signing off, omr's own copies alone unless asked, results never."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest

from omr.batch.retention import Kind, expired, leftovers, purge
from omr.model.closing import Act, Closing
from omr.model.scan import ScanId, Source
from omr.store.closings import append, standing
from omr.store.late import put_late
from omr.store.retention import strips_of

LATER = dt.date.today() + dt.timedelta(days=91)  # noqa: DTZ011 (closings are of today)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "omr.uploads"


@pytest.fixture
def scanned(office, tmp_path, folder, page):
    """A sheet of two pages: one file of the office's own, one upload; a small picture is kept of each."""
    office.issue("S1")
    own, upload = tmp_path / "CB01" / "a.pdf", None
    own.parent.mkdir()
    for number, content in ((1, b"page one"), (2, b"page two")):
        sha = hashlib.sha256(content).hexdigest()
        path = own
        if number == 2:
            path = upload = folder / sha / "b.pdf"
            path.parent.mkdir(parents=True)
        path.write_bytes(content)
        office.store.add_sources(Source(sha, str(path), len(content), 1))
        office.store.put(office.store.begin_batch(["x"], None), "CB01", [page("S1", number, ScanId(sha, 1))])
    office.store.db.execute("INSERT INTO strip SELECT scan, 'a1', x'0102' FROM reading")
    office.own, office.upload = own, upload
    return office


def kinds(office, folder, day=LATER):
    return sorted(str(each.kind) for each in leftovers(office.store, folder, day))


def test_nothing_goes_while_a_unit_is_open_or_its_time_is_not_over(scanned, folder):
    assert kinds(scanned, folder) == []
    scanned.close("CB01")
    assert kinds(scanned, folder, LATER - dt.timedelta(days=3)) == []
    assert kinds(scanned, folder) == ["pictures", "pictures", "source", "upload"]
    with scanned.store.transaction():
        append(scanned.store, Closing("CB01", 2026, Act.REOPEN, "Hoa", "x"))
    assert kinds(scanned, folder) == []


def test_a_file_that_serves_an_open_unit_as_well_stays(scanned, folder, page):
    scanned.issue("T1", unit="CB02")
    sha = hashlib.sha256(b"page one").hexdigest()
    scanned.store.put(1, "CB01", [page("T1", 1, ScanId(sha, 2))])
    scanned.say("T1", "invalid")
    scanned.close("CB01")
    assert kinds(scanned, folder) == ["pictures", "upload"]
    scanned.close("CB02")
    assert kinds(scanned, folder) == ["pictures", "pictures", "source", "upload"]


def test_a_file_with_a_page_that_came_late_stays(scanned, folder, page):
    scanned.close("CB01")
    sha = hashlib.sha256(b"page two").hexdigest()
    put_late(scanned.store, ("CB01", 2026), [page("S1", 1, ScanId(sha, 2))])
    assert kinds(scanned, folder) == ["pictures", "source"]


def test_omrs_own_copies_go_results_and_other_files_stay_and_it_is_logged(scanned, folder):
    scanned.close("CB01")
    before = [(each.sheet.name, each.score) for each in scanned.sheets()]
    found = [each for each in leftovers(scanned.store, folder, LATER) if each.kind is not Kind.SOURCE]
    gone, faults = purge(scanned.store, found, "Hoa")
    assert (len(gone), faults) == (3, ())
    assert scanned.own.exists()
    assert not scanned.upload.parent.exists()
    assert strips_of(scanned.store) == {}
    assert [(each.sheet.name, each.score) for each in scanned.sheets()] == before
    log = scanned.store.rows("SELECT detail, who, unit FROM log WHERE what = 'purge' ORDER BY detail")
    assert log == [("2026: 1 upload", "Hoa", "CB01"), ("2026: 2 pictures", "Hoa", "CB01")]
    assert kinds(scanned, folder) == ["source"]
    assert scanned.store.breaks() == ()


def test_a_source_goes_only_while_it_is_what_was_read(scanned, folder):
    scanned.close("CB01")
    (source,) = [each for each in leftovers(scanned.store, folder, LATER) if each.kind is Kind.SOURCE]
    scanned.own.write_bytes(b"something else now")
    assert purge(scanned.store, [source], "Hoa")[1] == (f"{scanned.own}: it was changed since it was read",)
    assert scanned.own.exists()
    scanned.own.write_bytes(b"page one")
    assert purge(scanned.store, [source], "Hoa") == ((source,), ())
    assert not scanned.own.exists()


@pytest.mark.parametrize(("signed", "until"), [("2024-02-29", "2027-03-01"), ("2026-12-31", "2029-12-31")])
def test_results_are_told_to_be_old_after_three_years(office, signed, until):
    office.issue("S1")
    with office.store.transaction():
        append(office.store, Closing("CB01", 2026, Act.CLOSE, "Hoa", at=f"{signed}T08:00:00+00:00"))
    held = standing(office.store).values()
    day = dt.date.fromisoformat(until)
    assert [each.since for each in expired(held, day)] == [until]
    assert expired(held, day - dt.timedelta(days=1)) == ()
