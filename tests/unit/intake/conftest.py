"""Files as scanners write them, made on the spot from one page that looks different from every side."""

from __future__ import annotations

from io import BytesIO

import cv2
import numpy as np
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = 420, 594


@pytest.fixture(scope="session")
def page() -> np.ndarray:
    """A gray page without any symmetry."""
    image = np.full((HEIGHT, WIDTH), 245, np.uint8)
    cv2.rectangle(image, (20, 20), (120, 60), 0, -1)
    cv2.circle(image, (350, 100), 30, 90, -1)
    cv2.putText(image, "phieu so 1", (60, 400), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 20, 3)
    return image


@pytest.fixture(scope="session")
def jpeg():
    def encode(image: np.ndarray, quality: int = 92, **options: object) -> bytes:
        out = BytesIO()
        Image.fromarray(image).save(out, "JPEG", quality=quality, **options)
        return out.getvalue()

    return encode


@pytest.fixture(scope="session")
def pdf_of():
    """A PDF whose only page shows an image by a matrix of its own."""

    def make(path, data: bytes, matrix, size, rotation: int = 0) -> None:
        # reportlab takes the size as shown, the matrix works on the page as stored.
        size = size[::-1] if rotation in {90, 270} else size
        canvas = Canvas(str(path), pagesize=size, pageCompression=0)
        if rotation:
            canvas.setPageRotation(rotation)
        canvas.transform(*matrix)
        canvas.drawImage(ImageReader(BytesIO(data)), 0, 0, 1, 1)
        canvas.showPage()
        canvas.save()

    return make


@pytest.fixture(scope="session")
def likeness():
    """Correlation of two pictures at the same small size, -1..1."""

    def compare(one: np.ndarray, other: np.ndarray) -> float:
        if (one.shape[0] > one.shape[1]) != (other.shape[0] > other.shape[1]):
            return -1.0
        small = [cv2.resize(each, (105, 148), interpolation=cv2.INTER_AREA).ravel() for each in (one, other)]
        return float(np.corrcoef(*small)[0, 1])

    return compare
