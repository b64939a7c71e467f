"""What the command line writes, and where it does not write."""

import os
import subprocess
import sys

import pytest

from omr.cli import main
from omr.store.store import Store

OMR = (sys.executable, "-c", "import omr.cli; omr.cli.main()")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp1258"])
def test_output_to_a_file_is_utf8_whatever_the_code_page(tmp_path, encoding):
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    for arguments in (["layouts"], ["--help"], ["read", "không có"]):
        done = subprocess.run(
            [*OMR, *arguments, "--lang", "vi"],
            capture_output=True,
            check=False,
            env=environment,
            cwd=tmp_path,
        )
        assert b"Traceback" not in done.stderr
        assert set("ảẫếệốổ") & set((done.stdout + done.stderr).decode("utf-8").lower())


@pytest.mark.parametrize("option", ["-o", "--manifest"])
def test_forms_are_never_written_over_a_store(tmp_path, monkeypatch, capsys, option):
    monkeypatch.chdir(tmp_path)
    with Store.open(tmp_path / "omr.db"):
        pass
    before = (tmp_path / "omr.db").read_bytes()
    others = {"-o": (), "--manifest": ("-o", "f.pdf")}[option]
    with pytest.raises(SystemExit) as ended:
        main(["print", "nghean-so-tay", "--copies", "1", *others, option, "omr.db", "--lang", "en"])
    assert ended.value.code == 2
    assert "omr.db is a store" in capsys.readouterr().err
    assert (tmp_path / "omr.db").read_bytes() == before


def test_forms_and_manifest_need_a_file_each(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["print", "nghean-so-tay", "--copies", "1", "-o", "f.pdf", "--manifest", "./f.pdf"])
    assert ended.value.code == 2
    assert "f.pdf" in capsys.readouterr().err
    assert not (tmp_path / "omr.db").exists()


def test_a_store_is_not_taken_for_a_package(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with Store.open(tmp_path / "omr.db"):
        pass
    with pytest.raises(SystemExit) as ended:
        main(["package", "CB-01", "--to", "x.key", "-o", "omr.db", "--lang", "en"])
    assert ended.value.code == 2
    assert "is a store" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_told_in_words(tmp_path, monkeypatch, capsys):
    def refused(*_arguments, **_options):
        raise PermissionError(13, "Permission denied", "omr.db")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("omr.store.store.Store.open", refused)
    with pytest.raises(SystemExit) as ended:
        main(["read", ".", "--lang", "en"])
    assert ended.value.code == 1
    assert "omr.db: you have no permission" in capsys.readouterr().err


def refused(capsys, *arguments):
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--lang", "en"])
    assert ended.value.code == 2
    return capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ("print", "nghean-so-tay", "--copies", "1", "-o", "."),
        ("print", "nghean-so-tay", "--copies", "1", "-o", "f.pdf", "--manifest", "."),
        ("backup", "-o", "."),
        ("package", "CB-01", "-o", "."),
    ],
)
def test_a_folder_is_no_file_to_write(tmp_path, monkeypatch, capsys, arguments):
    monkeypatch.chdir(tmp_path)
    assert (
        "output: . is a folder" in (told := refused(capsys, *arguments)) or "manifest: . is a folder" in told
    )


@pytest.mark.parametrize("year", ["3000", "-5", "99999999999999999999"])
def test_a_year_that_no_page_code_can_say_is_refused(tmp_path, monkeypatch, capsys, year):
    monkeypatch.chdir(tmp_path)
    assert "--year" in refused(
        capsys, "print", "nghean-so-tay", "--copies", "1", "--year", year, "-o", "f.pdf"
    )
    assert "--year" in refused(capsys, "summary", "--year", year)


@pytest.mark.parametrize("command", [("ledger",), ("export", "marks", "-o", "m.csv", "--unit")])
def test_a_unit_that_is_not_there_is_never_all_well(tmp_path, monkeypatch, capsys, command):
    monkeypatch.chdir(tmp_path)
    with Store.open(tmp_path / "omr.db"):
        pass
    assert "there is no unit CB-1" in refused(capsys, *command, "CB-1")
