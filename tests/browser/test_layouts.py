"""The layout page in a real browser: a blank drafted, edited, tried, saved, and a stack read with it."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import pytest
from PIL import Image
from playwright.sync_api import expect
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

HERE = Path(__file__).parent
AXE = (HERE / "vendor" / "axe.min.js").read_text("utf-8")
REAL = HERE.parents[2] / "shared" / "real" / "bubble-sheet"
DPI = 200
ROWS = ("1. Respects working hours", "2. Keeps records in order", "3. Answers letters in time")
TABLE, LIST, NUMBER = range(3)


def serious_faults(page):
    """Return what axe finds on the page that keeps people out."""
    page.evaluate(AXE)
    found = page.evaluate("async () => (await axe.run()).violations.map(v => [v.impact, v.id])")
    return [rule for impact, rule in found if impact in ("serious", "critical")]


@pytest.fixture
def blank(tmp_path):
    """A PDF of two pages: a table of three rows, a list of three choices, a number of three places."""
    path = tmp_path / "khao-sat.pdf"
    paper = Canvas(str(path), pagesize=A4)

    def at(x, y):
        return x * mm, A4[1] - y * mm

    paper.setFont("Helvetica", 13)
    paper.drawString(*at(50, 20), "SURVEY OF THE OFFICE, DONE EACH YEAR")
    paper.setFont("Helvetica", 10)
    for column, head in enumerate(("Never", "Often", "Always")):
        paper.drawString(*at(119 + 20 * column, 35), head)
        for row in range(3):
            paper.rect(*at(120 + 20 * column, 45 + 10 * row), 4 * mm, 4 * mm)
    for row, words in enumerate(ROWS):
        paper.drawString(*at(20, 44 + 10 * row), words)
    paper.drawString(*at(20, 85), "Your work place")
    for row, words in enumerate(("Office", "Archive", "Field")):
        paper.rect(*at(20, 95 + 7 * row), 4 * mm, 4 * mm)
        paper.drawString(*at(26, 94.4 + 7 * row), words)
    paper.drawString(*at(120, 85), "STAFF NO")
    for column in range(3):
        for digit in range(10):
            paper.rect(*at(120 + 8 * column, 94 + 6 * digit), 4 * mm, 4 * mm)
            paper.drawString(*at(145, 93 + 6 * digit), str(digit) if column == 2 else "")
    for line in range(14):
        paper.drawString(
            *at(20, 165 + 7 * line), f"{line * 731} Please return this sheet to room {line * 17}"
        )
    paper.showPage()
    for line in range(20):
        paper.drawString(
            *at(25 + line % 3, 30 + 9 * line), f"What the {line * 613} rooms are for: notes, {line}"
        )
    paper.showPage()
    paper.save()
    return path


TICKED = {("bang.1", "never"), ("bang.2", "always"), ("bang.3", "often"), ("noi-lam", "archive"),
          ("ma-so.1", "4"), ("ma-so.2", "0"), ("ma-so.3", "7")}  # fmt: skip
PLACES = {
    **{(f"bang.{row + 1}", head): (120 + 20 * column, 41 + 10 * row)
       for row in range(3) for column, head in enumerate(("never", "often", "always"))},
    **{("noi-lam", name): (20, 91 + 7 * row) for row, name in enumerate(("office", "archive", "field"))},
    **{(f"ma-so.{column + 1}", str(digit)): (120 + 8 * column, 90 + 6 * digit)
       for column in range(3) for digit in range(10)},
}  # fmt: skip


@pytest.fixture
def scan(blank, tmp_path):
    """Its first page, ticked with a pen where `TICKED` says, turned a little, as a scanner gives it."""
    with pypdfium2.PdfDocument(blank) as document:
        drawn = document[0].render(scale=DPI / 72, grayscale=True).to_numpy()
    image, px = np.ascontiguousarray(drawn.reshape(drawn.shape[:2])), DPI / 25.4
    for x, y in (PLACES[box] for box in TICKED):
        stroke = np.array([(x + 0.7, y + 2), (x + 1.8, y + 3.3), (x + 4, y - 0.3)]) * px
        cv2.polylines(image, [stroke.round().astype(np.int32)], isClosed=False, color=60, thickness=4)
    turn = cv2.getRotationMatrix2D((image.shape[1] / 2, image.shape[0] / 2), 0.7, 1.0)
    image = cv2.warpAffine(image, turn, image.shape[::-1], flags=cv2.INTER_AREA, borderValue=255)
    path = tmp_path / "quet.png"
    Image.fromarray(image).save(path, dpi=(DPI, DPI))
    return path


def bring(page, blank):
    """Choose a blank on the page of layouts; return when it is drafted and can be worked on."""
    page.goto(page.evaluate("location.origin") + "/layouts")
    expect(page.locator("#blank")).to_be_enabled()
    with page.expect_file_chooser() as chooser:
        page.get_by_text("Chọn phiếu trắng").click()
    chooser.value.set_files(blank)
    page.wait_for_selector("#work[data-ready]")


def turn(page):
    return page.locator("#boxes").get_attribute("data-turn")


def done(page, act):
    """Do something, and wait until the desk has shown what became of it."""
    before = turn(page)
    act()
    expect(page.locator("#boxes")).not_to_have_attribute("data-turn", before)
    expect(page.locator("#note")).to_be_empty()


def boxes(page):
    """Return what stands on the page: place, kind and group of each box."""
    names = "['x', 'y', 'width', 'height', 'class', 'data-group'].map(name => each.getAttribute(name))"
    found = page.locator("#boxes .spot").evaluate_all(f"all => all.map(each => {names})")
    return sorted((*each[:4], each[4].replace(" picked", ""), each[5]) for each in found)


def placed(page):
    """Return where the selected box stands, mm."""
    picked = page.locator("#boxes .picked")
    return float(picked.get_attribute("x")), float(picked.get_attribute("y"))


def listed(page):
    return page.locator("#panel .groups").inner_text()


def shown(page):
    return (
        boxes(page),
        listed(page),
        page.locator("#panel input").evaluate_all("all => all.map(e => e.value)"),
    )


def undone(page, act):
    """Do something that changes what is shown, take it back, do it again and take it back once more."""
    before = shown(page)
    done(page, act)
    after = shown(page)
    assert after != before
    done(page, lambda: page.keyboard.press("Control+z"))
    assert shown(page) == before
    done(page, lambda: page.keyboard.press("Control+y"))
    assert shown(page) == after
    done(page, lambda: page.locator("[data-do=undo]").click())
    assert shown(page) == before


def middle(page, place):
    """Return where a place on paper, mm, is on the screen."""
    held = page.locator("#sheet").bounding_box()
    width = float(page.locator("#boxes").get_attribute("viewBox").split()[2])
    return held["x"] + place[0] * held["width"] / width, held["y"] + place[1] * held["width"] / width


def drag(page, start, end):
    """Press at one place on paper and let go at another."""
    page.locator("#paper").evaluate("paper => paper.scrollTo(0, 0)")
    page.mouse.move(*middle(page, start))
    page.mouse.down()
    page.mouse.move(*middle(page, end), steps=3)
    page.mouse.up()


def select(page, group):
    page.locator("#panel .pick").nth(group).click()
    expect(page.locator("#boxes .picked").first).to_be_attached()
    page.locator("#paper").focus()


def typed(page, field, text):
    """Type into a field of the list, and wait until it is kept."""
    field.fill(text)
    done(page, lambda: field.press("Enter"))


@pytest.mark.slow
def test_nothing_can_be_pressed_before_its_script_works(page, blank):
    bring(page, blank)
    held = []

    def hold(route):
        held.append(route)

    page.route("**/static/layout.js", hold)
    page.reload(wait_until="commit")
    page.wait_for_selector("#panel .pick", state="attached")
    button = "#work button:not(:disabled), #panel input:not(:disabled), #panel select:not(:disabled)"
    assert page.locator(button).count() == 0
    page.locator("#save").evaluate("save => save.click()")
    for route in held:
        route.continue_()
    page.wait_for_selector("#work[data-ready]")
    page.unroute_all()
    assert page.locator(button).count() > 10
    expect(page.locator("#note")).to_be_empty()


@pytest.mark.slow
def test_what_is_typed_while_the_desk_answers_is_kept(page, blank):
    bring(page, blank)
    held = []

    def hold(route):
        held.append(route)

    page.route("**/layouts/*", hold)
    page.locator("#f-title").fill("Phiếu khảo sát")
    page.locator("#f-title").press("Enter")
    while not held:
        page.wait_for_timeout(20)
    page.locator("#f-version").fill("2026-a")
    done(page, held[0].continue_)
    page.unroute_all()
    expect(page.locator("#f-version")).to_have_value("2026-a")
    expect(page.locator("#f-version")).to_be_focused()
    page.keyboard.press("Tab")
    page.wait_for_selector("#work[data-waiting='0']")
    page.reload()
    page.wait_for_selector("#work[data-ready]")
    expect(page.locator("#f-version")).to_have_value("2026-a")
    expect(page.locator("#f-title")).to_have_value("Phiếu khảo sát")


@pytest.mark.slow
def test_every_edit_is_done_undone_and_done_again(page, blank):
    bring(page, blank)
    assert len(boxes(page)) == len(PLACES)
    assert serious_faults(page) == []
    action = page.locator
    page.locator("#boxes .spot").first.click()
    expect(action("#count")).to_have_text("Đã chọn: 1")
    was = placed(page)
    undone(page, lambda: page.keyboard.press("ArrowRight"))
    undone(page, lambda: page.keyboard.press("Shift+ArrowDown"))
    done(page, lambda: page.keyboard.press("ArrowRight"))
    done(page, lambda: page.keyboard.press("Shift+ArrowDown"))
    now = placed(page)
    assert (round(now[0] - was[0], 2), round(now[1] - was[1], 2)) == (0.1, 0.5)
    done(page, lambda: page.keyboard.press("Control+z"))
    done(page, lambda: page.keyboard.press("Control+z"))

    drag(page, (115, 37), (170, 68))
    expect(action("#count")).to_have_text("Đã chọn: 9")
    undone(page, lambda: drag(page, (122, 43), (124, 48)))
    undone(page, lambda: page.keyboard.press("Delete"))
    select(page, TABLE)
    undone(page, lambda: action("[data-do=copy]").click())
    select(page, TABLE)
    action("#kind").select_option("circle")
    undone(page, lambda: action("form[data-do=kind] button").click())
    action("form[data-do=resize] [name=width]").fill("5.5")
    undone(page, lambda: action("form[data-do=resize] button").click())
    for asks in ("columns", "one", "row-places", "column-places"):
        select(page, TABLE)
        action("form[data-do=group] select").select_option(asks)
        undone(page, lambda: action("form[data-do=group] button").click())
    select(page, TABLE)
    undone(page, lambda: action("[data-do=split]").click())
    select(page, TABLE)
    action("form[data-do=number] input").fill("7")
    undone(page, lambda: action("form[data-do=number] button").click())
    action("#kind").select_option("written")
    page.keyboard.press("Escape")
    action("[data-tool=draw]").click()
    undone(page, lambda: drag(page, (60, 75), (110, 84)))
    action("#kind").select_option("area")
    undone(page, lambda: drag(page, (60, 75), (110, 84)))
    action("[data-tool=draw]").click()
    for place in (0, -1):
        undone(
            page,
            lambda at=place: action("#panel li").first.locator("form[data-do=stand] button").nth(at).click(),
        )
    undone(page, lambda: action("#panel form[data-do=stand] button", has_text="Nhận hết").click())


def finish(page, blank):
    """Draft a blank and make of it what it is to be."""
    bring(page, blank)
    done(page, lambda: page.get_by_role("button", name="Nhận hết").click())
    # The number is taken apart and put together again, as where drafting had not seen that it is one.
    select(page, NUMBER)
    done(page, lambda: page.locator("[data-do=split]").click())
    drag(page, (117, 88), (142, 150))
    expect(page.locator("#count")).to_have_text("Đã chọn: 30")
    page.locator("form[data-do=group] select").select_option("column-places")
    done(page, lambda: page.locator("form[data-do=group] button").click())
    for summary in page.locator("#panel summary").all():
        summary.click()
    names = page.locator("#panel form[data-do=name] [name=name]")
    typed(page, names.nth(TABLE), "Bảng")
    typed(page, names.nth(LIST), "Nơi làm")
    typed(
        page,
        page.locator("#panel form[data-do=question] [name=text]").nth(1),
        "Giữ sổ <b>sách</b>: đủ & đúng",
    )
    typed(page, page.locator("#f-title"), "Phiếu khảo sát: nơi làm việc")
    # Of two things typed one after the other both are kept, though the list is put in anew between them.
    page.locator("#f-name").fill("khao-sat-7")
    page.locator("#f-version").click()
    page.locator("#f-version").fill("2")
    done(page, lambda: page.locator("#f-version").press("Enter"))
    expect(page.locator("#f-name")).to_have_value("khao-sat-7")
    page.keyboard.press("Escape")
    page.locator("#kind").select_option("written")
    page.locator("[data-tool=draw]").click()
    done(page, lambda: drag(page, (60, 75), (110, 84)))
    assert serious_faults(page) == []
    page.locator("#paper").focus()
    page.keyboard.press("PageDown")
    page.wait_for_selector("#work[data-ready][data-page='2']")
    assert boxes(page) == []
    page.keyboard.press("PageUp")
    page.wait_for_selector("#work[data-ready][data-page='1']")


def try_on(page, scan):
    """Try what was made on a scan, and look at what the page says of it."""
    page.get_by_role("link", name="Thử trên bản quét").click()
    expect(page.locator("#scan")).to_be_enabled()
    page.set_input_files("#scan", scan)
    expect(page.locator("#read")).to_contain_text("trang 1 của mẫu")
    expect(page.locator(".tried img")).to_have_js_property("complete", value=True)
    assert page.locator(".tried img").evaluate("image => image.naturalWidth") > 1000
    rows = dict(
        page.locator("#read tbody tr").evaluate_all("all => all.map(e => [...e.cells].map(c => c.innerText))")
    )
    assert rows["ma-so"] == "407"
    assert rows["2 Giữ sổ <b>sách</b>: đủ & đúng"].startswith("Always")
    assert serious_faults(page) == []


@pytest.mark.slow
def test_from_a_blank_to_a_stack_that_is_read_with_the_saved_layout(page, blank, scan, tmp_path):
    finish(page, blank)
    try_on(page, scan)
    page.locator("#back").click()
    page.wait_for_selector("#work[data-ready]")
    page.locator("#save").click()
    expect(page.locator("#note")).to_contain_text("khao-sat-7")
    assert (tmp_path / "layouts" / "khao-sat-7.yaml").exists()
    page.goto(page.evaluate("location.origin") + "/layouts")
    expect(page.get_by_role("row", name="khao-sat-7").last).to_contain_text("42")
    assert serious_faults(page) == []
    narrow(page)

    marks = read(tmp_path, scan.parent, "khao-sat-7", "quet.png")
    assert {(row["question"], row["choice"]) for row in marks} == set(PLACES)
    wrong = [row for row in marks if row["review"] == "0"
             and (row["state"] == "marked") != ((row["question"], row["choice"]) in TICKED)]  # fmt: skip
    assert wrong == []
    assert sum(row["review"] == "1" for row in marks) <= 2


def narrow(page):
    """Look at the pages on a phone: what is wide is scrolled by itself."""
    sketch = page.locator("tbody a").first.get_attribute("href")
    page.set_viewport_size({"width": 390, "height": 768})
    for address in ("/layouts", sketch, f"{sketch}/try"):
        page.goto(page.evaluate("location.origin") + address)
        assert serious_faults(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address


def read(folder, scans, layout, *names):
    """Read scans by the layout that was saved, and return every mark."""
    omr = [sys.executable, "-c", "from omr.cli import main; main()"]
    paths = [str(scans / name) for name in names] or [str(scans)]
    told = subprocess.run(
        [*omr, "read", *paths, "--layout", layout, "--store", "new.db", "--unit", "CB01"],
        cwd=folder, check=False, capture_output=True,
    )  # fmt: skip
    assert told.returncode in {0, 3, 4}, told.stderr
    for table in ("marks", "rejections"):
        export = [*omr, "export", table, "--store", "new.db", "-o", f"{table}.csv"]
        subprocess.run(export, cwd=folder, check=True, capture_output=True)
    with (folder / "marks.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


COUNTS = """
for (const kind of ["click", "keydown"])
  addEventListener(kind, () => { sessionStorage.acts = Number(sessionStorage.acts ?? 0) + 1; }, true);
"""
MOST_ACTS = 60
"""Clicks and keys in which a person is to finish the real sheet's layout."""


def retyped(page, field, text):
    """Put another text into a field, key by key as a person does."""
    field.click()
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    done(page, lambda: page.keyboard.press("Enter"))


def finish_bubbles(page):
    """Accept what is proposed, let questions stay blank, name what has no name, and save."""
    done(page, lambda: page.get_by_role("button", name="Nhận hết").click())
    retyped(page, page.locator("#f-name"), "sheet-75")
    blank = page.locator("#f-blank")
    blank.click()
    page.keyboard.press("ArrowDown")
    done(page, lambda: page.keyboard.press("Enter"))
    expect(blank).to_have_value("allowed")
    page.locator("#panel summary").nth(5).click()
    retyped(page, page.locator("#panel form[data-do=name] [name=name]").nth(5), "form-code")
    page.locator("#save").click()
    expect(page.locator("#note")).to_contain_text("sheet-75")


QUESTIONS = {
    "Last Name": "last-name",
    "First Name": "first",
    "Middle Name": "middle",
    "Student ID": "student-id",
    "Course ID": "course-id",
    "Test Form Code": "form-code",
}
"""What the finished layout calls what the truth calls so; the other questions are called alike."""


def truth_of(folder):
    """Return whether each box is marked, by its page, question and choice as the layout calls them."""
    truth = {}
    with (folder / "truth.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            area, *place, choice = row["box_id"].split(":")
            question = QUESTIONS.get(area, area.lower())
            question = f"{question}.{int(place[0]) + 1}" if place else question
            truth[row["page"], question, choice] = row["marked"] == "1"
    return truth


@pytest.mark.slow
@pytest.mark.skipif(not REAL.is_dir(), reason="the real pages are not at hand")
def test_the_layout_of_the_real_sheet_is_finished_in_sixty_clicks_and_keys_and_reads_it(page, tmp_path):
    page.add_init_script(COUNTS)
    bring(page, REAL / "blank.pdf")
    finish_bubbles(page)
    acts = int(page.evaluate("sessionStorage.acts"))
    assert 20 < acts <= MOST_ACTS
    marks, truth = read(tmp_path, REAL / "pages", "sheet-75"), truth_of(REAL)
    found = {(Path(row["source"]).name, row["question"], row["choice"]): row for row in marks}
    assert len(found) == len(marks)
    pages = {page for page, _question, _choice in found}
    assert set(found) == {box for box in truth if box[0] in pages}
    assert len(pages) >= 27 - 1
    reasons = refused(tmp_path)
    assert sum(reasons.values()) == 27 - len(pages)
    assert set(reasons) <= {"no_page_code", "unknown_layout", "loose_fit"}
    wrong = [box for box, row in found.items()
             if row["review"] == "0" and (row["state"] == "marked") != truth[box]]  # fmt: skip
    assert wrong == []
    asked = [row for row in marks if row["review"] == "1" and row["cause"] == "reading"]
    assert len(asked) <= 0.005 * len(marks)


def refused(folder):
    """Return how many scans were refused, by the reason."""
    with (folder / "rejections.csv").open(encoding="utf-8-sig", newline="") as file:
        return dict(Counter(row["reason"] for row in csv.DictReader(file)))
