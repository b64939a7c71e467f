"""`omr overlay` as a person calls it."""

from __future__ import annotations

from pathlib import Path

import pytest

from omr.cli import main
from omr.cli.demo import shipped_samples


@pytest.fixture
def page() -> Path:
    return next(shipped_samples().glob("scans/*/nghean-so-tay-0001.jpg"))


def test_help_has_an_example(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["overlay", "--help", "--lang", "en"])
    text = " ".join(capsys.readouterr().out.split())
    assert ended.value.code == 0
    assert "Example: omr overlay scans/ -o seen/ --gallery" in text


def test_a_page_becomes_a_picture(capsys, page: Path, tmp_path: Path):
    main_done(["overlay", str(page), "-o", str(tmp_path)])
    assert [path.name for path in tmp_path.iterdir()] == [f"{page.parent.name}-{page.stem}-0001.png"]
    assert "1 picture written" in capsys.readouterr().err


def test_a_gallery_is_its_sheets_alone_and_always_the_same(page: Path, tmp_path: Path):
    for run in ("one", "two"):
        main_done(["overlay", str(page), "-o", str(tmp_path / run), "--gallery"])
    assert [path.name for path in (tmp_path / "one").iterdir()] == ["gallery-001.png"]
    one, two = (tmp_path / run / "gallery-001.png" for run in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_a_folder_gives_as_many_sheets_as_it_needs(page: Path, tmp_path: Path):
    for number in range(3):
        (tmp_path / f"{number}.jpg").write_bytes(page.read_bytes())
    main_done(["overlay", str(tmp_path), "-o", str(tmp_path / "seen"), "--gallery"])
    # three pages of 120 boxes, 300 to a sheet
    assert sorted(path.name for path in (tmp_path / "seen").iterdir()) == [
        "gallery-001.png",
        "gallery-002.png",
    ]


def test_a_refused_page_is_told(capsys, tmp_path: Path):
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    main_done(["overlay", str(tmp_path), "-o", str(tmp_path / "seen"), "--gallery"])
    assert "broken.png 1: unreadable" in capsys.readouterr().err


def main_done(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--lang", "en"])
    assert ended.value.code == 0
