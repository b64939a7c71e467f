"""How a PDF's text is set: the paper, its fonts, the styles of its lines."""

from __future__ import annotations

from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from omr.forms.fonts import Face

PAGE = landscape(A4)
MARGIN = 15 * mm
WIDTH = PAGE[0] - 2 * MARGIN
GRID, HEAD, GROUP = HexColor("#555555"), HexColor("#e7e6e6"), HexColor("#f2f2f2")


def _style(name: str, size: float, face: Face = Face.REGULAR, **more: Any) -> ParagraphStyle:  # noqa: ANN401 (reportlab's)
    return ParagraphStyle(
        name, fontName=face.value, fontSize=size, leading=size * 1.2, bulletFontName=face.value, **more
    )


CELL, BOLD = _style("cell", 9), _style("bold", 9, Face.BOLD)
CENTRE = _style("centre", 9, Face.BOLD, alignment=TA_CENTER)
TITLE = _style("title", 14, Face.BOLD, alignment=TA_CENTER, spaceBefore=6)
FORM = _style("form", 11, Face.BOLD, alignment=TA_CENTER)
NOTE = _style("note", 9, Face.ITALIC, alignment=TA_CENTER, spaceAfter=4)
LEFT = _style("left", 11, alignment=TA_CENTER)
LEFT_BOLD = _style("own", 11, Face.BOLD, alignment=TA_CENTER)
DATE = _style("date", 11, Face.ITALIC, alignment=TA_CENTER)

FACE = ("FONTNAME", (0, 0), (-1, -1), Face.REGULAR.value)
"""Without it an empty cell names Helvetica, which is not embedded."""


def register_fonts() -> None:
    """Make the faces known that ship with us; they are embedded."""
    for face in Face:
        if face.value not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(face.value, str(face.file)))


__all__ = [
    "BOLD", "CELL", "CENTRE", "DATE", "FACE", "FORM", "GRID", "GROUP", "HEAD", "LEFT", "LEFT_BOLD", "MARGIN",
    "NOTE", "PAGE", "TITLE", "WIDTH", "mm", "register_fonts",
]  # fmt: skip
