"""Accounts in a real browser: made by an admin, used by a person, told of in the log."""

from __future__ import annotations

import pytest

OWN = "nam sau bay tam"


@pytest.fixture
def readable(page, width, serious_faults):
    """Check the page for serious faults of accessibility, and that nothing stands beyond its edge."""

    def check():
        assert serious_faults(page) == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url

    return check


@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 1366])
def test_a_person_gets_an_account_chooses_a_password_and_is_in_the_log(page, width, readable):
    page.set_viewport_size({"width": width, "height": 768})
    origin = page.evaluate("location.origin")
    page.goto(origin + "/people")
    readable()
    page.fill("#name", "Trần Thị Lan")
    page.select_option("#role", "head")
    page.press("#name", "Enter")
    page.wait_for_selector(".secret")
    readable()
    handed_over = page.inner_text(".secret")
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_selector("#secret")
    readable()
    page.fill("#name", "trần thị lan")
    page.fill("#secret", handed_over)
    page.press("#secret", "Enter")
    page.wait_for_selector("#again")
    readable()
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
    readable()
    assert "Trần Thị Lan" in page.inner_text("tbody")
    assert page.locator("tbody tr").count() == 1
