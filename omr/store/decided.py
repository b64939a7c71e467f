"""What people decided: verdicts on rows and sheets, and what was done about refused scans."""

from __future__ import annotations

from collections.abc import Sequence

from omr.model.scan import ScanId
from omr.model.settlement import Settlement, Way
from omr.model.verdict import Verdict
from omr.store import chain
from omr.store.database import Database, now
from omr.store.log import log


class Decided(Database):
    """The part of the store that people write; both tables are chained."""

    def add_verdicts(self, verdicts: Sequence[Verdict], unit: str = "") -> None:
        """Append verdicts; the newest of a question counts. Where `unit` is told, the log has them too."""
        rows = [
            (v.at or now(), v.sheet, v.question, "|".join(v.chosen), v.reviewer, v.reason) for v in verdicts
        ]
        with self.transaction():
            chain.append(self.db, "verdict", rows)
            for v in verdicts if unit else ():
                log(self.db, "verdict", f"{v.sheet} {v.question}: {'|'.join(v.chosen)}", v.reviewer, unit)

    def verdicts(self) -> tuple[Verdict, ...]:
        """Return every verdict, oldest first."""
        rows = self.rows("SELECT at, sheet, question, chosen, reviewer, reason FROM verdict ORDER BY id")
        return tuple(
            Verdict(sheet, question, tuple(filter(None, chosen.split("|"))), reviewer, at, reason)
            for at, sheet, question, chosen, reviewer, reason in rows
        )

    def settle(self, settlements: Sequence[Settlement]) -> None:
        """Append what people did about refused scans."""
        with self.transaction():
            self._settle(settlements)

    def _settle(self, settlements: Sequence[Settlement]) -> None:
        rows = [(s.at or now(), _scan_key(s.scan), s.way, s.reviewer, s.reason) for s in settlements]
        chain.append(self.db, "settled", rows)

    def settlements(self) -> dict[ScanId, Settlement]:
        """Return what holds about refused scans: the newest of each."""
        rows = self.rows("SELECT at, scan, how, reviewer, reason FROM settled ORDER BY id")
        found = {}
        for at, scan, way, reviewer, reason in rows:
            sha256, frame, part = scan.split("/")
            key = ScanId(sha256, int(frame), int(part))
            found[key] = Settlement(key, Way(way), reviewer, at, reason)
        return found


def _scan_key(scan: ScanId) -> str:
    return f"{scan.sha256}/{scan.frame}/{scan.part}"
