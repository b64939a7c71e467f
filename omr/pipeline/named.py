"""A page that a person named, for its code cannot be read."""

from __future__ import annotations

from collections.abc import Iterator

from omr.model.arrays import Floats
from omr.model.layout import Layout
from omr.model.pagecode import PageId
from omr.model.reading import Doubt, Outcome, Reading, Reason, Rejection
from omr.model.scan import Scan
from omr.pipeline import steps
from omr.pipeline.existing import read_by_print
from omr.pipeline.placed import LEAST_FOUND, Placed, boxes_found, misplaced, read_placed
from omr.read.register import Misfit
from omr.settings import DEFAULT, Settings


def read_named(
    scan: Scan, named: PageId, layout: Layout, corners: Floats | None = None, settings: Settings = DEFAULT
) -> Outcome:
    """Return the reading of a page that a person named, or why it is refused.

    corners: where the four outermost squares of the page are on `scan.image`, or would be, shape (4, 2), px:
    top left, top right, bottom right, bottom left of the printed page. None: the page fills the image,
    whichever way up. Where squares are missing, the page is taken to lie as the corners say.
    A page that has its boxes elsewhere is refused: it was misnamed. Pages of one form may have their boxes
    at the same places, so every box of a named page is asked about. A form that others printed has no
    squares: there the page's own print decides, and corners say nothing.
    """
    if layout.existing:
        index = steps.index_of([layout], settings.known, named=True)
        return read_by_print(scan, index, settings, named)
    misfit, read = Misfit(Reason.FIDUCIALS_MISSING, ""), []
    for fitted in _placings(scan, named, layout, corners, settings):
        if isinstance(fitted, Misfit):
            misfit = fitted
        else:
            read.append(read_placed(fitted, settings))
    if not read:
        return Rejection(scan.id, misfit.reason, misfit.detail, named)
    # Squares may agree upside down, too; boxes do not.
    found, reading = max(((boxes_found(each, settings), each) for each in read), key=_share)
    return reading if found >= LEAST_FOUND else misplaced(scan, named, found)


def _share(candidate: tuple[float, Reading]) -> float:
    return candidate[0]


def _placings(
    scan: Scan, named: PageId, layout: Layout, corners: Floats | None, settings: Settings
) -> Iterator[Placed | Misfit]:
    """Yield how the page may lie on the scan, or why it does not lie so."""
    page = layout.page(named.page)
    if corners is None:
        places = steps.on_whole_image(scan.image.shape)
    else:
        places = ((corners, steps.outermost_squares(page)),)
    for px, mm in places:
        hits = steps.find_fiducials(scan.image, page, px, mm, settings.fiducials)
        fitted = steps.register(hits, page, settings.register)
        if isinstance(fitted, Misfit) and corners is not None:
            fitted, hits = steps.by_corners(corners, page), steps.hits_unseen(scan.image)
        yield (
            fitted
            if isinstance(fitted, Misfit)
            else Placed(scan, named, layout, fitted, hits, doubt=Doubt.NAMED)
        )
