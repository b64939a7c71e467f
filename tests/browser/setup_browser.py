"""Find a Chromium for the browser tests, or install one. `make test` runs this first."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def found() -> str | None:
    """Return the path of a Chromium: one on PATH, else playwright's own; None where there is neither."""
    return next((path for path in map(shutil.which, NAMES) if path), None) or _of_playwright()


def _of_playwright() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> str | None:
    """Install one and return its path, or None where every way fails."""
    as_root = [] if os.name == "posix" and os.geteuid() == 0 else ["sudo", "-n"]
    for command in (
        [sys.executable, "-m", "playwright", "install", "chromium"],
        [*as_root, "apt-get", "install", "-y", "chromium"],
    ):
        if shutil.which(command[0]) and subprocess.run(command, check=False).returncode == 0 and found():
            return found()
    return None


if __name__ == "__main__":
    if not (found() or install()):
        sys.exit(
            "The browser tests need Chromium. Install it (apt-get install chromium), then run this again."
        )
