"""A unit is signed off and opened again by keyboard, in both languages, on pages that everybody can read."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from omr.forms.catalogue import Catalogue, search_folders
from omr.model.unit import IssuedSheet
from omr.store.closings import closings
from omr.store.store import Store

UNIT, YEAR = "CB01", 2026


@pytest.fixture
def store(tmp_path, page):
    """The store of the desk, with a sheet that is not back."""
    assert page.url
    path = tmp_path / "new.db"
    form = Catalogue(search_folders(None, path)).placement("nghean-so-tay", YEAR).layout
    with Store.open(path) as opened:
        opened.freeze(form)
        opened.issue([IssuedSheet("K7M2-9QXA", form.id, form.version, form.digest, YEAR, UNIT, 2)])
    return path


def go(page, address):
    page.goto(page.evaluate("location.origin") + address)


def enter(page, words):
    """Press a button as somebody without a mouse does."""
    page.get_by_role("button", name=words).focus()
    page.keyboard.press("Enter")


@pytest.mark.slow
def test_a_unit_is_signed_off_and_opened_again_by_keyboard(page, store, serious_faults):
    go(page, f"/units/{UNIT}")
    page.locator("#who").focus()
    page.keyboard.type("Trần Thị Lan")
    page.keyboard.press("Enter")
    expect(page.locator("main li")).to_contain_text("1 phiếu chưa nộp")
    expect(page.get_by_role("button", name="Vẫn chốt")).to_be_visible()
    assert serious_faults(page) == []
    page.locator("main li a").focus()
    page.keyboard.press("Enter")
    expect(page.locator("tbody th")).to_have_text("K7M2-9QXA")
    assert serious_faults(page) == []
    page.locator("tbody input[name=reason]").focus()
    page.keyboard.type("nghỉ ốm dài ngày")
    page.keyboard.press("Enter")
    expect(page.locator("tbody")).to_contain_text("nghỉ ốm dài ngày (Trần Thị Lan)")
    go(page, f"/units/{UNIT}")
    enter(page, "Chốt CB01 năm 2026")
    expect(page.locator("main")).to_contain_text("Đã chốt năm 2026, Trần Thị Lan ký")
    assert serious_faults(page) == []
    enter(page, "English")
    page.wait_for_selector("html[lang=en]")
    page.wait_for_load_state()
    go(page, f"/units/{UNIT}")
    expect(page.locator("main")).to_contain_text("Signed off for 2026 by Trần Thị Lan")
    page.locator("input[name=reason]").focus()
    page.keyboard.type("a late sheet")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign off CB01 for 2026, as Trần Thị Lan")).to_be_visible()
    assert serious_faults(page) == []
    with Store.open(store) as opened:
        assert [(each.act, each.who, each.reason) for each in closings(opened)] == [
            ("close", "Trần Thị Lan", ""),
            ("reopen", "Trần Thị Lan", "a late sheet"),
        ]
