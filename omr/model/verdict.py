"""What a person decided about a sheet. Verdicts are appended; the newest on a question holds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """One decision of one person.

    sheet: the returned sheet, e.g. "K7M2-9QXA" or "K7M2-9QXA~2".
    question: what it settles, or "" where it is about the sheet as a whole.
    chosen: the choices that hold (none: the row is blank); for a whole sheet one of `SHEET_VERDICTS`.
    at: when, ISO 8601 in UTC.
    """

    sheet: str
    question: str
    chosen: tuple[str, ...]
    reviewer: str
    at: str
    reason: str = ""


ABSENT = "absent"
INVALID = "invalid"
VALID = "valid"
SHEET_VERDICTS = (ABSENT, INVALID, VALID)
"""About a whole sheet: its absence is explained; it does not count; it counts after all."""
