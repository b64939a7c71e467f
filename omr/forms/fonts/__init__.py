"""The typeface of printed forms (Liberation Serif, SIL Open Font License): its files and its measures.

Widths are sums of per-character advances at the font's own resolution, without kerning, which is how
the PDF sets the text: what is measured here is what is printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from PIL import ImageFont

from omr.model.geometry import MM_PER_POINT

_FOLDER = Path(__file__).parent
_UNITS_PER_EM = 2048
_NOT_A_CHARACTER = "\uffff"
_LOOK_SIZE = 32
"""px; enough to tell a letter from the sign that stands for missing ones."""

TICK = "✓"
"""The one sign no typeface here has; it is drawn as two strokes."""
TICK_EM = 0.75
"""Advance of `TICK`, in em."""
LEADING = 1.2
"""Line distance in multiples of the type size."""
ASCENT = 0.72
"""Height of accented small letters over the baseline, in em: a line looks centred by it."""


class Face(StrEnum):
    """The four cuts; the value is the file's name."""

    REGULAR = "LiberationSerif-Regular"
    BOLD = "LiberationSerif-Bold"
    ITALIC = "LiberationSerif-Italic"
    BOLD_ITALIC = "LiberationSerif-BoldItalic"

    @property
    def file(self) -> Path:
        """The TrueType file."""
        return _FOLDER / f"{self.value}.ttf"


@dataclass(frozen=True, slots=True)
class Style:
    """A cut at a size in points."""

    face: Face
    size: float

    @property
    def leading_mm(self) -> float:
        """Distance of two baselines, mm."""
        return self.size * LEADING * MM_PER_POINT

    @property
    def ascent_mm(self) -> float:
        """Height of the letters over the baseline, mm."""
        return self.size * ASCENT * MM_PER_POINT


def width_mm(text: str, style: Style) -> float:
    """Return how wide `text` prints, mm."""
    units = sum(_advance(character, style.face) for character in text)
    return units / _UNITS_PER_EM * style.size * MM_PER_POINT


def wrap(text: str, style: Style, room_mm: float) -> tuple[str, ...]:
    """Return `text` broken at spaces into lines of at most `room_mm`.

    A single word wider than that stays whole on a line of its own; `omr.forms.check` reports it.
    """
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_mm(longer, style) <= room_mm:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines)


def missing(text: str, face: Face) -> str:
    """Return the characters of `text` that `face` cannot print, each once."""
    return "".join(sorted({character for character in text if not _has(character, face)}))


@cache
def _font(face: Face) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(face.file), _UNITS_PER_EM, layout_engine=ImageFont.Layout.BASIC)


@cache
def _advance(character: str, face: Face) -> float:
    return TICK_EM * _UNITS_PER_EM if character == TICK else _font(face).getlength(character)


@cache
def _has(character: str, face: Face) -> bool:
    if character == TICK or character.isspace():
        return True
    return _look(character, face) != _look(_NOT_A_CHARACTER, face)


@cache
def _look(character: str, face: Face) -> bytes:
    return bytes(ImageFont.truetype(str(face.file), _LOOK_SIZE).getmask(character))
