"""PDF → frames. A page that is one scanned image is taken out as it is; anything else is drawn.

Taking the JPEG stream out costs what decoding it costs; drawing the page costs five times that.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from mmap import ACCESS_READ, mmap
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
from pypdfium2 import raw

from omr.intake import image
from omr.intake.frames import Frame, Refusal, believable, shrunk, too_large
from omr.model.arrays import Gray, gray
from omr.model.reading import Reason

_DRAWN_DPI = (200.0, 300.0)
"""A drawn page gets its images' resolution within these bounds: boxes need 200, above 300 nothing is won."""

_COVERS = 0.9
"""Share of the page's width and height a single image spans to be the page."""

_DARK = 110
"""Mean gray of an image taken out that no sheet of paper has: inverted by a /Decode array, so it is drawn."""

_PLAIN_COLOURS = frozenset({raw.FPDF_COLORSPACE_DEVICEGRAY, raw.FPDF_COLORSPACE_DEVICERGB,
                            raw.FPDF_COLORSPACE_CALGRAY, raw.FPDF_COLORSPACE_CALRGB,
                            raw.FPDF_COLORSPACE_ICCBASED})  # fmt: skip
"""Colour spaces whose samples mean what a JPEG decoder takes them for; not CMYK, Indexed, Lab."""

_TAIL, _PADDED = 2048, 65_536
"""Bytes at the end of a PDF in which its end marker stands; with what some devices fill a block up."""

_WHITE = 250
"""Gray value from which a drawn page's darkest pixel says that nothing is drawn on it."""


def count(path: Path) -> int:
    """Return how many frames the file has to account for; one more where it is cut off; at least 1."""
    try:
        with pypdfium2.PdfDocument(path) as document:
            return max(len(document) + _is_cut_off(path), 1)
    except pypdfium2.PdfiumError:
        return 1


def frames(path: Path, wanted: range, *, small: bool = False) -> Iterator[Frame | Refusal]:
    """Yield the wanted pages (counted from 1) in order; small: as small as reading allows."""
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        # PDFium sets no error for a file without pages: what the file before left there is told.
        locked = "password" in str(error).lower() and _holds(path, b"/Encrypt")
        reason = Reason.ENCRYPTED if locked else Reason.UNREADABLE
        for _number in wanted:
            yield Refusal(reason, "protected by a password" if locked else "the PDF file is damaged")
        return
    with document:
        for number in wanted:
            if number > len(document):
                yield Refusal(Reason.UNREADABLE, "the PDF file is cut off; pages behind this place are lost")
            else:
                yield _page(document, path, number, small=small)


def _page(
    document: pypdfium2.PdfDocument, path: Path, number: int, *, small: bool = False
) -> Frame | Refusal:
    try:
        page = document[number - 1]
        try:
            return _taken_out(page, small=small) or _drawn(page)
        finally:
            page.close()
    except pypdfium2.PdfiumError as error:
        return _by_poppler(path, number) or Refusal(Reason.UNREADABLE, str(error).split(" <")[0][:120])


def _taken_out(page: pypdfium2.PdfPage, *, small: bool = False) -> Frame | Refusal | None:
    """Return the page's only image where it is the whole page and safe to take, else None."""
    if raw.FPDFPage_GetAnnotCount(page):  # ticks set on a screen lie on the page, not in its image
        return None
    objects = list(page.get_objects(max_depth=4))
    if len(objects) != 1 or objects[0].type != raw.FPDF_PAGEOBJ_IMAGE:
        return None
    scan = objects[0]
    matrix = scan.get_matrix()
    width, height = page.get_width(), page.get_height()
    if page.get_rotation() in {90, 270}:
        width, height = height, width
    spans = max(abs(matrix.a), abs(matrix.c)) / width, max(abs(matrix.b), abs(matrix.d)) / height
    if min(spans) < _COVERS:
        return None
    columns, rows = scan.get_px_size()
    refused = too_large(columns, rows)
    if refused is not None:
        return refused
    across = columns if abs(matrix.a) >= abs(matrix.b) else rows
    dpi = believable(across / (width / 72))
    found = _samples(scan, dpi, small=small)
    if found is None or found.image[::16, ::16].mean() < _DARK:
        return None
    return replace(found, image=_turned(found.image, matrix, page.get_rotation()))


def _samples(scan: pypdfium2.PdfImage, dpi: float | None, *, small: bool) -> Frame | None:
    """Return an image object's samples as gray, or None where only drawing gets them right."""
    filters = scan.get_filters()
    colours = scan.get_metadata().colorspace
    if filters == ["DCTDecode"]:
        if colours not in _PLAIN_COLOURS:
            return None
        frame = image.decode(bytes(scan.get_data(decode_simple=False)), small=small, claimed=dpi)
        return replace(frame, dpi=dpi) if isinstance(frame, Frame) else None
    bitmap = scan.get_bitmap(render=False)
    return shrunk(_gray(bitmap.to_numpy()), dpi, small=small)


def _gray(samples: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Gray:
    if samples.ndim == 2 or samples.shape[2] == 1:  # noqa: PLR2004  (rows and columns: already gray)
        return np.ascontiguousarray(samples.reshape(samples.shape[:2]))
    return gray(cv2.cvtColor(np.ascontiguousarray(samples[:, :, :3]), cv2.COLOR_BGR2GRAY))


def _turned(samples: Gray, matrix: pypdfium2.PdfMatrix, rotation: int) -> Gray:
    """Return the image as the page shows it: by quarter turns and mirrorings, small skew left to reading.

    PDF puts an image's first row at the top of a unit square; its matrix and /Rotate place the square.
    """
    if abs(matrix.b) > abs(matrix.a):  # x of the image runs along the page's y
        samples = samples.T
        if matrix.b > 0:
            samples = samples[::-1]
        if matrix.c > 0:
            samples = samples[:, ::-1]
        # Rows of the transposed image are image columns; first column at the bottom where b > 0.
    else:
        if matrix.d < 0:
            samples = samples[::-1]
        if matrix.a < 0:
            samples = samples[:, ::-1]
    return np.ascontiguousarray(np.rot90(samples, -(rotation // 90)))


def _drawn(page: pypdfium2.PdfPage) -> Frame | Refusal:
    """Return the page as drawn. Raises PdfiumError where it shows nothing, for its images are damaged."""
    dpi = _resolution(page)
    sizes = [(round(page.get_width() / 72 * dpi), round(page.get_height() / 72 * dpi))]
    # Whatever its size on the page, an image is decoded whole before it is drawn.
    images = list(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=8))
    sizes += [item.get_px_size() for item in images]
    for width, height in sizes:
        refused = too_large(width, height)
        if refused is not None:
            return refused
    drawn = _gray(page.render(scale=dpi / 72, rev_byteorder=False).to_numpy())
    if _shows_nothing(drawn):
        for item in images:
            item.get_bitmap(render=False)  # raises where drawing merely left it out
    return Frame(drawn, dpi)


def _shows_nothing(drawn: Gray) -> bool:
    """True for a page that is white all over: what a renderer leaves of an image it cannot decode."""
    return int(drawn.min()) >= _WHITE


def _resolution(page: pypdfium2.PdfPage) -> float:
    """Return the resolution to draw at: that of the page's finest image, within bounds."""
    finest = 0.0
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=4):
        matrix, (columns, _rows) = item.get_matrix(), item.get_px_size()
        inches = np.hypot(matrix.a, matrix.b) / 72
        finest = max(finest, columns / inches if inches > 0 else 0.0)
    return float(np.clip(finest, *_DRAWN_DPI))


def _by_poppler(path: Path, number: int) -> Frame | None:
    """Return the page as the second renderer draws it, or None where poppler is absent or fails as well."""
    if shutil.which("pdftoppm") is None:
        return None
    from pdf2image import convert_from_path
    from pdf2image.exceptions import PDFPageCountError, PDFSyntaxError

    try:
        drawn = convert_from_path(
            path, dpi=int(_DRAWN_DPI[0]), first_page=number, last_page=number, grayscale=True, fmt="ppm"
        )
    except (PDFPageCountError, PDFSyntaxError):
        return None
    picture = image.with_pillow(drawn[0]) if drawn else None
    return None if picture is None or _shows_nothing(picture) else Frame(picture, _DRAWN_DPI[0])


def _holds(path: Path, word: bytes) -> bool:
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        return content.find(word) >= 0


def _is_cut_off(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - _PADDED))
        return b"%%EOF" not in file.read().rstrip(b"\0")[-_TAIL:]
