"""Returned sheets made of nothing but states and confidences."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from omr.batch.results import SheetResult
from omr.batch.settled import MACHINE, SettledAnswer
from omr.batch.sheets import ReturnedSheet
from omr.model.layout import (
    BlankRow,
    Choice,
)
from omr.model.pagecode import PageId
from omr.model.reading import FEATURES, Answer, Cause, Marks, MarkState, Measurements, Reading
from omr.model.registration import Registration
from omr.model.scan import ScanId
from omr.model.score import Score
from omr.store.records import StoredPage, StoredScan

UNIT, YEAR = "CB01", 2026


@pytest.fixture(scope="session")
def returned(made_form) -> Callable[..., SheetResult]:
    """Make a returned sheet of one row a state; asked, decided: rows by number."""

    def make(
        name: str,
        states: Sequence[MarkState],
        confidence: Sequence[float],
        *,
        asked: Sequence[int] = (),
        decided: Sequence[int] = (),
        set_aside: bool = False,
        level: str = "tot",
    ) -> SheetResult:
        rows = [f"a{row}" for row in range(len(states))]
        layout = made_form({1: rows}, [Choice("co", "")], year=YEAR, blank=BlankRow.ABSENT)
        boxes = tuple(box.id for box in layout.pages[0].boxes)
        page = StoredPage(
            StoredScan(1, ScanId("a" * 64, 1), 1, UNIT, "a.pdf"), PageId(layout.digest, YEAR, name, 1, 1)
        )
        answers = tuple(
            Answer(
                f"a{row}",
                ("co",) if state is MarkState.MARKED else (),
                sure,
                (),
                Cause.READING if row in asked and row not in decided else Cause.NONE,
            )
            for row, (state, sure) in enumerate(zip(states, confidence, strict=True))
        )
        count = len(states)
        reading = Reading(
            scan=page.scan.id,
            layout=layout.id,
            page=page.page,
            registration=Registration(
                np.eye(3), np.zeros(2), np.zeros(2), np.zeros((2, 2, 2)), 12, 0.05, 10.0
            ),
            measurements=Measurements(boxes, np.zeros((count, len(FEATURES)), np.float32)),
            marks=Marks(
                boxes,
                np.array(states, np.uint8),
                np.array(confidence, np.float32),
                np.zeros(count, np.uint16),
            ),
            answers=answers,
            review=np.isin(np.arange(count), [*asked]),
            ink=b"",
            signed=None,
            paper=230.0,
            contrast=180.0,
            reader="",
        )
        return SheetResult(
            sheet=ReturnedSheet(name, name, layout.digest, YEAR, 1, (page,), ()),
            layout=layout,
            unit=UNIT,
            folder=UNIT,
            issued=None,
            readings={1: reading},
            answers=tuple(
                SettledAnswer(each, "Lan" if row in decided else MACHINE) for row, each in enumerate(answers)
            ),
            rules=None,
            score=Score(level, "", "", provisional=False, counts=(), issues=(), why=(), rules="r"),
            valid=True,
            set_aside=set_aside,
        )

    return make
