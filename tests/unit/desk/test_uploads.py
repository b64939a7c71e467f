"""Scans that come in through the browser, and what is refused of them."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import time
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from omr.cli.session import opened
from omr.desk.uploads import Limits, sweep
from omr.model.closing import Act, Closing
from omr.store import uploads
from omr.store.closings import append
from omr.store.late import late_pages

SCANS = Path(__file__).parents[3] / "samples" / "scans"
FOLDER = min(path for path in SCANS.iterdir() if path.is_dir())
SCAN = min(FOLDER.iterdir())


@pytest.fixture
def send(person, token):
    """Send one file as the browser does."""

    def post(name, body, unit="", csrf=token):
        return person.post(
            "/intake/files",
            params={"name": name, "unit": unit},
            content=body,
            headers={"X-CSRF-Token": csrf},
        )

    return post


def kept(path):
    """Return the files beside the store, and what was left of others."""
    folder = path.with_name("omr.uploads")
    return sorted(str(each.relative_to(folder)) for each in folder.rglob("*")) if folder.exists() else []


def limited(app, **limits):
    app.state.uploads.limits = replace(Limits(kept_free=0), **limits)


def picture(size=(20, 30)) -> bytes:
    body = io.BytesIO()
    Image.new("L", size, 255).save(body, "PNG")
    return body.getvalue()


def claims(width, height) -> bytes:
    """A small PNG that claims to be large."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def stack(frames) -> bytes:
    """A TIFF of pictures of one pixel."""
    tags = [(256, 1), (257, 1), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (278, 1), (279, 1)]
    size = 2 + 12 * len(tags) + 4
    out = bytearray(b"II*\0" + struct.pack("<I", 8))
    for frame in range(frames):
        out += struct.pack("<H", len(tags))
        out += b"".join(struct.pack("<HHIHH", tag, 3, 1, value, 0) for tag, value in tags)
        out += struct.pack("<I", 8 + size * (frame + 1) if frame + 1 < frames else 0)
    return bytes(out)


def test_a_folder_that_comes_in_is_kept_by_content_and_read_for_its_unit(app, person, token, send, path):
    for file in FOLDER.iterdir():
        answer = send(f"CB77/{file.name}", file.read_bytes())
        assert (answer.status_code, answer.text) == (201, "")
    digest = hashlib.sha256(SCAN.read_bytes()).hexdigest()
    assert f"{digest}/{SCAN.name}" in kept(path)
    assert "came in and" in person.get("/intake").text
    assert person.post("/intake/uploads", data={"csrf": token}).status_code == 303
    app.state.intake.wait()
    done = app.state.intake.progress()
    assert (done.fault, done.running) == ("", False)
    assert done.tally.read > 0
    with opened(path) as office:
        assert "CB77" in {page.scan.unit for page in office.store.pages()}
        assert uploads.waiting(office.store) == ()
        assert {trail.table: trail.rows for trail in office.store.trails()}["log"] == len(
            list(FOLDER.iterdir())
        )
    assert "came in and" not in person.get("/intake").text


def test_what_comes_in_for_a_closed_unit_waits_until_it_is_opened_again(app, person, token, send, path):
    scan = min(SCANS.rglob("nghean*.jpg"))
    sign(path, Act.CLOSE)
    send(f"CB77/{scan.name}", scan.read_bytes())
    person.post("/intake/uploads", data={"csrf": token})
    app.state.intake.wait()
    with opened(path) as office:
        assert office.store.pages() == ()
        assert [each.unit for each in late_pages(office.store)] == ["CB77"]
        assert len(uploads.waiting(office.store)) == 1
    sign(path, Act.REOPEN)
    person.post("/intake/uploads", data={"csrf": token})
    app.state.intake.wait()
    with opened(path) as office:
        assert len(office.store.pages()) == 1
        assert late_pages(office.store) == ()
        assert uploads.waiting(office.store) == ()


def sign(path, act):
    """Sign CB77 off for every year a sample may be of, or open it again."""
    with opened(path) as office, office.store.transaction():
        for year in (2025, 2026, 2027):
            append(office.store, Closing("CB77", year, act, "Hoa", "x", "", "d"))


def test_a_run_that_is_cancelled_leaves_its_uploads_waiting(app, person, token, send, path, monkeypatch):
    send("CB77/" + SCAN.name, SCAN.read_bytes())
    running = app.state.intake
    show = running._show

    def cancels(tally):
        running.cancel()
        show(tally)

    monkeypatch.setattr(running, "_show", cancels)
    person.post("/intake/uploads", data={"csrf": token})
    running.wait()
    assert running.progress().cancelled
    monkeypatch.setattr(running, "_show", show)
    assert "came in and" in person.get("/intake").text
    person.post("/intake/uploads", data={"csrf": token})
    running.wait()
    with opened(path) as office:
        assert uploads.waiting(office.store) == ()
        assert len(office.store.pages()) + len(office.store.rejections()) >= 1


def test_the_same_file_is_kept_once_under_its_first_name(send, path):
    assert send("CB01/một.png", picture()).status_code == 201
    assert send("hai.png", picture(), unit="CB02").status_code == 201
    digest = hashlib.sha256(picture()).hexdigest()
    assert kept(path) == [digest, f"{digest}/một.png"]
    with opened(path) as office:
        assert [(each.name, each.unit) for each in uploads.waiting(office.store)] == [("một.png", "CB02")]


NAMES = [
    "../x.png", "CB01/../../x.png", "/etc/x.png", "CB01//x.png", "..\\x.png", "C:\\x.png", "c:x.png",
    "a\0.png", "a\nb.png", "NUL.png", "CB01/con.png", "com1.scan.png", "LPT9/x.png", "x.png ", "x.png.",
    "x?.png", ".", "",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_leads_elsewhere_or_that_windows_reserves_is_refused(send, path, name):
    answer = send(name, picture(), unit="CB01")
    assert (answer.status_code, "Rename the file" in answer.text) == (422, True)
    assert kept(path) == []


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("a.exe", picture(), "a.exe is no scan"),
        ("a.pdf", b"MZ\x90\0" * 400, "a.pdf is no scan"),
        ("a.png", b"", "a.png is no scan"),
        ("a.png", b"<script>alert(1)</script>", "a.png is no scan"),
        ("a.png", picture()[:20], "a.png is damaged or cut off"),
        ("a.png", claims(50_000, 50_000), "a.png is too large (50000 × 50000 px)"),
        ("a.tif", stack(20_100), "a.tif holds more than 20000 pages"),
        ("a" * 120 + ".png", picture(), "is too long"),
    ],
)
def test_what_is_no_scan_or_would_burst_is_refused_and_nothing_of_it_is_kept(send, path, name, body, said):
    answer = send(name, body, unit="CB01")
    assert answer.status_code == 422
    assert said in answer.text
    assert kept(path) == []


def test_a_large_stack_is_counted_no_further_than_a_file_may_go(send):
    began = time.monotonic()
    assert send("a.tif", stack(100_000), unit="CB01").status_code == 422
    assert time.monotonic() - began < 60


def test_a_file_without_a_folder_needs_a_unit(send):
    assert "Say which unit a.png is of" in send("a.png", picture()).text


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"a_file": 10}, "is too large"),
        ({"in_all": 10}, "is too large"),
        ({"files": 0}, "Too many files wait"),
        ({"kept_free": 2**60}, "nearly full"),
    ],
)
def test_limits_hold(app, send, path, limits, said):
    limited(app, **limits)
    answer = send("a.png", picture(), unit="CB01")
    assert (answer.status_code, said in answer.text) == (422, True)
    assert kept(path) == []


def test_a_body_without_a_length_is_bounded_as_well(app, send, path):
    limited(app, a_file=100_000)

    def pieces():
        for _turn in range(4):
            yield b"\0" * 65_536

    assert "is too large" in send("a.png", pieces(), unit="CB01").text
    assert kept(path) == []


def test_a_forged_upload_is_refused_before_anything_is_written(send, path):
    assert send("a.png", picture(), unit="CB01", csrf="wrong").status_code == 403
    assert kept(path) == []


def test_a_form_stays_as_short_as_a_form(person, token):
    assert person.post("/intake", content=b"x" * 70_000, headers={"X-CSRF-Token": token}).status_code == 413


def test_what_a_killed_desk_left_is_swept_after_a_day(tmp_path):
    for name, age in (("part-old", 90_000), ("part-new", 60)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "half.pdf").write_bytes(b"%PDF-")
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    sweep(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["part-new"]
