from __future__ import annotations

import dataclasses
import datetime as dt
import re

import openpyxl
import pandas as pd
import pypdfium2
import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth

from omr.errors import OmrError
from omr.forms.fonts import Face
from omr.model.unit import Unit
from omr.report.assemble import level_note
from omr.report.charts import COLOURS, Chart, svg
from omr.report.csvfile import write_csv
from omr.report.page import Heading, write_pdf
from omr.report.page_bars import Bars
from omr.report.page_text import register_fonts
from omr.report.parquetfile import write_parquet
from omr.report.report import Part, PartKind, Report, Stamp
from omr.report.rows import SheetNote, SheetRow
from omr.report.table import Column, Kind, TableRow, Weight, make_table
from omr.report.tables import form_tables
from omr.report.workbook import worksheet_name, write_workbook

STAMP = Stamp("Đảng bộ xã An Bình", dt.date(2026, 2, 5))
LEDGER = make_table(
    "LEDGER",
    (Column("unit", "Unit", Kind.TEXT), Column("scans", "Scans", Kind.COUNT)),
    (TableRow("CB1", Weight.PLAIN, ("Chi bộ ấp 1", 12345)),),
)
FIRST = 8  # row of the first values in every worksheet


def report_about(facts, **more):
    """The parts about forms alone: what the store tells besides is tried elsewhere."""
    forms = form_tables(facts)
    parts = []
    for form in forms:
        key = form.head.key
        title, note = f"{form.head.title} – {key.year}", level_note(form)
        for kind, table in ((PartKind.TURNOUT, form.turnout), (PartKind.ITEMS, form.items)):
            name = {"turnout": "units", "items": "items"}[kind]
            parts.append(Part(kind, f"{key.layout} {name}", table, title, note, more.get(name, ()), key))
    ledger = Part(PartKind.LEDGER, "Ledger", LEDGER)
    return Report(
        STAMP, (("Unit", STAMP.unit), ("Signed", "dòng 1\ndòng 2")), (*parts, ledger), forms, own=False
    )


@pytest.fixture
def book(facts, tmp_path):
    report = report_about(facts)
    path = tmp_path / "tổng hợp.xlsx"
    write_workbook(path, report)
    return openpyxl.load_workbook(path), report


def test_the_cover_comes_first_and_the_ledger_last(book):
    assert book[0].sheetnames == [
        "Cover", "vinhlong-1 units", "vinhlong-1 items", "haugiang-ca-nhan units", "haugiang-ca-nhan items",
        "Ledger",
    ]  # fmt: skip
    cover = book[0]["Cover"]
    assert [(cover.cell(row, 1).value, cover.cell(row, 2).value) for row in (3, 4)] == list(book[1].cover)


def test_remarks_stand_under_their_table_alone(facts, tmp_path):
    path = tmp_path / "summary.xlsx"
    write_workbook(path, report_about(facts, units=("0 sai / 300 ô.",)))
    found = {
        sheet.title: [cell.row for row in sheet for cell in row if cell.value == "0 sai / 300 ô."]
        for sheet in openpyxl.load_workbook(path)
    }
    assert {name: rows for name, rows in found.items() if rows} == {
        f"{form.head.key.layout} units": [FIRST + len(form.turnout.frame)] for form in form_tables(facts)
    }


def test_the_numbers_read_back_are_those_of_the_frames(book):
    workbook, report = book

    for worksheet, part in zip(workbook.worksheets[1:], report.parts, strict=True):
        table = part.table
        shape = worksheet.iter_rows(min_row=FIRST, max_row=FIRST + len(table.frame) - 1, values_only=True)
        read = [row[: len(table.columns)] for row in shape]
        assert read == [tuple(None if cell == "" else cell for cell in row) for row in table.values()]
        numbers = table.frame.select_dtypes("number").columns
        assert not {(row, column) for row, column in table.hidden if column not in numbers}


def test_counts_and_percents_are_numbers_with_a_format(book):
    row = book[0]["vinhlong-1 units"][FIRST]

    assert [(cell.data_type, cell.number_format) for cell in row[2:9:6]] == [("n", "#,##0"), ("n", "0.00")]


def test_the_title_block_names_unit_form_year_and_rule_and_draws_no_conclusion(book):
    titles = [book[0]["vinhlong-1 units"].cell(row, 1).value for row in range(1, 5)]

    assert titles == [
        "Đảng bộ xã An Bình",
        "SUMMARY BY UNIT",
        "PHIẾU TỰ ĐÁNH GIÁ THEO 27 BIỂU HIỆN – 2026",
        "Self-assessed level (computed by rule), not a conclusion; rules: vinhlong-1 1 (0a1b2c3d4e).",
    ]
    assert "level" not in book[0]["haugiang-ca-nhan units"].cell(4, 1).value


def test_the_page_is_a4_landscape_with_heads_that_stay(book):
    for sheet in book[0].worksheets[1:]:
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
        assert (sheet.freeze_panes, sheet.print_title_rows) == (f"C{FIRST}", f"${FIRST - 2}:${FIRST - 1}")
        assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)


def test_a_level_is_headed_once_over_its_columns(book):
    sheet = book[0]["vinhlong-1 units"]

    assert "H6:K6" in {str(area) for area in sheet.merged_cells.ranges}
    assert [sheet.cell(6, 8).value, sheet.cell(7, 8).value, sheet.cell(7, 10).value] == [
        "Tốt",
        "Number",
        "0 dòng",
    ]


@pytest.mark.parametrize("name", ['=HYPERLINK("http://x")', "+1", "-1+1", "@SUM(A1)", "http://x"])
def test_text_is_never_a_formula_or_a_link(facts, tmp_path, name):
    units = tuple(Unit(unit.code, name, unit.parent) if unit.code == "CB1" else unit for unit in facts.units)
    named = dataclasses.replace(facts, units=units)
    forms = form_tables(named)

    write_workbook(tmp_path / "a.xlsx", report_about(named))
    write_csv(tmp_path / "a.csv", forms[0].turnout)

    cell = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[1].cell(FIRST, 2)
    assert (cell.data_type, cell.value, cell.hyperlink) == ("s", name, None)
    assert pd.read_csv(tmp_path / "a.csv")["Unit"][0] == (name if name.startswith("h") else f"'{name}")


def test_csv_has_a_bom_one_line_of_headings_and_plain_numbers(facts, tmp_path):
    path = tmp_path / "a.csv"
    write_csv(path, form_tables(facts)[0].turnout)

    lines = path.read_bytes().decode("utf-8").splitlines()
    assert lines[0].startswith(
        "\ufeffNo.,Unit,Issued,Returned,Valid,Invalid,Not returned,Tốt: Number,Tốt: %,"
    )
    assert lines[1].startswith("1,Chi bộ ấp 1,4,3,3,0,1,2,66.67,1,1,0,0.00,1,33.33,0,")


def test_parquet_read_back_is_the_frame(facts, tmp_path):
    for form in form_tables(facts, masked=True):
        for table in (form.turnout, form.items):
            write_parquet(tmp_path / "a.parquet", table)
            read = pd.read_parquet(tmp_path / "a.parquet")
            pd.testing.assert_frame_equal(read, table.frame, check_dtype=False)
            numbers = table.frame.select_dtypes("number").columns
            assert read.dtypes[numbers].astype(str).equals(table.frame.dtypes[numbers].astype(str))
            assert all(pd.isna(read.loc[row, column]) for row, column in table.hidden)


def test_csv_of_an_empty_percent_is_empty(facts, tmp_path):
    path = tmp_path / "a.csv"
    write_csv(path, form_tables(dataclasses.replace(facts, sheets=()))[0].turnout)

    assert path.read_text("utf-8-sig").splitlines()[1] == "1,Chi bộ ấp 1,4,0,0,0,4,0,,0,0,0,,0,,0,"


def test_a_file_that_cannot_be_written_is_named(facts, tmp_path):
    report = report_about(facts)

    with pytest.raises(OmrError, match=r"a\.xlsx: cannot be written"):
        write_workbook(tmp_path / "absent" / "a.xlsx", report)
    with pytest.raises(OmrError, match=r"a\.csv: cannot be written"):
        write_csv(tmp_path / "absent" / "a.csv", LEDGER)
    with pytest.raises(OmrError, match=r"a\.parquet cannot be written"):
        write_parquet(tmp_path / "absent" / "a.parquet", LEDGER)


def test_names_of_worksheets_are_short_allowed_and_their_own():
    taken: set[str] = set()

    names = [worksheet_name(name, taken) for name in ("a/b:c", "A B C", "x" * 40, "x" * 50, "[]")]
    assert names == ["a b c", "A B C 2", "x" * 31, "x" * 29 + " 2", "1"]


def test_every_table_has_a_filter_that_leaves_the_total_out(book):
    sheet = book[0]["vinhlong-1 units"]
    assert sheet.auto_filter.ref == f"A{FIRST - 1}:Q{FIRST + 1}"


def test_every_font_of_a_pdf_is_embedded(facts, tmp_path):
    write_pdf(tmp_path / "a.pdf", report_about(facts), Heading.PARTY)
    content = (tmp_path / "a.pdf").read_bytes()
    fonts = {name.decode() for name in re.findall(rb"/BaseFont /(\S+)", content)}
    assert {name.partition("+")[2] for name in fonts} == {
        "LiberationSerif", "LiberationSerif-Bold", "LiberationSerif-Italic",
    }  # fmt: skip
    assert len(re.findall(rb"/FontFile2 ", content)) == len(fonts)


def test_a_pdf_of_very_many_units_has_a_bar_for_each_and_its_total_once(facts, phieu, tmp_path):
    units = tuple(Unit(f"C{n}", f"Chi bộ số {n}") for n in range(60))
    note = (SheetNote.UNISSUED,)
    sheets = tuple(
        SheetRow(unit.code, phieu.key, unit.code, valid=True, level="tot", split="tot-0", notes=note)
        for unit in units
    )
    many = dataclasses.replace(facts, forms=(phieu,), units=units, sheets=sheets, issued=())
    write_pdf(tmp_path / "a.pdf", report_about(many), Heading.STATE)

    with pypdfium2.PdfDocument(tmp_path / "a.pdf") as document:
        text = [page.get_textpage().get_text_bounded() for page in document]
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text[0]
    whole = " ".join(" ".join(text).split()) + " "
    assert all(whole.count(f"Chi bộ số {n} ") >= 2 for n in range(60))  # in table 1 and in the chart


def named(facts, name, label="Tốt"):
    """The facts with one unit's name and one level's label changed."""
    units = tuple(Unit(unit.code, name, unit.parent) if unit.code == "CB1" else unit for unit in facts.units)
    first, *others = facts.forms[0].levels
    head = dataclasses.replace(facts.forms[0], levels=(dataclasses.replace(first, label=label), *others))
    return dataclasses.replace(facts, units=units, forms=(head, *facts.forms[1:]))


@pytest.mark.parametrize("name", ["Chi bộ " * 1000, "Chibộ" * 400])
def test_a_name_longer_than_a_page_is_printed_all_the_same(facts, tmp_path, name):
    write_pdf(tmp_path / "a.pdf", report_about(named(facts, name)), Heading.PARTY)
    with pypdfium2.PdfDocument(tmp_path / "a.pdf") as document:
        text = "".join(page.get_textpage().get_text_bounded() for page in document)
    assert text.count("bộ") >= name.count("bộ")


def test_a_row_of_a_worksheet_is_as_high_as_its_words_need(facts, tmp_path):
    write_workbook(tmp_path / "a.xlsx", report_about(named(facts, "Chi bộ " * 30, "Chưa đến mức " * 8)))
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["vinhlong-1 units"]
    heights = {row: sheet.row_dimensions[row].height for row in (FIRST - 2, FIRST - 1, FIRST, FIRST + 1)}
    assert heights[FIRST] >= 7 * 15
    assert heights[FIRST + 1] < 3 * 17
    assert heights[FIRST - 2] >= 3 * 15


@pytest.mark.parametrize("label", ["Tốt", "Có vi phạm nhưng chưa đến mức nghiêm trọng"])
def test_the_legend_of_a_chart_stays_on_the_page(label):
    register_fonts()
    chart = Chart("Các mức", (), tuple((colour, f"{label} {colour}") for colour in COLOURS))
    bars = Bars(chart)
    ends = [x + stringWidth(entry[1], Face.REGULAR.value, 9) for _line, x, entry in bars._legend]
    assert max(ends) < bars.width
    assert bars.height > max(line for line, _x, _entry in bars._legend)
    places = [float(x) for x in re.findall(r'<text x="([\d.]+)"', svg(chart))]
    assert all(x + 6 * len(label) < 880 for x in places)
