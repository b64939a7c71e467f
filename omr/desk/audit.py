"""The audit at the desk: a unit's queue of cards, what a person does about one, and the words for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock

from omr.audit.crops import Crops
from omr.audit.queue import AuditQueue, Card, cards
from omr.desk.config import Config
from omr.errors import SourceError
from omr.i18n import _
from omr.model.reading import Doubt, Issue
from omr.model.verdict import Verdict

NOBODY = "desk"
"""Who opened the desk by its link, until they say their name: no verdict is signed with this."""

BLANK, CANCELLED, PASS, BACK = "=blank", "=cancelled", "=pass", "=back"
"""What a person may do beside choosing; no choice of a form has such an id."""


class NoSuchUnitError(LookupError):
    """The store knows no such unit, or the unit no such card."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the audit page shows: a card, why it is asked, how many are open, and which one comes next.

    card: None where nothing is left for this person. fault: why the card cannot be looked at. note: what
    became of the last decision where it was not kept.
    """

    who: str
    card: Card | None
    why: tuple[str, ...]
    left: int
    upcoming: str
    fault: str
    note: str

    @property
    def named(self) -> bool:
        """True where the person has said who they are."""
        return self.who != NOBODY


class Audits:
    """The audits of a desk, a queue a unit; made anew whenever somebody enters. Thread-safe."""

    def __init__(self, config: Config) -> None:
        self._config, self._crops, self._lock = config, Crops(), Lock()
        self._queues: dict[str, AuditQueue] = {}

    def enter(self, code: str, who: str) -> Shown:
        """Return the first card of a unit. Raises NoSuchUnitError."""
        with self._config.opened() as office:
            if code not in office.store.units():
                raise NoSuchUnitError(code)
            made = cards(office.sheets(unit=code))
            office.store.record("audit opened", f"{code}: {who}")
        with self._lock:
            queue = self._queues.get(code)
            if queue is None:
                queue = self._queues[code] = AuditQueue(made)
            else:
                queue.refresh(made)
        return self._shown(queue, who)

    def picture(self, code: str, name: str) -> bytes:
        """Return the PNG of a card's row. Raises NoSuchUnitError, or SourceError where the scan is gone."""
        card = self._queue(code).card(name)
        if card is None:
            raise NoSuchUnitError(name)
        return self._cut(card)

    def decide(self, code: str, name: str, who: str, what: str) -> Shown:
        """Keep a decision about a card and return the next one. Raises NoSuchUnitError."""
        queue = self._queue(code)
        if what == BACK:
            return self._shown(queue, who, queue.back(who))
        card = queue.card(name)
        if card is None:
            raise NoSuchUnitError(name)
        if what == PASS:
            queue.pass_by(name, who)
            return self._shown(queue, who)
        note = ""
        if who == NOBODY:
            note = _("Say your name first: every decision bears one.")
        elif what not in {BLANK, CANCELLED, *(choice.id for choice in card.choices)}:
            raise NoSuchUnitError(what)
        elif not queue.settle(name, who, lambda held: self._keep(held, who, what)):
            note = _("Somebody else has settled that row.")
        return self._shown(queue, who, note=note)

    def _keep(self, card: Card, who: str, what: str) -> None:
        chosen = () if what in {BLANK, CANCELLED} else (what,)
        reason = "cancelled" if what == CANCELLED else ""
        with self._config.opened() as office:
            office.store.add_verdicts([Verdict(card.sheet, card.question, chosen, who, "", reason)])

    def _queue(self, code: str) -> AuditQueue:
        with self._lock:
            if code not in self._queues:
                raise NoSuchUnitError(code)
            return self._queues[code]

    def _cut(self, card: Card) -> bytes:
        with self._config.opened() as office:
            reading = office.store.reading(card.page)
            page = office.layouts[card.page.page.digest].page(card.page.page.page)
        return self._crops.row(card.page.scan.path, reading, page, card.boxes)

    def _shown(self, queue: AuditQueue, who: str, card: Card | None = None, note: str = "") -> Shown:
        card = card or queue.next(who)
        fault = ""
        if card is not None:
            try:
                self._cut(card)
            except SourceError as gone:
                fault = str(gone)
        upcoming = queue.after(card, who) if card else None
        return Shown(
            who=who,
            card=card,
            why=tuple(_why(card)) if card else (),
            left=len(queue),
            upcoming=upcoming.id if upcoming else "",
            fault=fault,
            note=note,
        )


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
    }
    doubts = {
        Doubt.FAINT: _("a faint mark"),
        Doubt.SMALL: _("a small or short mark"),
        Doubt.CIRCLED: _("a ring around the box"),
        Doubt.BESIDE: _("a mark beside the box"),
        Doubt.STREAK: _("a straight line through the box"),
        Doubt.LOOSE_FIT: _("the box is not where it should be"),
        Doubt.THROUGH: _("a stroke of another row"),
        Doubt.CONFIDENCE: _("not a clear case"),
    }
    yield from (text for issue, text in issues.items() if issue in card.issues)
    yield from (text for doubt, text in doubts.items() if card.doubts & doubt)
