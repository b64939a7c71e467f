"""The rows of the table: title rows and rows with boxes, each a block as wide as the content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from omr.forms.columns import AIR_MM, NUMBER_WIDTH, RULE_MM, Columns, baselines, columns, largest, table_head
from omr.forms.drawing import Block, Line, Place, Shape, Text, centered, on_grid
from omr.forms.fonts import Face, Style, wrap
from omr.forms.frame import BOX_SIDE, BOX_TO_LINE, CONTENT
from omr.forms.frozen import GRID_MM
from omr.forms.head import WRITING_MM
from omr.forms.schema import Form, Item, Section, question_id
from omr.model.geometry import RectMm
from omr.model.layout import Box, Field, FieldKind
from omr.model.layout import Shape as BoxShape

ROW_MM = BOX_SIDE + 2 * BOX_TO_LINE + RULE_MM
"""Least height of a row."""
_PADDING = 1.5
_DOTTED_MM = 0.2
_TEXT = Style(Face.REGULAR, 11)
_TITLE = Style(Face.BOLD, 11)
_NUMBER_SIZES = (11.0, 10.0, 9.0, 8.0)


def rows(form: Form) -> Iterator[Block]:
    """Yield title rows and rows of all sections, in printed order."""
    for at, section in enumerate(form.sections):
        place: Place = ("sections", at)
        table = columns(form, at)
        head = table_head(form, table)
        if section.show_title:
            yield _title_row(section.number, section.title, head, (*place, "title"))
        for index, group in enumerate(section.groups):
            if group.title:
                number = roman(index + 1) if group.number is None else group.number
                yield _title_row(number, group.title, head, (*place, "groups", index, "title"))
            for row, item in enumerate(group.items):
                yield _row(section, item, table, head, (*place, "groups", index, "items", row))


def roman(number: int) -> str:
    """Return `number` (1..39) as a Roman numeral."""
    ones = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
    return "X" * (number // 10) + ones[number % 10]


def _title_row(number: str, title: str, head: Block, place: Place) -> Block:
    x = CONTENT.x + NUMBER_WIDTH
    room = CONTENT.right - x - 2 * _PADDING
    lines = wrap(title, _TITLE, room)
    height = on_grid(len(lines) * _TITLE.leading_mm + AIR_MM)
    shapes = (
        *_number(number, height, Face.BOLD, place),
        *_flush_left(lines, _TITLE, x, height, room, place),
        *_rules((CONTENT.x, x, CONTENT.right), height),
    )
    return Block(height, shapes, keep=True, head=head)


def _row(section: Section, item: Item, table: Columns, head: Block, place: Place) -> Block:
    begin, end = table.content
    room = end - begin - 2 * _PADDING
    lines = wrap(item.text, _TEXT, room) if item.text else ()
    text_height = on_grid(len(lines) * _TEXT.leading_mm + AIR_MM) if lines else 0.0
    written = WRITING_MM if item.write else 0.0
    height = on_grid(max(ROW_MM, section.row_height_mm or 0.0, text_height + written))
    shapes: list[Shape] = [
        *_number(item.number, height, Face.REGULAR, place),
        *_flush_left(lines, _TEXT, begin, text_height if item.write else height, room, place),
        *_rules((*table.edges, *table.inner_edges), height),
    ]
    fields: tuple[Field, ...] = ()
    if item.write:
        shapes += _writing_lines(begin, end, text_height, height, place)
        area = RectMm(begin + 1.0, text_height + 0.5, end - begin - 2.0, height - text_height - 1.0)
        fields = (Field(item.id, item.text or item.number, FieldKind.TEXT, area),)
    return Block(height, tuple(shapes), tuple(_boxes(item, table, height)), fields, head=head)


def _writing_lines(begin: float, end: float, top: float, bottom: float, place: Place) -> Iterator[Shape]:
    for index in range(int((bottom - top) // WRITING_MM)):
        y = bottom - 1.5 - index * WRITING_MM
        yield Line(begin + _PADDING, y, end - _PADDING, y, _DOTTED_MM, dotted=True, place=place)


def _boxes(item: Item, table: Columns, height: float) -> Iterator[Box]:
    for index, group in enumerate(table.groups):
        question = question_id(item.id, group.id)
        for at, choice in enumerate(group.choices):
            x = table.choice(index, at) + (table.width[index] - BOX_SIDE) / 2
            area = RectMm(_nearest(x), _nearest((height - BOX_SIDE) / 2), BOX_SIDE, BOX_SIDE)
            yield Box(f"{question}.{choice.id}", question, choice.id, area, BoxShape.SQUARE)


def _number(number: str, height: float, face: Face, place: Place) -> Iterator[Shape]:
    if number:
        room = NUMBER_WIDTH - 0.8
        style = largest([number], room, face, _NUMBER_SIZES)
        (y,) = baselines(1, style, 0.0, height)
        yield centered(number, style, CONTENT.x + NUMBER_WIDTH / 2, y, room, place)


def _flush_left(
    lines: Sequence[str], style: Style, x: float, height: float, room: float, place: Place
) -> Iterator[Shape]:
    for line, y in zip(lines, baselines(len(lines), style, 0.0, height), strict=True):
        yield Text(x + _PADDING, y, line, style, room, place)


def _rules(edges: Iterable[float], height: float) -> Iterator[Shape]:
    """Yield the vertical rules at `edges` and the rule along the bottom; the top one is the row's above."""
    for x in edges:
        yield Line(x, 0.0, x, height, RULE_MM)
    yield Line(CONTENT.x, height, CONTENT.right, height, RULE_MM)


def _nearest(value: float) -> float:
    return round(round(value / GRID_MM) * GRID_MM, 2)
