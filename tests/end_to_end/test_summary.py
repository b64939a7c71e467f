"""The demo's summary and reports, against the tables they are made from."""

from __future__ import annotations

import csv
import json
import re
from urllib.parse import unquote

import pypdfium2
import pytest


@pytest.fixture(scope="module")
def shown(omr, tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "mẫu"
    done = omr("demo", "-o", folder)
    assert done.code == 0, done.err
    return folder


def test_the_summary_counts_every_sheet(omr, shown):
    done = omr("summary", "--store", shown / "demo.db", "--json")
    rows = [row for row in json.loads(done.out) if row["order"]]
    counted = {row["layout"]: (row["issued"], row["returned"], row["valid"], row["missing"]) for row in rows}
    assert counted == {
        "vinhlong-1": (4, 4, 4, 0),
        "vinhlong-2": (3, 3, 3, 0),
        "travinh-82": (3, 3, 3, 0),
        "nghean-so-tay": (2, 2, 2, 0),
    }


@pytest.mark.parametrize("layout", ["vinhlong-1", "vinhlong-2", "travinh-82", "nghean-so-tay"])
def test_table_two_holds_the_ticks_of_the_answers(shown, table, layout):
    ticks = sum(
        row["chosen"] != ""
        for row in table("answers", shown / "demo.db")
        if row["layout"] == layout
        and row["review"] == "0"
        and row["question"] not in ("attestation", "declared")
    )
    [path] = (shown / "report").glob(f"*/{layout}-2026-items.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, *body = csv.reader(file)
    columns = [at for at, name in enumerate(head) if name.endswith("Times ticked")]
    assert columns
    assert sum(int(body[-1][at]) for at in columns) == ticks


def test_each_unit_has_its_own_workbook(shown):
    books = sorted(path.relative_to(shown / "report").as_posix() for path in shown.rglob("*.xlsx"))
    assert len(books) == 3
    assert books[-1] == "summary.xlsx"


def pages(path):
    """Return the text of each page of a PDF."""
    with pypdfium2.PdfDocument(path) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def test_the_pdf_has_the_partys_heading_every_accent_and_its_totals(shown):
    text = pages(next((shown / "report").glob("*Mỹ*/report.pdf")))
    assert "ĐẢNG CỘNG SẢN VIỆT NAM" in text[0]
    assert re.search(r"ngày \d\d tháng \d\d năm 20\d\d", text[0])
    assert "Vắng mặt hoặc làm việc riêng trong buổi học tập nghị quyết" in " ".join(" ".join(text).split())
    assert any("Total" in page and "50,00 %" in page for page in text)


def test_every_link_of_a_units_own_report_leads_to_something(shown):
    for folder in (path for path in (shown / "report").iterdir() if path.is_dir()):
        links = 0
        for page in (folder / "report.html", folder / "evidence.html", *folder.glob("sheets/*.html")):
            text = page.read_text("utf-8")
            assert "<script" not in text
            assert "http://" not in text.replace("http-equiv", "")
            for link in re.findall(r'(?:href|src)="([^"]+)"', text):
                name, _sharp, anchor = unquote(link).partition("#")
                target = page.parent / name if name else page
                assert target.is_file(), (page, link)
                assert not anchor or f'id="{anchor}"' in target.read_text("utf-8"), (page, link)
                links += 1
        assert links > 50
        assert len(list(folder.glob("sheets/*.png"))) > 20


def test_names_and_sheets_stand_in_a_units_own_report_alone(shown):
    assert not list((shown / "report").glob("*names.csv"))
    assert not (shown / "report" / "evidence.html").exists()
    assert len(list((shown / "report").glob("*/*-names.csv"))) == 4
    serials = {path.stem for path in (shown / "report").glob("*/sheets/*.html")}
    above = (shown / "report" / "report.html").read_text("utf-8")
    assert serials
    assert not [serial for serial in serials if serial in above]
