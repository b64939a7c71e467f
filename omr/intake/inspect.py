"""A file's first bytes and headers → whether it is worth keeping; no picture is decoded."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, UnidentifiedImageError

from omr.errors import SourceError
from omr.i18n import _
from omr.intake.frames import MOST_FRAMES, Kind, count_frames, is_heic, kind_of, too_large


def inspect(path: Path) -> None:
    """Raise SourceError, naming the file alone, where none of it could be read.

    That is: another kind of file, more pages than a file may hold, or one picture too large to decode.
    A page of a stack that is too large or damaged is refused when it is read, and the others are read.
    """
    kind = kind_of(path)
    if kind is Kind.UNKNOWN and is_heic(path):
        message = _("{name} is a HEIC photograph. Set the phone's camera to JPEG, or save it as JPEG.")
        raise SourceError(message.format(name=path.name))
    if kind is Kind.UNKNOWN:
        message = _("{name} is no scan: it has to be PDF, TIFF, JPEG or PNG.")
        raise SourceError(message.format(name=path.name))
    try:
        count_frames(path)
    except SourceError as error:
        message = _("{path} holds more than {most} pages. Divide it into smaller files, then read those.")
        raise SourceError(message.format(path=path.name, most=MOST_FRAMES)) from error
    if kind is Kind.IMAGE:
        _inspect_picture(path)


def _inspect_picture(path: Path) -> None:
    try:
        with Image.open(path) as header:
            refused = too_large(*header.size)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        message = _("{name} is damaged or cut off. Scan or copy it again.")
        raise SourceError(message.format(name=path.name)) from error
    if refused is not None:
        message = _("{name} is too large ({size}). Scan it at 200 dpi.")
        raise SourceError(message.format(name=path.name, size=refused.detail))
