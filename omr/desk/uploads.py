"""Scans that come in through the browser: streamed to disk, looked at, kept beside the store by content.

A file is in `STORE.uploads/SHA256/NAME`: the same file twice is there once, and keeps the name people know.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from time import time
from typing import BinaryIO

from starlette.concurrency import run_in_threadpool

from omr.errors import SourceError, reason_of
from omr.i18n import _
from omr.intake.discover import SCAN_SUFFIXES
from omr.intake.inspect import inspect
from omr.people.names import tidy
from omr.store.uploads import Upload

LONGEST_NAME = 100
"""Characters of a file's name: with the store's folder before it, a path that Windows still opens."""

_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)\s*(\..*)?")
_UNFIT = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')


@dataclass(frozen=True, slots=True)
class Limits:
    """What may come in through the browser.

    a_file, in_all: bytes; files, in_all: waiting to be read. kept_free: bytes of the disk left to the store.
    """

    a_file: int = 2 * 2**30
    in_all: int = 50 * 2**30
    files: int = 10_000
    kept_free: int = 2**30


class Uploads:
    """The uploads kept in one folder: beside a store, as `omr.store.uploads.folder_of` says, or elsewhere."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.folder, self.limits = folder, limits

    def path(self, upload: Upload) -> Path:
        """Return where a file is kept."""
        return self.folder / upload.sha256 / upload.name

    def kept(self, sha256: str) -> Path | None:
        """Return the file of that content, wherever the store and its uploads were moved to, or None."""
        return next((self.folder / sha256).glob("*"), None)

    async def take_in(
        self, chunks: AsyncIterator[bytes], named: str, unit: str, who: str, waiting: Sequence[Upload]
    ) -> Upload:
        """Keep a file that comes in and return it; nothing is left of one that breaks off or is refused.

        named: its name, with its folders. unit: whose scans; "" is the nearest folder's name.
        Raises SourceError, its message for people, where it cannot be taken.
        """
        name, unit = checked(named, unit)
        if len(waiting) >= self.limits.files:
            raise SourceError(_("Too many files wait to be read. Read those first."))
        room = min(self.limits.a_file, self.limits.in_all - sum(upload.size for upload in waiting))
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self.folder, prefix="part-") as part:
                path = Path(part) / name
                with path.open("xb") as file:
                    digest, size = await self._stream(chunks, file, name, room)
                return await run_in_threadpool(self._keep, path, Upload(digest, name, unit, size, who))
        except OSError as error:
            raise SourceError(
                _("{name} could not be kept ({reason}). Check the disk of the desk's machine.").format(
                    name=name, reason=reason_of(error)
                )
            ) from error

    async def _stream(
        self, chunks: AsyncIterator[bytes], file: BinaryIO, name: str, room: int
    ) -> tuple[str, int]:
        """Write what comes in, and return its SHA-256 and size."""
        digest, size = hashlib.sha256(), 0
        async for chunk in chunks:
            size += len(chunk)
            if size > room:
                raise SourceError(
                    _("{name} is too large: {most} MB may come in. Read it from a folder instead.").format(
                        name=name, most=max(room, 0) // 2**20
                    )
                )
            if shutil.disk_usage(self.folder).free < self.limits.kept_free + len(chunk):
                raise SourceError(_("The disk of the desk's machine is nearly full. Free some space there."))
            digest.update(chunk)
            file.write(chunk)
        return digest.hexdigest(), size

    def _keep(self, path: Path, upload: Upload) -> Upload:
        """Move a whole file to its place; a file of the same content stays as it is, name and all."""
        inspect(path)
        with path.open("rb+") as file:
            os.fsync(file.fileno())
        place = self.folder / upload.sha256
        place.mkdir(exist_ok=True)
        kept = next(place.iterdir(), None)
        if kept is None:
            path.replace(place / upload.name)
            return upload
        return Upload(upload.sha256, kept.name, upload.unit, upload.size, upload.who)


def checked(named: str, unit: str) -> tuple[str, str]:
    """Return the file's own name and its unit. Raises SourceError where a name cannot be used."""
    parts = named.split("/")
    for part in parts:
        if _UNFIT.search(part) or part in {"", ".", ".."} or part[-1] in ". " or _RESERVED.fullmatch(part):
            raise SourceError(
                _("{name} is a name that not every computer can keep. Rename the file or its folder.").format(
                    name=ascii(named)[1:-1] if _UNFIT.search(named) else named
                )
            )
    if len(parts[-1]) > LONGEST_NAME:
        raise SourceError(
            _("The name {name} is too long. Give the file a shorter one.").format(name=parts[-1])
        )
    if PurePosixPath(parts[-1]).suffix.lower() not in SCAN_SUFFIXES:
        raise SourceError(_("{name} is no scan: it has to be PDF, TIFF, JPEG or PNG.").format(name=parts[-1]))
    unit = tidy(unit) or tidy(parts[-2] if len(parts) > 1 else "")
    if not unit or len(unit) > LONGEST_NAME or _UNFIT.search(unit):
        raise SourceError(
            _("Say which unit {name} is of, or choose the unit's folder.").format(name=parts[-1])
        )
    return parts[-1], unit


def sweep(folder: Path) -> None:
    """Remove what is left of files that were coming in when a desk was killed, a day ago or longer."""
    for part in folder.glob("part-*"):
        with suppress(OSError):
            if part.stat().st_mtime < time() - _DAY:
                shutil.rmtree(part, ignore_errors=True)


_DAY = 86_400
"""Seconds after which nothing comes in any more; until then another desk may be at it."""
