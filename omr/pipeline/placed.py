"""A page whose place on its scan is known, and what its boxes come to: measure → classify → resolve."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from omr.model.layout import Layout, Marking, Page
from omr.model.pagecode import PageId
from omr.model.reading import Doubt, Marks, MarkState, Measurements, Reading, Reason, Rejection
from omr.model.registration import Registration
from omr.model.scan import Scan
from omr.pipeline import steps
from omr.pipeline.evidence import Ground, evidence_on
from omr.read.fiducials import Hits
from omr.read.reference import Patches
from omr.settings import DEFAULT, Settings

LEAST_FOUND = 0.8
"""Share of a named or photographed page's boxes that have to be where it has them; of another's few are."""

CUT = "boxes beyond the edge of the picture"
"""What is wrong with a picture that does not show all of a page's boxes."""


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A page whose place on its scan is known, however it was found.

    hits: the squares it was found by, and how bright its paper and print are. doubt: what each of its boxes
    is marked with. Of a page that a person named, every box is asked about: another page may have boxes at
    the same places.
    """

    scan: Scan
    named: PageId
    layout: Layout
    registration: Registration
    hits: Hits
    doubt: Doubt = Doubt.NONE

    @property
    def page(self) -> Page:
        """The page as it was printed."""
        return self.layout.page(self.named.page)


def read_placed(placed: Placed, settings: Settings) -> Reading:
    """Return the reading of a page that has its squares."""
    page, hits = placed.page, placed.hits
    patches = steps.find_boxes(
        placed.scan.image, page.boxes, placed.layout.line_mm, placed.registration, hits.black,
        settings.measure,
    )  # fmt: skip
    ground = Ground(placed.scan.image, patches, placed.registration, (hits.paper, hits.black))
    return concluded(placed, patches, evidence_on(ground, page.boxes, patches, settings), settings)


def concluded(placed: Placed, patches: Patches, measurements: Measurements, settings: Settings) -> Reading:
    """Return what the evidence of a page comes to."""
    page, hits = placed.page, placed.hits
    marks = _marks(measurements, placed.layout, page, settings)
    marks = replace(marks, doubts=marks.doubts | np.uint16(placed.doubt))
    if _has_lost_ink(placed, measurements, marks, settings):
        lost = np.where(marks.states == MarkState.EMPTY, np.uint16(Doubt.LOST_INK), np.uint16(0))
        marks = replace(marks, doubts=marks.doubts | lost)
    answers, review = steps.resolve(
        marks, page.boxes, placed.layout.questions_on(page), placed.layout.spelled
    )
    fields = steps.cut_fields(placed.scan.image, page.fields, placed.registration, hits.black)
    return Reading(
        scan=placed.scan.id,
        layout=placed.layout.id,
        page=placed.named,
        registration=placed.registration.enlarged(placed.scan.scale),
        measurements=measurements,
        marks=marks,
        answers=answers,
        review=review,
        ink=steps.fingerprint(patches, marks, fields),
        signed=steps.is_signed(fields),
        paper=hits.paper,
        contrast=hits.paper - hits.black,
        reader=settings.digest,
    )


def reclassify(reading: Reading, layout: Layout, settings: Settings = DEFAULT) -> Reading:
    """Return what today's settings make of the measurements of a reading; no image is opened."""
    page = layout.page(reading.page.page)
    marks = _marks(reading.measurements, layout, page, settings)
    # What is doubted of a page as a whole is not measured in its boxes.
    kept = np.uint16(Doubt.NAMED | Doubt.REWORDED | Doubt.LOST_INK)
    marks = replace(marks, doubts=marks.doubts | (reading.marks.doubts & kept))
    answers, review = steps.resolve(marks, page.boxes, layout.questions_on(page), layout.spelled)
    return replace(reading, marks=marks, answers=answers, review=review, reader=settings.digest)


def boxes_found(reading: Reading, settings: Settings) -> float:
    """Return the share of a page's boxes that are printed where the page has them, 1 where it has none."""
    score = reading.measurements.column("match_score")
    return float(np.mean(score >= settings.classify.least_match)) if len(score) else 1.0


def misplaced(scan: Scan, named: PageId, found: float) -> Rejection:
    """Return the refusal of a page that has too few boxes where it should; found: share of them."""
    return Rejection(scan.id, Reason.LOOSE_FIT, f"{found:.0%} of the boxes found", named)


def _has_lost_ink(placed: Placed, measurements: Measurements, marks: Marks, settings: Settings) -> bool:
    """Return whether a scan in black and white shows strokes in crumbs: others it does not show at all."""
    return (
        placed.layout.marking is not Marking.FILL
        and steps.has_crumbs(measurements, marks, settings.classify)
        and steps.is_of_two_values(placed.scan.image, placed.scan.scale)
    )


def _marks(measurements: Measurements, layout: Layout, page: Page, settings: Settings) -> Marks:
    """Return what each box holds, by how the form's boxes are chosen."""
    if layout.marking is not Marking.FILL:
        return steps.classify(measurements, settings.classify, settings.calibration)
    alike = steps.known_by_their_like(page.boxes)
    marks = steps.classify_bubbles(
        measurements, [box.print for box in page.boxes] if alike else [], settings.bubbles
    )
    loose = np.where(steps.is_loose(measurements, settings.classify), int(Doubt.LOOSE_FIT), 0)
    return replace(marks, doubts=marks.doubts | loose.astype(np.uint16))
