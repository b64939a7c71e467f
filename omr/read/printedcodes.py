"""Codes that others printed on a form: what they say of the page that the print tells, and against it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import zxingcpp

from omr.imaging.warp import seen_through
from omr.model.arrays import Gray
from omr.model.layout import CodeKind, PrintedCode
from omr.model.pagecode import numbered_by_others
from omr.model.registration import Registration
from omr.read.known import KnownPage

Seen = tuple[Gray, Registration]
"""An image, and where the page lies on it."""

_FORMATS = {
    CodeKind.QR: zxingcpp.BarcodeFormat.QRCode,
    CodeKind.CODE128: zxingcpp.BarcodeFormat.Code128,
    CodeKind.DATAMATRIX: zxingcpp.BarcodeFormat.DataMatrix,
}

_AROUND = 3.0
"""Paper taken around a code, mm: its quiet zone, and what the fit and the layout may be off."""

_FINER = 2.0
"""Samples a pixel: a module of 0.3 mm is under three pixels of 200 dpi, and lies aslant on them."""

_STRIPS, _AGREE = 3, 2
"""A check sign passes one misread bar code in a hundred: strips of it are read, and two have to agree."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the codes on a page say.

    sheet: its name by the serial they bear, "" where none was read. other: what contradicts the print, or "".
    """

    sheet: str = ""
    other: str = ""


def read_in_place(image: Gray, registration: Registration, code: PrintedCode) -> str | None:
    """Return what a code reads where its page has it, None where it cannot be read."""
    area = code.area.grown(_AROUND)
    corners = registration.corners((area,))[0]
    fine = registration.px_per_mm * _FINER
    size = round(area.width * fine), round(area.height * fine)
    flat = np.array([(0, 0), (size[0], 0), size, (0, size[1])], np.float32) - np.float32(0.5)
    to_scan = np.asarray(cv2.getPerspectiveTransform(flat, corners.astype(np.float32)), dtype=np.float64)
    cut = seen_through(image, to_scan, size)
    if code.kind is not CodeKind.CODE128:
        return next(iter(_texts(cut, code.kind)), None)
    if area.height > area.width:
        cut = np.ascontiguousarray(np.rot90(cut))
    read = Counter(text for strip in np.array_split(cut, _STRIPS) for text in set(_texts(strip, code.kind)))
    return next((text for text, times in read.items() if times >= _AGREE and len(read) == 1), None)


def told_by(
    known: KnownPage, pages: Sequence[KnownPage], seen: Seen, whole: Callable[[], Seen | None]
) -> Told:
    """Return what codes say of a scan whose print is that of `known`; one that cannot be read says nothing.

    pages: all that are known. whole: the scan at its full size, None where `seen` is that.
    """
    read = _read(known.page.printed_codes, seen, whole)
    for code, text in read.items():
        if code.serial_in(text) is None:
            return Told(other=_as_told(text))
    serials = sorted({serial for code, text in read.items() if (serial := code.serial_in(text))})
    if len(serials) > 1:
        return Told(other=" / ".join(map(_as_told, serials)))
    if all(code.is_numbered for code in read):
        says = named_by(seen[0], pages)
        if says and not any(each is known for each in says):
            return Told(other=f"{says[0]}")
    layout = known.layout
    return Told(numbered_by_others(layout.id, layout.year, serials[0]) if serials else "")


def named_by(image: Gray, pages: Sequence[KnownPage]) -> tuple[KnownPage, ...]:
    """Return the pages that a code says which stands anywhere on a scan and is alike on every sheet."""
    fixed = [
        (code.kind, code.text, known)
        for known in pages
        for code in known.page.printed_codes
        if not code.is_numbered
    ]
    read = {kind: set(_texts(image, kind)) for kind in {kind for kind, _text, _known in fixed}}
    return tuple(known for kind, text, known in fixed if text in read[kind])


def _read(
    codes: Sequence[PrintedCode], seen: Seen, whole: Callable[[], Seen | None]
) -> dict[PrintedCode, str]:
    """Return what each code reads where the page has it, of those that can be read."""
    read: dict[PrintedCode, str] = {}
    for shown in (lambda: seen, whole):
        left = [code for code in codes if code not in read]
        if left and (at := shown()) is not None:
            read |= {code: text for code in left if (text := read_in_place(*at, code)) is not None}
    return read


def _texts(image: Gray, kind: CodeKind) -> Iterator[str]:
    formats = zxingcpp.BarcodeFormats(_FORMATS[kind])
    for symbol in zxingcpp.read_barcodes(
        np.ascontiguousarray(image), formats=formats, text_mode=zxingcpp.TextMode.Plain
    ):
        yield symbol.text.strip()


def _as_told(text: str) -> str:
    """Return a code's text as it is told to people: on one line, and not endless."""
    return "".join(each if each.isprintable() else "?" for each in text[:_LONGEST])


_LONGEST = 40
