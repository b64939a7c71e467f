"""Exact counts of one unit and one form. Tallies add up: a parent's is the sum of its children's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from omr.report.outline import groups
from omr.report.rows import BEYOND_ISSUE, UNDETERMINED, FormHead, IssuedRow, SheetNote, SheetRow

Tick = tuple[str, str]
"""(question or group, choice)."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What table 1 and table 2 are computed from; every number is a count of sheets but `ticks`.

    issued: handed out as far as known: printed and not replaced, and those that came back without having
        been printed here (photocopies, foreign sheets).
    levels, splits: valid sheets by level id and by split id.
    ticks: times ticked by (question or group, choice). sheets: valid sheets with at least one such tick.
    unclear, blank: valid sheets by question still open, or unanswered.
    """

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

    @property
    def invalid(self) -> int:
        """Sheets that came back and do not count."""
        return self.returned - self.valid

    @property
    def missing(self) -> int:
        """Sheets handed out that did not come back."""
        return self.issued - self.returned

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            issued=self.issued + other.issued,
            returned=self.returned + other.returned,
            valid=self.valid + other.valid,
            undetermined=self.undetermined + other.undetermined,
            replaced=self.replaced + other.replaced,
            levels=Counter(self.levels) + Counter(other.levels),
            splits=Counter(self.splits) + Counter(other.splits),
            notes=Counter(self.notes) + Counter(other.notes),
            ticks=Counter(self.ticks) + Counter(other.ticks),
            sheets=Counter(self.sheets) + Counter(other.sheets),
            unclear=Counter(self.unclear) + Counter(other.unclear),
            blank=Counter(self.blank) + Counter(other.blank),
        )


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
    )


def _beyond_issue(sheet: SheetRow) -> bool:
    return not BEYOND_ISSUE.isdisjoint(sheet.notes)


def _ticks(head: FormHead, valid: Sequence[SheetRow]) -> tuple[Counter[Tick], Counter[Tick]]:
    """Return how often, and on how many sheets, each item and group was ticked, by choice."""
    inside = _groups_of_questions(head)
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
