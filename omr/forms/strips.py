"""The lines above and below the content: running title, page number, serial, the rule, the edition."""

from __future__ import annotations

from omr.forms.drawing import Shape, Text
from omr.forms.fonts import Face, Style, width_mm, wrap
from omr.forms.frame import BOTTOM_STRIP, TOP_STRIP
from omr.forms.schema import Form

_TITLE = Style(Face.ITALIC, 9)
_TITLE_ROOM = 84.0
_PAGE = Style(Face.REGULAR, 10)
_RULE = Style(Face.ITALIC, 9)
_EDITION = Style(Face.REGULAR, 8)
_SERIAL = Style(Face.BOLD, 11)
_MASTER = Style(Face.BOLD, 11)
_FIRST, _SECOND, _LOWEST = 5.0, 10.0, 12.2
"""Baselines in the upper strip, mm from its top."""
_SERIAL_BASE, _RULE_BASE = 4.0, 8.5
"""Baselines in the lower strip, mm from its top."""


def page_strips(form: Form, number: int, count: int) -> tuple[Shape, ...]:
    """Return what is alike on page `number` of `count` of every sheet."""
    title = wrap(form.title, _TITLE, _TITLE_ROOM)[:2] if number > 1 else ()
    rule = wrap(form.correction, _RULE, BOTTOM_STRIP.width)
    return (
        *_lines(title, _TITLE, TOP_STRIP.x, TOP_STRIP.y + _FIRST, _TITLE_ROOM, "title"),
        _flush_right(f"{form.words.page} {number}/{count}", _PAGE, TOP_STRIP.right, TOP_STRIP.y + _SECOND),
        _flush_right(
            f"{form.id} · {form.version} · {form.year}",
            _EDITION,
            BOTTOM_STRIP.right,
            BOTTOM_STRIP.y + _SERIAL_BASE,
        ),
        *_lines(rule, _RULE, BOTTOM_STRIP.x, BOTTOM_STRIP.y + _RULE_BASE, BOTTOM_STRIP.width, "correction"),
    )


def sheet_strips(serial_label: str, serial: str, master_label: str = "") -> tuple[Shape, ...]:
    """Return what differs a sheet: its serial beside each page code, and what a master sheet says."""
    text = f"{serial_label}: {serial}"
    wide = width_mm(text, _SERIAL)
    strips: list[Shape] = [
        _flush_right(text, _SERIAL, TOP_STRIP.right, TOP_STRIP.y + _FIRST),
        Text(BOTTOM_STRIP.x, BOTTOM_STRIP.y + _SERIAL_BASE, text, _SERIAL, wide),
    ]
    if master_label:
        room = _TITLE_ROOM
        strips.append(Text(TOP_STRIP.x, TOP_STRIP.y + _LOWEST, master_label, _MASTER, room))
    return tuple(strips)


def _lines(
    lines: tuple[str, ...], style: Style, x: float, y: float, room: float, key: str
) -> tuple[Shape, ...]:
    return tuple(
        Text(x, y + at * style.leading_mm, line, style, room, (key,)) for at, line in enumerate(lines)
    )


def _flush_right(text: str, style: Style, right: float, y: float) -> Text:
    wide = width_mm(text, style)
    return Text(right - wide, y, text, style, wide)
