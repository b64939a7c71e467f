"""Files and folders → the files to be read, each with its unit: a folder of folders is a folder of units."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from omr.errors import UsageError
from omr.i18n import _

SCAN_SUFFIXES = frozenset({".pdf", ".tif", ".tiff", ".jpg", ".jpeg", ".png", ".bmp", ".webp"})
"""What a scanner leaves. Any other file in a folder is somebody's notes and is passed over."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file to be read; `unit` is the name of its nearest folder."""

    path: Path
    unit: str


@dataclass(frozen=True, slots=True)
class Discovery:
    """What the given paths hold: files in natural order, and folders or files that could not be opened."""

    files: tuple[Found, ...]
    problems: tuple[str, ...]


def discover(paths: Sequence[Path]) -> Discovery:
    """Return the files of `paths`: files as they are, folders with all that is below them.

    Raises UsageError where a path does not exist.
    """
    files: dict[Path, Found] = {}
    problems: list[str] = []
    for path in paths:
        if not path.exists():
            raise UsageError(
                _("{path} does not exist. Check the name of the file or folder.").format(path=path)
            )
        found = _below(path, problems) if path.is_dir() else iter((path,))
        for file in found:
            files.setdefault(file.resolve(), Found(file, file.resolve().parent.name))
    return Discovery(tuple(files.values()), tuple(problems))


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts page2 before page10."""
    parts = re.split(r"(\d+)", name.casefold())
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts)


def _below(folder: Path, problems: list[str]) -> Iterator[Path]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: natural_key(entry.name))
    except OSError as error:
        problems.append(
            _(
                "{path} could not be opened ({reason}). Ask for permission to read it, then read again."
            ).format(path=folder, reason=error.strerror)
        )
        return
    for entry in entries:
        if entry.name.startswith((".", "~")):
            continue
        if entry.is_dir():
            yield from _below(folder / entry.name, problems)
        elif Path(entry.name).suffix.lower() in SCAN_SUFFIXES:
            yield folder / entry.name
