"""Scores as they were made, and the rule files that made them: an earlier result is never replaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from omr.store.database import Database, now


@dataclass(frozen=True, slots=True)
class StoredScore:
    """A score as stored: `body` is JSON, `answers` and `rules` are the digests it was made from."""

    sheet: str
    answers: str
    rules: str
    body: str


@dataclass(frozen=True, slots=True)
class KeptScore:
    """A score with when and by whom it was made."""

    score: StoredScore
    at: str
    who: str


@dataclass(frozen=True, slots=True)
class KeptRules:
    """A rule file as it was used; at: since when this store knows it."""

    digest: str
    id: str
    version: str
    body: str
    at: str = ""


def add_scores(db: Database, scores: Sequence[StoredScore], who: str) -> int:
    """Keep scores and return how many are new; one that is kept already stays as it is."""
    statement = "INSERT OR IGNORE INTO score (at, sheet, answers, rules, body, who) VALUES (?, ?, ?, ?, ?, ?)"
    at = now()
    with db.transaction():
        before = db.db.total_changes
        db.db.executemany(statement, [(at, s.sheet, s.answers, s.rules, s.body, who) for s in scores])
        return db.db.total_changes - before


def scores(db: Database) -> tuple[KeptScore, ...]:
    """Return every score ever made, oldest first."""
    rows = db.rows("SELECT sheet, answers, rules, body, at, who FROM score ORDER BY id")
    return tuple(KeptScore(StoredScore(*row[:4]), *row[4:]) for row in rows)


def keep_rules(db: Database, rules: Sequence[KeptRules]) -> None:
    """Keep rule files; one that is known already stays as it is."""
    statement = "INSERT OR IGNORE INTO rules (digest, id, version, body, at) VALUES (?, ?, ?, ?, ?)"
    db.write([(statement, [(r.digest, r.id, r.version, r.body, r.at or now()) for r in rules])])


def kept_rules(db: Database) -> tuple[KeptRules, ...]:
    """Return every rule file this store has been scored with, oldest first."""
    return tuple(
        KeptRules(*row) for row in db.rows("SELECT digest, id, version, body, at FROM rules ORDER BY rowid")
    )


def digests_read(db: Database) -> tuple[str, ...]:
    """Return which printed forms came back."""
    return tuple(row[0] for row in db.rows("SELECT DISTINCT digest FROM reading"))
