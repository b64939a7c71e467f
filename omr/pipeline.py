"""The whole path of a page on one screen: scan → identify → register → measure → classify → resolve.

No I/O. Trouble that is expected on paper comes back as a `Rejection`; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from omr.imaging.warp import inverted
from omr.model.arrays import Gray
from omr.model.layout import PRINT_GRID, Layout, Marking, Page
from omr.model.pagecode import PageId, is_unnumbered, unnumbered
from omr.model.reading import Doubt, Marks, Measurements, Outcome, Reading, Reason, Rejection
from omr.model.registration import Registration, lying_flat
from omr.model.scan import Scan
from omr.read import identify
from omr.read.beside import ink_beside
from omr.read.classify import classify, classify_bubbles, is_loose, is_unclear
from omr.read.features import evened, light_on, paper_of, picture, relit, small
from omr.read.fiducials import Hits, find_fiducials, hits_unseen
from omr.read.identify import FoundCode
from omr.read.ink import cut_fields, fingerprint, is_signed
from omr.read.known import Index, index_of, which
from omr.read.matched import is_shaded
from omr.read.measure import blank_boxes, measure
from omr.read.nulled import as_flat, beyond_blank, boxes_beyond_blank, known_by_their_like
from omr.read.photographed import is_askew, is_cut, laid_flat, squares_on_flat, squares_on_photo
from omr.read.reference import Patches, find_boxes
from omr.read.register import Misfit, by_corners, on_whole_image, outermost_squares, register
from omr.read.resolve import resolve
from omr.read.streaks import is_streak
from omr.read.strokes import without_foreign_ink
from omr.settings import DEFAULT, Settings

_LEAST_FOUND = 0.8
"""Share of a named or photographed page's boxes that have to be where it has them; of another's few are."""


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


def _may_be_photo(outcome: Outcome) -> bool:
    """True where a page with a code does not lie on the image as a scanner would have it."""
    if isinstance(outcome, Reading):
        return not is_unnumbered(outcome.page.sheet) and bool(outcome.registration.homography[2, :2].any())
    return outcome.page is not None and outcome.reason in _ASKEW


def _is_told(outcomes: tuple[Outcome, ...], photo: Outcome) -> bool:
    """True where a frame of several pages was refused for what a look at it as a photograph cannot better."""
    refused = isinstance(photo, Rejection) and len(outcomes) > 1
    first = outcomes[0]
    # A code seen from aside looks stretched.
    return refused and isinstance(first, Rejection) and first.reason is not Reason.WRONG_SCALE


_ASKEW = frozenset({Reason.FIDUCIALS_MISSING, Reason.LOOSE_FIT, Reason.WRONG_SCALE})


def _is_settled(outcome: Outcome, scale: int, settings: Settings) -> bool:
    """True where a larger image would show nothing else."""
    if isinstance(outcome, Reading):
        return outcome.registration.px_per_mm / scale >= settings.identify.enough_px_per_mm
    return outcome.reason in {Reason.BLANK_PAGE, Reason.STALE_LAYOUT, Reason.UNKNOWN_LAYOUT}


def _read_frame(
    scan: Scan, layouts: Mapping[str, Layout], settings: Settings, existing: Index | None
) -> tuple[Outcome, ...]:
    """Return what one image shows."""
    code = identify.find_code(scan.image, settings.identify)
    if code is None:
        if identify.is_blank(scan.image, settings.identify):
            dark = identify.is_dark(scan.image, settings.identify)
            return (Rejection(scan.id, Reason.TOO_POOR if dark else Reason.BLANK_PAGE),)
        return (read_by_print(scan, existing, settings) if existing else _codeless(scan),)
    if identify.is_negative(scan.image, code):
        scan = replace(scan, image=inverted(scan.image))
    layout = layouts.get(code.page.digest)
    if layout is None or code.page.pages != len(layout.pages):
        return (Rejection(scan.id, Reason.STALE_LAYOUT, code.page.digest, code.page),)
    room = identify.room_beside(code, layout.page(code.page.page), scan.image.shape)
    if room < settings.identify.crowded_area:
        return (read_page(scan, code, layout, settings),)
    return _read_crowded(scan, code, layouts, room, settings)


def read_page(scan: Scan, code: FoundCode, layout: Layout, settings: Settings = DEFAULT) -> Outcome:
    """Return the reading of the page that `code` names, or why it is refused."""
    page = layout.page(code.page.page)
    fitted = _register(scan, code, page, settings)
    if isinstance(fitted, Misfit):
        return Rejection(scan.id, fitted.reason, fitted.detail, code.page)
    registration, hits = fitted
    if (refused := _refused(scan, code, page, registration, hits, settings)) is not None:
        return refused
    return _read_registered(scan, code.page, layout, registration, hits, settings)


def read_named(
    scan: Scan,
    named: PageId,
    layout: Layout,
    corners: NDArray[np.float64] | None = None,
    settings: Settings = DEFAULT,
) -> Outcome:
    """Return the reading of a page that a person named, for its code cannot be read; or why it is refused.

    corners: where the four outermost squares of the page are on `scan.image`, or would be, shape (4, 2), px:
    top left, top right, bottom right, bottom left of the printed page. None: the page fills the image,
    whichever way up. Where squares are missing, the page is taken to lie as the corners say.
    A page that has its boxes elsewhere is refused: it was misnamed. Pages of one form may have their boxes
    at the same places, so every box of a named page is asked about. A form that others printed has no
    squares: there the page's own print decides, and corners say nothing.
    """
    page = layout.page(named.page)
    if layout.existing:
        return read_by_print(scan, index_of([layout], settings.known, named=True), settings, named)
    places = on_whole_image(scan.image.shape) if corners is None else ((corners, outermost_squares(page)),)
    misfit, read = Misfit(Reason.FIDUCIALS_MISSING, ""), []
    for px, mm in places:
        hits = find_fiducials(scan.image, page, px, mm, settings.fiducials)
        fitted = register(hits, page, settings.register)
        if isinstance(fitted, Misfit) and corners is not None:
            fitted, hits = by_corners(corners, page), hits_unseen(scan.image)
        if isinstance(fitted, Misfit):
            misfit = fitted
        else:
            read.append(_read_registered(scan, named, layout, fitted, hits, settings, by_name=True))
    if not read:
        return Rejection(scan.id, misfit.reason, misfit.detail, named)
    # Squares may agree upside down, too; boxes do not.
    found, reading = max(
        ((_boxes_found(each, settings), each) for each in read), key=lambda candidate: candidate[0]
    )
    if found < _LEAST_FOUND:
        return Rejection(scan.id, Reason.LOOSE_FIT, f"{found:.0%} of the boxes found", named)
    return reading


def _boxes_found(reading: Reading, settings: Settings) -> float:
    """Return the share of a page's boxes that are printed where the page has them, 1 where it has none."""
    score = reading.measurements.column("match_score")
    return float(np.mean(score >= settings.classify.least_match)) if len(score) else 1.0


def read_by_print(
    scan: Scan, existing: Index, settings: Settings = DEFAULT, by_name: PageId | None = None
) -> Outcome:
    """Return the reading of a page that others printed, told and registered by its print, or a refusal.

    Its sheet has the scan's own name: which pages are one person's is known from the order of the stack.
    by_name: the page of the one form in the index that a person says it is: no other is read as that one,
    and every box is asked about.
    """
    if identify.is_inverse(scan.image):
        scan = replace(scan, image=inverted(scan.image))
    looked_at, larger = small(scan.image)
    even = evened(looked_at)
    found = which(even, looked_at, existing, settings)
    if isinstance(found, Misfit):
        return Rejection(scan.id, found.reason, found.detail, by_name)
    layout, page, fit = found.known.layout, found.known.page, found.fit.registration
    if by_name is not None and page.number != by_name.page:
        return Rejection(scan.id, Reason.LOOSE_FIT, f"it is page {page.number}", by_name)
    named = by_name or PageId(layout.digest, layout.year, unnumbered(scan.id), page.number, len(layout.pages))
    registration = fit.carried(larger)
    if registration.px_per_mm < settings.identify.smallest_px_per_mm:
        return Rejection(scan.id, Reason.TOO_POOR, f"{registration.px_per_mm * 25.4:.0f} dpi", named)
    if is_cut(scan.image.shape, page, registration):
        return Rejection(scan.id, Reason.FIDUCIALS_MISSING, _CUT, named)
    if is_shaded(paper_of(looked_at), fit, layout.size, settings.match):
        scan = replace(scan, image=relit(scan.image, light_on(scan.image, registration.px_per_mm)))
    hits = hits_unseen(scan.image)
    if layout.marking is Marking.FILL and known_by_their_like(page.boxes):
        patches = find_boxes(
            scan.image, page.boxes, layout.line_mm, registration, hits.black,
            replace(settings.measure, lonely_shift=settings.match.moved), [box.print for box in page.boxes],
        )  # fmt: skip
        measurements = measure(patches, blank_boxes(patches, settings.measure), settings.measure)
        return _reading(
            scan,
            named,
            layout,
            registration,
            hits,
            patches,
            measurements,
            settings,
            by_name=by_name is not None,
        )
    blank = picture(found.known.print)
    patches = boxes_beyond_blank(
        scan.image, blank, page.boxes, registration, hits.black, layout.marking, found.fit.held,
        settings.measure,
    )  # fmt: skip
    flat = beyond_blank(found.flat, blank)
    ground = _Ground(flat, as_flat(patches), lying_flat(layout.size, PRINT_GRID), (255.0, 0.0))
    measurements = _evidence(patches, ground, page, settings)
    return _reading(
        scan, named, layout, registration, hits, patches, measurements, settings, by_name=by_name is not None
    )


def read_photo(scan: Scan, layouts: Mapping[str, Layout], settings: Settings = DEFAULT) -> Outcome | None:
    """Return what a photograph of one page with a code shows, or None where nothing says that it is one.

    The page is laid flat by its squares and then measured as any other; kept is where it lies on the
    photograph.
    """
    codes = identify.find_codes(scan.image, least=2)
    if len(identify.distinct(codes)) != 1 or codes[0].page.digest not in layouts:
        return None
    named, layout = codes[0].page, layouts[codes[0].page.digest]
    page = layout.page(named.page)
    hits = squares_on_photo(scan.image, codes, page, settings.photo, settings.fiducials)
    fitted = _register_photo(hits, page, settings)
    if fitted is None:
        return None
    if isinstance(fitted, Misfit):
        return Rejection(scan.id, fitted.reason, fitted.detail, named)
    refused = _refused(scan, codes[0], page, fitted, hits, settings)
    if refused is None and is_cut(scan.image.shape, page, fitted):
        refused = Rejection(scan.id, Reason.FIDUCIALS_MISSING, _CUT, named)
    if refused is not None:
        return refused
    seen, flat = laid_flat(scan.image, fitted, settings.photo)
    hits = squares_on_flat(seen, page, settings.photo, settings.fiducials)
    fainter = replace(settings.measure, least_trace=settings.photo.least_trace)
    reading = _read_registered(
        replace(scan, image=seen), named, layout, flat, hits, replace(settings, measure=fainter)
    )
    if (found := _boxes_found(reading, settings)) < _LEAST_FOUND:
        return Rejection(scan.id, Reason.LOOSE_FIT, f"{found:.0%} of the boxes found", named)
    return replace(reading, registration=fitted.enlarged(scan.scale), reader=settings.digest)


def _register_photo(hits: Hits, page: Page, settings: Settings) -> Registration | Misfit | None:
    """Return the registration of a page that a camera saw; None where a scanner saw it: a stretched copy."""
    askew = is_askew(hits, settings.photo)
    stretch = (settings.photo if askew else settings).register.largest_stretch
    fitted = register(
        hits, page, replace(settings.photo.register, largest_stretch=stretch), photographed=True
    )
    other = isinstance(fitted, Misfit) and fitted.reason is not Reason.FIDUCIALS_MISSING
    return None if other and not askew else fitted


_CUT = "boxes beyond the edge of the picture"


def _codeless(scan: Scan) -> Rejection:
    return Rejection(scan.id, Reason.NO_PAGE_CODE)


@dataclass(frozen=True, slots=True, eq=False)
class _Ground:
    """What strokes are followed on: an image, where the page's boxes lie on it, and its light.

    light: gray values of paper and print, 0..255.
    """

    image: Gray
    patches: Patches
    registration: Registration
    light: tuple[float, float]


def _read_registered(
    scan: Scan,
    named: PageId,
    layout: Layout,
    registration: Registration,
    hits: Hits,
    settings: Settings,
    *,
    by_name: bool = False,
) -> Reading:
    """Return the reading of a page whose place on the scan is known; by_name: a person named it."""
    page = layout.page(named.page)
    patches = find_boxes(scan.image, page.boxes, layout.line_mm, registration, hits.black, settings.measure)
    ground = _Ground(scan.image, patches, registration, (hits.paper, hits.black))
    measurements = _evidence(patches, ground, page, settings)
    return _reading(scan, named, layout, registration, hits, patches, measurements, settings, by_name=by_name)


def _evidence(patches: Patches, ground: _Ground, page: Page, settings: Settings) -> Measurements:
    """Return the evidence of all boxes, with what lies around them."""
    measurements = _measure(patches, ground, page, settings)
    line = measurements.column("line_through")
    lasting = is_streak(ground.image, page.boxes, ground.registration, ground.light, line, settings.streaks)
    measurements = measurements.with_column("line_through", np.where(lasting, line, 0.0))
    inked = measurements.column("fill_ratio") > settings.classify.marked_fill
    beside = ink_beside(
        ground.image, ground.patches, page.boxes, ground.registration, ground.light, inked,
        settings.beside, settings.strokes,
    )  # fmt: skip
    measurements = measurements.with_column("beside_ink", beside[:, 0])
    return measurements.with_column("ring_ink", beside[:, 1])


def _reading(
    scan: Scan,
    named: PageId,
    layout: Layout,
    registration: Registration,
    hits: Hits,
    patches: Patches,
    measurements: Measurements,
    settings: Settings,
    *,
    by_name: bool = False,
) -> Reading:
    """Return what the evidence of a page comes to."""
    page = layout.page(named.page)
    marks = _decided(measurements, layout, page, settings)
    if by_name:
        marks = replace(marks, doubts=marks.doubts | np.uint16(Doubt.NAMED))
    answers, review = resolve(marks, page.boxes, layout.questions_on(page), layout.spelled)
    fields = cut_fields(scan.image, page.fields, registration, hits.black)
    return Reading(
        scan=scan.id,
        layout=layout.id,
        page=named,
        registration=registration.enlarged(scan.scale),
        measurements=measurements,
        marks=marks,
        answers=answers,
        review=review,
        ink=fingerprint(patches, marks, fields),
        signed=is_signed(fields),
        paper=hits.paper,
        contrast=hits.paper - hits.black,
        reader=settings.digest,
    )


def _decided(measurements: Measurements, layout: Layout, page: Page, settings: Settings) -> Marks:
    """Return what each box holds, by how the form's boxes are chosen."""
    if layout.marking is Marking.FILL:
        alike = known_by_their_like(page.boxes)
        prints = [box.print for box in page.boxes] if alike else []
        marks = classify_bubbles(measurements, prints, settings.bubbles)
        loose = np.where(is_loose(measurements, settings.classify), int(Doubt.LOOSE_FIT), 0)
        return replace(marks, doubts=marks.doubts | loose.astype(np.uint16))
    return classify(measurements, settings.classify, settings.calibration)


def reclassify(reading: Reading, layout: Layout, settings: Settings = DEFAULT) -> Reading:
    """Return what today's settings make of the measurements of a reading; no image is opened."""
    page = layout.page(reading.page.page)
    marks = _decided(reading.measurements, layout, page, settings)
    # Who named a page still vouches for it alone.
    marks = replace(marks, doubts=marks.doubts | (reading.marks.doubts & np.uint16(Doubt.NAMED)))
    answers, review = resolve(marks, page.boxes, layout.questions_on(page), layout.spelled)
    return replace(reading, marks=marks, answers=answers, review=review, reader=settings.digest)


def _measure(patches: Patches, ground: _Ground, page: Page, settings: Settings) -> Measurements:
    """Return the evidence of all boxes, strokes that belong to another box taken off where it matters."""
    blanks = blank_boxes(patches, settings.measure)
    measurements = measure(patches, blanks, settings.measure)
    unclear = is_unclear(measurements, settings.classify)
    passed, own, share = without_foreign_ink(
        ground.image, ground.patches, page.boxes, ground.registration, unclear, settings.strokes
    )
    if not len(passed):
        return measurements
    again = measure(own, blanks, settings.measure).with_column("foreign_fill", share)
    # A streak that crosses a neighbour's mark is a streak all the same.
    again = again.with_column("line_through", measurements.column("line_through")[passed])
    return measurements.with_rows(passed, again)


def _register(
    scan: Scan, code: FoundCode, page: Page, settings: Settings
) -> tuple[Registration, Hits] | Misfit:
    """Return the registration from whichever printed place of the code explains the scan."""
    places = identify.places(code, page, scan.image.shape)
    misfits = []
    for place in places:
        hits = find_fiducials(scan.image, page, place.px, place.mm, settings.fiducials)
        fitted = register(hits, page, settings.register)
        if not isinstance(fitted, Misfit):
            return fitted, hits
        misfits.append(fitted)
    if identify.is_blank(scan.image, settings.identify):
        # The decoder reads a code that merely shows through from the other side: there it is mirrored.
        return Misfit(Reason.BLANK_PAGE if places[0].mirrored else Reason.TOO_POOR, "")
    if identify.is_stretched(code, settings.identify):
        return Misfit(Reason.WRONG_SCALE, "")
    return misfits[0]


def _refused(
    scan: Scan, code: FoundCode, page: Page, registration: Registration, hits: Hits, settings: Settings
) -> Rejection | None:
    """Return why a page that registers is still not to be trusted, or None."""
    if registration.px_per_mm < settings.identify.smallest_px_per_mm:
        return Rejection(scan.id, Reason.TOO_POOR, f"{registration.px_per_mm * 25.4:.0f} dpi", code.page)
    if hits.paper - hits.black < settings.identify.least_contrast:
        return Rejection(scan.id, Reason.TOO_POOR, f"contrast {hits.paper - hits.black:.0f}/255", code.page)
    if registration.homography[2, :2].any():
        # Squares two rows apart may agree on a page seen from aside; the code that they do not explain tells.
        apart = identify.lies_apart(code, page, registration)
        if apart > settings.photo.code_apart:
            return Rejection(scan.id, Reason.LOOSE_FIT, f"code {apart:.1f} mm aside", code.page)
    other = identify.other_page(scan.image, page, registration, code)
    if other is not None:
        return Rejection(scan.id, Reason.TWO_PAGES, f"{code.page.sheet} + {other.sheet}", code.page)
    return None


def _read_crowded(
    scan: Scan, code: FoundCode, layouts: Mapping[str, Layout], room: float, settings: Settings
) -> tuple[Outcome, ...]:
    """Return one outcome a page for an image with room for more than one: A3, 2-up, two sheets in a row."""
    codes = identify.distinct((code, *identify.find_codes(scan.image)))
    if len(codes) == 1:
        outcome = read_page(scan, code, layouts[code.page.digest], settings)
        if room < settings.identify.second_area or (
            isinstance(outcome, Reading)
            and identify.is_blank_beside(scan.image, outcome.registration, settings.identify)
        ):
            return (outcome,)
        beside = replace(scan.id, part=2)
        return _as_part(outcome, 1), Rejection(beside, Reason.TWO_PAGES, "", code.page)
    outcomes: list[Outcome] = []
    for number, found in enumerate(codes, 1):
        part = replace(scan, id=replace(scan.id, part=number))
        layout = layouts.get(found.page.digest)
        if layout is None:
            outcomes.append(Rejection(part.id, Reason.STALE_LAYOUT, found.page.digest, found.page))
        else:
            outcomes.append(read_page(part, found, layout, settings))
    return tuple(outcomes)


def _as_part(outcome: Outcome, part: int) -> Outcome:
    return replace(outcome, scan=replace(outcome.scan, part=part))
