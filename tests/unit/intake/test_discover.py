"""Folders as they are found: links in a circle, pipes, names that are none, scans under other names."""

import os
import subprocess
import sys

import pytest

from omr.errors import UsageError
from omr.intake.discover import discover

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither")


def put(path, data=b"%PDF-1.7"):
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    return path


@POSIX
def test_links_in_a_circle_end(tmp_path):
    put(tmp_path / "CB-01" / "a.pdf")
    (tmp_path / "CB-01" / "again").symlink_to(".")
    (tmp_path / "CB-01" / "above").symlink_to("..")
    (tmp_path / "CB-01" / "self.pdf").symlink_to("self.pdf")
    found = discover([tmp_path])
    assert [each.path.name for each in found.files] == ["a.pdf"]
    assert len(found.problems) == 1
    assert "self.pdf" in found.problems[0]


@POSIX
def test_a_linked_scan_belongs_to_the_folder_its_link_lies_in(tmp_path):
    (tmp_path / "CB-01").mkdir()
    (tmp_path / "CB-01" / "a.pdf").symlink_to(put(tmp_path / "scanner" / "0001.pdf"))
    assert [each.unit for each in discover([tmp_path / "CB-01"]).files] == ["CB-01"]


def test_the_folder_one_stands_in_has_its_name(tmp_path, monkeypatch):
    put(tmp_path / "CB-01" / "a.pdf")
    monkeypatch.chdir(tmp_path / "CB-01")
    for name in (".", "a.pdf", "../CB-01"):
        assert [each.unit for each in discover([type(tmp_path)(name)]).files] == ["CB-01"]


@POSIX
def test_a_pipe_is_not_waited_for(tmp_path):
    put(tmp_path / "CB-01" / "a.pdf")
    os.mkfifo(tmp_path / "CB-01" / "b.pdf")
    script = (
        "import sys; from pathlib import Path; from omr.intake.discover import discover\n"
        "found = discover([Path(sys.argv[1])]); print(len(found.files), *found.problems)"
    )
    told = subprocess.run(
        [sys.executable, "-c", script, tmp_path], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert told.startswith("1 ")
    assert "b.pdf" in told


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such a name")
def test_a_name_in_wrong_bytes_is_told_and_the_others_are_read(tmp_path):
    put(tmp_path / "a.pdf")
    put(tmp_path / os.fsdecode(b"phi\xff\xfeu.pdf"))
    found = discover([tmp_path])
    assert [each.path.name for each in found.files] == ["a.pdf"]
    assert len(found.problems) == 1


def test_a_name_longer_than_any_is_not_there(tmp_path):
    with pytest.raises(UsageError):
        discover([tmp_path / ("n" * 300)])


def test_a_scan_under_another_name_is_read_and_what_is_none_is_told(tmp_path):
    put(tmp_path / "scan0001")
    put(tmp_path / "scan.jfif", b"\xff\xd8\xff\xe0")
    put(tmp_path / "BM.txt", b"BM 01, BM 02: to be scanned again")
    put(tmp_path / "IMG_1.MP4", b"\0\0\0\x18ftypmp42")
    put(tmp_path / ".DS_Store", b"\0\0\0\1Bud1")
    put(tmp_path / "~$list.xlsx", b"\5Name")
    found = discover([tmp_path])
    assert [each.path.name for each in found.files] == ["scan0001", "scan.jfif"]
    assert [path.name for path in found.passed_over] == ["BM.txt", "IMG_1.MP4"]
    assert not found.problems


def test_no_scan_is_left_out_for_its_name_without_a_word(tmp_path):
    put(tmp_path / "~CB-01" / "~1.pdf")
    put(tmp_path / ".2.pdf")
    found = discover([tmp_path])
    assert [(each.unit, each.path.name) for each in found.files] == [("~CB-01", "~1.pdf")]
    assert len(found.problems) == 1
    assert ".2.pdf" in found.problems[0]
