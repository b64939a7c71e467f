"""What a person did about a scan that was refused. Settlements are appended; the newest of a scan holds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from omr.model.scan import ScanId


class Way(StrEnum):
    """What became of a refused scan.

    BLANK: nothing is written on it. FOREIGN: it is none of our forms. RESCAN: the page has to be scanned
    again. RESCANNED: it was, so this scan no longer counts. READ: a person named the page, and it was read.
    OPEN: what was said before is taken back.
    """

    BLANK = "blank"
    FOREIGN = "foreign"
    RESCAN = "rescan"
    RESCANNED = "rescanned"
    READ = "read"
    OPEN = "open"


CLOSING = frozenset({Way.BLANK, Way.FOREIGN, Way.RESCANNED})
"""What leaves nothing more to do about the scan itself."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """One decision of one person about one refused scan. at: when, ISO 8601 in UTC; "" is now."""

    scan: ScanId
    way: Way
    reviewer: str
    at: str = ""
    reason: str = ""
