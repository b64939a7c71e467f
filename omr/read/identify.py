"""Scan → which page it shows: the page code, looked for in its own corners first, then everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from omr.model.arrays import Floats, Gray, gray, median
from omr.model.geometry import A4, RectMm
from omr.model.layout import Page
from omr.model.pagecode import PageId, decode
from omr.model.registration import Registration
from omr.settings import IdentifySettings


@dataclass(frozen=True, slots=True, eq=False)
class FoundCode:
    """A page code on the scan.

    corners: shape (4, 2), px: top left, top right, bottom right, bottom left of the printed code
        (its outer modules, quiet zone not counted), whichever way the page lies.
    """

    page: PageId
    corners: NDArray[np.float64]


def find_code(image: NDArray[np.uint8], settings: IdentifySettings) -> FoundCode | None:
    """Return the first page code of a gray image, shape (H, W), or None where there is none.

    The four corners are read first, then the whole image at half and at full size.
    """
    for left, top, right, bottom in corners_of(image, settings.corner_share):
        found = codes_in(image, left, top, right, bottom)
        if found:
            return found[0]
    found = find_codes(image)
    return found[0] if found else None


def find_codes(image: NDArray[np.uint8], least: int = 1) -> tuple[FoundCode, ...]:
    """Return every page code of the whole image, in the order found.

    least: with fewer found at half the size, the image is looked at as it is.
    """
    height, width = image.shape
    half = gray(cv2.resize(image, (width // 2, height // 2), interpolation=cv2.INTER_AREA))
    # A pixel's centre is its whole number: (x + 0.5) / 2 - 0.5 at half size.
    found = tuple(FoundCode(code.page, code.corners * 2 + 0.5) for code in _decoded(half))
    return found if len(found) >= least else max(found, _decoded(image), key=len)


def codes_in(image: NDArray[np.uint8], left: int, top: int, right: int, bottom: int) -> tuple[FoundCode, ...]:
    """Return the page codes inside a rectangle of the image, corners in the whole image's pixels."""
    height, width = image.shape
    left, top, right, bottom = max(left, 0), max(top, 0), min(right, width), min(bottom, height)
    if right <= left or bottom <= top:
        return ()
    offset = np.array([left, top], dtype=np.float64)
    crop = np.ascontiguousarray(image[top:bottom, left:right])
    return tuple(FoundCode(code.page, code.corners + offset) for code in _decoded(crop))


def is_negative(image: NDArray[np.uint8], code: FoundCode) -> bool:
    """True where print is brighter than paper, as some drivers write two-valued pages.

    Told by the code itself: the outermost ring of its three finder squares against its quiet zone.
    """
    finders = code.corners[[0, 1, 3]]
    middle = code.corners.mean(axis=0)
    ink = _sampled(image, middle + (finders - middle) * _RING)
    paper = _sampled(image, middle + (finders - middle) * _QUIET)
    return median(ink) > median(paper)


def is_inverse(image: NDArray[np.uint8]) -> bool:
    """True where nearly all of a page without a code is dark: a negative; elsewhere, paper is bright."""
    return bool(np.percentile(image[::8, ::8], _MOSTLY) < _DARK)


_MOSTLY, _DARK = 70, 64
"""Percentile that is dark on a negative, for print takes less, and bright on a photograph, where a page takes
more than a dark table; and the gray value that the darkest photograph's paper exceeds."""

_RING, _QUIET = 0.975, 1.12
"""Distance from a code's middle, in half diagonals: in the finders' outer ring, and in the quiet zone."""


def _sampled(image: Gray, points: Floats) -> list[int]:
    height, width = image.shape
    return [
        int(image[min(max(round(y), 0), height - 1), min(max(round(x), 0), width - 1)])
        for x, y in points.tolist()
    ]


def is_blank(image: NDArray[np.uint8], settings: IdentifySettings) -> bool:
    """True where the page carries neither print nor writing: a blank back, perhaps with show-through."""
    small = cv2.resize(image, (420, 594), interpolation=cv2.INTER_AREA)
    # Edges of the glass and shadows of the lid are no writing.
    inner = small[20:-20, 14:-14]
    background = cv2.medianBlur(inner, 41)
    dark = background.astype(np.int16) - inner > settings.blank_darkness
    if dark.mean() < settings.blank_share:
        return True
    return bool(_written(dark.astype(np.uint8)) < settings.blank_share * dark.size)


def is_dark(image: NDArray[np.uint8], settings: IdentifySettings) -> bool:
    """True where an image is darker all over than paper ever is: the lamp was off, or the lid open."""
    return bool(np.median(image[::16, ::16]) < settings.darkest_paper)


def _written(dark: NDArray[np.uint8]) -> int:
    """Return how many dark samples (2 per mm) may be print or writing: punched holes and rims are none."""
    height, width = dark.shape
    left, top, wide, high, area = cv2.connectedComponentsWithStats(dark)[2][1:].T
    rim = np.minimum(np.minimum(left, top), np.minimum(width - left - wide, height - top - high))
    narrow, long = np.minimum(wide, high), np.maximum(wide, high)
    hole = (rim < _HOLE_RIM) & (narrow >= _HOLE[0]) & (long <= _HOLE[1]) & (area > _HOLE_FILL * wide * high)
    return int(area[(rim > 0) & ~hole].sum())


_HOLE = (8, 16)
"""Width and height of a punched hole, in samples of 0.5 mm: office punches make 5 to 7 mm."""

_HOLE_RIM, _HOLE_FILL = 40, 0.65
"""How far from the rim a hole is punched at most (20 mm), and how much of its square a disc fills (0.785)."""


def _decoded(image: NDArray[np.uint8]) -> tuple[FoundCode, ...]:
    found = []
    wanted = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)  # kept, it would be told of as a leak
    for symbol in zxingcpp.read_barcodes(image, formats=wanted):
        page = decode(symbol.text)
        if page is not None:
            at = symbol.position
            quad = (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
            found.append(FoundCode(page, np.array([(point.x, point.y) for point in quad], dtype=np.float64)))
    return tuple(found)


def corners_of(image: NDArray[np.uint8], share: float) -> Iterator[tuple[int, int, int, int]]:
    """Yield the four corners of an image, those of an upright page first (left, top, right, bottom)."""
    height, width = image.shape
    side = int(min(height, width) * share)
    for x, y in ((width - side, 0), (0, height - side), (0, 0), (width - side, height - side)):
        yield x, y, x + side, y + side


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where on paper a code may stand: its corners in px and in mm, shape (4, 2) each."""

    px: Floats
    mm: Floats
    mirrored: bool


def places(code: FoundCode, page: Page, shape: tuple[int, int]) -> tuple[Place, ...]:
    """Return where on paper the code may stand, the likeliest first.

    The same code is printed in several places, and the decoder reads mirrored ones too (it then counts
    the corners the other way round). The likeliest place keeps most of the page on the image (H, W).
    """
    outline = np.array([(0.0, 0.0), (A4.width, 0.0), (A4.width, A4.height), (0.0, A4.height)])
    frame = np.array([(0, 0), (shape[1], 0), (shape[1], shape[0]), (0, shape[0])], dtype=np.float32)

    found = [
        Place(code.corners[order], np.array([(corner.x, corner.y) for corner in area.corners]), mirrored)
        for mirrored, order in ((False, [0, 1, 2, 3]), (True, [0, 3, 2, 1]))
        for area in page.codes
    ]
    papers = _projected(
        outline, np.array([place.mm for place in found]), np.array([place.px for place in found])
    )
    on_image = [
        cv2.intersectConvexConvex(cv2.convexHull(paper), frame)[0] for paper in papers.astype(np.float32)
    ]
    return tuple(found[index] for index in sorted(range(len(found)), key=on_image.__getitem__, reverse=True))


def is_stretched(code: FoundCode, settings: IdentifySettings) -> bool:
    """True where the square code is not square: a copy stretched in one direction."""
    top, right, bottom, left = np.linalg.norm(code.corners - np.roll(code.corners, -1, axis=0), axis=1)
    ratio = float((top + bottom) / (left + right))
    return not 1 / settings.squarest < ratio < settings.squarest


def lies_apart(code: FoundCode, page: Page, registration: Registration) -> float:
    """Return how far from where a registration has a code the nearest its corners were found, mm."""
    either = code.corners, code.corners[[0, 3, 2, 1]]
    apart = [
        float(np.linalg.norm(corners - printed, axis=1).max())
        for printed in registration.corners(page.codes)
        for corners in either
    ]
    return min(apart) / registration.px_per_mm


def room_beside(code: FoundCode, page: Page, shape: tuple[int, int]) -> float:
    """Return how many pages of this one's size the image of `shape` (H, W) has room for."""
    side = float(np.linalg.norm(np.diff(code.corners, axis=0), axis=1).mean())
    px_per_mm = side / page.codes[0].width
    return shape[0] * shape[1] / (A4.width * A4.height * px_per_mm**2)


def distinct(codes: Iterable[FoundCode]) -> tuple[FoundCode, ...]:
    """Return one code a page, in the order found."""
    first: dict[PageId, FoundCode] = {}
    for code in codes:
        first.setdefault(code.page, code)
    return tuple(first.values())


def is_blank_beside(image: NDArray[np.uint8], registration: Registration, settings: IdentifySettings) -> bool:
    """True where nothing is printed or written outside the registered page."""
    quad = registration.quad(RectMm(0.0, 0.0, A4.width, A4.height).grown(_EDGE))
    rest = image.copy()
    cv2.fillConvexPoly(rest, np.array([(point.x, point.y) for point in quad]).astype(np.int32), 255)
    return is_blank(rest, settings)


def other_page(
    image: NDArray[np.uint8], page: Page, registration: Registration, mine: FoundCode
) -> PageId | None:
    """Return the page that the code not yet read names where it is another one (two sheets fed together)."""
    x, y = mine.corners.mean(axis=0).tolist()
    for corners in registration.corners([area.grown(_CODE_MARGIN) for area in page.codes]):
        if cv2.pointPolygonTest(corners.astype(np.float32), (x, y), measureDist=False) >= 0:
            continue
        (left, top), (right, bottom) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
        for found in codes_in(image, int(left), int(top), int(right) + 1, int(bottom) + 1):
            if found.page != mine.page:
                return found.page
    return None


_EDGE = 3.0
"""The shadow along a sheet's edge on the glass, mm."""

_CODE_MARGIN = 4.0
"""Quiet zone of the code (2.1) and registration error, mm."""


def _projected(mm: Floats, areas: Floats, corners: Floats) -> Floats:
    """Return where places, shape (N, 2), lie by the affine maps that take rectangles to their corners in px.

    areas: top left, top right, bottom right, bottom left of each, mm, shape (M, 4, 2), as `corners` in px.
    Returns shape (M, N, 2). A map fits all four corners equally, as least squares do.
    """
    size = areas[:, 2] - areas[:, 0]
    sums = corners[:, [1, 2]].sum(axis=1) - corners[:, [0, 3]].sum(axis=1)
    across = sums / (2 * size[:, :1])
    sums = corners[:, [2, 3]].sum(axis=1) - corners[:, [0, 1]].sum(axis=1)
    down = sums / (2 * size[:, 1:])
    apart = mm - areas.mean(axis=1)[:, None]
    places: Floats = (
        corners.mean(axis=1)[:, None] + apart[..., :1] * across[:, None] + apart[..., 1:] * down[:, None]
    )
    return places
