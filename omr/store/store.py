"""The store: one SQLite file, the only state. Every write is one transaction, wholly in or absent."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from omr.errors import StoreError
from omr.forms.frozen import from_json, to_json
from omr.i18n import _
from omr.model.layout import Layout
from omr.model.pagecode import PageId
from omr.model.reading import Outcome, Reading, Reason, Rejection
from omr.model.scan import ScanId, Source
from omr.model.unit import IssuedSheet, Unit
from omr.model.verdict import Verdict
from omr.store import chain
from omr.store.chain import Break, Trail
from omr.store.rows import pack, unpack

_VERSION = 2
"""Version of schema.sql; a store of an earlier one is upgraded, a store of a later one refused."""

_APPLICATION = 0x6F6D7231
"""SQLite application id "omr1": a database of another program is not taken for a store."""

_WAIT_MS = 30_000
"""How long a writer waits for another before the store counts as locked."""


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


@dataclass(frozen=True, slots=True)
class StoredScore:
    """A score as stored: `body` is JSON, `answers` and `rules` are the digests it was made from."""

    sheet: str
    answers: str
    rules: str
    body: str


_PASSING = (Reason.STALE_LAYOUT, Reason.UNKNOWN_LAYOUT, Reason.TIMEOUT)
"""Refusals that are not the scan's fault: once the layout file is there, the same file is read again."""

_MAY_SUCCEED = f"SELECT scan FROM rejection WHERE reason IN ({', '.join('?' * len(_PASSING))})"

_ISSUED = "serial, layout, version, digest, year, unit, pages, person, name, master"
_SCAN = "scan.id, scan.sha256, scan.frame, scan.part, scan.batch, scan.unit, source.path"
_JOIN = "JOIN scan ON scan.id = {table}.scan JOIN source ON source.sha256 = scan.sha256 WHERE scan.live = 1"
_ORDER = "ORDER BY source.rowid, scan.frame, scan.part"


class Store:
    """An open store. Use as a context manager: on leaving, the store is one file again."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._db = connection
        self.path = path

    @classmethod
    def open(cls, path: Path) -> Self:
        """Return the store at `path`, made when absent.

        Raises StoreError where it cannot be opened, is damaged, or was made by another version.
        """
        with _explained(path):
            db = sqlite3.connect(path, timeout=_WAIT_MS / 1000, isolation_level=None)
            try:
                _prepare(db, path)
            except BaseException:
                db.close()
                raise
        return cls(db, path)

    def close(self) -> None:
        """Leave one file behind; a reader elsewhere may keep its -wal until it leaves."""
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.close()
        except sqlite3.Error as closing:
            if error is None:
                raise StoreError(str(closing)) from closing

    # What was printed

    def freeze(self, layout: Layout) -> None:
        """Keep the frozen geometry of a layout; keeping it again changes nothing."""
        row = (layout.digest, layout.id, to_json(layout))
        self._write([("INSERT OR IGNORE INTO layout VALUES (?, ?, ?)", [row])])

    def frozen(self) -> dict[str, Layout]:
        """Return every frozen geometry by its digest."""
        return {digest: from_json(body) for digest, body in self._rows("SELECT digest, body FROM layout")}

    def issue(self, sheets: Sequence[IssuedSheet], replaces: str | None = None) -> None:
        """Remember sheets that were printed; `replaces`: the serial they stand in for.

        Raises StoreError where a serial is taken or its layout was not frozen.
        """
        at = _now()
        units = sorted({sheet.unit for sheet in sheets if sheet.unit})
        self._write(
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
        return bool(self._rows("SELECT 1 FROM issued WHERE serial = ?", (serial,)))

    def issued(self, serial: str) -> IssuedSheet | None:
        """Return the sheet of a serial, or None where this store did not issue it."""
        rows = self._rows(f"SELECT {_ISSUED} FROM issued WHERE serial = ?", (serial,))
        return _issued(rows[0]) if rows else None

    def issued_sheets(self) -> dict[str, IssuedSheet]:
        """Return every issued sheet by its serial, in the order of printing."""
        rows = self._rows(f"SELECT {_ISSUED} FROM issued ORDER BY rowid")
        return {row[0]: _issued(row) for row in rows}

    def replaced(self) -> dict[str, str]:
        """Return the serials that were printed anew, each with the serial that stands in for it."""
        return dict(self._rows("SELECT serial, replaced_by FROM issued WHERE replaced_by <> ''"))

    def units(self) -> dict[str, Unit]:
        """Return every unit by its code."""
        return {
            row[0]: Unit(*row) for row in self._rows("SELECT code, name, parent FROM unit ORDER BY rowid")
        }

    # What was scanned

    def begin_batch(self, paths: Sequence[str], year: int | None) -> int:
        """Return the number of a new batch."""
        with _explained(self.path), self._transaction():
            cursor = self._db.execute(
                "INSERT INTO batch (at, paths, year) VALUES (?, ?, ?)", (_now(), "\n".join(paths), year)
            )
            return int(cursor.lastrowid or 0)

    def done_frames(self, sha256: str) -> frozenset[int]:
        """Return the frames of a file that are in the store; what may succeed now is to be read again."""
        rows = self._rows(
            f"SELECT DISTINCT frame FROM scan WHERE sha256 = ? AND live = 1 AND id NOT IN ({_MAY_SUCCEED})",
            (sha256, *_PASSING),
        )
        return frozenset(row[0] for row in rows)

    def add_source(self, source: Source) -> None:
        """Give a file its place behind all files before it; a file that has one keeps it."""
        row = (source.sha256, source.path, source.size, source.mtime_ns)
        self._write([("INSERT OR IGNORE INTO source VALUES (?, ?, ?, ?)", [row])])

    def put(self, batch: int, unit: str, outcomes: Iterable[Outcome]) -> int:
        """Store the outcomes of one task in one transaction; return how many were new."""
        with _explained(self.path), self._transaction():
            self._db.execute("INSERT OR IGNORE INTO unit VALUES (?, ?, '')", (unit, unit))
            return sum(self._put(batch, unit, outcome) for outcome in outcomes)

    def _put(self, batch: int, unit: str, outcome: Outcome) -> int:
        scan = outcome.scan
        self._db.execute(
            "UPDATE scan SET live = 0 WHERE sha256 = ? AND frame = ? AND batch <> ?"
            f" AND id IN ({_MAY_SUCCEED})",
            (scan.sha256, scan.frame, batch, *_PASSING),
        )
        cursor = self._db.execute(
            "INSERT OR IGNORE INTO scan (batch, sha256, frame, part, unit) VALUES (?, ?, ?, ?, ?)",
            (batch, scan.sha256, scan.frame, scan.part, unit),
        )
        if cursor.rowcount == 0:
            return 0
        row, page = cursor.lastrowid, outcome.page
        if isinstance(outcome, Rejection):
            named = (page.sheet, page.page) if page else ("", None)
            self._db.execute(
                "INSERT INTO rejection VALUES (?, ?, ?, ?, ?)", (row, outcome.reason, outcome.detail, *named)
            )
        else:
            self._db.execute(
                "INSERT INTO reading VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    row,
                    outcome.page.digest,
                    outcome.page.year,
                    outcome.page.sheet,
                    outcome.page.page,
                    outcome.page.pages,
                    pack(outcome),
                    outcome.ink,
                ),
            )
        return 1

    def pages(self) -> tuple[StoredPage, ...]:
        """Return every live reading's page, in the order of the stacks."""
        rows = self._rows(
            f"SELECT {_SCAN}, digest, year, sheet, page, pages FROM reading"
            f" {_JOIN.format(table='reading')} {_ORDER}"
        )
        return tuple(StoredPage(_scan(row), PageId(*row[7:12])) for row in rows)

    def ink(self, scan: int) -> bytes:
        """Return the ink of one reading."""
        return bytes(next(iter(self._rows("SELECT ink FROM reading WHERE scan = ?", (scan,))))[0])

    def reading(self, page: StoredPage) -> Reading:
        """Return one reading whole."""
        row = next(iter(self._rows("SELECT body, ink FROM reading WHERE scan = ?", (page.scan.row,))))
        return unpack(row[0], page.scan.id, page.page, row[1])

    def reclassify(self, page: StoredPage, reading: Reading) -> None:
        """Put a reading made from the same measurements in the place of an earlier one, which is kept."""
        row = page.scan.row
        self._write(
            [
                (
                    """INSERT INTO earlier_reading (scan, at, body)
                    SELECT scan, ?, body FROM reading WHERE scan = ?""",
                    [(_now(), row)],
                ),
                ("UPDATE reading SET body = ? WHERE scan = ?", [(pack(reading), row)]),
            ]
        )

    def rejections(self) -> tuple[StoredRejection, ...]:
        """Return every live rejection, in the order of the stacks."""
        rows = self._rows(
            f"SELECT {_SCAN}, reason, detail, sheet FROM rejection {_JOIN.format(table='rejection')} {_ORDER}"
        )
        return tuple(StoredRejection(_scan(row), Reason(row[7]), row[8], row[9]) for row in rows)

    def batches(self) -> tuple[StoredBatch, ...]:
        """Return every batch, oldest first."""
        rows = self._rows(
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
        with _explained(self.path), self._transaction():
            self._db.execute("INSERT INTO void VALUES (?, ?, ?)", (batch, _now(), reason))
            cursor = self._db.execute("UPDATE scan SET live = 0 WHERE batch = ?", (batch,))
            self._log("void", f"{batch}: {reason}")
            return cursor.rowcount

    # What people and rules made of it

    def add_verdicts(self, verdicts: Sequence[Verdict]) -> None:
        """Append verdicts; the newest of a question counts."""
        rows = [
            (v.at or _now(), v.sheet, v.question, "|".join(v.chosen), v.reviewer, v.reason) for v in verdicts
        ]
        with _explained(self.path), self._transaction():
            chain.append(self._db, "verdict", rows)

    def verdicts(self) -> tuple[Verdict, ...]:
        """Return every verdict, oldest first."""
        rows = self._rows("SELECT at, sheet, question, chosen, reviewer, reason FROM verdict ORDER BY id")
        return tuple(
            Verdict(sheet, question, tuple(filter(None, chosen.split("|"))), reviewer, at, reason)
            for at, sheet, question, chosen, reviewer, reason in rows
        )

    def add_scores(self, scores: Sequence[StoredScore]) -> None:
        """Keep scores; one that is kept already stays as it is."""
        at = _now()
        statement = "INSERT OR IGNORE INTO score (at, sheet, answers, rules, body) VALUES (?, ?, ?, ?, ?)"
        self._write([(statement, [(at, s.sheet, s.answers, s.rules, s.body) for s in scores])])

    def scores(self) -> tuple[StoredScore, ...]:
        """Return every score ever made, oldest first."""
        return tuple(
            StoredScore(*row)
            for row in self._rows("SELECT sheet, answers, rules, body FROM score ORDER BY id")
        )

    def trails(self) -> tuple[Trail, ...]:
        """Return how far verdicts and log go, each with its last link."""
        with _explained(self.path):
            return chain.trails(self._db)

    def breaks(self) -> tuple[Break, ...]:
        """Return where verdicts or log were altered, removed or put in by hand; nothing where they hold."""
        with _explained(self.path):
            return tuple(chain.breaks(self._db))

    def record(self, what: str, detail: str) -> None:
        """Append to the log what a person did or saw."""
        with _explained(self.path), self._transaction():
            self._log(what, detail)

    def _log(self, what: str, detail: str) -> None:
        chain.append(self._db, "log", [(_now(), what, detail)])

    def _rows(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        with _explained(self.path):
            return self._db.execute(statement, values).fetchall()

    def _write(self, work: Sequence[tuple[str, Sequence[Sequence[object]]]]) -> None:
        with _explained(self.path), self._transaction():
            for statement, rows in work:
                self._db.executemany(statement, rows)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    """Set the store up, or check that it is one of ours."""
    db.execute(f"PRAGMA busy_timeout = {_WAIT_MS}")
    application = db.execute("PRAGMA application_id").fetchone()[0]
    version = db.execute("PRAGMA user_version").fetchone()[0]
    empty = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if not empty and (application != _APPLICATION or not 1 <= version <= _VERSION):
        raise StoreError(
            _(
                "{path} was made by another version of omr (its format is {version}, ours is {ours})."
                " Use the version that made it, or another --store."
            ).format(path=path, version=version, ours=_VERSION)
        )
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA foreign_keys = ON")
    marks = f"PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {_VERSION};"
    if empty:
        db.executescript(f"BEGIN IMMEDIATE; {_script('schema.sql')} {marks} COMMIT;")
    elif version < _VERSION:
        _upgrade(db, marks)


def _upgrade(db: sqlite3.Connection, marks: str) -> None:
    """Bring a store of format 1 to format 2, wholly or not at all."""
    db.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have been faster.
        if db.execute("PRAGMA user_version").fetchone()[0] < _VERSION:
            for statement in _statements(_script("upgrade_2.sql")):
                db.execute(statement)
            chain.chain_anew(db)
            for statement in _statements(_script("upgrade_2_guards.sql") + marks):
                db.execute(statement)
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise


def _statements(script: str) -> Iterator[str]:
    """Yield the statements of a script: run one by one they stay in the transaction they are run in."""
    so_far = ""
    for piece in script.split(";"):
        so_far += f"{piece};"
        if sqlite3.complete_statement(so_far):
            yield so_far
            so_far = ""


def _script(name: str) -> str:
    return files("omr.store").joinpath(name).read_text("utf-8")


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn what SQLite says into what a person can act on."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise StoreError(_explanation(path, error)) from error


def _explanation(path: Path, error: sqlite3.DatabaseError) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    in_use = _("{path} is in use by another program. Close it there and run the command again.")
    safe = _("What was stored before is safe.")
    texts = {
        sqlite3.SQLITE_FULL: _("The disk of {path} is full. Free some space and run the command again.")
        + f" {safe}",
        sqlite3.SQLITE_IOERR: _("{path} could not be written or read: the disk failed or is full.")
        + f" {safe}",
        sqlite3.SQLITE_BUSY: in_use,
        sqlite3.SQLITE_LOCKED: in_use,
        sqlite3.SQLITE_READONLY: _("{path} may not be written. Ask for permission, or use another --store."),
        sqlite3.SQLITE_CANTOPEN: _(
            "{path} cannot be opened. Check that its folder exists and may be written."
        ),
        sqlite3.SQLITE_NOTADB: _("{path} is not a store of omr. Name another file with --store."),
        sqlite3.SQLITE_CORRUPT: _("{path} is damaged. Restore it from a backup."),
        sqlite3.SQLITE_CONSTRAINT: _("{path} refuses what contradicts its records ({error})."),
    }
    return texts.get(code, "{path}: {error}").format(path=path, error=error)


def _issued(row: Sequence[Any]) -> IssuedSheet:
    values = dict(zip(_ISSUED.split(", "), row, strict=True))
    return IssuedSheet(**{**values, "master": bool(values["master"])})


def _scan(row: Sequence[Any]) -> StoredScan:
    return StoredScan(row[0], ScanId(row[1], row[2], row[3]), row[4], row[5], row[6])


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
