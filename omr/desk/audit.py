"""The audit at the desk: a unit's queue of cards, what a person does about one, and the words for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from threading import Lock

from omr.audit.card import Card, Done, Group, Item
from omr.audit.crops import Crops, kept_row
from omr.audit.items import items
from omr.audit.queue import AuditQueue
from omr.batch.openquestion import Way
from omr.desk.config import Config
from omr.desk.sessions import NOBODY
from omr.desk.uploads import Uploads
from omr.errors import SourceError
from omr.i18n import _
from omr.model.reading import Doubt, Issue
from omr.model.scan import Source
from omr.model.verdict import INVALID, UNDONE, UNSURE, Verdict
from omr.store.uploads import folder_of
from omr.store.whereabouts import located

BLANK, CANCELLED, PASS, BACK = "=blank", "=cancelled", "=pass", "=back"
"""What a person may do beside choosing; no choice of a form has such an id."""


class NoSuchUnitError(LookupError):
    """The store knows no such unit, or the unit no such card."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the audit page shows: a row or a group, why it is asked, how many are open, and what comes next.

    item: None where nothing is left for this person. upcoming: id of the next row, for its picture, or "".
    fault: why it cannot be looked at. kept: True where its scan is gone and a small picture serves.
    note: what became of the last decision where it was not kept.
    """

    who: str
    item: Item | None
    why: tuple[str, ...]
    left: int
    upcoming: str
    fault: str
    kept: bool
    note: str

    @property
    def named(self) -> bool:
        """True where the person has said who they are."""
        return self.who != NOBODY

    @property
    def card(self) -> Card | None:
        """The row, where it is one."""
        return self.item if isinstance(self.item, Card) else None

    @property
    def group(self) -> Group | None:
        """The group, where it is one."""
        return self.item if isinstance(self.item, Group) else None

    @property
    def ways(self) -> tuple[tuple[Way, str], ...]:
        """How the group may be answered, each with the words for it."""
        return tuple((way, _ways()[way]) for way in self.group.ways if way in _ways()) if self.group else ()


class Audits:
    """The audits of a desk, a queue a unit; made anew whenever somebody enters. Thread-safe."""

    def __init__(self, config: Config) -> None:
        self._config, self.crops, self._lock = (
            config,
            Crops(self._source, partial(located, config.store)),
            Lock(),
        )
        self._uploads = Uploads(folder_of(config.store), config.limits)
        self._queues: dict[str, AuditQueue] = {}

    def enter(self, code: str, who: str) -> Shown:
        """Return the first card of a unit. Raises NoSuchUnitError."""
        with self._config.opened() as office:
            if code not in office.store.units():
                raise NoSuchUnitError(code)
            made = items(office.sheets(unit=code))
            office.store.record("audit opened", who=who, unit=code)
        return self._shown(self.taken(code, made), who)

    def taken(self, code: str, made: Sequence[Item]) -> AuditQueue:
        """Return the queue of a unit with what is open in it now."""
        with self._lock:
            queue = self._queues.get(code)
            if queue is None:
                queue = self._queues[code] = AuditQueue(made)
            else:
                queue.refresh(made)
        return queue

    def picture(self, code: str, name: str, *, narrow: bool = False) -> bytes:
        """Return the PNG of a card's row; narrow: its boxes alone, for a phone.

        Raises NoSuchUnitError, or SourceError where the scan is gone and no picture was kept.
        """
        card = self._queue(code).card(name)
        if card is None:
            raise NoSuchUnitError(name)
        return self._cut(card, narrow=narrow)

    def decide(self, code: str, name: str, who: str, what: str) -> Shown:
        """Keep a decision about a card and return the next one. Raises NoSuchUnitError."""
        queue = self._queue(code)
        item = queue.item(name) or queue.card(name)
        note = ""
        if who == NOBODY:
            note = _("Say your name first: every decision bears one.")
        elif what == BACK:
            return self._shown(queue, who, queue.back(who, lambda done: self._undo(done, who)))
        elif item is None:
            # A group that another person has answered leaves no trace of its own.
            note = _("Somebody else has settled that row.")
        elif what == PASS:
            self._pass(queue, item, who)
        elif not (
            self._answer(queue, item, who, what)
            if isinstance(item, Group)
            else self._choose(queue, item, who, what)
        ):
            note = _("Somebody else has settled that row.")
        return self._shown(queue, who, note=note)

    def _choose(self, queue: AuditQueue, card: Card, who: str, what: str) -> bool:
        if what not in {BLANK, CANCELLED, *(choice.id for choice in card.choices)}:
            raise NoSuchUnitError(what)
        chosen = () if what in {BLANK, CANCELLED} else (what,)
        reason = "cancelled" if what == CANCELLED else ""
        verdict = Verdict(card.sheet, card.question, chosen, who, "", reason)
        return queue.settle(card.id, who, lambda _held: self._add([verdict], card.unit))

    def _answer(self, queue: AuditQueue, group: Group, who: str, what: str) -> bool:
        if what not in _ways() or what not in group.ways:
            raise NoSuchUnitError(what)
        way = Way(what)

        def keep(held: Group, settled: Sequence[Card]) -> None:
            if way is Way.SEND_BACK:
                sheets = dict.fromkeys(card.sheet for card in settled)
                self._add(
                    [Verdict(sheet, "", (INVALID,), who, "", _SENT_BACK) for sheet in sheets], group.unit
                )
                return
            self._add(
                [
                    Verdict(card.sheet, card.question, chosen, who, "", f"{held.reason}: {way}")
                    for card, chosen in held.answered(way)
                ],
                group.unit,
            )

        return queue.settle_group(group.id, who, way, keep)

    def _pass(self, queue: AuditQueue, item: Item, who: str) -> None:
        if isinstance(item, Card):
            self._add([Verdict(item.sheet, item.question, UNSURE, who, "")], item.unit)
        queue.pass_by(item.id, who)

    def _undo(self, done: Done, who: str) -> None:
        """Take back what a person said: that too is a verdict."""
        if done.way is Way.SEND_BACK:
            places = dict.fromkeys((card.sheet, "") for card in done.rows)
        else:
            places = dict.fromkeys((card.sheet, card.question) for card in done.rows)
        self._add([Verdict(sheet, question, UNDONE, who, "") for sheet, question in places], done.item.unit)

    def _add(self, verdicts: Sequence[Verdict], unit: str) -> None:
        with self._config.opened() as office:
            office.store.add_verdicts(verdicts, unit)

    def _queue(self, code: str) -> AuditQueue:
        with self._lock:
            if code not in self._queues:
                raise NoSuchUnitError(code)
            return self._queues[code]

    def _source(self, sha256: str) -> Source | None:
        """Return a file as it was when it was read; one that came in through the browser where it is now."""
        with self._config.opened() as office:
            source = office.store.source(sha256)
        kept = self._uploads.kept(sha256)
        return replace(source, path=str(kept)) if source is not None and kept is not None else source

    def _cut(self, card: Card, *, narrow: bool) -> bytes:
        """Return the PNG of a card's row; where its scan is gone, from the small picture that was kept.

        Raises SourceError where none was.
        """
        with self._config.opened() as office:
            reading = office.store.reading(card.page)
            page = office.layouts[card.page.page.digest].page(card.page.page.page)
            strip = office.store.strip(card.page.scan.row, card.question)
        try:
            return self.crops.row(card.page.scan.path, reading, page, card.boxes, narrow=narrow)
        except SourceError:
            if strip is None:
                raise
            return kept_row(strip, page, card.boxes, narrow=narrow)

    def _evidence(self, card: Card) -> tuple[str, bool]:
        """Return why a card cannot be looked at, or "", and whether a small picture serves for its scan."""
        try:
            self.crops.check(card.page.scan.path, card.page.scan.id)
        except SourceError as gone:
            with self._config.opened() as office:
                kept = office.store.strip(card.page.scan.row, card.question) is not None
            return ("" if kept else str(gone)), kept
        return "", False

    def _shown(self, queue: AuditQueue, who: str, item: Item | None = None, note: str = "") -> Shown:
        # Nothing is lent to somebody without a name: under their own they would find it with another.
        item = item or (queue.next(who) if who != NOBODY else None)
        fault, kept = self._evidence(item.rows[0]) if item is not None else ("", False)
        upcoming = queue.after(item, who) if item else None
        why: tuple[str, ...] = ()
        if item is not None:
            why = tuple(_why(item)) if isinstance(item, Card) else (item.detail,)
        return Shown(
            who=who,
            item=item,
            why=why,
            left=len(queue),
            upcoming=upcoming.rows[0].id if upcoming else "",
            fault=fault,
            kept=kept,
            note=note,
        )


_SENT_BACK = "sent back to its writer"


def _ways() -> Mapping[str, str]:
    """Return the words for the ways a group may be answered, in the language of the request."""
    return {
        Way.ALL_EMPTY: _("nothing is ticked in the outlined boxes"),
        Way.ALL_MARKED: _("every outlined box is ticked"),
        Way.AS_READ: _("all as they were read"),
        Way.SEND_BACK: _("back to its writer: the sheet does not count"),
        Way.ONE_BY_ONE: _("look at each row by itself"),
    }


def _why(card: Card) -> Iterator[str]:
    """Yield why a person is asked, in their words."""
    if card.detail:
        yield card.detail
    issues = {
        Issue.OVERMARKED: _("more than one box is ticked"),
        Issue.BLANK: _("no box is ticked"),
        Issue.CORRECTED: _("corrected: one box filled, another ticked"),
        Issue.FILLED_BOX: _("a box is filled"),
        Issue.VANISHED: _("a tick that was there before is gone"),
        Issue.DOUBTED: _("a person saw something else here than the machine"),
        Issue.DISPUTED: _("two people decided it differently: a third decides"),
    }
    doubts = {
        Doubt.FAINT: _("a faint mark"),
        Doubt.SMALL: _("a small or short mark"),
        Doubt.DIRTY: _("a soft shade, no stroke"),
        Doubt.CIRCLED: _("a ring around the box"),
        Doubt.BESIDE: _("a mark beside the box"),
        Doubt.STREAK: _("a straight line through the box"),
        Doubt.LOOSE_FIT: _("the box is not where it should be"),
        Doubt.THROUGH: _("a stroke of another row, a signature, a stamp or a mark struck out"),
        Doubt.LOST_INK: _("ink lost by a scan in black and white"),
        Doubt.CONFIDENCE: _("not a clear case"),
    }
    yield from (text for issue, text in issues.items() if issue in card.issues)
    yield from (text for doubt, text in doubts.items() if card.doubts & doubt)
