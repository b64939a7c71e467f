"""The table: its head, its title rows and its rows with boxes, each a block as wide as the content."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from omr.forms.drawing import Block, Line, Place, Shape, Text
from omr.forms.fonts import Face, Style, width_mm, wrap
from omr.forms.frame import BOX_GAP, BOX_SIDE, CONTENT
from omr.forms.head import RULE_MM, WRITING_MM, centered
from omr.forms.schema import ColumnGroup, Form, Item, Section
from omr.model.geometry import RectMm
from omr.model.layout import Box, Field, FieldKind
from omr.model.layout import Shape as BoxShape

GRID_MM = 0.05
"""Everything that a frozen layout keeps stands on this grid."""
ROW_MM = 8.2
"""Least height of a row: a box, 1.5 mm above and below it, and the rule."""
NUMBER_WIDTH = 10.0
_LEAST_CONTENT = 60.0
"""mm left for the text where a form has many boxes a row."""
_NARROWEST, _WIDEST = BOX_SIDE + BOX_GAP + RULE_MM, 16.0
_ONE_BOX, _FEW_BOXES = 18.0, 17.0
_PADDING = 1.5
_AIR = 2.4
"""mm above and below the text of a row, together."""

_TEXT = Style(Face.REGULAR, 11)
_BOLD = Style(Face.BOLD, 11)
_HEAD_SIZES = (11.0, 10.0, 9.0, 8.0, 7.5)
_NUMBER_SIZES = (11.0, 10.0, 9.0, 8.0)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the columns of a table stand, mm.

    choices: for each column group the left edges and the width of its box columns.
    """

    groups: tuple[ColumnGroup, ...]
    left: tuple[float, ...]
    width: tuple[float, ...]
    place: Place

    @property
    def content(self) -> RectMm:
        """The text column (height 0)."""
        x = CONTENT.x + NUMBER_WIDTH
        return RectMm(x, 0.0, self.left[0] - x, 0.0)

    def right(self, group: int) -> float:
        """Right edge of column group `group`."""
        return self.left[group] + self.width[group] * len(self.groups[group].choices)


def columns(form: Form, section: int) -> Columns:
    """Return the columns of section number `section`."""
    own = form.sections[section].columns
    groups = own or form.columns
    count = sum(len(group.choices) for group in groups)
    width = _choice_width(count)
    widths = tuple(_grid(group.choice_width_mm or width) for group in groups)
    left: list[float] = []
    x = CONTENT.right
    for group, one in zip(reversed(groups), reversed(widths), strict=True):
        x -= one * len(group.choices)
        left.insert(0, x)
    return Columns(groups, tuple(left), widths, ("sections", section, "columns") if own else ("columns",))


def rows(form: Form) -> Iterator[Block]:
    """Yield title rows and rows of all sections, in printed order."""
    for at, section in enumerate(form.sections):
        place: Place = ("sections", at)
        layout = columns(form, at)
        top = table_head(form, layout)
        if section.show_title:
            yield _title_row(section.number, section.title, top, (*place, "title"))
        for index, group in enumerate(section.groups):
            if group.title:
                number = roman(index + 1) if group.number is None else group.number
                yield _title_row(number, group.title, top, (*place, "groups", index, "title"))
            for row, item in enumerate(group.items):
                where = (*place, "groups", index, "items", row)
                yield _row(section, item, layout, top, where)


def question_id(item: str, group: str) -> str:
    """Return the id of the question that `item` asks in column group `group` ("" for the only one)."""
    return f"{item}.{group}" if group else item


def roman(number: int) -> str:
    """Return `number` (1..39) as a Roman numeral."""
    ones = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
    return "X" * (number // 10) + ones[number % 10]


def table_head(form: Form, layout: Columns) -> Block:
    """Return the head of the table, repeated on every page."""
    grouped = any(group.label for group in layout.groups)
    cells = [
        _Cell(form.words.number, CONTENT.x, NUMBER_WIDTH, ("words", "number")),
        _Cell(form.words.content, layout.content.x, layout.content.width, ("words", "content")),
    ]
    upper = [cell for index in range(len(layout.groups)) for cell in _group_cell(layout, index)]
    lower = [cell for index in range(len(layout.groups)) for cell in _choice_cells(layout, index)]
    upper_height = max((cell.height for cell in upper), default=0.0) if grouped else 0.0
    lower_height = max(cell.height for cell in lower)
    height = _grid(max(upper_height + lower_height, *(cell.height for cell in cells)))
    shapes: list[Shape] = [Line(CONTENT.x, 0.0, CONTENT.right, 0.0, RULE_MM)]
    for cell in cells:
        shapes += cell.shapes(0.0, height)
    for cell in upper if grouped else ():
        shapes += cell.shapes(0.0, upper_height)
    for cell in lower:
        shapes += cell.shapes(upper_height, height - upper_height)
    if grouped:
        shapes.append(Line(layout.left[0], upper_height, CONTENT.right, upper_height, RULE_MM))
    shapes += _rules(_edges(layout), height)
    shapes += [
        Line(x, upper_height, x, height, RULE_MM)
        for index in range(len(layout.groups))
        for x in _inner_edges(layout, index)
    ]
    return Block(height, tuple(shapes), keep=True)


@dataclass(frozen=True, slots=True)
class _Cell:
    """A head cell: its text, set as large as fits."""

    text: str
    x: float
    width: float
    place: Place

    @property
    def style(self) -> Style:
        room = self.width - 1.0
        for size in _HEAD_SIZES:
            style = Style(Face.BOLD, size)
            if all(width_mm(word, style) <= room for word in self.text.split()):
                return style
        return Style(Face.BOLD, _HEAD_SIZES[-1])

    @property
    def lines(self) -> tuple[str, ...]:
        return wrap(self.text, self.style, self.width - 1.0)

    @property
    def height(self) -> float:
        return len(self.lines) * self.style.leading_mm + _AIR

    def shapes(self, top: float, height: float) -> list[Shape]:
        first = top + (height - len(self.lines) * self.style.leading_mm) / 2
        return _centered_lines(self.lines, self.style, RectMm(self.x, first, self.width, 0.0), self.place)


def _group_cell(layout: Columns, index: int) -> Iterator[_Cell]:
    group = layout.groups[index]
    if group.label:
        width = layout.right(index) - layout.left[index]
        yield _Cell(group.label, layout.left[index], width, (*layout.place, index, "label"))


def _choice_cells(layout: Columns, index: int) -> Iterator[_Cell]:
    for at, choice in enumerate(layout.groups[index].choices):
        place = (*layout.place, index, "choices", at, "label")
        x = layout.left[index] + at * layout.width[index]
        yield _Cell(choice.label, x, layout.width[index], place)


def _title_row(number: str, title: str, top: Block, place: Place) -> Block:
    x = CONTENT.x + NUMBER_WIDTH
    room = CONTENT.right - x - 2 * _PADDING
    lines = wrap(title, _BOLD, room)
    height = _grid(len(lines) * _BOLD.leading_mm + _AIR)
    shapes = _number(number, height, Face.BOLD, place) + _flush_left(lines, _BOLD, x, height, room, place)
    edges = (CONTENT.x, x, CONTENT.right)
    return Block(height, (*shapes, *_rules(edges, height)), keep=True, head=top)


def _row(section: Section, item: Item, layout: Columns, top: Block, place: Place) -> Block:
    cell = layout.content
    room = cell.width - 2 * _PADDING
    lines = wrap(item.text, _TEXT, room) if item.text else ()
    text_height = len(lines) * _TEXT.leading_mm + _AIR
    least = (section.row_height_mm or (WRITING_MM if item.write else 0.0)) + 0.0
    height = _grid(max(ROW_MM, least, text_height + (WRITING_MM if item.write and lines else 0.0)))
    shapes = _number(item.number, height, Face.REGULAR, place)
    fields: tuple[Field, ...] = ()
    if item.write:
        begin = text_height if lines else 0.0
        shapes += _flush_left(lines, _TEXT, cell.x, text_height, room, place)
        shapes += _writing_lines(cell, begin, height, place)
        area = RectMm(cell.x + 1.0, begin + 0.5, cell.width - 2.0, height - begin - 1.0)
        fields = (Field(item.id, item.text or item.number, FieldKind.TEXT, area),)
    else:
        shapes += _flush_left(lines, _TEXT, cell.x, height, room, place)
    boxes = tuple(box for index in range(len(layout.groups)) for box in _boxes(item, layout, index, height))
    inner = [x for index in range(len(layout.groups)) for x in _inner_edges(layout, index)]
    shapes += _rules((*_edges(layout), *inner), height)
    return Block(height, tuple(shapes), boxes, fields, head=top)


def _writing_lines(cell: RectMm, begin: float, height: float, place: Place) -> list[Shape]:
    count = int((height - begin) // WRITING_MM)
    return [
        Line(cell.x + _PADDING, y, cell.right - _PADDING, y, RULE_MM, dotted=True, place=place)
        for y in (height - 1.5 - index * WRITING_MM for index in range(count))
    ]


def _boxes(item: Item, layout: Columns, index: int, height: float) -> Iterator[Box]:
    group = layout.groups[index]
    question = question_id(item.id, group.id)
    for at, choice in enumerate(group.choices):
        x = layout.left[index] + (at + 0.5) * layout.width[index] - BOX_SIDE / 2
        area = RectMm(_near(x), _near((height - BOX_SIDE) / 2), BOX_SIDE, BOX_SIDE)
        yield Box(f"{question}.{choice.id}", question, choice.id, area, BoxShape.SQUARE)


def _number(number: str, height: float, face: Face, place: Place) -> list[Shape]:
    room = NUMBER_WIDTH - 0.8
    fitting = (Style(face, size) for size in _NUMBER_SIZES)
    style = next((s for s in fitting if width_mm(number, s) <= room), Style(face, _NUMBER_SIZES[-1]))
    y = (height - style.leading_mm) / 2
    return _centered_lines((number,), style, RectMm(CONTENT.x, y, NUMBER_WIDTH, 0.0), place) if number else []


def _centered_lines(lines: Sequence[str], style: Style, cell: RectMm, place: Place) -> list[Shape]:
    lift = (style.leading_mm - style.ascent_mm) / 2
    return [
        centered(
            line, style, cell.center.x, cell.y + (at + 1) * style.leading_mm - lift, cell.width - 0.6, place
        )
        for at, line in enumerate(lines)
    ]


def _flush_left(
    lines: Sequence[str], style: Style, x: float, height: float, room: float, place: Place
) -> list[Shape]:
    lift = (style.leading_mm - style.ascent_mm) / 2
    first = (height - len(lines) * style.leading_mm) / 2 - lift
    return [
        Text(x + _PADDING, first + (at + 1) * style.leading_mm, line, style, room, place)
        for at, line in enumerate(lines)
    ]


def _edges(layout: Columns) -> tuple[float, ...]:
    return (CONTENT.x, layout.content.x, *layout.left, CONTENT.right)


def _inner_edges(layout: Columns, index: int) -> list[float]:
    """Return the rules between the boxes of one group."""
    count = len(layout.groups[index].choices)
    return [layout.left[index] + at * layout.width[index] for at in range(1, count)]


def _rules(edges: Sequence[float], height: float) -> list[Shape]:
    """Return the vertical rules at `edges` and the rule along the bottom."""
    upright: list[Shape] = [Line(x, 0.0, x, height, RULE_MM) for x in edges]
    return [*upright, Line(CONTENT.x, height, CONTENT.right, height, RULE_MM)]


def _choice_width(count: int) -> float:
    if count == 1:
        return _ONE_BOX
    free = (CONTENT.width - NUMBER_WIDTH - _LEAST_CONTENT) / count
    return _FEW_BOXES if count <= 3 else min(_WIDEST, max(_NARROWEST, free))  # noqa: PLR2004 (DOMAIN: three level columns are the widest usual form)


def _grid(value: float) -> float:
    """Return `value` on the grid of frozen layouts, never smaller."""
    return math.ceil(value / GRID_MM - 1e-6) * GRID_MM


def _near(value: float) -> float:
    return round(value / GRID_MM) * GRID_MM
