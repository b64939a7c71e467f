"""What a layout file may say: the YAML of one printed form, as pydantic models.

One file says everything about a form; an eighth form needs a file and no code.
Unknown keys are faults. `docs/layout-format.md` explains each key.
Forms that others printed are in `omr.forms.existing`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from omr.model.layout import BlankRow, FilledBy, Returns

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
"""An id that becomes part of a column name: lower case letters, digits and inner dashes."""

DottedName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$", max_length=40)]
"""The id of an item: as `Name`, with inner dots."""

Text = Annotated[str, StringConstraints(strip_whitespace=True)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Share = Annotated[float, Field(gt=0, le=1)]
Millimetres = Annotated[float, Field(gt=0, le=250)]

ATTESTATION = "attestation"
DECLARED = "declared"
RESERVED = frozenset({ATTESTATION, DECLARED})
"""Question ids of the foot; no item may take them."""


def question_id(item: str, group: str) -> str:
    """Return the id of the question that `item` asks in column group `group` ("" for the only one)."""
    return f"{item}.{group}" if group else item


class Part(BaseModel):
    """A piece of a layout file."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Variant(StrEnum):
    """Which official heading a form bears."""

    PARTY = "party"
    STATE = "state"
    NONE = "none"


class WrittenKind(StrEnum):
    """What is written into a field of the head."""

    TEXT = "text"
    DATE = "date"


class Heading(Part):
    """The two blocks at the top of the first page.

    left: lines of the left block (superior body first, own body last, which is printed bold).
    place: place name of the date line under the party's heading; empty leaves the date line out.
    """

    variant: Variant
    left: tuple[Line, ...] = ()
    place: Text = ""


class WrittenField(Part):
    """Something to be written by hand above the table.

    width: share of the line's width; fields stand side by side while their widths add up to at most 1.
    lines: dotted lines to write on.
    roster: column of the roster printed here by `omr print --roster` (name, unit, …).
    """

    id: Name
    label: Line
    width: Share = 1.0
    lines: Annotated[int, Field(ge=1, le=10)] = 1
    kind: WrittenKind = WrittenKind.TEXT
    roster: Text = ""


class Tick(Part):
    """One box of a row; `label` is the head of its column."""

    id: Name
    label: Line


class ColumnGroup(Part):
    """The boxes of a row that are answered together; the only group of a form may go without id.

    choice_width_mm: width of one box's column; worked out from the number of boxes where absent.
    """

    id: Name | Annotated[str, StringConstraints(max_length=0)] = ""
    label: Text = ""
    choices: Annotated[tuple[Tick, ...], Field(min_length=1)]
    choice_width_mm: Annotated[float, Field(ge=8.2, le=40)] | None = None


class Item(Part):
    """One row of the table.

    number: as printed, e.g. "A4.2". write: lines to write on follow the text (a pledge, a duty).
    """

    id: DottedName
    number: Text = ""
    text: Text = ""
    write: bool = False


class Group(Part):
    """Rows under one title row. `number` is the Roman numeral, counted within the section where absent."""

    title: Text = ""
    number: Text | None = None
    items: Annotated[tuple[Item, ...], Field(min_length=1)]


class Section(Part):
    """Rows that are counted together.

    show_title: print the title as a row of its own. blank, columns: override those of the form.
    row_height_mm: least height of a row, for rows where people write.
    """

    id: Name
    title: Line
    number: Text = ""
    show_title: bool = True
    blank: BlankRow | None = None
    columns: Annotated[tuple[ColumnGroup, ...], Field(min_length=1)] | None = None
    row_height_mm: Annotated[float, Field(ge=8.2, le=120)] | None = None
    groups: Annotated[tuple[Group, ...], Field(min_length=1)]


class Attestation(Part):
    """One sentence with one box: read it all, found nothing of it."""

    text: Line
    choice: Name = "co"


class Declared(Part):
    """The level the respondent claims: one box a level, ids as in the scoring rule."""

    text: Line
    levels: Annotated[tuple[Tick, ...], Field(min_length=2)]


class Signature(Part):
    """Who signs, and the empty area to sign in."""

    label: Line
    hint: Text = ""
    height_mm: Annotated[float, Field(ge=12, le=60)] = 22.0


class Foot(Part):
    """What stands under the table, kept together on one page. `note` is small print above the signature."""

    attestation: Attestation | None = None
    declared: Declared | None = None
    note: Text = ""
    date: Text = ""
    signature: Signature | None = None


class Words(Part):
    """The form's own small words; the defaults are Vietnamese."""

    number: Line = "TT"
    content: Line = "Nội dung"
    year: Text = "Năm"
    page: Line = "Trang"
    sheet: Line = "Số phiếu"
    master: Line = "BẢN GỐC ĐỂ PHOTOCOPY"
    date: Line = "ngày …… tháng …… năm 20……"
    yes: Line = "có"
    undo: Line = "bỏ dấu"


class Form(Part):
    """One layout file.

    blank: what a row without a mark means. correction: the rule printed for taking a tick back.
    scoring: id of a rule file in layouts/scoring, or empty where nothing is counted.
    board_title: title of the wall board; the form's own where empty.
    """

    id: Name
    version: Line
    year: Annotated[int, Field(ge=2000, le=2099)]
    title: Line
    subtitle: Text = ""
    board_title: Text = ""
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")] = "vi"
    heading: Heading
    filled_by: FilledBy
    returns: Returns = Returns.ONCE
    blank: BlankRow
    scoring: Text = ""
    fields: tuple[WrittenField, ...] = ()
    intro: Text = ""
    correction: Line
    columns: Annotated[tuple[ColumnGroup, ...], Field(min_length=1)]
    sections: Annotated[tuple[Section, ...], Field(min_length=1)]
    foot: Foot = Foot()
    words: Words = Words()
