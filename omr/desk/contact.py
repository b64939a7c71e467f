"""Contact sheets at the desk: a unit's piles of boxes alike, lent a screen at a time; samples are drawn."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Lock

from omr.audit.contact import Pile
from omr.audit.items import items
from omr.audit.piles import Gathered, PileKey, PileKind, open_piles
from omr.audit.queue import AuditQueue
from omr.audit.reads import BoxRead
from omr.audit.sample import make_draw
from omr.audit.told import told_checks
from omr.batch.openquestion import Way
from omr.desk import looks
from omr.desk.audit import Audits, NoSuchUnitError
from omr.desk.config import Config, Office
from omr.desk.pictures import Pictures
from omr.desk.piles import Board, PileLine, ShownSheet, title
from omr.desk.sessions import NOBODY
from omr.i18n import _, ngettext
from omr.model.check import Draw
from omr.store import checks

CONFIRM, BACK = "confirm", "back"
WAYS = {"ticked": Way.ALL_MARKED, "empty": Way.ALL_EMPTY}
"""What a person may say of the boxes they did not pick out: as read (`CONFIRM`), or what they hold."""

_SEEDS = 10**8
"""Seeds have eight digits at most: they can be drawn by lot in public and written down."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A pile, and the name its checks are kept under."""

    pile: Pile
    name: str


class Contacts:
    """The piles of a desk; gathered anew whenever somebody opens their list. Thread-safe."""

    def __init__(self, config: Config, audits: Audits) -> None:
        self._config, self._audits = config, audits
        self.pictures = Pictures(config, audits.crops)
        self._lock = Lock()
        self._queues: dict[str, AuditQueue] = {}
        self._held: dict[tuple[str, PileKey], _Held] = {}

    def enter(self, code: str, who: str) -> Board:
        """Return the piles of a unit. Raises NoSuchUnitError."""
        with self._config.opened() as office:
            if code not in office.store.units():
                raise NoSuchUnitError(code)
            drawn = {draw.year: draw for draw in checks.draws(office.store, code)}
            gathered = _gathering(office, code, drawn)
            queue = self._audits.taken(code, items(gathered.through(office.sheets(unit=code))))
            told = told_checks(office.store, office.sheets(unit=code), code)
            office.store.record("contact sheets opened", who=who, unit=code)
        found = {**open_piles(queue.alone()), **gathered.piles()}
        self._take(code, queue, {key: (looks.check_name(code, key, drawn), found[key]) for key in found})
        return Board(
            lines=tuple(PileLine(key, title(key), left) for key, left in self._left(code)),
            checks=tuple(f"{finding.draw.year}: {text}" for finding, text in told),
            years=tuple(sorted(gathered.years(), reverse=True)),
            named=who != NOBODY,
        )

    def _take(
        self, code: str, queue: AuditQueue, found: Mapping[PileKey, tuple[str, Sequence[BoxRead]]]
    ) -> None:
        """Keep what was gathered, each pile with the name of its checks; another sample is another pile."""
        with self._lock:
            self._queues[code] = queue
            for (unit, key), held in self._held.items():
                if unit == code:
                    held.pile.refresh(found[key][1] if key in found else ())
            for key, (name, reads) in found.items():
                if (code, key) not in self._held or self._held[code, key].name != name:
                    self._held[code, key] = _Held(Pile(reads), name)

    def _left(self, code: str) -> Sequence[tuple[PileKey, int]]:
        """Return how many boxes are left of each pile that has any."""
        with self._lock:
            mine = [(key, len(held.pile)) for (unit, key), held in self._held.items() if unit == code]
        order = list(PileKind)
        return sorted(
            ((key, left) for key, left in mine if left),
            key=lambda line: (order.index(line[0].kind), -(line[0].year or 0)),
        )

    def draw(self, code: str, who: str, year: int, size: int, seed: int | None) -> None:
        """Have a sample drawn and keep it; seed: None for one by chance.

        Raises UsageError where there is nothing to draw from, or the sample is too small.
        """
        with self._config.opened() as office:
            said = {(verdict.sheet, verdict.question) for verdict in office.store.verdicts()}
            drawn = make_draw(
                office.sheets(unit=code, year=year),
                said,
                unit=code,
                year=year,
                size=size,
                seed=secrets.randbelow(_SEEDS) if seed is None else seed,
                by=who,
            )
            checks.keep(office.store, drawn)

    def shown(self, code: str, key: PileKey, who: str, note: str = "") -> ShownSheet:
        """Return the contact sheet of a pile that `who` has at hand. Raises NoSuchUnitError."""
        pile = self._one(code, key, who).pile
        if key.kind.is_open:
            pile.refresh(open_piles(self._queues[code].alone()).get(key, ()))
        sheet = pile.next(who) if who != NOBODY else None
        upcoming = pile.upcoming(sheet) if sheet is not None else None
        self.pictures.remember(code, filter(None, (upcoming, sheet)))
        return ShownSheet(
            key=key,
            sheet=sheet,
            left=len(pile),
            upcoming=upcoming.id if upcoming is not None else "",
            fault=self.pictures.fault(sheet) if sheet is not None else "",
            note=note,
            who=who,
        )

    def answer(
        self, code: str, key: PileKey, name: str, who: str, what: str, odd: Collection[int]
    ) -> ShownSheet:
        """Keep what a person says about a contact sheet; odd: the boxes they picked out, counted from 0.

        Raises NoSuchUnitError where there is no such pile, or `what` is nothing to say about it.
        """
        if what not in ({*WAYS, BACK} if key.kind.is_open else {CONFIRM, BACK}):
            raise NoSuchUnitError(what)
        held, left = self._one(code, key, who), 0
        if who == NOBODY:
            return self.shown(code, key, who, _("Say your name first: every decision bears one."))
        if what == BACK:
            return self.shown(code, key, who, self._back(code, key, held, who))

        if not self.pictures.was_shown(code, name):
            return self.shown(code, key, who, _("Nothing was kept: the crops had not been shown yet."))

        def keep(reads: Sequence[BoxRead]) -> None:
            nonlocal left
            picked = [read for at, read in enumerate(reads) if at in odd]
            others = [read for at, read in enumerate(reads) if at not in odd]
            if what in WAYS:
                left = looks.decide(self._config, code, self._queues[code], who, others, WAYS[what])
            else:
                looks.check(self._config, code, held.name, who, picked, others)

        if not held.pile.settle(name, who, keep):
            note = _("That contact sheet was not kept: it is no longer the one at hand.")
            return self.shown(code, key, who, note)
        return self.shown(code, key, who, _left_open(left))

    def _back(self, code: str, key: PileKey, held: _Held, who: str) -> str:
        """Take back what `who` said last in a pile; return what they are told where there is nothing."""
        if key.kind.is_open:
            undo = partial(looks.undecide, self._config, code, self._queues[code], who)
        else:
            undo = partial(looks.uncheck, self._config, code, held.name, who)
        return "" if held.pile.back(who, undo) else _("There is nothing of yours to take back here.")

    def _one(self, code: str, key: PileKey, who: str) -> _Held:
        """Return a pile; gathered first where the desk was opened since. Raises NoSuchUnitError."""
        if (code, key) not in self._held:
            self.enter(code, who)
        with self._lock:
            if (code, key) not in self._held:
                raise NoSuchUnitError(key.name)
            return self._held[code, key]


def _gathering(office: Office, code: str, drawn: Mapping[int, Draw]) -> Gathered:
    said = {(verdict.sheet, verdict.question) for verdict in office.store.verdicts()}
    return Gathered(
        said,
        tuple(drawn.values()),
        lambda key: checks.standing(office.store, looks.check_name(code, key, drawn)),
    )


def _left_open(rows: int) -> str:
    if not rows:
        return ""
    return ngettext(
        "{n} row stays open: its other boxes are to be seen too, or somebody else has it.",
        "{n} rows stay open: their other boxes are to be seen too, or somebody else has them.",
        rows,
    ).format(n=rows)
