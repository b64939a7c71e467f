"""Boxes alike, to be looked at together: what a contact sheet is filled from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from omr.audit.card import Card, chosen_by
from omr.audit.reads import BoxRead, Row, box_reads, unasked
from omr.batch.openquestion import Way
from omr.batch.results import SheetResult
from omr.model.check import Draw, Place
from omr.model.reading import Doubt, MarkState


class PileKind(StrEnum):
    """What the boxes of a pile have in common.

    RANDOM: drawn at random. MARKED, EMPTY: read so, nobody is asked about them. The others are of rows that
    wait for a person: filled, with a mark that is faint, small, beside the box and so on.
    """

    RANDOM = "random"
    FILLED = "filled"
    FAINT = "faint"
    SMALL = "small"
    CIRCLED = "circled"
    STAINED = "stained"
    BESIDE = "beside"
    THROUGH = "through"
    UNSURE = "unsure"
    MARKED = "marked"
    EMPTY = "empty"

    @property
    def is_open(self) -> bool:
        """True where a person has to decide the rows of its boxes."""
        return self not in {PileKind.RANDOM, PileKind.MARKED, PileKind.EMPTY}


@dataclass(frozen=True, slots=True)
class PileKey:
    """Which pile of a unit. year: None where its boxes may be of any; name: as addresses have it."""

    kind: PileKind
    year: int | None = None

    @property
    def name(self) -> str:
        """E.g. "faint", or "random-2026"."""
        return f"{self.kind}-{self.year}" if self.year is not None else str(self.kind)

    @classmethod
    def named(cls, name: str) -> PileKey:
        """Return the pile of a name. Raises ValueError where there is none such."""
        kind, dash, year = name.partition("-")
        return cls(PileKind(kind), int(year) if dash else None)


_READ = {MarkState.MARKED: PileKind.MARKED, MarkState.EMPTY: PileKind.EMPTY}

_DOUBTS = {
    Doubt.FILLED: PileKind.FILLED,
    Doubt.CIRCLED: PileKind.CIRCLED,
    Doubt.BESIDE: PileKind.BESIDE,
    Doubt.THROUGH: PileKind.THROUGH,
    Doubt.DIRTY: PileKind.STAINED,
    Doubt.FAINT: PileKind.FAINT,
    Doubt.SMALL: PileKind.SMALL,
}
"""The pile of a doubtful box goes by the first of its doubts; one with none of them is UNSURE."""

_NEAREST = 1440
"""Boxes nearest the threshold that a pile of confident reads holds: twenty screens."""


def open_piles(cards: Iterable[Card]) -> dict[PileKey, list[BoxRead]]:
    """Return the doubtful boxes that one look settles, each with the row it alone decides."""
    found: dict[PileKey, list[BoxRead]] = {}
    for card in cards:
        if len(card.asked) == 1 and not card.disputed and not card.detail:
            kind = next((kind for doubt, kind in _DOUBTS.items() if card.doubts & doubt), PileKind.UNSURE)
            (choice,), (area,) = card.asked, card.boxes
            state = MarkState.CANCELLED if kind is PileKind.FILLED else MarkState.MARGINAL
            read = BoxRead(card.sheet, card.question, choice, card.page, area, state, card.confidence)
            found.setdefault(PileKey(kind), []).append(read)
    order = list(PileKind)
    return dict(sorted(found.items(), key=lambda pile: order.index(pile[0].kind)))


def settled_by(card: Card, way: Way) -> tuple[str, ...] | None:
    """Return what a row's one doubtful box makes of it, or None where the other boxes are to be seen too.

    So it is where two would be ticked, or none in a row of several.
    """
    chosen = chosen_by(card, way)
    return chosen if len(chosen) == 1 or (not chosen and len(card.choices) == 1) else None


class Gathered:
    """Takes from passing sheets what piles of confident reads, and the samples, are made of.

    said: rows that somebody has said something about. draws: the samples to be checked. looked_at: returns
    which boxes of a unit's pile were checked before.
    """

    def __init__(
        self,
        said: AbstractSet[Row],
        draws: Sequence[Draw],
        looked_at: Callable[[PileKey], Collection[Place]],
    ) -> None:
        self._said, self._looked_at = said, looked_at
        self._drawn = {
            box.place: (PileKey(PileKind.RANDOM, draw.year), draw.strata[box.stratum].state)
            for draw in draws
            for box in draw.boxes
        }
        self._drawn_from = {sheet for sheet, _question, _choice in self._drawn}
        self._seen: dict[PileKey, Collection[Place]] = {}
        self._piles: dict[PileKey, list[BoxRead]] = {}

    def through(self, sheets: Iterable[SheetResult]) -> Iterator[SheetResult]:
        """Yield the sheets as they come, having taken what is wanted of each."""
        for result in sheets:
            for read in unasked(result, self._said):
                self._take(PileKey(_READ[read.state], result.sheet.year), read)
            if result.sheet.name in self._drawn_from:
                for read in box_reads(result):
                    self._take_drawn(read)
            yield result

    def piles(self) -> Mapping[PileKey, Sequence[BoxRead]]:
        """Return what was taken: the reads nearest the threshold first, samples by state in scanned order."""
        return {
            key: reads if key.kind is PileKind.RANDOM else _nearest(reads)
            for key, reads in self._piles.items()
        }

    def years(self) -> set[int]:
        """Return the years that have reads nobody is asked about."""
        return {key.year for key in self._seen if key.year is not None}

    def _take(self, key: PileKey, read: BoxRead) -> None:
        if key not in self._seen:
            self._seen[key] = self._looked_at(key)
        if read.place not in self._seen[key]:
            pile = self._piles.setdefault(key, [])
            pile.append(read)
            if key.kind is not PileKind.RANDOM and len(pile) > 2 * _NEAREST:
                self._piles[key] = _nearest(pile)

    def _take_drawn(self, read: BoxRead) -> None:
        if read.place in self._drawn:
            key, state = self._drawn[read.place]
            # A box that is read otherwise by now is still compared with what was drawn.
            self._take(key, read.as_read(state))


def _nearest(reads: Sequence[BoxRead]) -> list[BoxRead]:
    return sorted(reads, key=lambda read: read.confidence)[:_NEAREST]
