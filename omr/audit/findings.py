"""What a random check found, and what follows for the reads that nobody looked at.

With shares that are rounded up (omr.audit.sample), let w be the largest N_h / (N n_h), n the boxes looked at
and x the wrong ones among them. The rate of wrong reads is the sum of N_h p_h / N, at most w times the errors
to be expected in the sample. Errors in samples drawn without replacement are sums of independent trials
(V. A. Vatutin, V. G. Mikhailov, Theory Probab. Appl. 27 (1982), 734-743), so few of them are no likelier than
in n trials of one equal rate (W. Hoeffding, Ann. Math. Statist. 27 (1956), 713-721). So the one-sided
Clopper-Pearson bound of x in n, times n w, holds for the rate; but for rounding, n w is 1. The estimate is
the stratified one, the sum of N_h x_h / (N n_h).
A sheet whose level would change holds a wrong read: no more such sheets than wrong reads.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from math import floor

from omr.audit.bounds import upper_bound
from omr.audit.reads import box_reads
from omr.batch.results import SheetResult
from omr.batch.settled import standing_verdicts
from omr.model.check import OTHER, Check, Draw, Place
from omr.model.verdict import Standing
from omr.store import checks
from omr.store.store import Store

_MARKED = "marked"


@dataclass(frozen=True, slots=True)
class Finding:
    """What people found in a sample so far. wrong: errors by stratum; checked: boxes that were looked at."""

    draw: Draw
    checked: int
    wrong: tuple[int, ...]

    @property
    def errors(self) -> int:
        """Wrong reads found."""
        return sum(self.wrong)

    @property
    def finished(self) -> bool:
        """True where every box of the sample was looked at; before that no rate is told.

        Else whoever stops while the numbers please them would be told a bound that does not hold.
        """
        return self.checked == len(self.draw.boxes)

    @property
    def rate(self) -> float:
        """Share of wrong reads to be expected among all, 0..1, once finished."""
        strata = zip(self.draw.strata, self.wrong, strict=True)
        return sum(each.boxes * wrong / each.drawn for each, wrong in strata) / self.draw.population

    @property
    def bound(self) -> float:
        """The rate of wrong reads is at most this, 0..1, in 95 of 100 samples; known where all were seen."""
        population, checked = self.draw.population, self.checked
        if checked == population:
            return self.errors / population
        weight = max(each.boxes / each.drawn for each in self.draw.strata) / population
        return min(1.0, upper_bound(self.errors, checked) * checked * weight)

    @property
    def sheets_bound(self) -> int:
        """At most so many sheets would come to another level, with the same confidence."""
        return min(self.draw.levels, floor(self.bound * self.draw.population))

    @property
    def expected(self) -> float:
        """Wrong reads among all by their calibrated confidences."""
        return sum(each.expected for each in self.draw.strata)


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of the reads that a sample stands for.

    new, gone: sheets that count now, or did then. other: boxes of the sample that are read otherwise by now,
    or not there any more.
    """

    new: int
    gone: int
    other: int

    def __bool__(self) -> bool:
        """True where there are any."""
        return bool(self.new or self.gone or self.other)


def findings(store: Store, unit: str | None = None, year: int | None = None) -> tuple[Finding, ...]:
    """Return what was found in every sample of `unit` and `year` (all where None), oldest first."""
    drawn = checks.draws(store, unit, year)
    said = standing_verdicts(store) if drawn else {}
    return tuple(finding(draw, checks.standing(store, draw.name), said) for draw in drawn)


def finding(draw: Draw, found: Mapping[Place, Check], said: Mapping[str, Mapping[str, Standing]]) -> Finding:
    """Return what the checks of a sample come to, given what people decided about its rows."""
    wrong: Counter[int] = Counter()
    looked_at = 0
    for box in draw.boxes:
        check = found.get(box.place)
        if check is not None:
            looked_at += 1
            held = said.get(box.sheet, {}).get(box.question)
            wrong[box.stratum] += is_wrong(check, held)
    return Finding(draw, looked_at, tuple(wrong[at] for at in range(len(draw.strata))))


def changes(draws: Iterable[Draw], sheets: Iterable[SheetResult]) -> dict[str, Changes]:
    """Return what became of samples since, by their names; sheets: all that there are now."""
    drawn = tuple(draws)
    wanted = {box.place for draw in drawn for box in draw.boxes}
    names: set[tuple[str, int, str]] = set()
    now: dict[Place, str] = {}
    for result in sheets:
        if not result.set_aside:
            names.add((result.unit, result.sheet.year, result.sheet.name))
        now |= {read.place: read.state.name.lower() for read in box_reads(result) if read.place in wanted}
    return {draw.name: _changes(draw, names, now) for draw in drawn}


def _changes(draw: Draw, names: AbstractSet[tuple[str, int, str]], now: Mapping[Place, str]) -> Changes:
    here = {name for unit, year, name in names if (unit, year) == (draw.unit, draw.year)}
    other = sum(now.get(box.place) != draw.strata[box.stratum].state for box in draw.boxes)
    return Changes(len(here - set(draw.sheets)), len(set(draw.sheets) - here), other)


def is_wrong(check: Check, held: Standing | None) -> bool:
    """True where the paper shows something else than was read.

    A verdict on the row, once there is one, tells it; until then whoever looked at the box. A box that its
    row's verdict takes back was neither empty nor marked.
    """
    if held is None or held.verdict is None:
        return check.truth == OTHER
    ticked = check.choice in held.verdict.chosen
    return ticked != (check.state == _MARKED) or held.verdict.reason == "cancelled"
