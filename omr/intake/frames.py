"""A file → its frames as scans, whatever kind of file it is. One frame is in memory at a time.

What cannot be decoded comes back as a `Rejection` with its frame, and the frames behind it go on.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from functools import partial
from io import BufferedReader
from pathlib import Path

import cv2

from omr.errors import SourceError, reason_of
from omr.i18n import _
from omr.model.arrays import Gray, gray
from omr.model.reading import Reason, Rejection
from omr.model.scan import Scan, ScanId, Source

MOST_PIXELS = 140_000_000
"""An A3 page at 600 dpi has 70 million; what is larger is refused by its header, before it is decoded."""

MOST_FRAMES = 20_000
"""Pages of one file: ten times what a scanner puts into one; a file that claims more is not read at all."""

DPI_RANGE = (50.0, 2400.0)
"""Resolutions outside are a scanner's mistake and are not believed."""


ENOUGH_DPI, ENOUGH_PIXELS = 140.0, 1150
"""What reading needs: resolution, and pixels along an A4 page's shorter side; finer frames are made smaller.

A JPEG decoded at half its size costs half; bench/accuracy.py has lines for 200 and for 300 dpi.
"""


class Kind(Enum):
    """What a file is by its first bytes; names lie."""

    PDF = "pdf"
    TIFF = "tiff"
    IMAGE = "image"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One decoded image of a file: gray, shape (H, W), and the dpi the file claims (None: nothing usable).

    scale: the frame's pixels per pixel of `image`.
    """

    image: Gray
    dpi: float | None
    scale: int = 1


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a frame cannot be had."""

    reason: Reason
    detail: str


@contextmanager
def opened(path: Path) -> Iterator[BufferedReader]:
    """Open a file to be read. Raises SourceError where it cannot be opened, or the disk fails on the way."""
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise SourceError(
            _("{path} could not be opened ({reason}). Check that it is readable, then read again.").format(
                path=path, reason=reason_of(error)
            )
        ) from error


def open_source(path: Path) -> Source:
    """Return a file's identity. Raises SourceError where it cannot be opened."""
    with opened(path) as file:
        status = os.fstat(file.fileno())
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Source(digest, str(path), status.st_size, status.st_mtime_ns)


def check_unchanged(source: Source) -> None:
    """Raise SourceError where a file is gone, or is not the one any more that was found."""
    path = Path(source.path)
    with suppress(OSError):
        status = path.stat()
        if (status.st_size, status.st_mtime_ns) == (source.size, source.mtime_ns):
            return
    if open_source(path).sha256 != source.sha256:
        raise SourceError(
            _("{path} changed while it was read. Wait until it is complete, then read again.").format(
                path=path
            )
        )


def kind_of(path: Path) -> Kind:
    """Return what the file is by its content. Raises SourceError where it cannot be opened."""
    with opened(path) as file:
        head = file.read(1024)
    if b"%PDF-" in head:
        return Kind.PDF
    if head[:4] in {b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"}:
        return Kind.TIFF
    bitmap = head.startswith(b"BM") and head[6:10] == bytes(4)
    webp = head.startswith(b"RIFF") and head[8:12] == b"WEBP"
    picture = bitmap or webp or head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))
    return Kind.IMAGE if picture else Kind.UNKNOWN


def count_frames(path: Path) -> int:
    """Return how many frames a file has to account for: at least 1, for what is damaged is one as well.

    Raises SourceError where it cannot be opened, or holds more than `MOST_FRAMES`.
    """
    from omr.intake import pdf, tiff

    count = {Kind.PDF: pdf.count, Kind.TIFF: tiff.count}.get(kind_of(path), lambda _path: 1)
    frames = count(path)
    if frames > MOST_FRAMES:
        raise SourceError(
            _("{path} holds more than {most} pages. Divide it into smaller files, then read those.").format(
                path=path, most=MOST_FRAMES
            )
        )
    return frames


def scans(source: Source, frames: range | None = None, *, small: bool = False) -> Iterator[Scan | Rejection]:
    """Yield the frames of a file, or those of `frames` (counted from 1), in order.

    small: True lets images be as small as reading allows; `Scan.full` then gives the whole.
    """
    from omr.imaging.halftone import without_dots
    from omr.intake import image, pdf, tiff

    path = Path(source.path)
    kind = kind_of(path)
    wanted = range(1, count_frames(path) + 1) if frames is None else frames
    if kind is Kind.PDF:
        found: Iterator[Frame | Refusal] = pdf.frames(path, wanted, small=small)
    elif kind is Kind.TIFF:
        found = tiff.frames(path, wanted, small=small)
    elif kind is Kind.IMAGE:
        found = image.frames(path, small=small)
    else:
        found = iter((Refusal(Reason.UNREADABLE, _what_it_is(path)),))
    for number, frame in zip(wanted, found, strict=True):
        scan = ScanId(source.sha256, number)
        if isinstance(frame, Refusal):
            yield Rejection(scan, frame.reason, frame.detail)
        else:
            full = partial(_full, source, number) if frame.scale > 1 else None
            yield Scan(scan, source, frame.dpi, without_dots(frame.image), frame.scale, full)


def _full(source: Source, number: int) -> Gray:
    """Return one frame at its full size. Raises SourceError where the file cannot be read any more."""
    for scan in scans(source, range(number, number + 1)):
        if isinstance(scan, Scan):
            return scan.image
    raise SourceError(
        _("{path} could not be read again. Check that it is still there, then read it once more.").format(
            path=source.path
        )
    )


def reduction(width: int, height: int, dpi: float | None) -> int:
    """Return by how much a frame may be made smaller for reading: 1, 2 or 4."""
    for factor in (4, 2):
        fine = dpi is None or dpi >= factor * ENOUGH_DPI
        if fine and min(width, height) >= factor * ENOUGH_PIXELS:
            return factor
    return 1


def shrunk(image: Gray, dpi: float | None, *, small: bool) -> Frame:
    """Return a decoded image as a frame, made smaller where that is wanted and allowed."""
    factor = reduction(image.shape[1], image.shape[0], dpi) if small else 1
    if factor == 1:
        return Frame(image, dpi)
    # Whole blocks of pixels only: anything else costs twenty times as much.
    height, width = (size // factor for size in image.shape)
    whole = image[: height * factor, : width * factor]
    return Frame(gray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA)), dpi, factor)


def too_large(width: int, height: int) -> Refusal | None:
    """Return the refusal of an image that would not fit an office machine, or None."""
    if width * height <= MOST_PIXELS:
        return None
    return Refusal(Reason.TOO_LARGE, f"{width} × {height} px")


def believable(dpi: object) -> float | None:
    """Return a resolution as a number, or None where it is absent or absurd."""
    if isinstance(dpi, tuple):
        dpi = dpi[0]
    try:
        value = float(dpi)  # type: ignore[arg-type]  # whatever a tag held; what is no number raises
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return value if DPI_RANGE[0] <= value <= DPI_RANGE[1] else None


def _what_it_is(path: Path) -> str:
    if is_heic(path):
        return HEIC
    return "empty file" if path.stat().st_size == 0 else NO_SCAN


HEIC = "a HEIC photograph"
"""What phones write unless they are told not to: its decoder is patented, so it is told apart, not read."""

NO_SCAN = "not a PDF, TIFF, JPEG or PNG file"


def is_heic(path: Path) -> bool:
    """True for a file that a phone wrote as HEIC. Raises OSError where it cannot be opened."""
    with path.open("rb") as file:
        head = file.read(12)
    return head[4:8] == b"ftyp" and head[8:12] in {b"heic", b"heix", b"hevc", b"heif", b"mif1", b"msf1"}
