"""Charts as a PDF draws them: straight onto the page, in the fonts of the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable

from omr.forms.fonts import Face
from omr.report.charts import Bar, Chart, short
from omr.report.page_text import CELL, WIDTH

_MOST_BARS = 24  # 6 mm each, a page of A4 landscape less its head
_LABEL, _BAR, _STEP, _HIGH = 90 * mm, 130 * mm, 6 * mm, 4 * mm
_SWATCH, _GAP = 8, 3  # points: a colour of the legend, and what stands before its words


def pieces(chart: Chart) -> Iterator[Chart]:
    """Yield a chart in pieces that fit a page each."""
    for first in range(0, len(chart.bars), _MOST_BARS):
        yield replace(chart, bars=chart.bars[first : first + _MOST_BARS])


def _legend(chart: Chart) -> Iterator[tuple[int, float, tuple[str, str]]]:
    """Yield the line of each entry of the legend below the bars, and where it begins."""
    line, x = 0, _LABEL
    for colour, label in chart.legend:
        wide = _SWATCH + _GAP + stringWidth(label, Face.REGULAR.value, CELL.fontSize)
        if x > _LABEL and x + wide > WIDTH:
            line, x = line + 1, _LABEL
        yield line, x, (colour, label)
        x += wide + _SWATCH + _GAP


class Bars(Flowable):
    """A chart of a page at most."""

    def __init__(self, chart: Chart) -> None:
        super().__init__()
        self._chart = chart
        self._legend = tuple(_legend(chart))
        lines = len(chart.bars) + 1 + max((line for line, _x, _entry in self._legend), default=-1)
        self.width, self.height = WIDTH, lines * _STEP

    def draw(self) -> None:
        """Draw the bars from the top down, the legend below them."""
        self.canv.setFont(Face.REGULAR.value, CELL.fontSize)
        for line, bar in enumerate(self._chart.bars, start=1):
            self._bar(bar, self.height - line * _STEP)
        for line, x, (colour, label) in self._legend:
            y = self.height - (len(self._chart.bars) + line + 1) * _STEP
            self._block(x, y + _GAP - 1, _SWATCH, _SWATCH, colour)
            self._text(x + _SWATCH + _GAP, label, y)

    def _bar(self, bar: Bar, y: float) -> None:
        self.canv.setFillColor("black")
        self.canv.drawRightString(_LABEL - 4, y + _GAP, short(bar.label))
        x = _LABEL
        for segment in bar.segments:
            wide = _BAR * segment.share / 100
            self._block(x, y, wide, _HIGH, segment.colour)
            x += wide
        self._text(x + 4, bar.text, y)

    def _text(self, x: float, text: str, y: float) -> None:
        self.canv.setFillColor("black")
        self.canv.drawString(x, y + _GAP, text)

    def _block(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        self.canv.setFillColor(HexColor(colour))
        self.canv.rect(x, y, width, height, stroke=0, fill=1)
