"""What a layout file of `kind: existing` may say: a form that others printed, as pydantic models.

Its blank stands beside the file; its boxes are given in millimetres, as grids and one by one. Places are
top left corners, counted from the page's. `docs/layout-format.md` explains each key.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from omr.forms.schema import DottedName, Line, Name, Part, Text
from omr.model.layout import BlankRow, CodeKind, FieldKind, FilledBy, Marking, Returns, Shape

Place = tuple[Annotated[float, Field(ge=0, le=1200)], Annotated[float, Field(ge=0, le=1200)]]
"""x and y, mm from the page's top left corner."""

Size = tuple[Annotated[float, Field(gt=0, le=1200)], Annotated[float, Field(gt=0, le=1200)]]
"""Width and height, mm."""

Count = Annotated[int, Field(ge=1, le=500)]
ChoiceName = Annotated[str, Field(pattern=r"^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$", max_length=40)]


class Grid(Part):
    """Boxes alike in rows and columns.

    at: the first box's top left corner. pitch: from one box to the next, across and down.
    asks: whether the boxes of one question lie in a row or in a column.
    questions: an id a row (`asks: row`) or a column, from the first to the last; choices: of each, likewise.
    prints: what is printed inside the boxes of each choice, where something is ("A" in a bubble).
    spells: the id under which the chosen choices, one a question, are joined to a text (an ID grid).
    """

    at: Place
    size: Size
    pitch: Size
    rows: Count = 1
    columns: Count = 1
    shape: Shape = Shape.SQUARE
    asks: Literal["row", "column"] = "row"
    questions: tuple[DottedName, ...]
    choices: tuple[ChoiceName, ...]
    prints: tuple[Text, ...] = ()
    spells: DottedName | None = None


class SingleBox(Part):
    """One box. print: what is printed inside it."""

    question: DottedName
    choice: ChoiceName
    at: Place
    size: Size
    shape: Shape = Shape.SQUARE
    print: Text = ""


class Written(Part):
    """An area that is written in by hand, to be cut out and shown.

    roster: `name` where people write their own name, which says whose the sheet is.
    """

    id: Name
    label: Line
    at: Place
    size: Size
    kind: FieldKind = FieldKind.TEXT
    roster: Literal["", "name"] = ""


class Mark(Part):
    """A mark of the form's own (a square, an L, a circle) that the page is to be registered by."""

    at: Place
    size: Size


class Code(Part):
    """A code that is printed on every copy. text: what it reads, `{serial}` where it differs by the sheet."""

    kind: CodeKind
    at: Place
    size: Size
    text: Line


class ExistingPage(Part):
    """One printed side.

    frame: which page of the blank shows it, counted from 1; in the file's order where absent.
    """

    frame: Annotated[int, Field(ge=1)] | None = None
    grids: tuple[Grid, ...] = ()
    boxes: tuple[SingleBox, ...] = ()
    fields: tuple[Written, ...] = ()
    marks: tuple[Mark, ...] = ()
    codes: tuple[Code, ...] = ()


class ExistingSection(Part):
    """Questions that are counted together. blank: what a row without a mark means, where it differs."""

    id: Name
    title: Line
    blank: BlankRow | None = None


class Wording(Part):
    """What a question says in print, for tables and the desk; `section` where there are several.

    labels: the printed heads of its choices, by choice.
    """

    id: DottedName
    number: Text = ""
    text: Text = ""
    section: Name | None = None
    blank: BlankRow | None = None
    labels: dict[ChoiceName, Line] = Field(default_factory=dict)


class SpelledText(Part):
    """Questions whose chosen choices, one a question, are joined to a text, however their boxes stand."""

    id: DottedName
    questions: Annotated[tuple[DottedName, ...], Field(min_length=1)]


class ExistingForm(Part):
    """One layout file of a form that others printed.

    original: the blank, a PDF or an image beside the file. copies: instead of it, three or more filled
        scans of a form of one page, whose median is the blank.
    size_mm: width and height of the paper where the blank does not tell (an image without resolution).
    spelled: texts that are spelled by boxes which stand in no one grid.
    marking: `tick`, or `fill` where boxes are to be filled in. line_mm: thickness of their frames.
    """

    kind: Literal["existing"]
    id: Name
    version: Line
    year: Annotated[int, Field(ge=2000, le=2099)]
    title: Line
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] = "vi"
    original: Text = ""
    copies: tuple[Line, ...] = ()
    size_mm: Size | None = None
    marking: Marking = Marking.TICK
    line_mm: Annotated[float, Field(gt=0, le=3)] = 0.25
    filled_by: FilledBy = FilledBy.PERSON
    returns: Returns = Returns.ONCE
    blank: BlankRow = BlankRow.UNANSWERED
    scoring: Text = ""
    sections: tuple[ExistingSection, ...] = ()
    questions: tuple[Wording, ...] = ()
    spelled: tuple[SpelledText, ...] = ()
    pages: tuple[ExistingPage, ...]
