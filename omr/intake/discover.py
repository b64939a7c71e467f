"""Files and folders → the files to be read, each with its unit: a folder of folders is a folder of units."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from omr.errors import UsageError, reason_of
from omr.i18n import _
from omr.intake.frames import Kind, kind_of

SCAN_SUFFIXES = frozenset(
    {".pdf", ".tif", ".tiff", ".jpg", ".jpeg", ".png", ".bmp", ".webp", ".heic", ".heif"}
)
"""What scanners and phones leave. A file of another name is read if its first bytes are a scan's."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file to be read; `unit` is the name of its nearest folder."""

    path: Path
    unit: str


@dataclass(frozen=True, slots=True)
class Discovery:
    """What the given paths hold: files in natural order.

    problems: folders and files that could not be opened. passed_over: files of folders that are no scans.
    """

    files: tuple[Found, ...]
    problems: tuple[str, ...] = ()
    passed_over: tuple[Path, ...] = ()


def discover(paths: Sequence[Path]) -> Discovery:
    """Return the files of `paths`: files as they are, folders with all that is below them.

    Raises UsageError where a path does not exist.
    """
    found = _Found()
    for path in paths:
        if not os.path.exists(path):  # noqa: PTH110 (Path.exists raises for a name that is too long)
            raise UsageError(
                _("{path} does not exist. Check the name of the file or folder.").format(path=path)
            )
        found.take(path, asked_for=True)
    return Discovery(tuple(found.files.values()), tuple(found.problems), tuple(found.passed_over))


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts page2 before page10."""
    parts = re.split(r"(\d+)", name.casefold())
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts)


class _Found:
    """What was found so far; files and folders by their real path: a link may lead in a circle."""

    def __init__(self) -> None:
        self.files: dict[str, Found] = {}
        self.problems: list[str] = []
        self.passed_over: list[Path] = []
        self._folders: set[str] = set()

    def take(self, path: Path, *, asked_for: bool = False) -> None:
        """Add a file, or the scans of a folder and of those below it."""
        real = os.path.realpath(path)
        if real in self._folders:
            return
        if path.is_dir():
            self._folders.add(real)
            self._below(path)
        elif reason := _unusable(path):
            message = _("{path} could not be opened ({reason}). Check that it is readable, then read again.")
            self.problems.append(message.format(path=path, reason=reason))
        elif asked_for or path.suffix.lower() in SCAN_SUFFIXES or kind_of(path) is not Kind.UNKNOWN:
            self.files.setdefault(real, Found(path, _unit_of(path)))
        else:
            self.passed_over.append(path)

    def _below(self, folder: Path) -> None:
        try:
            paths = sorted(folder.iterdir(), key=lambda path: natural_key(path.name))
        except OSError as error:
            self.problems.append(
                _(
                    "{path} could not be opened ({reason}). Ask for permission to read it, then read again."
                ).format(path=folder, reason=reason_of(error))
            )
            return
        for path in paths:
            if path.name.startswith("."):
                self._hidden(path)
            elif not path.name.startswith(_LOCK):
                self.take(path)

    def _hidden(self, path: Path) -> None:
        """Tell of a scan whose name hides it: a copy that broke off, or a page nobody would miss."""
        if not path.is_dir() and not _unusable(path) and kind_of(path) is not Kind.UNKNOWN:
            self.problems.append(
                _("{path} was left out: its name begins with a dot. Rename it, then read again.").format(
                    path=path
                )
            )


_LOCK = "~$"
"""What an office program lays beside a file that it has open."""


def _unusable(path: Path) -> str:
    """Return why a file cannot be read, or nothing; a pipe or device would be waited for without end."""
    try:
        str(path).encode()
        if not stat.S_ISREG(path.stat().st_mode):
            return _("it is no file but a pipe or a device")
        path.open("rb").close()
    except UnicodeEncodeError:
        return _("its name holds bytes that are no letters; rename it")
    except OSError as error:
        return reason_of(error)
    return ""


def _unit_of(file: Path) -> str:
    """Return the name of the folder a file lies in, as it was given; a link's target is not asked."""
    folder = file.absolute().parent
    return folder.resolve().name if folder.name in {"", ".."} else folder.name
