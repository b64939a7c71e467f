"""Whether a page is of another year than the blank: the last digits of its year against the first two.

Nothing else that is printed in digits tells it: sheets are numbered, each its own way.
"""

from __future__ import annotations

import cv2

from omr.model.arrays import Gray, median
from omr.model.geometry import RectMm
from omr.model.layout import PRINT_GRID

_LEGIBLE = 0.75
"""Correlation of a year's first two digits from which its last two are looked at: smeared footers of 7 pt on
scans of two values had 0.72 and less, and were taken for another year's."""

_ANOTHER = 0.85
"""Correlation of the last digits, as a share of the first two's, under which they are others: of 18 pages
this year's had 0.90 and more, last year's 0.82 and less."""

_PLAY = 2
"""Samples by which a digit may lie aside."""


def is_of_another_year(flat: Gray, blank: Gray, years: tuple[RectMm, ...]) -> bool:
    """True where most years printed on a page can be read and end otherwise than the blank's.

    flat: the scan as the page lies flat, of the size of the blank's picture. years: where the blank has them.
    """
    told = [share for share in (_share(flat, blank, area) for area in years) if share is not None]
    return bool(told) and median(told) < _ANOTHER


def _share(flat: Gray, blank: Gray, area: RectMm) -> float | None:
    """Return how like the blank's a year's last digits are against its first; None where it is illegible."""
    alike = [_alike(flat, blank, area, place) for place in range(4)]
    usual = (alike[0] + alike[1]) / 2
    return min(alike[2:]) / usual if usual >= _LEGIBLE else None


def _alike(flat: Gray, blank: Gray, area: RectMm, place: int) -> float:
    """Return the correlation of one of four digits, found again near its place; 0 at the paper's edge."""
    digit, aside = area.width / 4, 1 + _PLAY
    edges = (area.x + place * digit, area.y, area.x + (place + 1) * digit, area.bottom)
    left, top, right, bottom = (round(edge * PRINT_GRID) for edge in edges)
    if min(left, top) < aside:
        return 0.0
    known = blank[top - 1 : bottom + 1, left - 1 : right + 1]
    around = flat[top - aside : bottom + aside, left - aside : right + aside]
    if any(theirs < mine for theirs, mine in zip(around.shape, known.shape, strict=True)):
        return 0.0
    return float(cv2.minMaxLoc(cv2.matchTemplate(around, known, cv2.TM_CCOEFF_NORMED))[1])
