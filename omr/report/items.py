"""Table 2: how often each item was ticked, with subtotals by manifestation and section."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from omr.i18n import _
from omr.model.layout import Choice, Question
from omr.report.numbers import percent
from omr.report.outline import WHOLE, outline
from omr.report.rows import FormHead
from omr.report.table import HIDDEN, Column, Kind, Table, TableRow, Weight, make_table
from omr.report.tally import Tally, Tick

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class _Shown:
    """The counts of a table, and what of them is shown. openly: unclear and blank rows are counted too."""

    choices: tuple[Choice, ...]
    counts: Tally
    hidden: Collection[Tick]
    openly: bool


def items_table(head: FormHead, counts: Tally, hidden: Collection[Tick] | None = None) -> Table:
    """Return table 2 of a form: a row an item, a section, a manifestation, and the whole.

    The percents are shares of the valid sheets on which the item, or any item of the group, was ticked.
    hidden: cells that are not shown (`omr.report.mask`); then unclear and blank rows are not told either.
    None shows everything.
    """
    shown = _Shown(_choices(head), counts, hidden or (), hidden is None)
    rows: list[TableRow] = []
    for section in outline(head):
        group = section.group
        rows.append(_row(group.id, ("", group.title), Weight.SECTION, group.items, shown))
        for part, items in section.runs:
            if part is not None and len(items) > 1:
                text = _("Items {number} together").format(number=part.number)
                rows.append(_row(part.id, (part.number, text), Weight.PART, items, shown))
            rows += [_row(item.id, (item.number, item.text), Weight.PLAIN, (item,), shown) for item in items]
    rows.append(_row(WHOLE, ("", _("All items")), Weight.TOTAL, head.items, shown))
    return make_table(_("SUMMARY BY ITEM"), tuple(_columns(shown)), tuple(rows))


def _choices(head: FormHead) -> tuple[Choice, ...]:
    """Every choice of the form once, in the order it is first printed."""
    first: dict[str, Choice] = {}
    for item in head.items:
        for choice in item.choices:
            first.setdefault(choice.id, choice)
    return tuple(first.values())


def _columns(shown: _Shown) -> Iterator[Column]:
    yield Column("number", _("No."), Kind.ORDER)
    yield Column("text", _("Item"), Kind.TEXT)
    for choice in shown.choices:
        yield Column(f"{choice.id}.count", _("Times ticked"), Kind.COUNT, choice.label)
        yield Column(f"{choice.id}.percent", _("Share of valid sheets (%)"), Kind.PERCENT, choice.label)
    if shown.openly:
        yield Column("unclear", _("Unclear"), Kind.COUNT)
        if len(shown.choices) > 1:
            yield Column("blank", _("Left blank"), Kind.COUNT)


def _row(
    name: str, texts: tuple[str, str], weight: Weight, items: tuple[Question, ...], shown: _Shown
) -> TableRow:
    offered = {choice.id for item in items for choice in item.choices}
    cells: list[Cell] = [*texts]
    for choice in shown.choices:
        cells += _ticked((name, choice.id), shown) if choice.id in offered else (None, None)
    if shown.openly:
        cells.append(sum(shown.counts.unclear.get(item.id, 0) for item in items))
        if len(shown.choices) > 1:
            cells.append(sum(shown.counts.blank.get(item.id, 0) for item in items))
    return TableRow(name, weight, tuple(cells))


def _ticked(cell: Tick, shown: _Shown) -> tuple[Cell, Cell]:
    if cell in shown.hidden:
        return HIDDEN, HIDDEN
    counts = shown.counts
    return counts.ticks.get(cell, 0), percent(counts.sheets.get(cell, 0), counts.valid)
