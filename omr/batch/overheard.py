"""Damage that decoders pass over: OpenCV and Pillow fill it with what was there before, and only say so.

libjpeg and libtiff write their complaints to stderr and hand out a picture all the same, part of it shifted,
repeated or gray: boxes read there would be read wrong. So a worker listens while it decodes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from functools import cache
from tempfile import TemporaryFile
from threading import Lock
from typing import TypeVar

from omr.model.reading import Reason, Rejection
from omr.model.scan import Scan

_DAMAGE = re.compile(r"Corrupt JPEG data: (?:premature end|bad Huffman)[^\n]*|Fax4Decode[^\n]*")
"""Not among them: a few bytes too many behind a JPEG's data, which some devices leave, and the broken lines
of a fax of group 3, each of which costs itself alone."""

_STDERR = 2

_Made = TypeVar("_Made")

_alone = Lock()
"""Where a cluster's worker has several threads, one listens at a time: they have one stderr."""


def without_damaged(scans: Iterator[Scan | Rejection]) -> Iterator[Scan | Rejection]:
    """Yield scans as they are decoded; one whose decoder complains of its data is refused."""
    while True:
        scan, said = _heard(lambda: next(scans, None))
        if scan is None:
            return
        damage = _DAMAGE.search(said)
        if isinstance(scan, Scan) and damage is not None:
            yield Rejection(scan.id, Reason.UNREADABLE, damage.group()[:120])
        else:
            yield scan


def _heard(make: Callable[[], _Made]) -> tuple[_Made, str]:
    """Return what `make` returns, and what was written to stderr meanwhile."""
    with _alone:
        ear = _ear()
        if ear is None:
            return make(), ""
        usual = os.dup(_STDERR)
        os.dup2(ear, _STDERR)
        try:
            made = make()
        finally:
            os.dup2(usual, _STDERR)
            os.close(usual)
            said = _emptied(ear)
        return made, said


def _emptied(ear: int) -> str:
    """Return what the file holds, and leave it empty."""
    length = os.lseek(ear, 0, os.SEEK_CUR)
    if length == 0:
        return ""
    os.lseek(ear, 0, os.SEEK_SET)
    said = os.read(ear, length).decode(errors="replace")
    os.ftruncate(ear, 0)
    os.lseek(ear, 0, os.SEEK_SET)
    return said


@cache
def _ear() -> int | None:
    """Return a file of this process that takes what is written; None where there is none to be had."""
    try:
        os.fstat(_STDERR)
        with TemporaryFile() as file:
            return os.dup(file.fileno())
    except OSError:
        return None
