"""What the tables are made of: plain rows, wherever they come from (a store, a package, a test)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from omr.model.layout import FilledBy, Question, Section

UNDETERMINED = "undetermined"
"""The level of a sheet whose open rows decide between two levels (omr.model.score.Score.level)."""


class SheetNote(StrEnum):
    """What the last column of table 1 says about a sheet."""

    INCOMPLETE = "incomplete"
    COPY = "copy"
    UNISSUED = "unissued"
    PROVISIONAL = "provisional"
    UNSIGNED = "unsigned"
    CONTRADICTION = "contradiction"
    DECLARED_DIFFERS = "declared_differs"


BEYOND_ISSUE = frozenset({SheetNote.COPY, SheetNote.UNISSUED})
"""Sheets that came back and were never printed here: each counts as one more handed out."""


@dataclass(frozen=True, slots=True)
class FormKey:
    """One form in one year: what is counted together."""

    layout: str
    year: int


@dataclass(frozen=True, slots=True)
class LevelHead:
    """A level as its columns are headed; `splits` are the (id, label) parts it is also reported in."""

    id: str
    label: str
    splits: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FormHead:
    """What the tables of one form say besides numbers.

    items: the questions counted in table 2, in printed order.
    levels: in the order of the rule file; empty where the form has none.
    rules: name and digest of each rule file that scored a sheet.
    """

    key: FormKey
    title: str
    filled_by: FilledBy
    sections: tuple[Section, ...]
    items: tuple[Question, ...]
    levels: tuple[LevelHead, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IssuedRow:
    """How many sheets of a form were printed for a unit.

    issued: sheets handed out, without those replaced. replaced: printed again because lost or spoilt.
    """

    unit: str
    form: FormKey
    issued: int
    replaced: int = 0


@dataclass(frozen=True, slots=True)
class PeopleRow:
    """How many people of a unit are to hand in a sheet in a year, and how many are freed or barred."""

    unit: str
    year: int
    due: int
    exempt: int


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One returned sheet that counts (a duplicate scan of it is no row).

    valid: every page is there and nobody declared it invalid.
    level: id of its level, UNDETERMINED, or "" where the form has none.
    ticked: (question, choice) of every settled answer.
    unclear, blank: questions still open, questions left unanswered.
    declared: the level its writer ticked, or "". corrected: a tick on it was taken back.
    untouched: nothing at all is ticked on it.
    """

    unit: str
    form: FormKey
    sheet: str
    valid: bool
    level: str = ""
    split: str = ""
    notes: tuple[SheetNote, ...] = ()
    ticked: tuple[tuple[str, str], ...] = ()
    unclear: tuple[str, ...] = ()
    blank: tuple[str, ...] = ()
    declared: str = ""
    corrected: bool = False
    untouched: bool = False


@dataclass(frozen=True, slots=True)
class Office:
    """Who counted, and when. signed: digest of its tables as they were closed, "" where it has none itself.

    trails: the ends of its chained tables, as `omr verify` shows them; no rows of them.
    """

    unit: str
    made: str
    trails: tuple[tuple[str, int, str], ...] = ()
    signed: str = ""
