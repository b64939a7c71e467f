"""Returned sheets → the texts spelled on them, a number or a name filled in place by place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from omr.batch.results import SheetResult
from omr.batch.settled import MACHINE, SettledAnswer
from omr.batch.tables import ExportTable, Row
from omr.model.layout import Spelled

TEXTS = ("unit", "year", "sheet", "layout", "version", "text", "value", "confidence", "review", "decided_by")

UNCLEAR = "?"
"""Stands for a place that nobody has decided: it has two marks, or none where one has to be, or a doubt."""

EMPTY = " "
"""Stands for a place that may stay empty, and did; at the end of a text it is left out."""


@dataclass(frozen=True, slots=True)
class SpelledText:
    """One text of a sheet. value: a character a place, `UNCLEAR` where a person still has to look.

    confidence: chance that all places are right, 0..1. people: who decided a place, in order; the machine
    where nobody did.
    """

    id: str
    value: str
    confidence: float
    people: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        """True while a person has to look at a place of it."""
        return UNCLEAR in self.value


def texts_of(result: SheetResult) -> Iterator[SpelledText]:
    """Yield the texts of a sheet, in the layout's order; none of which a page did not come back."""
    settled = {each.answer.question: each for each in result.answers}
    for spelled in result.layout.spelled:
        if all(question in settled for question in spelled.questions):
            yield _spelled(spelled, [settled[question] for question in spelled.questions])


def _spelled(spelled: Spelled, places: list[SettledAnswer]) -> SpelledText:
    value, confidence = "", 1.0
    for place in places:
        value += _character(place)
        confidence *= place.answer.confidence if place.decided_by == MACHINE else 1.0
    people = tuple(dict.fromkeys(each.decided_by for each in places if each.decided_by != MACHINE))
    return SpelledText(spelled.id, value.rstrip(EMPTY), confidence, people)


def _character(place: SettledAnswer) -> str:
    """Return what a place says: its one choice, or that it is empty or unclear."""
    if place.answer.review or len(place.answer.chosen) > 1:
        return UNCLEAR
    return "".join(place.answer.chosen) or EMPTY


def texts(sheets: Iterable[SheetResult]) -> ExportTable:
    """Return one row a text of every returned sheet that counts."""
    return ExportTable(TEXTS, (row for sheet in sheets for row in _rows(sheet)))


def _rows(sheet: SheetResult) -> Iterator[Row]:
    head = sheet.unit, sheet.sheet.year, sheet.sheet.name, sheet.layout.id, sheet.layout.version
    for text in texts_of(sheet):
        decided = "|".join(text.people) or MACHINE
        yield *head, text.id, text.value, round(text.confidence, 6), int(text.is_open), decided
