"""What people found on a contact sheet, kept in the store: verdicts on open rows, checks of all others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from omr.audit.card import Card, card_id
from omr.audit.piles import PileKey, PileKind, settled_by
from omr.audit.queue import AuditQueue
from omr.audit.reads import BoxRead
from omr.batch.openquestion import Way
from omr.desk.config import Config
from omr.model.check import OTHER, TAKEN_BACK, Check, Draw
from omr.model.verdict import DOUBTED, UNDONE, Verdict
from omr.store import checks

_REASON = "contact sheet"


def check_name(code: str, key: PileKey, drawn: Mapping[int, Draw]) -> str:
    """Return what the checks of a unit's pile are kept under; drawn: its samples by year."""
    if key.kind is PileKind.RANDOM and key.year is not None:
        return drawn[key.year].name
    return f"{code}/{key.year}/{key.kind}"


def check(
    config: Config, code: str, name: str, who: str, picked: Sequence[BoxRead], others: Sequence[BoxRead]
) -> None:
    """Keep a look at boxes that nobody is asked about; the rows of those picked out are asked about now."""
    found = [_check(name, read, read.state.name.lower(), who) for read in others]
    found += [_check(name, read, OTHER, who) for read in picked]
    doubts = [Verdict(read.sheet, read.question, DOUBTED, who, "", _REASON) for read in picked]
    with config.opened() as office:
        checks.add(office.store, found, doubts, code)


def uncheck(config: Config, code: str, name: str, who: str, reads: Sequence[BoxRead]) -> None:
    """Take a look back, and what was said about the rows of those picked out."""
    with config.opened() as office:
        held = checks.standing(office.store, name)
        picked = [read for read in reads if read.place in held and held[read.place].truth == OTHER]
        checks.add(
            office.store,
            [_check(name, read, TAKEN_BACK, who) for read in reads],
            [Verdict(read.sheet, read.question, UNDONE, who, "") for read in picked],
            code,
        )


def decide(config: Config, code: str, queue: AuditQueue, who: str, reads: Sequence[BoxRead], way: Way) -> int:
    """Keep what doubtful boxes hold as verdicts on their rows; return how many rows that leaves open."""
    names = [card_id(read.sheet, read.question) for read in reads]
    held = filter(None, map(queue.card, names))
    answers = {card.id: chosen for card in held if (chosen := settled_by(card, way)) is not None}

    def keep(cards: Sequence[Card]) -> None:
        verdicts = [
            Verdict(card.sheet, card.question, answers[card.id], who, "", f"{_REASON}: {way}")
            for card in cards
        ]
        with config.opened() as office:
            office.store.add_verdicts(verdicts, code)

    return len(names) - len(queue.settle_some(answers, who, keep))


def undecide(config: Config, code: str, queue: AuditQueue, who: str, reads: Sequence[BoxRead]) -> None:
    """Take the verdicts on rows back; those that somebody else settled stay."""

    def undo(cards: Sequence[Card]) -> None:
        with config.opened() as office:
            office.store.add_verdicts(
                [Verdict(card.sheet, card.question, UNDONE, who, "") for card in cards], code
            )

    queue.reopen([card_id(read.sheet, read.question) for read in reads], who, undo)


def _check(name: str, read: BoxRead, truth: str, who: str) -> Check:
    return Check(name, *read.place, read.state.name.lower(), truth, who)
