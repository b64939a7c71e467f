"""What the doubtful boxes of one sheet have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import groupby

import numpy as np

from omr.batch.asked import AskedBox, AskedSheet, Boxes
from omr.batch.openquestion import OpenQuestion, QuestionReason, question
from omr.batch.streaks import is_line, lines
from omr.i18n import _
from omr.model.reading import Doubt, Issue
from omr.settings import DEFAULT

_BLANK_ROWS = 5
_BLANK_SHARE = 0.25
"""Rows without an answer, and their share of the rows that need one, from which a sheet is half filled."""

_ALIKE = 3
"""Boxes of one page or sheet that share a doubt from which they are asked about together."""

_PALE = 0.5
"""Darkness against the sheet's own pen under which what may be a mark is a lighter pen's."""


def of_sheet(sheet: AskedSheet) -> Iterator[OpenQuestion]:
    """Yield the questions about one sheet, every box in one of them."""
    rest = sheet.boxes
    for page in sorted({box.page for box in rest if box.doubts & Doubt.NAMED}):
        named, rest = _parted(rest, lambda box, page=page: box.page == page)  # type: ignore[misc]
        yield _named(sheet, named)
    lost, rest = _parted(rest, lambda box: bool(box.doubts & Doubt.LOST_INK))
    yield from (_lost_ink(sheet, tuple(page)) for _number, page in groupby(lost, lambda box: box.page))
    blank, others = _parted(rest, lambda box: Issue.BLANK in box.issues)
    if len({box.question for box in blank}) >= max(_BLANK_ROWS, _BLANK_SHARE * sheet.expected):
        yield _half_filled(sheet, blank)
        rest = others
    for axis, hit in lines([box for box in rest if box.doubts & Doubt.STREAK]):
        if len(hit) >= _ALIKE and is_line(axis, hit, tuple({box.scan for box in hit})):
            yield _folded(sheet, hit)
            rest = tuple(box for box in rest if box not in hit)
    for page in sorted({box.page for box in rest}):
        stained, others = _parted(rest, partial(_has, page=page, doubt=Doubt.DIRTY))
        if len(stained) >= _ALIKE:
            yield _stained(sheet, stained)
            rest = others
        loose, others = _parted(rest, partial(_has, page=page, doubt=Doubt.LOOSE_FIT))
        if len(loose) >= _ALIKE:
            yield _loose_fit(sheet, loose)
            rest = others
    pale, others = _parted(rest, lambda box: _is_pale(box, sheet.pen))
    if len(pale) >= _ALIKE:
        yield _second_pen(sheet, pale)
        rest = others
    for name in dict.fromkeys(box.question for box in rest):
        yield _row(sheet, tuple(box for box in rest if box.question == name))


def _parted(boxes: Boxes, fits: Callable[[AskedBox], bool]) -> tuple[Boxes, Boxes]:
    """Return the boxes that fit, and the others."""
    return tuple(box for box in boxes if fits(box)), tuple(box for box in boxes if not fits(box))


def _has(box: AskedBox, page: int, doubt: Doubt) -> bool:
    return box.page == page and bool(box.doubts & doubt)


def _is_pale(box: AskedBox, pen: float) -> bool:
    """True for a faint mark: one doubted as such, or one too faint to be a mark or to be sure of."""
    if box.doubts & Doubt.FAINT:
        return True
    unsure = box.doubts & Doubt.SMALL or (box.marked and box.doubts & Doubt.CONFIDENCE)
    return bool(unsure) and box.darkness < max(DEFAULT.classify.faint, _PALE * pen)


def _named(sheet: AskedSheet, boxes: Boxes) -> OpenQuestion:
    detail = _("Page {page} was named by a person. Are these its rows, and are they read right?").format(
        page=boxes[0].page
    )
    place = f"{boxes[0].sheet}/{boxes[0].page}"
    return question(QuestionReason.NAMED, place, sheet.unit, sheet.year, boxes, detail)


def _lost_ink(sheet: AskedSheet, boxes: Boxes) -> OpenQuestion:
    detail = _(
        "Strokes on page {page} are left in crumbs by a scan in black and white: what was written there more "
        "lightly is not seen at all. Scan the sheet again in gray, or look at the paper."
    ).format(page=boxes[0].page)
    place = f"{boxes[0].sheet}/{boxes[0].page}"
    return question(QuestionReason.LOST_INK, place, sheet.unit, sheet.year, boxes, detail)


def _half_filled(sheet: AskedSheet, boxes: Boxes) -> OpenQuestion:
    detail = _("{blank} of {rows} rows have no answer.").format(
        blank=len({box.question for box in boxes}), rows=sheet.expected
    )
    return question(QuestionReason.HALF_FILLED, boxes[0].sheet, sheet.unit, sheet.year, boxes, detail)


def _folded(sheet: AskedSheet, boxes: Boxes) -> OpenQuestion:
    detail = _("A straight line through {count} boxes of this sheet alone: folded?").format(count=len(boxes))
    place = f"{boxes[0].sheet}/{boxes[0].question}/{boxes[0].choice}"
    return question(QuestionReason.FOLDED, place, sheet.unit, sheet.year, boxes, detail)


def _stained(sheet: AskedSheet, boxes: Boxes) -> OpenQuestion:
    detail = _("{count} boxes of the page hold a soft shade and no stroke: a stain?").format(count=len(boxes))
    place = f"{boxes[0].sheet}/{boxes[0].page}"
    return question(QuestionReason.STAINED, place, sheet.unit, sheet.year, boxes, detail)


def _loose_fit(sheet: AskedSheet, boxes: Boxes) -> OpenQuestion:
    detail = _(
        "{count} boxes of the page are not where they should be (up to {mm:.1f} mm off): folded or crumpled?"
    ).format(count=len(boxes), mm=max(box.aside_mm for box in boxes))
    place = f"{boxes[0].sheet}/{boxes[0].page}"
    return question(QuestionReason.LOOSE_FIT, place, sheet.unit, sheet.year, boxes, detail)


def _second_pen(sheet: AskedSheet, boxes: Boxes) -> OpenQuestion:
    count, faint = len(boxes), float(np.median([box.darkness for box in boxes]))
    if sheet.pen > faint:
        detail = _("{count} faint marks (darkness {faint:.2f}; the sheet's other marks {usual:.2f}).")
    else:
        detail = _("{count} faint marks (darkness {faint:.2f}).")
    detail = detail.format(count=count, faint=faint, usual=sheet.pen)
    return question(QuestionReason.SECOND_PEN, boxes[0].sheet, sheet.unit, sheet.year, boxes, detail)


def _row(sheet: AskedSheet, boxes: Boxes) -> OpenQuestion:
    """Return the question about one row; its detail are the codes of issues and doubts."""
    doubts = (str(doubt.name).lower() for doubt in Doubt if any(doubt & box.doubts for box in boxes))
    codes = dict.fromkeys((*map(str, boxes[0].issues), *doubts))
    place = f"{boxes[0].sheet}/{boxes[0].question}"
    return question(QuestionReason.ROW, place, sheet.unit, sheet.year, boxes, "|".join(codes))
