"""JPEG, PNG, BMP, WEBP: one frame, EXIF rotation applied, transparency on white."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from omr.intake.frames import Frame, Refusal, believable, too_large
from omr.model.arrays import Gray, gray
from omr.model.reading import Reason

# The size is checked here, by the header, with a message for people.
Image.MAX_IMAGE_PIXELS = None

_JPEG_TAIL = 4096
"""Bytes some cameras write behind the end of the picture."""

_PLAIN_MODES = frozenset({"1", "L", "RGB"})
"""Pillow modes that OpenCV turns to gray as we want; CMYK, alpha, palette and 16 bit are left to Pillow."""


def frames(path: Path) -> Iterator[Frame | Refusal]:
    """Yield the one frame of a picture."""
    yield decode(path.read_bytes())


def decode(data: bytes) -> Frame | Refusal:
    """Return the picture in `data` as gray, or why it cannot be had; a cut-off file is refused as a whole."""
    try:
        with Image.open(BytesIO(data)) as header:
            size, mode, dpi, form = header.size, header.mode, header.info.get("dpi"), header.format
            refused = too_large(*size)
            if refused is not None:
                return refused
            if _is_cut_off(data, form):
                return Refusal(Reason.UNREADABLE, "the picture is cut off")
            if mode not in _PLAIN_MODES:
                return Frame(with_pillow(header), believable(dpi))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        return Refusal(Reason.UNREADABLE, str(error).split("\n")[0][:120])
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    if image is None:
        return Refusal(Reason.UNREADABLE, f"damaged {form} data")
    return Frame(gray(image), believable(dpi))


def with_pillow(image: Image.Image) -> Gray:
    """Return any Pillow image as gray, shape (H, W), turned as its EXIF says, transparency on white.

    Raises OSError where the data is damaged or cut off.
    """
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I;16") or image.mode == "I":
        deep = np.asarray(image)
        return np.ascontiguousarray((deep >> 8).clip(0, 255).astype(np.uint8))
    if "A" in image.mode or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return np.ascontiguousarray(image.convert("L"))


def _is_cut_off(data: bytes, form: str | None) -> bool:
    """True where the end marker is missing: decoders would fill the page with gray and say nothing."""
    if form == "JPEG":
        return data.rfind(b"\xff\xd9", max(0, len(data) - _JPEG_TAIL)) < 0
    return form == "PNG" and b"IEND" not in data[-64:]
