"""The open rows of a unit, handed out once: no two people get the same one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from threading import Lock
from time import monotonic

from omr.audit.card import Card, Done, Group, Item
from omr.batch.openquestion import Way

LEASE_SECONDS = 120.0
"""How long a card stays with the person it was given to: they may have gone to look at the paper."""

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
