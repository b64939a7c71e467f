"""What was scanned: batches, files, readings and rejections. A voided batch keeps its rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from omr.errors import StoreError
from omr.i18n import _
from omr.model.pagecode import PageId
from omr.model.reading import Outcome, Reading, Reason, Rejection
from omr.model.scan import ScanId, Source
from omr.store.database import Database, now
from omr.store.log import log
from omr.store.records import StoredBatch, StoredPage, StoredRejection, StoredScan
from omr.store.rows import pack, unpack
from omr.store.whereabouts import kept

_PASSING = (Reason.STALE_LAYOUT, Reason.UNKNOWN_LAYOUT, Reason.TIMEOUT)
"""Refusals that are not the scan's fault: once the layout file is there, the same file is read again."""

_MAY_SUCCEED = f"SELECT scan FROM rejection WHERE reason IN ({', '.join('?' * len(_PASSING))})"

_SCAN = "scan.id, scan.sha256, scan.frame, scan.part, scan.batch, scan.unit, source.path"
_JOIN = "JOIN scan ON scan.id = {table}.scan JOIN source ON source.sha256 = scan.sha256 WHERE scan.live = 1"
_ORDER = "ORDER BY source.rowid, scan.frame, scan.part"


class Scanned(Database):
    """The part of the store that reading writes."""

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
        rows = [
            (source.sha256, kept(self.path, source.path), source.size, source.mtime_ns) for source in sources
        ]
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


def _scan(row: Sequence[Any]) -> StoredScan:
    return StoredScan(row[0], ScanId(row[1], row[2], row[3]), row[4], row[5], row[6])
