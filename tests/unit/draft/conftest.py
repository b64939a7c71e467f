"""Blank forms drawn in the test: as a scan, by OpenCV, and as a PDF, by reportlab."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from omr.draft.blank import blank_pages
from omr.model.geometry import RectMm

PER_MM = 300 / 25.4


@dataclass
class Drawing:
    """An A5 page at 300 dpi to draw on, in millimetres."""

    image: np.ndarray = field(
        default_factory=lambda: np.full((round(210 * PER_MM), round(148 * PER_MM)), 255, np.uint8)
    )

    def px(self, *values: float) -> tuple[int, ...]:
        """Return millimetres as pixels."""
        return tuple(round(value * PER_MM) for value in values)

    def square(self, x: float, y: float, side: float = 5.0, line: float = 0.25, ink: int = 0) -> RectMm:
        """Draw a frame whose outer edge is the rectangle returned."""
        cv2.rectangle(self.image, self.px(x, y), self.px(x + side, y + side), ink, -1)
        cv2.rectangle(
            self.image, self.px(x + line, y + line), self.px(x + side - line, y + side - line), 255, -1
        )
        return RectMm(x, y, side, side)

    def dotted(self, x: float, y: float, side: float) -> RectMm:
        """Draw a frame of dots, 0.6 mm apart."""
        for at in np.arange(0, side + 0.01, 0.6):
            for place in ((x + at, y), (x + at, y + side), (x, y + at), (x + side, y + at)):
                cv2.circle(self.image, self.px(*place), self.px(0.15)[0], 0, -1)
        return RectMm(x, y, side, side)

    def bubble(self, x: float, y: float, wide: float, high: float, letter: str = "") -> RectMm:
        """Draw a bubble with a letter inside."""
        middle, axes = self.px(x + wide / 2, y + high / 2), self.px(wide / 2 - 0.1, high / 2 - 0.1)
        cv2.ellipse(self.image, middle, axes, 0, 0, 360, 0, 3, cv2.LINE_AA)
        if letter:
            self.text(x + wide / 2 - 0.8, y + high / 2 + 0.8, letter, 1.7)
        return RectMm(x, y, wide, high)

    def text(self, x: float, y: float, words: str, high: float = 2.5) -> None:
        """Write words whose capitals are `high` mm, their foot at y."""
        scale = high * PER_MM / 21
        cv2.putText(self.image, words, self.px(x, y), cv2.FONT_HERSHEY_SIMPLEX, scale, 0, 3, cv2.LINE_AA)

    def line(self, x: float, y: float, to_x: float, to_y: float, thick: float = 0.25) -> None:
        """Draw a straight line."""
        cv2.line(self.image, self.px(x, y), self.px(to_x, to_y), 0, max(self.px(thick)[0], 1))

    def turned(self, degrees: float) -> Drawing:
        """Return the page as a skewed scan."""
        height, width = self.image.shape
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
        return Drawing(cv2.warpAffine(self.image, turn, (width, height), borderValue=255))

    def save(self, path: Path) -> Path:
        """Write the page as a scanner does, its resolution told."""
        Image.fromarray(self.image).save(path, dpi=(300, 300))
        return path


@pytest.fixture
def drawing():
    return Drawing()


@pytest.fixture
def page_of(tmp_path):
    """Return the blank page of a drawing, saved and read as a scan is."""
    return lambda drawing: next(blank_pages(drawing.save(tmp_path / "scan.png")))


ROWS = ("1. Respects working hours", "2. Keeps records in order", "3. Answers letters in time")
HEADS = ("Never", "Often", "Always")


@pytest.fixture
def form_pdf(tmp_path):
    """Return a PDF form: a table of three rows and three boxes each, a list, an ID grid of bubbles."""
    path = tmp_path / "form.pdf"
    paper = Canvas(str(path), pagesize=A4, initialFontName="Helvetica")

    def at(x: float, y: float) -> tuple[float, float]:
        return x * mm, A4[1] - y * mm

    def write(x: float, y: float, words: str, size: float = 10) -> None:
        paper.setFont("Helvetica", size)
        paper.drawString(*at(x, y), words)

    write(60, 20, "SURVEY OF THE OFFICE, QUOTED DO0", 14)
    for column, head in enumerate(HEADS):
        write(119 + 20 * column, 35, head)
        for row in range(3):
            paper.rect(*at(120 + 20 * column, 45 + 10 * row), 4 * mm, 4 * mm)
    for row, words in enumerate(ROWS):
        write(20, 44 + 10 * row, words)
    write(20, 85, "Your work place")
    for row, words in enumerate(("Office", "Archive", "Field")):
        paper.rect(*at(20, 95 + 7 * row), 4 * mm, 4 * mm)
        write(26, 94.4 + 7 * row, words)
    write(120, 85, "STAFF NO")
    for column in range(3):
        for digit in range(10):
            x, y = 122 + 6 * column, 92 + 6 * digit
            paper.circle(*at(x, y), 1.8 * mm)
            paper.setFont("Helvetica", 6)
            paper.drawCentredString(*at(x, y + 0.8), str(digit))
    paper.save()
    return path
