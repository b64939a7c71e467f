"""The columns of a table, and its head."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from omr.forms.drawing import Block, Line, Place, Shape, centered, on_grid
from omr.forms.fonts import Face, Style, width_mm, wrap
from omr.forms.frame import BOX_GAP, BOX_SIDE, CONTENT
from omr.forms.schema import ColumnGroup, Form

RULE_MM = 0.2
"""Thickness of the table's rules, mm."""
NUMBER_WIDTH = 10.0
AIR_MM = 2.4
"""mm above and below the text of a row, together."""
_LEAST_CONTENT = 60.0
"""mm left for the text where a form has many boxes a row."""
_ONE_BOX, _FEW_BOXES, _FEW = 18.0, 17.0, 3
"""mm; three level columns are the widest usual form."""
_NARROWEST, _WIDEST = BOX_SIDE + BOX_GAP + RULE_MM, 16.0
_HEAD_SIZES = (11.0, 10.0, 9.0, 8.0, 7.5)
_MARGIN = 0.5


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the columns of a table stand, mm.

    left, width: for each column group its left edge and the width of one box's column.
    place: where the groups stand in the layout file.
    """

    groups: tuple[ColumnGroup, ...]
    left: tuple[float, ...]
    width: tuple[float, ...]
    place: Place

    @property
    def content(self) -> tuple[float, float]:
        """Left and right edge of the text column."""
        return CONTENT.x + NUMBER_WIDTH, self.left[0]

    @property
    def edges(self) -> tuple[float, ...]:
        """x of the rules that run through title-less rows, outer edges too."""
        return (CONTENT.x, self.content[0], *self.left, CONTENT.right)

    @property
    def inner_edges(self) -> tuple[float, ...]:
        """x of the rules between the boxes of one group."""
        return tuple(
            self.choice(group, at)
            for group, columns in enumerate(self.groups)
            for at in range(1, len(columns.choices))
        )

    def choice(self, group: int, at: int) -> float:
        """Left edge of box column `at` of column group `group`."""
        return self.left[group] + at * self.width[group]


def columns(form: Form, section: int) -> Columns:
    """Return the columns of section number `section` (from 0)."""
    own = form.sections[section].columns
    groups = own or form.columns
    usual = _choice_width(sum(len(group.choices) for group in groups))
    width = tuple(on_grid(group.choice_width_mm or usual) for group in groups)
    left: list[float] = []
    x = CONTENT.right
    for group, one in zip(reversed(groups), reversed(width), strict=True):
        x -= one * len(group.choices)
        left.insert(0, x)
    return Columns(groups, tuple(left), width, ("sections", section, "columns") if own else ("columns",))


def table_head(form: Form, table: Columns) -> Block:
    """Return the head of the table, repeated on every page."""
    begin, end = table.content
    outer = (
        _Cell(form.words.number, CONTENT.x, NUMBER_WIDTH, ("words", "number")),
        _Cell(form.words.content, begin, end - begin, ("words", "content")),
    )
    upper, lower = tuple(_group_cells(table)), tuple(_choice_cells(table))
    split = max((cell.height for cell in upper), default=0.0)
    height = on_grid(max(split + max(cell.height for cell in lower), *(cell.height for cell in outer)))
    shapes: list[Shape] = [Line(CONTENT.x, y, CONTENT.right, y, RULE_MM) for y in (0.0, height)]
    if upper:
        shapes.append(Line(table.left[0], split, CONTENT.right, split, RULE_MM))
    shapes += [Line(x, 0.0, x, height, RULE_MM) for x in table.edges]
    shapes += [Line(x, split, x, height, RULE_MM) for x in table.inner_edges]
    for cells, top, bottom in ((outer, 0.0, height), (upper, 0.0, split), (lower, split, height)):
        shapes += [shape for cell in cells for shape in cell.shapes(top, bottom)]
    return Block(height, tuple(shapes), keep=True)


@dataclass(frozen=True, slots=True)
class _Cell:
    """A head cell: its text, set as large as its longest word allows."""

    text: str
    x: float
    width: float
    place: Place

    @property
    def room(self) -> float:
        return self.width - 2 * _MARGIN

    @property
    def style(self) -> Style:
        return largest(self.text.split(), self.room, Face.BOLD, _HEAD_SIZES)

    @property
    def lines(self) -> tuple[str, ...]:
        return even_lines(self.text, self.style, self.room)

    @property
    def height(self) -> float:
        return len(self.lines) * self.style.leading_mm + AIR_MM

    def shapes(self, top: float, bottom: float) -> Iterator[Shape]:
        middle = self.x + self.width / 2
        for line, y in zip(self.lines, baselines(len(self.lines), self.style, top, bottom), strict=True):
            yield centered(line, self.style, middle, y, self.room, self.place)


def largest(words: list[str], room: float, face: Face, sizes: tuple[float, ...]) -> Style:
    """Return the first of `sizes` at which each of `words` fits into `room` mm, else the last."""
    styles = [Style(face, size) for size in sizes]
    fitting = (style for style in styles if all(width_mm(word, style) <= room for word in words))
    return next(fitting, styles[-1])


def even_lines(text: str, style: Style, room: float) -> tuple[str, ...]:
    """Return `text` in as few lines as fit into `room` mm, the widest of them as narrow as can be."""
    lines = wrap(text, style, room)
    while True:
        widest = max(width_mm(line, style) for line in lines)
        narrower = wrap(text, style, widest - 0.01)
        if len(narrower) > len(lines) or max(width_mm(line, style) for line in narrower) >= widest:
            return lines
        lines = narrower


def baselines(count: int, style: Style, top: float, bottom: float) -> tuple[float, ...]:
    """Return the baselines of `count` lines that look centred between `top` and `bottom`, mm."""
    lift = (style.leading_mm - style.ascent_mm) / 2
    first = (top + bottom - count * style.leading_mm) / 2 + style.leading_mm - lift
    return tuple(first + at * style.leading_mm for at in range(count))


def _group_cells(table: Columns) -> Iterator[_Cell]:
    for index, group in enumerate(table.groups):
        if group.label:
            width = table.width[index] * len(group.choices)
            yield _Cell(group.label, table.left[index], width, (*table.place, index, "label"))


def _choice_cells(table: Columns) -> Iterator[_Cell]:
    for index, group in enumerate(table.groups):
        for at, choice in enumerate(group.choices):
            place = (*table.place, index, "choices", at, "label")
            yield _Cell(choice.label, table.choice(index, at), table.width[index], place)


def _choice_width(count: int) -> float:
    if count <= _FEW:
        return _ONE_BOX if count == 1 else _FEW_BOXES
    free = (CONTENT.width - NUMBER_WIDTH - _LEAST_CONTENT) / count
    return min(_WIDEST, max(_NARROWEST, free))
