"""A unit signed off for a year: what nobody may change until it is opened again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Act(StrEnum):
    """What was done to a unit."""

    CLOSE = "close"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class Closing:
    """A unit and all below it closed, or opened again, for one year.

    who: the person who did it, or who overrode what was open. at: ISO 8601 in UTC; "" is now.
    reason: why it was overridden or opened again. open_ends: what was open all the same, a line each.
    digest: of the tables as they were signed, 64 hexadecimal digits.
    """

    unit: str
    year: int
    act: Act
    who: str
    reason: str = ""
    open_ends: str = ""
    digest: str = ""
    at: str = ""

    @property
    def overridden(self) -> bool:
        """True where it was closed although something was open."""
        return self.act is Act.CLOSE and bool(self.open_ends)
