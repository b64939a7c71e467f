"""What a layout file of another program says, before it is laid on the blank: places in its own pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from omr.model.arrays import Floats
from omr.model.layout import Shape


@dataclass(frozen=True, slots=True, eq=False)
class ForeignBlock:
    """Questions that share their choices.

    questions, choices: names as the other program has them. middles: of the boxes, shape (Q, C, 2), px.
    down: True where the boxes of one question stand one below the other.
    spells: the name under which the choices of all questions are joined, "" where they are not.
    """

    questions: tuple[str, ...]
    choices: tuple[str, ...]
    middles: Floats
    down: bool
    spells: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class ForeignLayout:
    """A page of a file. size: of the page, px, None where it does not say. box: sides of a box, px.

    page: which page of the blank it is, counted from 1.
    """

    blocks: tuple[ForeignBlock, ...]
    size: tuple[float, float] | None
    box: tuple[float, float]
    shape: Shape
    page: int = 1

    @property
    def middles(self) -> Floats:
        """The middles of all boxes, shape (N, 2), px."""
        return np.concatenate([block.middles.reshape(-1, 2) for block in self.blocks])
