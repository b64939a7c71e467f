"""Store → sheets as a whole at the desk: whether one counts, and why one did not come back."""

from __future__ import annotations

from dataclasses import dataclass

from omr.batch.lines import SheetState, absent_lines
from omr.batch.openends import in_words
from omr.batch.results import SheetResult, returned_sheets
from omr.batch.settled import standing_verdicts
from omr.desk.config import Office
from omr.errors import UsageError
from omr.i18n import _
from omr.model.verdict import ABSENT, INVALID, UNDONE, VALID, Verdict


@dataclass(frozen=True, slots=True)
class Whole:
    """What is open about a sheet, in words, and the verdict on it that holds, or None.

    said: the verdict in words.
    """

    open: tuple[str, ...]
    verdict: Verdict | None
    said: str


@dataclass(frozen=True, slots=True)
class Absent:
    """A sheet of which nothing came back. person: whose it is. verdict: why it stays away, or None."""

    sheet: str
    layout: str
    year: int
    person: str
    verdict: Verdict | None


def whole(office: Office, result: SheetResult) -> Whole:
    """Return what there is to say about a sheet that came back."""
    verdict = _held(office, result.sheet.name)
    missing = _("pages missing: {pages}").format(pages=", ".join(map(str, result.sheet.missing)))
    lacking = (missing,) if result.sheet.missing and verdict is None else ()
    return Whole((*map(in_words, result.open_as_whole), *lacking), verdict, _words(verdict))


def absent_sheets(office: Office, code: str) -> tuple[Absent, ...]:
    """Return the sheets of a unit that have not come back, those nobody has explained first."""
    back = {sheet.name for sheet in returned_sheets(office.store, office.layouts)}
    issued = {s: sheet for s, sheet in office.store.issued_sheets().items() if sheet.unit == code}
    said = standing_verdicts(office.store)
    found = [
        Absent(
            line.sheet,
            line.layout,
            line.year,
            issued[line.sheet].name or issued[line.sheet].person,
            said[line.sheet][""].verdict if "" in said.get(line.sheet, {}) else None,
        )
        for line in absent_lines(issued.values(), office.store.replaced(), back, ())
        if line.state is SheetState.MISSING
    ]
    return tuple(sorted(found, key=lambda each: each.verdict is not None))


def decide(office: Office, code: str, sheet: str, chosen: str, who: str, reason: str) -> None:
    """Keep what a person says about a sheet as a whole. Raises UsageError with what is lacking."""
    if chosen in {ABSENT, INVALID} and not reason:
        raise UsageError(_("Say why: the reason is kept with it."))
    verdict = Verdict(sheet, "", (chosen,), who, "", reason)
    office.store.add_verdicts([verdict], unit=code)


CHOICES = frozenset({VALID, INVALID, *UNDONE})
"""What may be said about a sheet that came back."""


def _held(office: Office, sheet: str) -> Verdict | None:
    held = standing_verdicts(office.store).get(sheet, {}).get("")
    return held.verdict if held else None


def _words(verdict: Verdict | None) -> str:
    words = {
        VALID: _("it counts"),
        INVALID: _("it does not count"),
        ABSENT: _("what is missing stays away"),
    }
    return words.get(verdict.chosen[0], "") if verdict is not None else ""
