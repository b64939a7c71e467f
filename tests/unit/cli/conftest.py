"""The command line, called in a folder of its own."""

from __future__ import annotations

import pytest

from omr.cli import main


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    """Call a command in English; returns its exit code and what it printed."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        with pytest.raises(SystemExit) as ended:
            main([*map(str, arguments), "--lang", "en"])
        printed = capsys.readouterr()
        return ended.value.code, printed.out + printed.err

    return call
