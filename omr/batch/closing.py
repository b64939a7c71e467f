"""Signing a unit off: refused while anything is open, and sealed by a digest of what was signed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from omr.batch.ledger import Ledger, LedgerRow, whole_ledger
from omr.batch.openends import OpenEnd, open_ends
from omr.batch.results import SheetResult
from omr.errors import UsageError
from omr.i18n import _
from omr.model.closing import Act, Closing
from omr.model.unit import under
from omr.store.closings import append, standing
from omr.store.store import Store
from omr.store.units import tree_of

_SEALED = (
    "unit", "year", "layout", "issued", "returned", "complete", "incomplete", "missing", "unissued", "copies",
    "duplicate", "scans", "read", "rejected", "blank",
)  # fmt: skip
"""Columns of the ledger that the digest covers: never changed, so that it can be made again at any time."""


@dataclass(frozen=True, slots=True)
class Signing:
    """A unit as it would be signed: its ledger, what is open, and the digest of its tables."""

    unit: str
    year: int
    ledger: Ledger
    open_ends: tuple[OpenEnd, ...]
    digest: str

    def closing(self, who: str, reason: str = "") -> Closing:
        """Return the closing that signs it; what is open all the same is kept with it."""
        told = "\n".join(each.told() for each in self.open_ends)
        return Closing(self.unit, self.year, Act.CLOSE, who, reason, told, self.digest)


def signing(store: Store, sheets: Iterable[SheetResult], unit: str, year: int) -> Signing:
    """Return `unit`, with all below it, as it would be signed for `year`.

    sheets: every returned sheet, of all units and years (`omr.batch.results.results`).
    """
    return _signing(store, *_sealed(store, sheets), unit, year)


def close(
    store: Store, sheets: Iterable[SheetResult], unit: str, year: int, who: str, override: str = ""
) -> Signing:
    """Sign `unit` off and return what was signed; where anything is open it stays open, and so is returned.

    override: why it is signed all the same, "" where it is not. Nothing is written in between.
    Raises ClosedError where it is closed already, UsageError where the store has nothing of it.
    """
    with store.transaction():
        signed = signing(store, sheets, unit, year)
        if not signed.ledger.rows:
            text = _("Nothing of {unit} was printed or read for {year}: there is nothing to sign off.")
            raise UsageError(text.format(unit=unit, year=year))
        if override or not signed.open_ends:
            append(store, signed.closing(who, override))
    return signed


def altered(store: Store, sheets: Iterable[SheetResult]) -> tuple[Closing, ...]:
    """Return the closings whose tables are no longer as they were signed: a changed rule file, for one."""
    held = standing(store).values()
    if not held:
        return ()
    book, seals = _sealed(store, sheets)
    return tuple(
        each for each in held if _signing(store, book, seals, each.unit, each.year).digest != each.digest
    )


Seals = dict[tuple[str, int], list[str]]
"""The seals of the sheets of each unit and year."""


def _sealed(store: Store, sheets: Iterable[SheetResult]) -> tuple[Ledger, Seals]:
    """Return the ledger of everything and the seals, made in one pass."""
    seals: Seals = {}

    def noted() -> Iterator[SheetResult]:
        for result in sheets:
            seals.setdefault((result.unit, result.sheet.year), []).append(seal(result))
            yield result

    return whole_ledger(store, noted()), seals


def _signing(store: Store, book: Ledger, seals: Seals, unit: str, year: int) -> Signing:
    branch = under(tree_of(store, year), unit)
    own = book.within(branch, year)
    sealed = (each for code in branch for each in seals.get((code, year), ()))
    return Signing(unit, year, own, open_ends(own), digest(own.rows, sealed))


def seal(result: SheetResult) -> str:
    """Return the digest of what counts of one sheet: its answers, who decided them, its level."""
    score = result.score
    return _sha256(
        result.unit,
        result.sheet.year,
        result.sheet.name,
        result.layout.digest,
        [result.valid, result.set_aside],
        [[each.answer.question, each.answer.chosen, each.decided_by] for each in result.answers],
        [score.level, score.split, score.declared, score.provisional, score.rules],
    )


def digest(rows: Iterable[LedgerRow], seals: Iterable[str]) -> str:
    """Return the digest of a unit's tables, 64 hexadecimal digits, whatever the order of its sheets."""
    return _sha256([[getattr(row, name) for name in _SEALED] for row in rows], sorted(seals))


def _sha256(*values: object) -> str:
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
