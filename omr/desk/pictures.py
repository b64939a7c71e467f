"""The pictures of contact sheets: cut once, kept while they are on screens or come next."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock

from omr.audit.contact import ContactSheet
from omr.audit.crops import AskedCrop, Crops
from omr.desk.audit import NoSuchUnitError
from omr.desk.config import Config
from omr.errors import SourceError

_AT_HAND = 48
"""Contact sheets whose picture can be had, some 300 kB each: two for each of twenty people."""


class Pictures:
    """The pictures of contact sheets that were shown, or come next. Thread-safe."""

    def __init__(self, config: Config, crops: Crops) -> None:
        self._config, self._crops = config, crops
        self._lock, self._cutting = Lock(), Lock()
        self._sheets: OrderedDict[tuple[str, str], ContactSheet] = OrderedDict()
        self._pictures: dict[tuple[str, str], bytes] = {}

    def remember(self, code: str, sheets: Iterable[ContactSheet]) -> None:
        """Let the pictures of some sheets of a unit be had; the oldest cannot be had any more."""
        with self._lock:
            for sheet in sheets:
                self._sheets[code, sheet.id] = sheet
                self._sheets.move_to_end((code, sheet.id))
            while len(self._sheets) > _AT_HAND:
                oldest, _sheet = self._sheets.popitem(last=False)
                self._pictures.pop(oldest, None)

    def get(self, code: str, name: str) -> bytes:
        """Return the PNG of a sheet's crops. Raises NoSuchUnitError, or SourceError where a scan is gone."""
        # One at a time: who asks for a picture that is being cut gets that one.
        with self._cutting:
            with self._lock:
                sheet, picture = self._sheets.get((code, name)), self._pictures.get((code, name))
            if sheet is None:
                raise NoSuchUnitError(name)
            if picture is None:
                picture = self._cut(sheet)
                with self._lock:
                    self._pictures[code, name] = picture
            return picture

    def was_shown(self, code: str, name: str) -> bool:
        """True where the picture of a sheet was asked for and cut: nobody answers what they have not seen."""
        with self._lock:
            return (code, name) in self._pictures

    def fault(self, sheet: ContactSheet) -> str:
        """Return why a sheet cannot be looked at, or ""."""
        try:
            for scan in {read.page.scan.path: read.page.scan for read in sheet.reads}.values():
                self._crops.check(scan.path, scan.id)
        except SourceError as gone:
            return str(gone)
        return ""

    def _cut(self, sheet: ContactSheet) -> bytes:
        with self._config.opened() as office:
            readings = {read.page: office.store.reading(read.page) for read in sheet.reads}
            asked = [
                AskedCrop(
                    path=read.page.scan.path,
                    reading=readings[read.page],
                    page=office.layouts[read.page.page.digest].page(read.page.page.page),
                    area=read.area,
                )
                for read in sheet.reads
            ]
        return self._crops.boxes(asked)
