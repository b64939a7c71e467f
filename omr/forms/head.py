"""The upper part of the first page: official heading, title, fields to write in, how to tick."""

from __future__ import annotations

from collections.abc import Sequence

from omr.forms.columns import RULE_MM
from omr.forms.drawing import Block, Line, Rect, Shape, Text, centered, paragraph
from omr.forms.fonts import Face, Style, width_mm, wrap
from omr.forms.frame import CONTENT
from omr.forms.schema import Form, Heading, Variant, WrittenField, WrittenKind
from omr.model.geometry import RectMm
from omr.model.layout import Field, FieldKind

WRITING_MM = 8.0
"""Height a hand needs for one written line, mm (the usual ruled pad)."""
_LEFT_WIDTH = 64.0
_RIGHT_WIDTH = 90.0
_SAMPLE_SIDE = 2.8
"""mm; smaller than fiducials (3.5) and boxes (5), so that the drawn examples are taken for neither."""
_SAMPLES_WIDTH = 42.0

_PLAIN = Style(Face.REGULAR, 12)
_BOLD = Style(Face.BOLD, 12)
_ITALIC = Style(Face.ITALIC, 12)
_TITLE = Style(Face.BOLD, 14)
_INTRO = Style(Face.ITALIC, 11)
_SAMPLE = Style(Face.REGULAR, 10)

_MOTTO = {
    Variant.PARTY: ("ĐẢNG CỘNG SẢN VIỆT NAM",),
    Variant.STATE: ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"),
    Variant.NONE: (),
}


def head(form: Form) -> tuple[Block, ...]:
    """Return the blocks above the table, top to bottom."""
    blocks = (_heading(form.heading, form.words.date), _title(form), *_fields(form), _instructions(form))
    return tuple(block for block in blocks if block.height > 0)


def _heading(heading: Heading, date: str) -> Block:
    if heading.variant is Variant.NONE:
        return Block(0.0)
    step = _PLAIN.leading_mm
    left, right = CONTENT.x + _LEFT_WIDTH / 2, CONTENT.right - _RIGHT_WIDTH / 2
    shapes: list[Shape] = []
    for index, line in enumerate(heading.left):
        style = _BOLD if index == len(heading.left) - 1 else _PLAIN
        place = ("heading", "left", index)
        shapes.append(centered(line, style, left, (index + 1) * step, _LEFT_WIDTH, place))
    motto = _MOTTO[heading.variant]
    for index, line in enumerate(motto):
        shapes.append(centered(line, _BOLD, right, (index + 1) * step, _RIGHT_WIDTH, ("heading", "variant")))
    rule = width_mm(motto[-1], _BOLD)
    below = len(motto) * step + 1.4
    shapes.append(Line(right - rule / 2, below, right + rule / 2, below, RULE_MM))
    bottom = max(len(heading.left) * step, below)
    if heading.place:
        bottom = max(bottom, below + step + 1.0)
        text = f"{heading.place}, {date}"
        shapes.append(centered(text, _ITALIC, right, below + step + 0.6, _RIGHT_WIDTH, ("heading", "place")))
    return Block(bottom + 2.0, tuple(shapes))


def _title(form: Form) -> Block:
    middle, y = CONTENT.center.x, 1.0
    shapes: list[Shape] = []
    year = f"{form.words.year} {form.year}" if form.words.year else ""
    for text, style, key in (
        (form.title, _TITLE, "title"),
        (year, _BOLD, "year"),
        (form.subtitle, _ITALIC, "subtitle"),
    ):
        for line in wrap(text, style, CONTENT.width) if text else ():
            y += style.leading_mm
            shapes.append(centered(line, style, middle, y, CONTENT.width, (key,)))
    return Block(y + 2.5, tuple(shapes))


def _fields(form: Form) -> list[Block]:
    blocks: list[Block] = []
    row: list[tuple[int, WrittenField]] = []
    for index, field in enumerate(form.fields):
        if row and sum(other.width for _at, other in row) + field.width > 1.0 + 1e-6:
            blocks.append(_field_row(row))
            row = []
        row.append((index, field))
    return [*blocks, _field_row(row)] if row else blocks


def _field_row(row: Sequence[tuple[int, WrittenField]]) -> Block:
    shapes: list[Shape] = []
    fields: list[Field] = []
    x = CONTENT.x
    for index, field in row:
        right = x + field.width * CONTENT.width - 2.0
        label = f"{field.label}:"
        start = x + width_mm(label, _PLAIN) + 1.5
        place = ("fields", index)
        shapes.append(Text(x, WRITING_MM - 1.8, label, _PLAIN, right - x - 20.0, place))
        for line in range(field.lines):
            begin, base = (x if line else start), (line + 1) * WRITING_MM - 1.5
            shapes.append(Line(begin, base, right, base, RULE_MM, dotted=True, place=place))
        kind = FieldKind.DATE if field.kind is WrittenKind.DATE else FieldKind.TEXT
        area = RectMm(start, 0.0, max(right - start, 1.0), field.lines * WRITING_MM)
        fields.append(Field(field.id, field.label, kind, area, field.roster))
        x = right + 2.0
    return Block(max(field.lines for _at, field in row) * WRITING_MM, tuple(shapes), fields=tuple(fields))


def _instructions(form: Form) -> Block:
    y = 1.5
    shapes: list[Shape] = []
    if form.intro:
        lines = wrap(form.intro, _INTRO, CONTENT.width)
        shapes += paragraph(lines, _INTRO, CONTENT.x, y, CONTENT.width, ("intro",))
        y += len(lines) * _INTRO.leading_mm + 0.8
    room = CONTENT.width - _SAMPLES_WIDTH
    lines = wrap(form.correction, _INTRO, room)
    shapes += paragraph(lines, _INTRO, CONTENT.x, y, room, ("correction",))
    shapes += _samples(form, CONTENT.right - _SAMPLES_WIDTH + 4.0, y + 1.2)
    return Block(y + max(len(lines) * _INTRO.leading_mm, _SAMPLE_SIDE + 2.0) + 3.0, tuple(shapes))


def _samples(form: Form, x: float, y: float) -> list[Shape]:
    """Return small drawn boxes: ticked and crossed (yes), filled (taken back)."""
    side = _SAMPLE_SIDE
    ticked, crossed = RectMm(x, y, side, side), RectMm(x + side + 1.5, y, side, side)
    base = y + side - 0.3
    yes = Text(crossed.right + 1.2, base, f"= {form.words.yes}", _SAMPLE, 12.0, ("words", "yes"))
    filled = RectMm(yes.extent.right + 4.0, y, side, side)
    undo = Text(filled.right + 1.2, base, f"= {form.words.undo}", _SAMPLE, 16.0, ("words", "undo"))
    pen = 0.35
    return [
        Rect(ticked, 0.2),
        Line(x + 0.4, y + 1.5, x + 1.1, y + 2.4, pen),
        Line(x + 1.1, y + 2.4, ticked.right - 0.3, y + 0.3, pen),
        Rect(crossed, 0.2),
        Line(crossed.x + 0.4, y + 0.4, crossed.right - 0.4, crossed.bottom - 0.4, pen),
        Line(crossed.right - 0.4, y + 0.4, crossed.x + 0.4, crossed.bottom - 0.4, pen),
        yes,
        Rect(filled),
        undo,
    ]
