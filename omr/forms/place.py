"""A form → what stands where: rows flow over pages, the table's head stands on each, the foot stays whole.

Placing the same form twice gives the same geometry to the last digit: nothing here depends on the
machine, and text is measured with the fonts that omr ships.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from omr.forms.drawing import Block, PageDrawing, on_grid
from omr.forms.foot import foot
from omr.forms.frame import BOX_LINE, CODES, CONTENT, ORIENTATION, fiducials
from omr.forms.frozen import GRID_MM, sealed
from omr.forms.head import head
from omr.forms.questions import questions
from omr.forms.schema import Form
from omr.forms.strips import page_strips
from omr.forms.table import rows
from omr.model.geometry import A4
from omr.model.layout import Layout, Page, Section

_TABLE_GAP = 3.0
"""mm between two tables on one page."""


@dataclass(frozen=True, slots=True)
class Placement:
    """A placed form: what reading needs (`layout`) and what is printed besides (`drawings`, one a page).

    serial_label, master_label: what the overlay prints beside the serial and on a master sheet.
    """

    layout: Layout
    drawings: tuple[PageDrawing, ...]
    serial_label: str
    master_label: str


def place(form: Form) -> Placement:
    """Return `form` placed on A4 pages, its layout sealed under its digest."""
    flowed = _paginate([*head(form), *rows(form)], foot(form))
    numbered = tuple(enumerate(flowed, start=1))
    pages = tuple(_page(number, blocks) for number, blocks in numbered)
    drawings = tuple(_drawing(form, number, blocks, len(flowed)) for number, blocks in numbered)
    return Placement(sealed(_layout(form, pages)), drawings, form.words.sheet, form.words.master)


def _layout(form: Form, pages: tuple[Page, ...]) -> Layout:
    return Layout(
        id=form.id,
        version=form.version,
        year=form.year,
        digest="",
        title=form.title,
        language=form.language,
        size=A4,
        line_mm=BOX_LINE,
        sections=tuple(Section(section.id, section.title) for section in form.sections),
        questions=questions(form),
        pages=pages,
        scoring=form.scoring,
        filled_by=form.filled_by,
        returns=form.returns,
    )


def _page(number: int, blocks: Sequence[Block]) -> Page:
    return Page(
        number=number,
        fiducials=fiducials(),
        orientation=ORIENTATION,
        codes=CODES,
        boxes=tuple(box for block in blocks for box in block.boxes),
        fields=tuple(field for block in blocks for field in block.fields),
    )


def _drawing(form: Form, number: int, blocks: Sequence[Block], count: int) -> PageDrawing:
    content = (shape for block in blocks for shape in block.shapes)
    return PageDrawing((*content, *page_strips(form, number, count)))


def _paginate(flow: Sequence[Block], bottom: Block) -> list[list[Block]]:
    """Return the blocks of each page, moved to their places."""
    pages: list[list[Block]] = [[]]
    y, standing = CONTENT.y, None
    for chunk in _chunks(flow, bottom):
        blocks = _headed(chunk, standing)
        if pages[-1] and y + sum(block.height for block in blocks) > CONTENT.bottom + GRID_MM / 2:
            pages.append([])
            y, blocks = CONTENT.y, _headed(chunk, None)
        for block in blocks:
            pages[-1].append(block.moved(y))
            y = on_grid(y + block.height)
            standing = block.head or standing
    return pages


def _headed(chunk: Sequence[Block], standing: Block | None) -> list[Block]:
    """Return `chunk` with table heads put in wherever another one than `standing` is needed."""
    blocks: list[Block] = []
    for block in chunk:
        if block.head is not None and block.head != standing:
            if standing is not None:
                blocks.append(Block(_TABLE_GAP))
            standing = block.head
            blocks.append(standing)
        blocks.append(block)
    return blocks


def _chunks(flow: Sequence[Block], bottom: Block) -> Iterator[list[Block]]:
    """Yield what may not be torn apart: title rows with the row below them, the foot with the last row."""
    chunks: list[list[Block]] = []
    chunk: list[Block] = []
    for block in flow:
        chunk.append(block)
        if not block.keep:
            chunks.append(chunk)
            chunk = []
    if chunk:
        chunks.append(chunk)
    if bottom.height > 0:
        chunks[-1].append(bottom)
    yield from chunks
