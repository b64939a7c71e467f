"""What keeps a unit from being signed off, each with what to do about it. Pure: from the ledger alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from omr.batch.conflicts import ConflictKind
from omr.batch.ledger import Ledger
from omr.batch.lines import SheetLine, SheetState
from omr.batch.refusals import Refusal
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
    LATE = "late"


UNBALANCED = frozenset({OpenKind.MISSING, OpenKind.INCOMPLETE, OpenKind.REJECTED})


@dataclass(frozen=True, slots=True)
class OpenItem:
    """A sheet or scan that is open. row: of a refused scan in the store, else None. note: what is open."""

    unit: str
    name: str
    note: str = ""
    row: int | None = None

    def told(self) -> str:
        """Return its name, with what is open about it."""
        return f"{self.name} ({self.note})" if self.note else self.name


@dataclass(frozen=True, slots=True)
class OpenEnd:
    """One kind of open end: how many, and the sheets or scans it is about, in the order of the ledger."""

    kind: OpenKind
    count: int
    items: tuple[OpenItem, ...]

    @property
    def exit_code(self) -> ExitCode:
        """What a refusal for it returns to the shell."""
        return ExitCode.UNBALANCED if self.kind in UNBALANCED else ExitCode.NEEDS_PERSON

    def told(self) -> str:
        """Return it in words, with its remedy, in the language of the context."""
        names = ", ".join(item.told() for item in self.items[:_SHOWN])
        more = " …" if len(self.items) > _SHOWN else ""
        return f"{self.counted}: {names}{more}. {self.remedy}"

    @property
    def counted(self) -> str:
        """How many there are, in words."""
        return _counted(self.kind, self.count).format(n=self.count)

    @property
    def remedy(self) -> str:
        """What to do about them."""
        return _remedy(self.kind)


def open_ends(ledger: Ledger) -> tuple[OpenEnd, ...]:
    """Return what is open in a ledger, in the order of `OpenKind`; nothing where it may be signed."""
    return tuple(_found(ledger))


def _found(ledger: Ledger) -> Iterator[OpenEnd]:
    absent = [line for line in ledger.sheets if line.unexplained]
    beyond = {SheetState.COPY, SheetState.UNISSUED}
    rows = [line for line in ledger.sheets if line.open_rows]
    yield from _end(OpenKind.MISSING, [_item(each) for each in absent if each.state is SheetState.MISSING])
    yield from _end(
        OpenKind.INCOMPLETE,
        [_item(each, _pages(each.missing)) for each in absent if each.state is SheetState.INCOMPLETE],
    )
    yield from _end(OpenKind.REJECTED, [_scan(each) for _place, each in ledger.refusals if each.is_open])
    yield from _end(
        OpenKind.PAGES, [_item(each, _pages(each.missing)) for each in absent if each.state in beyond]
    )
    yield from _end(OpenKind.REVIEWS, [_item(each) for each in rows], sum(each.open_rows for each in rows))
    yield from _end(
        OpenKind.SHEETS,
        [
            _item(each, ", ".join(map(in_words, each.open_as_whole)))
            for each in ledger.sheets
            if each.open_as_whole
        ],
    )
    unsettled = [each for each in ledger.conflicts if each.is_open]
    late = [each for each in unsettled if each.kind is ConflictKind.LATE]
    others = [each for each in unsettled if each.kind is not ConflictKind.LATE]
    yield from _end(OpenKind.CONFLICTS, [OpenItem(each.unit, each.sheet, each.detail) for each in others])
    yield from _end(
        OpenKind.LATE, [OpenItem(each.unit, f"{Path(each.source).name}/{each.frame}") for each in late]
    )


def _end(kind: OpenKind, items: Sequence[OpenItem], count: int | None = None) -> Iterator[OpenEnd]:
    if items:
        yield OpenEnd(kind, len(items) if count is None else count, tuple(items))


def _item(line: SheetLine, note: str = "") -> OpenItem:
    return OpenItem(line.unit, line.sheet, note)


def _scan(refusal: Refusal) -> OpenItem:
    scan = refusal.rejection.scan
    return OpenItem(refusal.unit, f"{Path(scan.path).name}/{scan.id.frame}", row=scan.row)


def in_words(open_as_whole: str) -> str:
    """Return what about a sheet as a whole waits for a person (`SheetResult.open_as_whole`), in words."""
    return {
        "provisional": _("the level is to be confirmed"),
        "contradiction": _("answers contradict each other"),
        "unsigned": _("not signed"),
    }[open_as_whole]


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
        OpenKind.LATE: ngettext(
            "{n} page came after signing off and is not counted",
            "{n} pages came after signing off and are not counted",
            count,
        ),
    }[kind]


def _remedy(kind: OpenKind) -> str:
    whole = _(
        "Scan the pages, or say whether the sheet counts as it is: omr desk, or verdict valid or invalid"
        " (omr verdict import)."
    )
    return {
        OpenKind.MISSING: _(
            "Scan them, or say why they stay away: omr desk, or verdict absent (omr verdict import)."
        ),
        OpenKind.INCOMPLETE: whole,
        OpenKind.REJECTED: _("Scan the pages again, or settle each: omr desk, or omr settle."),
        OpenKind.PAGES: whole,
        OpenKind.REVIEWS: _("Decide them: omr desk, or omr verdict import."),
        OpenKind.SHEETS: _(
            "Look at each and say whether it counts: omr desk, or verdict valid or invalid"
            " (omr verdict import)."
        ),
        OpenKind.LATE: _("Once the unit is open again, read their files: omr read, or omr desk."),
        OpenKind.CONFLICTS: _("See what to do about each: omr export conflicts -o conflicts.csv."),
    }[kind]
