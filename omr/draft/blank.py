"""A blank form's file → upright pages in millimetres, with the text of a PDF."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
from pypdfium2 import raw

from omr.draft.sheet import GRID, BlankPage, Letter
from omr.errors import SourceError, reason_of
from omr.i18n import _
from omr.intake.frames import Kind, kind_of, open_source, scans, too_large
from omr.model.arrays import Flags, Floats, Gray, Singles, gray, singles
from omr.model.geometry import MM_PER_INCH, MM_PER_POINT, RectMm, SizeMm
from omr.model.reading import Rejection
from omr.model.scan import Scan

_PAPERS = (SizeMm(210.0, 297.0), SizeMm(215.9, 279.4), SizeMm(148.0, 210.0), SizeMm(297.0, 420.0))
"""Paper a scan without a believable resolution is taken for, the commonest first: A4, Letter, A5, A3."""
_SIDES = (90.0, 450.0)
"""Shorter and longer side of paper that is believed, mm."""
_DRAWN_DPI = 300.0
_COVERS = 0.9
"""Share of the page's width and height that an image spans to be the page."""
_STEEPEST = 5.0
"""Largest skew that is looked for, degrees."""
_STRAIGHT = 0.03
"""Skew that is left alone, degrees: 0.15 mm over the height of a page."""


def blank_pages(path: Path) -> Iterator[BlankPage]:
    """Yield the pages of a blank form, upright.

    Raises:
        SourceError: the file cannot be opened, or one of its pages cannot be decoded.
    """
    try:
        source = open_source(path)
    except OSError as error:
        message = _("{path}: the blank cannot be opened ({reason}). Check its name and your permission.")
        raise SourceError(message.format(path=path, reason=reason_of(error))) from error
    drawn = _drawn_pages(path) if kind_of(path) is Kind.PDF else {}
    for number, scan in enumerate(scans(source), start=1):
        if isinstance(scan, Rejection):
            message = _("{path}, page {page}: cannot be read ({reason}). Export or scan the blank anew.")
            raise SourceError(message.format(path=path, page=number, reason=scan.detail or scan.reason))
        yield drawn.get(number) or _scanned(number, scan)


def _scanned(number: int, scan: Scan) -> BlankPage:
    """Return a scanned page, turned upright."""
    height, width = scan.image.shape
    size = _paper(width, height, scan.dpi)
    per_mm = width / size.width
    small = cv2.resize(scan.image, None, fx=4 / per_mm, fy=4 / per_mm, interpolation=cv2.INTER_AREA)
    angle = _skew(_ink(gray(small), 4.0))
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle, 1.0)
    upright = scan.image
    if abs(angle) > _STRAIGHT:
        upright = gray(
            cv2.warpAffine(scan.image, turn, (width, height), flags=cv2.INTER_AREA, borderValue=255)
        )
    back = np.asarray(cv2.invertAffineTransform(turn), np.float64)
    back = np.column_stack((back[:, :2] * per_mm, back[:, 2] - 0.5 * back[:, :2].sum(axis=1)))
    return _page(number, size, upright, per_mm, None, back)


def _drawn_pages(path: Path) -> dict[int, BlankPage]:
    """Return the pages of a PDF that are no scans, by number: drawn, with their text."""
    pages: dict[int, BlankPage] = {}
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:
        return pages  # the intake tells what is wrong with it
    with document:
        for number, page in enumerate(document, start=1):
            if _is_scan(page):
                continue
            size = SizeMm(page.get_width() * MM_PER_POINT, page.get_height() * MM_PER_POINT)
            if _too_large(size):
                continue  # the intake refuses it
            bitmap = page.render(scale=_DRAWN_DPI / 72, grayscale=True).to_numpy()
            picture = np.ascontiguousarray(bitmap.reshape(bitmap.shape[:2]))
            per_mm = _DRAWN_DPI / MM_PER_INCH
            turn = np.array(((per_mm, 0.0, -0.5), (0.0, per_mm, -0.5)))
            pages[number] = _page(number, size, picture, per_mm, _letters(page), turn)
    return pages


def _too_large(size: SizeMm) -> bool:
    """True where a page, drawn, would not fit an office machine."""
    per_mm = _DRAWN_DPI / MM_PER_INCH
    return too_large(round(size.width * per_mm), round(size.height * per_mm)) is not None


def _is_scan(page: pypdfium2.PdfPage) -> bool:
    """True where one image covers the page; text that a program laid over it is not trusted."""
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=2):
        left, bottom, right, top = item.get_bounds()
        if right - left >= _COVERS * page.get_width() and top - bottom >= _COVERS * page.get_height():
            return True
    return False


def _page(
    number: int, size: SizeMm, picture: Gray, per_mm: float, letters: tuple[Letter, ...] | None, turn: Floats
) -> BlankPage:
    shape = round(size.width * GRID), round(size.height * GRID)
    finer = per_mm > GRID
    small = gray(cv2.resize(picture, shape, interpolation=cv2.INTER_AREA if finer else cv2.INTER_CUBIC))
    ink = _ink(small, GRID)
    return BlankPage(number, size, small, ink, letters or (), picture, letters is not None, turn)


def _letters(page: pypdfium2.PdfPage) -> tuple[Letter, ...]:
    """Return the visible characters of a PDF page, places in millimetres."""
    text = page.get_textpage()
    found, spaced = [], True
    for at in range(text.count_chars()):
        character = text.get_text_range(at, 1)
        area, line = (_box(text.get_charbox(at, loose=loose), page.get_height()) for loose in (False, True))
        if not character.strip():
            spaced = True
        elif area.width > 0 and area.height > 0:
            found.append(Letter(character, area, line, spaced))
            spaced = False
    return tuple(found)


def _box(edges: tuple[float, float, float, float], height: float) -> RectMm:
    """Return left, bottom, right, top in points from the foot of the page as a place on paper."""
    left, bottom, right, top = (edge * MM_PER_POINT for edge in edges)
    return RectMm(left, height * MM_PER_POINT - top, right - left, top - bottom)


def _paper(width: int, height: int, dpi: float | None) -> SizeMm:
    """Return the paper's size, by the stated resolution where that gives a sheet, else by its shape."""
    if dpi is not None:
        size = SizeMm(width / dpi * MM_PER_INCH, height / dpi * MM_PER_INCH)
        if _SIDES[0] <= min(size.width, size.height) and max(size.width, size.height) <= _SIDES[1]:
            return size
    longest, shortest = max(width, height), min(width, height)
    paper = min(_PAPERS[:2], key=lambda each: abs(each.height / each.width - longest / shortest))
    per_mm = (longest / paper.height + shortest / paper.width) / 2
    return SizeMm(width / per_mm, height / per_mm)


def _ink(image: Gray, per_mm: float) -> Flags:
    """Return where something is printed: darker than its paper by a third of what the page's print is."""
    small = cv2.resize(image, None, fx=1 / per_mm, fy=1 / per_mm, interpolation=cv2.INTER_AREA)
    paper = cv2.GaussianBlur(cv2.dilate(small, np.ones((11, 11), np.uint8)), (0, 0), 5)
    paper = cv2.resize(paper, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR)
    dark = 1.0 - image / np.maximum(paper, 1)
    printed = dark[dark > 0.2]  # noqa: PLR2004  (a fifth darker than paper is print or shading, not noise)
    black = float(np.percentile(printed, 80)) if printed.size else 1.0
    ink: Flags = dark > max(0.4 * black, 0.15)
    return ink


def _skew(ink: Flags) -> float:
    """Return by how many degrees a page has to be turned for its lines to lie straight, clockwise < 0."""
    small = singles(cv2.resize(ink.astype(np.float32), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
    best = max(np.arange(-_STEEPEST, _STEEPEST + 0.1, 0.2), key=lambda angle: _straightness(small, angle))
    full = ink.astype(np.float32)
    return float(max(best + np.arange(-0.24, 0.25, 0.02), key=lambda angle: _straightness(full, angle)))


def _straightness(ink: Singles, angle: float) -> float:
    """Return how sharply rows and columns alternate once the page is turned by `angle` degrees."""
    height, width = ink.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(angle), 1.0)
    turned = cv2.warpAffine(ink, turn, (width, height), flags=cv2.INTER_LINEAR)
    return sum(float(np.square(np.diff(turned.sum(axis=axis))).sum()) for axis in (0, 1))
