"""Survey → report: which tables stand in it, and what its cover says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from omr.i18n import _
from omr.model.closing import Closing
from omr.model.rank import Ranks
from omr.model.unit import IssuedSheet, Member
from omr.report.account import ledger_table
from omr.report.insight import (
    against_last_year,
    declared_and_computed,
    most_ticked,
    most_ticked_by_unit,
    unusual_units,
)
from omr.report.mask import FEWEST
from omr.report.people import names_table, problems_table
from omr.report.ranks import ranks_remark, ranks_table
from omr.report.report import Part, PartKind, Report, Stamp
from omr.report.rows import FormKey
from omr.report.scanner import scanner_table
from omr.report.survey import Survey
from omr.report.table import HIDDEN
from omr.report.tables import FormTables, form_tables, is_own, unit_counts
from omr.report.tally import Tally, summed
from omr.store.closings import standing
from omr.store.ranks import ranks_of
from omr.store.records import StoredBatch
from omr.store.store import Store
from omr.store.units import roster_of


@dataclass(frozen=True, slots=True)
class Beside:
    """What a report says besides its numbers.

    checks: what random checks found, sentences by year. closings: who signed units off, those that hold.
    trails: the ends of the chained tables, as (name, rows, last link). ranks: what was typed in, by year.
    batches: of the office's own scans. people, issued: for the name list, used in a unit's own report alone.
    """

    checks: Mapping[int, Sequence[str]]
    closings: Sequence[Closing] = ()
    trails: Sequence[tuple[str, int, str]] = ()
    ranks: Mapping[int, Sequence[Ranks]] = field(default_factory=dict)
    batches: Sequence[StoredBatch] = ()
    people: Mapping[int, Sequence[Member]] = field(default_factory=dict)
    issued: Sequence[IssuedSheet] = ()


def beside(store: Store, found: Survey, checks: Mapping[int, Sequence[str]]) -> Beside:
    """Return what the store tells besides the numbers of `found`; names only of a unit of its own."""
    own = is_own(found.facts, found.scope)
    years = {head.key.year for head in found.facts.forms}
    units = {row.unit for row in found.facts.people} & (
        found.units or {row.unit for row in found.facts.people}
    )
    return Beside(
        checks=checks,
        closings=tuple(standing(store).values()),
        trails=tuple((trail.table, trail.rows, trail.link) for trail in store.trails()),
        ranks={year: ranks_of(store, year, found.units) for year in sorted(years)},
        batches=store.batches(),
        people={year: roster_of(store, year, units) for year in years} if own else {},
        issued=[
            sheet for sheet in (*store.issued_sheets().values(), *found.claimed) if found.holds(sheet.unit)
        ]
        if own
        else (),
    )


def report_of(found: Survey, stamp: Stamp, beside: Beside, *, masked: bool | None = None) -> Report:
    """Return the report about what was counted.

    masked: item cells of few people are hidden; None: unless it is a unit's own report.
    """
    own = is_own(found.facts, found.scope)
    every = form_tables(found.facts, found.scope, masked=masked)
    forms = tuple(form for form in every if found.year in (None, form.head.key.year))
    parts = tuple(_parts(found, forms, every, beside, own=own))
    return Report(stamp, tuple(_cover(found, stamp, forms, beside)), parts, forms, own)


def _parts(
    found: Survey, forms: Sequence[FormTables], every: Sequence[FormTables], beside: Beside, *, own: bool
) -> Iterator[Part]:
    for form in forms:
        key, title, note = form.head.key, f"{form.head.title} – {form.head.key.year}", level_note(form)
        checks = tuple(beside.checks.get(key.year, ()))
        name = key.layout
        yield Part(PartKind.TURNOUT, f"{name} {_('units')}", form.turnout, title, note, checks, key)
        yield Part(PartKind.ITEMS, f"{name} {_('items')}", form.items, title, note, mask_note(form), key)
        if own:
            yield from _people(found, form, beside, title)
    names = {unit.code: unit.name for unit in found.facts.units}
    for year, ranked in beside.ranks.items():
        if ranked and found.year in (None, year):
            table = ranks_table(ranked, names)
            yield Part(PartKind.RANKS, f"{_('Ranks')} {year}", table, str(year), remarks=(ranks_remark(),))
    for form in forms:
        yield from _insight(found, form, every)
    if found.batches.found:
        yield Part(PartKind.INSIGHT, _("Scanner"), scanner_table(beside.batches, found.batches))
    units = {unit.code: unit for unit in found.facts.units}
    yield Part(PartKind.LEDGER, _("Ledger"), ledger_table(found.ledger, units))


def _people(found: Survey, form: FormTables, beside: Beside, title: str) -> Iterator[Part]:
    key = form.head.key
    sheets = [sheet for sheet in found.facts.sheets if sheet.form == key]
    issued = [sheet for sheet in beside.issued if FormKey(sheet.layout, sheet.year) == key]
    names = names_table(form.head, beside.people.get(key.year, ()), issued, sheets)
    note = _("Kept inside the unit.")
    yield Part(PartKind.NAMES, f"{key.layout} {_('names')}", names, title, note, (), key)
    problems = problems_table({sheet.serial: sheet for sheet in issued}, sheets)
    yield Part(PartKind.PROBLEMS, f"{key.layout} {_('problems')}", problems, title, note, (), key)


def _insight(found: Survey, form: FormTables, every: Sequence[FormTables]) -> Iterator[Part]:
    key, title = form.head.key, f"{form.head.title} – {form.head.key.year}"
    last = next((other for other in every if other.head.key == FormKey(key.layout, key.year - 1)), None)
    tables = [most_ticked(form, last)]
    if len(form.scope.branches) > 1:
        tables += [most_ticked_by_unit(form, _items_by_branch(found, form)), unusual_units(form)]
    if form.head.levels and last is not None:
        tables.append(against_last_year(form, last))
    if form.total.declared:
        tables.append(declared_and_computed(form))
    for number, table in enumerate(tables, start=1):
        if len(table.frame):
            yield Part(PartKind.INSIGHT, f"{key.layout} {_('insight')} {number}", table, title, "", (), key)


def _items_by_branch(found: Survey, form: FormTables) -> dict[str, Tally]:
    """Return the items of each branch: its own sheets, and what offices below counted."""
    units = unit_counts(form.head, found.facts)
    items: dict[str, list[Tally]] = {}
    for branch in form.scope.branches:
        own = [units[code] for code in branch.members]
        own += [
            r.tally
            for r in found.facts.items
            if r.form == form.head.key and r.unit in found.below(branch.code)
        ]
        items[branch.code] = own
    return {code: summed(tallies) for code, tallies in items.items()}


def _cover(
    found: Survey, stamp: Stamp, forms: Sequence[FormTables], beside: Beside
) -> Iterator[tuple[str, str]]:
    years = sorted({form.head.key.year for form in forms})
    yield _("Unit"), stamp.unit or _("every unit of this store")
    yield _("Year"), ", ".join(map(str, years))
    yield _("Made on"), stamp.made.strftime("%d/%m/%Y")
    for form in forms:
        rules = ", ".join(form.head.rules) or _("none")
        yield _("Form and rules"), f"{form.head.title} – {form.head.key.year}: {rules}"
    checks = [text for year in years for text in beside.checks.get(year, ())]
    for text in checks or [_("none was made")]:
        yield _("Random check"), text
    yield from _signed(found, years, beside.closings)
    for office in found.facts.offices:
        digest = office.signed[:16] or _("not closed")
        yield (
            _("Merged"),
            _("{unit}, made {at}, digest {digest}").format(
                unit=office.unit, at=office.made[:16], digest=digest
            ),
        )
    for name, rows, link in beside.trails:
        if rows:
            yield _("Trail"), f"{name}: {rows}, {link}"


def _signed(found: Survey, years: Sequence[int], closings: Sequence[Closing]) -> Iterator[tuple[str, str]]:
    """Yield who signed what off, and what was open all the same."""
    here = [each for each in closings if each.year in years and found.holds(each.unit)]
    for each in here:
        text = _("{unit} {year}: closed by {who} on {at}; digest {digest}")
        yield (
            _("Signed"),
            text.format(unit=each.unit, year=each.year, who=each.who, at=each.at[:10], digest=each.digest),
        )
        if each.overridden:
            yield _("Closed although open"), f"{each.reason}\n{each.open_ends}"
    if not here:
        waiting = sum(row.open_reviews for row in found.ledger)
        yield _("Signed"), _("not closed; questions that wait for a person: {n}").format(n=waiting)


def mask_note(form: FormTables) -> tuple[str, ...]:
    """Return what the sign of a hidden cell means, where the table has one."""
    if not form.items.hidden:
        return ()
    text = _("{sign} not shown: fewer than {n} people, or a number from which those could be worked out.")
    return (text.format(sign=HIDDEN, n=FEWEST),)


def level_note(form: FormTables) -> str:
    """Return the sentence that keeps a computed level from being taken for a conclusion."""
    rules = ", ".join(form.head.rules) or _("none")
    if not form.head.levels:
        return _("Counts of self-assessed ticks; rules: {rules}.").format(rules=rules)
    return _("Self-assessed level (computed by rule), not a conclusion; rules: {rules}.").format(rules=rules)
