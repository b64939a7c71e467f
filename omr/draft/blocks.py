"""Boxes → blocks: boxes alike that stand in rows and columns and are answered in one way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from omr.draft.sheet import GRID, BlankPage, Found
from omr.model.arrays import Floats
from omr.model.geometry import RectMm
from omr.model.layout import Shape

_ALIKE = 0.15
"""How far the sides of boxes of one block differ, as a share."""
_LEVEL = 0.3
"""How far the middles of boxes of one line differ, as a share of their height; columns alike."""
_WIDER = 1.6
"""A step so much wider than the next one parts two questions that stand side by side."""
_TALLER, _TALLER_LIST = 2.5, 1.4
"""A step so much taller than the least one parts two blocks; or two lists of boxes with words behind them."""
_LABEL = (0.4, 5.0)
"""Where the words behind a box begin, mm from it."""
_WORDS = 0.02
"""Share of ink from which a strip holds words."""
_RULE = 0.9
"""Share of ink from which a column of samples is a ruled line."""
_PLAIN = 8.0
"""Spread of gray levels up to which the inside of a box is paper and its noise."""
_MORE_ALIKE = 0.1
"""By how much the insides must be more alike along rows than along columns to be one letter a row."""


@dataclass(frozen=True, slots=True)
class Block:
    """Boxes in rows, all rows with the same columns; one row at least.

    down: True where the boxes of one question stand one below the other.
    """

    rows: tuple[tuple[Found, ...], ...]
    down: bool = False

    @property
    def area(self) -> RectMm:
        """The rectangle around all boxes."""
        boxes = [box.area for row in self.rows for box in row]
        left, top = min(box.x for box in boxes), min(box.y for box in boxes)
        return RectMm(
            left, top, max(box.right for box in boxes) - left, max(box.bottom for box in boxes) - top
        )


def blocks(page: BlankPage, found: Sequence[Found]) -> tuple[Block, ...]:
    """Return the blocks of a page in reading order: top to bottom, what stands side by side left to right."""
    made = [
        replace(block, down=_asks_down(page, block))
        for alike in _kinds(found)
        for stack in _stacks([run for line in _lines(alike) for run in _runs(line)])
        for block in _parted(page, stack)
    ]
    return tuple(sorted(made, key=lambda block: (round(block.area.y / 10), block.area.x, block.area.y)))


def _kinds(found: Sequence[Found]) -> list[list[Found]]:
    """Return boxes of one shape and size together."""
    kinds: list[list[Found]] = []
    for one in found:
        for alike in kinds:
            if _same_kind(one, alike[0]):
                alike.append(one)
                break
        else:
            kinds.append([one])
    return kinds


def _same_kind(one: Found, other: Found) -> bool:
    if one.shape is not other.shape and Shape.OVAL not in {one.shape, other.shape}:
        return False
    if one.shape is Shape.CELL:
        return True
    sides = ((one.area.width, other.area.width), (one.area.height, other.area.height))
    return all(abs(a - b) <= _ALIKE * max(a, b) for a, b in sides)


def _lines(found: Sequence[Found]) -> Iterator[list[Found]]:
    """Yield the boxes of each line, left to right, from the top down."""
    line: list[Found] = []
    for one in sorted(found, key=lambda each: each.area.center.y):
        if (
            line
            and one.area.center.y - np.mean([each.area.center.y for each in line]) > _LEVEL * one.area.height
        ):
            yield sorted(line, key=lambda each: each.area.x)
            line = []
        line.append(one)
    if line:
        yield sorted(line, key=lambda each: each.area.x)


def _runs(line: Sequence[Found]) -> Iterator[tuple[Found, ...]]:
    """Yield the parts of a line between steps that are wider than those beside them."""
    steps = [right.area.center.x - left.area.center.x for left, right in pairwise(line)]
    start = 0
    for at, step in enumerate(steps):
        beside = [steps[near] for near in (at - 1, at + 1) if 0 <= near < len(steps)]
        if beside and step > _WIDER * min(beside):
            yield tuple(line[start : at + 1])
            start = at + 1
    yield tuple(line[start:])


def _stacks(runs: Sequence[tuple[Found, ...]]) -> Iterator[list[tuple[Found, ...]]]:
    """Yield runs that have the same columns, from the top down."""
    stacks: list[list[tuple[Found, ...]]] = []
    for run in runs:
        for stack in stacks:
            if _same_columns(stack[-1], run):
                stack.append(run)
                break
        else:
            stacks.append([run])
    yield from stacks


def _same_columns(one: Sequence[Found], other: Sequence[Found]) -> bool:
    return len(one) == len(other) and all(
        abs(a.area.center.x - b.area.center.x) <= _LEVEL * a.area.width
        for a, b in zip(one, other, strict=True)
    )


def _parted(page: BlankPage, stack: Sequence[tuple[Found, ...]]) -> Iterator[Block]:
    """Yield the blocks of a stack: it is parted where a step is much taller than its least."""
    steps = [below[0].area.center.y - above[0].area.center.y for above, below in pairwise(stack)]
    a_list = len(stack[0]) == 1 and _has_words_behind(page, [row[0] for row in stack])
    start = 0
    for at, step in enumerate(steps):
        beside = [steps[near] for near in (at - 1, at + 1) if 0 <= near < len(steps)] if a_list else steps
        if beside and step > (_TALLER_LIST if a_list else _TALLER) * min(beside):
            yield Block(tuple(stack[start : at + 1]))
            start = at + 1
    yield Block(tuple(stack[start:]))


def _asks_down(page: BlankPage, block: Block) -> bool:
    """True where the boxes of one question stand one below the other.

    A list with words behind its boxes does; so do columns of bubbles in which each row repeats one letter.
    """
    if len(block.rows) == 1:
        return False
    if len(block.rows[0]) == 1:
        return _has_words_behind(page, [row[0] for row in block.rows])
    across = [_alike_inside(page, a, b) for row in block.rows for a, b in pairwise(row)]
    down = [
        _alike_inside(page, a, b)
        for above, below in pairwise(block.rows)
        for a, b in zip(above, below, strict=True)
    ]
    return float(np.median(across)) > float(np.median(down)) + _MORE_ALIKE


def _has_words_behind(page: BlankPage, boxes: Sequence[Found]) -> bool:
    """True where words stand close to the right of most boxes."""
    return 2 * sum(_words_behind(page, box.area) for box in boxes) > len(boxes)


def _words_behind(page: BlankPage, area: RectMm) -> bool:
    top, bottom = round(area.y * GRID), round(area.bottom * GRID)
    left, right = (round((area.right + away) * GRID) for away in _LABEL)
    strip = page.ink[top:bottom, left:right]
    if 0 in strip.shape:
        return False
    columns = strip.mean(axis=0)
    ruled = np.flatnonzero(columns >= _RULE)
    # What stands past a ruled line belongs to another cell.
    seen = columns[: ruled[0]] if len(ruled) else columns
    return bool(len(seen) and seen.mean() > _WORDS)


def _alike_inside(page: BlankPage, one: Found, other: Found) -> float:
    """Return how alike the insides of two boxes are, -1..1; 1 where both are empty."""
    size = round(
        0.3 * min(*(side for box in (one, other) for side in (box.area.width, box.area.height))) * GRID
    )
    parts = [_inside(page, box.area, size) for box in (one, other)]
    if all(part.std() < _PLAIN for part in parts):
        return 1.0
    a, b = (part - part.mean() for part in parts)
    return float((a * b).sum() / max(np.sqrt((a * a).sum() * (b * b).sum()), 1e-6))


def _inside(page: BlankPage, area: RectMm, size: int) -> Floats:
    """Return the middle of a box, 2 `size` samples wide and high; paper beyond the page."""
    x, y = round(area.center.x * GRID), round(area.center.y * GRID)
    part = np.full((2 * size, 2 * size), 255.0)
    seen = page.gray[max(y - size, 0) : y + size, max(x - size, 0) : x + size]
    part[: seen.shape[0], : seen.shape[1]] = seen
    return part
