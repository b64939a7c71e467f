"""Which page of a form that others printed a scan shows, and whose: by its print and the codes on it."""

from __future__ import annotations

from dataclasses import dataclass

from omr.model.arrays import Floats, Gray
from omr.model.pagecode import unnumbered
from omr.model.reading import Reason
from omr.model.registration import Registration
from omr.model.scan import Scan
from omr.pipeline import steps
from omr.read.known import Found, Index
from omr.read.printedcodes import Seen
from omr.read.register import Misfit
from omr.settings import Settings


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """The page a scan shows, where it lies on that scan, and the name of its sheet."""

    found: Found
    registration: Registration
    sheet: str


def page_shown(
    scan: Scan, looked_at: Gray, larger: Floats, existing: Index, settings: Settings
) -> Shown | Misfit:
    """Return the page that a scan shows, or why none is named.

    looked_at: the scan, small; larger: from its px to the scan's, shape (3, 3). Without a serial, the sheet
    has the scan's own name.
    """
    found = _found(scan, looked_at, existing, settings)
    if isinstance(found, Misfit):
        return found
    registration = found.fit.registration.carried(larger)

    def whole() -> Seen | None:
        return None if scan.full is None else (scan.full(), registration.enlarged(scan.scale))

    told = steps.told_by(found.known, existing.pages, (scan.image, registration), whole)
    if told.other:
        return found.known.refused(Reason.UNKNOWN_LAYOUT, f"{found.known} / {told.other}")
    return Shown(found, registration, told.sheet or unnumbered(scan.id))


def _found(scan: Scan, looked_at: Gray, existing: Index, settings: Settings) -> Found | Misfit:
    """Return the page by its print; of forms that are printed alike but for a code, the one it says."""
    even = steps.evened(looked_at)
    found = steps.which(even, looked_at, existing, settings)
    if not isinstance(found, Misfit):
        return found
    says = steps.named_by(scan.image, existing.pages)
    if not says:
        return found
    coded = steps.which(
        even, looked_at, steps.index_of_pages(says, settings.known, named=existing.named), settings
    )
    # Other words stand on it than on the blank: there the code and the print do not agree.
    return found if isinstance(coded, Found) and coded.reworded else coded
