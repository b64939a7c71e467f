"""A page that a camera saw: laid flat by its squares, evenly lit, and then measured as any other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from omr.model.layout import Layout, Page
from omr.model.pagecode import PageId
from omr.model.reading import Outcome, Reason, Rejection
from omr.model.registration import Registration
from omr.model.scan import Scan
from omr.pipeline import steps
from omr.pipeline.coded import distrusted
from omr.pipeline.placed import CUT, LEAST_FOUND, Placed, boxes_found, misplaced, read_placed
from omr.read.fiducials import Hits
from omr.read.register import Misfit
from omr.settings import Settings


def read_photo(scan: Scan, layouts: Mapping[str, Layout], settings: Settings) -> Outcome | None:
    """Return what a photograph of one page with a code shows, or None where nothing says that it is one.

    Kept is where the page lies on the photograph, not on what was laid flat.
    """
    codes = steps.find_codes(scan.image, least=2)
    if len(steps.distinct(codes)) != 1 or codes[0].page.digest not in layouts:
        return None
    named, layout = codes[0].page, layouts[codes[0].page.digest]
    page = layout.page(named.page)
    hits = steps.squares_on_photo(scan.image, codes, page, settings.photo, settings.fiducials)
    fitted = _registered(hits, page, settings)
    if fitted is None:
        return None
    if isinstance(fitted, Misfit):
        return Rejection(scan.id, fitted.reason, fitted.detail, named)
    refused = distrusted(scan, codes[0], page, fitted, hits, settings)
    if refused is None and steps.is_cut(scan.image.shape, page, fitted):
        refused = Rejection(scan.id, Reason.FIDUCIALS_MISSING, CUT, named)
    return refused or _read_flat(scan, named, layout, fitted, settings)


def _registered(hits: Hits, page: Page, settings: Settings) -> Registration | Misfit | None:
    """Return the registration of a page that a camera saw; None where a scanner saw it: a stretched copy."""
    askew = steps.is_askew(hits, settings.photo)
    stretch = (settings.photo if askew else settings).register.largest_stretch
    limits = replace(settings.photo.register, largest_stretch=stretch)
    fitted = steps.register(hits, page, limits, photographed=True)
    other = isinstance(fitted, Misfit) and fitted.reason is not Reason.FIDUCIALS_MISSING
    return None if other and not askew else fitted


def _read_flat(
    scan: Scan, named: PageId, layout: Layout, on_photo: Registration, settings: Settings
) -> Outcome:
    """Return the reading of a page that is laid flat, or why it is refused."""
    seen, flat = steps.laid_flat(scan.image, on_photo, settings.photo)
    hits = steps.squares_on_flat(seen, layout.page(named.page), settings.photo, settings.fiducials)
    fainter = replace(settings.measure, least_trace=settings.photo.least_trace)
    placed = Placed(replace(scan, image=seen), named, layout, flat, hits)
    reading = read_placed(placed, replace(settings, measure=fainter))
    if (found := boxes_found(reading, settings)) < LEAST_FOUND:
        return misplaced(scan, named, found)
    return replace(reading, registration=on_photo.enlarged(scan.scale), reader=settings.digest)
