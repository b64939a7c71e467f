"""A table as a PDF sets it: its heads on every page, each row as high as its longest cell."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby
from typing import Any

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable, LongTable, Paragraph, TableStyle

from omr.forms.fonts import Face
from omr.report.page_text import BOLD, CELL, CENTRE, FACE, GRID, GROUP, HEAD, WIDTH
from omr.report.table import Column, Kind, Table, Weight

_SHARES = {Kind.ORDER: 1.2, Kind.COUNT: 1.5, Kind.PERCENT: 2.0, Kind.SHORT: 2.4, Kind.TEXT: 6.0}
_OWN_SHARES = {"text": 14.0, "note": 6.0, "balanced": 1.6}
_PADDING = 4.0  # points, left and right of a cell together
_RIGHT_ALIGNED = frozenset({Kind.COUNT, Kind.PERCENT})


def page_table(table: Table) -> Flowable:
    """Return the table, as wide as the page, set in rows that may be spread over pages."""
    heads, style = _heads(table.columns)
    shares = [_OWN_SHARES.get(column.id, _SHARES[column.kind]) for column in table.columns]
    widths = [WIDTH * share / sum(shares) for share in shares]
    rows: list[list[Flowable | str]] = [*heads]
    for texts, weight in zip(table.texts(), table.weights, strict=True):
        rows.append([_cell(text, width, weight) for text, width in zip(texts, widths, strict=True)])
        line = (0, len(rows) - 1), (-1, len(rows) - 1)
        if weight is not Weight.PLAIN:
            style.append(("FONTNAME", *line, Face.BOLD.value))
        if weight in {Weight.SECTION, Weight.TOTAL}:
            style.append(("BACKGROUND", *line, GROUP))
    for at, column in enumerate(table.columns):
        align = (
            "RIGHT" if column.kind in _RIGHT_ALIGNED else "CENTER" if column.kind is Kind.ORDER else "LEFT"
        )
        style.append(("ALIGN", (at, len(heads)), (at, -1), align))
    made = LongTable(rows, colWidths=widths, repeatRows=len(heads), splitInRow=1)
    made.setStyle(TableStyle(style))
    return made


def _cell(text: str, width: float, weight: Weight) -> Flowable | str:
    """Return text that is broken into lines where it has to be: a paragraph costs far more than a string."""
    style = CELL if weight is Weight.PLAIN else BOLD
    if stringWidth(text, style.fontName, style.fontSize) <= width - _PADDING:
        return text
    return Paragraph(escape(text), style)


def _heads(columns: Sequence[Column]) -> tuple[list[list[Flowable | str]], list[Any]]:
    """Return one or two head rows and the style that joins their cells."""
    style: list[Any] = [
        FACE,
        ("FONTSIZE", (0, 0), (-1, -1), CELL.fontSize),
        ("GRID", (0, 0), (-1, -1), 0.5, GRID), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), _PADDING / 2), ("RIGHTPADDING", (0, 0), (-1, -1), _PADDING / 2),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5), ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
    ]  # fmt: skip
    above: list[Flowable | str] = []
    below: list[Flowable | str] = []
    for group, run in groupby(columns, key=lambda column: column.group):
        together = list(run)
        first = len(above)
        texts = [Paragraph(escape(column.heading), CENTRE) for column in together]
        if group:
            above += [Paragraph(escape(group), CENTRE), *[""] * (len(together) - 1)]
            below += texts
            style.append(("SPAN", (first, 0), (first + len(together) - 1, 0)))
        else:
            above += texts
            below += [""] * len(together)
            style += [("SPAN", (at, 0), (at, 1)) for at in range(first, first + len(together))]
    style.append(("BACKGROUND", (0, 0), (-1, 1), HEAD))
    if any(column.group for column in columns):
        return [above, below], style
    plain = [each for each in style if each[0] != "SPAN"]
    return [above], [*plain[:-1], ("BACKGROUND", (0, 0), (-1, 0), HEAD)]
