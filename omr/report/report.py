"""A report before it is set: its tables in order, and what is printed around them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from omr.report.rows import FormKey
from omr.report.table import Table
from omr.report.tables import FormTables


class PartKind(StrEnum):
    """What a part shows."""

    TURNOUT = "turnout"
    ITEMS = "items"
    NAMES = "names"
    PROBLEMS = "problems"
    RANKS = "ranks"
    INSIGHT = "insight"
    LEDGER = "ledger"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What every page of a report says about itself. above: the unit above, "" where there is none."""

    unit: str
    made: dt.date
    above: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One table: a worksheet, a section of the page.

    name: of its worksheet. form: the form it is about, as it is headed. note: what its numbers are.
    remarks: sentences printed below it.
    """

    kind: PartKind
    name: str
    table: Table
    form: str = ""
    note: str = ""
    remarks: tuple[str, ...] = ()
    key: FormKey | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a report says.

    cover: what the first sheet says about all of it, as (label, text). forms: what the charts are drawn from.
    own: it is one unit's report about its own sheets, so it names people.
    """

    stamp: Stamp
    cover: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    forms: tuple[FormTables, ...]
    own: bool
