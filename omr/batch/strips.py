"""A small picture of each doubtful row, kept with the reading for the day its file is gone.

Pages that nobody is asked about cost nothing; `python -m bench.strips` measures the others.
"""

from __future__ import annotations

from dataclasses import replace

from omr.model.layout import Page
from omr.model.reading import Reading
from omr.model.scan import Scan
from omr.overlay import as_jpeg, row_area, row_cut

WIDTH = 800
"""Width of a kept picture, px: 110 dpi, at which a faint tick can still be told from a speck."""

MOST_BYTES = 200_000
"""Of one page's pictures, of which a row takes about 6,000: the end of a page doubtful all over has none."""


def with_strips(reading: Reading, scan: Scan, page: Page) -> Reading:
    """Return the reading with a picture, JPEG, of each row a person is asked about.

    Fields written by hand are covered. scan: the image it was read from, at whatever scale.
    """
    if not reading.review.any():
        return reading
    registration = reading.registration.enlarged(1 / scan.scale)
    hidden = tuple(field.area for field in page.fields)
    asked = dict.fromkeys(
        box.question for box, open_ in zip(page.boxes, reading.review, strict=True) if open_
    )
    strips, size = [], 0
    for question in asked:
        picture = as_jpeg(row_cut(scan.image, registration, row_area(page, question), hidden, WIDTH))
        size += len(picture)
        if size > MOST_BYTES:
            break
        strips.append((question, picture))
    return replace(reading, strips=tuple(strips))
