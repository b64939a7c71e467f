"""What was written on a page, kept small: by it two scans of one page are told from two people's copies.

People photocopy forms, so one serial may come back from many people, and three of them may tick alike.
No two people's strokes lie alike, though: the same sheet scanned twice shows the same ink at the same
place on paper, whatever skew and noise the scanner added.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.imaging.warp import upright
from omr.model.arrays import Singles, singles
from omr.model.geometry import RectMm
from omr.model.layout import Field, FieldKind
from omr.model.reading import Marks, MarkState
from omr.model.registration import Registration
from omr.read.reference import Patches

SAME_SHEET = 0.88
"""Likeness from which two scans are one sheet: bench/ink.py prints 0.97 and more for rescans, and up to
0.56 for other people's sheets, worn ones and photocopies among them. Where people tick the same two to five
boxes of a page with one kind of pen and write nothing else on it, they come to 0.84, and their rescans by
drivers that clean up to 0.90: in doubt there is one sheet more."""

_GRID = 4.0
"""Samples per mm: a pen stroke (0.4–0.7 mm) is two samples wide."""

_REACH = 2
"""How many samples (0.5 mm) two scans' registrations may differ."""

_LEAST_INK = 3.0
"""Ink, in fully dark mm², under which a page says nothing about whose it is: less than one short tick."""

_MARGIN = 1.0
"""Left out along the edges of a field, mm: its dotted rule and its registration error."""

_NOISE = 0.2
"""Darkness under which a sample counts as paper."""


@dataclass(frozen=True, slots=True, eq=False)
class FieldInk:
    """One hand-written field, upright at 4 samples per mm: darkness 0..1, shape (H, W)."""

    field: Field
    darkness: NDArray[np.float32]


def cut_fields(
    image: NDArray[np.uint8], fields: tuple[Field, ...], registration: Registration, black: float
) -> tuple[FieldInk, ...]:
    """Return what stands in each field of a gray image. black: gray value of the form's print, 0..255."""
    areas = [field.area.grown(-_MARGIN) for field in fields]
    return tuple(
        FieldInk(field, _field(image, field.kind, area, corners, black))
        for field, area, corners in zip(fields, areas, registration.corners(areas), strict=True)
    )


def is_signed(fields: tuple[FieldInk, ...]) -> bool | None:
    """True where the signature area holds handwriting, None where there is no such area; a proposal only.

    A printed line or a frame's corner is no handwriting: what counts spreads over both directions.
    """
    areas = [ink for ink in fields if ink.field.kind is FieldKind.SIGNATURE]
    if not areas:
        return None
    return any(_handwritten(ink.darkness) for ink in areas)


def fingerprint(patches: Patches, marks: Marks, fields: tuple[FieldInk, ...]) -> bytes:
    """Return the ink of all boxes that are not empty and of all fields, compressed."""
    inked = np.flatnonzero(marks.states != MarkState.EMPTY).tolist()
    areas = {index: _box_ink(patches, index) for index in inked}
    areas |= {_FIELDS_FROM + number: ink.darkness for number, ink in enumerate(fields)}
    return zlib.compress(_packed(areas), level=1)


def same_ink(one: bytes, other: bytes) -> float | None:
    """Return how alike the ink of two readings of the same printed page is, 0..1, or None.

    None: one of them holds too little ink to tell by. `SAME_SHEET` is the likeness of one sheet.
    All boxes are shifted alike: each by itself, any two hands' ticks would be laid upon each other.
    """
    first, second = _unpacked(one), _unpacked(other)
    if min(_mass(first), _mass(second)) < _LEAST_INK:
        return None
    fields = total = 0.0
    boxes = np.zeros((2 * _REACH + 1, 2 * _REACH + 1))
    for area in first.keys() | second.keys():
        here, there = first.get(area), second.get(area)
        mass = max(_ink(here), _ink(there))
        total += mass
        if here is None or there is None:
            continue
        if area < _FIELDS_FROM:
            boxes += mass * _correlations(here, there)
        else:
            fields += mass * max(0.0, float(_correlations(here, there).max()))
    return (fields + max(0.0, float(boxes.max()))) / total if total else None


_FIELDS_FROM = 1 << 15
_LEVELS = 15
_HEADER = struct.Struct("<HHH")


def _packed(areas: Mapping[int, Singles]) -> bytes:
    """Sixteen levels are plenty to compare by and compress well."""
    darkness = np.concatenate([np.empty(0, np.float32), *(each.ravel() for each in areas.values())])
    levels = (np.minimum(np.maximum(darkness, 0.0), 1.0) * _LEVELS + 0.5).astype(np.uint8)
    levels[darkness < _NOISE] = 0
    samples, packed, start = levels.tobytes(), [], 0
    for area, each in areas.items():
        packed += [_HEADER.pack(area, *each.shape), samples[start : start + each.size]]
        start += each.size
    return b"".join(packed)


def _unpacked(blob: bytes) -> dict[int, NDArray[np.float32]]:
    data, at = zlib.decompress(blob), 0
    areas: dict[int, NDArray[np.float32]] = {}
    while at < len(data):
        area, height, width = _HEADER.unpack_from(data, at)
        at += _HEADER.size
        levels = np.frombuffer(data, np.uint8, height * width, at).reshape(height, width)
        areas[area] = levels.astype(np.float32) / np.float32(_LEVELS)
        at += height * width
    return areas


def _ink(darkness: NDArray[np.float32] | None) -> float:
    return 0.0 if darkness is None else float(darkness.sum()) / _GRID**2


def _mass(areas: dict[int, NDArray[np.float32]]) -> float:
    return sum(_ink(area) for area in areas.values())


def _correlations(here: NDArray[np.float32], there: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the normalised cross-correlation at each small shift, -1..1, shape (2 R + 1, 2 R + 1)."""
    height, width = np.minimum(here.shape, there.shape).tolist()
    here, there = (singles(cv2.GaussianBlur(each[:height, :width], (3, 3), 0)) for each in (here, there))
    framed = cv2.copyMakeBorder(here, _REACH, _REACH, _REACH, _REACH, cv2.BORDER_CONSTANT, value=0.0)
    if not framed.any() or not there.any():
        return np.zeros((2 * _REACH + 1, 2 * _REACH + 1), dtype=np.float32)
    return singles(cv2.matchTemplate(framed, there, cv2.TM_CCOEFF_NORMED))


def _box_ink(patches: Patches, index: int) -> NDArray[np.float32]:
    """Return the ink inside one box, its printed frame left out, at 4 samples per mm."""
    darkness = patches.darkness[index]
    middle = darkness.shape[0] // 2
    half_x = int((patches.half_width[index] - 0.4) * patches.grid)
    half_y = int((patches.half_height[index] - 0.4) * patches.grid)
    inside = darkness[middle - half_y : middle + half_y, middle - half_x : middle + half_x]
    size = round(2 * half_x * _GRID / patches.grid), round(2 * half_y * _GRID / patches.grid)
    return singles(cv2.resize(inside, size, interpolation=cv2.INTER_AREA))


def _field(
    image: NDArray[np.uint8], kind: FieldKind, area: RectMm, corners: NDArray[np.float64], black: float
) -> NDArray[np.float32]:
    width, height = max(round(area.width * _GRID), 2), max(round(area.height * _GRID), 2)
    step_x, step_y = (corners[1] - corners[0]) / (width - 1), (corners[3] - corners[0]) / (height - 1)
    (patch,) = upright(image, corners[:1], step_x, step_y, (width, height))
    samples = patch[::4, ::4].ravel()
    at = len(samples) * 3 // 4
    paper = float(np.partition(samples, at)[at])
    darkness: NDArray[np.float32] = (paper - patch.astype(np.float32)) / np.float32(max(paper - black, 1.0))
    if kind is not FieldKind.SIGNATURE:
        darkness[_on_rule(darkness)] = 0.0
    return np.minimum(np.maximum(darkness, 0.0), 1.0)


def _on_rule(darkness: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return which rows hold the dotted rule people write on, shape (H,): print, alike on every copy.

    A rule runs through the whole field, so most of its row is dark; handwriting leaves most of a row white.
    """
    smooth = singles(cv2.blur(darkness, (_DOTS, 1)))
    dark = np.count_nonzero(smooth > _RULE, axis=1)
    rule = dark >= smooth.shape[1] - int(_RULE_SHARE * smooth.shape[1])
    rule[1:] |= rule[:-1].copy()
    rule[:-1] |= rule[1:].copy()
    return np.asarray(rule)


_DOTS = 5
"""Samples over which a dotted rule becomes an even gray: 1.25 mm."""

_RULE_SHARE, _RULE = 0.3, 0.08
"""A row whose gray is at least this in all but three tenths of the field's width holds a rule."""


def _handwritten(darkness: NDArray[np.float32]) -> bool:
    ink = cv2.blur(darkness, (3, 3)) > _NOISE
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(rows):
        return False
    tall, wide = np.ptp(rows) / _GRID, np.ptp(columns) / _GRID
    return bool(min(tall, wide) > _SIGNATURE_SPAN and ink.sum() / _GRID**2 > _SIGNATURE_INK)


_SIGNATURE_SPAN = 3.0
"""Height and width a signature reaches at least, mm: more than a speck, less than initials."""

_SIGNATURE_INK = 4.0
"""Area a signature inks at least, mm²: some 10 mm of pen stroke."""
