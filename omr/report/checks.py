"""What has to hold of every table before anyone sees it."""

from __future__ import annotations

from omr.errors import OmrError
from omr.i18n import _
from omr.report.rows import FormHead
from omr.report.table import Kind, Table, Weight
from omr.report.tally import Tally


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
