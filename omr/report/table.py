"""A table as it is printed: a pandas frame, and what a page needs to know to set it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from numbers import Integral, Real

import pandas as pd

from omr.report.numbers import count_text, percent_text


class Kind(StrEnum):
    """How the values of a column are written."""

    ORDER = "order"
    TEXT = "text"
    SHORT = "short"
    COUNT = "count"
    PERCENT = "percent"


class Weight(StrEnum):
    """How a row is set; all but PLAIN are printed bold."""

    PLAIN = "plain"
    PART = "part"
    SECTION = "section"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a frame. `group` is printed above `heading`, once over all its neighbours."""

    id: str
    heading: str
    kind: Kind
    group: str = ""

    @property
    def title(self) -> str:
        """Both heads in one line, for places that have one line."""
        return f"{self.group}: {self.heading}" if self.group else self.heading


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A frame whose columns are the ids of `columns`, in their order; `weights` has one entry a row.

    The frame's index names the rows: unit codes, question and group ids; "total" for the whole.
    Counts are Int64, percents Float64 (two decimals), missing values NA, all others str.
    hidden: cells, by row and column id, that are not shown to protect people; their values are NA too.
    """

    title: str
    columns: tuple[Column, ...]
    frame: pd.DataFrame
    weights: tuple[Weight, ...]
    hidden: frozenset[tuple[str, str]] = frozenset()

    def values(self) -> Iterator[tuple[object, ...]]:
        """The rows with plain values, None where empty, `HIDDEN` where not shown."""
        names = [column.id for column in self.columns]
        plain = ([None if value is pd.NA else value for value in self.frame[name].tolist()] for name in names)
        for row, *values in zip(self.frame.index, *plain, strict=True):
            if self.hidden:
                hidden = ((row, name) in self.hidden for name in names)
                yield tuple(HIDDEN if hide else value for hide, value in zip(hidden, values, strict=True))
            else:
                yield tuple(values)

    def texts(self) -> Iterator[tuple[str, ...]]:
        """The rows as people read them, with Vietnamese numbers."""
        kinds = [column.kind for column in self.columns]
        for row in self.values():
            yield tuple(_text(value, kind) for value, kind in zip(row, kinds, strict=True))

    def records(self) -> Iterator[dict[str, object]]:
        """The rows for programs: plain values by column id, None where empty."""
        for row in self.values():
            yield {column.id: value for column, value in zip(self.columns, row, strict=True)}


HIDDEN = "*"
"""Stands in a cell that is not shown to protect people."""

_NUMBERS = (Kind.COUNT, Kind.PERCENT)
_TYPES = {
    Kind.COUNT: "Int64",
    Kind.PERCENT: "Float64",
    Kind.TEXT: "object",
    Kind.SHORT: "object",
    Kind.ORDER: "object",
}


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row before it stands in a frame.

    cells: in the order of the columns, None where empty, `HIDDEN` where it is not to be shown.
    """

    id: str
    weight: Weight
    cells: tuple[str | int | float | None, ...]


def make_table(title: str, columns: tuple[Column, ...], rows: tuple[TableRow, ...]) -> Table:
    """Return the rows as a table with typed columns."""
    hidden = frozenset(
        (row.id, column.id)
        for row in rows
        for cell, column in zip(row.cells, columns, strict=True)
        if cell == HIDDEN and column.kind in _NUMBERS
    )
    frame = pd.DataFrame(
        [
            [
                None if (row.id, column.id) in hidden else cell
                for cell, column in zip(row.cells, columns, strict=True)
            ]
            for row in rows
        ],
        columns=[column.id for column in columns],
        index=pd.Index([row.id for row in rows], name="id"),
        dtype="object",
    ).astype({column.id: _TYPES[column.kind] for column in columns})
    return Table(title, columns, frame, tuple(row.weight for row in rows), hidden)


def _text(value: object, kind: Kind) -> str:
    if value is None:
        return ""
    if kind is Kind.COUNT and isinstance(value, Integral):
        return count_text(int(value))
    if kind is Kind.PERCENT and isinstance(value, Real):
        return percent_text(float(value))
    return str(value)
