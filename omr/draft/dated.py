"""Where a PDF has the form's year: what tells this year's form from last year's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from omr.draft.phrases import lines
from omr.draft.sheet import Letter
from omr.model.geometry import RectMm


def printed_years(letters: Iterable[Letter], year: int) -> tuple[RectMm, ...]:
    """Return where `year` is printed as a number of its own, four digits side by side each, mm."""
    return tuple(place for line in lines(letters) for place in _in_line(line, str(year)))


def _in_line(line: list[Letter], year: str) -> Iterator[RectMm]:
    text = "".join(letter.text[:1] or " " for letter in line)
    at = text.find(year)
    while at >= 0:
        beside = text[at - 1 : at] + text[at + len(year) : at + len(year) + 1]
        if not any(each.isdigit() for each in beside):
            areas = [letter.area for letter in line[at : at + len(year)]]
            left, top = areas[0].x, min(area.y for area in areas)
            yield RectMm(left, top, areas[-1].right - left, max(area.bottom for area in areas) - top)
        at = text.find(year, at + 1)
