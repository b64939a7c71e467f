"""What became of each sheet, one line each: those that came back, then those that did not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from omr.batch.results import SheetResult
from omr.model.unit import IssuedSheet


class SheetState(StrEnum):
    """What became of a sheet.

    Issued here: COMPLETE with every page, INCOMPLETE, MISSING, or REPLACED by another and not returned.
    Beyond that: UNISSUED, printed elsewhere; COPY, a further person's sheet under a number that came back.
    """

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    MISSING = "missing"
    REPLACED = "replaced"
    UNISSUED = "unissued"
    COPY = "copy"


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One sheet.

    missing: numbers of the pages that are not there. scans: how many pages were read for it.
    again: how often it was scanned again. folder: where it was scanned, "" where it was not.
    explained: a person said why it is not there, or whether it counts as it is.
    open_rows, open_as_whole: what a person still has to look at.
    """

    unit: str
    year: int
    layout: str
    version: str
    sheet: str
    state: SheetState
    missing: tuple[int, ...]
    scans: int = 0
    again: int = 0
    folder: str = ""
    explained: bool = False
    open_rows: int = 0
    open_as_whole: tuple[str, ...] = ()

    @property
    def returned(self) -> bool:
        """True where something of it came back."""
        return self.state not in {SheetState.MISSING, SheetState.REPLACED}

    @property
    def unexplained(self) -> bool:
        """True while it, or a page of it, is not there and nobody said why."""
        return bool(self.missing) and self.state is not SheetState.REPLACED and not self.explained


def returned_line(result: SheetResult, explained: Collection[str]) -> SheetLine:
    """Return the line of a sheet that came back; explained: sheets whose absence a person has explained."""
    sheet = result.sheet
    return SheetLine(
        unit=result.unit,
        year=sheet.year,
        layout=result.layout.id,
        version=result.layout.version,
        sheet=sheet.name,
        state=_state(result),
        missing=sheet.missing,
        scans=len(sheet.pages) + len(sheet.duplicates),
        again=max(Counter(page.page.page for page in sheet.duplicates).values(), default=0),
        folder=result.folder,
        explained=result.decided or sheet.name in explained,
        open_rows=len(result.open_questions),
        open_as_whole=result.open_as_whole,
    )


def absent_lines(
    issued: Iterable[IssuedSheet],
    replaced: Mapping[str, str],
    back: Collection[str],
    explained: Collection[str],
) -> Iterator[SheetLine]:
    """Yield the line of every issued sheet of which nothing came back; back: the sheets that did."""
    for sheet in issued:
        if sheet.serial not in back:
            yield SheetLine(
                unit=sheet.unit,
                year=sheet.year,
                layout=sheet.layout,
                version=sheet.version,
                sheet=sheet.serial,
                state=SheetState.REPLACED if sheet.serial in replaced else SheetState.MISSING,
                missing=tuple(range(1, sheet.pages + 1)),
                explained=sheet.serial in explained,
            )


def _state(result: SheetResult) -> SheetState:
    if result.sheet.is_copy:
        return SheetState.COPY
    if result.issued is None:
        return SheetState.UNISSUED
    return SheetState.INCOMPLETE if result.sheet.missing else SheetState.COMPLETE
