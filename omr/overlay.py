"""What each step saw, drawn on the scan: for people who want to see why the machine says what it says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.errors import OmrError, reason_of
from omr.i18n import _
from omr.model.arrays import Gray, gray
from omr.model.geometry import MM_PER_INCH, QuadPx, RectMm
from omr.model.layout import Box, Page
from omr.model.reading import Doubt, MarkState, Reading, Rejection
from omr.model.registration import Registration

Colour = tuple[int, int, int]
Picture = NDArray[np.uint8]

COLOURS: dict[MarkState, Colour] = {
    MarkState.EMPTY: (190, 190, 60),
    MarkState.MARKED: (60, 160, 30),
    MarkState.MARGINAL: (0, 140, 255),
    MarkState.CANCELLED: (200, 60, 160),
}
"""Blue-green-red: empty light blue, marked green, marginal orange, cancelled violet."""

_REVIEW: Colour = (0, 0, 230)
_PRINT: Colour = (200, 120, 0)
_REACH_MM = 1.2
"""White kept around a box in the gallery, mm."""

_BESIDE_MM = 3.0
"""Paper shown around a box of a contact sheet: a ring around it and a mark beside it are seen whole."""

COLUMNS, ROWS = 20, 15
"""Boxes on one sheet of the gallery."""

CELL = (112, 132)
"""Width and height of a box's cell on a sheet, px: its crop in a frame, and three lines of caption."""

_AROUND_MM = 4.0
"""Paper shown above and below a row's boxes: the rows beside it, where a long tick comes from."""

_SIDE_MM = 14.0
"""Left and right of the paper that is left out of a row: fiducials and punch holes."""

_NARROW_MM, _NARROW_PX = 12.0, 380
"""Left and right of a row's boxes on a phone, and the width its picture has at least."""

_SMALL = 60
"""JPEG quality of a kept row: a third of the bytes of 90, and pencil is still seen."""

_CROP, _FRAME, _LINE = 80, 4, 12
"""Side of a crop, thickness of its frame, height of a line, px: 11 px for a millimetre, as of 275 dpi."""


@dataclass(frozen=True, slots=True)
class GalleryBox:
    """One box of the gallery. page: serial, page number and frame; at: place of its crop among all."""

    fill_ratio: float
    at: int
    page: str
    box: str
    state: MarkState


class Gallery:
    """Every box of any number of pages, sorted by fill ratio. Use as a context manager.

    Crops wait in a temporary file: memory holds a short record a box, whatever the stack.
    """

    def __init__(self) -> None:
        self._boxes: list[GalleryBox] = []
        self._crops = TemporaryFile()  # noqa: SIM115  (closed on leaving)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self._crops.close()

    def add(self, image: Gray, reading: Reading, page: Page) -> None:
        """Take in every box of a page, cut out upright."""
        name = f"{reading.page.sheet}/{reading.page.page} f{reading.scan.frame}"
        fill = reading.measurements.column("fill_ratio")
        for index, box in enumerate(page.boxes):
            crop = cut_out(image, reading.registration, _square(box.area.grown(_REACH_MM)), _CROP)
            self._crops.write(crop.tobytes())
            state = MarkState(int(reading.marks.states[index]))
            self._boxes.append(GalleryBox(float(fill[index]), len(self._boxes), name, box.id, state))

    def ordered(self) -> tuple[GalleryBox, ...]:
        """Return every box by fill ratio, and boxes that are alike in the order they came in."""
        return tuple(sorted(self._boxes, key=lambda box: (box.fill_ratio, box.at)))

    def sheets(self) -> Iterator[Picture]:
        """Yield contact sheets, shape (H, W, 3), `COLUMNS` boxes across and up to `ROWS` down."""
        ordered = self.ordered()
        for first in range(0, len(ordered), COLUMNS * ROWS):
            boxes = ordered[first : first + COLUMNS * ROWS]
            width, height = CELL
            rows = -(-len(boxes) // COLUMNS)
            sheet = np.full((rows * height, COLUMNS * width, 3), 255, dtype=np.uint8)
            for number, box in enumerate(boxes):
                top, left = number // COLUMNS * height, number % COLUMNS * width
                self._draw(sheet[top : top + height, left : left + width], box)
            yield sheet

    def _draw(self, cell: Picture, box: GalleryBox) -> None:
        self._crops.seek(box.at * _CROP * _CROP)
        crop = np.frombuffer(self._crops.read(_CROP * _CROP), np.uint8).reshape(_CROP, _CROP)
        left, side = (cell.shape[1] - _CROP) // 2, _CROP + 2 * _FRAME
        cell[:side, left - _FRAME : left + _CROP + _FRAME] = COLOURS[box.state]
        cell[_FRAME : _FRAME + _CROP, left : left + _CROP] = crop[:, :, None]
        for number, line in enumerate((f"{box.fill_ratio:.3f}", box.page, box.box), start=1):
            at = (3, side + number * _LINE)
            cv2.putText(cell, line, at, cv2.FONT_HERSHEY_SIMPLEX, 0.34, (0, 0, 0), 1, cv2.LINE_AA)


def draw_reading(image: Gray, reading: Reading, page: Page) -> Picture:
    """Return the scan, shape (H, W, 3), with squares, fields, boxes and what was read drawn on it."""
    picture = np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), dtype=np.uint8)
    thick = max(1, round(reading.registration.px_per_mm / 5))
    for area in (*page.fiducials, *page.codes, *(field.area for field in page.fields)):
        _outline(picture, reading.registration.quad(area), _PRINT, thick)
    for index, box in enumerate(page.boxes):
        _draw_box(picture, reading, index, box, thick)
    _caption(picture, _summary(reading), reading.registration.px_per_mm)
    return picture


def draw_rejection(image: Gray, rejection: Rejection) -> Picture:
    """Return the scan, shape (H, W, 3), with the reason it was refused written on it."""
    picture = np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), dtype=np.uint8)
    _caption(picture, f"{rejection.reason} {rejection.detail}", image.shape[1] / 210)
    return picture


def cut_out(image: Gray, registration: Registration, area: RectMm, width: int) -> Gray:
    """Return an area of the printed page upright, `width` px wide, its height in proportion."""
    height = max(1, round(width * area.height / area.width))
    quad = registration.quad(area)
    source = np.array([(point.x, point.y) for point in quad], dtype=np.float32)
    corners = [(0, 0), (width - 1, 0), (width - 1, height - 1), (0, height - 1)]
    matrix = cv2.getPerspectiveTransform(source, np.array(corners, dtype=np.float32))
    return gray(cv2.warpPerspective(image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE))


def row_area(page: Page, question: str) -> RectMm:
    """Return what is shown of the row a question stands in: its boxes, and a little around."""
    boxes = [box.area for box in page.boxes if box.question == question]
    top = min(box.y for box in boxes) - _AROUND_MM
    bottom = max(box.bottom for box in boxes) + _AROUND_MM
    return RectMm(_SIDE_MM, top, 210.0 - 2 * _SIDE_MM, bottom - top)


def row_cut(
    image: Gray, registration: Registration, area: RectMm, hidden: Sequence[RectMm], width: int
) -> Gray:
    """Return an area of the page upright, `width` px wide, with the areas `hidden` painted white."""
    cut = cut_out(image, registration, area, width)
    for one in hidden:
        cv2.rectangle(cut, *_corners(one.grown(1.0), area, width / area.width), (255,), cv2.FILLED)
    return cut


def row_picture(cut: Gray, area: RectMm, asked: Sequence[RectMm]) -> Picture:
    """Return a row cut out, `ROW_WIDTH` px wide, shape (H, W, 3), with the boxes `asked` outlined."""
    height = round(area.height * ROW_WIDTH / area.width)
    if cut.shape[1] != ROW_WIDTH:
        cut = gray(cv2.resize(cut, (ROW_WIDTH, height), interpolation=cv2.INTER_CUBIC))
    picture = np.asarray(cv2.cvtColor(cut, cv2.COLOR_GRAY2BGR), dtype=np.uint8)
    for one in asked:
        cv2.rectangle(
            picture, *_corners(one.grown(1.2), area, ROW_WIDTH / area.width), _REVIEW, 2, cv2.LINE_AA
        )
    return picture


def narrowed(picture: Picture, page: Page, question: str) -> Picture:
    """Return the part of a row's picture that its boxes are in: what fits a phone's screen."""
    boxes = [box.area for box in page.boxes if box.question == question]
    scale = ROW_WIDTH / row_area(page, question).width
    left = (min(box.x for box in boxes) - _SIDE_MM - _NARROW_MM) * scale
    right = (max(box.right for box in boxes) - _SIDE_MM + _NARROW_MM) * scale
    wider = max(0.0, _NARROW_PX - (right - left)) / 2
    return picture[:, max(0, round(left - wider)) : round(right + wider)]


def _corners(one: RectMm, area: RectMm, scale: float) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return two corners, px, of a rectangle on a picture of `area` with `scale` px to the millimetre."""
    left, top = round((one.x - area.x) * scale), round((one.y - area.y) * scale)
    return (left, top), (left + round(one.width * scale), top + round(one.height * scale))


def box_picture(
    image: Gray, registration: Registration, box: RectMm, hidden: Sequence[RectMm], side: int
) -> Gray:
    """Return a box and `_BESIDE_MM` of paper around it upright, shape (side, side), hidden areas white."""
    return row_cut(image, registration, _square(box.grown(_BESIDE_MM)), hidden, side)


def mosaic(pictures: Sequence[Gray], columns: int) -> Gray:
    """Return square pictures of one size side by side, `columns` in a row, the last row filled up white."""
    side = pictures[0].shape[0]
    rows = -(-len(pictures) // columns)
    whole = np.full((rows * side, columns * side), 255, dtype=np.uint8)
    for at, picture in enumerate(pictures):
        top, left = at // columns * side, at % columns * side
        whole[top : top + side, left : left + side] = picture
    return whole


def reduced(picture: Picture, width: int) -> Picture:
    """Return a picture, shape (H, W) or (H, W, 3), no wider than `width` px."""
    if picture.shape[1] <= width:
        return picture
    height = round(picture.shape[0] * width / picture.shape[1])
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def cover(picture: Picture, registration: Registration, areas: Sequence[RectMm]) -> None:
    """Paint areas of the printed page white."""
    for area in areas:
        corners = [(point.x, point.y) for point in registration.quad(area.grown(1.0))]
        cv2.fillPoly(picture, [np.array(corners).round().astype(np.int32)], (255, 255, 255))


ROW_WIDTH = 1100
"""Width of a row's picture, px: it fits a screen of 1366 with its margins."""


def as_png(picture: Picture) -> bytes:
    """Return a picture as a PNG file."""
    return bytes(cv2.imencode(".png", picture)[1].tobytes())


def as_jpeg(picture: Gray) -> bytes:
    """Return a picture as a small JPEG file."""
    return bytes(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _SMALL])[1].tobytes())


def from_jpeg(body: bytes) -> Gray:
    """Return the picture that `as_jpeg` made."""
    return gray(cv2.imdecode(np.frombuffer(body, np.uint8), cv2.IMREAD_GRAYSCALE))


def save(path: Path, picture: Picture) -> None:
    """Write a picture, its folder too. Raises OmrError where that cannot be done."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Encoded apart from writing: OpenCV cannot write to names with accents on Windows.
        path.write_bytes(cv2.imencode(path.suffix, picture)[1].tobytes())
    except OSError as error:
        raise OmrError(
            _("{path} could not be written ({reason}). Check the folder and the free space.").format(
                path=path, reason=reason_of(error)
            )
        ) from error


def _square(area: RectMm) -> RectMm:
    """Return the smallest square around an area, with the same centre."""
    side = max(area.width, area.height)
    return RectMm(area.center.x - side / 2, area.center.y - side / 2, side, side)


def _draw_box(picture: Picture, reading: Reading, index: int, box: Box, thick: int) -> None:
    state = MarkState(int(reading.marks.states[index]))
    _outline(picture, reading.registration.quad(box.area.grown(0.4)), COLOURS[state], thick)
    if not reading.review[index]:
        return
    quad = reading.registration.quad(box.area.grown(1.2))
    _outline(picture, quad, _REVIEW, thick)
    doubt = Doubt(int(reading.marks.doubts[index]))
    words = (doubt.name or "").lower().replace("|", " ") if doubt else ""
    at = (int(quad[1].x) + thick * 3, int(quad[1].y) + thick * 8)
    size = reading.registration.px_per_mm / 18
    cv2.putText(picture, words, at, cv2.FONT_HERSHEY_SIMPLEX, size, _REVIEW, thick, cv2.LINE_AA)


def _summary(reading: Reading) -> str:
    page, fit = reading.page, reading.registration
    return (
        f"{reading.layout} {page.sheet} {page.page}/{page.pages}  squares {fit.hits}  "
        f"residual {fit.residual_mm:.2f} mm  {fit.px_per_mm * MM_PER_INCH:.0f} dpi  "
        f"review {int(reading.review.sum())}"
    )


def _caption(picture: Picture, text: str, px_per_mm: float) -> None:
    size = px_per_mm / 14
    at = (round(3 * px_per_mm), round(6 * px_per_mm))
    cv2.putText(
        picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, _REVIEW, max(1, round(size * 2)), cv2.LINE_AA
    )


def _outline(picture: Picture, quad: QuadPx, colour: Colour, thick: int) -> None:
    corners = np.array([(point.x, point.y) for point in quad]).round().astype(np.int32)
    cv2.polylines(picture, [corners], isClosed=True, color=colour, thickness=thick, lineType=cv2.LINE_AA)
