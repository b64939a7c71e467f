"""The cell formats of a workbook: one font, thin borders, Vietnamese numbers."""

from __future__ import annotations

import xlsxwriter
from xlsxwriter.format import Format

from omr.report.table import Kind, Weight

FONT = "Times New Roman"
_POINTS, _HEAD_POINTS = 11, 14
_TEXT_ALIGN: dict[Kind, dict[str, object]] = {
    Kind.ORDER: {"align": "center"},
    Kind.TEXT: {"align": "left", "indent": 1},
    Kind.SHORT: {"align": "left"},
}
_NUMBERS = {Kind.COUNT: "#,##0", Kind.PERCENT: "0.00"}  # shown as 1.234 and 20,59 on a Vietnamese machine


class Styles:
    """The cell formats of one workbook."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, object], ...], Format] = {}
        self.left = self.of(bold=True, text_wrap=True)
        self.title = self.of(bold=True, align="center", text_wrap=True, font_size=_HEAD_POINTS)
        self.middle = self.of(align="center", text_wrap=True, bold=True)
        self.note = self.of(align="center", text_wrap=True, italic=True)
        self.remark = self.of(italic=True, text_wrap=True, valign="top")
        self.date = self.of(align="center", italic=True)
        self.head = self.of(
            bold=True, align="center", valign="vcenter", text_wrap=True, border=1, bg_color="#E7E6E6"
        )

    def of(self, **properties: object) -> Format:
        """Return the format with these properties, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({"font_name": FONT, "font_size": _POINTS, **properties})
        return self._made[key]

    def cell(self, kind: Kind, weight: Weight) -> Format:
        """Return the format of a value."""
        properties: dict[str, object] = {"border": 1, "valign": "vcenter", "bold": weight is not Weight.PLAIN}
        if kind in _NUMBERS:
            properties |= {"num_format": _NUMBERS[kind], "align": "right"}
        else:
            properties |= {"text_wrap": True} | _TEXT_ALIGN[kind]
        if weight in (Weight.SECTION, Weight.TOTAL):
            properties["bg_color"] = "#F2F2F2"
        return self.of(**properties)
