"""The whole job of an office in a real browser: uploaded, read, audited, checked at random, downloaded."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

HERE = Path(__file__).parent
SCANS = HERE.parents[1] / "samples" / "scans"
UNIT = "CB 07"


@pytest.fixture
def stack(tmp_path):
    """Every sample scan in the folder of one unit, and a note that is no scan."""
    folder = tmp_path / UNIT
    folder.mkdir()
    for path in SCANS.rglob("*.*"):
        shutil.copy(path, folder / f"{path.parent.name}-{path.name}")
    (folder / "ghi chú.txt").write_text("không phải bản quét", "utf-8")
    return folder


def state(page):
    """Return what tells one card from the next; htmx marks one on its way out: not its whole HTML."""
    return page.evaluate(
        "[document.querySelector('#card form')?.action, document.querySelector('.left').innerText]"
    )


def press(page, key):
    """Press a key and wait for the next card."""
    shown = state(page)
    page.keyboard.press(key)
    while state(page) == shown:
        page.wait_for_timeout(20)


def open_rows(page):
    return int(re.search(r"\d+", page.inner_text("#card .left"))[0])


def checked_at_random(page, unit):
    """Confirm a random sample, screen by screen, and return the sentence that the unit's page then has."""
    page.goto(f"{unit}/boxes")
    page.fill("#size", "80")
    page.press("#seed", "Enter")
    page.wait_for_selector(".crops")
    page.wait_for_load_state()
    while page.locator(".crops").count():
        left = page.inner_text("#contact .left")
        expect(page.locator('#contact [data-key="enter"]')).to_be_enabled()
        page.keyboard.press("Enter")
        expect(page.locator("#contact")).not_to_contain_text(left, use_inner_text=True)
    page.goto(unit)
    return page.inner_text(".told")


@pytest.mark.slow
@pytest.mark.parametrize(("width", "language"), [(1366, "vi"), (390, "en")])
def test_from_a_stack_of_scans_to_the_workbook(page, stack, tmp_path, width, language, serious_faults):
    page.set_viewport_size({"width": width, "height": 768})
    origin = page.evaluate("location.origin")
    if language == "en":
        page.get_by_role("button", name="English").click()
        page.wait_for_selector("html[lang=en]")
    done = {"vi": "Đã xong", "en": "Done"}[language]

    page.goto(f"{origin}/intake")
    page.set_input_files("#whole", stack)
    page.wait_for_selector("#progress h2")
    page.wait_for_selector("#progress:not([hx-get])")
    expect(page.locator("#progress")).to_contain_text(done)
    uploads = tmp_path / "new.uploads"
    assert len(list(uploads.rglob("*.*"))) == len(list(SCANS.rglob("*.*")))

    unit = f"/units/{UNIT.replace(' ', '%20')}"
    page.goto(f"{origin}{unit}/audit")
    page.fill("#who", "Trần Thị Lan")
    page.press("#who", "Enter")
    page.wait_for_selector("#card form")
    page.wait_for_load_state()
    before, decided, settled = open_rows(page), 0, 0
    while decided < 10:
        picture = page.locator("#card img.row").first
        # What is shown is decoded and large enough to be judged, on a phone as well.
        expect(picture).to_have_js_property("complete", value=True)
        assert picture.evaluate("image => image.clientWidth / image.naturalWidth") > 0.6
        rows = open_rows(page)
        # Where few rows are left, the one before is decided anew: ten decisions, whatever the stack has.
        again = rows <= 2
        press(page, "z" if again else "0" if page.locator("#card [data-key='0']").count() else "1")
        settled += rows - open_rows(page)
        decided += not again
    assert settled > 2
    page.reload()
    assert open_rows(page) == before - settled

    told = checked_at_random(page, origin + unit)
    assert re.search(
        {"vi": r"\b0 sai / 8[0-5] ô kiểm tra", "en": r"\b0 wrong / 8[0-5] boxes"}[language], told
    )

    page.goto(f"{origin}{unit}/sheets")
    sheet = page.locator("tbody a").first.get_attribute("href")
    addresses = (
        "/", "/intake", "/forms", unit, f"{unit}/audit", f"{unit}/boxes", f"{unit}/reports", f"{unit}/sheets",
        f"{unit}/rejections", f"{unit}/rescans", sheet, f"{sheet}/handwriting",
    )  # fmt: skip
    for address in addresses:
        page.goto(origin + address)
        assert serious_faults(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address

    page.goto(origin + unit)
    with page.expect_download() as download:
        page.locator("a[href$='summary.xlsx']").click()
    download.value.save_as(tmp_path / "summary.xlsx")
    cells = [
        str(cell.value) for each in load_workbook(tmp_path / "summary.xlsx") for row in each for cell in row
    ]
    assert any(UNIT in cell for cell in cells)
    assert any(told[told.index(":") + 2 : told.index(";")] in cell for cell in cells)


@pytest.mark.slow
def test_forms_are_printed_for_a_list_that_is_chosen(page, tmp_path):
    page.goto(page.evaluate("location.origin") + "/forms")
    page.set_input_files(
        "#people",
        {
            "name": "ds.csv",
            "mimeType": "text/csv",
            "buffer": "Mã,Họ và tên,Đơn vị\n1,Nguyễn Thị Hoa,CB05\n".encode(),
        },
    )
    expect(page.locator("#told")).to_have_text("ds.csv: 1 người")
    page.select_option("#layout", "nghean-so-tay")
    page.locator("#order button").click()
    with page.expect_download() as download:
        page.locator("tbody a").first.click()
    download.value.save_as(tmp_path / "forms.pdf")
    assert (tmp_path / "forms.pdf").read_bytes().startswith(b"%PDF-")
