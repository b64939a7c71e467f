"""What a person must see: the open rows as cards, handed out so that no two people get the same one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from threading import Lock
from time import monotonic

from omr.batch.questions import QuestionReason, open_questions
from omr.batch.results import SheetResult
from omr.model.geometry import RectMm
from omr.model.layout import Choice, Question
from omr.model.reading import Doubt, Issue
from omr.store.store import StoredPage

LEASE_SECONDS = 120.0
"""How long a card stays with the person it was given to: they may have gone to look at the paper."""


@dataclass(frozen=True, slots=True)
class Card:
    """One open row of one sheet. It bears no person's name.

    id: 16 hexadecimal digits, the same each time the queue is made. reason: what its boxes share with others.
    proposed: the choices the machine took for ticked. boxes: where the asked boxes are printed.
    confidence: how sure the machine is of the row, 0..1.
    """

    id: str
    unit: str
    sheet: str
    page: StoredPage
    number: str
    text: str
    question: str
    choices: tuple[Choice, ...]
    proposed: tuple[str, ...]
    reason: QuestionReason
    detail: str
    issues: tuple[Issue, ...]
    doubts: Doubt
    boxes: tuple[RectMm, ...]
    confidence: float


Clock = Callable[[], float]


class AuditQueue:
    """The open cards of one unit, in memory; made anew when its page is opened. Thread-safe."""

    def __init__(self, cards: Iterable[Card], clock: Clock = monotonic) -> None:
        self._clock, self._lock = clock, Lock()
        self._open = {card.id: card for card in cards}
        self._settled: dict[str, Card] = {}
        self._lent: dict[str, tuple[str, float]] = {}
        self._passed: dict[str, set[str]] = {}
        self._done: dict[str, list[str]] = {}

    def __len__(self) -> int:
        """Return how many cards are open."""
        return len(self._open)

    def refresh(self, cards: Iterable[Card]) -> None:
        """Take the rows that are open now; what was lent and passed by stays so.

        What was settled here stays settled: the rows may have been gathered before that.
        """
        with self._lock:
            self._open = {card.id: card for card in cards if card.id not in self._settled}

    def next(self, who: str) -> Card | None:
        """Return the first open card that is not with somebody else nor passed by, and lend it to `who`."""
        with self._lock:
            now, passed = self._clock(), self._passed.get(who, set())
            for card in self._open.values():
                holder, until = self._lent.get(card.id, (who, now))
                if card.id not in passed and (holder == who or until < now):
                    self._lent[card.id] = who, now + LEASE_SECONDS
                    return card
            return None

    def after(self, card: Card, who: str) -> Card | None:
        """Return the card `who` would get after this one; nothing is lent."""
        with self._lock:
            now, passed = self._clock(), self._passed.get(who, set())
            return next(
                (
                    each
                    for each in self._open.values()
                    if each.id != card.id
                    and each.id not in passed
                    and (self._lent.get(each.id, (who, now))[0] == who or self._lent[each.id][1] < now)
                ),
                None,
            )

    def card(self, name: str) -> Card | None:
        """Return a card by its id, open or settled, or None."""
        with self._lock:
            return self._open.get(name) or self._settled.get(name)

    def settle(self, name: str, who: str, keep: Callable[[Card], None]) -> bool:
        """Settle an open card: `keep` stores the verdict first, and a card it fails on stays open.

        False where the card is settled already or lent to somebody else; `keep` is not called then.
        """
        with self._lock:
            card = self._open.get(name)
            holder, until = self._lent.get(name, (who, 0.0))
            if card is None or (holder != who and until >= self._clock()):
                return False
            keep(card)
            self._settled[name] = self._open.pop(name)
            self._lent.pop(name, None)
            self._done.setdefault(who, []).append(name)
            return True

    def pass_by(self, name: str, who: str) -> None:
        """Leave a card open for others: `who` cannot tell."""
        with self._lock:
            self._passed.setdefault(who, set()).add(name)
            if self._lent.get(name, ("", 0.0))[0] == who:
                del self._lent[name]

    def back(self, who: str) -> Card | None:
        """Open the card that `who` settled last once more and return it; None where there is none.

        What they decide next on it is a further verdict, and the newest counts.
        """
        with self._lock:
            done = self._done.get(who, [])
            if not done:
                return None
            card = self._settled.pop(done.pop())
            self._open = {card.id: card, **self._open}
            self._lent[card.id] = who, self._clock() + LEASE_SECONDS
            return card


def cards(sheets: Iterable[SheetResult]) -> tuple[Card, ...]:
    """Return a card for each open row of `sheets`.

    Grouped by reason as the open questions are; of one reason, the least sure first.
    """
    kept: dict[str, SheetResult] = {}

    def seen() -> Iterator[SheetResult]:
        for result in sheets:
            if result.open_questions:
                kept[result.sheet.name] = result
            yield result

    made: list[tuple[int, float, Card]] = []
    reasons = list(QuestionReason)
    for question in open_questions(seen()):
        for sheet, row in question.rows:
            card = _card(kept[sheet], row, question.reason, question.detail)
            made.append((reasons.index(question.reason), card.confidence, card))
    return tuple(card for _reason, _sure, card in sorted(made, key=lambda each: each[:2]))


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
    answer = next(each.answer for each in result.answers if each.answer.question == row)
    name = hashlib.sha256(f"{result.sheet.name}/{row}".encode()).hexdigest()[:16]
    return Card(
        id=name,
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
    )
