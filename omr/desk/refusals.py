"""Refused scans at the desk: what a person does about one, and the list of pages to be scanned again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from omr.audit.crops import Crops
from omr.batch.refusals import Refusal, refusals
from omr.batch.remedies import remedy_of
from omr.desk.config import Office
from omr.errors import UsageError
from omr.i18n import _
from omr.model.layout import Layout
from omr.model.pagecode import PageId, parse_serial
from omr.model.reading import Reading
from omr.model.scan import Scan, Source
from omr.model.settlement import Settlement, Way
from omr.pipeline import read_named


@dataclass(frozen=True, slots=True)
class Refused:
    """A refused scan as the desk shows it. row: names it in addresses. way: what was done about it, or "".

    shown: the page is there to be looked at; a damaged file shows none.
    """

    row: int
    file: str
    frame: int
    reason: str
    remedy: str
    sheet: str
    page: int | None
    way: str
    said: str
    by: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page to be scanned again, or sought: page None where it is not known which. why: for people."""

    sheet: str
    layout: str
    page: int | None
    where: str
    why: str


def unit_refusals(office: Office, code: str) -> tuple[Refused, ...]:
    """Return the refused scans of a unit, the open ones first; no blank pages."""
    found = [_refused(each) for each in refusals(office.store) if each.unit == code and not each.is_blank]
    return tuple(sorted(found, key=lambda each: not each.is_open))


def unit_refusal(office: Office, code: str, row: int) -> Refusal | None:
    """Return one refused scan of a unit, or None where it has none of that row."""
    return next(
        (each for each in refusals(office.store) if each.unit == code and each.rejection.scan.row == row),
        None,
    )


def shown(refusal: Refusal) -> Refused:
    """Return a refused scan as the desk shows it."""
    return _refused(refusal)


def settle(office: Office, refusal: Refusal, way: Way, who: str) -> None:
    """Keep what a person did about a refused scan."""
    office.store.settle([Settlement(refusal.rejection.scan.id, way, who)])


def read_again(
    office: Office,
    crops: Crops,
    refusal: Refusal,
    *,
    sheet: str,
    layout: str,
    page: str,
    corners: NDArray[np.float64] | None,
    who: str,
) -> None:
    """Read a refused scan as the page a person named, and put the reading in the refusal's place.

    corners: shares of the picture's width and height, shape (4, 2), or None. Raises UsageError with what to
    do where the page cannot be that one, SourceError where the scan is gone, StoreError where somebody else
    was faster.
    """
    named, form = _named(office, sheet, layout, page)
    stored = refusal.rejection.scan
    image = crops.frame(stored.path, stored.id)
    scan = Scan(stored.id, Source(stored.id.sha256, stored.path, 0, 0), None, image)
    placed = (
        None if corners is None else corners * np.array([image.shape[1], image.shape[0]], dtype=np.float64)
    )
    outcome = read_named(scan, named, form, placed)
    if not isinstance(outcome, Reading):
        raise UsageError(
            _(
                "The scan does not fit page {page} of {sheet} ({why}). Check the page, or show its corners."
            ).format(page=named.page, sheet=named.sheet, why=outcome.detail or outcome.reason)
        )
    office.store.read_by_name(refusal.rejection, outcome, who)


def _named(office: Office, sheet: str, layout: str, page: str) -> tuple[PageId, Layout]:
    """Return the page a person typed in. Raises UsageError where there cannot be one."""
    serial = parse_serial(sheet)
    if serial is None:
        raise UsageError(
            _("{sheet} is not a serial. It stands beside the code: XXXX-XXXX.").format(sheet=sheet)
        )
    issued = office.store.issued_sheets().get(serial)
    digest = issued.digest if issued is not None else layout
    form = office.layouts.get(digest)
    if form is None:
        raise UsageError(_("Choose the form: sheet {sheet} was not printed from here.").format(sheet=serial))
    if not page.isdigit() or not 1 <= int(page) <= len(form.pages):
        raise UsageError(_("The form has pages 1 to {pages}.").format(pages=len(form.pages)))
    year = issued.year if issued is not None else form.year
    return PageId(digest, year, serial, int(page), len(form.pages)), form


def wanted_pages(office: Office, code: str) -> tuple[Wanted, ...]:
    """Return which pages of a unit have to be scanned again or sought, and why."""
    again = [
        Wanted(
            each.rejection.sheet,
            "",
            each.rejection.page,
            f"{Path(each.rejection.scan.path).name}, {each.rejection.scan.id.frame}",
            remedy_of(each.rejection),
        )
        for each in refusals(office.store)
        if each.unit == code and each.is_open
    ]
    incomplete = [
        Wanted(
            result.sheet.name, result.layout.title, number, "", _("this page of the sheet has not been read")
        )
        for result in office.sheets(unit=code)
        for number in result.sheet.missing
        if not result.set_aside
    ]
    return (*again, *incomplete)


def _refused(each: Refusal) -> Refused:
    words = {
        Way.BLANK: _("nothing is written on it"),
        Way.FOREIGN: _("not one of our forms"),
        Way.RESCAN: _("to be scanned again"),
        Way.RESCANNED: _("was scanned again"),
    }
    rejection, held = each.rejection, each.settlement
    way = held.way if held is not None and held.way in words else None
    return Refused(
        row=rejection.scan.row,
        file=Path(rejection.scan.path).name,
        frame=rejection.scan.id.frame,
        reason=rejection.reason,
        remedy=remedy_of(rejection),
        sheet=rejection.sheet,
        page=rejection.page,
        way=way or "",
        said=words[way] if way else (_("the page was read from another scan") if each.elsewhere else ""),
        by=held.reviewer if held is not None and way else "",
        is_open=each.is_open,
    )
