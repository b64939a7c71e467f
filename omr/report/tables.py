"""Tables 1 and 2 of each form, from plain rows. Forms are never summed with each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

from omr.model.unit import Unit
from omr.report.branches import Scope, scope_of
from omr.report.checks import check_tally, check_total
from omr.report.items import items_table
from omr.report.rows import FormHead, IssuedRow, SheetRow
from omr.report.table import Table
from omr.report.tally import Tally, tally
from omr.report.turnout import turnout_table


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a report is made of. Rows of a form without a head are a mistake (ValueError)."""

    forms: tuple[FormHead, ...]
    units: tuple[Unit, ...]
    issued: tuple[IssuedRow, ...]
    sheets: tuple[SheetRow, ...]


@dataclass(frozen=True, slots=True)
class FormTables:
    """The tables of one form for one scope. `total` holds the counts they are made of."""

    head: FormHead
    scope: Scope
    turnout: Table
    items: Table
    total: Tally


def form_tables(facts: Facts, under: str = "") -> tuple[FormTables, ...]:
    """Return the pair of tables of every form that has sheets below the unit `under` ("" = everywhere).

    Raises BalanceError where the numbers do not add up, ValueError for rows of an unknown form.
    """
    strange = {row.form for row in facts.issued} | {row.form for row in facts.sheets}
    strange -= {head.key for head in facts.forms}
    if strange:
        raise ValueError(f"rows of forms without a head: {sorted(map(str, strange))}")
    made = (_tables(head, facts, under) for head in facts.forms)
    return tuple(tables for tables in made if tables is not None)


def _tables(head: FormHead, facts: Facts, under: str) -> FormTables | None:
    issued = [row for row in facts.issued if row.form == head.key]
    sheets = [row for row in facts.sheets if row.form == head.key]
    present = {row.unit for row in issued} | {row.unit for row in sheets}
    scope = scope_of(facts.units, present, under)
    if not scope.branches:
        return None
    counts = {branch.code: _count(head, branch.members, issued, sheets) for branch in scope.branches}
    total = reduce(add, counts.values())
    for code, branch in (*counts.items(), (scope.code, total)):
        check_tally(head, code, branch)
    tables = FormTables(
        head, scope, turnout_table(head, scope, counts, total), items_table(head, total), total
    )
    check_total(tables.turnout)
    check_total(tables.items)
    return tables


def _count(
    head: FormHead, members: frozenset[str], issued: Sequence[IssuedRow], sheets: Sequence[SheetRow]
) -> Tally:
    return tally(
        head,
        [row for row in issued if row.unit in members],
        [row for row in sheets if row.unit in members],
    )
