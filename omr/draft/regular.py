"""Boxes in rows → grids where they stand evenly, single boxes where they do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from omr.draft.blocks import Block
from omr.draft.sheet import Found
from omr.draft.wording import lists
from omr.forms.existing import Grid, SingleBox
from omr.forms.existing import Wording as Asked

OFF = 0.12
"""How far a box may lie from its place in a grid, mm; a row or box further off is given by itself."""


@dataclass(frozen=True, slots=True)
class Named:
    """The ids of a block's questions and choices, and its wording."""

    questions: tuple[str, ...]
    choices: tuple[str, ...]
    prints: tuple[str, ...]
    spells: str | None
    wording: tuple[Asked, ...]


def placed(block: Block, named: Named, off: float = OFF) -> tuple[list[Grid], list[SingleBox]]:
    """Return a block's boxes as grids and, where they stand unevenly by more than `off` mm, one by one."""
    grids: list[Grid] = []
    singles: list[SingleBox] = []
    for part in _regular(block, off):
        if part.grid:
            grids.append(_grid(block, part, named))
        else:
            singles += _singles(block, part, named)
    return grids, singles


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows of a block from `start` on up to `end`; grid: True where they make one."""

    start: int
    end: int
    grid: bool


def _regular(block: Block, off: float) -> Iterator[_Part]:
    """Yield the parts of a block: rows with even steps as grids, others one by one.

    A list goes into one grid or into single boxes, for a grid names all choices of its questions.
    """
    columns = [box.area.center.x for box in block.rows[0]]
    even = _even(columns, off)
    rows = [float(np.mean([box.area.center.y for box in row])) for row in block.rows]
    if block.down:
        yield _Part(0, len(rows), even and _even(rows, off))
        return
    start = 0
    for end in range(2, len(rows) + 2):
        if end > len(rows) or not _even(rows[start:end], off):
            yield _Part(start, end - 1, even)
            start = end - 1


def _even(places: Sequence[float], off: float) -> bool:
    """True where places have even steps, to `off` mm."""
    even = np.linspace(places[0], places[-1], len(places))
    return bool(np.abs(np.array(places) - even).max() <= off)


def _grid(block: Block, part: _Part, named: Named) -> Grid:
    rows = block.rows[part.start : part.end]
    boxes = [box.area for row in rows for box in row]
    width, height = (float(np.median([getattr(box, side) for box in boxes])) for side in ("width", "height"))
    across = _fitted([[box.area.center.x for box in row] for row in rows])
    down = _fitted([[box.area.center.y for box in column] for column in zip(*rows, strict=True)])
    asks: Literal["row", "column"] = "column" if block.down else "row"
    return Grid(
        at=(_mm(across[0] - width / 2), _mm(down[0] - height / 2)),
        size=(_mm(width), _mm(height)),
        pitch=(_mm(across[1] or width), _mm(down[1] or height)),
        rows=len(rows),
        columns=len(rows[0]),
        shape=rows[0][0].shape,
        asks=asks,
        questions=named.questions if block.down else named.questions[part.start : part.end],
        choices=named.choices,
        prints=named.prints,
        spells=named.spells,
    )


def _fitted(lines: Sequence[Sequence[float]]) -> tuple[float, float]:
    """Return first place and step of places that are even along each line; a step of 0 where there is one."""
    middle = np.mean(np.array(lines), axis=0)
    if len(middle) == 1:
        return float(middle[0]), 0.0
    step, first = np.polyfit(np.arange(len(middle)), middle, 1)
    return float(first), float(step)


def _singles(block: Block, part: _Part, named: Named) -> Iterator[SingleBox]:
    prints = named.prints or ("",) * len(named.choices)
    asked = lists(block)
    for question, boxes in list(zip(named.questions, asked, strict=True))[
        slice(None) if block.down else slice(part.start, part.end)
    ]:
        for choice, held, box in zip(named.choices, prints, boxes, strict=True):
            yield _single(question, choice, held, box)


def _single(question: str, choice: str, held: str, box: Found) -> SingleBox:
    area = box.area
    return SingleBox(
        question=question, choice=choice, at=(_mm(area.x), _mm(area.y)),
        size=(_mm(area.width), _mm(area.height)), shape=box.shape, print=held,
    )  # fmt: skip


def _mm(value: float) -> float:
    return round(max(float(value), 0.0), 2)
