"""A layout while a person works on it: groups of boxes that can be taken apart, and areas that are no box.

A layout file has grids, which are short; a sketch has boxes, each with a number it keeps through every edit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from omr.forms.existing import ExistingForm, Wording
from omr.model.geometry import RectMm, SizeMm
from omr.model.layout import CodeKind, FieldKind, Shape


class Standing(StrEnum):
    """What a person made of a group that was drafted; what is left out does not come into the layout."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    LEFT_OUT = "left-out"


@dataclass(frozen=True, slots=True)
class Spot:
    """A box. key: its number in the sketch. question, choice: which of its group's, counted from 0."""

    key: int
    area: RectMm
    shape: Shape
    question: int
    choice: int


@dataclass(frozen=True, slots=True)
class Offered:
    """A choice of a group's questions. print: what is printed inside its boxes, "" for nothing."""

    id: str
    print: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Questions with the same choices that stand together on a page.

    page: from 1. down: the boxes of one question stand one below the other. spells: the id under which the
    chosen choices, one a question, make a text; "" where they make none.
    """

    key: int
    page: int
    questions: tuple[Wording, ...]
    choices: tuple[Offered, ...]
    spots: tuple[Spot, ...]
    down: bool = False
    spells: str = ""
    standing: Standing = Standing.ACCEPTED

    @property
    def area(self) -> RectMm:
        """The rectangle around all boxes."""
        return around([spot.area for spot in self.spots])

    @property
    def keys(self) -> frozenset[int]:
        """The numbers of its boxes."""
        return frozenset(spot.key for spot in self.spots)

    def rows(self) -> tuple[tuple[Spot, ...], ...]:
        """Return the boxes of each question, in the order of the choices."""
        rows: list[list[Spot]] = [[] for _question in self.questions]
        for spot in sorted(self.spots, key=lambda each: each.choice):
            rows[spot.question].append(spot)
        return tuple(map(tuple, rows))


class Aid(StrEnum):
    """What helps to find a page, and nothing else."""

    MARK = "mark"


AreaKind = FieldKind | CodeKind | Aid
"""What an area is: written in by hand, a printed code, a mark that the page is registered by."""


def area_kind(text: str) -> AreaKind:
    """Return the kind of area that a text names. Raises ValueError for none."""
    kinds: dict[str, AreaKind] = {each.value: each for each in (*FieldKind, *CodeKind, *Aid)}
    if text not in kinds:
        raise ValueError(text)
    return kinds[text]


@dataclass(frozen=True, slots=True)
class Area:
    """An area that is no box. label: what is written there; of a code what it reads, of a mark nothing.

    roster: as `Written` has it.
    """

    key: int
    page: int
    id: str
    label: str
    area: RectMm
    kind: AreaKind = FieldKind.TEXT
    roster: Literal["", "name"] = ""

    @property
    def written(self) -> str:
        """What is written there: its kind, or that it is the name of whose the sheet is."""
        return self.roster or self.kind


@dataclass(frozen=True, slots=True)
class Sketch:
    """A layout being worked on.

    form: all that has no place: title, year, sections, and a bare page for each page of the blank.
    paper: size of the blank's pages. next_key: the number of the next box, group or area.
    """

    form: ExistingForm
    paper: SizeMm
    groups: tuple[Group, ...] = ()
    areas: tuple[Area, ...] = ()
    next_key: int = 1

    def group(self, key: int) -> Group | None:
        """Return the group of that number, or None."""
        return next((group for group in self.groups if group.key == key), None)

    def names(self) -> frozenset[str]:
        """Return the ids of all questions and of the texts they spell."""
        asked = {question.id for group in self.groups for question in group.questions}
        return frozenset(asked | {group.spells for group in self.groups if group.spells})


def around(areas: Sequence[RectMm]) -> RectMm:
    """Return the smallest rectangle that holds all areas, of which there is one at least."""
    left, top = min(area.x for area in areas), min(area.y for area in areas)
    right, bottom = max(area.right for area in areas), max(area.bottom for area in areas)
    return RectMm(left, top, round(right - left, 2), round(bottom - top, 2))
