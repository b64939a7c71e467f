"""The tables of `omr export` behind the ledger: every sheet, every scan, everything that does not fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from omr.batch.conflicts import remedy
from omr.batch.ledger import Key, Ledger
from omr.batch.refusals import Refusal
from omr.batch.results import SheetResult
from omr.batch.tables import ExportTable, Row
from omr.model.settlement import CLOSING

SHEETS = (
    "unit", "year", "sheet", "layout", "version", "state", "missing_pages", "scans", "scanned_again",
    "explained", "folder", "open_rows", "open_as_whole",
)  # fmt: skip
SCANS = (
    "unit", "year", "layout", "source", "frame", "batch", "state", "reason", "sheet", "page", "counts",
    "settled",
)  # fmt: skip
CONFLICTS = (
    "unit", "year", "layout", "conflict", "sheet", "source", "frame", "detail", "open", "remedy",
)  # fmt: skip


def sheets(ledger: Ledger) -> ExportTable:
    """Return what became of each sheet; pages are joined by |."""
    return ExportTable(
        SHEETS,
        (
            (
                *(line.unit, line.year, line.sheet, line.layout, line.version, str(line.state)),
                "|".join(map(str, line.missing)),
                *(line.scans, line.again, int(line.explained), line.folder, line.open_rows),
                "|".join(line.open_as_whole),
            )
            for line in ledger.sheets
        ),
    )


def scans(results: Iterable[SheetResult], ledger: Ledger) -> ExportTable:
    """Return what became of each scan: read, rejected or blank; one that was scanned again counts 0."""
    return ExportTable(SCANS, _scans(results, ledger.refusals))


def conflicts(ledger: Ledger) -> ExportTable:
    """Return everything that does not fit together, with what to do about it."""
    return ExportTable(
        CONFLICTS,
        (
            (
                *(each.unit, each.year, each.layout, str(each.kind), each.sheet, each.source),
                *(each.frame or "", each.detail, int(each.is_open), remedy(each.kind)),
            )
            for each in ledger.conflicts
        ),
    )


def _scans(results: Iterable[SheetResult], refused: Iterable[tuple[Key, Refusal]]) -> Iterator[Row]:
    for result in results:
        sheet = result.sheet
        for counts, pages in ((1, sheet.pages), (0, sheet.duplicates)):
            for page in pages:
                yield (
                    *(result.unit, sheet.year, result.layout.id, page.scan.path, page.scan.id.frame),
                    *(page.scan.batch, "read", "", sheet.name, page.page.page, counts, ""),
                )
    for key, refusal in refused:
        each, held = refusal.rejection, refusal.settlement
        settled = f"{held.way} ({held.reviewer})" if held is not None and held.way in CLOSING else ""
        yield (
            *(*key, each.scan.path, each.scan.id.frame, each.scan.batch),
            *("blank" if refusal.is_blank else "rejected", str(each.reason), each.sheet, each.page or ""),
            *(0, settled),
        )
