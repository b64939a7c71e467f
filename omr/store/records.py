"""What the store gives out of its scans: small rows, without the readings' bodies."""

from __future__ import annotations

from dataclasses import dataclass

from omr.model.pagecode import PageId
from omr.model.reading import Reason
from omr.model.scan import ScanId


@dataclass(frozen=True, slots=True)
class StoredScan:
    """A live scan: its row, its batch, whose folder it lay in, and its file's path."""

    row: int
    id: ScanId
    batch: int
    unit: str
    path: str


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A live reading without its body: what gathering sheets needs.

    by_place: its sheet is told by its place in the stack, for no serial was read on it.
    """

    scan: StoredScan
    page: PageId
    by_place: bool = False


@dataclass(frozen=True, slots=True)
class StoredRejection:
    """A live rejection and its scan. A page of no sheet is the known one that it nearly is."""

    scan: StoredScan
    reason: Reason
    detail: str
    sheet: str
    page: int | None

    @property
    def nearly(self) -> bool:
        """True where it may be a page of a known form, but not surely."""
        return self.page is not None and not self.sheet


@dataclass(frozen=True, slots=True)
class StoredBatch:
    """What one `read` took in. `voided`: the reason it was taken back for, or ""."""

    id: int
    at: str
    paths: str
    scans: int
    read: int
    rejected: int
    voided: str
