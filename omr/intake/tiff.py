"""TIFF stacks by Pillow, frame by frame: OpenCV sees the first frame only."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
from PIL import ExifTags, Image, UnidentifiedImageError

from omr.intake.frames import (
    MOST_FRAMES,
    Frame,
    Refusal,
    believable,
    opened,
    reduction,
    shrunk,
    too_large,
)
from omr.intake.image import with_pillow
from omr.model.arrays import Gray
from omr.model.reading import Reason


def count(path: Path) -> int:
    """Return how many frames can be told; one more where the stack breaks off behind them; at least 1."""
    try:
        with _unwarned(), Image.open(path) as stack:
            return _reachable(stack)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, TypeError):
        return 1


def frames(path: Path, wanted: range, *, small: bool = False) -> Iterator[Frame | Refusal]:
    """Yield the wanted frames (counted from 1); one that is damaged is refused and the next go on.

    small: as small as reading allows.
    """
    # As an open file: one told by its name Pillow maps into memory where it can, and then turns it wrongly.
    with opened(path) as file:
        try:
            with _unwarned():
                stack = Image.open(file)
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError, TypeError):
            for _number in wanted:
                yield Refusal(Reason.UNREADABLE, "the TIFF file is damaged or cut off")
            return
        with stack:
            for number in wanted:
                yield _frame(stack, number, small=small)


@contextmanager
def _unwarned() -> Iterator[None]:
    """Keep Pillow's warnings of damage to ourselves: the damage is reported."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


def _reachable(stack: Image.Image) -> int:
    """Return the number of the last frame that must be accounted for, or one more than a file may hold."""
    number = 0
    while number <= MOST_FRAMES:
        try:
            stack.seek(number)
        except EOFError:
            return max(number, 1)
        except (OSError, SyntaxError, ValueError, TypeError, KeyError):
            return number + 1
        number += 1
    return number


def _frame(stack: Image.Image, number: int, *, small: bool) -> Frame | Refusal:
    try:
        with _unwarned():
            stack.seek(number - 1)
        refused = too_large(*stack.size)
        if refused is not None:
            return refused
        dpi = believable(stack.info.get("dpi"))
        factor = reduction(*stack.size, dpi) if small else 1
        if factor > 1 and stack.mode == "1" and stack.getexif().get(ExifTags.Base.Orientation, 1) == 1:
            return Frame(_in_bands(stack, factor), dpi, factor)
        return shrunk(with_pillow(stack), dpi, small=small)
    except (EOFError, OSError, SyntaxError, ValueError, TypeError, KeyError) as error:
        return Refusal(Reason.UNREADABLE, f"damaged TIFF frame ({str(error)[:80]})")


def _in_bands(page: Image.Image, factor: int) -> Gray:
    """Return a page of two values as gray, made smaller: as `shrunk` would, but one band after another.

    Copied and averaged whole, 9 million samples pass through the memory several times, which costs more
    than their decoding; a band stays in the processor's cache. Raises OSError where the data is damaged.
    """
    page.load()
    width, height = (size // factor for size in page.size)
    small = np.empty((height, width), dtype=np.uint8)
    for top in range(0, height, _BAND):
        rows = small[top : top + _BAND]
        band = page.crop((0, top * factor, width * factor, (top + len(rows)) * factor))
        samples = np.frombuffer(band.tobytes("raw", "L"), np.uint8).reshape(-1, width * factor)
        cv2.resize(samples, (width, len(rows)), rows, interpolation=cv2.INTER_AREA)
    return small


_BAND = 128
"""Rows of the smaller page made at a time: with those they come from some 0.7 MB at 300 dpi."""
