"""What is printed, as simple shapes in millimetres from the page's top left corner.

Placing decides them, the PDF writer draws them, the check measures them; none of them knows the others.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from omr.forms.fonts import Style, width_mm
from omr.forms.frozen import GRID_MM
from omr.model.geometry import RectMm
from omr.model.layout import Box, Field

Place = tuple[str | int, ...]
"""Keys and indices in the layout file that something printed comes from; () where from none."""


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text; `x` is its left end, `y` its baseline.

    room: the width it may take, mm.
    """

    x: float
    y: float
    text: str
    style: Style
    room: float
    place: Place = ()

    @property
    def extent(self) -> RectMm:
        """Where its ink can be."""
        top = self.y - self.style.ascent_mm
        return RectMm(self.x, top, width_mm(self.text, self.style), self.style.ascent_mm * 1.3)

    def moved(self, dy: float) -> Text:
        """Return it `dy` mm lower."""
        return replace(self, y=self.y + dy)


@dataclass(frozen=True, slots=True)
class Line:
    """A straight stroke `width` mm thick; dotted where people write on it."""

    x1: float
    y1: float
    x2: float
    y2: float
    width: float
    dotted: bool = False
    place: Place = ()

    @property
    def extent(self) -> RectMm:
        """Where its ink can be."""
        left, top = min(self.x1, self.x2), min(self.y1, self.y2)
        stroke = RectMm(left, top, abs(self.x2 - self.x1), abs(self.y2 - self.y1))
        return stroke.grown(self.width / 2)

    def moved(self, dy: float) -> Line:
        """Return it `dy` mm lower."""
        return replace(self, y1=self.y1 + dy, y2=self.y2 + dy)


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle by its outer edge; filled where `line` is 0, else a frame `line` mm thick."""

    area: RectMm
    line: float = 0.0
    place: Place = ()

    @property
    def extent(self) -> RectMm:
        """Where its ink can be."""
        return self.area

    def moved(self, dy: float) -> Rect:
        """Return it `dy` mm lower."""
        return replace(self, area=lowered(self.area, dy))


Shape = Text | Line | Rect


@dataclass(frozen=True, slots=True)
class PageDrawing:
    """All that is printed alike on every copy of a page, but for its boxes, fiducials and codes."""

    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Something placed as a whole; its shapes count from its own top edge.

    keep: it may not be the last on a page (a title row).
    head: the table head that has to stand above it, where it is a row.
    """

    height: float
    shapes: tuple[Shape, ...] = ()
    boxes: tuple[Box, ...] = ()
    fields: tuple[Field, ...] = ()
    keep: bool = False
    head: Block | None = None

    def moved(self, dy: float) -> Block:
        """Return it with everything `dy` mm lower."""
        return replace(
            self,
            shapes=tuple(shape.moved(dy) for shape in self.shapes),
            boxes=tuple(replace(box, area=lowered(box.area, dy)) for box in self.boxes),
            fields=tuple(replace(field, area=lowered(field.area, dy)) for field in self.fields),
        )


def centered(text: str, style: Style, middle: float, y: float, room: float, place: Place) -> Text:
    """Return `text` around x = `middle`, its baseline at `y`."""
    return Text(middle - width_mm(text, style) / 2, y, text, style, room, place)


def paragraph(
    lines: Sequence[str], style: Style, x: float, y: float, room: float, place: Place
) -> tuple[Text, ...]:
    """Return `lines` set flush left at `x`, the first baseline one leading below `y`."""
    return tuple(
        Text(x, y + at * style.leading_mm, line, style, room, place) for at, line in enumerate(lines, start=1)
    )


def on_grid(value: float) -> float:
    """Return `value` mm on the grid of frozen layouts, never smaller: room asked for is room given."""
    return round(math.ceil(value / GRID_MM - 1e-6) * GRID_MM, 2)


def lowered(area: RectMm, dy: float) -> RectMm:
    """Return `area` moved `dy` mm down."""
    return replace(area, y=area.y + dy)
