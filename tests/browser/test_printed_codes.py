"""A code and a registration mark are marked on the layout page, read from the blank, and saved."""

from __future__ import annotations

import pytest
import segno
from playwright.sync_api import expect
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from omr.forms.load import load
from tests.browser.test_layouts import bring, done, drag, serious_faults


@pytest.fixture
def blank(tmp_path):
    """A PDF of two pages: a table of boxes, a QR code that reads HS-0001 at 150, 12 and a square."""
    path = tmp_path / "khao-sat.pdf"
    paper = Canvas(str(path), pagesize=A4)
    for row in range(3):
        for column in range(3):
            paper.rect((120 + 20 * column) * mm, A4[1] - (65 + 10 * row) * mm, 4 * mm, 4 * mm)
        paper.drawString(20 * mm, A4[1] - (64 + 10 * row) * mm, f"Row {row} of what the office asks")
    made = segno.make_qr("HS-0001", error="m")
    dot = 18 * mm / len(made.matrix)
    for down, dots in enumerate(made.matrix):
        for across, dark in enumerate(dots):
            if dark:
                paper.rect(
                    150 * mm + across * dot, A4[1] - 12 * mm - (down + 1) * dot, dot, dot, stroke=0, fill=1
                )
    paper.rect(12 * mm, A4[1] - 18 * mm, 6 * mm, 6 * mm, fill=1)
    paper.showPage()
    paper.drawString(20 * mm, 200 * mm, "The back of the form")
    paper.save()
    return path


def one_row(page):
    """True where neither bar of tools is broken over two rows."""
    return max(page.locator(".tools").evaluate_all("all => all.map(each => each.offsetHeight)")) < 45


@pytest.mark.slow
def test_a_code_and_a_mark_are_marked_and_saved(page, blank, tmp_path):
    bring(page, blank)
    done(page, lambda: page.get_by_role("button", name="Nhận hết").click())
    page.locator("[data-tool=draw]").click()
    page.locator("#kind").select_option("qr")
    done(page, lambda: drag(page, (148.5, 10.5), (169.5, 31.5)))
    code = page.locator("#panel li.code")
    expect(code.locator("input[name=label]")).to_have_value("HS-0001")
    done(page, lambda: code.locator("select[name=means]").select_option("serial"))
    expect(code.locator("input[name=label]")).to_have_value("HS-{serial}")
    page.locator("#kind").select_option("mark")
    done(page, lambda: drag(page, (12, 12), (18, 18)))
    expect(page.locator("#panel li.mark")).to_have_count(1)
    assert serious_faults(page) == []
    assert one_row(page)

    page.locator("#save").click()
    expect(page.locator("#note")).to_contain_text("khao-sat")
    (saved,) = load(tmp_path / "layouts" / "khao-sat.yaml").pages
    (kept,) = saved.codes
    assert (kept.kind, kept.text) == ("qr", "HS-{serial}")
    (mark,) = saved.marks
    assert (mark.at, mark.size) == (pytest.approx((12, 12), abs=0.5), pytest.approx((6, 6), abs=0.5))
    here = page.url
    with page.expect_navigation():
        page.get_by_role("button", name="English").click()
    page.goto(here)
    page.wait_for_selector("#work[data-ready]")
    page.screenshot(path=tmp_path / "layout.png")
    assert one_row(page)
