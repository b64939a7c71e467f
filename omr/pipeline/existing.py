"""A page of a form that others printed: told, registered and read by its own print."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from omr.imaging.warp import inverted
from omr.model.arrays import Gray
from omr.model.layout import PRINT_GRID, Marking
from omr.model.pagecode import PageId
from omr.model.reading import Doubt, Outcome, Reading, Reason, Rejection
from omr.model.registration import lying_flat
from omr.model.scan import Scan
from omr.pipeline import steps
from omr.pipeline.coded import resolution
from omr.pipeline.evidence import Ground, evidence_on
from omr.pipeline.placed import CUT, Placed, concluded
from omr.pipeline.shown import page_shown
from omr.read.known import Found, Index
from omr.read.register import Misfit
from omr.settings import DEFAULT, Settings


def read_by_print(
    scan: Scan, existing: Index, settings: Settings = DEFAULT, by_name: PageId | None = None
) -> Outcome:
    """Return the reading of a page that others printed, or a refusal.

    Its sheet has the serial that a code on it bears, or the scan's own name: then which pages are one
    person's is known from the order of the stack.
    by_name: the page of the one form in the index that a person says it is: no other is read as that one,
    and every box is asked about.
    """
    if steps.is_inverse(scan.image):
        scan = replace(scan, image=inverted(scan.image))
    looked_at, larger = steps.small(scan.image)
    shown = page_shown(scan, looked_at, larger, existing, settings)
    if isinstance(shown, Misfit):
        return Rejection(scan.id, shown.reason, shown.detail, by_name or shown.nearly)
    found, registration = shown.found, shown.registration
    layout, page = found.known.layout, found.known.page
    if by_name is not None and page.number != by_name.page:
        return Rejection(scan.id, Reason.LOOSE_FIT, f"it is page {page.number}", by_name)
    named = by_name or found.known.of_sheet(shown.sheet)
    if registration.px_per_mm < settings.identify.smallest_px_per_mm:
        return Rejection(scan.id, Reason.TOO_POOR, resolution(registration), named)
    if steps.is_cut(scan.image.shape, page, registration):
        return Rejection(scan.id, Reason.FIDUCIALS_MISSING, CUT, named)
    if _is_shaded(found, looked_at, settings):
        scan = replace(
            scan, image=steps.relit(scan.image, steps.light_on(scan.image, registration.px_per_mm))
        )
    hits = steps.hits_unseen(scan.image)
    doubt = Doubt.REWORDED if found.reworded else Doubt.NONE
    if by_name or (found.reworded and layout.marking is not Marking.FILL):
        # Other words may be those of other rows: where a pleat hid one, all below it lie a row off.
        doubt |= Doubt.NAMED
    placed = Placed(scan, named, layout, registration, hits, doubt)
    if layout.marking is Marking.FILL and steps.known_by_their_like(page.boxes):
        return _read_by_likes(placed, found, settings)
    return _read_beyond_blank(placed, found, settings)


def _is_shaded(found: Found, looked_at: Gray, settings: Settings) -> bool:
    """True where the light falls unevenly on a page."""
    paper = steps.paper_of(looked_at)
    return steps.is_shaded(paper, found.fit.registration, found.known.layout.size, settings.match)


def _read_by_likes(placed: Placed, found: Found, settings: Settings) -> Outcome:
    """Return the reading of a page of bubbles: a filled one is told from the many others like it."""
    boxes = placed.page.boxes
    nearer = replace(settings.measure, lonely_shift=settings.match.moved)
    patches = steps.find_boxes(
        placed.scan.image, boxes, placed.layout.line_mm, placed.registration, placed.hits.black, nearer,
        [box.print for box in boxes],
    )  # fmt: skip
    blank = steps.picture(found.known.print)
    astray = steps.is_astray(patches, boxes, blank, settings.measure)
    if astray.mean() > settings.match.stuck or steps.has_slipped(found.flat, blank):
        moved = f"{astray.mean():.0%} of the boxes moved"
        return Rejection(placed.scan.id, Reason.LOOSE_FIT, moved, placed.named)
    patches = replace(patches, match=np.where(astray, np.float32(0), patches.match))
    blanks = steps.blank_boxes(patches, settings.measure)
    return concluded(placed, patches, steps.measure(patches, blanks, settings.measure), settings)


def _read_beyond_blank(placed: Placed, found: Found, settings: Settings) -> Reading:
    """Return the reading of a page from what lies beyond the print of its blank."""
    layout, boxes, blank = placed.layout, placed.page.boxes, steps.picture(found.known.print)
    patches = steps.boxes_beyond_blank(
        placed.scan.image, blank, boxes, placed.registration, placed.hits.black, layout.marking,
        found.fit.held, settings.measure,
    )  # fmt: skip
    flat = steps.beyond_blank(found.flat, blank)
    ground = Ground(flat, steps.as_flat(patches), lying_flat(layout.size, PRINT_GRID), (255.0, 0.0), blank)
    return concluded(placed, patches, evidence_on(ground, boxes, patches, settings), settings)
