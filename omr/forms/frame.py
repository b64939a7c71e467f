"""What is printed at the same place on every page of every form: fiducials, orientation mark, page codes.

Nothing essential stands in the left and right 20 mm (punch holes, staples, seals).
"""

from __future__ import annotations

from omr.model.geometry import A4, PointMm, RectMm

FIDUCIAL_SIDE = 3.5
"""mm; well below a box (5 mm), so that a filled box is never taken for one."""
FIDUCIALS_A_SIDE = 10
FIDUCIAL_PITCH = 27.5
"""mm; ten pairs leave 0.1–0.2 mm of a slow feed wave, six leave up to 0.4 (LIBRARIES)."""
_FIRST_FIDUCIAL = PointMm(20.0, 14.0)

CODE_SIDE = 13.0
"""mm: 25 modules of 0.52 mm; below 0.47 mm codes fail on 150 dpi scans."""
CODE_MODULES = 25
QUIET = 4 * CODE_SIDE / CODE_MODULES
"""mm of blank paper around a page code: four modules."""
CLEARANCE = 2.0
"""mm of blank paper around a fiducial."""

BOX_SIDE = 5.0
BOX_LINE = 0.25
"""mm; the frame's outer edge is the box's area."""
BOX_GAP = 3.0
"""mm between two boxes, lest a long tick enters the next."""
BOX_TO_LINE = 1.5
"""mm between a box and any other print."""

PRINTABLE_MARGIN = 5.0
"""mm that office printers cannot reach at each edge."""
ESSENTIAL_LEFT, ESSENTIAL_RIGHT = 20.0, 190.0

ORIENTATION = RectMm(27.0, 14.0, 12.0, 2.5)
CODES = (RectMm(177.0, 11.0, CODE_SIDE, CODE_SIDE), RectMm(20.0, 273.0, CODE_SIDE, CODE_SIDE))
CONTENT = RectMm(27.0, 27.0, 156.0, 243.0)
"""Where the form's own print stands."""
TOP_STRIP = RectMm(42.0, 11.0, 132.0, 13.0)
"""Between orientation mark and upper code: title, page, serial."""
BOTTOM_STRIP = RectMm(36.0, 273.0, 147.0, 13.0)
"""Right of the lower code: serial and the correction rule."""


def fiducials() -> tuple[RectMm, ...]:
    """Return the squares, top to bottom, left column first.

    The right column is the left one turned by 180° about the page's centre, so that the pattern looks
    the same upside down and only the orientation mark tells.
    """
    left = tuple(
        RectMm(_FIRST_FIDUCIAL.x, _FIRST_FIDUCIAL.y + index * FIDUCIAL_PITCH, FIDUCIAL_SIDE, FIDUCIAL_SIDE)
        for index in range(FIDUCIALS_A_SIDE)
    )
    turned = (
        RectMm(A4.width - mark.right, A4.height - mark.bottom, mark.width, mark.height)
        for mark in reversed(left)
    )
    return (*left, *turned)
