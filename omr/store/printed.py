"""What was printed: frozen geometry, sheets with their serials, and the units they were issued to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from omr.forms.frozen import from_json, to_json
from omr.model.layout import Layout
from omr.model.unit import IssuedSheet, Unit
from omr.store.database import Database, now
from omr.store.units import known_units

_ISSUED = "serial, layout, version, digest, year, unit, pages, person, name, master"


class Printed(Database):
    """The part of the store that printing writes."""

    def freeze(self, layout: Layout) -> None:
        """Keep the frozen geometry of a layout; keeping it again changes nothing."""
        row = (layout.digest, layout.id, to_json(layout))
        self.write([("INSERT OR IGNORE INTO layout VALUES (?, ?, ?)", [row])])

    def frozen(self) -> dict[str, Layout]:
        """Return every frozen geometry by its digest."""
        return {
            digest: from_json(body)
            for digest, body in self.rows("SELECT digest, body FROM layout ORDER BY rowid")
        }

    def issue(self, sheets: Sequence[IssuedSheet], replaces: str | None = None) -> None:
        """Remember sheets that were printed; `replaces`: the serial they stand in for.

        Raises StoreError where a serial is taken or its layout was not frozen.
        """
        at = now()
        units = sorted({sheet.unit for sheet in sheets if sheet.unit})
        self.write(
            [
                ("INSERT OR IGNORE INTO unit VALUES (?, ?, '')", [(unit, unit) for unit in units]),
                (
                    f"INSERT INTO issued ({_ISSUED}, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [(*(getattr(sheet, name) for name in _ISSUED.split(", ")), at) for sheet in sheets],
                ),
                (
                    "UPDATE issued SET replaced_by = ? WHERE serial = ?",
                    [(sheets[0].serial, replaces)] if replaces else [],
                ),
            ]
        )

    def knows(self, serial: str) -> bool:
        """True where this serial has been issued."""
        return bool(self.rows("SELECT 1 FROM issued WHERE serial = ?", (serial,)))

    def issued(self, serial: str) -> IssuedSheet | None:
        """Return the sheet of a serial, or None where this store did not issue it."""
        rows = self.rows(f"SELECT {_ISSUED} FROM issued WHERE serial = ?", (serial,))
        return _issued(rows[0]) if rows else None

    def issued_sheets(self) -> dict[str, IssuedSheet]:
        """Return every issued sheet by its serial, in the order of printing."""
        rows = self.rows(f"SELECT {_ISSUED} FROM issued ORDER BY rowid")
        return {row[0]: _issued(row) for row in rows}

    def replaced(self) -> dict[str, str]:
        """Return the serials that were printed anew, each with the serial that stands in for it."""
        return dict(self.rows("SELECT serial, replaced_by FROM issued WHERE replaced_by <> ''"))

    def units(self, year: int | None = None) -> dict[str, Unit]:
        """Return every unit by its code, with the tree of `year`, the newest where None."""
        return known_units(self, year)


def _issued(row: Sequence[Any]) -> IssuedSheet:
    values = dict(zip(_ISSUED.split(", "), row, strict=True))
    return IssuedSheet(**{**values, "master": bool(values["master"])})
