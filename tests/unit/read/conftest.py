"""A form of our own making, drawn pixel by pixel: reading is tested without printing."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest
import segno

from omr.model.geometry import A4, RectMm
from omr.model.layout import (
    BlankRow,
    Box,
    Choice,
    Field,
    FieldKind,
    FilledBy,
    Layout,
    Page,
    Question,
    Returns,
    Role,
    Section,
    Shape,
)
from omr.model.pagecode import PageId, encode, new_serial
from omr.model.scan import Scan, ScanId, Source

DIGEST = "0123456789"
ROWS, CHOICES, PITCH = 25, 3, 8.0


def squares() -> tuple[RectMm, ...]:
    left = [RectMm(20.0, 14 + 27.5 * row, 3.5, 3.5) for row in range(10)]
    right = [RectMm(186.5, 32 + 27.5 * row, 3.5, 3.5) for row in range(10)]
    return (*left, *right)


def make_layout(choices: int = CHOICES, blank: BlankRow = BlankRow.UNANSWERED) -> Layout:
    questions, boxes = [], []
    for row in range(ROWS):
        name = f"q{row:02d}"
        names = tuple(Choice(f"c{number}", "") for number in range(choices))
        questions.append(Question(name, str(row), "", "s", names, Role.ITEM, blank))
        for number in range(choices):
            area = RectMm(140.5 + 16 * number, 46.5 + PITCH * row, 5.0, 5.0)
            boxes.append(Box(f"{name}.c{number}", name, f"c{number}", area, Shape.SQUARE))
    page = Page(
        number=1,
        fiducials=squares(),
        orientation=RectMm(27, 14, 12, 2.5),
        codes=(RectMm(177, 11, 13, 13), RectMm(20, 273, 13, 13)),
        boxes=tuple(boxes),
        fields=(Field("name", "", FieldKind.TEXT, RectMm(45, 30, 80, 8)),
                Field("sign", "", FieldKind.SIGNATURE, RectMm(110, 252, 60, 20))),
    )  # fmt: skip
    return Layout("test", "1", 2026, DIGEST, "Test", "vi", A4, 0.25, (Section("s", ""),), tuple(questions),
                  (page,), "none", FilledBy.PERSON, Returns.ONCE)  # fmt: skip


@dataclass
class Paper:
    """A printed page at `k` px per mm that can be written on, then scanned."""

    layout: Layout
    sheet: str
    k: float = 200 / 25.4
    image: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.image = np.full((round(297 * self.k), round(210 * self.k)), 255, np.uint8)
        page = self.layout.pages[0]
        for area in (*page.fiducials, page.orientation):
            self.fill(area)
        for box in page.boxes:
            self.frame(box.area)
        code = segno.make(encode(PageId(DIGEST, 2026, self.sheet, 1, 1)), error="q", micro=False)
        modules = 255 * (1 - np.array(code.matrix, dtype=np.uint8))
        for area in page.codes:
            left, top, side = round(area.x * self.k), round(area.y * self.k), round(area.width * self.k)
            self.image[top : top + side, left : left + side] = cv2.resize(
                modules, (side, side), interpolation=cv2.INTER_NEAREST
            )

    def _px(self, area: RectMm) -> tuple[int, int, int, int]:
        return (
            round(area.x * self.k),
            round(area.y * self.k),
            round(area.right * self.k),
            round(area.bottom * self.k),
        )

    def fill(self, area: RectMm, gray: int = 0) -> None:
        """Print an area, or white it out."""
        left, top, right, bottom = self._px(area)
        self.image[top:bottom, left:right] = gray

    def frame(self, area: RectMm) -> None:
        """Print a box."""
        left, top, right, bottom = self._px(area)
        cv2.rectangle(self.image, (left, top), (right - 1, bottom - 1), 0, max(1, round(0.25 * self.k)))

    def stroke(self, *points: tuple[float, float], width: float = 0.5, gray: int = 70) -> None:
        """A pen stroke through places in mm."""
        # OpenCV draws at sixteenths of a pixel when told to.
        places = (np.array(points) * self.k * 16).round().astype(np.int32)
        thick = max(1, round(width * self.k))
        cv2.polylines(
            self.image, [places], isClosed=False, color=gray, thickness=thick, lineType=cv2.LINE_AA, shift=4
        )

    def tick(self, box: str, *, gray: int = 70, width: float = 0.5, dx: float = 0.0, dy: float = 0.0) -> None:
        """A tick with its tail leaving the box at the upper right."""
        center = self.area(box).center
        x, y = center.x + dx, center.y + dy
        self.stroke((x - 1.6, y - 0.2), (x - 0.4, y + 1.7), (x + 2.6, y - 2.8), width=width, gray=gray)

    def area(self, box: str) -> RectMm:
        """Return where a box stands."""
        return next(each.area for each in self.layout.pages[0].boxes if each.id == box)

    def scan(self, angle: float = 0.0, noise: float = 3.0, seed: int = 0) -> Scan:
        """The page as a scanner gives it: turned by `angle` degrees, a little blurred, grainy."""
        height, width = self.image.shape
        sideways = abs(np.sin(np.radians(angle))) > 0.5
        size = (height, width) if sideways else (width, height)
        turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle, 1.0)
        turn[:, 2] += (size[0] - width) / 2, (size[1] - height) / 2
        soft = cv2.GaussianBlur(self.image, (0, 0), 0.6)
        turned = cv2.warpAffine(soft, turn, size, flags=cv2.INTER_LINEAR, borderValue=255)
        grain = np.random.default_rng(seed).normal(0, noise, turned.shape)
        return as_scan(np.clip(turned * 0.85 + 25 + grain, 0, 255).astype(np.uint8))


def as_scan(image: np.ndarray, frame: int = 1) -> Scan:
    digest = "ab" * 32
    return Scan(ScanId(digest, frame), Source(digest, "stack.pdf", 1, 1), 200.0, image)


@pytest.fixture(scope="session")
def layout() -> Layout:
    return make_layout()


@pytest.fixture(scope="session")
def serial() -> str:
    return new_serial(random.Random(7).randrange)


@pytest.fixture
def paper(layout: Layout, serial: str) -> Paper:
    return Paper(layout, serial)


@pytest.fixture
def one_box(serial: str) -> Paper:
    """One box a row; a blank row means absent."""
    return Paper(make_layout(1, BlankRow.ABSENT), serial)


@pytest.fixture(scope="session")
def scanned():
    """Turn an image into a Scan."""
    return as_scan


@pytest.fixture
def make_paper(layout: Layout, serial: str):
    """Make further papers: of another sheet, at another resolution."""

    def make(sheet: str = serial, dpi: float = 200.0) -> Paper:
        return Paper(layout, sheet, dpi / 25.4)

    return make
