"""Table 1: what came back from each unit, and at which levels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from omr.i18n import _, ngettext
from omr.report.branches import Scope
from omr.report.numbers import percent
from omr.report.outline import WHOLE
from omr.report.rows import FormHead, SheetNote
from omr.report.table import Column, Kind, Table, TableRow, Weight, make_table
from omr.report.tally import Tally


def turnout_table(head: FormHead, scope: Scope, counts: Mapping[str, Tally], total: Tally) -> Table:
    """Return table 1 of a form: a row a branch of `scope`, and the total.

    `counts` holds the tally of each branch by its code.
    """
    roster = bool(total.due or total.exempt)
    columns = tuple(_columns(head, roster=roster))
    rows = [
        TableRow(
            branch.code,
            Weight.PLAIN,
            tuple(_values(head, str(order), branch.name, counts[branch.code], roster=roster)),
        )
        for order, branch in enumerate(scope.branches, start=1)
    ]
    rows.append(TableRow(WHOLE, Weight.TOTAL, tuple(_values(head, "", _("Total"), total, roster=roster))))
    return make_table(_("SUMMARY BY UNIT"), columns, tuple(rows))


def _columns(head: FormHead, *, roster: bool) -> Iterator[Column]:
    yield Column("order", _("No."), Kind.ORDER)
    yield Column("unit", _("Unit"), Kind.TEXT)
    if roster:
        yield Column("due", _("Due"), Kind.COUNT)
        yield Column("exempt", _("Exempt or suspended"), Kind.COUNT)
    yield Column("issued", _("Issued"), Kind.COUNT)
    yield Column("returned", _("Returned"), Kind.COUNT)
    yield Column("valid", _("Valid"), Kind.COUNT)
    yield Column("invalid", _("Invalid"), Kind.COUNT)
    yield Column("missing", _("Not returned"), Kind.COUNT)
    for level in head.levels:
        yield Column(f"{level.id}.count", _("Number"), Kind.COUNT, level.label)
        yield Column(f"{level.id}.percent", "%", Kind.PERCENT, level.label)
        for split, label in level.splits:
            yield Column(f"{split}.count", label, Kind.COUNT, level.label)
    if head.levels:
        yield Column("undetermined", _("Undetermined"), Kind.COUNT)
    yield Column("note", _("Note"), Kind.TEXT)


def _values(
    head: FormHead, order: str, unit: str, counts: Tally, *, roster: bool
) -> Iterator[str | int | float | None]:
    yield order
    yield unit
    if roster:
        yield from (counts.due, counts.exempt)
    yield from (counts.issued, counts.returned, counts.valid, counts.invalid, counts.missing)
    for level in head.levels:
        number = counts.levels.get(level.id, 0)
        yield number
        yield percent(number, counts.valid)
        for split, _label in level.splits:
            yield counts.splits.get(split, 0)
    if head.levels:
        yield counts.undetermined
    yield "; ".join(_notes(counts))


def _notes(counts: Tally) -> Iterator[str]:
    """What the numbers of a row do not say, in the order of `SheetNote`."""
    for note in SheetNote:
        number = counts.notes.get(note, 0)
        if number:
            yield _note(note, number)
    if counts.replaced:
        yield ngettext("{count} printed again", "{count} printed again", counts.replaced).format(
            count=counts.replaced
        )


def _note(note: SheetNote, count: int) -> str:
    message = {
        SheetNote.INCOMPLETE: ngettext("{count} lacks pages", "{count} lack pages", count),
        SheetNote.COPY: ngettext("{count} is a photocopy", "{count} are photocopies", count),
        SheetNote.UNISSUED: ngettext("{count} was not issued here", "{count} were not issued here", count),
        SheetNote.PROVISIONAL: ngettext(
            "{count} level to be confirmed", "{count} levels to be confirmed", count
        ),
        SheetNote.UNSIGNED: ngettext("{count} seems unsigned", "{count} seem unsigned", count),
        SheetNote.CONTRADICTION: ngettext(
            "{count} contradicts itself", "{count} contradict themselves", count
        ),
        SheetNote.DECLARED_DIFFERS: ngettext(
            "{count} declares another level", "{count} declare another level", count
        ),
    }[note]
    return message.format(count=count)
