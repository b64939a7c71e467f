"""Commands as people run them, and stacks made once for several tests."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OMR = (sys.executable, "-c", "import omr.cli; omr.cli.main()")


@dataclass(frozen=True)
class Done:
    """A command that ended."""

    code: int
    out: str
    err: str


def run(*arguments, cwd=None, **more) -> Done:
    """Run one command in English."""
    done = subprocess.run(
        [*OMR, *map(str, arguments), "--lang", "en"],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        **more,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def rows(path: Path) -> list[dict[str, str]]:
    """Return a CSV file's rows."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def omr():
    return run


@pytest.fixture(scope="session")
def table(tmp_path_factory):
    """Export a table of a store and return its rows."""

    def export(name, store, *more):
        path = tmp_path_factory.mktemp("table") / f"{name}.csv"
        done = run("export", name, "--store", store, "-o", path, *more)
        assert done.code == 0, done.err
        return rows(path)

    return export


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """Return the folder of a stack, made once a session for each set of options."""
    stacks: dict[tuple[str, ...], Path] = {}

    def make(*options):
        key = tuple(map(str, options))
        if key not in stacks:
            folder = tmp_path_factory.mktemp("stack")
            done = run("synth", *key, "-o", folder)
            assert done.code == 0, done.err
            stacks[key] = folder
        return stacks[key]

    return make


@pytest.fixture
def stack(made, tmp_path):
    """Return a copy of a stack's folder that a test may change."""

    def copied(*options):
        target = tmp_path / "stack"
        shutil.copytree(made(*options), target)
        return target

    return copied


@pytest.fixture(scope="session")
def truth_of():
    return lambda folder, name="truth": rows(folder / f"{name}.csv")
