"""The tables of `omr export` (CONTRACT), as rows of plain values, one at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass

from omr.batch.ledger import COLUMNS, LedgerRow
from omr.batch.openquestion import OpenQuestion
from omr.batch.questions import open_questions
from omr.batch.remedies import remedy_of
from omr.batch.results import SheetResult
from omr.model.reading import Cause, MarkState
from omr.store.store import Store

Row = tuple[object, ...]

MARKS = (
    "unit", "year", "sheet", "layout", "version", "page", "question", "choice", "state", "confidence",
    "review", "cause", "source", "frame",
)  # fmt: skip
ANSWERS = (
    "unit", "year", "sheet", "layout", "version", "question", "chosen", "confidence", "issues", "review",
    "decided_by",
)  # fmt: skip
QUESTIONS = (
    "unit", "year", "question_id", "reason", "boxes", "sheets", "first_sheet", "first_page", "first_row",
    "source", "frame", "detail",
)  # fmt: skip
REJECTIONS = ("unit", "source", "frame", "reason", "detail", "remedy")
VERDICTS = ("at", "sheet", "question", "chosen", "reviewer", "reason")
_SCORES_BEFORE = ("unit", "year", "sheet", "layout", "version", "level", "declared", "provisional", "issues")
_SCORES_AFTER = ("why", "rules")


@dataclass(frozen=True, slots=True)
class ExportTable:
    """A table: its columns, and its rows, which are made as they are asked for."""

    columns: tuple[str, ...]
    rows: Iterable[Row]


def marks(sheets: Iterable[SheetResult]) -> ExportTable:
    """Return one row a box of every returned page that counts."""
    return ExportTable(MARKS, (row for sheet in sheets for row in _marks(sheet)))


def answers(sheets: Iterable[SheetResult]) -> ExportTable:
    """Return one row a question of every returned page that counts."""
    return ExportTable(ANSWERS, (row for sheet in sheets for row in _answers(sheet)))


def scores(sheets: Iterable[SheetResult]) -> ExportTable:
    """Return one row a sheet; a column a section and choice of all forms among them."""
    every = tuple(sheets)
    counts = tuple(dict.fromkeys(f"n.{c.section}.{c.choice}" for sheet in every for c in sheet.score.counts))
    return ExportTable((*_SCORES_BEFORE, *counts, *_SCORES_AFTER), (_score(sheet, counts) for sheet in every))


def questions(sheets: Iterable[SheetResult]) -> ExportTable:
    """Return one row for what a person is asked once, however many boxes it settles."""
    return ExportTable(QUESTIONS, map(_asked_once, open_questions(sheets)))


def rejections(store: Store, unit: str | None = None) -> ExportTable:
    """Return one row a refused scan, blank backs too."""
    return ExportTable(
        REJECTIONS,
        (
            (r.scan.unit, r.scan.path, r.scan.id.frame, str(r.reason), r.detail, remedy_of(r))
            for r in store.rejections()
            if unit is None or r.scan.unit == unit
        ),
    )


def ledger(rows: Iterable[LedgerRow]) -> ExportTable:
    """Return the ledger."""
    return ExportTable(COLUMNS, (astuple(row) for row in rows))


def verdicts(store: Store) -> ExportTable:
    """Return every verdict, oldest first."""
    return ExportTable(
        VERDICTS,
        ((v.at, v.sheet, v.question, "|".join(v.chosen), v.reviewer, v.reason) for v in store.verdicts()),
    )


def _head(sheet: SheetResult) -> tuple[str, int, str, str, str]:
    return sheet.unit, sheet.sheet.year, sheet.sheet.name, sheet.layout.id, sheet.layout.version


def _marks(sheet: SheetResult) -> Iterator[Row]:
    settled = {each.answer.question: each for each in sheet.answers}
    for stored in sheet.sheet.pages:
        number = stored.page.page
        reading, asked = sheet.readings[number], sheet.asked_on(number)
        for index, box in enumerate(sheet.layout.page(number).boxes):
            decided = settled[box.question]
            state = MarkState(int(reading.marks.states[index]))
            review = index in asked
            if decided.decided_by != "machine":
                chosen = box.choice in decided.answer.chosen
                state = MarkState.MARKED if chosen else _unmarked(state)
                review = False
            cause = decided.answer.cause if review else Cause.NONE
            if state is MarkState.MARGINAL:
                cause = Cause.READING
            yield (
                *_head(sheet),
                number,
                box.question,
                box.choice,
                state.name.lower(),
                round(float(reading.marks.confidence[index]), 6),
                int(review),
                str(cause),
                stored.scan.path,
                stored.scan.id.frame,
            )


def _unmarked(state: MarkState) -> MarkState:
    """A person who did not choose a box left it as cancelled where it was that, else empty."""
    return MarkState.CANCELLED if state is MarkState.CANCELLED else MarkState.EMPTY


def _answers(sheet: SheetResult) -> Iterator[Row]:
    for each in sheet.answers:
        answer = each.answer
        yield (
            *_head(sheet),
            answer.question,
            "|".join(answer.chosen),
            round(answer.confidence, 6),
            "|".join(answer.issues),
            int(answer.review),
            each.decided_by,
        )


def _asked_once(question: OpenQuestion) -> Row:
    first = question.boxes[0]
    return (
        question.unit,
        question.year,
        question.id,
        str(question.reason),
        len(question.boxes),
        len(question.sheets),
        first.sheet,
        first.page,
        first.question,
        first.source,
        first.frame,
        question.detail,
    )


def _score(sheet: SheetResult, counts: tuple[str, ...]) -> Row:
    score = sheet.score
    found = {f"n.{c.section}.{c.choice}": c.least for c in score.counts}
    return (
        *_head(sheet),
        score.level,
        score.declared,
        int(score.provisional),
        "|".join(score.issues),
        *(found.get(name, "") for name in counts),
        " ".join(score.why),
        score.rules,
    )
