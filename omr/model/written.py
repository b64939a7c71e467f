"""What a person made out of a field that somebody wrote by hand. Appended; the newest of a field holds."""

from __future__ import annotations

from dataclasses import dataclass

SIGNED = "=signed"
"""What is kept for a signature that a person sees there; nobody writes such a text."""


@dataclass(frozen=True, slots=True)
class Written:
    """One field of one returned sheet as one person reads it. at: when, ISO 8601 in UTC; "" is now."""

    sheet: str
    field: str
    text: str
    reviewer: str
    at: str = ""
