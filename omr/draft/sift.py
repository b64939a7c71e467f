"""From what looks like a box to what is one: letters, codes, logos, cells of a code, lone rings are left out.

A box that is not clean (somebody wrote in it, or it is a solid square of the form's own) is believed where a
clean one of the same size stands in its row or column.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import zxingcpp

from omr.draft.cells import combs
from omr.draft.sheet import GRID, BlankPage, Found, apart, rect_mm, share, shared
from omr.model.arrays import Flags, Floats
from omr.model.geometry import RectMm
from omr.model.layout import Shape

_BOX_SIGNS = frozenset("□☐▢◻◯○⬜❏❑❒⃝\uf06f\uf0a8\uf071\uf072")
"""Characters that forms are printed with where they mean a box; the last are those of Wingdings."""
_LETTER_AREA = 0.45
"""A letter that fills this share of a candidate, and the other way round, is the candidate."""
_ALIKE = 0.12
"""How far the sides of two boxes of one kind differ, as a share."""
_ALIKE_MARKED = 0.3
"""The same where one is not clean: ink at its sides hides where they end."""
_ALIGNED = 0.2
"""How far the middles of boxes in one row or column differ, as a share of their side."""
_NEAR = 12.0
"""How far away a neighbour may stand that speaks for a box that is not clean, in sides."""
_CROWDED = 0.4
"""Share of ink all around a candidate from which it is part of a picture, a logo or a code."""
_CROWDED_EYE = 0.2
"""The same for a candidate with a solid core; two sides of a code's eye face paper."""
_SOLID = 0.85
"""Share of ink from which the middle of a candidate is solid."""
_FULL = 0.97
"""Share of ink inside its frame from which a candidate is full."""
_FRAME = 0.3
"""Thickness of a frame, mm, roughly."""
_CLOSE = 0.3
"""Gap to the next letter of a line of type, in widths of the letter."""
_TYPE_SIZE = 5.0
"""Below this height, mm, a letter of a heading may look like a box."""


def sift(page: BlankPage, candidates: list[Found]) -> list[Found]:
    """Return the boxes among the candidates, in reading order."""
    taken = (*_codes(page), *combs(page))
    letters = _letters(page, candidates)
    found = [one for one, letter in zip(candidates, letters, strict=True) if not letter
             and not any(place.overlaps(one.area) for place in taken)
             and not _in_picture(page, one.area)]  # fmt: skip
    found = _with_kin(page, _without_type(page, _without_labels(_apart(found))))
    return sorted(found, key=lambda one: (one.area.y, one.area.x))


def _apart(found: list[Found]) -> list[Found]:
    """Return the likeliest of overlapping candidates: clean, with many of their kind, well matched."""
    if not found:
        return []
    row, column = kin(found)
    clean = np.array([one.clean for one in found], bool)
    kins = ((row | column) & clean[None, :]).sum(axis=1)
    ranks = (
        3 * min(int(n), 5) + (10 * one.clean if n else 0) + one.score
        for one, n in zip(found, kins, strict=True)
    )
    return apart([replace(one, score=rank) for one, rank in zip(found, ranks, strict=True)])


def _without_labels(found: list[Found]) -> list[Found]:
    """Return what is no digit or letter printed close beside a larger box."""
    boxes = middles(found)
    x, y, width, height = boxes.T
    gap = np.abs(x[:, None] - x[None, :]) - (width[:, None] + width[None, :]) / 2
    label = (gap < 0.5 * width[None, :]) & (np.abs(y[:, None] - y[None, :]) < height[None, :] / 2)
    label &= (height[:, None] < 0.8 * height[None, :]) & np.array([one.clean for one in found], bool)[None, :]
    return [one for one, beside in zip(found, label.any(axis=1), strict=True) if not beside]


def middles(found: list[Found]) -> Floats:
    """Return x, y, width, height of boxes by their middles, mm, shape (N, 4)."""
    rows = [(one.area.center.x, one.area.center.y, one.area.width, one.area.height) for one in found]
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


def kin(found: list[Found]) -> tuple[Flags, Flags]:
    """Return which boxes of one kind stand not far apart in one row, and in one column, each (N, N)."""
    x, y, width, height = middles(found).T
    square = np.array([one.shape is Shape.SQUARE for one in found], bool)
    clean = np.array([one.clean for one in found], bool)
    differ = np.where(clean[:, None] & clean[None, :], _ALIKE, _ALIKE_MARKED)
    alike = square[:, None] == square[None, :]
    for side in (width, height):
        alike &= np.abs(side[:, None] - side[None, :]) <= differ * np.maximum(side[:, None], side[None, :])
    np.fill_diagonal(alike, val=False)
    away_x, away_y = np.abs(x[:, None] - x[None, :]), np.abs(y[:, None] - y[None, :])
    row = (away_y <= _ALIGNED * height[:, None]) & (away_x <= _NEAR * width[:, None])
    column = (away_x <= _ALIGNED * width[:, None]) & (away_y <= _NEAR * height[:, None])
    return alike & row, alike & column


def _with_kin(page: BlankPage, found: list[Found]) -> list[Found]:
    """Return clean squares, and what else has a clean box of its kind in its row or column, put in line.

    What is full of ink may be a square of the form's own: it is left to its grid to want it.
    """
    if not found:
        return []
    clean = np.array([one.clean for one in found], bool)
    row, column = (related & clean[None, :] for related in kin(found))
    boxes = middles(found)
    kept = []
    for at, one in enumerate(found):
        if share(page.ink, one.area.grown(-_FRAME)) > _FULL:
            continue
        if not one.clean and (row[at] | column[at]).any():
            kept.append(_in_line(one, boxes[row[at]], boxes[column[at]]))
        elif one.clean and (one.shape is Shape.SQUARE or (row[at] | column[at]).any()):
            kept.append(one)
    return kept


def _in_line(one: Found, row: Floats, column: Floats) -> Found:
    """Return a box with something in it as its clean neighbours say: their size, their line."""
    _x, _y, width, height = np.median(np.concatenate((row, column)), axis=0)
    x = float(np.median(column[:, 0])) if len(column) else one.area.center.x
    y = float(np.median(row[:, 1])) if len(row) else one.area.center.y
    return replace(one, area=RectMm(x - width / 2, y - height / 2, float(width), float(height)))


def _letters(page: BlankPage, found: list[Found]) -> Flags:
    """Return which candidates are a letter of the PDF's text, shape (N,)."""
    result = np.zeros(len(found), bool)
    boxes = middles(found)
    for letter in page.letters:
        if letter.text in _BOX_SIGNS:
            continue
        area = letter.area
        near = (np.abs(boxes[:, 0] - area.center.x) < area.width) & (
            np.abs(boxes[:, 1] - area.center.y) < area.height
        )
        for at in np.flatnonzero(near & ~result):
            sizes = sorted((area.width * area.height, boxes[at, 2] * boxes[at, 3]))
            result[at] = shared(area, found[at].area) * sizes[0] >= _LETTER_AREA * sizes[1]
    return result


def _codes(page: BlankPage) -> list[RectMm]:
    """Return where QR codes and their like stand, with their quiet zone."""
    places = []
    for code in zxingcpp.read_barcodes(page.gray):
        at = code.position
        corners = (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
        xs, ys = [corner.x for corner in corners], [corner.y for corner in corners]
        places.append(rect_mm(min(xs), min(ys), max(xs), max(ys)).grown(1.0))
    return places


def _in_picture(page: BlankPage, area: RectMm) -> bool:
    """True where there is ink all around, or much of it around a solid core (the eye of a QR code)."""
    side = min(area.width, area.height)
    outer, inner = area.grown(2.5), area.grown(0.5)
    sizes = outer.width * outer.height, inner.width * inner.height
    around = (share(page.ink, outer) * sizes[0] - share(page.ink, inner) * sizes[1]) / (sizes[0] - sizes[1])
    core = share(page.ink, area.grown(-0.36 * side)) > _SOLID
    return around > (_CROWDED_EYE if core else _CROWDED)


def _without_type(page: BlankPage, found: list[Found]) -> list[Found]:
    """Return what does not stand in a line of type: print as high as itself close to its left or right."""
    if not found:
        return []
    pieces = _pieces(page.ink)
    boxes = middles(found)
    x, y, width, height = (side[:, None] for side in boxes.T)
    own = ((np.abs(pieces[:, 0] - x) < width / 2) & (np.abs(pieces[:, 1] - y) < height / 2)).any(axis=0)
    print_ = pieces[~own]
    gap = np.abs(print_[:, 0] - x) - (width + print_[:, 2]) / 2
    beside = (np.abs(gap) < _CLOSE * width) & (np.abs(print_[:, 1] - y) < height / 4)
    as_high = (print_[:, 3] > 0.7 * height) & (print_[:, 3] < 1.4 * height)
    typed = (beside & as_high).any(axis=1) & (boxes[:, 3] <= _TYPE_SIZE)
    return [one for one, is_type in zip(found, typed, strict=True) if not is_type]


def _pieces(ink: Flags) -> Floats:
    """Return middle x, middle y, width, height of pieces of ink of a letter's size, mm, shape (N, 4)."""
    _count, _labels, stats, _centers = cv2.connectedComponentsWithStats(ink.astype(np.uint8))
    sizes = stats[1:, :4].astype(np.float64) / GRID
    boxes = sizes[(sizes[:, 3] > 1.0) & (sizes[:, 3] < 1.4 * _TYPE_SIZE) & (sizes[:, 2] < 3 * _TYPE_SIZE)]
    return np.column_stack((boxes[:, 0] + boxes[:, 2] / 2, boxes[:, 1] + boxes[:, 3] / 2, boxes[:, 2:]))
