"""What has to hold of every table before anyone sees it."""

from __future__ import annotations

from itertools import product
from typing import Any

from omr.errors import OmrError
from omr.i18n import _
from omr.report.outline import groups
from omr.report.rows import UNDETERMINED, FormHead, SheetNote
from omr.report.table import Kind, Table, Weight
from omr.report.tally import Tally, Tick


class BalanceError(OmrError):
    """Numbers of a report do not add up; nothing is written."""


def check_tally(head: FormHead, unit: str, counts: Tally) -> None:
    """Raise BalanceError where the counts of a unit contradict each other.

    issued ≥ returned ≥ valid; valid = sum of the levels + undetermined.
    """
    if not counts.issued >= counts.returned >= counts.valid >= 0:
        raise _broken(
            head,
            unit,
            _("issued {issued}, returned {returned}, valid {valid}").format(
                issued=counts.issued, returned=counts.returned, valid=counts.valid
            ),
        )
    if head.levels and counts.valid != sum(counts.levels.values()) + counts.undetermined:
        raise _broken(
            head,
            unit,
            _("{valid} valid sheets, {levels} with a level and {undetermined} undetermined").format(
                valid=counts.valid, levels=sum(counts.levels.values()), undetermined=counts.undetermined
            ),
        )


def check_items(head: FormHead, unit: str, counts: Tally) -> None:
    """Raise BalanceError where the items of a unit contradict its sheets.

    An item is ticked at most once a valid sheet; on a row of several boxes, ticked + unclear + blank = valid.
    """
    for item in head.items:
        ticked = sum(counts.ticks.get((item.id, choice.id), 0) for choice in item.choices)
        answered = ticked + counts.unclear.get(item.id, 0)
        whole = answered + counts.blank.get(item.id, 0)
        if (whole != counts.valid) if len(item.choices) > 1 else (answered > counts.valid):
            raise _broken(
                head,
                unit,
                _("item {item}: {sheets} answers on {valid} valid sheets").format(
                    item=item.number or item.id, sheets=whole, valid=counts.valid
                ),
            )
    _check_groups(head, unit, counts)


def _check_groups(head: FormHead, unit: str, counts: Tally) -> None:
    """A group is ticked as often as its items together, on as many sheets as any of them at least."""
    for group in groups(head):
        for choice in dict.fromkeys(choice.id for item in group.items for choice in item.choices):
            cells = [(item.id, choice) for item in group.items]
            own = (group.id, choice)
            ticks, sheets = counts.ticks.get(own, 0), counts.sheets.get(own, 0)
            least = max(counts.sheets.get(cell, 0) for cell in cells)
            together = sum(counts.ticks.get(cell, 0) for cell in cells)
            if ticks != together or not least <= sheets <= min(ticks, counts.valid):
                raise _broken(
                    head,
                    unit,
                    _("{group}: ticked {ticks} times on {sheets} sheets, its items {together} times").format(
                        group=group.number or group.title or group.id,
                        ticks=ticks,
                        sheets=sheets,
                        together=together,
                    ),
                )


def check_names(head: FormHead, counts: Tally) -> None:
    """Raise BalanceError where something is counted that the form does not have."""
    levels = {level.id for level in head.levels}
    cells = _cells(head)
    items = {item.id for item in head.items}
    known: dict[str, set[Any]] = {
        "levels": levels,
        "splits": {split for level in head.levels for split, _label in level.splits},
        "notes": {*SheetNote},
        "ticks": cells,
        "sheets": cells,
        "unclear": items,
        "blank": items,
        "declared": {*product(levels, (*levels, UNDETERMINED, ""))},
    }
    strange = [name for kind, names in known.items() for name in getattr(counts, kind).keys() - names]
    if strange:
        raise BalanceError(
            _("{form} {year}: {name} is counted, which the form does not have.").format(
                form=head.key.layout, year=head.key.year, name=_spelled(min(strange, key=str))
            )
        )


def _cells(head: FormHead) -> set[Tick]:
    """Every cell of table 2."""
    of_items = {(item.id, choice.id) for item in head.items for choice in item.choices}
    return of_items | {
        (group.id, choice.id) for group in groups(head) for item in group.items for choice in item.choices
    }


def _spelled(name: object) -> str:
    return ".".join(name) if isinstance(name, tuple) else str(name)


def check_total(table: Table) -> None:
    """Raise BalanceError where a total is not the sum of the plain rows above it."""
    plain = [weight is Weight.PLAIN for weight in table.weights]
    total = [weight is Weight.TOTAL for weight in table.weights]
    for column in table.columns:
        if column.kind is Kind.COUNT:
            rows, whole = table.frame[column.id][plain].sum(), table.frame[column.id][total].sum()
            if rows != whole:
                raise BalanceError(
                    _(
                        "{table}, column {column}: the rows give {rows}, the total says {total}. {remedy}"
                    ).format(table=table.title, column=column.title, rows=rows, total=whole, remedy=_remedy())
                )


def _broken(head: FormHead, unit: str, numbers: str) -> BalanceError:
    return BalanceError(
        _("{form} {year}, unit {unit}: the numbers do not add up ({numbers}). {remedy}").format(
            form=head.key.layout, year=head.key.year, unit=unit or "-", numbers=numbers, remedy=_remedy()
        )
    )


def _remedy() -> str:
    return _("Nothing was written. Run `omr rescore`, then `omr ledger`, and keep the store for inspection.")
