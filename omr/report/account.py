"""The ledger as it is printed in a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from omr.batch.ledger import LedgerRow
from omr.i18n import _
from omr.model.unit import Unit
from omr.report.outline import WHOLE
from omr.report.table import Column, Kind, Table, TableRow, Weight, make_table


def ledger_table(rows: Sequence[LedgerRow], units: Mapping[str, Unit]) -> Table:
    """Return what became of every sheet and scan, a row a unit and form, and the total."""
    columns = _columns()
    counted = [column.id for column in columns if column.kind is Kind.COUNT]
    body = [
        TableRow(
            f"{row.unit}/{row.layout}/{row.year}",
            Weight.PLAIN,
            (
                str(order),
                units[row.unit].name if row.unit in units else row.unit,
                row.layout or _("(form unknown)"),
                str(row.year or ""),
                *(int(getattr(row, name)) for name in counted),
                _("yes") if row.balanced else _("no"),
            ),
        )
        for order, row in enumerate(rows, start=1)
    ]
    sums = (sum(int(getattr(row, name)) for row in rows) for name in counted)
    total = TableRow(WHOLE, Weight.TOTAL, ("", _("Total"), "", "", *sums, ""))
    return make_table(_("WHAT BECAME OF EVERY SHEET AND SCAN"), columns, (*body, total))


def _columns() -> tuple[Column, ...]:
    sheets, scans = _("Sheets"), _("Scans")
    return (
        Column("order", _("No."), Kind.ORDER),
        Column("unit", _("Unit"), Kind.TEXT),
        Column("layout", _("Form"), Kind.TEXT),
        Column("year", _("Year"), Kind.ORDER),
        Column("issued", _("Issued"), Kind.COUNT, sheets),
        Column("returned", _("Returned"), Kind.COUNT, sheets),
        Column("complete", _("Complete"), Kind.COUNT, sheets),
        Column("incomplete", _("Pages missing"), Kind.COUNT, sheets),
        Column("missing", _("Not returned"), Kind.COUNT, sheets),
        Column("unissued", _("Not issued here"), Kind.COUNT, sheets),
        Column("copies", _("Photocopies"), Kind.COUNT, sheets),
        Column("duplicate", _("Scanned again"), Kind.COUNT, sheets),
        Column("scans", _("All"), Kind.COUNT, scans),
        Column("read", _("Read"), Kind.COUNT, scans),
        Column("rejected", _("Rejected"), Kind.COUNT, scans),
        Column("blank", _("Blank"), Kind.COUNT, scans),
        Column("open_reviews", _("To look at"), Kind.COUNT),
        Column("balanced", _("Adds up"), Kind.ORDER),
    )
