"""Exact counts of one unit and one form. Tallies add up: a parent's is the sum of its children's."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any

from omr.report.outline import groups
from omr.report.rows import BEYOND_ISSUE, UNDETERMINED, FormHead, FormKey, IssuedRow, SheetNote, SheetRow

Tick = tuple[str, str]
"""(question or group, choice)."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What table 1 and table 2 are computed from; every number is a count of sheets but `ticks`.

    due, exempt: people who are to hand in a sheet, and those freed or barred; 0 without a roster.
    issued: handed out as far as known: printed and not replaced, and those that came back without having
        been printed here (photocopies, foreign sheets).
    levels, splits: valid sheets by level id and by split id.
    ticks: times ticked by (question or group, choice). sheets: valid sheets with at least one such tick.
    unclear, blank: valid sheets by question still open, or unanswered.
    declared: valid sheets by (declared level, computed level), where a level is declared.
    corrected, untouched: valid sheets on which a tick was taken back, on which nothing at all is ticked.
    """

    due: int = 0
    exempt: int = 0
    issued: int = 0
    returned: int = 0
    valid: int = 0
    undetermined: int = 0
    replaced: int = 0
    levels: Mapping[str, int] = field(default_factory=dict)
    splits: Mapping[str, int] = field(default_factory=dict)
    notes: Mapping[SheetNote, int] = field(default_factory=dict)
    ticks: Mapping[Tick, int] = field(default_factory=dict)
    sheets: Mapping[Tick, int] = field(default_factory=dict)
    unclear: Mapping[str, int] = field(default_factory=dict)
    blank: Mapping[str, int] = field(default_factory=dict)
    declared: Mapping[Tick, int] = field(default_factory=dict)
    corrected: int = 0
    untouched: int = 0

    @property
    def invalid(self) -> int:
        """Sheets that came back and do not count."""
        return self.returned - self.valid

    @property
    def missing(self) -> int:
        """Sheets handed out that did not come back."""
        return self.issued - self.returned

    def __add__(self, other: Tally) -> Tally:
        return summed((self, other))


@dataclass(frozen=True, slots=True)
class UnitCount:
    """What was counted of one form: in one unit, or by the unit that counted for all below it."""

    unit: str
    form: FormKey
    tally: Tally


def summed(tallies: Iterable[Tally]) -> Tally:
    """Return the tally of everything counted in any of them; each sheet is counted in one."""
    every = tuple(tallies)
    if len(every) == 1:
        return every[0]
    values: dict[str, Any] = {name: sum(map(attrgetter(name), every)) for name in NUMBERS}
    for name in COUNTERS:
        total: dict[Any, int] = defaultdict(int)
        for counts in filter(None, map(attrgetter(name), every)):
            for key, count in counts.items():
                total[key] += count
        values[name] = dict(total)
    return Tally(**values)


def tally(head: FormHead, issued: Sequence[IssuedRow], sheets: Sequence[SheetRow]) -> Tally:
    """Return the counts of the given rows, which all belong to the form of `head`."""
    known = {level.id for level in head.levels}
    valid = [sheet for sheet in sheets if sheet.valid]
    ticks, marked = _ticks(head, valid)
    return Tally(
        issued=sum(row.issued for row in issued) + sum(_beyond_issue(sheet) for sheet in sheets),
        returned=len(sheets),
        valid=len(valid),
        undetermined=sum(sheet.level in (UNDETERMINED, "") for sheet in valid) if known else 0,
        replaced=sum(row.replaced for row in issued),
        levels=Counter(sheet.level for sheet in valid if sheet.level in known),
        splits=Counter(sheet.split for sheet in valid if sheet.split),
        notes=Counter(note for sheet in sheets for note in sheet.notes),
        ticks=ticks,
        sheets=marked,
        unclear=Counter(question for sheet in valid for question in sheet.unclear),
        blank=Counter(question for sheet in valid for question in sheet.blank),
        declared=Counter((sheet.declared, sheet.level) for sheet in valid if sheet.declared),
        corrected=sum(sheet.corrected for sheet in valid),
        untouched=sum(sheet.untouched for sheet in valid),
    )


NUMBERS = tuple(field.name for field in fields(Tally) if field.type == "int")
COUNTERS = tuple(field.name for field in fields(Tally) if field.name not in NUMBERS)


def _beyond_issue(sheet: SheetRow) -> bool:
    return not BEYOND_ISSUE.isdisjoint(sheet.notes)


def _ticks(head: FormHead, valid: Sequence[SheetRow]) -> tuple[Counter[Tick], Counter[Tick]]:
    """Return how often, and on how many sheets, each item and group was ticked, by choice."""
    inside = _groups_of_questions(head) if valid else {}
    times, sheets = Counter[Tick](), Counter[Tick]()
    for sheet in valid:
        counted = [(group, choice) for question, choice in sheet.ticked for group in inside.get(question, ())]
        times.update(counted)
        sheets.update(set(counted))
    return times, sheets


def _groups_of_questions(head: FormHead) -> dict[str, tuple[str, ...]]:
    """Return for each item its own id and those of the groups it is counted in."""
    inside: dict[str, list[str]] = {item.id: [item.id] for item in head.items}
    for group in groups(head):
        for item in group.items:
            inside[item.id].append(group.id)
    return {question: tuple(ids) for question, ids in inside.items()}
