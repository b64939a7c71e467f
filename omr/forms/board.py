"""The wall board: all items of a form on one large page, for public display. Nothing on it is read back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from omr.errors import LayoutError
from omr.forms.drawing import Line, Shape, Text, centered
from omr.forms.fonts import Face, Style, width_mm, wrap
from omr.forms.schema import Form
from omr.forms.table import roman
from omr.i18n import _
from omr.model.geometry import MM_PER_POINT, RectMm, SizeMm


class BoardSize(StrEnum):
    """Paper of the board, hung upright or across, whichever takes the larger type."""

    A1 = "A1"
    A2 = "A2"
    A3 = "A3"

    @property
    def size(self) -> SizeMm:
        """The sheet lying across, mm (ISO 216)."""
        return {"A1": SizeMm(841.0, 594.0), "A2": SizeMm(594.0, 420.0), "A3": SizeMm(420.0, 297.0)}[
            self.value
        ]


_SHEETS = {
    BoardSize.A1: SizeMm(841.0, 594.0),
    BoardSize.A2: SizeMm(594.0, 420.0),
    BoardSize.A3: SizeMm(420.0, 297.0),
}
_MARGIN_SHARE = 0.035
"""Margin as a share of the sheet's longer side: 15 mm on A3."""
_TITLE_RATIO = 2.2
"""Type size of the title against that of the items."""
_GAP_EM = 2.0
"""Between two columns of text, in em of the items' type."""
_MOST_COLUMNS = 5
_SMALLEST, _LARGEST, _STEP = 7.0, 60.0, 0.25
"""Type sizes tried, points; below 7 nobody reads it on a wall."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A title or an item of the board, before it is set. `keep`: the next entry stays in its column."""

    number: str
    text: str
    face: Face
    keep: bool


@dataclass(frozen=True, slots=True)
class _Setting:
    """How the board is set: sheet, columns and type size."""

    sheet: SizeMm
    columns: int
    size: float

    @property
    def em(self) -> float:
        return self.size * MM_PER_POINT

    @property
    def margin(self) -> float:
        return _MARGIN_SHARE * max(self.sheet.width, self.sheet.height)

    @property
    def column_width(self) -> float:
        inner = self.sheet.width - 2 * self.margin
        return (inner - (self.columns - 1) * _GAP_EM * self.em) / self.columns

    def column(self, index: int, top: float) -> RectMm:
        x = self.margin + index * (self.column_width + _GAP_EM * self.em)
        return RectMm(x, top, self.column_width, self.sheet.height - self.margin - top)


def write_board(path: Path, form: Form, size: BoardSize) -> None:
    """Write the board of `form` as a PDF of one page.

    Raises:
        LayoutError: the items do not fit on that paper in readable type.
        OSError: the file cannot be written.
    """
    from omr.forms.pdf import Paper

    sheet, shapes = board(form, size)
    paper = Paper(path, sheet.width, sheet.height, form.title)
    paper.draw(shapes)
    paper.canvas.showPage()
    paper.canvas.save()


def board(form: Form, size: BoardSize) -> tuple[SizeMm, tuple[Shape, ...]]:
    """Return the sheet, across or upright, and what is printed on it in the largest type that fits.

    Raises:
        LayoutError: the items do not fit on that paper in readable type.
    """
    entries = tuple(_entries(form))
    across = size.size
    best: tuple[_Setting, tuple[Shape, ...]] | None = None
    for sheet in (across, SizeMm(across.height, across.width)):
        for columns in range(1, _MOST_COLUMNS + 1):
            least = best[0].size + _STEP if best else _SMALLEST
            best = _largest_setting(form, entries, _Setting(sheet, columns, least)) or best
    if best is None:
        raise LayoutError(
            _("the items of '{id}' do not fit on {size} in readable type. Take a larger sheet.").format(
                id=form.id, size=size.value
            )
        )
    return best[0].sheet, best[1]


def _largest_setting(
    form: Form, entries: Sequence[_Entry], least: _Setting
) -> tuple[_Setting, tuple[Shape, ...]] | None:
    """Return the largest type that fits and how it is set, None where not even `least` does."""
    low, high = 0, int((_LARGEST - least.size) / _STEP)
    best = None
    while low <= high:
        middle = (low + high) // 2
        setting = replace(least, size=least.size + middle * _STEP)
        shapes = _set(form, entries, setting)
        if shapes is None:
            high = middle - 1
        else:
            best, low = (setting, shapes), middle + 1
    return best


def _entries(form: Form) -> Iterator[_Entry]:
    for section in form.sections:
        if section.show_title:
            yield _Entry(section.number, section.title, Face.BOLD, keep=True)
        for index, group in enumerate(section.groups):
            if group.title:
                number = roman(index + 1) if group.number is None else group.number
                yield _Entry(number, group.title, Face.BOLD, keep=True)
            for item in group.items:
                yield _Entry(item.number, item.text, Face.REGULAR, keep=False)


def _set(form: Form, entries: Sequence[_Entry], setting: _Setting) -> tuple[Shape, ...] | None:
    """Return the board at one type size, None where it does not fit."""
    title, top = _title(form, setting)
    shapes: list[Shape] = list(title)
    index, y = 0, top
    column = setting.column(0, top)
    indent = max(width_mm(f"{entry.number} ", Style(entry.face, setting.size)) for entry in entries)
    for chunk in _chunks(entries):
        lines = [_lines(entry, setting, indent) for entry in chunk]
        height = sum(len(each) * Style(Face.REGULAR, setting.size).leading_mm for each in lines)
        height += (len(chunk) - 1) * 0.5 * setting.em
        if y + height > column.bottom:
            index, y = index + 1, top
            if index == setting.columns or top + height > column.bottom:
                return None
            column = setting.column(index, top)
        for entry, text in zip(chunk, lines, strict=True):
            shapes += _placed(entry, text, setting, column.x, y, indent)
            y += len(text) * Style(entry.face, setting.size).leading_mm + 0.5 * setting.em
    return (*shapes, *_column_rules(setting, top))


def _chunks(entries: Sequence[_Entry]) -> Iterator[list[_Entry]]:
    chunk: list[_Entry] = []
    for entry in entries:
        chunk.append(entry)
        if not entry.keep:
            yield chunk
            chunk = []


def _lines(entry: _Entry, setting: _Setting, indent: float) -> tuple[str, ...]:
    return wrap(entry.text, Style(entry.face, setting.size), setting.column_width - indent)


def _placed(
    entry: _Entry, lines: Sequence[str], setting: _Setting, x: float, y: float, indent: float
) -> Iterator[Shape]:
    style = Style(entry.face, setting.size)
    room = setting.column_width - indent
    yield Text(x, y + style.leading_mm, entry.number, style, indent)
    for at, line in enumerate(lines, start=1):
        yield Text(x + indent, y + at * style.leading_mm, line, style, room)


def _title(form: Form, setting: _Setting) -> tuple[list[Shape], float]:
    """Return the title's lines and where the columns begin."""
    style = Style(Face.BOLD, setting.size * _TITLE_RATIO)
    room = setting.sheet.width - 2 * setting.margin
    lines = wrap(form.board_title or form.title, style, room)
    year = (f"{form.words.year} {form.year}",) if form.words.year else ()
    y = setting.margin
    shapes: list[Shape] = []
    for line in (*lines, *year):
        y += style.leading_mm
        shapes.append(centered(line, style, setting.sheet.width / 2, y, room, ("title",)))
    return shapes, y + 1.5 * setting.em


def _column_rules(setting: _Setting, top: float) -> Iterator[Shape]:
    for index in range(1, setting.columns):
        x = setting.column(index, top).x - _GAP_EM * setting.em / 2
        yield Line(x, top, x, setting.sheet.height - setting.margin, 0.3)
