"""A page of a blank form → what is proposed for it: boxes found, grouped, with the words about them."""

from __future__ import annotations

from dataclasses import dataclass

from omr.draft.blocks import Block, blocks
from omr.draft.cells import find_cells
from omr.draft.lattice import completed
from omr.draft.rings import find_rings
from omr.draft.sheet import BlankPage, Found
from omr.draft.sift import sift
from omr.draft.squares import find_squares
from omr.draft.wording import Wording, printed, wording


@dataclass(frozen=True, slots=True)
class PageProposal:
    """What is proposed for one page: its blocks, each with its words."""

    page: BlankPage
    blocks: tuple[tuple[Block, Wording], ...]

    @property
    def boxes(self) -> tuple[Found, ...]:
        """All boxes of the page, block by block."""
        return tuple(box for block, _words in self.blocks for row in block.rows for box in row)


def find_boxes(page: BlankPage) -> list[Found]:
    """Return the boxes of a page."""
    boxes = completed(page, sift(page, [*find_squares(page), *find_rings(page)]))
    return [*boxes, *find_cells(page, boxes)]


def propose(page: BlankPage) -> PageProposal:
    """Return the blocks of boxes of a page, in reading order, with the words printed about them."""
    found = find_boxes(page)
    text = printed(page, found)
    return PageProposal(page, tuple((block, wording(block, text)) for block in blocks(page, found)))
