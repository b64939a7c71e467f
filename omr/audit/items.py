"""Returned sheets → what a person must see: every open row once, alone or grouped by cause."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_

from omr.audit.card import Card, Group, Item, card_id
from omr.batch.openquestion import OpenQuestion, QuestionReason
from omr.batch.questions import open_questions
from omr.batch.results import SheetResult
from omr.model.layout import Question
from omr.model.reading import Doubt

_SCREEN = 60
"""Rows that a group may have: a person looks at all of them before answering."""


def cards(sheets: Iterable[SheetResult]) -> tuple[Card, ...]:
    """Return a card for each open row of `sheets`.

    Grouped by reason as the open questions are; of one reason, the least sure first.
    """
    return tuple(card for item in items(sheets) for card in item.rows)


def items(sheets: Iterable[SheetResult]) -> tuple[Item, ...]:
    """Return every open row of `sheets` once: in a group with those that share its cause, or as a card.

    By reason as the open questions are; of one reason, the least sure first. A group with more rows than
    a person can look at is several. A row whose boxes are doubtful for several causes stands alone.
    """
    kept: dict[str, SheetResult] = {}

    def seen() -> Iterator[SheetResult]:
        for result in sheets:
            if result.open_questions:
                kept[result.sheet.name] = result
            yield result

    made: list[tuple[int, float, Item]] = []
    reasons = list(QuestionReason)
    questions = open_questions(seen())
    often = Counter(row for question in questions for row in question.rows)
    alone: set[tuple[str, str]] = set()
    for question in questions:
        place = reasons.index(question.reason)
        together: list[Card] = []
        for sheet, row in question.rows:
            card = _card(kept[sheet], row, question.reason, question.detail)
            if often[sheet, row] == 1 and not card.disputed:
                together.append(card)
            elif (sheet, row) not in alone:
                alone.add((sheet, row))
                made.append((place, card.confidence, card))
        made.extend((place, sure, item) for sure, item in _grouped(question, together))
    return tuple(item for _reason, _sure, item in sorted(made, key=lambda each: each[:2]))


def _grouped(question: OpenQuestion, rows: Sequence[Card]) -> Iterator[tuple[float, Item]]:
    """Yield the rows of a question as groups no larger than a screen, each with its least confidence."""
    if question.reason is QuestionReason.ROW:
        yield from ((card.confidence, card) for card in rows)
        return
    for first in range(0, len(rows), _SCREEN):
        some = tuple(rows[first : first + _SCREEN])
        if len(some) == 1:
            yield some[0].confidence, some[0]
            continue
        name = hashlib.sha256(f"{question.id}/{first}".encode()).hexdigest()[:16]
        group = Group(name, question.unit, question.reason, question.detail, question.ways, some)
        yield min(card.confidence for card in some), group


def _card(result: SheetResult, row: str, reason: QuestionReason, detail: str) -> Card:
    asked: Mapping[str, Question] = {question.id: question for question in result.layout.questions}
    question = asked[row]
    page = next(
        page
        for page in result.sheet.pages
        if any(box.question == row for box in result.layout.page(page.page.page).boxes)
    )
    number = page.page.page
    at = [i for i, box in enumerate(result.layout.page(number).boxes) if box.question == row]
    doubts = result.readings[number].marks.doubts
    settled = next(each for each in result.answers if each.answer.question == row)
    answer = settled.answer
    return Card(
        id=card_id(result.sheet.name, row),
        unit=result.unit,
        sheet=result.sheet.name,
        page=page,
        number=question.number,
        text=question.text,
        question=row,
        choices=question.choices,
        proposed=answer.chosen,
        reason=reason,
        detail="" if reason is QuestionReason.ROW else detail,
        issues=answer.issues,
        doubts=Doubt(reduce(or_, doubts[at].tolist(), 0)),
        boxes=tuple(result.layout.page(number).boxes[i].area for i in at if i in result.asked_on(number)),
        confidence=answer.confidence,
        asked=tuple(result.layout.page(number).boxes[i].choice for i in at if i in result.asked_on(number)),
        disputed=settled.disputed,
    )
