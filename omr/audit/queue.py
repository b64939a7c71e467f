"""What a person must see: open rows, alone or grouped by cause; no two people get the same one."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from threading import Lock
from time import monotonic

from omr.batch.questions import OpenQuestion, QuestionReason, Way, open_questions
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


Clock = Callable[[], float]


class AuditQueue:
    """What is open in one unit, in memory; made anew when its page is opened. Thread-safe."""

    def __init__(self, items: Iterable[Item], clock: Clock = monotonic) -> None:
        self._clock, self._lock = clock, Lock()
        self._open: dict[str, Item] = {item.id: item for item in items}
        self._settled: dict[str, Card] = {}
        self._apart: set[str] = set()
        self._lent: dict[str, tuple[str, float]] = {}
        self._passed: dict[str, set[str]] = {}
        self._done: dict[str, list[Done]] = {}

    def __len__(self) -> int:
        """Return how many rows are open."""
        with self._lock:
            return sum(len(item.rows) for item in self._open.values())

    def refresh(self, items: Iterable[Item]) -> None:
        """Take the rows that are open now; what was lent, passed by and taken apart stays so.

        What was settled here stays settled: the rows may have been gathered before that.
        """
        with self._lock:
            self._open = {}
            for item in items:
                rows = tuple(card for card in item.rows if card.id not in self._settled)
                self._put(item, rows)

    def next(self, who: str) -> Item | None:
        """Return the first open item that is for `who`, and lend it to them.

        Not what somebody else has at hand, nor what they passed by or had their say in.
        """
        with self._lock:
            found = self._first(who, "")
            if found is not None:
                self._lent[found.id] = who, self._clock() + LEASE_SECONDS
            return found

    def after(self, item: Item, who: str) -> Item | None:
        """Return what `who` would get after this one; nothing is lent."""
        with self._lock:
            return self._first(who, item.id)

    def _first(self, who: str, without: str) -> Item | None:
        now, passed = self._clock(), self._passed.get(who, set())
        for item in self._open.values():
            holder, until = self._lent.get(item.id, (who, now))
            free = holder == who or until < now
            if free and item.id != without and item.id not in passed and who not in item.disputed:
                return item
        return None

    def item(self, name: str) -> Item | None:
        """Return what is asked under an id, or None where that is settled or never was."""
        with self._lock:
            return self._open.get(name)

    def card(self, name: str) -> Card | None:
        """Return a row by its id, open, in a group or settled, or None."""
        with self._lock:
            found = self._open.get(name)
            if isinstance(found, Card):
                return found
            group = self._group_of(name)
            if group is not None:
                return next(card for card in group.rows if card.id == name)
            return self._settled.get(name)

    def _group_of(self, name: str) -> Group | None:
        """Return the open group that holds a row."""
        groups = (item for item in self._open.values() if isinstance(item, Group))
        return next((group for group in groups if any(card.id == name for card in group.rows)), None)

    def _put(self, item: Item, rows: Sequence[Card]) -> None:
        """Open `rows` of an item, as a group where it is one that nobody took apart."""
        if isinstance(item, Group) and item.id not in self._apart and len(rows) > 1:
            self._open[item.id] = replace(item, rows=tuple(rows))
        else:
            self._open.update({card.id: card for card in rows})

    def settle(self, name: str, who: str, keep: Callable[[Card], None]) -> bool:
        """Settle an open card: `keep` stores the verdict first, and a card it fails on stays open.

        False where the card is settled already or lent to somebody else, alone or in its group, or where
        `who` had their say in it; `keep` is not called then.
        """
        with self._lock:
            group = self._group_of(name)
            held: Item | None = group or self._open.get(name)
            if held is None or not self._is_free(held, who):
                return False
            card = next(card for card in held.rows if card.id == name)
            keep(card)
            del self._open[held.id]
            self._put(held, [row for row in held.rows if row is not card])
            self._settle(Done(card, (card,), None), who)
            return True

    def alone(self) -> tuple[Card, ...]:
        """Return the open rows that stand by themselves."""
        with self._lock:
            return tuple(item for item in self._open.values() if isinstance(item, Card))

    def settle_some(
        self, names: Iterable[str], who: str, keep: Callable[[Sequence[Card]], None]
    ) -> tuple[Card, ...]:
        """Settle those of some rows that stand alone and are free for `who`, and return them.

        `keep` stores their verdicts first; where it fails, or there are none, nothing is settled.
        """
        with self._lock:
            held = [self._open.get(name) for name in dict.fromkeys(names)]
            cards = tuple(card for card in held if isinstance(card, Card) and self._is_free(card, who))
            if cards:
                keep(cards)
            for card in cards:
                del self._open[card.id]
                self._settle(Done(card, (card,), None), who)
            return cards

    def reopen(self, names: Iterable[str], who: str, undo: Callable[[Sequence[Card]], None]) -> None:
        """Open again what of some rows `who` settled one by one; `undo` takes their verdicts back first."""
        with self._lock:
            wanted, done = set(names), self._done.get(who, [])
            found = {each.item.id: each for each in done if each.item.id in wanted}
            cards = tuple(card for each in found.values() for card in each.rows)
            if not cards:
                return
            undo(cards)
            self._done[who] = [each for each in done if each.item.id not in found]
            for card in cards:
                self._settled.pop(card.id, None)
            self._open = {**{card.id: card for card in cards}, **self._open}

    def settle_group(
        self, name: str, who: str, way: Way, keep: Callable[[Group, Sequence[Card]], None]
    ) -> bool:
        """Answer an open group: `keep` stores the verdicts on the rows that `way` settles; see `settle`.

        The rows it does not settle are open one by one from then on, all of them where `way` is ONE_BY_ONE.
        A way that is about the sheet or its page settles every row.
        """
        with self._lock:
            group = self._open.get(name)
            if not isinstance(group, Group) or not self._is_free(group, who):
                return False
            if way is Way.ONE_BY_ONE:
                settled: tuple[Card, ...] = ()
            elif way in (Way.SEND_BACK, Way.SCAN_AGAIN):
                settled = group.rows
            else:
                settled = tuple(card for card, _chosen in group.answered(way))
            if settled:
                keep(group, settled)
            left = [card for card in group.rows if card not in settled]
            if left:
                self._apart.add(name)
            del self._open[name]
            self._open = {**{card.id: card for card in left}, **self._open}
            if settled:
                self._settle(Done(group, settled, way), who)
            return True

    def _is_free(self, item: Item, who: str) -> bool:
        holder, until = self._lent.get(item.id, (who, 0.0))
        return who not in item.disputed and (holder == who or until < self._clock())

    def _settle(self, done: Done, who: str) -> None:
        self._settled.update({card.id: card for card in done.rows})
        for name in (done.item.id, *(card.id for card in done.rows)):
            self._lent.pop(name, None)
        self._done.setdefault(who, []).append(done)

    def pass_by(self, name: str, who: str) -> None:
        """Leave a card open for others: `who` cannot tell."""
        with self._lock:
            self._passed.setdefault(who, set()).add(name)
            if self._lent.get(name, ("", 0.0))[0] == who:
                del self._lent[name]

    def back(self, who: str, undo: Callable[[Done], None]) -> Item | None:
        """Open what `who` settled last once more and return it; None where there is none.

        `undo` takes their verdicts back first; what it fails on stays settled.
        """
        with self._lock:
            done = self._done.get(who, [])
            if not done:
                return None
            undo(done[-1])
            last = done.pop()
            for card in last.item.rows:
                self._settled.pop(card.id, None)
                self._open.pop(card.id, None)
            self._apart.discard(last.item.id)
            self._open = {last.item.id: last.item, **self._open}
            self._lent[last.item.id] = who, self._clock() + LEASE_SECONDS
            return last.item


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


def card_id(sheet: str, question: str) -> str:
    """Return the id of the card of a row."""
    return hashlib.sha256(f"{sheet}/{question}".encode()).hexdigest()[:16]


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
