"""What a person is told who calls a command wrongly."""

from __future__ import annotations

import io

import pytest

from omr.cli import main


class Terminal(io.StringIO):
    """A terminal nobody types at."""

    def isatty(self):
        """Say that it is one."""
        return True


def _ended(_prompt):
    raise EOFError


WRONG = {
    ("--nope",): "Không có tùy chọn --nope. Xem `omr --help`.",
    ("nope",): "Không có lệnh nope. Có phải ý bạn là 'reopen'? Xem `omr --help`.",
    (
        "print",
        "x",
        "--copie",
        "3",
    ): "Không có tùy chọn --copie. Có phải ý bạn là --copies? Xem `omr print --help`.",
    ("layout",): "Thiếu tên lệnh. Xem `omr layout --help`.",
    ("read",): "Thiếu PATH…. Xem `omr read --help`.",
    ("print", "x"): "Thiếu tùy chọn -o, --output. Xem `omr print --help`.",
    ("read", "x", "--unit"): "Tùy chọn --unit cần một giá trị. Xem `omr --help`.",
    ("ledger", "--json=3"): "Tùy chọn --json không nhận giá trị. Xem `omr --help`.",
    ("close", "A", "B", "C"): "Thừa: B C. Xem `omr close --help`.",
    ("desk", "--port", "abc"): "--port phải là số nguyên. Xem `omr desk --help`.",
    ("read", "x", "--workers", "0"): "--workers phải từ 1 trở lên. Xem `omr read --help`.",
    ("desk", "--port", "99999"): "--port chỉ được đến 65535. Xem `omr desk --help`.",
    ("user", "add", "Lan", "--role", "boss"): (
        "--role boss không thuộc 'operator', 'reviewer', 'head', 'admin'. Xem `omr user add --help`."
    ),
    ("ledger", "--store", "."): "--store: . là thư mục, không phải tệp. Xem `omr ledger --help`.",
}


@pytest.mark.parametrize("called", WRONG, ids=" ".join)
def test_wrong_use_is_told_in_vietnamese(called, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["--lang", "vi", *called] if called[-1] == "--unit" else [*called, "--lang", "vi"])
    printed = capsys.readouterr()
    assert (ended.value.code, printed.out, printed.err) == (2, "", f"Lỗi: {WRONG[called]}\n")


def test_what_the_parser_says_otherwise_is_told_in_its_words(run, monkeypatch):
    monkeypatch.setattr("typer.exceptions.TyperException.format_message", lambda _error: "Quite wrong.")
    assert run("nope") == (2, "Error: Quite wrong. See `omr --help`.\n")


def test_the_version_is_told(run):
    code, said = run("--version")
    assert (code, said.split()[0]) == (0, "omr")


def test_without_a_command_the_help_is_printed(capsys):
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 0
    assert "omr [OPTIONS] COMMAND" in capsys.readouterr().out


def test_where_input_ends_nothing_is_done(run, monkeypatch):
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("omr.cli.user.getpass", _ended)
    code, said = run("user", "add", "Lan", "--role", "head")
    assert (code, said.strip()) == (1, "Error: Nothing was typed in, so nothing was done.")
