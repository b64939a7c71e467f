"""Layouts are found in the order of the folders, and every frozen geometry stays known."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from omr.errors import LayoutError
from omr.forms.catalogue import Catalogue, search_folders, shipped, write_frozen
from omr.forms.place import Placement


@pytest.fixture
def folder(tmp_path: Path, text: str) -> Path:
    own = tmp_path / "own"
    (own / "scoring").mkdir(parents=True)
    (own / "so-thu.yaml").write_text(text, encoding="utf-8")
    (own / "so-thu-2027.yaml").write_text(text.replace("year: 2026", "year: 2027"), encoding="utf-8")
    (own / "units.yaml").write_text("units: []\n", encoding="utf-8")
    (own / "scoring" / "thu.yaml").write_text("id: thu\n", encoding="utf-8")
    return own


def test_forms_are_listed_by_id_and_year(folder: Path):
    assert [(form.id, form.year) for form in Catalogue([folder]).forms()] == [
        ("so-thu", 2026),
        ("so-thu", 2027),
    ]


@pytest.mark.parametrize(("year", "got"), [(None, 2027), (2026, 2026), (2030, 2030)])
def test_a_form_is_found_by_id_and_year(folder: Path, year: int | None, got: int):
    assert Catalogue([folder]).form("so-thu", year).year == got


def test_another_year_is_another_geometry(folder: Path):
    catalogue = Catalogue([folder])
    assert catalogue.placement("so-thu", 2026).layout.digest != catalogue.placement("so-thu").layout.digest


def test_the_earlier_folder_wins(folder: Path, tmp_path: Path, text: str):
    first = tmp_path / "first"
    first.mkdir()
    (first / "mine.yaml").write_text(text.replace("PHIẾU THỬ", "PHIẾU RIÊNG"), encoding="utf-8")
    catalogue = Catalogue([first, folder])
    assert catalogue.form("so-thu").title == "PHIẾU RIÊNG"
    assert catalogue.path("so-thu", 2027) == folder / "so-thu-2027.yaml"


def test_a_file_is_taken_by_its_name(folder: Path):
    assert Catalogue([]).form(str(folder / "so-thu.yaml")).year == 2026


def test_an_unknown_layout_is_told_with_those_there_are(folder: Path):
    with pytest.raises(LayoutError, match=r"there is no layout 'vinhlog'.*so-thu"):
        Catalogue([folder]).form("vinhlog")


def test_the_faults_of_all_files_are_told(folder: Path):
    for name in ("a", "b"):
        (folder / f"{name}.yaml").write_text("id: x\n", encoding="utf-8")
    with pytest.raises(LayoutError) as caught:
        Catalogue([folder]).forms()
    assert "a.yaml:1" in str(caught.value)
    assert "b.yaml:1" in str(caught.value)


def test_rules_are_found_beside_the_layouts(folder: Path):
    assert Catalogue([folder]).rules("thu") == folder / "scoring" / "thu.yaml"
    with pytest.raises(LayoutError, match="no scoring rule 'khac'"):
        Catalogue([folder]).rules("khac")


def test_a_frozen_layout_stays_known_without_its_file(folder: Path, placement: Placement):
    write_frozen(placement.layout, folder)
    for path in folder.glob("*.yaml"):
        path.unlink()
    assert Catalogue([folder]).known() == {placement.layout.digest: placement.layout}


def test_a_frozen_file_is_never_written_again(folder: Path, placement: Placement):
    path = write_frozen(placement.layout, folder)
    path.write_text("kept", encoding="utf-8")
    assert write_frozen(placement.layout, folder).read_text(encoding="utf-8") == "kept"


def test_a_damaged_frozen_file_is_named(folder: Path, placement: Placement):
    path = write_frozen(placement.layout, folder)
    path.write_text(path.read_text(encoding="utf-8")[:-200], encoding="utf-8")
    with pytest.raises(LayoutError, match=f"{path.name}: this is not a frozen layout"):
        Catalogue([folder]).known()


def test_folders_are_searched_in_the_order_of_the_contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    work, asked, beside = tmp_path / "work", tmp_path / "asked", tmp_path / "data"
    for folder in (work / "layouts", asked, beside / "layouts"):
        folder.mkdir(parents=True)
    monkeypatch.chdir(work)
    assert search_folders(asked, beside / "omr.db") == (
        asked,
        Path("layouts"),
        beside / "layouts",
        beside,
        shipped(),
    )
    assert search_folders(None, None) == (Path("layouts"), shipped())


def test_knowing_geometries_loads_neither_yaml_nor_pdf_libraries():
    script = (
        "import sys; from omr.forms.catalogue import Catalogue, search_folders; "
        "Catalogue(search_folders(None, None)).known(); "
        "print([name for name in ('reportlab', 'pydantic', 'ruamel', 'PIL', 'segno') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
