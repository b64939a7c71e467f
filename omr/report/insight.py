"""What people ask of the numbers: most ticked items, last year, declared levels, unusual units. No person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import sqrt

from omr.i18n import _
from omr.model.layout import Choice, Question
from omr.report.numbers import percent
from omr.report.outline import outline
from omr.report.rows import UNDETERMINED, FormHead
from omr.report.table import HIDDEN, Column, Kind, Table, TableRow, Weight, make_table
from omr.report.tables import FormTables
from omr.report.tally import Tally

MOST = 5
"""Items named as the most often ticked of a group."""
MOST_OF_UNIT = 3
"""Items named as those that a unit ticks most."""
FEWEST_SHEETS = 5
"""Valid sheets below which a unit's rates say nothing."""
UNUSUAL = 3.0
"""Standard deviations from the rate of all units at which a unit is named; rare by chance alone."""


def most_ticked(form: FormTables, last: FormTables | None) -> Table:
    """Return the items most often ticked in each section, beside the year before."""
    columns = [
        Column("number", _("No."), Kind.ORDER),
        Column("text", _("Item"), Kind.TEXT),
        Column("choice", _("Ticked as"), Kind.SHORT),
        Column("count", _("Times ticked"), Kind.COUNT),
        Column("percent", _("Share of valid sheets (%)"), Kind.PERCENT),
    ]
    if last is not None:
        columns.append(Column("last", _("Year before (%)"), Kind.PERCENT))
    rows: list[TableRow] = []
    for section in outline(form.head):
        best = _best(form, section.group.items)
        if best:
            empty = (None,) * (len(columns) - 2)
            rows.append(TableRow(section.group.id, Weight.SECTION, ("", section.group.title, *empty)))
        for item, choice in best:
            cell = (item.id, choice.id)
            count, share = form.total.ticks.get(cell, 0), _share(form, cell)
            more = () if last is None else (_share(last, cell),)
            values = (item.number, item.text, choice.label, count, share, *more)
            rows.append(TableRow("/".join(cell), Weight.PLAIN, values))
    return make_table(_("ITEMS MOST OFTEN TICKED"), tuple(columns), tuple(rows))


def _best(form: FormTables, items: Sequence[Question]) -> list[tuple[Question, Choice]]:
    """Return the items of a section most often ticked; where there are several boxes, the first says no."""
    cells = [
        (item, choice)
        for item in items
        for choice in (item.choices if len(item.choices) == 1 else item.choices[1:])
        if form.total.ticks.get((item.id, choice.id), 0) and (item.id, choice.id) not in (form.hidden or ())
    ]
    return sorted(cells, key=lambda each: -form.total.ticks[each[0].id, each[1].id])[:MOST]


def _share(form: FormTables, cell: tuple[str, str]) -> float | str | None:
    if cell in (form.hidden or ()):
        return HIDDEN
    return percent(form.total.ticks.get(cell, 0), form.total.valid)


def against_last_year(form: FormTables, last: FormTables) -> Table:
    """Return the levels of this year and of the year before."""
    year = form.head.key.year
    columns = (
        Column("level", _("Self-assessed level (computed by rule)"), Kind.TEXT),
        Column("last.count", _("Number"), Kind.COUNT, str(last.head.key.year)),
        Column("last.percent", "%", Kind.PERCENT, str(last.head.key.year)),
        Column("count", _("Number"), Kind.COUNT, str(year)),
        Column("percent", "%", Kind.PERCENT, str(year)),
    )
    rows = []
    for level in form.head.levels:
        before, now = (each.total.levels.get(level.id, 0) for each in (last, form))
        shares = percent(before, last.total.valid), percent(now, form.total.valid)
        rows.append(TableRow(level.id, Weight.PLAIN, (level.label, before, shares[0], now, shares[1])))
    return make_table(_("THIS YEAR AGAINST THE YEAR BEFORE"), columns, tuple(rows))


def declared_and_computed(form: FormTables) -> Table:
    """Return how many sheets declare which level, by the level they come to."""
    labels = [(level.id, level.label) for level in form.head.levels]
    computed = [*labels, (UNDETERMINED, _("Undetermined"))]
    group = _("Self-assessed level (computed by rule)")
    columns = (
        Column("declared", _("Declared level"), Kind.TEXT),
        *(Column(level, label, Kind.COUNT, group) for level, label in computed),
    )
    rows = tuple(
        TableRow(
            declared,
            Weight.PLAIN,
            (label, *(form.total.declared.get((declared, c), 0) for c, _l in computed)),
        )
        for declared, label in labels
    )
    return make_table(_("DECLARED AND COMPUTED LEVEL"), columns, rows)


def unusual_units(form: FormTables) -> Table:
    """Return the rates of untouched and corrected sheets of each unit, and which are unusual.

    A rate is unusual where it is `UNUSUAL` standard deviations of a binomial count from that of all units.
    """
    columns = (
        Column("order", _("No."), Kind.ORDER),
        Column("unit", _("Unit"), Kind.TEXT),
        Column("valid", _("Valid"), Kind.COUNT),
        Column("untouched", _("Nothing ticked at all (%)"), Kind.PERCENT),
        Column("corrected", _("With a tick taken back (%)"), Kind.PERCENT),
        Column("remark", _("Note"), Kind.TEXT),
    )
    rows = []
    for order, branch in enumerate(form.scope.branches, start=1):
        own = form.counts[branch.code]
        rates = percent(own.untouched, own.valid), percent(own.corrected, own.valid)
        remark = "; ".join(_unusual(own, form.total))
        rows.append(TableRow(branch.code, Weight.PLAIN, (str(order), branch.name, own.valid, *rates, remark)))
    return make_table(_("BLANK AND CORRECTED SHEETS BY UNIT"), columns, tuple(rows))


def _unusual(own: Tally, total: Tally) -> Iterator[str]:
    if own.valid < FEWEST_SHEETS:
        return
    told = (
        (own.untouched, total.untouched, _("unusually many sheets without any tick: look at some of them")),
        (own.corrected, total.corrected, _("unusually many corrections: was the form understood?")),
    )
    for part, whole, text in told:
        rate = whole / total.valid
        if part - own.valid * rate > UNUSUAL * sqrt(own.valid * rate * (1 - rate)) > 0:
            yield text


def most_ticked_by_unit(form: FormTables, items: dict[str, Tally]) -> Table:
    """Return which items each unit ticks most; without numbers, which could be subtracted from a total.

    Items that are not shown in table 2 are not named either: that three people ticked one tells the other.
    items: the counts of items by branch; a branch whose items are not known has none.
    """
    names = {item.id: item for item in form.head.items}
    hidden = {item for item, _choice in form.hidden or ()}
    rows = []
    for order, branch in enumerate(form.scope.branches, start=1):
        told = [item for item in _leaders(form.head, items.get(branch.code, Tally())) if item not in hidden]
        text = "; ".join(f"{names[item].number} {names[item].text}" for item in told[:MOST_OF_UNIT])
        rows.append(TableRow(branch.code, Weight.PLAIN, (str(order), branch.name, text)))
    columns = (
        Column("order", _("No."), Kind.ORDER),
        Column("unit", _("Unit"), Kind.TEXT),
        Column("text", _("Items ticked by three people or more, the most often ticked first"), Kind.TEXT),
    )
    return make_table(_("ITEMS MOST OFTEN TICKED BY UNIT"), columns, tuple(rows))


def _leaders(head: FormHead, counts: Tally) -> list[str]:
    from omr.report.mask import FEWEST

    times = {
        item.id: sum(
            counts.ticks.get((item.id, choice.id), 0)
            for choice in (item.choices if len(item.choices) == 1 else item.choices[1:])
        )
        for item in head.items
    }
    return sorted((item for item in times if times[item] >= FEWEST), key=lambda item: -times[item])
