"""The SQLite file under the store: opened, upgraded, written in transactions, its faults in words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from omr.errors import StoreError
from omr.i18n import _
from omr.store import chain

FORMAT = 5
"""Version of schema.sql; a store of an earlier one is upgraded, a store of a later one refused."""

_APPLICATION = 0x6F6D7231
"""SQLite application id "omr1": a database of another program is not taken for a store."""

_WAIT_MS = 30_000
"""How long a writer waits for another before the store counts as locked."""


class Database:
    """An open file. Use as a context manager: on leaving, the store is one file again."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.db = connection
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
        self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.db.close()

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

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        """Return what a query finds."""
        with _explained(self.path):
            return self.db.execute(statement, values).fetchall()

    def write(self, work: Sequence[tuple[str, Sequence[Sequence[object]]]]) -> None:
        """Run statements, each with its rows, in one transaction."""
        with self.transaction():
            for statement, rows in work:
                self.db.executemany(statement, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write within: all of it, or after any exception nothing. Raises StoreError where SQLite refuses."""
        with _explained(self.path):
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.check()
            except BaseException:
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")
                raise
            self.db.execute("COMMIT")

    def check(self) -> None:
        """Look over what the running transaction wrote; what this raises undoes it."""

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Turn what SQLite says within into a StoreError that a person can act on."""
        with _explained(self.path):
            yield


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    """Set the store up, or check that it is one of ours."""
    db.execute(f"PRAGMA busy_timeout = {_WAIT_MS}")
    application = db.execute("PRAGMA application_id").fetchone()[0]
    version = db.execute("PRAGMA user_version").fetchone()[0]
    empty = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if not empty and (application != _APPLICATION or not 1 <= version <= FORMAT):
        raise StoreError(
            _(
                "{path} was made by another version of omr (its format is {version}, ours is {ours})."
                " Use the version that made it, or another --store."
            ).format(path=path, version=version, ours=FORMAT)
        )
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA foreign_keys = ON")
    marks = f"PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {FORMAT};"
    if empty:
        scripts = " ".join(map(_script, ("schema.sql", "closed.sql", "upgrade_5.sql")))
        db.executescript(f"BEGIN IMMEDIATE; {scripts} {marks} COMMIT;")
    elif version < FORMAT:
        _upgrade(db, marks)


def _upgrade(db: sqlite3.Connection, marks: str) -> None:
    """Bring a store of an earlier format to ours, step by step, wholly or not at all."""
    db.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have been faster.
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version < 2:  # noqa: PLR2004 (the format that linked verdicts and log)
            _run(db, _script("upgrade_2.sql"))
            chain.chain_anew(db, ("verdict", "log"))
            _run(db, _script("upgrade_2_guards.sql"))
        if version < 3:  # noqa: PLR2004 (the format with accounts, checks and settled scans)
            _run(db, _script("upgrade_3.sql"))
        if version < 4:  # noqa: PLR2004 (uploads, the tree of units, a log that says who, chained accounts)
            _run(db, _script("upgrade_4.sql"))
            _run(db, _script("closed.sql"))
        if version < 5:  # noqa: PLR2004 (rules as signed, late pages, ranks, more that closing guards)
            _run(db, _script("upgrade_5.sql"))
        _run(db, marks)
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise


def _run(db: sqlite3.Connection, script: str) -> None:
    """Run a script one statement at a time: so it stays in the transaction."""
    for statement in _statements(script):
        db.execute(statement)


def _statements(script: str) -> Iterator[str]:
    """Yield the statements of a script; a trigger's body has semicolons of its own."""
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


def now() -> str:
    """Return the time, ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
