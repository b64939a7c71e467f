"""A seeded random sample of the reads that nobody was or is asked about, stratified by state and confidence.

Each box bears a ticket made of the seed and its place alone, and of each stratum the lowest tickets are
drawn, as in R. L. Rivest, Consistent sampling with replacement, arXiv:1808.10016 (2018), without the
replacement: whoever has the seed draws the same sample, whatever the order of the sheets.

The strata get their share of the sample, rounded up: of n boxes asked for, n_h is n N_h / N or little more.
So a bound for the whole follows from the errors of all strata together, as good as that of a plain sample of
n; see omr.audit.findings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from omr.audit.reads import SETTLED, BoxRead, Row, unasked
from omr.batch.results import SheetResult
from omr.errors import UsageError
from omr.i18n import _
from omr.model.check import Draw, DrawnBox, Place, Stratum

SIZE = 3000
"""Boxes drawn where nobody says otherwise: without an error in them, at most one read in 1,000 is wrong."""

LEAST = 60
"""The smallest sample: not even an error rate of one in twenty would show in fewer."""

BANDS = (0.9995, 0.99, 0.0)
"""Lowest confidence of each band; the first holds what the calibration is surest of (calibration.toml)."""


def make_draw(
    sheets: Iterable[SheetResult],
    said: AbstractSet[Row],
    *,
    unit: str,
    year: int,
    size: int,
    seed: int,
    by: str,
) -> Draw:
    """Return a sample of what nobody is asked about on the sheets of a unit and year; all of it where fewer.

    said: rows that somebody has said something about. by: who has it drawn.
    Raises UsageError where there is nothing to draw from, or `size` is under `LEAST`.
    """
    if size < LEAST:
        raise UsageError(_("A sample has {least} boxes at least.").format(least=LEAST))
    names: list[str] = []
    levels = 0
    found = [_Found(state.name.lower(), least, size, seed) for state in SETTLED for least in BANDS]
    for result in sheets:
        if not result.set_aside:
            names.append(result.sheet.name)
            levels += bool(result.score.level)
        for read in unasked(result, said):
            found[SETTLED.index(read.state) * len(BANDS) + _band(read.confidence)].add(read)
    present = [each for each in found if each.boxes]
    if not present:
        told = _("{unit} has no read of {year} that nobody was asked about.")
        raise UsageError(told.format(unit=unit, year=year))
    shares = allocation([each.boxes for each in present], size)
    return Draw(
        unit=unit,
        year=year,
        size=size,
        seed=seed,
        strata=tuple(
            Stratum(each.state, each.least, each.boxes, share, each.expected)
            for each, share in zip(present, shares, strict=True)
        ),
        boxes=tuple(
            DrawnBox(*place, stratum)
            for stratum, (each, share) in enumerate(zip(present, shares, strict=True))
            for place in each.lowest(share)
        ),
        sheets=tuple(names),
        levels=levels,
        by=by,
    )


def allocation(sizes: Sequence[int], total: int) -> tuple[int, ...]:
    """Return how many of each stratum are drawn: its share of `total`, rounded up; all where there are fewer.

    They add up to `total` or little more: less than one box a stratum.
    """
    whole = sum(sizes)
    return tuple(min(size, -(-total * size // whole)) for size in sizes)


def _band(confidence: float) -> int:
    return next(at for at, least in enumerate(BANDS) if confidence >= least)


@dataclass(slots=True)
class _Found:
    """What is found of one stratum: how much, and the places with the lowest tickets, `most` at least."""

    state: str
    least: float
    most: int
    seed: int
    boxes: int = 0
    expected: float = 0.0
    _tickets: list[tuple[bytes, Place]] = field(default_factory=list)

    def add(self, read: BoxRead) -> None:
        self.boxes += 1
        self.expected += 1.0 - read.confidence
        ticket = hashlib.sha256("/".join((str(self.seed), *read.place)).encode()).digest()
        self._tickets.append((ticket, read.place))
        if len(self._tickets) > 2 * self.most:
            # Memory holds the sample, not the unit.
            self._tickets.sort()
            del self._tickets[self.most :]

    def lowest(self, count: int) -> Iterator[Place]:
        return (place for _ticket, place in sorted(self._tickets)[:count])
