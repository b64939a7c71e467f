"""What the layout page shows of a sketch: one page of the blank with its boxes, and the list beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count

from omr.desk.sketchfiles import About
from omr.draft.asked import SERIAL, runs
from omr.draft.grouping import Asks
from omr.draft.history import History
from omr.draft.sketch import Aid, Area, Group, Sketch, Spot
from omr.i18n import _
from omr.model.layout import BlankRow, CodeKind, FieldKind, Marking, Shape


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A group of the page that is shown. number: its place in the whole list; colour: of its boxes."""

    number: int
    group: Group
    keys: str

    @property
    def colour(self) -> int:
        """Which of the four colours its boxes have."""
        return self.number % 4

    @property
    def name(self) -> str:
        """What its questions are called together."""
        first = self.group.questions[0].id
        several = len(self.group.questions) > 1
        return self.group.spells or (f"{first} … {self.group.questions[-1].id}" if several else first)

    @property
    def given(self) -> str:
        """The name that stands filled in: that of an ID grid or a lone question; else nothing."""
        return self.group.spells or ("" if len(self.group.questions) > 1 else self.group.questions[0].id)

    def labels(self) -> tuple[str, ...]:
        """Return what each choice is called in the first question."""
        labels = self.group.questions[0].labels
        return tuple(labels.get(choice.id, choice.id) for choice in self.group.choices)


@dataclass(frozen=True, slots=True)
class Board:
    """What is shown. page: from 1, of `pages`; note: why the last edit was not done, or what became of it."""

    about: About
    sketch: Sketch
    page: int
    pages: int
    turn: int
    undo: bool
    redo: bool
    groups: tuple[ShownGroup, ...]
    areas: tuple[Area, ...]
    proposed: int
    note: str = ""
    saved: bool = False

    @property
    def spots(self) -> tuple[tuple[ShownGroup, Spot], ...]:
        """The boxes of the page, each with its group."""
        return tuple((shown, spot) for shown in self.groups for spot in shown.group.spots)


def board(about: About, history: History, page: int, note: str = "", *, saved: bool = False) -> Board:
    """Return what is shown of a sketch; the first page where it has none of that number."""
    sketch = history.now
    pages = len(sketch.form.pages)
    page = page if 1 <= page <= pages else 1
    numbers = count(1)
    shown = tuple(ShownGroup(next(numbers), group, runs(group.keys)) for group in sketch.groups)
    return Board(
        about, sketch, page, pages, history.turn, history.at > 0, history.at < len(history.edits),
        tuple(each for each in shown if each.group.page == page),
        tuple(area for area in sketch.areas if area.page == page),
        sum(group.standing == "proposed" for group in sketch.groups), note, saved,
    )  # fmt: skip


def words() -> Mapping[str, Mapping[str, str]]:
    """Return the words for what can be chosen on the page, by what it is about."""
    codes: dict[str, str] = {
        CodeKind.QR: _("QR code"),
        CodeKind.CODE128: _("bar code (Code 128)"),
        CodeKind.DATAMATRIX: _("Data Matrix code"),
    }
    return {
        "kinds": {
            Shape.SQUARE: _("tick box"),
            Shape.CIRCLE: _("bubble"),
            Shape.OVAL: _("oval bubble"),
            Shape.CELL: _("cell of a table"),
            Shape.AREA: _("printed words"),
            "written": _("handwritten area"),
            **codes,
            Aid.MARK: _("registration mark"),
        },
        "codes": codes,
        "means": {
            SERIAL: _("the sheet's serial"),
            "alike": _("the same on every sheet"),
        },
        "asks": {
            Asks.ROWS: _("each row a question"),
            Asks.COLUMNS: _("each column a question"),
            Asks.ONE: _("one question"),
            Asks.COLUMN_PLACES: _("ID grid, each column a digit or letter"),
            Asks.ROW_PLACES: _("ID grid, each row a digit or letter"),
        },
        "blanks": {
            BlankRow.UNANSWERED: _("ask a person"),
            BlankRow.ALLOWED: _("may stay blank"),
            BlankRow.ABSENT: _("does not apply"),
        },
        "markings": {
            Marking.TICK: _("ticked or crossed"),
            Marking.FILL: _("filled in"),
        },
        "writes": {
            FieldKind.TEXT: _("text"),
            "name": _("name of the person"),
            FieldKind.DATE: _("date"),
            FieldKind.SIGNATURE: _("signature"),
        },
    }
