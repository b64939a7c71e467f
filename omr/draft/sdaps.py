"""What SDAPS keeps of a questionnaire (questionnaire.sdaps) → its questions, page by page.

A line says one thing, `what = value`; a box follows the question it belongs to, or names it in brackets:

    PageSize = 597.50793pt,845.04694pt
    QObject-Choice = 1.1. Where do you work?
    Answer-Choice = Office
    Box[1.1] = Checkbox, 1, 70.0pt, 650.0pt, 9.9pt, 9.9pt, box

Places are in points of TeX, 72.27 an inch, counted from the page's bottom left: a box has its top left corner
there, then its size. Text boxes are not taken over; words are taken as they stand, macros of TeX among them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

import numpy as np

from omr.draft.foreign import ForeignBlock, ForeignLayout
from omr.model.layout import Shape

_NUMBERED = re.compile(r"((?:\d+\.)+)\s*(.*)")
_KEY = re.compile(r"([^\[]*)(?:\[((?:\d+\.)*\d+)\])?$")
_POINT = re.compile(r"-?\d+(?:\.\d+)?pt$")

Box = tuple[float, float, float, float, str]
"""x and y of the top left corner, width and height, TeX points from the page's top left; then its form."""


@dataclass(slots=True)
class _Question:
    """A question while the lines are read. boxes: by page."""

    name: str
    answers: list[str] = field(default_factory=list)
    boxes: dict[int, list[Box]] = field(default_factory=dict)


def read_sdaps(text: str) -> tuple[ForeignLayout, ...]:
    """Return what the file says, a layout a page.

    Raises:
        ValueError: it is no such file.
    """
    width = height = 0.0
    asked: dict[str, _Question] = {}
    last = ""
    for line in filter(None, map(str.strip, text.splitlines())):
        key, is_said, value = (part.strip() for part in line.partition("="))
        matched = _KEY.match(key)
        if not is_said or matched is None:
            raise ValueError(line[:_TOLD])
        what, number = matched[1], matched[2]
        last = number or last
        if what == "PageSize":
            width, height = map(_points, value.split(","))
        elif what.startswith("QObject"):
            last, name = _numbered(value, len(asked))
            asked[last] = _Question(name)
        elif what.startswith("Answer"):
            asked[last].answers.append(value)
        elif what == "Box" and not value.startswith("Textbox"):
            page, box = _box(value, height)
            asked[last].boxes.setdefault(page, []).append(box)
    if not width:
        raise ValueError("PageSize")
    return tuple(_pages(asked.values(), (width, height)))


def _pages(asked: Collection[_Question], size: tuple[float, float]) -> Iterator[ForeignLayout]:
    """Yield each page that has boxes."""
    for page in sorted({page for question in asked for page in question.boxes}):
        here = [question for question in asked if page in question.boxes]
        boxes = [box for question in here for box in question.boxes[page]]
        side = (boxes[0][2], boxes[0][3])
        round_ = all(box[4] in _ROUND for box in boxes)
        blocks = tuple(_block(question, question.boxes[page]) for question in here)
        yield ForeignLayout(blocks, size, side, Shape.CIRCLE if round_ else Shape.SQUARE, page)


def _block(question: _Question, boxes: list[Box]) -> ForeignBlock:
    """Return a question; its choices are numbered where it has not an answer for each box: a scale."""
    middles = np.array([[(x + width / 2, y + height / 2) for x, y, width, height, _form in boxes]])
    spread = np.ptp(middles[0], axis=0)
    choices = question.answers
    if len(choices) != len(boxes):
        choices = [str(number) for number in range(1, len(boxes) + 1)]
    return ForeignBlock((question.name,), tuple(choices), middles, bool(spread[1] > spread[0]))


def _numbered(value: str, count: int) -> tuple[str, str]:
    """Return a question's number, without its last dot, and its words; what has none is counted."""
    matched = _NUMBERED.match(value)
    return (matched[1][:-1], matched[2]) if matched else (f"auto{count}", value.removeprefix("XAUTO. "))


def _box(value: str, height: float) -> tuple[int, Box]:
    _kind, page, *place = (part.strip() for part in value.split(","))
    x, y, wide, high = map(_points, place[:4])
    return int(page), (x, height - y, wide, high, place[4] if len(place) > 4 else "")  # noqa: PLR2004


def _points(text: str) -> float:
    if not _POINT.match(text.strip()):
        raise ValueError(text[:_TOLD])
    return float(text.strip()[:-2])


_ROUND = frozenset({"ellipse", "circle"})
_TOLD = 60
"""Characters of a line that is told to be wrong."""
