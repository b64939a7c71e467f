"""Signing a unit off: refused while anything is open, and sealed by a digest of what was signed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass

from omr.batch.ledger import Ledger, LedgerRow, whole_ledger
from omr.batch.openends import OpenEnd, open_ends
from omr.batch.results import SheetResult
from omr.errors import StoreError, UsageError
from omr.i18n import _
from omr.model.closing import Act, Closing, SignedRules
from omr.model.rank import Ranks
from omr.model.unit import under
from omr.store.closings import Place, append, standing
from omr.store.ranks import ranks_of
from omr.store.scores import kept_rules
from omr.store.store import Store
from omr.store.units import tree_of

_SEALED = (
    "unit", "year", "layout", "issued", "returned", "complete", "incomplete", "missing", "unissued", "copies",
    "duplicate", "scans", "read", "rejected", "blank",
)  # fmt: skip
"""Columns of the ledger that the digest covers: never changed, so that it can be made again at any time."""


@dataclass(frozen=True, slots=True)
class Signing:
    """A unit as it would be signed: its ledger, what is open, its rules, and the digest of its tables."""

    unit: str
    year: int
    ledger: Ledger
    open_ends: tuple[OpenEnd, ...]
    rules: tuple[SignedRules, ...]
    digest: str

    @property
    def state(self) -> str:
        """Another one as soon as anything that is signed or open is another."""
        ends = [[end.kind, end.count, [item.told() for item in end.items]] for end in self.open_ends]
        return _sha256(self.digest, ends)[:16]

    def closing(self, who: str, reason: str = "") -> Closing:
        """Return the closing that signs it; what is open all the same is kept with it."""
        told = "\n".join(each.told() for each in self.open_ends)
        return Closing(self.unit, self.year, Act.CLOSE, who, reason, told, self.digest, rules=self.rules)


def signing(store: Store, sheets: Iterable[SheetResult], unit: str, year: int) -> Signing:
    """Return `unit`, with all below it, as it would be signed for `year`.

    sheets: every returned sheet, of all units and years (`omr.batch.results.results`).
    """
    return _signing(store, _book(store, sheets), unit, year)


def signings(store: Store, sheets: Iterable[SheetResult], unit: str) -> tuple[Ledger, tuple[Signing, ...]]:
    """Return the ledger of everything, and `unit` as it would be signed for each year it has, newest first.

    sheets: as of `signing`.
    """
    book = _book(store, sheets)
    years = sorted({row.year for row in book.ledger.rows}, reverse=True)
    every = (_signing(store, book, unit, year) for year in years)
    return book.ledger, tuple(each for each in every if each.ledger.rows)


def close(
    store: Store,
    sheets: Iterable[SheetResult],
    unit: str,
    year: int,
    who: str,
    override: str = "",
    seen: str | None = None,
) -> Signing:
    """Sign `unit` off and return what was signed; where anything is open it stays open, and so is returned.

    override: why it is signed all the same, "" where it is not. seen: the state that was looked at; it stays
    open where it is another by now. Nothing is written in between.
    The rule files that score it have to be kept in the store (`omr.batch.rescoring.keep_rules_in_use`).
    Raises ClosedError where it is closed already, UsageError where the store has nothing of it, StoreError
    where its rules are not kept.
    """
    with store.transaction():
        signed = signing(store, sheets, unit, year)
        if not signed.ledger.rows:
            text = _("Nothing of {unit} was printed or read for {year}: there is nothing to sign off.")
            raise UsageError(text.format(unit=unit, year=year))
        if (override or not signed.open_ends) and seen in {None, signed.state}:
            _refuse_unkept(store, signed.rules)
            append(store, signed.closing(who, override))
    return signed


def altered(store: Store, sheets: Iterable[SheetResult]) -> tuple[Closing, ...]:
    """Return the closings whose tables are no longer as they were signed: a changed rule file, for one."""
    held = standing(store).values()
    if not held:
        return ()
    book = _book(store, sheets)
    return tuple(each for each in held if _signing(store, book, each.unit, each.year).digest != each.digest)


def _refuse_unkept(store: Store, rules: Iterable[SignedRules]) -> None:
    """Refuse to sign by rules that could not be had again: the file was changed this very moment."""
    kept = {each.digest for each in kept_rules(store)}
    unkept = {each.form_rules for each in rules if each.digest not in kept}
    if unkept:
        text = _("The rule file of {rules} was changed just now. Run the command again.")
        raise StoreError(text.format(rules=", ".join(sorted(unkept))))


@dataclass(frozen=True, slots=True)
class _Book:
    """The ledger of everything; and of each unit and year the seals of its sheets, and what scored them."""

    ledger: Ledger
    seals: dict[Place, list[str]]
    rules: dict[Place, set[SignedRules]]


def _book(store: Store, sheets: Iterable[SheetResult]) -> _Book:
    """Return what units are signed by, made in one pass."""
    seals: dict[Place, list[str]] = {}
    rules: dict[Place, set[SignedRules]] = {}

    def noted() -> Iterator[SheetResult]:
        for result in sheets:
            place = result.unit, result.sheet.year
            seals.setdefault(place, []).append(seal(result))
            if result.layout.scoring:
                named = SignedRules(result.unit, result.layout.scoring, result.score.rules)
                rules.setdefault(place, set()).add(named)
            yield result

    return _Book(whole_ledger(store, noted()), seals, rules)


def _signing(store: Store, book: _Book, unit: str, year: int) -> Signing:
    branch = under(tree_of(store, year), unit)
    own = book.ledger.within(branch, year)
    sealed = (each for code in branch for each in book.seals.get((code, year), ()))
    rules = sorted(each for code in branch for each in book.rules.get((code, year), ()))
    typed = ranks_of(store, year, branch)
    return Signing(unit, year, own, open_ends(own), tuple(rules), digest(own.rows, sealed, typed))


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


def digest(rows: Iterable[LedgerRow], seals: Iterable[str], typed: Iterable[Ranks] = ()) -> str:
    """Return the digest of a unit's tables, 64 hexadecimal digits, whatever the order of its sheets.

    typed: its ranks; a unit without any has the digest it had before ranks were kept.
    """
    counts = [[getattr(row, name) for name in _SEALED] for row in rows]
    decided = sorted(astuple(each) for each in typed)
    return _sha256(counts, sorted(seals), *([decided] if decided else []))


def _sha256(*values: object) -> str:
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
