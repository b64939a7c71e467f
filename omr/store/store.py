"""The store: one SQLite file, the only state. Every write is one transaction, wholly in or absent."""

from __future__ import annotations

from omr.errors import StoreError
from omr.i18n import _
from omr.model.reading import Reading
from omr.model.settlement import Settlement, Way
from omr.store import chain
from omr.store.accounts import Accounts
from omr.store.chain import Break, Trail
from omr.store.closings import refuse_touched
from omr.store.decided import Decided
from omr.store.log import log
from omr.store.printed import Printed
from omr.store.records import StoredRejection
from omr.store.scanned import Scanned


class Store(Printed, Scanned, Decided):
    """What was printed, scanned and decided. Use as a context manager: on leaving, it is one file again."""

    def check(self) -> None:
        """Raise ClosedError where the running transaction wrote to a unit that is closed."""
        refuse_touched(self)

    def read_by_name(self, rejection: StoredRejection, reading: Reading, reviewer: str) -> None:
        """Put the reading of a page that a person named in the place of its refusal.

        Who named it, and why it was refused, stays among the settlements.
        Raises StoreError where the scan is no longer a refused one.
        """
        with self.transaction():
            cursor = self.db.execute("DELETE FROM rejection WHERE scan = ?", (rejection.scan.row,))
            if cursor.rowcount == 0:
                raise StoreError(_("Somebody else has dealt with that scan. Open the list again."))
            self._put_reading(rejection.scan.row, reading)
            was = f"{rejection.reason} {rejection.detail}".strip()
            named = f"{reading.page.sheet}/{reading.page.page}; {was}"
            self._settle([Settlement(rejection.scan.id, Way.READ, reviewer, "", named)])

    def trails(self) -> tuple[Trail, ...]:
        """Return how far verdicts and log go, each with its last link."""
        with self.explained():
            return chain.trails(self.db)

    def breaks(self) -> tuple[Break, ...]:
        """Return where a chained table was altered, removed or put in by hand; nothing where all hold."""
        with self.explained():
            return (*chain.breaks(self.db), *Accounts(self).altered())

    def record(self, what: str, detail: str = "", *, who: str = "", unit: str = "") -> None:
        """Append to the log what a person did or saw."""
        with self.transaction():
            log(self.db, what, detail, who, unit)
