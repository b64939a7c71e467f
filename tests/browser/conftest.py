"""A real desk in a process of its own, and a real Chromium."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip
PATIENCE_MS = 120_000
"""The machine may be busy with every other test."""
expect.set_options(timeout=PATIENCE_MS)


def _chromium() -> str:
    spec = spec_from_file_location("setup_browser", Path(__file__).with_name("setup_browser.py"))
    setup = module_from_spec(spec)
    spec.loader.exec_module(setup)
    return setup.found() or pytest.fail("there is no Chromium: run tests/browser/setup_browser.py")


@pytest.fixture(scope="session")
def browser():
    path = _chromium()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS, timeout=PATIENCE_MS)
        yield chromium
        chromium.close()


@pytest.fixture
def link(tmp_path):
    """The one-time link of a desk on a store that does not exist yet."""
    command = [sys.executable, "-c", "from omr.cli import main; main()", "desk", "--store", "new.db"]
    more = ["--port", "0", "--no-browser", "--lang", "vi"]
    # The messages are Vietnamese: on Windows and in the C locale a pipe is not UTF-8 by itself.
    spoken = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen(
        [*command, *more], cwd=tmp_path, stderr=subprocess.PIPE, encoding="utf-8", env=spoken
    ) as desk:
        told = re.search(r"http://\S+", desk.stderr.readline())
        assert told, desk.stderr.read()
        yield told[0]
        desk.terminate()


@pytest.fixture
def page(browser, link):
    """A page at 1366 × 768, signed in, that fails the test where a script or the policy complains."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, accept_downloads=True)
    context.set_default_timeout(PATIENCE_MS)
    opened = context.new_page()
    complaints = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    opened.goto(link)
    yield opened
    context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def serious_faults():
    """What axe finds on a page that keeps people out."""
    axe = Path(__file__).with_name("vendor").joinpath("axe.min.js").read_text("utf-8")

    def found(page) -> list[str]:
        page.evaluate(axe)
        faults = page.evaluate("async () => (await axe.run()).violations.map(v => [v.impact, v.id])")
        return [rule for impact, rule in faults if impact in ("serious", "critical")]

    return found
