"""A sketch → the content of its layout file: grids where boxes stand evenly, else one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from omr.draft.blocks import Block
from omr.draft.regular import Named, placed
from omr.draft.sheet import Found
from omr.draft.sketch import Area, Group, Sketch, Standing
from omr.forms.existing import (
    Code,
    ExistingForm,
    ExistingPage,
    Grid,
    Mark,
    SingleBox,
    SpelledText,
    Wording,
    Written,
)
from omr.forms.grids import boxes_of
from omr.model.geometry import RectMm
from omr.model.layout import CodeKind, FieldKind

_OFF = 0.03
"""How far a box may lie from where its grid puts it, mm: what was moved on purpose stays moved."""


def form_of_sketch(sketch: Sketch) -> ExistingForm:
    """Return the layout of a sketch; groups left out and pages with nothing on them are not in it."""
    kept = [group for group in sketch.groups if group.standing is not Standing.LEFT_OUT]
    pages, spelled = [], []
    for number, bare in enumerate(sketch.form.pages, start=1):
        grids: list[Grid] = []
        singles: list[SingleBox] = []
        for group in (each for each in kept if each.page == number):
            even, uneven = _placed(group)
            grids += even
            singles += uneven
            if group.spells and not even:
                ids = tuple(question.id for question in group.questions)
                spelled.append(SpelledText(id=group.spells, questions=ids))
        areas = [area for area in sketch.areas if area.page == number]
        if grids or singles or any(isinstance(area.kind, FieldKind) for area in areas):
            update = {"grids": tuple(grids), "boxes": tuple(singles), **_areas(areas)}
            pages.append(bare.model_copy(update=update))
    words = {wording.id: wording for wording in _telling(kept)}
    update = {"pages": tuple(pages), "questions": tuple(words.values()), "spelled": tuple(spelled)}
    return sketch.form.model_copy(update=update)


def _placed(group: Group) -> tuple[list[Grid], list[SingleBox]]:
    """Return a group's boxes as grids that put each of them where it is, else one by one."""
    rows, singles = group.rows(), [_single(group, at) for at in range(len(group.spots))]
    whole = len(singles) > 1 and all(len(row) == len(group.choices) for row in rows)
    if not whole or len({spot.shape for spot in group.spots}) > 1:
        return [], singles
    found = tuple(tuple(Found(spot.area, spot.shape, 1.0) for spot in row) for row in rows)
    block = Block(tuple(zip(*found, strict=True)) if group.down else found, group.down)
    if not _in_order(block):
        return [], singles
    prints = tuple(choice.print for choice in group.choices)
    named = Named(
        questions=tuple(question.id for question in group.questions),
        choices=tuple(choice.id for choice in group.choices),
        prints=prints if any(prints) else (),
        spells=group.spells or None,
        wording=(),
    )
    grids, uneven = placed(block, named, _OFF)
    meant = {f"{box.question}.{box.choice}": RectMm(*box.at, *box.size) for box in singles}
    put = {box.id: box.area for box in boxes_of(ExistingPage(grids=tuple(grids), boxes=tuple(uneven)))}
    spelt_in_one = not group.spells or len(grids) == 1
    return (grids, uneven) if spelt_in_one and _same_places(put, meant) else ([], singles)


def _in_order(block: Block) -> bool:
    """True where rows follow each other down the page and columns to the right, as they do in a grid."""
    across = [box.area.center.x for box in block.rows[0]]
    down = [row[0].area.center.y for row in block.rows]
    return all(before < after for places in (across, down) for before, after in pairwise(places))


def _same_places(put: dict[str, RectMm], meant: dict[str, RectMm]) -> bool:
    return all(
        abs(a - b) <= _OFF
        for box, area in meant.items()
        for a, b in zip(_edges(put[box]), _edges(area), strict=True)
    )


def _edges(area: RectMm) -> tuple[float, float, float, float]:
    return area.x, area.y, area.right, area.bottom


def _single(group: Group, at: int) -> SingleBox:
    spot = group.spots[at]
    question, offered = group.questions[spot.question].id, group.choices[spot.choice]
    corner, size = _place(spot.area)
    return SingleBox(
        question=question, choice=offered.id, at=corner, size=size, shape=spot.shape, print=offered.print
    )


def _areas(areas: Sequence[Area]) -> dict[str, tuple[Written | Code | Mark, ...]]:
    """Return what a page has that is no box, by the key it stands under."""
    fields, codes, marks = [], [], []
    for each in areas:
        corner, size = _place(each.area)
        if isinstance(each.kind, FieldKind):
            fields.append(
                Written(
                    id=each.id, label=each.label, at=corner, size=size, kind=each.kind, roster=each.roster
                )
            )
        elif isinstance(each.kind, CodeKind):
            codes.append(Code(kind=each.kind, at=corner, size=size, text=each.label))
        else:
            marks.append(Mark(at=corner, size=size))
    return {"fields": tuple(fields), "codes": tuple(codes), "marks": tuple(marks)}


def _place(area: RectMm) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the corner and size of an area as a layout file has them."""
    corner = round(area.x, 2), round(area.y, 2)
    return corner, (round(area.width, 2), round(area.height, 2))


def _telling(groups: list[Group]) -> Iterator[Wording]:
    """Yield the wording of questions that have any."""
    for group in groups:
        for wording in group.questions:
            if wording != Wording(id=wording.id):
                yield wording
