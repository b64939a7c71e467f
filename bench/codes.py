"""Codes as others print them: how many are read on worn scans, and whether one is ever read as another.

    .venv/bin/python -m bench.codes --each 300

QR and bar codes are drawn by encoders that the reader does not use, Data Matrix by the one of its library;
scanned by the synth scanner, damaged. Exits 1 where a code was read as another one.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter

import cv2
import numpy as np
import pypdfium2
import segno
import zxingcpp
from numpy.typing import NDArray
from reportlab.graphics import renderPDF
from reportlab.graphics.barcode import createBarcodeDrawing

from omr.model.arrays import Gray, gray
from omr.model.geometry import MM_PER_INCH, RectMm, SizeMm
from omr.model.layout import CodeKind, Layout, Page, Print, PrintedCode
from omr.model.registration import Registration, lying_flat
from omr.read.known import KnownPage
from omr.read.printedcodes import told_by
from omr.synth import paper
from omr.synth.profiles import PROFILES
from omr.synth.scanner import feed, scan, some_device

DPI = 200
_PX_PER_MM = DPI / MM_PER_INCH
_CARD = SizeMm(100.0, 60.0)
PLACES = {
    CodeKind.QR: RectMm(20.0, 20.0, 14.0, 14.0),
    CodeKind.CODE128: RectMm(20.0, 20.0, 55.0, 10.0),
    CodeKind.DATAMATRIX: RectMm(20.0, 20.0, 10.0, 10.0),
}
"""Where each kind stands, as large as offices print them."""
DAMAGES = ("none", "stroke", "blot", "torn", "specks", "blurred")


def drawn(kind: CodeKind, text: str, size: tuple[int, int]) -> Gray:
    """Return a code as it is printed, `size` (columns, rows) px, without its quiet zone."""
    fine = {CodeKind.QR: _qr, CodeKind.CODE128: _bars, CodeKind.DATAMATRIX: _matrix}[kind](text)
    return gray(cv2.resize(fine, size, interpolation=cv2.INTER_AREA))


def _qr(text: str) -> Gray:
    dots = np.array([list(row) for row in segno.make_qr(text, error="m").matrix]) > 0
    return _enlarged(np.where(dots, 0, 255))


def _matrix(text: str) -> Gray:
    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix)
    return _enlarged(np.array(made.to_image(scale=1, add_quiet_zones=False)))


def _bars(text: str) -> Gray:
    drawing = createBarcodeDrawing("Code128", value=text, quiet=0, humanReadable=0)
    with pypdfium2.PdfDocument(renderPDF.drawToString(drawing)) as document:
        image = document[0].render(scale=8, grayscale=True).to_numpy()
    image = image.reshape(image.shape[:2])
    rows, columns = np.flatnonzero(image.min(axis=1) < 128), np.flatnonzero(image.min(axis=0) < 128)
    return gray(image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].copy())


def _enlarged(dots: NDArray[np.integer]) -> Gray:
    return gray(np.kron(dots.astype(np.uint8), np.ones((16, 16), np.uint8)))


def printed(face: Gray, px_per_mm: float, code: PrintedCode, text: str) -> None:
    """Print a code that reads `text` on a page, white around it."""
    for area, ink in ((code.area.grown(2.0), None), (code.area, text)):
        edges = (area.x, area.y, area.right, area.bottom)
        left, top, right, bottom = (max(round(edge * px_per_mm), 0) for edge in edges)
        face[top:bottom, left:right] = (
            255 if ink is None else drawn(code.kind, ink, (right - left, bottom - top))
        )


def damaged(face: Gray, area: RectMm, damage: str, rng: np.random.Generator) -> Gray:
    """Return a page whose code something happened to."""
    px = _PX_PER_MM
    face, middle = face.copy(), np.array([area.center.x, area.center.y])
    at = ((middle + rng.uniform(-0.5, 0.5, 2) * (area.width, area.height)) * px).astype(int)
    if damage == "stroke":
        for _each in range(int(rng.integers(1, 5))):
            ends = (middle + rng.uniform(-0.7, 0.7, (2, 2)) * (area.width, area.height)) * px
            cv2.line(face, *ends.astype(int).tolist(), int(rng.choice((0, 60, 255))), int(rng.integers(2, 9)))
    elif damage == "blot":
        reach = int(rng.uniform(0.1, 0.5) * min(area.width, area.height) * px)
        cv2.circle(face, at.tolist(), reach, int(rng.choice((0, 255))), -1)
    elif damage == "torn":
        face[:, at[0] :] = 255
    elif damage == "specks":
        return paper.specks(face, px, int(rng.integers(500, 20000)), rng)
    elif damage == "blurred":
        return gray(cv2.GaussianBlur(face, (0, 0), rng.uniform(0.5, 3.0)))
    return face


def card(
    kind: CodeKind, text: str, damage: str, seed: int, profile: str = "worn"
) -> tuple[Gray, Registration]:
    """Return a small sheet with a code, scanned, and where it lies on the scan."""
    rng, habits = np.random.default_rng(seed), PROFILES[profile].scanner
    code = PrintedCode(kind, PLACES[kind], text)
    face = np.full([round(side * _PX_PER_MM) for side in (_CARD.height, _CARD.width)], 255, np.uint8)
    printed(face, _PX_PER_MM, code, text)
    face = damaged(face, code.area, damage, rng)
    device = some_device(habits, rng)
    movement = feed(device, habits, (_CARD.width, _CARD.height), rng)
    image = scan(face, _PX_PER_MM, device, movement, rng)
    corners = np.array([[0, 0], [100, 0], [100, 60], [0, 60.0]], np.float32)
    px = movement.scan(corners.astype(np.float64)) * _PX_PER_MM - 0.5
    flat = lying_flat(_CARD, _PX_PER_MM)
    matrix = cv2.getPerspectiveTransform(corners, px.astype(np.float32))
    return image, Registration(matrix, flat.grid_x, flat.grid_y, flat.displacement, 0, 0.0, _PX_PER_MM)


def page_with(*codes: PrintedCode) -> KnownPage:
    """Return a known page of which nothing but its codes is known."""
    page = Page(1, (), None, (), (), (), Print(b"", b""), codes)
    layout = Layout("form", "1", 2026, "0" * 10, "", "vi", _CARD, 0.25, (), (), (page,), "", "person", "once")  # type: ignore[arg-type]  # nothing looks at them
    return KnownPage(layout, page, Print(b"", b""))


def main() -> None:
    """Print what became of each kind and damage."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--each", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    asked, wrong = parser.parse_args(), 0
    for kind in CodeKind:
        for damage in DAMAGES:
            told = Counter(_told(kind, damage, asked.seed + number) for number in range(asked.each))
            wrong += told["wrong"]
            print(
                f"{kind:<10} {damage:<8} "
                + "  ".join(f"{what} {told[what]}" for what in ("read", "unread", "wrong"))
            )
    sys.exit(bool(wrong))


def _told(kind: CodeKind, damage: str, seed: int) -> str:
    text = f"HS-{seed * 7919 % 1000003:07d}"
    image, registration = card(kind, text, damage, seed)
    told = told_by(
        page_with(PrintedCode(kind, PLACES[kind], "HS-{serial}")), (), (image, registration), lambda: None
    )
    if told.other or told.sheet not in {"", f"form_2026_{text[3:]}"}:
        return "wrong"
    return "read" if told.sheet else "unread"


if __name__ == "__main__":
    main()
