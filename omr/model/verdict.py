"""What a person decided about a sheet. Verdicts are appended; which of them hold is told here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """One decision of one person.

    sheet: the returned sheet, e.g. "K7M2-9QXA" or "K7M2-9QXA~2".
    question: what it settles, or "" where it is about the sheet as a whole.
    chosen: the choices that hold (none: the row is blank); for a whole sheet one of `SHEET_VERDICTS`;
    or `UNDONE`, or `UNSURE`, or `DOUBTED`.
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

UNDONE = ("=undone",)
"""Takes back what this person said about the row before; no choice of a form has such an id."""

UNSURE = ("=unsure",)
"""This person looked and cannot tell: they have no say in the row."""

DOUBTED = ("=doubted",)
"""This person saw something else than the machine read, and did not say what: the row is asked about."""

_PAIR = 2


@dataclass(frozen=True, slots=True)
class Standing:
    """What people made of one row, or of one sheet as a whole.

    verdict: the one that holds, or None where two people disagree, or somebody doubts what the machine read
    and nobody has decided it. disputed: who disagree; then a third person is asked.
    """

    verdict: Verdict | None
    disputed: frozenset[str] = frozenset()


def standing(verdicts: Iterable[Verdict]) -> Standing | None:
    """Return what holds of the verdicts on one row, oldest first; None where nobody has a say.

    Of each person the last one counts. Two who disagree settle nothing; of three or more the answer most
    of them gave holds, or the newest where none has more. About a sheet as a whole the newest holds.
    """
    said, doubted = _said(verdicts)
    if not said:
        return Standing(None) if doubted else None
    last = tuple(said.values())
    if not last[-1].question:
        return Standing(last[-1])
    votes = Counter(verdict.chosen for verdict in last)
    if len(last) == _PAIR and len(votes) == _PAIR:
        return Standing(None, frozenset(said))
    return Standing(max(reversed(last), key=lambda verdict: votes[verdict.chosen]))


def _said(verdicts: Iterable[Verdict]) -> tuple[dict[str, Verdict], set[str]]:
    """Return the last decision of each person, and who doubt what the machine read.

    A doubt stands beside its author's decision: taking the one back leaves the other.
    """
    said: dict[str, Verdict] = {}
    doubted: set[str] = set()
    for verdict in verdicts:
        if verdict.chosen == DOUBTED:
            doubted.add(verdict.reviewer)
            continue
        before = said.pop(verdict.reviewer, None)
        if verdict.chosen == UNDONE and before is None:
            doubted.discard(verdict.reviewer)
        elif verdict.chosen not in (UNDONE, UNSURE):
            said[verdict.reviewer] = verdict
    return said, doubted
