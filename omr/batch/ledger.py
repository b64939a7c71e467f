"""What became of every printed sheet and every scan. It adds up, or it says where it does not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

from omr.batch.refusals import Refusal, refusals
from omr.batch.results import SheetResult, standing_verdicts
from omr.model.unit import IssuedSheet
from omr.model.verdict import ABSENT
from omr.store.store import Store


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One unit and layout (CONTRACT: `omr ledger`).

    issued = complete + incomplete + missing + those replaced; scans = read + rejected + blank.
    returned: sheets that came back, photocopies and unissued ones too. duplicate: sheets scanned again.
    balanced: each issued sheet is complete or its absence explained, and no rejection is open.
    conflicts: sheets issued to this unit that lay in another one's folder.
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


COLUMNS = tuple(field.name for field in fields(LedgerRow))


@dataclass(slots=True)
class _Account:
    """One unit's and layout's count while it is made."""

    issued: int = 0
    replaced: int = 0
    returned: int = 0
    complete: int = 0
    incomplete: int = 0
    explained: int = 0
    unissued: int = 0
    copies: int = 0
    duplicate: int = 0
    read: int = 0
    rejected: int = 0
    unsettled: int = 0
    blank: int = 0
    open_reviews: int = 0
    conflicts: int = 0

    def row(self, unit: str, year: int, layout: str) -> LedgerRow:
        missing = self.issued - self.replaced - self.complete - self.incomplete
        open_ends = missing + self.incomplete - self.explained
        return LedgerRow(
            unit=unit,
            year=year,
            layout=layout,
            issued=self.issued,
            returned=self.returned,
            complete=self.complete,
            incomplete=self.incomplete,
            missing=missing,
            unissued=self.unissued,
            copies=self.copies,
            duplicate=self.duplicate,
            scans=self.read + self.rejected + self.blank,
            read=self.read,
            rejected=self.rejected,
            blank=self.blank,
            open_reviews=self.open_reviews,
            balanced=int(open_ends <= 0 and self.unsettled == 0),
            conflicts=self.conflicts,
        )


def ledger(
    store: Store,
    sheets: Iterable[SheetResult],
    *,
    unit: str | None = None,
    year: int | None = None,
) -> tuple[LedgerRow, ...]:
    """Return a row a unit, year and layout; scans that name no form stand under the empty layout.

    sheets: every returned sheet, of all units and years (`omr.batch.results.results`).
    """
    accounts: dict[tuple[str, int, str], _Account] = {}
    issued = store.issued_sheets()
    back: set[str] = set()
    for sheet in sheets:
        account = accounts.setdefault((sheet.unit, sheet.sheet.year, sheet.layout.id), _Account())
        _add_sheet(account, sheet)
        back.add(sheet.sheet.name)
    _add_issued(accounts, issued, store.replaced(), back, _explained(store))
    _add_refusals(accounts, refusals(store), issued, _years(accounts, year))
    return tuple(
        account.row(*key)
        for key, account in sorted(accounts.items())
        if (unit is None or key[0] == unit) and (year is None or key[1] == year)
    )


def _add_sheet(account: _Account, result: SheetResult) -> None:
    sheet = result.sheet
    account.returned += 1
    account.read += len(sheet.pages) + len(sheet.duplicates)
    account.open_reviews += len(result.open_questions)
    account.conflicts += result.unit != result.folder
    numbers = [page.page.page for page in sheet.duplicates]
    account.duplicate += max((numbers.count(number) for number in set(numbers)), default=0)
    if sheet.is_copy:
        account.copies += 1
    elif result.issued is None:
        account.unissued += 1
    elif sheet.missing:
        account.incomplete += 1
    else:
        account.complete += 1


def _add_issued(
    accounts: dict[tuple[str, int, str], _Account],
    issued: Mapping[str, IssuedSheet],
    replaced: Mapping[str, str],
    back: set[str],
    explained: set[str],
) -> None:
    for serial, sheet in issued.items():
        account = accounts.setdefault((sheet.unit, sheet.year, sheet.layout), _Account())
        account.issued += 1
        if serial not in back:
            account.replaced += serial in replaced
            account.explained += serial in explained and serial not in replaced


def _add_refusals(
    accounts: dict[tuple[str, int, str], _Account],
    refused: Sequence[Refusal],
    issued: Mapping[str, IssuedSheet],
    default_year: int,
) -> None:
    for refusal in refused:
        printed = issued.get(refusal.rejection.sheet)
        if printed is None:
            key = (refusal.unit, default_year, "")
        else:
            key = (printed.unit, printed.year, printed.layout)
        account = accounts.setdefault(key, _Account())
        if refusal.is_blank:
            account.blank += 1
        else:
            account.rejected += 1
            account.unsettled += refusal.is_open


def _explained(store: Store) -> set[str]:
    """Return the sheets whose absence a person has explained."""
    return {
        sheet
        for sheet, held in standing_verdicts(store).items()
        if "" in held and (verdict := held[""].verdict) is not None and ABSENT in verdict.chosen
    }


def _years(accounts: Mapping[tuple[str, int, str], _Account], year: int | None) -> int:
    """Return the year under which scans that tell none are listed."""
    return year or max((key[1] for key in accounts), default=0)
