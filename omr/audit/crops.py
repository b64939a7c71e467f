"""The evidence of a card, cut from the scanned file through the stored registration; nothing goes to disk."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from threading import Lock

from omr.errors import SourceError
from omr.i18n import _
from omr.intake.frames import scans
from omr.model.arrays import Gray
from omr.model.geometry import RectMm
from omr.model.layout import Field, Page
from omr.model.reading import Reading
from omr.model.scan import Scan, ScanId, Source
from omr.overlay import (
    ROW_WIDTH,
    as_png,
    box_picture,
    cover,
    cut_out,
    draw_reading,
    from_jpeg,
    mosaic,
    narrowed,
    reduced,
    row_area,
    row_cut,
    row_picture,
)

PAGE_WIDTH = 1400
"""Width of a whole page's picture, px: a hand-written line can be read on it."""

_AROUND_MM, _FIELD_WIDTH = 3.0, 800
"""Paper shown around a field: handwriting leaves it; and the width of its picture, px."""

_FRAMES = 4
"""Decoded frames kept at hand (35 MB each at 300 dpi): the next card is mostly of the same page."""


Known = Callable[[str], Source | None]
"""The file of some content, by its SHA-256, as it was when it was read."""

CROP, CROPS_ACROSS = 88, 12
"""Side of a box's crop, px, eight for a millimetre; crops in a row: desk.css cuts the picture up by both."""


@dataclass(frozen=True, slots=True)
class AskedCrop:
    """A box to be cut out. path: its file; area: where it is printed on `page`."""

    path: str
    reading: Reading
    page: Page
    area: RectMm


class Crops:
    """Cuts crops, keeping the last frames at hand. Thread-safe."""

    def __init__(self, known: Known = lambda _sha256: None, located: Callable[[str], Path] = Path) -> None:
        """Begin with no frame at hand.

        known: gives a file's size and time as they were when it was read. located: where a kept path is.
        """
        self._lock, self._known, self._located = Lock(), known, located
        self._frames: OrderedDict[ScanId, Gray] = OrderedDict()
        self._files: dict[tuple[str, int, int], str] = {}

    def row(
        self, path: str, reading: Reading, page: Page, asked: Sequence[RectMm], *, narrow: bool = False
    ) -> bytes:
        """Return a PNG of the row that the asked boxes stand in, those boxes outlined, names covered.

        narrow: its boxes alone, for a phone.
        Raises SourceError where the file is gone or is not the one that was read.
        """
        area = row_area(page, _question(page, asked))
        image = self._frame(path, reading.scan)
        cut = row_cut(image, reading.registration, area, _hidden(page.fields), ROW_WIDTH)
        return _row_png(cut, page, asked, narrow=narrow)

    def boxes(self, asked: Sequence[AskedCrop]) -> bytes:
        """Return one PNG of many boxes, each `CROP` px wide, `CROPS_ACROSS` in a row, in the order asked for.

        Each frame is decoded once. Raises SourceError as `row` does.
        """
        cut: dict[int, Gray] = {}
        order = sorted(range(len(asked)), key=lambda at: (asked[at].path, str(asked[at].reading.scan)))
        for _frame, together in groupby(order, key=lambda at: (asked[at].path, asked[at].reading.scan)):
            places = list(together)
            image = self._frame(asked[places[0]].path, asked[places[0]].reading.scan)
            for at in places:
                one = asked[at]
                hidden = _hidden(one.page.fields)
                cut[at] = box_picture(image, one.reading.registration, one.area, hidden, CROP)
        return as_png(mosaic([cut[at] for at in range(len(asked))], CROPS_ACROSS))

    def check(self, path: str, scan: ScanId) -> None:
        """Raise SourceError as `row` does; nothing is decoded."""
        with self._lock:
            self._checked(path, scan.sha256)

    def field(self, path: str, reading: Reading, field: Field) -> bytes:
        """Return a PNG of what somebody wrote into a field, a little around it. Errors as of `row`."""
        image = self._frame(path, reading.scan)
        return as_png(cut_out(image, reading.registration, field.area.grown(_AROUND_MM), _FIELD_WIDTH))

    def page(self, path: str, scan: ScanId) -> bytes:
        """Return a PNG of a whole scan, `PAGE_WIDTH` px wide at most. Raises SourceError as `row` does."""
        return as_png(reduced(self._frame(path, scan), PAGE_WIDTH))

    def frame(self, path: str, scan: ScanId) -> Gray:
        """Return a whole scan, shape (H, W). Raises SourceError as `row` does."""
        return self._frame(path, scan)

    def overlay(self, path: str, reading: Reading, page: Page, *, covered: bool) -> bytes:
        """Return a PNG of a page with what was read drawn on it; covered: without what people wrote by hand.

        Raises SourceError as `row` does.
        """
        image = self._frame(path, reading.scan)
        picture = draw_reading(image, reading, page)
        if covered:
            cover(picture, reading.registration, _hidden(page.fields))
        return as_png(reduced(picture, PAGE_WIDTH))

    def _frame(self, kept: str, scan: ScanId) -> Gray:
        with self._lock:
            key = ScanId(scan.sha256, scan.frame)
            if key in self._frames:
                self._frames.move_to_end(key)
                return self._frames[key]
            path = self._checked(kept, scan.sha256)
            source = Source(scan.sha256, str(path), 0, 0)
            for found in scans(source, range(scan.frame, scan.frame + 1)):
                if isinstance(found, Scan):
                    self._frames[key] = found.image
                    while len(self._frames) > _FRAMES:
                        self._frames.popitem(last=False)
                    return found.image
            raise SourceError(_("{path} cannot be read any more.").format(path=path))

    def _checked(self, kept: str, sha256: str) -> Path:
        """Return where the file that was read is. Raises SourceError where it is gone or changed.

        Its size and time tell; where they are not what they were, its content does.
        """
        known, path = self._known(sha256), self._located(kept)
        if known is not None and not path.exists():
            path = self._located(known.path)
        try:
            stat = path.stat()
            key = str(path), stat.st_size, stat.st_mtime_ns
            if known is not None and key == (str(self._located(known.path)), known.size, known.mtime_ns):
                return path
            if key not in self._files:
                with path.open("rb") as file:
                    self._files[key] = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise SourceError(
                _("{path} is not there any more. Put the scans back where they were.").format(path=path)
            ) from error
        if self._files[key] != sha256:
            raise SourceError(
                _("{path} was changed since it was read. Put the scans back as they were.").format(path=path)
            )
        return path


def kept_row(strip: bytes, page: Page, asked: Sequence[RectMm], *, narrow: bool = False) -> bytes:
    """Return a PNG as `Crops.row` does, from the small picture that was kept when the row was read."""
    return _row_png(from_jpeg(strip), page, asked, narrow=narrow)


def _row_png(cut: Gray, page: Page, asked: Sequence[RectMm], *, narrow: bool) -> bytes:
    question = _question(page, asked)
    picture = row_picture(cut, row_area(page, question), asked)
    return as_png(narrowed(picture, page, question) if narrow else picture)


def _question(page: Page, asked: Sequence[RectMm]) -> str:
    return next(box.question for box in page.boxes if box.area in asked)


def _hidden(fields: Sequence[Field]) -> tuple[RectMm, ...]:
    """Return where people write who they are: a card never shows it."""
    return tuple(field.area for field in fields)
