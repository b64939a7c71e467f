"""Printed sheets as page images, by rendering the very PDF that goes to the printer."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pypdfium2

from omr.forms.issue import PrintedSheet
from omr.forms.pdf import write_forms
from omr.forms.place import Placement
from omr.model.arrays import Gray, gray

_POINTS_PER_INCH = 72
_UNDER = 0.01
"""px by which a page is asked for too small, so that rounding up gives the very number of pixels."""


class Prints:
    """The printed pages of some sheets; `pages` is how many a sheet has."""

    def __init__(self, document: pypdfium2.PdfDocument, pages: int) -> None:
        self._document = document
        self._pages = pages

    def page(self, sheet: int, number: int, dpi: int) -> Gray:
        """Return page `number` (from 1) of sheet `sheet` (from 0) at `dpi`, shape (H, W), 255 white.

        A place of x mm stands at x · dpi / 25.4 − 0.5 px, to a hundredth of a pixel.
        """
        page = self._document[sheet * self._pages + number - 1]
        try:
            # pdfium stretches a page to whole pixels; a page of whole pixels is not stretched
            scale = dpi / _POINTS_PER_INCH
            columns, rows = (math.ceil(size * scale - _UNDER) for size in page.get_size())
            top = page.get_height()
            page.set_mediabox(0, top - (rows - _UNDER) / scale, (columns - _UNDER) / scale, top)
            bitmap = page.render(scale=scale, grayscale=True)
            image = bitmap.to_numpy()
            return gray(np.array(image.reshape(image.shape[:2])))
        finally:
            page.close()


@contextmanager
def printed(placement: Placement, sheets: Sequence[PrintedSheet]) -> Iterator[Prints]:
    """Print `sheets` and give their pages while the context lasts."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "forms.pdf"
        write_forms(path, placement, sheets)
        with pypdfium2.PdfDocument(path.read_bytes()) as document:
            yield Prints(document, len(placement.layout.pages))
