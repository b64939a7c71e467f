"""A unit signed off for a year: what nobody may change until it is opened again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Act(StrEnum):
    """What was done to a unit."""

    CLOSE = "close"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True, order=True)
class SignedRules:
    """The rule file that sheets of a unit were scored by: the id their forms name, and its digest."""

    unit: str
    form_rules: str
    digest: str


@dataclass(frozen=True, slots=True)
class Closing:
    """A unit and all below it closed, or opened again, for one year.

    who: the person who did it, or who overrode what was open. at: ISO 8601 in UTC; "" is now.
    reason: why it was overridden or opened again. open_ends: what was open all the same, a line each.
    digest: of the tables as they were signed, 64 hexadecimal digits.
    rules: what its sheets were scored by.
    """

    unit: str
    year: int
    act: Act
    who: str
    reason: str = ""
    open_ends: str = ""
    digest: str = ""
    at: str = ""
    rules: tuple[SignedRules, ...] = ()

    @property
    def overridden(self) -> bool:
        """True where it was closed although something was open."""
        return self.act is Act.CLOSE and bool(self.open_ends)
