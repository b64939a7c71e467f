"""What the printed text of a PDF says about a block: its title, its questions, its choices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from omr.draft.blocks import Block
from omr.draft.phrases import Phrase, joined, phrases
from omr.draft.sheet import GRID, BlankPage, Found
from omr.model.arrays import Flags
from omr.model.geometry import RectMm

_HEAD_REACH = 25.0
"""How far above a block its printed heads may stand, mm."""
_LABEL_REACH = 4.0
"""How far behind a box its label may begin, mm."""
_LEAD = 1.2
"""Gap between two lines of one head, in heights of the lower one."""
_BESIDE, _LINE = 1.0, 0.9
"""How far past a box, mm, and with which share of ink a line above or below it parts two rows."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What is printed about a block, "" where nothing was found.

    title: above it. questions: text of each, with its number. choices: label of each. prints: what is
        inside the boxes of each choice, where it is the same in all questions. ids: of the questions, where
        another program gave them some.
    """

    title: str
    questions: tuple[str, ...]
    choices: tuple[str, ...]
    prints: tuple[str, ...]
    ids: tuple[str, ...] = ()


def lists(block: Block) -> tuple[tuple[Found, ...], ...]:
    """Return the boxes of each question of a block."""
    return tuple(zip(*block.rows, strict=True)) if block.down else block.rows


@dataclass(frozen=True, slots=True)
class Printed:
    """The text of a page: what is printed inside its boxes, "" where nothing, and the phrases outside.

    ink: where something is printed, for the ruled lines between the rows.
    """

    ink: Flags
    boxes: tuple[Found, ...]
    inside: dict[RectMm, str]
    outside: tuple[Phrase, ...]


def printed(page: BlankPage, boxes: Sequence[Found]) -> Printed:
    """Return the text of a page, sorted into its boxes and what stands outside."""
    inside = {box.area: "" for box in boxes}
    edges = np.array([(box.area.x, box.area.y, box.area.right, box.area.bottom) for box in boxes]).reshape(
        -1, 4
    )
    outside = []
    for letter in page.letters:
        x, y = letter.area.center.x, letter.area.center.y
        holds = (edges[:, 0] < x) & (x < edges[:, 2]) & (edges[:, 1] < y) & (y < edges[:, 3])
        if holds.any():
            inside[boxes[int(np.argmax(holds))].area] += letter.text
        else:
            outside.append(letter)
    return Printed(page.ink, tuple(boxes), inside, phrases(outside))


def wording(block: Block, text: Printed) -> Wording:
    """Return what is printed about a block."""
    asked = lists(block)
    inside = [tuple(text.inside[box.area] for box in row) for row in asked]
    prints = inside[0] if all(inside[0]) and len(set(inside)) == 1 else ()
    behind = tuple(_behind(box, text) for box in asked[0])
    title = _title(block, text.outside)
    if prints:
        choices = prints
    elif all(behind) and len(asked[0]) > 1:
        choices = behind
    else:
        choices = tuple(_head(block, box, text.outside) for box in asked[0])
    return Wording(title, _questions(block, text, title, behind), choices, prints)


def _questions(block: Block, text: Printed, title: str, behind: Sequence[str]) -> tuple[str, ...]:
    """Return the text of each question: before its row or list, behind a lone box, above a single row."""
    asked = lists(block)
    if block.down:
        return (_before(block, 0, text) or title,) if len(asked) == 1 else ("",) * len(asked)
    if len(asked) == len(asked[0]) == 1 and behind[0]:
        return (behind[0],)
    before = tuple(_before(block, at, text) for at in range(len(asked)))
    return (title,) if before == ("",) else before


def _behind(box: Found, text: Printed) -> str:
    """Return the label to the right of a box, up to the next box of its line."""
    area = box.area
    ends = [other.area.x for other in text.boxes if other.area.x >= area.right and _level(other.area, area)]
    end = min(ends, default=float("inf"))
    behind = [each for each in text.outside if _level(each.area, area) and area.right - 1 < each.area.x < end]
    near = [each for each in behind if each.area.x - area.right <= _LABEL_REACH]
    return near[0].text if near else ""


def _level(one: RectMm, other: RectMm) -> bool:
    return other.y < one.center.y < other.bottom or one.y < other.center.y < one.bottom


def _before(block: Block, at: int, text: Printed) -> str:
    """Return the text to the left of a row, from the box before the block on."""
    top, bottom = _band(block, at, text.ink)
    first = block.rows[at][0].area
    ends = [box.area.right for box in text.boxes if box.area.right <= first.x and _level(box.area, first)]
    left = max(ends, default=0.0)
    return joined(
        each for each in text.outside
        if top <= each.area.center.y < bottom and left <= each.area.x and each.area.right <= first.x
    )  # fmt: skip


def _band(block: Block, at: int, ink: Flags) -> tuple[float, float]:
    """Return where the text of a row begins and ends, mm: at ruled lines, else half way to the next rows."""
    middles = [row[0].area.center.y for row in block.rows]
    area = block.rows[at][0].area
    steps = [below - above for above, below in pairwise(middles)]
    least = min(steps, default=2 * area.height)
    before = steps[at - 1] if at else least
    behind = steps[at] if at < len(steps) else least
    top = _ruled(ink, area, area.y, area.y - before)
    bottom = _ruled(ink, area, area.bottom, area.bottom + behind)
    if top is None or bottom is None:
        return middles[at] - before / 2, middles[at] + behind / 2
    return top, bottom


def _ruled(ink: Flags, area: RectMm, start: float, end: float) -> float | None:
    """Return where the first line across a box lies between two heights, mm; None without one."""
    left, right = max(round((area.x - _BESIDE) * GRID), 0), round((area.right + _BESIDE) * GRID)
    step = 1 if end > start else -1
    rows = np.arange(round(start * GRID) + 3 * step, round(end * GRID), step)
    rows = rows[(rows >= 0) & (rows < ink.shape[0])]
    lines = rows[ink[rows, left:right].mean(axis=1) >= _LINE] if len(rows) else rows
    return float(lines[0] / GRID) if len(lines) else None


def _head(block: Block, box: Found, printed: Sequence[Phrase]) -> str:
    """Return the head printed above a column."""
    middles = sorted({each.area.center.x for each in block.rows[0]})
    half = min((b - a for a, b in pairwise(middles)), default=4 * box.area.width) / 2
    x = box.area.center.x
    return _stacked(block, [each for each in printed if abs(each.area.center.x - x) < half])


def _title(block: Block, printed: Sequence[Phrase]) -> str:
    """Return the text above a block that reaches over it or begins near its left edge."""
    area = block.area
    return _stacked(
        block, [each for each in printed if each.area.x < area.right and each.area.right > area.x - 8]
    )


def _stacked(block: Block, printed: Sequence[Phrase]) -> str:
    """Return the lowest of the pieces of text above a block, with the lines that stand close above it."""
    top = block.area.y
    above = [each for each in printed if top - _HEAD_REACH < each.area.y and each.area.bottom <= top + 0.5]
    lines: list[Phrase] = []
    for each in sorted(above, key=lambda phrase: (-phrase.area.bottom, phrase.area.x)):
        if lines and lines[-1].area.y - each.area.bottom > _LEAD * lines[-1].area.height:
            break
        lines.append(each)
    return joined(lines)
