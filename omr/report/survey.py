"""Everything counted in one office: its own sheets and the packages it has merged, in one pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from omr.batch.ledger import LedgerRow, ledger
from omr.batch.results import SheetResult
from omr.model.layout import Layout
from omr.model.unit import IssuedSheet, under
from omr.report.gather import Gathering
from omr.report.merge import current, merged, merged_ledger
from omr.report.package import Package
from omr.report.scanner import Batches
from omr.report.tables import Facts
from omr.report.wire import from_json
from omr.score.rules import Rules
from omr.store.packages import packages
from omr.store.store import Store


@dataclass(frozen=True, slots=True)
class Survey:
    """What reports and packages are made of.

    scope: the unit it is about, "" for all. units: the codes counted, None for all.
    packages: those of `facts` that came from offices below. batches: how the scanner did.
    claimed: sheets issued to nobody that bear a person's name, as that person's.
    Facts hold the year before `year` too, to be compared with; the ledger does not.
    """

    scope: str
    units: frozenset[str] | None
    facts: Facts
    ledger: tuple[LedgerRow, ...]
    packages: tuple[Package, ...]
    year: int | None
    batches: Batches
    claimed: tuple[IssuedSheet, ...] = ()

    def holds(self, unit: str) -> bool:
        """True where the unit is counted here."""
        return self.units is None or unit in self.units

    def below(self, unit: str) -> frozenset[str]:
        """Return the codes of a unit and of all below it."""
        return under(self.facts.units, unit)


def survey(
    store: Store,
    layouts: Mapping[str, Layout],
    sheets: Iterable[SheetResult],
    rules_of: Callable[[Layout], Rules],
    *,
    unit: str | None = None,
    year: int | None = None,
) -> Survey:
    """Return what was counted of `unit` and all below it in `year`; of everything where None.

    sheets: every returned sheet of the store (`omr.batch.results.results`).
    """
    known = store.units(year)
    years = None if year is None else frozenset({year, year - 1})
    every = merged_packages(store).values()
    taken = current(package for package in every if years is None or package.year in years)
    everyone = (*known.values(), *(each for package in taken for each in package.units))
    codes = None if unit is None else under(everyone, unit)
    gathering = Gathering(codes, years)
    rows = ledger(store, gathering.passing(sheets), year=year)
    facts = merged(gathering.facts(store, layouts, rules_of), taken)
    of_year = [package for package in taken if year in (None, package.year)]
    inside = (row for row in merged_ledger(rows, of_year) if codes is None or row.unit in codes)
    return Survey(
        unit or "", codes, facts, tuple(inside), taken, year, gathering.batches, tuple(gathering.claimed)
    )


def own_facts(
    store: Store,
    layouts: Mapping[str, Layout],
    sheets: Iterable[SheetResult],
    rules_of: Callable[[Layout], Rules],
    *,
    year: int | None = None,
) -> Facts:
    """Return what the office counted itself, without packages."""
    gathering = Gathering(None, None if year is None else frozenset({year}))
    for _sheet in gathering.passing(sheets):
        pass
    return gathering.facts(store, layouts, rules_of)


def merged_packages(store: Store) -> dict[str, Package]:
    """Return every package ever merged, by the digest of its content."""
    return {digest: from_json(body) for digest, body in packages(store).items()}
