"""Which sheets stand behind a count of tables 1 and 2: the way from a cell to the paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from omr.report.outline import groups
from omr.report.report import PartKind
from omr.report.rows import UNDETERMINED, FormHead, FormKey, SheetRow
from omr.report.tables import Facts

Cell = tuple[FormKey, PartKind, str, str]
"""Form, table, row id, column id."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The sheets behind each count that has any, by their names."""

    sheets: Mapping[Cell, tuple[str, ...]]

    def anchor(self, cell: Cell) -> str:
        """Return the name of a cell's place among the evidence, "" where it has none."""
        form, kind, row, column = cell
        return (
            f"{form.layout}-{form.year}/{kind}/{row}/{column}".replace(" ", "_")
            if cell in self.sheets
            else ""
        )


def evidence_of(facts: Facts, head: FormHead) -> Evidence:
    """Return the sheets behind each count of a unit's own report about one form."""
    found: dict[Cell, list[str]] = {}
    for sheet in facts.sheets:
        if sheet.form == head.key:
            for kind, row, column in _cells(head, sheet):
                found.setdefault((head.key, kind, row, column), []).append(sheet.sheet)
    return Evidence({cell: tuple(dict.fromkeys(names)) for cell, names in found.items()})


def _cells(head: FormHead, sheet: SheetRow) -> Iterator[tuple[PartKind, str, str]]:
    for row in (sheet.unit, "total"):
        yield from ((PartKind.TURNOUT, row, column) for column in _turnout(sheet))
    if not sheet.valid:
        return
    inside: dict[str, list[str]] = {item.id: [item.id] for item in head.items}
    for group in groups(head):
        for item in group.items:
            inside[item.id].append(group.id)
    for question, choice in sheet.ticked:
        yield from ((PartKind.ITEMS, row, f"{choice}.count") for row in inside.get(question, ()))
    for column, questions in (("unclear", sheet.unclear), ("blank", sheet.blank)):
        yield from (
            (PartKind.ITEMS, row, column) for question in questions for row in inside.get(question, ())
        )


def _turnout(sheet: SheetRow) -> Iterator[str]:
    yield "returned"
    yield "valid" if sheet.valid else "invalid"
    if sheet.valid:
        yield "undetermined" if sheet.level in {UNDETERMINED, ""} else f"{sheet.level}.count"
        if sheet.split:
            yield f"{sheet.split}.count"
