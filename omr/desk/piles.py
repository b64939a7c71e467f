"""What the desk shows of a unit's piles and of a contact sheet, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass

from omr.audit.contact import ContactSheet
from omr.audit.piles import PileKey, PileKind
from omr.desk.sessions import NOBODY
from omr.i18n import _
from omr.model.reading import MarkState


@dataclass(frozen=True, slots=True)
class PileLine:
    """A pile in the list of its unit. left: boxes to look at."""

    key: PileKey
    title: str
    left: int


@dataclass(frozen=True, slots=True)
class Board:
    """A unit's piles. checks: what random checks found, a sentence each. years: those a sample may be of."""

    lines: tuple[PileLine, ...]
    checks: tuple[str, ...]
    years: tuple[int, ...]
    named: bool


@dataclass(frozen=True, slots=True)
class ShownSheet:
    """What the page of a pile shows. sheet: None where nothing is left for this person.

    upcoming: id of what comes next, or "". fault: why it cannot be looked at. note: what became of the last
    answer where it was not kept as a whole.
    """

    key: PileKey
    sheet: ContactSheet | None
    left: int
    upcoming: str
    fault: str
    note: str
    who: str

    @property
    def title(self) -> str:
        """What its boxes have in common."""
        return title(self.key)

    @property
    def named(self) -> bool:
        """True where the person has said who they are."""
        return self.who != NOBODY

    @property
    def question(self) -> str:
        """What a person is to do with the crops."""
        if self.key.kind.is_open:
            return _("Pick out the boxes that are not like the others: they stay with the doubtful rows.")
        if self.sheet is not None and self.sheet.state is MarkState.MARKED:
            return _("All of these were read as ticked. Pick out those that are not, or that you doubt.")
        return _("All of these were read as empty. Pick out those that are not, or that you doubt.")


def title(key: PileKey) -> str:
    """Return what the boxes of a pile have in common, in the language of the request."""
    words = {
        PileKind.RANDOM: _("drawn at random"),
        PileKind.FILLED: _("filled boxes"),
        PileKind.FAINT: _("faint marks"),
        PileKind.SMALL: _("small or short marks"),
        PileKind.CIRCLED: _("rings around the box"),
        PileKind.STAINED: _("soft shades without a stroke"),
        PileKind.BESIDE: _("marks beside the box"),
        PileKind.THROUGH: _("strokes of another row"),
        PileKind.UNSURE: _("not clear cases"),
        PileKind.MARKED: _("read as ticked, the least sure first"),
        PileKind.EMPTY: _("read as empty, the least sure first"),
    }
    return f"{words[key.kind]} ({key.year})" if key.year is not None else words[key.kind]
