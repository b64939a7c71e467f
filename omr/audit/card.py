"""What a person is shown: one open row, or several that share a cause, and what came of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from omr.batch.openquestion import QuestionReason, Way
from omr.model.geometry import RectMm
from omr.model.layout import Choice
from omr.model.reading import Doubt, Issue
from omr.store.records import StoredPage


@dataclass(frozen=True, slots=True)
class Card:
    """One open row of one sheet. It bears no person's name.

    id: 16 hexadecimal digits, the same each time the queue is made. reason: what its boxes share with others.
    proposed: the choices the machine took for ticked. boxes: where the asked boxes are printed.
    confidence: how sure the machine is of the row, 0..1. asked: the choices of the asked boxes.
    disputed: who disagree about it; a third person is asked.
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
    asked: tuple[str, ...] = ()
    disputed: frozenset[str] = frozenset()

    @property
    def rows(self) -> tuple[Card, ...]:
        """Itself: what it settles."""
        return (self,)


@dataclass(frozen=True, slots=True)
class Group:
    """Open rows that one cause makes doubtful: one question, answered for all of them at once.

    id: 16 hexadecimal digits, the same while others of its rows are settled. ways: how it may be answered,
    the usual way first.
    """

    id: str
    unit: str
    reason: QuestionReason
    detail: str
    ways: tuple[Way, ...]
    rows: tuple[Card, ...]

    @property
    def disputed(self) -> frozenset[str]:
        """Nobody: a row that two people disagree about stands alone."""
        return frozenset()

    def answered(self, way: Way) -> tuple[tuple[Card, tuple[str, ...]], ...]:
        """Return the rows that `way` settles, each with its choices.

        A row it leaves with more than one choice is not settled by it.
        """
        settled = ((card, chosen_by(card, way)) for card in self.rows)
        return tuple((card, chosen) for card, chosen in settled if len(chosen) <= 1)


def chosen_by(card: Card, way: Way) -> tuple[str, ...]:
    """Return what a way of answering makes of a row. Raises ValueError where it settles no row."""
    if way is Way.AS_READ:
        return card.proposed
    if way is Way.ALL_EMPTY:
        return tuple(choice for choice in card.proposed if choice not in card.asked)
    if way is Way.ALL_MARKED:
        held = {*card.proposed, *card.asked}
        return tuple(choice.id for choice in card.choices if choice.id in held)
    raise ValueError(way)


Item = Card | Group


@dataclass(frozen=True, slots=True)
class Done:
    """What a person settled in one go. item: what they were shown; rows: which of it they settled, and how.

    way: None where they chose for one row.
    """

    item: Item
    rows: tuple[Card, ...]
    way: Way | None


def card_id(sheet: str, question: str) -> str:
    """Return the id of the card of a row."""
    return hashlib.sha256(f"{sheet}/{question}".encode()).hexdigest()[:16]
