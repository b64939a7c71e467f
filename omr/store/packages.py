"""What came from offices below: whose keys are trusted, and the packages that were merged."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping, Sequence

from omr.errors import StoreError
from omr.i18n import _
from omr.store.database import Database, now
from omr.store.log import log


def trust(db: Database, unit: str, sign: str, receive: str, fingerprint: str) -> bool:
    """Trust a unit's public key; return True where it takes the place of another one."""
    with db.transaction():
        before = db.db.execute("SELECT sign, receive FROM trusted WHERE unit = ?", (unit,)).fetchone()
        statement = "INSERT OR REPLACE INTO trusted (unit, sign, receive, at) VALUES (?, ?, ?, ?)"
        db.db.execute(statement, (unit, sign, receive, now()))
        log(db.db, "key trusted", fingerprint, unit=unit)
    return before is not None and before != (sign, receive)


def trusted(db: Database) -> dict[str, tuple[str, str]]:
    """Return the public keys (signing, receiving) of the units that are trusted, by code."""
    return {
        unit: (sign, receive) for unit, sign, receive in db.rows("SELECT unit, sign, receive FROM trusted")
    }


def add_packages(db: Database, packages: Sequence[tuple[str, int, bytes]]) -> None:
    """Keep packages (unit, year, content), all or none, and log each."""
    with db.transaction():
        for unit, year, body in packages:
            digest = digest_of(body)
            db.db.execute(
                "INSERT INTO package (at, unit, year, digest, body) VALUES (?, ?, ?, ?, ?)",
                (now(), unit, year, digest, zlib.compress(body, level=1)),
            )
            log(db.db, "package merged", f"{year}: {digest}", unit=unit)


def packages(db: Database) -> Mapping[str, bytes]:
    """Return the content of every package that was merged, by digest, oldest first.

    Raises StoreError where one is not as it was merged.
    """
    found = {
        digest: zlib.decompress(body)
        for digest, body in db.rows("SELECT digest, body FROM package ORDER BY id")
    }
    for digest, body in found.items():
        if digest_of(body) != digest:
            raise StoreError(
                _("{path}: a merged package was altered in the store. Use a copy from before.").format(
                    path=db.path
                )
            )
    return found


def digest_of(body: bytes) -> str:
    """Return the SHA-256 of a package's content, hexadecimal."""
    return hashlib.sha256(body).hexdigest()
