"""JPEG, PNG, BMP, WEBP: one frame, EXIF rotation applied, transparency on white."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from omr.intake.frames import Frame, Refusal, believable, opened, reduction, shrunk, too_large
from omr.model.arrays import Gray, gray
from omr.model.reading import Reason

# The size is checked here, by the header, with a message for people.
Image.MAX_IMAGE_PIXELS = None

_JPEG_TAIL = 4096
"""Bytes some cameras write behind the end of the picture."""

_PLAIN_MODES = frozenset({"1", "L", "RGB"})
"""Pillow modes that OpenCV turns to gray as we want; CMYK, alpha, palette and 16 bit are left to Pillow."""


_REDUCED = {
    1: cv2.IMREAD_GRAYSCALE,
    2: cv2.IMREAD_REDUCED_GRAYSCALE_2,
    4: cv2.IMREAD_REDUCED_GRAYSCALE_4,
}
"""A JPEG decoder leaves out what a smaller picture does not need: half the size costs half the time."""


def frames(path: Path, *, small: bool = False) -> Iterator[Frame | Refusal]:
    """Yield the one frame of a picture; small: as small as reading allows."""
    with opened(path) as file:
        data = file.read()
    yield decode(data, small=small)


def decode(data: bytes, *, small: bool = False, claimed: float | None = None) -> Frame | Refusal:
    """Return the picture in `data` as gray, or why it cannot be had; a cut-off file is refused as a whole.

    small: as small as reading allows. claimed: its resolution, dpi, where the picture itself does not say.
    """
    try:
        with Image.open(BytesIO(data)) as header:
            size, mode, dpi, form = header.size, header.mode, header.info.get("dpi"), header.format
            refused = too_large(*size) or _cut_off(data, form)
            if refused is not None:
                return refused
            resolution = believable(dpi) if claimed is None else claimed
            if mode not in _PLAIN_MODES:
                return shrunk(with_pillow(header), resolution, small=small)
    except UnidentifiedImageError:  # its own words hold an address in memory
        return Refusal(Reason.UNREADABLE, "a damaged picture")
    except (OSError, SyntaxError, ValueError) as error:
        return Refusal(Reason.UNREADABLE, str(error).split("\n")[0][:120])
    factor = reduction(*size, resolution) if small and form == "JPEG" else 1
    image = cv2.imdecode(np.frombuffer(data, np.uint8), _REDUCED[factor])
    if image is None:
        return Refusal(Reason.UNREADABLE, f"damaged {form} data")
    decoded = gray(image)
    return Frame(decoded, resolution, factor) if factor > 1 else shrunk(decoded, resolution, small=small)


def with_pillow(image: Image.Image) -> Gray:
    """Return any Pillow image as gray, shape (H, W), turned as its EXIF says, transparency on white.

    Raises OSError where the data is damaged or cut off, ValueError where its samples are fractions.
    """
    image = ImageOps.exif_transpose(image)
    if image.mode == "F":
        raise ValueError("samples that are no whole numbers")
    if image.mode.startswith("I;16") or image.mode == "I":
        deep = np.asarray(image)
        beyond = max(int(deep.max()).bit_length() - 8, 0)  # of 16 bits many devices use 10 or 12
        return np.ascontiguousarray((deep >> beyond).clip(0, 255).astype(np.uint8))
    if "A" in image.mode or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return np.ascontiguousarray(image.convert("L"))


def _cut_off(data: bytes, form: str | None) -> Refusal | None:
    """Return the refusal of a file without its end marker: decoders would fill the page with gray."""
    missing = (form == "PNG" and b"IEND" not in data[-64:]) or (
        form == "JPEG" and data.rfind(b"\xff\xd9", max(0, len(data) - _JPEG_TAIL)) < 0
    )
    return Refusal(Reason.UNREADABLE, "the picture is cut off") if missing else None
