"""What does not fit together: sheets in a wrong folder, scans that disagree, two sheets of one person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from omr.batch.results import SheetResult
from omr.batch.settled import MACHINE
from omr.i18n import _
from omr.model.layout import Returns
from omr.model.reading import Doubt
from omr.people.names import folded_key
from omr.store.batches import VoidedScans
from omr.store.late import LatePage
from omr.store.records import StoredPage
from omr.store.store import Store


class ConflictKind(StrEnum):
    """What does not fit; DISAGREE, TWO_SHEETS, LATE stay open until they are dealt with, others are told."""

    DISAGREE = "scans_disagree"
    TWO_SHEETS = "two_sheets_of_one_person"
    OTHER_FOLDER = "other_folder"
    OTHER_YEAR = "other_year"
    OLD_FORM = "older_form"
    REWORDED = "other_words"
    REPLACED = "replaced_sheet_returned"
    PHOTOCOPIED = "photocopied"
    VOIDED = "batch_taken_back"
    LATE = "late_page"
    SERIAL_UNREAD = "serial_unread"


@dataclass(frozen=True, slots=True)
class Conflict:
    """One thing that does not fit. source, frame: the scan to look at, "" and 0 where there is none.

    is_open: a person still has to decide.
    """

    unit: str
    year: int
    layout: str
    kind: ConflictKind
    sheet: str
    source: str
    frame: int
    detail: str
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What conflicts are told by.

    current: the digest of each form and year that was printed last. asked: the year each batch was read for.
    """

    current: Mapping[tuple[str, int], str]
    asked: Mapping[int, int]
    replaced: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Returned:
    """What is kept of a returned sheet to see what does not fit among several."""

    conflict: Conflict
    serial: str
    person: tuple[str, str]
    once: bool
    set_aside: bool
    decided: bool


def returned(result: SheetResult) -> Returned:
    """Return what is kept of a sheet."""
    person = folded_key(result.person.code), folded_key(result.person.name)
    return Returned(
        conflict=_conflict(result, ConflictKind.TWO_SHEETS, ""),
        serial=result.sheet.serial,
        person=person if person[0] else ("", ""),
        once=result.layout.returns is Returns.ONCE,
        set_aside=result.set_aside,
        decided=result.decided,
    )


def of_sheet(store: Store, result: SheetResult, known: Known) -> Iterator[Conflict]:
    """Yield what does not fit about one sheet."""
    sheet = result.sheet
    for page in (*sheet.pages, *sheet.duplicates):
        if page.scan.unit != result.unit:
            text = _("scanned in the folder of {folder}").format(folder=page.scan.unit)
            yield _conflict(result, ConflictKind.OTHER_FOLDER, text, page)
            break
    asked = {known.asked.get(page.scan.batch, sheet.year) for page in sheet.pages} - {sheet.year}
    if asked:
        text = _("read for {asked}, printed for {year}").format(asked=max(asked), year=sheet.year)
        yield _conflict(result, ConflictKind.OTHER_YEAR, text)
    if known.current.get((result.layout.id, sheet.year), sheet.digest) != sheet.digest:
        text = _("the form was printed anew since; this is version {version}")
        yield _conflict(result, ConflictKind.OLD_FORM, text.format(version=result.layout.version))
    reworded = [n for n, each in result.readings.items() if (each.marks.doubts & Doubt.REWORDED).any()]
    if reworded:
        text = _("page {page} has the boxes of the blank, but other words around them")
        detail = text.format(page=", ".join(map(str, reworded)))
        yield _conflict(result, ConflictKind.REWORDED, detail, result.sheet.pages[0])
    if sheet.name in known.replaced:
        text = _("printed again as {sheet}").format(sheet=known.replaced[sheet.name])
        yield _conflict(result, ConflictKind.REPLACED, text)
    for page in (*sheet.pages, *sheet.duplicates):
        codes = result.layout.page(page.page.page).printed_codes
        if page.by_place and any(code.is_numbered for code in codes):
            text = _("page {page}: the code with the serial could not be read")
            yield _conflict(result, ConflictKind.SERIAL_UNREAD, text.format(page=page.page.page), page)
    if result.layout.returns is Returns.ONCE:
        yield from _disagreements(store, result)


def among(sheets: Sequence[Returned]) -> Iterator[Conflict]:
    """Yield what does not fit among sheets: several under one number, several of one person."""
    by_serial: dict[str, list[Returned]] = {}
    by_person: dict[tuple[str, str, str, int], list[Returned]] = {}
    for each in sheets:
        by_serial.setdefault(each.serial, []).append(each)
        if each.person[0] and each.once and not each.set_aside:
            key = (*each.person, each.conflict.layout, each.conflict.year)
            by_person.setdefault(key, []).append(each)
    for group in by_serial.values():
        if len(group) > 1:
            text = _("{n} sheets under one number").format(n=len(group))
            yield _renamed(group[0].conflict, ConflictKind.PHOTOCOPIED, text)
    for group in by_person.values():
        undecided = any(not each.decided for each in group)
        for each in group if len(group) > 1 else ():
            others = ", ".join(other.conflict.sheet for other in group if other is not each)
            text = _("the same person handed in {sheets}").format(sheets=others)
            yield _renamed(each.conflict, ConflictKind.TWO_SHEETS, text, is_open=undecided)


def taken_back(voided: Sequence[VoidedScans], years: Mapping[int, int]) -> Iterator[Conflict]:
    """Yield a line for each unit whose scans were taken back."""
    for each in voided:
        text = _("batch {batch}, {n} scans: {reason}").format(
            batch=each.batch, n=each.scans, reason=each.reason
        )
        yield Conflict(each.unit, years.get(each.batch, 0), "", ConflictKind.VOIDED, "", "", 0, text)


def late(pages: Iterable[LatePage]) -> Iterator[Conflict]:
    """Yield a line for each page that came when its unit was signed off; open until it is read."""
    for each in pages:
        text = _("page {frame} of {file} came after signing off and is not counted")
        detail = text.format(frame=each.frame, file=Path(each.path).name)
        yield Conflict(
            each.unit, each.year, each.layout, ConflictKind.LATE, each.sheet, each.path, each.frame, detail,
            is_open=True,
        )  # fmt: skip


def remedy(kind: ConflictKind) -> str:
    """Return what to do, in the language of the context."""
    remedies = {
        ConflictKind.DISAGREE: _("Look at the paper and decide the rows: omr desk, or omr verdict import."),
        ConflictKind.TWO_SHEETS: _(
            "Ask the person which holds. Say of one that it is invalid, or of each that it is valid:"
            " omr desk, or omr verdict import."
        ),
        ConflictKind.OTHER_FOLDER: _("It counts for its own unit. Put the paper there."),
        ConflictKind.OTHER_YEAR: _("It counts for its own year alone. Take the paper out of this year's."),
        ConflictKind.OLD_FORM: _("It counts. Check that the wording of both versions asks the same."),
        ConflictKind.REWORDED: _(
            "It counts. Check that it is a print of this form; if not, say that the sheet is invalid."
        ),
        ConflictKind.REPLACED: _("It counts. If its replacement stays away, say so: verdict absent."),
        ConflictKind.PHOTOCOPIED: _("Each counts as one person's. Count the paper if that seems too many."),
        ConflictKind.LATE: _("To count it: omr reopen, read its file again, omr close."),
        ConflictKind.SERIAL_UNREAD: _(
            "Its place in the stack says whose it is. Check that the pages of the sheet belong together."
        ),
        ConflictKind.VOIDED: _("Its scans do not count. Read the right folder, if that was not done."),
    }
    return remedies[kind]


def _disagreements(store: Store, result: SheetResult) -> Iterator[Conflict]:
    """Yield, for each page scanned again, the rows that the machine read otherwise, sure of both."""
    decided = {each.answer.question for each in result.answers if each.decided_by != MACHINE}
    for again in result.sheet.duplicates:
        first = {answer.question: answer for answer in result.readings[again.page.page].answers}
        rows = [
            answer.question
            for answer in store.reading(again).answers
            if not answer.review
            and not first[answer.question].review
            and answer.chosen != first[answer.question].chosen
        ]
        if rows:
            text = _("page {page}, rows {rows}").format(page=again.page.page, rows=", ".join(rows))
            is_open = not (result.set_aside or decided.issuperset(rows))
            yield _conflict(result, ConflictKind.DISAGREE, text, again, is_open=is_open)


def _conflict(
    result: SheetResult,
    kind: ConflictKind,
    detail: str,
    page: StoredPage | None = None,
    *,
    is_open: bool = False,
) -> Conflict:
    scan = (page or result.sheet.pages[0]).scan
    return Conflict(
        result.unit,
        result.sheet.year,
        result.layout.id,
        kind,
        result.sheet.name,
        scan.path,
        scan.id.frame,
        detail,
        is_open,
    )


def _renamed(of: Conflict, kind: ConflictKind, detail: str, *, is_open: bool = False) -> Conflict:
    return replace(of, kind=kind, detail=detail, is_open=is_open)
