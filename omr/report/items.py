"""Table 2: how often each item was ticked, with subtotals by manifestation and section."""

from __future__ import annotations

from collections.abc import Iterator

from omr.i18n import _
from omr.model.layout import Choice, Question
from omr.report.numbers import percent
from omr.report.outline import WHOLE, ItemGroup, outline
from omr.report.rows import FormHead
from omr.report.table import Column, Kind, Table, TableRow, Weight, make_table
from omr.report.tally import Tally

Values = tuple[str | int | float | None, ...]


def items_table(head: FormHead, counts: Tally) -> Table:
    """Return table 2 of a form: a row an item, a section, a manifestation, and the whole.

    The percents are shares of the valid sheets on which the item, or any item of the group, was ticked.
    """
    choices = _choices(head)
    rows: list[TableRow] = []
    for section in outline(head):
        rows.append(_group_row(section.group, section.group.title, Weight.SECTION, choices, counts))
        for part, items in section.runs:
            if part is not None and len(items) > 1:
                text = _("Items {number} together").format(number=part.number)
                rows.append(_group_row(part, text, Weight.PART, choices, counts))
            rows.extend(_item_row(item, choices, counts) for item in items)
    whole = ItemGroup(WHOLE, "", "", head.items)
    rows.append(_group_row(whole, _("All items"), Weight.TOTAL, choices, counts))
    return make_table(_("SUMMARY BY ITEM"), tuple(_columns(choices)), tuple(rows))


def _choices(head: FormHead) -> tuple[Choice, ...]:
    """Every choice of the form once, in the order it is first printed."""
    first: dict[str, Choice] = {}
    for item in head.items:
        for choice in item.choices:
            first.setdefault(choice.id, choice)
    return tuple(first.values())


def _columns(choices: tuple[Choice, ...]) -> Iterator[Column]:
    yield Column("number", _("No."), Kind.ORDER)
    yield Column("text", _("Item"), Kind.TEXT)
    for choice in choices:
        yield Column(f"{choice.id}.count", _("Times ticked"), Kind.COUNT, choice.label)
        yield Column(f"{choice.id}.percent", _("Share of valid sheets (%)"), Kind.PERCENT, choice.label)
    yield Column("unclear", _("Unclear"), Kind.COUNT)
    if len(choices) > 1:
        yield Column("blank", _("Left blank"), Kind.COUNT)


def _item_row(item: Question, choices: tuple[Choice, ...], counts: Tally) -> TableRow:
    offered = {choice.id for choice in item.choices}
    values: list[str | int | float | None] = [item.number, item.text]
    values += _ticked(item.id, choices, offered, counts)
    values += _open((item,), choices, counts)
    return TableRow(item.id, Weight.PLAIN, tuple(values))


def _group_row(
    group: ItemGroup, text: str, weight: Weight, choices: tuple[Choice, ...], counts: Tally
) -> TableRow:
    offered = {choice.id for item in group.items for choice in item.choices}
    values: list[str | int | float | None] = [group.number, text]
    values += _ticked(group.id, choices, offered, counts)
    values += _open(group.items, choices, counts)
    return TableRow(group.id, weight, tuple(values))


def _ticked(
    row: str, choices: tuple[Choice, ...], offered: set[str], counts: Tally
) -> Iterator[int | float | None]:
    for choice in choices:
        if choice.id in offered:
            yield counts.ticks.get((row, choice.id), 0)
            yield percent(counts.sheets.get((row, choice.id), 0), counts.valid)
        else:
            yield None
            yield None


def _open(items: tuple[Question, ...], choices: tuple[Choice, ...], counts: Tally) -> Iterator[int]:
    yield sum(counts.unclear.get(item.id, 0) for item in items)
    if len(choices) > 1:
        yield sum(counts.blank.get(item.id, 0) for item in items)
