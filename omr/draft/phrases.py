"""The printed text of a PDF as pieces of a line, and what stands where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from omr.draft.sheet import Letter
from omr.model.geometry import RectMm

_SPACE, _APART = 0.3, 0.9
"""Gap between two letters, in heights of their line, that is a space even where the PDF has none; that parts
two pieces of text."""
_SAME_LINE = 0.5
"""Share of its height by which a letter lies on a line."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A piece of text on one line."""

    text: str
    area: RectMm


def phrases(letters: Iterable[Letter]) -> tuple[Phrase, ...]:
    """Return letters as pieces of text, line by line from the top, each line left to right."""
    made: list[Phrase] = []
    for line in lines(letters):
        piece: list[Letter] = []
        for letter in line:
            if piece and letter.area.x - piece[-1].area.right > _APART * letter.line.height:
                made.append(_phrase(piece))
                piece = []
            piece.append(letter)
        made.append(_phrase(piece))
    return tuple(made)


def joined(found: Iterable[Phrase]) -> str:
    """Return pieces of text as one, in reading order."""
    ordered = sorted(found, key=lambda phrase: (round(phrase.area.center.y), phrase.area.x))
    return " ".join(phrase.text for phrase in ordered)


def lines(letters: Iterable[Letter]) -> Iterator[list[Letter]]:
    """Yield the letters of each line, left to right, the lines from the top."""
    found: list[list[Letter]] = []
    for letter in sorted(letters, key=lambda each: (each.line.center.y, each.line.x)):
        for line in reversed(found[-8:]):
            if abs(line[0].line.center.y - letter.line.center.y) <= _SAME_LINE * letter.line.height / 2:
                line.append(letter)
                break
        else:
            found.append([letter])
    return (sorted(line, key=lambda each: each.area.x) for line in found)


def _phrase(piece: Sequence[Letter]) -> Phrase:
    text = piece[0].text
    for before, letter in pairwise(piece):
        gap = letter.area.x - before.area.right
        text += (" " if letter.spaced or gap > _SPACE * letter.line.height else "") + letter.text
    top, bottom = min(each.area.y for each in piece), max(each.area.bottom for each in piece)
    left, right = piece[0].area.x, max(each.area.right for each in piece)
    return Phrase(text, RectMm(left, top, right - left, bottom - top))
