"""A page by its code: squares → registration, and why a page that registers may still not be trusted."""

from __future__ import annotations

from omr.model.geometry import MM_PER_INCH
from omr.model.layout import Layout, Page
from omr.model.reading import Outcome, Reason, Rejection
from omr.model.registration import Registration
from omr.model.scan import Scan
from omr.pipeline import steps
from omr.pipeline.placed import Placed, read_placed
from omr.read.fiducials import Hits
from omr.read.identify import FoundCode
from omr.read.register import Misfit
from omr.settings import Settings


def read_page(scan: Scan, code: FoundCode, layout: Layout, settings: Settings) -> Outcome:
    """Return the reading of the page that `code` names, or why it is refused."""
    page = layout.page(code.page.page)
    fitted = _registered(scan, code, page, settings)
    if isinstance(fitted, Misfit):
        return Rejection(scan.id, fitted.reason, fitted.detail, code.page)
    registration, hits = fitted
    refused = distrusted(scan, code, page, registration, hits, settings)
    return refused or read_placed(Placed(scan, code.page, layout, registration, hits), settings)


def _registered(
    scan: Scan, code: FoundCode, page: Page, settings: Settings
) -> tuple[Registration, Hits] | Misfit:
    """Return the registration from whichever printed place of the code explains the scan."""
    places = steps.places(code, page, scan.image.shape)
    misfits = []
    for place in places:
        hits = steps.find_fiducials(scan.image, page, place.px, place.mm, settings.fiducials)
        fitted = steps.register(hits, page, settings.register)
        if not isinstance(fitted, Misfit):
            return fitted, hits
        misfits.append(fitted)
    if steps.is_blank(scan.image, settings.identify):
        # The decoder reads a code that merely shows through from the other side: there it is mirrored.
        return Misfit(Reason.BLANK_PAGE if places[0].mirrored else Reason.TOO_POOR, "")
    if steps.is_stretched(code, settings.identify):
        return Misfit(Reason.WRONG_SCALE, "")
    return misfits[0]


def distrusted(
    scan: Scan, code: FoundCode, page: Page, registration: Registration, hits: Hits, settings: Settings
) -> Rejection | None:
    """Return why a page that registers is still not to be trusted, or None."""
    if registration.px_per_mm < settings.identify.smallest_px_per_mm:
        return Rejection(scan.id, Reason.TOO_POOR, resolution(registration), code.page)
    if hits.paper - hits.black < settings.identify.least_contrast:
        return Rejection(scan.id, Reason.TOO_POOR, f"contrast {hits.paper - hits.black:.0f}/255", code.page)
    if registration.homography[2, :2].any():
        # Squares two rows apart may agree on a page seen from aside; the code that they do not explain tells.
        apart = steps.lies_apart(code, page, registration)
        if apart > settings.photo.code_apart:
            return Rejection(scan.id, Reason.LOOSE_FIT, f"code {apart:.1f} mm aside", code.page)
    other = steps.other_page(scan.image, page, registration, code)
    if other is not None:
        return Rejection(scan.id, Reason.TWO_PAGES, f"{code.page.sheet} + {other.sheet}", code.page)
    return None


def resolution(registration: Registration) -> str:
    """Return how finely a page was scanned, for people."""
    return f"{registration.px_per_mm * MM_PER_INCH:.0f} dpi"
