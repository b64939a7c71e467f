"""Which pages an image shows, and by what each of them is found: its code, its print, or as a photograph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from omr.imaging.warp import inverted
from omr.model.layout import Layout
from omr.model.pagecode import is_of_others
from omr.model.reading import Outcome, Reading, Reason, Rejection
from omr.model.scan import Scan
from omr.pipeline import steps
from omr.pipeline.coded import read_page
from omr.pipeline.existing import read_by_print
from omr.pipeline.photo import read_photo
from omr.read.identify import FoundCode
from omr.read.known import Index
from omr.settings import DEFAULT, Settings

_ASKEW = frozenset({Reason.FIDUCIALS_MISSING, Reason.LOOSE_FIT, Reason.WRONG_SCALE})
"""What a page is refused for that does not lie on its image as a scanner would have it."""


def read_scan(
    scan: Scan, layouts: Mapping[str, Layout], settings: Settings = DEFAULT, existing: Index | None = None
) -> tuple[Outcome, ...]:
    """Return what a scan shows: one outcome, or one a page where it shows several pages side by side.

    layouts: every known frozen layout by its digest. existing: the forms that others printed, to tell pages
    without a code by. A scan that was made smaller for speed is read at its full size where it is refused
    or its page turns out smaller than it seemed.
    """
    outcomes = _read_frame(scan, layouts, settings, existing)
    if scan.full is not None and not all(_is_settled(outcome, scan.scale, settings) for outcome in outcomes):
        scan = replace(scan, image=scan.full(), scale=1, full=None)
        outcomes = _read_frame(scan, layouts, settings, existing)
    photo = read_photo(scan, layouts, settings) if any(map(_may_be_photo, outcomes)) else None
    return outcomes if photo is None or _is_told(outcomes, photo) else (photo,)


def _read_frame(
    scan: Scan, layouts: Mapping[str, Layout], settings: Settings, existing: Index | None
) -> tuple[Outcome, ...]:
    """Return what one image shows."""
    code = steps.find_code(scan.image, settings.identify)
    if code is None:
        outcome = _read_codeless(scan, settings, existing)
        code = None if _is_read(outcome, scan) else steps.find_grown_code(scan.image, settings.identify)
        if code is None:
            return (outcome,)
    if steps.is_negative(scan.image, code):
        scan = replace(scan, image=inverted(scan.image))
    layout = _layout_of(code, layouts)
    if layout is None:
        return (_stale(scan, code),)
    room = steps.room_beside(code, layout.page(code.page.page), scan.image.shape)
    if room < settings.identify.crowded_area:
        return (read_page(scan, code, layout, settings),)
    return _read_crowded(scan, code, layouts, room, settings)


def _read_crowded(
    scan: Scan, code: FoundCode, layouts: Mapping[str, Layout], room: float, settings: Settings
) -> tuple[Outcome, ...]:
    """Return one outcome a page for an image with room for more than one: A3, 2-up, two sheets in a row."""
    codes = steps.distinct((code, *steps.find_codes(scan.image)))
    if len(codes) == 1:
        outcome = read_page(scan, code, layouts[code.page.digest], settings)
        if room < settings.identify.second_area or (
            isinstance(outcome, Reading)
            and steps.is_blank_beside(scan.image, outcome.registration, settings.identify)
        ):
            return (outcome,)
        beside = replace(scan.id, part=2)
        return _as_part(outcome, 1), Rejection(beside, Reason.TWO_PAGES, "", code.page)
    outcomes: list[Outcome] = []
    for number, found in enumerate(codes, 1):
        part = replace(scan, id=replace(scan.id, part=number))
        layout = _layout_of(found, layouts)
        outcomes.append(_stale(part, found) if layout is None else read_page(part, found, layout, settings))
    return tuple(outcomes)


def _read_codeless(scan: Scan, settings: Settings, existing: Index | None) -> Outcome:
    """Return what an image without a page code shows."""
    if steps.is_blank(scan.image, settings.identify):
        dark = steps.is_dark(scan.image, settings.identify)
        return Rejection(scan.id, Reason.TOO_POOR if dark else Reason.BLANK_PAGE)
    if existing is None:
        return Rejection(scan.id, Reason.NO_PAGE_CODE)
    return read_by_print(scan, existing, settings)


def _is_read(outcome: Outcome, scan: Scan) -> bool:
    """True where a page without a code was read, is blank, or is looked at again at its full size."""
    blank = isinstance(outcome, Rejection) and outcome.reason is Reason.BLANK_PAGE
    return isinstance(outcome, Reading) or blank or scan.full is not None


def _layout_of(code: FoundCode, layouts: Mapping[str, Layout]) -> Layout | None:
    """Return the layout that a code names; None where it is unknown, or has another number of pages."""
    layout = layouts.get(code.page.digest)
    return layout if layout is not None and code.page.pages == len(layout.pages) else None


def _stale(scan: Scan, code: FoundCode) -> Rejection:
    return Rejection(scan.id, Reason.STALE_LAYOUT, code.page.digest, code.page)


def _may_be_photo(outcome: Outcome) -> bool:
    """True where a page with a code does not lie on the image as a scanner would have it."""
    if isinstance(outcome, Reading):
        ours = not is_of_others(outcome.page.sheet)
        return ours and bool(outcome.registration.homography[2, :2].any())
    return outcome.page is not None and outcome.reason in _ASKEW


def _is_told(outcomes: tuple[Outcome, ...], photo: Outcome) -> bool:
    """True where a frame of several pages was refused for what a look at it as a photograph cannot better."""
    refused = isinstance(photo, Rejection) and len(outcomes) > 1
    first = outcomes[0]
    # A code seen from aside looks stretched.
    return refused and isinstance(first, Rejection) and first.reason is not Reason.WRONG_SCALE


def _is_settled(outcome: Outcome, scale: int, settings: Settings) -> bool:
    """True where a larger image would show nothing else."""
    if isinstance(outcome, Reading):
        return outcome.registration.px_per_mm / scale >= settings.identify.enough_px_per_mm
    return outcome.reason in {Reason.BLANK_PAGE, Reason.STALE_LAYOUT, Reason.UNKNOWN_LAYOUT}


def _as_part(outcome: Outcome, part: int) -> Outcome:
    return replace(outcome, scan=replace(outcome.scan, part=part))
