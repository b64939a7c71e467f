"""What has to stay true of the project as a whole."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import omr
from omr.cli import main
from omr.forms.catalogue import FROZEN, Catalogue, read_frozen, shipped

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "omr" / "locale" / "vi" / "LC_MESSAGES"
COMMANDS = (
    ("demo",), ("layouts",), ("layout", "check"), ("layout", "boxes"), ("layout", "draft"),
    ("layout", "import"), ("units", "import"),
    ("roster", "import"), ("ranks", "import"), ("print",), ("read",), ("batches",),
    ("void",), ("export",), ("verdict", "import"), ("summary",), ("report",), ("score",), ("rescore",),
    ("reclassify",), ("key", "new"), ("key", "trust"), ("package",), ("merge",),
    ("ledger",), ("settle",), ("close",), ("reopen",), ("purge",), ("backup",), ("verify",),
    ("user", "add"), ("user", "list"), ("user", "password"), ("user", "assign"), ("user", "role"),
    ("user", "close"), ("user", "reopen"), ("doctor",), ("synth",), ("overlay",), ("desk",),
)  # fmt: skip


def run(capsys, *arguments):
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    printed = capsys.readouterr()
    return ended.value.code, printed.out + printed.err


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example(capsys, command, language):
    code, text = run(capsys, *command, "--help", "--lang", language)
    assert code == 0
    assert f"omr {command[0]}" in re.sub(r"[│\s]+", " ", text).split(": ", 1)[1]


def test_help_imports_nothing_heavy():
    heavy = [
        "numpy",
        "cv2",
        "pandas",
        "distributed",
        "reportlab",
        "pydantic",
        "zxingcpp",
        "fastapi",
        "uvicorn",
    ]
    code = (
        "import sys, omr.cli\n"
        "try: omr.cli.main(['--help'])\n"
        f"except SystemExit: print('HEAVY', [m for m in {heavy!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "HEAVY []"


def test_every_public_name_is_there():
    assert all(getattr(omr, name) is not None for name in omr.__all__)


def test_the_vietnamese_catalogue_is_whole_and_compiled():
    with (CATALOGUE / "omr.po").open("rb") as file:
        catalogue = read_po(file, locale="vi")
    open_ends = [
        m.id
        for m in catalogue
        if m.id and (m.fuzzy or not all([m.string] if isinstance(m.string, str) else m.string))
    ]
    assert open_ends == []
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    assert compiled.getvalue() == (CATALOGUE / "omr.mo").read_bytes()


def test_translations_keep_their_placeholders():
    with (CATALOGUE / "omr.po").open("rb") as file:
        catalogue = read_po(file, locale="vi")
    wrong = []
    for message in catalogue:
        sources = [message.id] if isinstance(message.id, str) else list(message.id)
        texts = [message.string] if isinstance(message.string, str) else list(message.string)
        wanted = set().union(*(re.findall(r"\{[^{}]*\}", source) for source in sources))
        wrong += [text for text in texts if message.id and set(re.findall(r"\{[^{}]*\}", text)) - wanted]
    assert wrong == []


def test_the_messages_of_the_code_are_in_the_catalogue(tmp_path):
    extracted = tmp_path / "omr.pot"
    subprocess.run(
        [
            sys.executable,
            "-m",
            "babel.messages.frontend",
            "-q",
            "extract",
            "-F",
            ROOT / "pyproject.toml",
            "-o",
            extracted,
            ROOT / "omr",
        ],
        check=True,
    )
    with extracted.open("rb") as file:
        wanted = {str(message.id) for message in read_po(file) if message.id}
    with (CATALOGUE / "omr.po").open("rb") as file:
        known = {str(message.id) for message in read_po(file, locale="vi") if message.id}
    assert wanted - known == set(), "run `make messages` and translate"


def test_the_frozen_layouts_are_those_of_the_files():
    catalogue = Catalogue((shipped(),))
    frozen = {read_frozen(path).digest for path in (shipped() / FROZEN).glob("*.json")}
    assert {catalogue.placement(form.id, form.year).layout.digest for form in catalogue.forms()} <= frozen


def test_the_schema_for_editors_is_current(capsys):
    main_code, text = run(capsys, "layout", "schema")
    assert main_code == 0
    assert json.loads(text) == json.loads((ROOT / "docs" / "layout.schema.json").read_text("utf-8"))


def test_the_samples_are_read_as_the_truth_says(tmp_path, capsys):
    store = str(tmp_path / "omr.db")
    run(capsys, "read", str(ROOT / "samples" / "scans"), "--store", store, "--lang", "en")
    code, text = run(
        capsys, "export", "marks", "--store", store, "-o", str(tmp_path / "m.csv"), "--lang", "en"
    )
    assert code == 0, text
    read = {key(row): row for row in rows(tmp_path / "m.csv")}
    truth = list(rows(ROOT / "samples" / "truth.csv"))
    assert len(read) == len(truth)
    silent = [
        row for row in truth if read[key(row)]["review"] == "0" and read[key(row)]["state"] != row["state"]
    ]
    assert silent == []


def test_the_readme_names_commands_that_are_there():
    told = set(
        re.findall(r"^\s*(?:\.venv/bin/)?omr ([a-z]+)", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    )
    assert told <= {command[0] for command in COMMANDS}
    assert {"print", "read", "summary"} <= told


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def key(row):
    return row["unit"], Path(row["source"]).name, row["frame"], row["question"], row["choice"]
