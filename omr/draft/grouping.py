"""Boxes of a sketch put together into questions, and taken apart again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from string import ascii_uppercase, digits

from omr.draft.edits import Keys, new_name, one_page, without
from omr.draft.sketch import Group, Offered, Sketch, Spot
from omr.errors import UsageError
from omr.forms.existing import Wording
from omr.i18n import _
from omr.model.layout import BlankRow

_LEVEL = 0.5
"""How far the middles of boxes of one line may differ, in heights of a box; columns alike."""


class Asks(StrEnum):
    """How boxes that are put together ask: as one question, a question a row or column, or as an ID grid."""

    ONE = "one"
    ROWS = "rows"
    COLUMNS = "columns"
    ROW_PLACES = "row-places"
    COLUMN_PLACES = "column-places"

    @property
    def spells(self) -> bool:
        """True for an ID grid: each row or column is a place of a number or word."""
        return self in {Asks.ROW_PLACES, Asks.COLUMN_PLACES}

    @property
    def down(self) -> bool:
        """True where the boxes of one question stand one below the other."""
        return self in {Asks.COLUMNS, Asks.COLUMN_PLACES}


@dataclass(frozen=True, slots=True)
class _Taken:
    """A box that is put into a group, with what it was before."""

    spot: Spot
    asked: Wording
    offered: Offered


def group(sketch: Sketch, keys: Keys, asks: Asks) -> Sketch:
    """Return the sketch with boxes of one page made one group of questions."""
    touched = [each for each in sketch.groups if each.keys & keys]
    page = one_page(touched)
    taken = [
        _Taken(spot, each.questions[spot.question], each.choices[spot.choice])
        for each in touched
        for spot in each.spots
        if spot.key in keys
    ]
    rest = without(sketch, keys)
    made = _grouped(taken, asks, rest.names(), page, sketch.next_key)
    if len({(spot.question, spot.choice) for spot in made.spots}) < len(made.spots):
        raise UsageError(_("Some of these boxes lie over each other. Move or delete them first."))
    at = next((i for i, each in enumerate(rest.groups) if each.page == page and _behind(each, made)),
              sum(each.page <= page for each in rest.groups))  # fmt: skip
    groups = (*rest.groups[:at], made, *rest.groups[at:])
    return replace(rest, groups=groups, next_key=sketch.next_key + 1)


def split(sketch: Sketch, keys: Keys) -> Sketch:
    """Return the sketch with boxes taken out of their groups: a group whole, into its questions.

    What a question's boxes are split between gets two questions; choices stay.
    """
    touched = [each for each in sketch.groups if each.keys & keys]
    if not touched:
        raise UsageError(_("Select boxes first."))
    names, key = set(sketch.names()), sketch.next_key
    groups: list[Group] = []
    for each in sketch.groups:
        whole, left = each.keys <= keys, without(replace(sketch, groups=(each,)), keys)
        groups += left.groups
        given = {question.id for one in left.groups for question in one.questions}
        taken = without(replace(sketch, groups=(each,)), each.keys - keys).groups
        for part in (piece for one in taken for piece in (_questions(one) if whole else (one,))):
            asked = []
            for question in part.questions:
                fresh = question.id not in given
                asked.append(
                    question if fresh else Wording(id=new_name(names, question.id), labels=question.labels)
                )
                names.add(asked[-1].id)
            spells = "" if whole or left.groups else part.spells
            groups.append(replace(part, key=key, questions=tuple(asked), spells=spells))
            key += 1
    return replace(sketch, groups=tuple(groups), next_key=key)


def _questions(whole: Group) -> Iterator[Group]:
    """Yield each question of a group as a group."""
    for at, question in enumerate(whole.questions):
        spots = tuple(replace(spot, question=0) for spot in whole.spots if spot.question == at)
        yield replace(whole, questions=(question,), spots=spots)


def _behind(each: Group, made: Group) -> bool:
    """True where a group stands below another, or beside it to the right."""
    one, other = each.area, made.area
    return one.y >= other.bottom or (one.bottom > other.y and one.x > other.x)


def _grouped(taken: Sequence[_Taken], asks: Asks, names: frozenset[str], page: int, key: int) -> Group:
    across = _lines([each.spot.area.center.x for each in taken], _side(taken, "width"))
    down = _lines([each.spot.area.center.y for each in taken], _side(taken, "height"))
    if asks is Asks.ONE:
        ordered = sorted(range(len(taken)), key=lambda at: (down[at], across[at]))
        questions, choices = [0] * len(taken), [ordered.index(at) for at in range(len(taken))]
    else:
        questions, choices = (across, down) if asks.down else (down, across)
    spots = tuple(
        sorted(
            (replace(each.spot, question=question, choice=choice)
             for each, question, choice in zip(taken, questions, choices, strict=True)),
            key=lambda spot: (spot.question, spot.choice),
        )
    )  # fmt: skip
    offered = _choices(taken, choices, spells=asks.spells)
    if asks.spells:
        whole = new_name(names, "ma-so")
        asked = tuple(
            Wording(id=new_name(names, f"{whole}.{at}"), blank=BlankRow.ALLOWED)
            for at in range(1, max(questions) + 2)
        )
        return Group(key, page, asked, offered, spots, asks.down, whole)
    one_below = asks.down or (asks is Asks.ONE and max(across) == 0 and len(taken) > 1)
    return Group(key, page, tuple(_asked(taken, questions, names)), offered, spots, one_below)


def _lines(places: Sequence[float], side: float) -> list[int]:
    """Return the line each place is on, counted from 0: places that follow each other closely share one."""
    ordered, line, numbers = sorted(range(len(places)), key=places.__getitem__), -1, [0] * len(places)
    first = float("-inf")
    for at in ordered:
        if places[at] - first > _LEVEL * side:
            line, first = line + 1, places[at]
        numbers[at] = line
    return numbers


def _side(taken: Sequence[_Taken], side: str) -> float:
    return min(float(getattr(each.spot.area, side)) for each in taken)


def _asked(taken: Sequence[_Taken], questions: Sequence[int], names: frozenset[str]) -> Iterator[Wording]:
    """Yield the wording of each new question: that of the question most of its boxes were of."""
    given = set(names)
    for at in range(max(questions) + 1):
        were = [each.asked for each, question in zip(taken, questions, strict=True) if question == at]
        counted = Counter(were_asked.id for were_asked in were)
        was = next(each for each in were if each.id == counted.most_common(1)[0][0])
        wording = was if was.id not in given else Wording(id=new_name(given, was.id))
        given.add(wording.id)
        yield wording.model_copy(update={"labels": {}}) if len(counted) > 1 else wording


def _choices(taken: Sequence[_Taken], choices: Sequence[int], *, spells: bool) -> tuple[Offered, ...]:
    """Return a new group's choices: as they were where they differ, else digits, letters or places."""
    count = max(choices) + 1
    were = [
        Counter(each.offered for each, choice in zip(taken, choices, strict=True) if choice == at)
        for at in range(count)
    ]
    likely = [each.most_common(1)[0][0] for each in were]
    if len({each.id for each in likely}) == count and count > 1:
        return tuple(likely)
    if spells and count in {len(digits), len(ascii_uppercase)}:
        return tuple(Offered(letter) for letter in (digits if count == len(digits) else ascii_uppercase))
    if count == 1:
        return (Offered("co", likely[0].print),)
    return tuple(Offered(f"c{at}", each.print) for at, each in enumerate(likely, start=1))
