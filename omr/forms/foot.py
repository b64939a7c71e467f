"""The foot of a form: attestation, declared level, date, signature. It stays together on one page."""

from __future__ import annotations

from collections.abc import Sequence

from omr.forms.drawing import Block, Shape, Text, centered, on_grid, paragraph
from omr.forms.fonts import Face, Style, width_mm, wrap
from omr.forms.frame import BOX_SIDE, CONTENT
from omr.forms.schema import ATTESTATION, DECLARED, Attestation, Declared, Foot, Form, Signature
from omr.model.geometry import RectMm
from omr.model.layout import Box, Field, FieldKind
from omr.model.layout import Shape as BoxShape

SIGNATURE = "signature"
"""Id of the field to sign in."""
_LINE_MM = 9.0
"""Height of a line with boxes: neighbours above and below stay 4 mm apart."""
_TOP_MM = 3.0
_TEXT_GAP = 2.5
_LEVEL_GAP = 7.0
_SIGNATURE_WIDTH = 76.0

_PLAIN = Style(Face.REGULAR, 12)
_BOLD = Style(Face.BOLD, 12)
_ITALIC = Style(Face.ITALIC, 12)
_NOTE = Style(Face.ITALIC, 10)


def foot(form: Form) -> Block:
    """Return the foot as one block, of height 0 where the form has none."""
    given = form.foot
    parts: list[Block] = []
    if given.attestation:
        parts.append(_attestation(given.attestation))
    if given.declared:
        parts.append(_declared(given.declared))
    if given.note:
        parts.append(_note(given.note))
    if given.date or given.signature:
        parts.append(_signing(given))
    return _stacked(parts) if parts else Block(0.0)


def _stacked(parts: Sequence[Block]) -> Block:
    y = _TOP_MM
    moved: list[Block] = []
    for part in parts:
        moved.append(part.moved(y))
        y = on_grid(y + part.height)
    return Block(
        y,
        tuple(shape for part in moved for shape in part.shapes),
        tuple(box for part in moved for box in part.boxes),
        tuple(field for part in moved for field in part.fields),
    )


def _attestation(attestation: Attestation) -> Block:
    place = ("foot", ATTESTATION, "text")
    room = CONTENT.width - BOX_SIDE - _TEXT_GAP
    lines = wrap(attestation.text, _BOLD, room)
    shapes = paragraph(
        lines, _BOLD, CONTENT.x + BOX_SIDE + _TEXT_GAP, _baseline() - _BOLD.leading_mm, room, place
    )
    area = RectMm(CONTENT.x, (_LINE_MM - BOX_SIDE) / 2, BOX_SIDE, BOX_SIDE)
    box = Box(f"{ATTESTATION}.{attestation.choice}", ATTESTATION, attestation.choice, area, BoxShape.SQUARE)
    height = _LINE_MM + round((len(lines) - 1) * _BOLD.leading_mm, 1)
    return Block(height, tuple(shapes), (box,))


def _declared(declared: Declared) -> Block:
    """Put the levels beside the text where all of them fit there, else on lines of their own below it."""
    shapes: list[Shape] = [
        Text(CONTENT.x, _baseline(), declared.text, _BOLD, CONTENT.width, ("foot", DECLARED, "text"))
    ]
    boxes: list[Box] = []
    widths = [BOX_SIDE + _TEXT_GAP + width_mm(level.label, _PLAIN) for level in declared.levels]
    x, top = round(CONTENT.x + width_mm(declared.text, _BOLD) + 4.0, 1), 0.0
    if x + sum(widths) + (len(widths) - 1) * _LEVEL_GAP > CONTENT.right:
        x, top = CONTENT.x, _LINE_MM
    for index, (level, wide) in enumerate(zip(declared.levels, widths, strict=True)):
        if x + wide > CONTENT.right and x > CONTENT.x:
            x, top = CONTENT.x, top + _LINE_MM
        area = RectMm(x, top + (_LINE_MM - BOX_SIDE) / 2, BOX_SIDE, BOX_SIDE)
        boxes.append(Box(f"{DECLARED}.{level.id}", DECLARED, level.id, area, BoxShape.SQUARE))
        room = CONTENT.right - area.right - _TEXT_GAP
        place = ("foot", DECLARED, "levels", index, "label")
        shapes.append(Text(area.right + _TEXT_GAP, top + _baseline(), level.label, _PLAIN, room, place))
        x = round(x + wide + _LEVEL_GAP, 1)
    return Block(top + _LINE_MM, tuple(shapes), tuple(boxes))


def _note(note: str) -> Block:
    lines = wrap(note, _NOTE, CONTENT.width)
    shapes = paragraph(lines, _NOTE, CONTENT.x, 0.5, CONTENT.width, ("foot", "note"))
    return Block(round(len(lines) * _NOTE.leading_mm + 2.0, 1), tuple(shapes))


def _signing(foot: Foot) -> Block:
    middle, y = CONTENT.right - _SIGNATURE_WIDTH / 2, 2.0
    shapes: list[Shape] = []
    signature: Signature | None = foot.signature
    for text, style, place in (
        (foot.date, _ITALIC, ("foot", "date")),
        (signature.label if signature else "", _BOLD, ("foot", SIGNATURE, "label")),
        (signature.hint if signature else "", _ITALIC, ("foot", SIGNATURE, "hint")),
    ):
        if text:
            y += style.leading_mm
            shapes.append(centered(text, style, middle, y, _SIGNATURE_WIDTH, place))
    if signature is None:
        return Block(round(y + 2.0, 1), tuple(shapes))
    top = round(y + 2.0, 1)
    area = RectMm(CONTENT.right - _SIGNATURE_WIDTH, top, _SIGNATURE_WIDTH, signature.height_mm)
    field = Field(SIGNATURE, signature.label, FieldKind.SIGNATURE, area)
    return Block(top + signature.height_mm, tuple(shapes), fields=(field,))


def _baseline() -> float:
    """Baseline of a line of text that looks centred beside a box."""
    return _LINE_MM / 2 + _PLAIN.ascent_mm / 2 - 0.2
