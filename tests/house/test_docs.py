"""What the documents name is there: files, commands, options; and what is there is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from omr.cli import _app

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted((*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")))
CALL = re.compile(r"(?:^|[`\s/\\])omr ((?:[a-z]+ ?)+)([^`\n]*)")


def commands():
    """Return every command by its words, with the names of its options."""
    found = {}

    def walk(command, words):
        names = {name for each in command.params for name in (*each.opts, *each.secondary_opts)}
        found[words] = names | {"--help", "--lang"}
        for name, below in getattr(command, "commands", {}).items():
            walk(below, (*words, name))

    walk(typer.main.get_command(_app()), ())
    return found


COMMANDS = commands()


def called(text):
    """Yield the command of each `omr …` in a text, and the options given to it."""
    for words, rest in CALL.findall(text):
        longest = tuple(words.split())
        while longest and longest not in COMMANDS:
            longest = longest[:-1]
        yield words, longest, re.findall(r"(?<!\S)--[a-z-]+", rest)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_to_a_file(document):
    links = re.findall(r"\]\((?!https?:)([^)#\s]+)", document.read_text("utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_and_option_that_is_shown_is_there(document):
    wrong = [
        f"omr {words.strip()} {option}"
        for words, command, options in called(document.read_text("utf-8"))
        for option in options
        if command and option not in COMMANDS[command]
    ]
    assert wrong == []


def test_every_command_is_shown_somewhere():
    shown = {command for path in DOCUMENTS for _words, command, _options in called(path.read_text("utf-8"))}
    leaves = {words for words in COMMANDS if not any(other[:-1] == words for other in COMMANDS)}
    assert sorted(leaves - shown) == []


def test_every_module_the_architecture_names_is_there():
    named = re.findall(r"`(?:[a-z_]+/)*([a-z_]+\.py)`", (ROOT / "ARCHITECTURE.md").read_text("utf-8"))
    there = {path.name for path in (ROOT / "omr").rglob("*.py")}
    assert sorted(set(named) - there) == []
