"""Contact sheet, random check, and the summary that tells of it, in a real browser."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

HERE = Path(__file__).parent
SCANS = HERE.parents[1] / "samples" / "scans" / "Chi bộ ấp Mỹ Thạnh"
UNIT = "CB01"


@pytest.fixture
def boxes(page, tmp_path):
    """The list of contact sheets of a unit that was read, its person named."""
    shutil.copytree(SCANS, tmp_path / UNIT)
    read = [sys.executable, "-c", "from omr.cli import main; main()", "read", UNIT, "--store", "new.db"]
    subprocess.run(read, cwd=tmp_path, check=False, capture_output=True)
    page.goto(page.evaluate("location.origin") + f"/units/{UNIT}/boxes")
    page.fill("#who", "Trần Thị Lan")
    page.press("#who", "Enter")
    page.wait_for_selector("#size")
    return page


def whole(page, axis):
    """Return where the crops are, each as (x, y), once their picture is there."""
    expect(page.locator(".crops img").first).to_have_js_property("naturalWidth", 12 * 88)
    expect(page.locator('#contact [data-key="enter"]')).to_be_enabled()
    return page.evaluate(
        f"[...document.querySelectorAll('.crops label')].map(e => e.getBoundingClientRect().{axis})"
    )


@pytest.mark.slow
@pytest.mark.parametrize("late", ["**/boxes/*/*.png", "**/contact.js"])
def test_nothing_is_answered_before_crops_and_script_are_there(boxes, late):
    page = boxes
    held = []

    def hold(route):
        held.append(route)

    page.route(late, hold)
    page.locator("tbody a", has_text="đọc là trống").click()
    while not held:
        page.wait_for_timeout(10)
    answer = page.locator('#contact [data-key="enter"]')
    expect(answer).to_be_disabled()
    before = left(page)
    page.keyboard.press("Enter")
    for route in held:
        route.continue_()
    page.unroute_all()
    expect(answer).to_be_enabled()
    assert left(page) == before


def left(page):
    return int("".join(c for c in page.inner_text("#contact .left") if c.isdigit()))


@pytest.mark.slow
def test_a_random_check_by_keyboard_and_the_summary_tells_it(boxes, tmp_path, serious_faults):
    page = boxes
    page.fill("#size", "100")
    page.fill("#seed", "20261125")
    page.press("#seed", "Enter")
    page.wait_for_selector(".crops")
    page.wait_for_load_state()
    bottoms = whole(page, "bottom")
    assert len(bottoms) == 72
    # A screen of crops is on the screen: nothing to scroll.
    assert max(bottoms) < page.locator(".bar").bounding_box()["y"] < 768
    assert serious_faults(page) == []
    before = left(page)
    for key in ("ArrowDown", "Space", "ArrowRight", "Space", "Space"):
        page.keyboard.press(key)
    picked = page.locator(".crops input:checked")
    assert picked.evaluate_all("all => all.map(e => e.name)") == ["t12"]
    page.keyboard.press("Enter")
    expect(page.locator("#contact .left")).not_to_contain_text(str(before))
    assert left(page) == before - 72
    expect(page.locator(".crops input").first).to_be_focused()
    page.keyboard.press("z")
    expect(page.locator("#contact .left")).to_contain_text(str(before))
    while page.locator(".crops").count():
        now = left(page)
        whole(page, "bottom")
        page.keyboard.press("Enter")
        expect(page.locator("#contact")).not_to_contain_text(str(now), use_inner_text=True)
    page.goto(page.evaluate("location.origin") + f"/units/{UNIT}")
    told = f"0 sai / {before} ô kiểm tra ngẫu nhiên; tỷ lệ sai ≤ 3,0 % (tin cậy 95 %)"
    expect(page.locator(".told")).to_contain_text(told)
    with page.expect_download() as download:
        page.locator("a[download]").click()
    download.value.save_as(tmp_path / "summary.xlsx")
    book = load_workbook(tmp_path / "summary.xlsx")
    assert any(told in str(cell.value) for sheet in book for row in sheet for cell in row)
    summary = [sys.executable, "-c", "from omr.cli import main; main()", "summary", "--store", "new.db"]
    done = subprocess.run(
        [*summary, "--lang", "vi"], cwd=tmp_path, check=True, capture_output=True, encoding="utf-8"
    )
    assert told in done.stdout + done.stderr


@pytest.mark.slow
def test_on_a_phone_crops_are_tapped_and_nothing_is_wider_than_the_screen(boxes, serious_faults):
    page = boxes
    page.set_viewport_size({"width": 390, "height": 768})
    assert serious_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    counts = page.locator("tbody td.number").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().right)"
    )
    assert max(counts) <= 390
    page.locator("tbody a", has_text="đọc là có dấu").click()
    rights = whole(page, "right")
    assert max(rights) <= 390
    assert serious_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator(".crops li").nth(4).click()
    assert page.locator(".crops input:checked").count() == 1
    before = left(page)
    page.locator('#contact [data-key="enter"]').click()
    page.wait_for_selector(".crops", state="detached")
    assert before == len(rights)
    page.get_by_role("button", name="English").click()
    page.goto(page.evaluate("location.origin") + f"/units/{UNIT}/audit")
    expect(page.locator("#card")).to_contain_text("a person saw something else here than the machine")
