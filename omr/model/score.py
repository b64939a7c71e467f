"""What the shared rules make of a sheet's answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SheetIssue(StrEnum):
    """What is unclear about a sheet as a whole; it never sets a mark's review."""

    CONTRADICTION = "contradiction"
    UNSIGNED = "unsigned"
    MISSING_PAGE = "missing_page"
    DECLARED_DIFFERS = "declared_differs"
    UNRESOLVED = "unresolved"


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows of a section have a choice ticked.

    least, most: bounds over the rows not yet settled; equal where all are.
    """

    section: str
    choice: str
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Score:
    """A sheet's result, with its why.

    level: id of the level, "" where the rule gives none, "undetermined" where the open rows decide.
    split: id of the part of the level it is reported under (e.g. "tot-0"), or "".
    declared: the level the respondent ticked, "" where none or more than one.
    provisional: True where a person has to confirm the level.
    why: sentences for people, in the layout's language.
    rules: digest of the rule file.
    """

    level: str
    split: str
    declared: str
    provisional: bool
    counts: tuple[Count, ...]
    issues: tuple[SheetIssue, ...]
    why: tuple[str, ...]
    rules: str
