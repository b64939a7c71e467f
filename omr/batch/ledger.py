"""What became of every printed sheet and every scan. It adds up, or it says where it does not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields

from omr.batch.conflicts import Conflict, Known, Returned, among, late, of_sheet, returned, taken_back
from omr.batch.lines import SheetLine, SheetState, absent_lines, returned_line
from omr.batch.refusals import Refusal, refusals
from omr.batch.results import SheetResult
from omr.batch.settled import standing_verdicts
from omr.model.unit import IssuedSheet, under
from omr.model.verdict import ABSENT
from omr.store.batches import asked_years, batch_years, voided_scans
from omr.store.late import late_pages
from omr.store.store import Store
from omr.store.units import tree_of

Key = tuple[str, int, str]
"""Unit, year, layout."""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One unit and layout (CONTRACT: `omr ledger`).

    issued = complete + incomplete + missing + replaced; scans = read + rejected + blank.
    returned: sheets that came back, photocopies and unissued ones too. duplicate: sheets scanned again.
    balanced: each issued sheet is complete or its absence explained, and no rejection is open.
    conflicts: what does not fit together; open_conflicts: how much of it a person still has to decide.
    replaced: printed again and not returned. explained: absences that a person has explained.
    open_sheets: sheets a person has to decide as a whole: a level to confirm, a contradiction, no signature.
    """

    unit: str
    year: int
    layout: str
    issued: int
    returned: int
    complete: int
    incomplete: int
    missing: int
    unissued: int
    copies: int
    duplicate: int
    scans: int
    read: int
    rejected: int
    blank: int
    open_reviews: int
    balanced: int
    conflicts: int
    replaced: int
    explained: int
    open_sheets: int
    open_conflicts: int


COLUMNS = tuple(field.name for field in fields(LedgerRow))


@dataclass(frozen=True, slots=True)
class Ledger:
    """The whole of it: rows to be summed up, and the sheets, refused scans and conflicts behind them."""

    rows: tuple[LedgerRow, ...]
    sheets: tuple[SheetLine, ...]
    refusals: tuple[tuple[Key, Refusal], ...]
    conflicts: tuple[Conflict, ...]

    def within(self, units: Collection[str] | None, year: int | None) -> Ledger:
        """Return what belongs to `units` and `year`, to any where None."""

        def asked(unit: str, of_year: int) -> bool:
            return (units is None or unit in units) and year in {None, of_year}

        return Ledger(
            tuple(row for row in self.rows if asked(row.unit, row.year)),
            tuple(line for line in self.sheets if asked(line.unit, line.year)),
            tuple(each for each in self.refusals if asked(*each[0][:2])),
            tuple(each for each in self.conflicts if asked(each.unit, each.year)),
        )


def ledger(
    store: Store, sheets: Iterable[SheetResult], *, unit: str | None = None, year: int | None = None
) -> tuple[LedgerRow, ...]:
    """Return a row a unit, year and layout: of `unit` and all below it, of `year`; of any where None."""
    branch = None if unit is None else under(tree_of(store, year), unit)
    return whole_ledger(store, sheets).within(branch, year).rows


def whole_ledger(store: Store, sheets: Iterable[SheetResult]) -> Ledger:
    """Return the ledger of everything.

    sheets: every returned sheet (`omr.batch.results.results`). Scans that name no form stand under the empty
    layout, in the year of their batch, else in the newest there is.
    """
    current = {(layout.id, layout.year): digest for digest, layout in store.frozen().items()}
    known = Known(current, asked_years(store), store.replaced())
    explained, years = _explained(store), batch_years(store)
    lines: list[SheetLine] = []
    back: list[Returned] = []
    conflicts: list[Conflict] = []
    for result in sheets:
        lines.append(returned_line(result, explained))
        back.append(returned(result))
        conflicts.extend(of_sheet(store, result, known))
    issued = store.issued_sheets()
    lines.extend(absent_lines(issued.values(), known.replaced, {line.sheet for line in lines}, explained))
    conflicts.extend(among(back))
    conflicts.extend(taken_back(voided_scans(store), years))
    conflicts.extend(late(late_pages(store)))
    newest = max((line.year for line in lines), default=max(years.values(), default=0))
    refused = tuple((_place(each, issued, years, newest), each) for each in refusals(store))
    return Ledger(rows(lines, refused, conflicts), tuple(lines), refused, tuple(conflicts))


def rows(
    lines: Iterable[SheetLine], refused: Iterable[tuple[Key, Refusal]], conflicts: Iterable[Conflict]
) -> tuple[LedgerRow, ...]:
    """Return the counts of everything, a row a unit, year and layout that has sheets or refused scans."""
    accounts: dict[Key, _Account] = {}
    for line in lines:
        accounts.setdefault((line.unit, line.year, line.layout), _Account()).add_sheet(line)
    for key, refusal in refused:
        accounts.setdefault(key, _Account()).add_refusal(refusal)
    for conflict in conflicts:
        account = accounts.get((conflict.unit, conflict.year, conflict.layout))
        if account is not None:
            account.conflicts += 1
            account.open_conflicts += conflict.is_open
    return tuple(account.row(*key) for key, account in sorted(accounts.items()))


@dataclass(slots=True)
class _Account:
    """One unit's and layout's count while it is made."""

    issued: int = 0
    replaced: int = 0
    returned: int = 0
    complete: int = 0
    incomplete: int = 0
    missing: int = 0
    explained: int = 0
    unissued: int = 0
    copies: int = 0
    duplicate: int = 0
    read: int = 0
    rejected: int = 0
    unsettled: int = 0
    blank: int = 0
    open_reviews: int = 0
    open_sheets: int = 0
    conflicts: int = 0
    open_conflicts: int = 0

    def add_sheet(self, line: SheetLine) -> None:
        issued = line.state not in {SheetState.UNISSUED, SheetState.COPY}
        self.issued += issued
        self.returned += line.returned
        self.complete += line.state is SheetState.COMPLETE
        self.incomplete += line.state is SheetState.INCOMPLETE
        self.missing += line.state is SheetState.MISSING
        self.replaced += line.state is SheetState.REPLACED
        self.unissued += line.state is SheetState.UNISSUED
        self.copies += line.state is SheetState.COPY
        self.explained += bool(
            issued and line.missing and line.explained and line.state is not SheetState.REPLACED
        )
        self.duplicate += line.again
        self.read += line.scans
        self.open_reviews += line.open_rows
        self.open_sheets += bool(line.open_as_whole)

    def add_refusal(self, refusal: Refusal) -> None:
        self.blank += refusal.is_blank
        self.rejected += not refusal.is_blank
        self.unsettled += refusal.is_open

    def row(self, unit: str, year: int, layout: str) -> LedgerRow:
        open_ends = self.missing + self.incomplete - self.explained
        return LedgerRow(
            unit=unit,
            year=year,
            layout=layout,
            issued=self.issued,
            returned=self.returned,
            complete=self.complete,
            incomplete=self.incomplete,
            missing=self.missing,
            unissued=self.unissued,
            copies=self.copies,
            duplicate=self.duplicate,
            scans=self.read + self.rejected + self.blank,
            read=self.read,
            rejected=self.rejected,
            blank=self.blank,
            open_reviews=self.open_reviews,
            balanced=int(open_ends == 0 and self.unsettled == 0),
            conflicts=self.conflicts,
            replaced=self.replaced,
            explained=self.explained,
            open_sheets=self.open_sheets,
            open_conflicts=self.open_conflicts,
        )


def _place(refusal: Refusal, issued: Mapping[str, IssuedSheet], years: Mapping[int, int], newest: int) -> Key:
    """Return where a refused scan stands: with its sheet where it names one, else in its batch's year."""
    printed = issued.get(refusal.rejection.sheet)
    if printed is None:
        return refusal.unit, years.get(refusal.rejection.scan.batch, newest), ""
    return printed.unit, printed.year, printed.layout


def _explained(store: Store) -> frozenset[str]:
    """Return the sheets whose absence a person has explained."""
    return frozenset(
        sheet
        for sheet, held in standing_verdicts(store).items()
        if "" in held and (verdict := held[""].verdict) is not None and ABSENT in verdict.chosen
    )
