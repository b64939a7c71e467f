"""Layouts at the desk: a blank that comes in, the sketch that is drafted of it, edited, tried, saved."""

from __future__ import annotations

import io
import json
import re

import pypdfium2
import pytest
from PIL import Image
from reportlab.graphics.barcode import createBarcodeDrawing
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from omr.cli import main
from omr.cli.session import opened
from omr.desk import blankprints, sketches
from omr.desk.uploads import Limits
from omr.draft.freeze import print_on_blank
from omr.forms.grids import boxes_of
from omr.forms.load import load
from omr.intake.frames import open_source
from omr.model.account import Role
from omr.model.reading import Reason, Rejection
from omr.model.scan import ScanId
from omr.store.log import Wanted, log_rows

HEAD = {"title": "x", "name": "phieu-cu", "year": 2026, "version": 1, "marking": "tick", "blank": "allowed"}
ROWS = ("1. Gives notice of leave", "2. Keeps the files in order", "3. Answers letters in time")


def drawn(size=(210, 297), pages=1, rows=ROWS) -> bytes:
    """A PDF form: three questions of three boxes on its first page."""
    body = io.BytesIO()
    paper = Canvas(body, pagesize=(size[0] * mm, size[1] * mm))
    for page in range(pages):
        paper.setFont("Helvetica", 10)
        paper.drawString(60 * mm, (size[1] - 20) * mm, f"SURVEY OF THE ARCHIVE, SHEET {page}")
        for row, words in enumerate(rows if page == 0 else ()):
            paper.drawString(20 * mm, (size[1] - 54 - 10 * row) * mm, words)
            for column in range(3):
                paper.rect((120 + 20 * column) * mm, (size[1] - 55 - 10 * row) * mm, 4 * mm, 4 * mm)
        for line in range(12):
            words = (
                f"{line * 37} words that fill the page {line}" if page == 0 else "other paper, " * (line % 4)
            )
            paper.drawString((20 + 31 * page) * mm, (size[1] - 120 - (9 + page) * line) * mm, words)
        paper.showPage()
    paper.save()
    return body.getvalue()


@pytest.fixture
def send(person, token):
    """Send a file as the page does."""

    def post(body, name="phieu-cu.pdf", to="/layouts/blank", csrf=token, **params):
        return person.post(to, params={"name": name, **params}, content=body, headers={"X-CSRF-Token": csrf})

    return post


@pytest.fixture
def sketch(app, send):
    """The address of a drafted sketch."""
    answer = send(drawn(pages=2))
    assert answer.status_code == 201, answer.text
    app.state.drafting.wait()
    return answer.json()["address"]


@pytest.fixture
def edit(person, token, sketch):
    """Send one edit; the turn is the one that stands unless it is told."""

    def post(do, turn=None, to="", **fields):
        turn = turn_of(person.get(sketch).text) if turn is None else turn
        form = {"csrf": token, "do": do, "turn": turn, "page_shown": 1}
        return person.post(sketch + to, data={**form, **fields})

    return post


def turn_of(text):
    return int(re.search(r'data-turn="(\d+)"', text)[1])


def places(text):
    """Return x and y of each box by its number."""
    square = r'class="spot square[^"]*" data-key="(\d+)" data-group="\d+" x="([\d.]+)" y="([\d.]+)"'
    found = re.findall(square, text)
    return {int(key): (float(x), float(y)) for key, x, y in found}


def note(text):
    return re.search(r'id="note"[^>]*>([^<]*)<', text)[1]


def saved(path):
    return path.parent / "layouts" / "phieu-cu.yaml"


def test_a_blank_that_comes_in_is_drafted_and_shown_with_its_boxes(person, sketch, path):
    page = person.get(sketch).text
    assert len(places(page)) == 9
    assert "Keeps the files in order" in page
    assert "page 1 of 2" in page
    assert person.get(f"{sketch}/1.png").content.startswith(b"\x89PNG")
    assert person.get(f"{sketch}/3.png").status_code == 404
    assert len(places(person.get(sketch, params={"at": 2}).text)) == 0
    assert "phieu-cu.pdf" in person.get("/layouts").text
    with opened(path) as office:
        assert [each.what for each in log_rows(office.store, Wanted(), 1)] == ["layout drafted"]


def test_an_edit_moves_and_is_undone_and_is_there_after_the_desk_was_closed(app, person, edit, sketch):
    before = places(person.get(sketch).text)
    moved = edit("move", keys="1-9", right="0.1", down="-0.5")
    assert moved.status_code == 200
    (x, y), (was_x, was_y) = places(moved.text)[1], before[1]
    assert (round(x - was_x, 2), round(y - was_y, 2)) == (0.1, -0.5)
    app.state.sketches._histories.clear()
    assert places(person.get(sketch).text) == places(moved.text)
    assert places(edit("undo").text) == before
    assert places(edit("redo").text) == places(moved.text)


def test_what_cannot_be_done_is_told_and_changes_nothing(person, edit, sketch):
    before = person.get(sketch).text
    for fields in (
        {"do": "move", "keys": "", "right": 1, "down": 0},
        {"do": "move", "keys": "1", "right": 900, "down": 0},
        {"do": "group", "keys": "1-9"},
        {"do": "nothing"},
        {"do": "undo"},
    ):
        answer = edit(**fields)
        assert answer.status_code == 422
        assert note(answer.text)
        assert places(answer.text) == places(before)
    assert turn_of(person.get(sketch).text) == turn_of(before)


def test_an_edit_of_what_another_window_has_changed_is_not_done(edit):
    first = edit("move", turn=0, keys="1", right=1, down=0)
    late = edit("move", turn=0, keys="1", right=1, down=0)
    assert late.status_code == 409
    assert "another window" in note(late.text)
    assert places(late.text) == places(first.text)
    assert edit("move", turn="x", keys="1", right=1, down=0).status_code == 409


def test_a_sketch_is_saved_where_reading_finds_it(person, edit, sketch, path, capsys):
    edit("name", group=group_of(person, sketch), name="Phục vụ")
    answer = edit("", to="/save")
    assert (answer.status_code, "Saved as phieu-cu" in note(answer.text)) == (200, True)
    form = load(saved(path))
    assert [question.id for question in form.questions] == ["phuc-vu.1", "phuc-vu.2", "phuc-vu.3"]
    assert len(list((path.parent / "layouts" / "frozen").glob("phieu-cu-*.json"))) == 1
    with pytest.raises(SystemExit) as ended:
        main(["layout", "check", str(saved(path))])
    assert ended.value.code in (None, 0), capsys.readouterr().err
    with opened(path) as office:
        assert {page.layout.id for page in office.reader().existing.pages} == {"phieu-cu"}
        assert [each.what for each in log_rows(office.store, Wanted(), 1)] == ["layout saved"]
    assert "phieu-cu-blank.pdf" in {each.name for each in saved(path).parent.iterdir()}
    again = edit("", to="/save")
    assert again.status_code == 200


def group_of(person, sketch):
    return re.search(r'data-group="(\d+)"', person.get(sketch).text)[1]


def test_what_has_faults_is_not_saved(person, edit, sketch, path):
    edit("stand", group=group_of(person, sketch), standing="left-out")
    answer = edit("", to="/save")
    assert answer.status_code == 422
    assert "no pages" in note(answer.text)
    assert not saved(path).exists()


def test_a_layout_that_is_there_is_not_written_over_by_another(app, send, person, token, edit, path):
    edit("", to="/save")
    was = saved(path).read_bytes()
    other = send(drawn()).json()["address"]
    app.state.drafting.wait()
    answer = person.post(f"{other}/save", data={"csrf": token})
    assert answer.status_code == 422
    assert "There is a layout phieu-cu already" in note(answer.text)
    assert saved(path).read_bytes() == was


def test_a_shipped_layout_keeps_its_name(edit, path):
    assert edit("head", **{**HEAD, "name": "vinhlong-1"}).status_code == 200
    assert "There is a layout vinhlong-1 already" in note(edit("", to="/save").text)
    assert not (path.parent / "layouts").exists()


def test_a_saved_layout_is_opened_changed_and_saved_again(app, person, token, edit, sketch, path):
    edit("", to="/save")
    assert person.post("/layouts", data={"csrf": token, "layout": "phieu-cu"}).headers["location"] == sketch
    person.post(f"{sketch}/remove", data={"csrf": token})
    assert person.get(sketch).status_code == 404
    address = person.post("/layouts", data={"csrf": token, "layout": "phieu-cu"}).headers["location"]
    app.state.drafting.wait()
    assert len(places(person.get(address).text)) == 9
    form = {"csrf": token, "turn": 0, "page_shown": 1}
    assert person.post(address, data={**form, "do": "delete", "keys": "1"}).status_code == 200
    assert person.post(f"{address}/save", data={"csrf": token}).status_code == 200
    assert sum(len(boxes_of(page)) for page in load(saved(path)).pages) == 8
    assert len(list((path.parent / "layouts" / "frozen").glob("phieu-cu-*.json"))) == 2


def test_a_sketch_is_tried_on_a_scan_as_it_stands(person, send, edit, sketch):
    scan = send(drawn(pages=2), name="quét.pdf", to="/layouts/tried", sketch=sketch.rpartition("/")[2])
    assert scan.json() == {"address": f"{sketch}/try"}
    tried = person.get(f"{sketch}/try").text
    assert "Read as page 1 of the form." in tried
    assert "3 questions would be asked about" in tried
    assert person.get(f"{sketch}/try.png").content.startswith(b"\x89PNG")
    edit("blank", keys="1-9", blank="allowed")
    assert "0 questions would be asked about" in person.get(f"{sketch}/try").text
    assert "is not found on this scan" in person.get(f"{sketch}/try", params={"frame": 2}).text
    assert "has no page 3" in person.get(f"{sketch}/try", params={"frame": 3}).text
    assert person.get(f"{sketch}/try", params={"row": 7}).status_code == 404


def test_a_blank_is_looked_at_once_however_often_a_sketch_is_tried(person, send, edit, sketch, monkeypatch):
    asked = []

    def counted(path, form, number):
        asked.append(number)
        return print_on_blank(path, form, number)

    monkeypatch.setattr(blankprints, "print_on_blank", counted)
    send(drawn(pages=2), name="quet.pdf", to="/layouts/tried", sketch=sketch.rpartition("/")[2])
    assert "3 questions would be asked about" in person.get(f"{sketch}/try").text
    edit("blank", keys="1-9", blank="allowed")
    assert "0 questions would be asked about" in person.get(f"{sketch}/try").text
    assert asked == [1]


def test_a_code_that_is_drawn_is_read_from_the_blank(app, person, token, send):
    body = io.BytesIO()
    paper = Canvas(body, pagesize=(210 * mm, 297 * mm))
    paper.drawString(20 * mm, 200 * mm, "A form that bears a code")
    drawing = createBarcodeDrawing("Code128", value="HS-0815", quiet=0, width=50 * mm, height=10 * mm)
    drawing.drawOn(paper, 20 * mm, 267 * mm)
    paper.save()
    address = send(body.getvalue()).json()["address"]
    app.state.drafting.wait()

    def add(**place):
        form = {
            "csrf": token,
            "do": "add",
            "turn": turn_of(person.get(address).text),
            "page": 1,
            "page_shown": 1,
        }
        return person.post(address, data={**form, "kind": "code128", **place}).text

    there = add(x=20, y=20, width=50, height=10)
    assert 'value="HS-0815"' in there
    assert note(there) == ""
    assert 'value="{serial}"' in add(x=20, y=150, width=50, height=10)
    assert "beyond the paper" in add(x=20, y=290, width=50, height=10)


def test_a_sketch_is_tried_on_a_refused_scan_of_a_unit_that_the_person_sees(
    account, sign_in, person, sketch, path, tmp_path
):
    scan = tmp_path / "cũ.pdf"
    scan.write_bytes(drawn())
    source = open_source(scan)
    with opened(path) as office:
        office.store.add_sources(source)
        refused = [Rejection(ScanId(source.sha256, 1), Reason.NO_PAGE_CODE, "")]
        office.store.put(office.store.begin_batch([], 2026), "CB01", refused)
    page = person.get(f"{sketch}/try").text
    (row,) = re.findall(r'<option value="(\d+)">CB01 · cũ.pdf, 1<', page)
    assert "Read as page 1 of the form." in person.get(f"{sketch}/try", params={"row": row}).text
    with opened(path) as office:
        (looked,) = log_rows(office.store, Wanted(what="layout tried"), 1)
    assert (looked.detail, looked.unit) == ("phieu-cu.pdf cũ.pdf", "CB01")
    account("Lan", Role.OPERATOR, ["CB02"])
    lan = sign_in("Lan")[0]
    own = lan.post("/layouts/blank", params={"name": "b.pdf"}, content=drawn(),
                   headers={"X-CSRF-Token": token_of(lan)}).json()["address"]  # fmt: skip
    assert "cũ.pdf" not in lan.get(f"{own}/try").text
    for to in ("try", "try.png"):
        assert lan.get(f"{own}/{to}", params={"row": row}).status_code == 404


def token_of(client):
    return re.search(r'name="csrf" value="([^"]+)"', client.get("/").text)[1]


def test_a_blank_without_boxes_is_drawn_on_by_hand(app, person, token, send):
    address = send(drawn(rows=())).json()["address"]
    app.state.drafting.wait()
    assert places(person.get(address).text) == {}
    box = {"kind": "square", "page": 1, "x": 30, "y": 30, "width": 4, "height": 4}
    added = person.post(address, data={"csrf": token, "do": "add", "turn": 0, "page_shown": 1, **box})
    assert list(places(added.text).values()) == [(30.0, 30.0)]


def test_a_scan_of_a_blank_is_kept_upright_and_saved(app, person, token, send, path):
    with pypdfium2.PdfDocument(drawn()) as document:
        image = document[0].render(scale=200 / 72, grayscale=True).to_pil()
    body = io.BytesIO()
    image.rotate(1.5, fillcolor=255, resample=Image.Resampling.BICUBIC).save(body, "PNG", dpi=(200, 200))
    address = send(body.getvalue(), name="Phiếu quét.png").json()["address"]
    app.state.drafting.wait()
    assert len(places(person.get(address).text)) == 9
    saved_as = person.post(f"{address}/save", data={"csrf": token})
    assert "Saved as phieu-quet" in note(saved_as.text)
    form = load(path.parent / "layouts" / "phieu-quet.yaml")
    assert form.original == "phieu-quet-blank.png"
    assert form.size_mm == pytest.approx((210, 297), abs=0.2)
    (folder,) = path.with_name("omr.sketches").iterdir()
    assert {each.name for each in folder.iterdir()} == {"about.json", "first.json", "blank.png", "page-1.png"}


def test_a_blank_that_was_broken_off_says_so(app, person, send, token, monkeypatch):
    def full(_page):
        raise OSError(28, "full")

    monkeypatch.setattr("omr.desk.drafting.propose", full)
    address = send(drawn()).json()["address"]
    app.state.drafting.wait()
    assert "could not be written (the disk is full)" in person.get(address).text
    assert "could not be written (the disk is full)" in person.get(f"{address}/progress").text
    assert person.post(f"{address}/remove", data={"csrf": token}).headers["location"] == "/layouts"
    assert "phieu-cu.pdf" not in person.get("/layouts").text


def test_a_desk_that_is_closed_gives_up_what_it_drafts_and_says_so_afterwards(app, person, send):
    app.state.drafting._closing = True
    address = send(drawn()).json()["address"]
    app.state.drafting.wait()
    assert "Broken off" in person.get(address).text
    assert "Broken off" in person.get("/layouts").text


def kept(path):
    """Return what is beside the store of sketches."""
    folder = path.with_name("omr.sketches")
    return sorted(each.name for each in folder.glob("*")) if folder.exists() else []


def picture(size) -> bytes:
    body = io.BytesIO()
    Image.new("L", size, 255).save(body, "PNG")
    return body.getvalue()


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("../x.pdf", drawn(), "Rename the file"),
        ("a\0.pdf", drawn(), "Rename the file"),
        ("a.exe", drawn(), "is no scan"),
        ("a.pdf", b"MZ" * 400, "is no scan"),
        ("a.pdf", drawn(pages=21), "more than 20 pages"),
        ("a.png", picture((20_000, 20_000)), "is too large"),
        ("a" * 120 + ".pdf", drawn(), "is too long"),
    ],
)
def test_what_is_no_blank_is_refused_and_nothing_of_it_is_kept(send, path, name, body, said):
    answer = send(body, name=name)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert kept(path) == []


def test_limits_of_uploads_hold(app, send, path, monkeypatch):
    app.state.sketches._limits = Limits(a_file=1000, kept_free=0)
    assert "is too large" in send(drawn()).text
    app.state.sketches._limits = Limits(kept_free=2**60)
    assert "nearly full" in send(drawn()).text
    assert kept(path) == []
    monkeypatch.setattr(sketches, "MOST_SKETCHES", 0)
    assert "Remove some first" in send(drawn()).text


def test_a_page_of_a_drawing_of_five_metres_is_refused_and_not_drawn(app, person, send):
    address = send(drawn(size=(5000, 5000))).json()["address"]
    app.state.drafting.wait()
    assert "cannot be read" in person.get(address).text


def test_forged_posts_are_refused(person, send, sketch, path):
    before = kept(path)
    assert send(drawn(), csrf="wrong").status_code == 403
    assert send(drawn(), csrf="wrong", to="/layouts/tried", sketch="x").status_code == 403
    for to in ("", "/save", "/remove"):
        assert person.post(sketch + to, data={"do": "delete", "keys": "1", "turn": 0}).status_code == 403
    assert kept(path) == before


@pytest.mark.parametrize("name", ["%2e%2e", "..%2fomr", "C:%5cx", "a%00b", "*", "%2a"])
def test_no_address_leads_out_of_the_folder(person, token, sketch, path, name):
    for to in ("", "/progress", "/try", "/try.png", "/1.png"):
        assert person.get(f"/layouts/{name}{to}").status_code in {404, 405}
    for to in ("", "/save", "/remove"):
        assert person.post(f"/layouts/{name}{to}", data={"csrf": token}).status_code in {404, 405}
    assert person.post("/layouts", data={"csrf": token, "layout": f"../{name}.yaml"}).status_code == 404
    assert person.get(f"{sketch}/..%2f..%2fomr.db").status_code == 404
    assert path.exists()


def test_a_file_named_as_a_layout_is_opened_by_its_id_alone(person, token, tmp_path):
    (tmp_path / "x.yaml").write_text("kind: existing\nid: other\n", "utf-8")
    asked = {"csrf": token, "layout": str(tmp_path / "x.yaml")}
    assert person.post("/layouts", data=asked).status_code == 404
    assert "missing" in person.get("/layouts").text


def test_names_that_are_typed_in_are_shown_and_written_as_text(person, edit, path):
    nasty = "<script>alert(1)</script>\nid: evil"
    answer = edit("head", **{**HEAD, "title": nasty})
    assert "<script>alert" not in answer.text
    edit("", to="/save")
    assert load(saved(path)).title == "<script>alert(1)</script> id: evil"
    assert "<script>alert" not in person.get("/layouts").text


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.HEAD])
def test_who_takes_no_scans_in_works_on_no_layouts(account, sign_in, role):
    account("Lan", role)
    assert sign_in("Lan")[0].get("/layouts").status_code == 403


def test_who_is_held_to_units_sees_their_own_sketches_alone(account, sign_in, sketch):
    account("Lan", Role.OPERATOR, ["CB01"])
    account("Mai", Role.OPERATOR)
    lan, mai = sign_in("Lan")[0], sign_in("Mai")[0]
    assert lan.get(sketch).status_code == 404
    assert "phieu-cu.pdf" not in lan.get("/layouts").text
    assert mai.get(sketch).status_code == 200


def test_damaged_files_of_a_sketch_are_told(app, person, edit, sketch, path):
    edit("move", keys="1", right=1, down=0)
    (folder,) = path.with_name("omr.sketches").iterdir()
    wrong = {"edits": [{"do": "explode"}], "at": 1, "turn": 1}
    (folder / "edits.json").write_text(json.dumps(wrong), "utf-8")
    app.state.sketches._histories.clear()
    assert "cannot be gone on with" in person.get(sketch).text
    (folder / "about.json").write_text("{", "utf-8")
    assert "about.json cannot be gone on with" in person.get("/layouts").text


def test_an_edit_that_the_disk_refuses_is_told_and_not_done(person, edit, sketch, path):
    before = places(person.get(sketch).text)
    (folder,) = path.with_name("omr.sketches").iterdir()
    (folder / "edits.json.part").mkdir()
    answer = edit("move", keys="1", right=1, down=0)
    assert answer.status_code == 422
    assert "could not be written" in note(answer.text)
    assert places(person.get(sketch).text) == before
