"""Tables 1 and 2 of each form, from plain rows. Forms are never summed with each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from omr.errors import UsageError
from omr.i18n import _
from omr.model.layout import FilledBy
from omr.model.unit import Unit
from omr.report.branches import Scope, scope_of, with_above, within
from omr.report.checks import check_items, check_tally, check_total
from omr.report.items import items_table
from omr.report.mask import hidden_cells
from omr.report.rows import FormHead, FormKey, IssuedRow, Office, PeopleRow, SheetRow
from omr.report.table import Table
from omr.report.tally import Tally, Tick, UnitCount, summed, tally
from omr.report.turnout import turnout_table

_Row = TypeVar("_Row", IssuedRow, SheetRow, UnitCount)


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a report is made of. Rows of a form without a head are a mistake (ValueError).

    counts: what other offices counted, without their items, a row a unit that has sheets.
    items: the items they counted, a row an office, for all its units together. offices: who they are.
    """

    forms: tuple[FormHead, ...]
    units: tuple[Unit, ...]
    issued: tuple[IssuedRow, ...] = ()
    sheets: tuple[SheetRow, ...] = ()
    counts: tuple[UnitCount, ...] = ()
    items: tuple[UnitCount, ...] = ()
    offices: tuple[Office, ...] = ()
    people: tuple[PeopleRow, ...] = ()


@dataclass(frozen=True, slots=True)
class FormTables:
    """The tables of one form for one scope.

    counts: the tally of each branch by its code; total: of all, which the tables are made of.
    hidden: the cells of table 2 that are not shown, None where all are.
    """

    head: FormHead
    scope: Scope
    turnout: Table
    items: Table
    counts: Mapping[str, Tally]
    total: Tally
    hidden: frozenset[Tick] | None = None


def is_own(facts: Facts, under: str = "") -> bool:
    """True where a report about `under` is that of one unit about its own sheets; no unit is below it."""
    present = {row.unit for each in (facts.issued, facts.sheets, facts.counts) for row in each}
    return len(within(present, under, facts.units)) <= 1 and not facts.items


def form_tables(facts: Facts, under: str = "", *, masked: bool | None = None) -> tuple[FormTables, ...]:
    """Return the pair of tables of every form that has sheets below the unit `under` ("" = everywhere).

    masked: item cells of few people are hidden (`omr.report.mask`); None: unless it is a unit's own report.
    Raises BalanceError where the numbers do not add up, ValueError for rows of an unknown form, UsageError
    where another office counted the items of `under` together with those of other units.
    """
    rows: tuple[Iterable[IssuedRow | SheetRow | UnitCount], ...] = (
        facts.issued, facts.sheets, facts.counts, facts.items,
    )  # fmt: skip
    strange = {row.form for each in rows for row in each} - {head.key for head in facts.forms}
    if strange:
        raise ValueError(f"rows of forms without a head: {sorted(map(str, strange))}")
    if masked is None:
        masked = not is_own(facts, under)
    made = (_tables(head, facts, under, masked=masked) for head in facts.forms)
    return tuple(tables for tables in made if tables is not None)


def unit_counts(head: FormHead, facts: Facts) -> dict[str, Tally]:
    """Return what was counted of a form in each unit that has sheets, wherever it was counted."""
    issued, sheets = _by_unit(head.key, facts.issued), _by_unit(head.key, facts.sheets)
    counts = _by_unit(head.key, facts.counts)
    people = {row.unit: row for row in facts.people if row.year == head.key.year}
    if head.filled_by is not FilledBy.PERSON:
        people = {}
    found = {code: [count.tally for count in rows] for code, rows in counts.items()}
    for code in dict.fromkeys((*issued, *sheets)):
        found.setdefault(code, []).append(tally(head, issued.get(code, ()), sheets.get(code, ())))
    for code, tallies in found.items():
        if row := people.get(code):
            tallies.append(Tally(due=row.due, exempt=row.exempt))
    return {code: summed(tallies) for code, tallies in found.items()}


def _by_unit(form: FormKey, rows: Iterable[_Row]) -> dict[str, list[_Row]]:
    found: dict[str, list[_Row]] = {}
    for row in rows:
        if row.form == form:
            found.setdefault(row.unit, []).append(row)
    return found


def _tables(head: FormHead, facts: Facts, under: str, *, masked: bool) -> FormTables | None:
    units = unit_counts(head, facts)
    scope = scope_of(facts.units, units, under)
    if not scope.branches:
        return None
    counts = {branch.code: summed(units[code] for code in branch.members) for branch in scope.branches}
    for code, count in counts.items():
        check_tally(head, code, count)
        if not facts.counts:  # what others counted has its items at the office alone
            check_items(head, code, count)
    total = summed((*counts.values(), *_items_within(head, facts, scope.code)))
    check_tally(head, scope.code, total)
    check_items(head, scope.code, total)
    turnout = turnout_table(head, scope, counts, total)
    check_total(turnout)
    check_total(items_table(head, total))
    hidden = hidden_cells(head, total) if masked else None
    return FormTables(head, scope, turnout, items_table(head, total, hidden), counts, total, hidden)


def _items_within(head: FormHead, facts: Facts, under: str) -> Sequence[Tally]:
    found = [row for row in facts.items if row.form == head.key]
    above = with_above((under,), facts.units) - {under} if under else frozenset()
    for row in found:
        if row.unit in above:
            raise UsageError(
                _(
                    "{unit} was counted by {office}, which sent the items of all its units together."
                    " Ask for --unit {office}, or ask that office."
                ).format(unit=under, office=row.unit)
            )
    inside = within((row.unit for row in found), under, facts.units)
    return [row.tally for row in found if row.unit in inside]
