"""Accounts in a real browser: made by an admin, used by a person, told of in the log."""

from __future__ import annotations

from pathlib import Path

import pytest

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
OWN = "nam sau bay tam"


def readable(page, width):
    """Check a page for serious faults of accessibility, and that nothing stands beyond its edge."""
    page.evaluate(AXE)
    found = page.evaluate("async () => (await axe.run()).violations.map(v => [v.impact, v.id])")
    assert [rule for impact, rule in found if impact in ("serious", "critical")] == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 1366])
def test_a_person_gets_an_account_chooses_a_password_and_is_in_the_log(page, width):
    page.set_viewport_size({"width": width, "height": 768})
    origin = page.evaluate("location.origin")
    page.goto(origin + "/people")
    readable(page, width)
    page.fill("#name", "Trần Thị Lan")
    page.select_option("#role", "head")
    page.press("#name", "Enter")
    page.wait_for_selector(".secret")
    readable(page, width)
    handed_over = page.inner_text(".secret")
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_selector("#secret")
    readable(page, width)
    page.fill("#name", "trần thị lan")
    page.fill("#secret", handed_over)
    page.press("#secret", "Enter")
    page.wait_for_selector("#again")
    readable(page, width)
    page.fill("#old", handed_over)
    page.fill("#secret", OWN)
    page.fill("#again", OWN)
    page.press("#again", "Enter")
    page.wait_for_url(origin + "/")
    page.get_by_role("link", name="Nhật ký").click()
    page.wait_for_selector("select[name=what]")
    page.select_option("select[name=what]", "signed in")
    page.get_by_role("button", name="Xem").click()
    page.wait_for_url("**what=signed*")
    readable(page, width)
    assert "Trần Thị Lan" in page.inner_text("tbody")
    assert page.locator("tbody tr").count() == 1
