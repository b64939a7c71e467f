"""What office staff do at the desk, in a real browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from omr.overlay import ROW_WIDTH

HERE = Path(__file__).parent
SCANS = HERE.parents[1] / "samples" / "scans"


def read_samples(page):
    page.get_by_role("navigation").get_by_role("link").nth(1).click()
    page.fill("#folder", str(SCANS))
    page.press("#folder", "Enter")
    page.wait_for_selector("#progress h2")
    # htmx swaps the section by itself until the run is over; nothing here loads the page again.
    page.wait_for_selector("#progress:not([hx-get])")


@pytest.mark.slow
def test_from_the_first_start_to_the_workbook(page, tmp_path):
    assert "Chưa in phiếu" in page.inner_text("main")
    read_samples(page)
    assert "Đã xong" in page.inner_text("#progress")
    assert page.locator("#progress button").count() == 0
    page.get_by_role("navigation").get_by_role("link").first.click()
    names = page.locator("tbody a").all_inner_texts()
    assert sorted(names) == sorted(folder.name for folder in SCANS.iterdir())
    page.locator("tbody a").first.click()
    with page.expect_download() as download:
        page.locator("a[download]").click()
    download.value.save_as(tmp_path / "summary.xlsx")
    cells = [
        str(cell.value) for sheet in load_workbook(tmp_path / "summary.xlsx") for row in sheet for cell in row
    ]
    assert any(names[0] in cell for cell in cells)


def begin_audit(page, unit):
    page.goto(page.evaluate("location.origin") + f"/units/{unit}/audit")
    page.fill("#who", "Trần Thị Lan")
    page.press("#who", "Enter")
    page.wait_for_selector("#card form")
    page.wait_for_load_state()


def left(page):
    return int(page.inner_text("#card .left").split()[1])


@pytest.mark.slow
def test_rows_are_settled_by_keyboard(page):
    read_samples(page)
    unit = max(SCANS.iterdir(), key=lambda folder: len(list(folder.iterdir()))).name
    begin_audit(page, unit)
    open_rows = left(page)
    assert open_rows > 2
    settled = 0
    for key in ("1", "0", "x", "u", "z", "0"):
        if not page.locator("#card form").count():
            break
        card = page.locator("#card")
        expect(card.locator("form img.row")).to_have_js_property("naturalWidth", ROW_WIDTH)
        shown = card.inner_text()
        page.keyboard.press(key)
        expect(card).not_to_have_text(shown, use_inner_text=True)
        settled += {"u": 0, "z": -1}.get(key, 1)
        assert left(page) == open_rows - settled
    # The verdicts are in the store, not on the page: whoever comes in anew finds as many rows left.
    page.reload()
    assert left(page) == open_rows - settled
    page.keyboard.press("?")
    assert page.locator("#help[open]").count() == 1


def kind(address):
    """Return what kind of page an address is: sheets, piles and units look alike among themselves."""
    address = re.sub(r"^/units/[^/]+", "/units/CODE", address)
    return re.sub(r"/(sheets|boxes|rejections|people|layouts)/[^/]+", r"/\1/ONE", address)


def one_of_each_kind(page):
    """Go to one page of each kind that links lead to, from the first on, and yield its address."""
    origin, seen, waiting = page.evaluate("location.origin"), set(), ["/"]
    while waiting:
        address = waiting.pop(0)
        if kind(address) in seen:
            continue
        seen.add(kind(address))
        page.goto(origin + address)
        yield address
        links = page.eval_on_selector_all("a[href]:not([download])", "all => all.map(a => a.pathname)")
        waiting += [each for each in links if not re.search(r"/reports/|/forms/|[.]png$", each)]


@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 1366])
def test_every_page_is_readable_by_everybody_at_every_width(page, width, serious_faults):
    page.set_viewport_size({"width": width, "height": 768})
    read_samples(page)
    begin_audit(page, next(SCANS.iterdir()).name)
    visited = []
    for address in one_of_each_kind(page):
        visited.append(kind(address))
        assert serious_faults(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    unit = {f"/units/CODE{more}" for more in ("", "/audit", "/boxes", "/sheets", "/rescans", "/reports")}
    one = {"/units/CODE/sheets/ONE", "/units/CODE/sheets/ONE/handwriting"}
    assert {"/", "/intake", "/forms", "/layouts", "/people", "/log", *unit, *one} <= set(visited)


def test_axe_sees_a_fault_where_there_is_one(page, serious_faults):
    page.evaluate(
        "document.querySelector('h1').insertAdjacentHTML('afterend', '<img src=\"/static/icon.svg\">')"
    )
    assert serious_faults(page) == ["image-alt"]


def test_the_desk_speaks_english(page):
    page.get_by_role("button", name="English").click()
    page.wait_for_selector("html[lang=en]")
    assert "Begin by reading" in page.inner_text("main")
