"""Boxes as they were read, one by one: what a sample is drawn from and a contact sheet shows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from omr.batch.results import SheetResult
from omr.batch.settled import MACHINE
from omr.model.check import Place
from omr.model.geometry import RectMm
from omr.model.reading import MarkState
from omr.store.records import StoredPage

Row = tuple[str, str]
"""Sheet and question."""

SETTLED = (MarkState.EMPTY, MarkState.MARKED)
"""States that the machine settles by itself."""


@dataclass(frozen=True, slots=True)
class BoxRead:
    """One box of a returned sheet as the machine read it. page: its scan; area: where it is printed there."""

    sheet: str
    question: str
    choice: str
    page: StoredPage
    area: RectMm
    state: MarkState
    confidence: float

    @property
    def place(self) -> Place:
        """Sheet, question and choice."""
        return self.sheet, self.question, self.choice

    @property
    def id(self) -> str:
        """16 hexadecimal digits, the same whenever the box is met."""
        return hashlib.sha256("/".join(self.place).encode()).hexdigest()[:16]

    def as_read(self, state: str) -> BoxRead:
        """Return the box as it was read at another time: "empty" or "marked"."""
        return replace(self, state=MarkState[state.upper()])


def box_reads(result: SheetResult) -> Iterator[BoxRead]:
    """Yield every box of every page of a sheet, in printed order."""
    for page in result.sheet.pages:
        number = page.page.page
        marks = result.readings[number].marks
        values = zip(marks.states.tolist(), marks.confidence.tolist(), strict=True)
        for box, (state, sure) in zip(result.layout.page(number).boxes, values, strict=True):
            yield BoxRead(result.sheet.name, box.question, box.choice, page, box.area, MarkState(state), sure)


def unasked(result: SheetResult, said: AbstractSet[Row]) -> Iterator[BoxRead]:
    """Yield the boxes of a sheet that nobody was or is asked about; none of a sheet that does not count.

    said: rows that somebody has said something about, be it that they cannot tell.
    """
    if result.set_aside:
        return
    name = result.sheet.name
    quiet = {
        each.answer.question
        for each in result.answers
        if each.decided_by == MACHINE and not each.answer.review and (name, each.answer.question) not in said
    }
    yield from (read for read in box_reads(result) if read.question in quiet and read.state in SETTLED)
