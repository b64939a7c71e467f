"""How the scanner is doing, batch by batch, with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import atan2, degrees

from omr.batch.results import SheetResult
from omr.i18n import _
from omr.model.reading import Doubt, Reading
from omr.report.numbers import percent
from omr.report.table import Column, Kind, Table, TableRow, Weight, make_table
from omr.store.records import StoredBatch

STREAKED_PERCENT = 5.0
"""Pages with a streak, percent, from which the glass wants cleaning."""
SKEW_DEGREES = 1.0
"""Mean skew, degrees, from which paper is fed in aslant; registration bears more."""
CONTRAST = 90.0
"""Mean of paper minus print, 0..255, under which the scan is too pale or the lamp weak."""
REJECTED_PERCENT = 5.0
"""Scans refused, percent, from which the batch is worth a look."""

_STREAK = int(Doubt.STREAK)


@dataclass(slots=True)
class Health:
    """Sums over the pages of one batch that were read."""

    pages: int = 0
    streaked: int = 0
    skew: float = 0.0
    contrast: float = 0.0

    def add(self, reading: Reading) -> None:
        """Count one page."""
        fit = reading.registration.homography
        self.pages += 1
        self.streaked += bool((reading.marks.doubts & _STREAK).any())
        self.skew += abs(_from_upright(degrees(atan2(fit[1, 0], fit[0, 0]))))
        self.contrast += reading.contrast


@dataclass(slots=True)
class Batches:
    """The health of every batch, by its number."""

    found: dict[int, Health] = field(default_factory=dict)

    def add(self, result: SheetResult) -> None:
        """Count the pages of one returned sheet."""
        for page in result.sheet.pages:
            reading = result.readings[page.page.page]
            self.found.setdefault(page.scan.batch, Health()).add(reading)


def _from_upright(angle: float) -> float:
    """Return how far an angle is from the nearest of 0, 90, 180 and 270 degrees."""
    return (angle + 45.0) % 90.0 - 45.0


def scanner_table(batches: Sequence[StoredBatch], found: Batches) -> Table:
    """Return a row a batch that holds counted pages."""
    columns = (
        Column("batch", _("Batch"), Kind.ORDER),
        Column("at", _("Read on"), Kind.SHORT),
        Column("scans", _("Scans"), Kind.COUNT),
        Column("rejected", _("Rejected (%)"), Kind.PERCENT),
        Column("streaked", _("With a streak (%)"), Kind.PERCENT),
        Column("skew", _("Mean skew (degrees)"), Kind.PERCENT),
        Column("contrast", _("Contrast (0–255)"), Kind.COUNT),
        Column("advice", _("What to do"), Kind.TEXT),
    )
    rows = []
    for batch in batches:
        health = found.found.get(batch.id)
        if health is None or batch.voided:
            continue
        skew, contrast = health.skew / health.pages, health.contrast / health.pages
        rejected, streaked = percent(batch.rejected, batch.scans), percent(health.streaked, health.pages)
        advice = "; ".join(_advice(rejected or 0.0, streaked or 0.0, skew, contrast))
        cells = (
            str(batch.id),
            batch.at[:10],
            batch.scans,
            rejected,
            streaked,
            round(skew, 2),
            round(contrast),
            advice,
        )
        rows.append(TableRow(str(batch.id), Weight.PLAIN, cells))
    return make_table(_("SCANNER HEALTH BY BATCH"), columns, tuple(rows))


def _advice(rejected: float, streaked: float, skew: float, contrast: float) -> Iterator[str]:
    if streaked >= STREAKED_PERCENT:
        yield _("clean the scanner's glass and rollers")
    if skew >= SKEW_DEGREES:
        yield _("set the paper guides closer")
    if contrast < CONTRAST:
        yield _("scan darker, or have the lamp looked at")
    if rejected >= REJECTED_PERCENT:
        yield _("look at the refused scans (omr export rejections)")
