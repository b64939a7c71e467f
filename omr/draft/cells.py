"""Cells of ruled tables that are meant for ticks, and combs (cells side by side to write letters in).

A cell is a hole in a piece of ink that is a rectangle. Cells for ticks are narrow, empty, and stand one below
the other beside a column of text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from omr.draft.sheet import GRID, BlankPage, Found, rect_mm, share
from omr.model.geometry import RectMm
from omr.model.layout import Shape

_SIDES = (3.0, 240.0)
"""Height and width of a cell, mm."""
_RECTANGLE = 0.9
"""Share of its bounding box that a rectangular hole fills, corners rounded by a scan."""
_WALL = 1.5
"""Thickest line between two cells, mm."""
_COMB = 3
"""Cells side by side, alike and with no others below, that make a comb."""
_COMB_WIDE = 12.0
"""Widest cell of a comb, mm."""
_TICK_WIDE = (4.0, 24.0)
_TICK_HIGH = (4.0, 30.0)
"""Width and height of a cell for a tick, mm."""
_LEAST_ROWS = 3
"""Rows that a column of tick cells has."""
_EMPTY = 0.004
"""Share of ink in a cell up to which nothing is printed in it."""
_EVEN = 0.4
"""How far the edges of cells of one column differ, mm."""


@dataclass(frozen=True, slots=True)
class _Ruled:
    """A piece of ink with rectangular holes: its outline and its cells, in reading order."""

    area: RectMm
    cells: tuple[RectMm, ...]


def combs(page: BlankPage) -> list[RectMm]:
    """Return where rows of cells stand that letters or a code are put in."""
    return [ruled.area for ruled in _ruled(page) if _is_comb(ruled)]


def find_cells(page: BlankPage, boxes: list[Found]) -> list[Found]:
    """Return the empty narrow cells beside text, in reading order; tables that hold `boxes` have none."""
    found: list[Found] = []
    for ruled in _ruled(page):
        if _is_comb(ruled) or any(ruled.area.contains(box.area) for box in boxes):
            continue
        texts = [cell for cell in ruled.cells if share(page.ink, cell.grown(-0.5)) > _EMPTY]
        empty = [cell for cell in ruled.cells if cell not in texts and _for_tick(cell)]
        beside = [cell for cell in empty if any(_same_row(cell, text) and text.x < cell.x for text in texts)]
        for column in _columns(beside):
            if len(column) >= _LEAST_ROWS:
                found += [Found(cell, Shape.CELL, 1.0) for cell in column]
    return sorted(found, key=lambda one: (round(one.area.y), one.area.x))


def _ruled(page: BlankPage) -> Iterator[_Ruled]:
    contours, hierarchy = cv2.findContours(page.ink.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    holes: dict[int, list[RectMm]] = {}
    for contour, (_next, _previous, _child, parent) in zip(
        contours, () if hierarchy is None else hierarchy[0], strict=True
    ):
        left, top, width, height = cv2.boundingRect(contour)
        sides = sorted((width / GRID, height / GRID))
        if parent < 0 or sides[0] < _SIDES[0] or sides[1] > _SIDES[1]:
            continue
        if cv2.contourArea(contour) >= _RECTANGLE * (width - 1) * (height - 1):
            # A hole's contour runs through the ink around it.
            cell = rect_mm(left + 1, top + 1, left + width - 1, top + height - 1)
            holes.setdefault(int(parent), []).append(cell)
    for piece, cells in holes.items():
        left, top, width, height = cv2.boundingRect(contours[piece])
        ordered = sorted(cells, key=lambda cell: (cell.y, cell.x))
        yield _Ruled(rect_mm(left, top, left + width, top + height), tuple(ordered))


def _is_comb(ruled: _Ruled) -> bool:
    """True for a piece of ink no higher than its cells, with alike ones side by side."""
    cells = [
        cell
        for cell in ruled.cells
        if cell.width <= _COMB_WIDE and cell.height + 2 * _WALL >= ruled.area.height
    ]
    side_by_side = sum(
        0 < right.x - left.right <= _WALL and abs(right.width - left.width) <= _EVEN
        for left, right in pairwise(sorted(cells, key=lambda cell: cell.x))
    )
    return side_by_side >= _COMB - 1


def _for_tick(cell: RectMm) -> bool:
    wide = _TICK_WIDE[0] <= cell.width <= _TICK_WIDE[1]
    return wide and _TICK_HIGH[0] <= cell.height <= _TICK_HIGH[1]


def _same_row(one: RectMm, other: RectMm) -> bool:
    return other.y <= one.center.y <= other.bottom


def _columns(cells: list[RectMm]) -> Iterator[list[RectMm]]:
    """Yield cells that stand one below the other with the same left and right edge."""
    columns: list[list[RectMm]] = []
    for cell in cells:
        for column in columns:
            if abs(column[0].x - cell.x) <= _EVEN and abs(column[0].right - cell.right) <= _EVEN:
                column.append(cell)
                break
        else:
            columns.append([cell])
    yield from columns
