"""What keeps a unit from being signed off, each with what to do about it. Pure: from the ledger alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from omr.batch.ledger import Ledger
from omr.batch.lines import SheetLine, SheetState
from omr.errors import ExitCode
from omr.i18n import _, ngettext

_SHOWN = 5
"""Sheets named in one line; `omr export sheets` names them all."""


class OpenKind(StrEnum):
    """What is open: the first three keep the ledger from adding up, the others are doubts."""

    MISSING = "missing"
    INCOMPLETE = "incomplete"
    REJECTED = "rejected"
    PAGES = "pages"
    REVIEWS = "reviews"
    SHEETS = "sheets"
    CONFLICTS = "conflicts"


UNBALANCED = frozenset({OpenKind.MISSING, OpenKind.INCOMPLETE, OpenKind.REJECTED})


@dataclass(frozen=True, slots=True)
class OpenEnd:
    """One kind of open end: how many, and their names (sheets, scans) in the order of the ledger."""

    kind: OpenKind
    count: int
    names: tuple[str, ...]

    @property
    def exit_code(self) -> ExitCode:
        """What a refusal for it returns to the shell."""
        return ExitCode.UNBALANCED if self.kind in UNBALANCED else ExitCode.NEEDS_PERSON

    def told(self) -> str:
        """Return it in words, with its remedy, in the language of the context."""
        names = ", ".join(self.names[:_SHOWN]) + (" …" if len(self.names) > _SHOWN else "")
        counted = _counted(self.kind, self.count).format(n=self.count)
        return f"{counted}: {names}. {_remedy(self.kind)}"


def open_ends(ledger: Ledger) -> tuple[OpenEnd, ...]:
    """Return what is open in a ledger, in the order of `OpenKind`; nothing where it may be signed."""
    return tuple(_found(ledger))


def _found(ledger: Ledger) -> Iterator[OpenEnd]:
    absent = [line for line in ledger.sheets if line.unexplained]
    yield from _sheets(OpenKind.MISSING, absent, lambda line: line.state is SheetState.MISSING)
    yield from _sheets(OpenKind.INCOMPLETE, absent, lambda line: line.state is SheetState.INCOMPLETE)
    refused = [each.rejection.scan for _place, each in ledger.refusals if each.is_open]
    if refused:
        names = tuple(f"{Path(scan.path).name}/{scan.id.frame}" for scan in refused)
        yield OpenEnd(OpenKind.REJECTED, len(refused), names)
    beyond = {SheetState.COPY, SheetState.UNISSUED}
    yield from _sheets(OpenKind.PAGES, absent, lambda line: line.state in beyond)
    rows = [line for line in ledger.sheets if line.open_rows]
    if rows:
        names = tuple(line.sheet for line in rows)
        yield OpenEnd(OpenKind.REVIEWS, sum(line.open_rows for line in rows), names)
    yield from _sheets(OpenKind.SHEETS, ledger.sheets, lambda line: bool(line.open_as_whole))
    open_conflicts = [each for each in ledger.conflicts if each.is_open]
    if open_conflicts:
        names = tuple(dict.fromkeys(each.sheet for each in open_conflicts))
        yield OpenEnd(OpenKind.CONFLICTS, len(open_conflicts), names)


def _sheets(
    kind: OpenKind, lines: Iterable[SheetLine], which: Callable[[SheetLine], bool]
) -> Iterator[OpenEnd]:
    names = tuple(_name(kind, line) for line in lines if which(line))
    if names:
        yield OpenEnd(kind, len(names), names)


def _name(kind: OpenKind, line: SheetLine) -> str:
    """The sheet, with the pages it lacks or what is unclear about it where that is the matter."""
    if kind in {OpenKind.INCOMPLETE, OpenKind.PAGES}:
        return f"{line.sheet} ({_pages(line.missing)})"
    return f"{line.sheet} ({', '.join(line.open_as_whole)})" if kind is OpenKind.SHEETS else line.sheet


def _pages(numbers: Sequence[int]) -> str:
    text = ngettext("page {pages}", "pages {pages}", len(numbers))
    return text.format(pages=", ".join(map(str, numbers)))


def _counted(kind: OpenKind, count: int) -> str:
    return {
        OpenKind.MISSING: ngettext("{n} sheet has not come back", "{n} sheets have not come back", count),
        OpenKind.INCOMPLETE: ngettext("{n} sheet lacks pages", "{n} sheets lack pages", count),
        OpenKind.REJECTED: ngettext("{n} refused scan is open", "{n} refused scans are open", count),
        OpenKind.PAGES: ngettext(
            "{n} sheet not issued here lacks pages", "{n} sheets not issued here lack pages", count
        ),
        OpenKind.REVIEWS: ngettext("{n} row waits for a person", "{n} rows wait for a person", count),
        OpenKind.SHEETS: ngettext("{n} sheet waits for a person", "{n} sheets wait for a person", count),
        OpenKind.CONFLICTS: ngettext("{n} conflict is open", "{n} conflicts are open", count),
    }[kind]


def _remedy(kind: OpenKind) -> str:
    whole = _("Scan the pages, or say whether the sheet counts as it is: verdict valid or invalid.")
    return {
        OpenKind.MISSING: _("Scan them, or say why they stay away: verdict absent (omr verdict import)."),
        OpenKind.INCOMPLETE: whole,
        OpenKind.REJECTED: _("Scan the pages again, or settle each: omr desk, or omr settle."),
        OpenKind.PAGES: whole,
        OpenKind.REVIEWS: _("Decide them: omr desk, or omr verdict import."),
        OpenKind.SHEETS: _("Look at each and say whether it counts: verdict valid or invalid."),
        OpenKind.CONFLICTS: _("See what to do about each: omr export conflicts -o conflicts.csv."),
    }[kind]
