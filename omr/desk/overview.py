"""Store → what the desk shows of units."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from omr.audit.told import remarks, told_checks
from omr.batch.ledger import LedgerRow, ledger
from omr.desk.config import Office
from omr.model.closing import Closing
from omr.report.assemble import beside, report_of
from omr.report.report import Stamp
from omr.report.survey import survey
from omr.report.workbook import write_workbook
from omr.store.closings import closed_places


@dataclass(frozen=True, slots=True)
class UnitState:
    """A unit at a glance. rows: its lines of the ledger, a form and year each; closings: who signed it."""

    code: str
    name: str
    rows: tuple[LedgerRow, ...]
    closings: tuple[Closing, ...] = ()

    @property
    def returned(self) -> int:
        """Sheets that came back."""
        return sum(row.returned for row in self.rows)

    @property
    def open_reviews(self) -> int:
        """Questions that wait for a person."""
        return sum(row.open_reviews for row in self.rows)

    @property
    def rejected(self) -> int:
        """Scans that were refused."""
        return sum(row.rejected for row in self.rows)

    @property
    def balanced(self) -> bool:
        """True where nothing of the unit is unexplained."""
        return all(row.balanced for row in self.rows)


def unit_states(office: Office, rows: Sequence[LedgerRow] | None = None) -> tuple[UnitState, ...]:
    """Return every unit the store knows, by code; rows: the ledger of everything, made where it is None."""
    units = office.store.units()
    rows = ledger(office.store, office.sheets()) if rows is None else rows
    codes = sorted({*units, *(row.unit for row in rows)})
    years = {row.year for row in rows}
    closed = closed_places(office.store, [(code, year) for code in codes for year in years])
    return tuple(
        UnitState(
            code,
            units[code].name if code in units else code,
            tuple(row for row in rows if row.unit == code),
            tuple(closed[code, year] for year in sorted(years) if (code, year) in closed),
        )
        for code in codes
    )


def unit_state(states: Sequence[UnitState], code: str) -> UnitState | None:
    """Return one unit, or None where there is none of that code."""
    return next((state for state in states if state.code == code), None)


def unit_workbook(office: Office, unit: UnitState, path: Path) -> None:
    """Write the workbook of one unit to `path`."""
    counted = survey(office.store, office.layouts, office.sheets(), office.rules, unit=unit.code)
    stamp = Stamp(unit.name, dt.date.today())  # noqa: DTZ011 (the office's own day)
    told = told_checks(office.store, office.sheets(unit=unit.code), unit.code)
    write_workbook(path, report_of(counted, stamp, beside(office.store, counted, remarks(told))))
