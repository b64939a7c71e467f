"""What a person still has to look at, grouped by cause: forty doubts with one cause are one question.

Made from what the store holds; no image is opened. Groups are formed from what the machine saw, so that a
question keeps its id and its kind while people work it off; then the boxes they have decided are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from omr.batch.asked import asked_sheet
from omr.batch.onesheet import of_sheet
from omr.batch.openquestion import OpenQuestion, QuestionReason
from omr.batch.results import SheetResult
from omr.batch.streaks import streaks


def open_questions(sheets: Iterable[SheetResult]) -> tuple[OpenQuestion, ...]:
    """Return what a person still has to be asked about `sheets`; each open box is in exactly one question.

    By reason, in the order of `QuestionReason`; then those with more rows first, then the least sure.
    """
    asked = [asked_sheet(sheet) for sheet in sheets if not sheet.set_aside]
    under, questions = streaks(asked)
    for sheet in asked:
        rest = tuple(box for box in sheet.boxes if box not in under)
        questions += of_sheet(replace(sheet, boxes=rest))
    reasons = list(QuestionReason)
    still_open = [left for question in questions for left in _undecided(question)]
    return tuple(sorted(still_open, key=lambda q: (reasons.index(q.reason), -len(q.rows), q.confidence)))


def _undecided(question: OpenQuestion) -> Iterator[OpenQuestion]:
    """Yield the question without what a person has decided, unless that is all of it."""
    left = tuple(box for box in question.boxes if not box.decided)
    if left:
        yield replace(question, boxes=left)
