"""`omr print` as a person calls it: the PDF, the manifest, and what the store remembers."""

from __future__ import annotations

import csv
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from omr.cli import main
from omr.forms.catalogue import Catalogue, shipped
from omr.model.pagecode import parse_serial
from omr.store.store import Store


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main(["print", *arguments, "--lang", "en"])
    return int(ended.value.code or 0), capsys.readouterr().err


def pages(path: Path) -> list[str]:
    document = pdfium.PdfDocument(path)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def manifest(path: Path) -> list[dict[str, str]]:
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_copies_are_numbered_listed_and_remembered(capsys, folder: Path):
    code, err = run(
        capsys, "vinhlong-1", "--copies", "3", "--unit", "CB01", "-o", "f.pdf", "--manifest", "f.csv"
    )
    rows = manifest(folder / "f.csv")
    texts = pages(folder / "f.pdf")
    assert code == 0, err
    assert "3 sheets (12 pages)" in err
    assert [(row["copy"], row["unit"], row["first_page"], row["pages"]) for row in rows] == [
        ("1", "CB01", "1", "4"),
        ("2", "CB01", "5", "4"),
        ("3", "CB01", "9", "4"),
    ]
    for row in rows:
        assert parse_serial(row["sheet"]) == row["sheet"]
        assert row["sheet"] in texts[int(row["first_page"]) - 1]
    with Store.open(folder / "omr.db") as store:
        for row in rows:
            issued = store.issued(row["sheet"])
            assert issued
            assert (issued.layout, issued.unit, issued.pages) == ("vinhlong-1", "CB01", 4)


def test_a_roster_puts_names_on_paper_and_ties_them_to_serials(capsys, folder: Path):
    (folder / "people.csv").write_text(
        "Mã,Họ và tên,Đơn vị,Chức vụ\nDV1,Nguyễn Văn An,CB01,Bí thư\nDV2,Trần Thị Bình,CB02,\n", "utf-8"
    )
    code, err = run(capsys, "vinhlong-1", "--roster", "people.csv", "-o", "f.pdf", "--manifest", "f.csv")
    texts = pages(folder / "f.pdf")
    rows = manifest(folder / "f.csv")
    assert code == 0, err
    assert "Nguyễn Văn An" in texts[0]
    assert "Bí thư" in texts[0]
    assert "Trần Thị Bình" in texts[4]
    assert [row["unit"] for row in rows] == ["CB01", "CB02"]
    with Store.open(folder / "omr.db") as store:
        issued = store.issued(rows[1]["sheet"])
        assert issued
        assert (issued.person, issued.name) == ("DV2", "Trần Thị Bình")


def test_a_master_says_what_it_is_for(capsys, folder: Path):
    code, err = run(capsys, "vinhlong-1", "--master", "-o", "f.pdf")
    assert code == 0, err
    assert all("BẢN GỐC ĐỂ PHOTOCOPY" in text for text in pages(folder / "f.pdf"))


def test_a_replacement_has_a_new_number_for_the_same_person(capsys, folder: Path):
    (folder / "people.csv").write_text("Mã,Họ và tên,Đơn vị\nDV1,Nguyễn Văn An,CB01\n", "utf-8")
    run(capsys, "vinhlong-1", "--roster", "people.csv", "-o", "f.pdf", "--manifest", "f.csv")
    lost = manifest(folder / "f.csv")[0]["sheet"]
    code, err = run(capsys, "vinhlong-1", "--reprint", lost.lower(), "-o", "g.pdf", "--manifest", "g.csv")
    new = manifest(folder / "g.csv")[0]["sheet"]
    assert code == 0, err
    assert new != lost
    assert "Nguyễn Văn An" in pages(folder / "g.pdf")[0]
    with Store.open(folder / "omr.db") as store:
        issued = store.issued(new)
        assert issued
        assert (issued.person, issued.unit) == ("DV1", "CB01")


def test_a_sheet_that_was_not_issued_cannot_be_replaced(capsys, folder: Path):
    code, err = run(capsys, "vinhlong-1", "--reprint", "K7M2-9QXA", "-o", "g.pdf")
    assert code == 2
    assert "Sheet K7M2-9QXA was not issued by this store" in err
    assert not (folder / "g.pdf").exists()


def test_the_geometry_is_frozen_in_the_store_and_beside_a_layout_of_ones_own(capsys, folder: Path):
    own = folder / "layouts"
    own.mkdir()
    text = (shipped() / "vinhlong-1.yaml").read_text(encoding="utf-8")
    (own / "mine.yaml").write_text(text.replace("id: vinhlong-1", "id: mine"), encoding="utf-8")
    code, err = run(capsys, "mine", "--copies", "1", "-o", "f.pdf")
    layout = Catalogue([own]).placement("mine").layout
    assert code == 0, err
    assert Catalogue([own]).known() == {layout.digest: layout}
    with Store.open(folder / "omr.db") as store:
        assert store.frozen()[layout.digest] == layout


@pytest.mark.parametrize("arguments", [(), ("--copies", "1", "--master"), ("--master", "--board", "A3")])
def test_exactly_one_thing_is_printed(capsys, folder: Path, arguments: tuple[str, ...]):
    code, err = run(capsys, "vinhlong-1", *arguments, "-o", "f.pdf")
    assert code == 2
    assert "Give exactly one of" in err
    assert not (folder / "f.pdf").exists()


def test_the_wall_board_needs_no_store(capsys, folder: Path):
    code, err = run(capsys, "vinhlong-1", "--board", "a3", "-o", "b.pdf")
    assert code == 0, err
    assert len(pages(folder / "b.pdf")) == 1
    assert not (folder / "omr.db").exists()
    assert run(capsys, "vinhlong-1", "--board", "A9", "-o", "b.pdf")[0] == 2


def test_a_form_that_would_not_print_well_is_refused(capsys, folder: Path):
    text = (shipped() / "vinhlong-1.yaml").read_text(encoding="utf-8")
    (folder / "x.yaml").write_text(text.replace("label: Suy thoái", "label: Suy thoái ☐"), encoding="utf-8")
    code, err = run(capsys, "x.yaml", "--copies", "1", "-o", "f.pdf")
    assert code == 2
    assert "x.yaml:" in err
    assert not (folder / "f.pdf").exists()
    assert not (folder / "omr.db").exists()


def test_what_cannot_be_written_is_told_and_nothing_is_issued(capsys, folder: Path):
    code, err = run(capsys, "vinhlong-1", "--copies", "1", "-o", "nowhere/f.pdf")
    assert code == 1
    assert "nowhere/f.pdf cannot be written" in err
    with Store.open(folder / "omr.db") as store:
        assert store.frozen() == {}


def test_another_year_is_printed_on_the_form(capsys, folder: Path):
    code, err = run(capsys, "vinhlong-1", "--copies", "1", "--year", "2028", "-o", "f.pdf")
    assert code == 0, err
    assert "Năm 2028" in pages(folder / "f.pdf")[0]
