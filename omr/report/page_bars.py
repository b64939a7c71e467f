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


class Bars(Flowable):
    """A chart of a page at most."""

    def __init__(self, chart: Chart) -> None:
        super().__init__()
        self._chart = chart
        self.width, self.height = WIDTH, (len(chart.bars) + bool(chart.legend)) * _STEP

    def draw(self) -> None:
        """Draw the bars from the top down, the legend below them."""
        self.canv.setFont(Face.REGULAR.value, CELL.fontSize)
        for line, bar in enumerate(self._chart.bars, start=1):
            self._bar(bar, self.height - line * _STEP)
        x = _LABEL
        for colour, label in self._chart.legend:
            self._block(x, 2, _SWATCH, _SWATCH, colour)
            x += _SWATCH + _GAP
            self._text(x, label)
            x += stringWidth(label, Face.REGULAR.value, CELL.fontSize) + _SWATCH + _GAP

    def _bar(self, bar: Bar, y: float) -> None:
        self.canv.setFillColor("black")
        self.canv.drawRightString(_LABEL - 4, y + _GAP, short(bar.label))
        x = _LABEL
        for segment in bar.segments:
            wide = _BAR * segment.share / 100
            self._block(x, y, wide, _HIGH, segment.colour)
            x += wide
        self._text(x + 4, bar.text, y)

    def _text(self, x: float, text: str, y: float = 0) -> None:
        self.canv.setFillColor("black")
        self.canv.drawString(x, y + _GAP, text)

    def _block(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        self.canv.setFillColor(HexColor(colour))
        self.canv.rect(x, y, width, height, stroke=0, fill=1)
