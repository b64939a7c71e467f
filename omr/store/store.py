"""The store: one SQLite file, the only state. Every write is one transaction, wholly in or absent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from omr.errors import StoreError
from omr.forms.frozen import from_json, to_json
from omr.i18n import _
from omr.model.layout import Layout
from omr.model.pagecode import PageId
from omr.model.reading import Outcome, Reading, Reason, Rejection
from omr.model.scan import ScanId, Source
from omr.model.settlement import Settlement, Way
from omr.model.unit import IssuedSheet, Unit
from omr.model.verdict import Verdict
from omr.store import chain
from omr.store.accounts import Accounts
from omr.store.chain import Break, Trail
from omr.store.closings import refuse_touched
from omr.store.database import Database, now
from omr.store.log import log
from omr.store.rows import pack, unpack
from omr.store.units import known_units


@dataclass(frozen=True, slots=True)
class StoredScan:
    """A live scan: its row, its batch, whose folder it lay in, and its file's path."""

    row: int
    id: ScanId
    batch: int
    unit: str
    path: str


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A live reading without its body: what gathering sheets needs."""

    scan: StoredScan
    page: PageId


@dataclass(frozen=True, slots=True)
class StoredRejection:
    """A live rejection and its scan."""

    scan: StoredScan
    reason: Reason
    detail: str
    sheet: str
    page: int | None


@dataclass(frozen=True, slots=True)
class StoredBatch:
    """What one `read` took in. `voided`: the reason it was taken back for, or ""."""

    id: int
    at: str
    paths: str
    scans: int
    read: int
    rejected: int
    voided: str


_PASSING = (Reason.STALE_LAYOUT, Reason.UNKNOWN_LAYOUT, Reason.TIMEOUT)
"""Refusals that are not the scan's fault: once the layout file is there, the same file is read again."""

_MAY_SUCCEED = f"SELECT scan FROM rejection WHERE reason IN ({', '.join('?' * len(_PASSING))})"

_ISSUED = "serial, layout, version, digest, year, unit, pages, person, name, master"
_SCAN = "scan.id, scan.sha256, scan.frame, scan.part, scan.batch, scan.unit, source.path"
_JOIN = "JOIN scan ON scan.id = {table}.scan JOIN source ON source.sha256 = scan.sha256 WHERE scan.live = 1"
_ORDER = "ORDER BY source.rowid, scan.frame, scan.part"


class Store(Database):
    """What was printed, scanned and decided. Use as a context manager: on leaving, it is one file again."""

    def check(self) -> None:
        """Raise ClosedError where the running transaction wrote to a unit that is closed."""
        refuse_touched(self)

    # What was printed

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

    # What was scanned

    def begin_batch(self, paths: Sequence[str], year: int | None) -> int:
        """Return the number of a new batch."""
        with self.transaction():
            cursor = self.db.execute(
                "INSERT INTO batch (at, paths, year) VALUES (?, ?, ?)", (now(), "\n".join(paths), year)
            )
            return int(cursor.lastrowid or 0)

    def done_frames(self, sha256: str) -> frozenset[int]:
        """Return the frames of a file that are in the store; what may succeed now is to be read again."""
        rows = self.rows(
            f"SELECT DISTINCT frame FROM scan WHERE sha256 = ? AND live = 1 AND id NOT IN ({_MAY_SUCCEED})",
            (sha256, *_PASSING),
        )
        return frozenset(row[0] for row in rows)

    def add_sources(self, *sources: Source) -> None:
        """Give files their places behind all files before them; a file that has one keeps it."""
        rows = [(source.sha256, source.path, source.size, source.mtime_ns) for source in sources]
        self.write([("INSERT OR IGNORE INTO source VALUES (?, ?, ?, ?)", rows)])

    def put(self, batch: int, unit: str, outcomes: Iterable[Outcome]) -> int:
        """Store the outcomes of one task in one transaction; return how many were new."""
        with self.transaction():
            self.db.execute("INSERT OR IGNORE INTO unit VALUES (?, ?, '')", (unit, unit))
            return sum(self._put(batch, unit, outcome) for outcome in outcomes)

    def _put(self, batch: int, unit: str, outcome: Outcome) -> int:
        scan = outcome.scan
        self.db.execute(
            "UPDATE scan SET live = 0 WHERE sha256 = ? AND frame = ? AND batch <> ?"
            f" AND id IN ({_MAY_SUCCEED})",
            (scan.sha256, scan.frame, batch, *_PASSING),
        )
        cursor = self.db.execute(
            "INSERT OR IGNORE INTO scan (batch, sha256, frame, part, unit) VALUES (?, ?, ?, ?, ?)",
            (batch, scan.sha256, scan.frame, scan.part, unit),
        )
        if cursor.rowcount == 0:
            return 0
        row, page = cursor.lastrowid, outcome.page
        if isinstance(outcome, Rejection):
            named = (page.sheet, page.page) if page else ("", None)
            self.db.execute(
                "INSERT INTO rejection VALUES (?, ?, ?, ?, ?)", (row, outcome.reason, outcome.detail, *named)
            )
        else:
            self._put_reading(row, outcome)
        return 1

    def _put_reading(self, row: int | None, reading: Reading) -> None:
        page = reading.page
        self.db.execute(
            "INSERT INTO reading VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (row, page.digest, page.year, page.sheet, page.page, page.pages, pack(reading), reading.ink),
        )
        strips = [(row, question, picture) for question, picture in reading.strips]
        self.db.executemany("INSERT INTO strip VALUES (?, ?, ?)", strips)

    def strip(self, scan: int, question: str) -> bytes | None:
        """Return the picture of a doubtful row that was kept when it was read, or None."""
        rows = self.rows("SELECT picture FROM strip WHERE scan = ? AND question = ?", (scan, question))
        return bytes(rows[0][0]) if rows else None

    def source(self, sha256: str) -> Source | None:
        """Return the file of that content as it was when it was read, or None."""
        rows = self.rows("SELECT sha256, path, size, mtime_ns FROM source WHERE sha256 = ?", (sha256,))
        return Source(*rows[0]) if rows else None

    def pages(self) -> tuple[StoredPage, ...]:
        """Return every live reading's page, in the order of the stacks."""
        rows = self.rows(
            f"SELECT {_SCAN}, digest, year, sheet, page, pages FROM reading"
            f" {_JOIN.format(table='reading')} {_ORDER}"
        )
        return tuple(StoredPage(_scan(row), PageId(*row[7:12])) for row in rows)

    def ink(self, scan: int) -> bytes:
        """Return the ink of one reading."""
        return bytes(next(iter(self.rows("SELECT ink FROM reading WHERE scan = ?", (scan,))))[0])

    def reading(self, page: StoredPage) -> Reading:
        """Return one reading whole."""
        return next(iter(self.readings((page,)).values()))

    def readings(self, pages: Sequence[StoredPage]) -> dict[int, Reading]:
        """Return the readings of a sheet's pages whole, by page number."""
        marks = ", ".join("?" * len(pages))
        statement = f"SELECT scan, body, ink FROM reading WHERE scan IN ({marks})"
        kept = {scan: blobs for scan, *blobs in self.rows(statement, [page.scan.row for page in pages])}
        found = {}
        for page in pages:
            body, ink = kept[page.scan.row]
            found[page.page.page] = unpack(body, page.scan.id, page.page, ink)
        return found

    def reclassify(self, page: StoredPage, reading: Reading) -> None:
        """Put a reading made from the same measurements in the place of an earlier one, which is kept."""
        row = page.scan.row
        self.write(
            [
                (
                    """INSERT INTO earlier_reading (scan, at, body)
                    SELECT scan, ?, body FROM reading WHERE scan = ?""",
                    [(now(), row)],
                ),
                ("UPDATE reading SET body = ? WHERE scan = ?", [(pack(reading), row)]),
            ]
        )

    def rejections(self) -> tuple[StoredRejection, ...]:
        """Return every live rejection, in the order of the stacks."""
        rows = self.rows(
            f"SELECT {_SCAN}, reason, detail, sheet, page FROM rejection"
            f" {_JOIN.format(table='rejection')} {_ORDER}"
        )
        return tuple(StoredRejection(_scan(row), Reason(row[7]), *row[8:11]) for row in rows)

    def batches(self) -> tuple[StoredBatch, ...]:
        """Return every batch, oldest first."""
        rows = self.rows(
            "SELECT batch.id, batch.at, batch.paths, count(scan.id), count(reading.scan),"
            " count(rejection.scan),"
            " coalesce((SELECT reason FROM void WHERE void.batch = batch.id), '') FROM batch"
            " LEFT JOIN scan ON scan.batch = batch.id LEFT JOIN reading ON reading.scan = scan.id"
            " LEFT JOIN rejection ON rejection.scan = scan.id GROUP BY batch.id ORDER BY batch.id"
        )
        return tuple(StoredBatch(*row) for row in rows)

    def void(self, batch: int, reason: str) -> int:
        """Take a batch back; return how many scans no longer count. Raises StoreError where it cannot be."""
        known = {each.id: each for each in self.batches()}
        if batch not in known:
            raise StoreError(_("There is no batch {batch}; `omr batches` lists them.").format(batch=batch))
        if known[batch].voided:
            raise StoreError(_("Batch {batch} has been taken back already.").format(batch=batch))
        with self.transaction():
            self.db.execute("INSERT INTO void VALUES (?, ?, ?)", (batch, now(), reason))
            cursor = self.db.execute("UPDATE scan SET live = 0 WHERE batch = ?", (batch,))
            log(self.db, "void", f"{batch}: {reason}")
            return cursor.rowcount

    # What people and rules made of it

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


def _issued(row: Sequence[Any]) -> IssuedSheet:
    values = dict(zip(_ISSUED.split(", "), row, strict=True))
    return IssuedSheet(**{**values, "master": bool(values["master"])})


def _scan_key(scan: ScanId) -> str:
    return f"{scan.sha256}/{scan.frame}/{scan.part}"


def _scan(row: Sequence[Any]) -> StoredScan:
    return StoredScan(row[0], ScanId(row[1], row[2], row[3]), row[4], row[5], row[6])
