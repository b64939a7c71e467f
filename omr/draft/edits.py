"""What a person does to the boxes of a sketch: each edit takes a sketch and returns another one.

An edit that makes no sense raises UsageError, its message for people; the sketch stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import replace

from omr.draft.sketch import Area, AreaKind, Group, Offered, Sketch, Spot, around
from omr.errors import UsageError
from omr.forms.existing import Wording
from omr.i18n import _
from omr.model.geometry import RectMm
from omr.model.layout import SERIAL_PLACE, CodeKind, FieldKind, Shape

LEAST_MM = 1.0
"""Smallest side of a box or area, mm: what is smaller was drawn by accident."""
MOST_BOXES = 5000
"""Boxes of a sketch: twice the densest sheet known."""
_APART = 2.0
"""White between boxes and their copies, mm."""

Keys = AbstractSet[int]
_Changed = Callable[[RectMm], RectMm]


def move(sketch: Sketch, keys: Keys, right: float, down: float) -> Sketch:
    """Return the sketch with boxes and areas moved, mm."""

    def moved(area: RectMm) -> RectMm:
        place = replace(area, x=round(area.x + right, 2), y=round(area.y + down, 2))
        return _on_paper(sketch, place)

    return _each_area(sketch, keys, moved)


def resize(sketch: Sketch, keys: Keys, width: float, height: float) -> Sketch:
    """Return the sketch with boxes of that size, their middles where they were."""

    def resized(area: RectMm) -> RectMm:
        left, top = area.center.x - width / 2, area.center.y - height / 2
        return _on_paper(sketch, RectMm(round(left, 2), round(top, 2), width, height))

    return _each_area(sketch, keys, resized)


def add_box(sketch: Sketch, page: int, area: RectMm, shape: Shape) -> Sketch:
    """Return the sketch with one more box, a question by itself."""
    _refuse_many(sketch, 1)
    spot = Spot(sketch.next_key, _on_paper(sketch, area), shape, 0, 0)
    asked = Wording(id=new_name(sketch.names(), f"p{page}.q"))
    group = Group(sketch.next_key + 1, page, (asked,), (Offered("co"),), (spot,))
    return replace(sketch, groups=(*sketch.groups, group), next_key=sketch.next_key + 2)


def add_area(
    sketch: Sketch, page: int, area: RectMm, kind: AreaKind = FieldKind.TEXT, label: str = ""
) -> Sketch:
    """Return the sketch with one more area that is no box. label: what a code reads."""
    name = ""
    if isinstance(kind, FieldKind):
        name = label = new_name({each.id for each in sketch.areas}, "viet-tay")
    elif isinstance(kind, CodeKind):
        label = label or SERIAL_PLACE
    one = Area(sketch.next_key, page, name, label, _on_paper(sketch, area), kind)
    return replace(sketch, areas=(*sketch.areas, one), next_key=sketch.next_key + 1)


def copy(sketch: Sketch, keys: Keys) -> Sketch:
    """Return the sketch with the boxes once more, below themselves: questions of their own, choices alike."""
    touched = [_only(group, keys) for group in sketch.groups if group.keys & keys]
    if not touched:
        raise UsageError(_("Select boxes first."))
    _refuse_many(sketch, sum(len(group.spots) for group in touched))
    down = around([group.area for group in touched]).height + _APART
    key, names, groups = sketch.next_key, set(sketch.names()), list(sketch.groups)
    for group in touched:
        below = [replace(spot.area, y=round(spot.area.y + down, 2)) for spot in group.spots]
        spots = tuple(
            replace(spot, key=key + at, area=_on_paper(sketch, area))
            for at, (spot, area) in enumerate(zip(group.spots, below, strict=True))
        )
        key += len(spots)
        asked = []
        for question in group.questions:
            asked.append(
                Wording(id=new_name(names, question.id), labels=question.labels, blank=question.blank)
            )
            names.add(asked[-1].id)
        groups.append(replace(group, key=key, questions=tuple(asked), spots=spots, spells=""))
        key += 1
    return replace(sketch, groups=tuple(groups), next_key=key)


def delete(sketch: Sketch, keys: Keys) -> Sketch:
    """Return the sketch without some boxes and areas."""
    kept = without(sketch, keys)
    if kept == sketch:
        raise UsageError(_("Select boxes first."))
    return kept


def reshape(sketch: Sketch, keys: Keys, shape: Shape) -> Sketch:
    """Return the sketch with boxes printed as `shape`."""
    groups = tuple(
        replace(
            group,
            spots=tuple(replace(spot, shape=shape) if spot.key in keys else spot for spot in group.spots),
        )
        for group in sketch.groups
    )
    return replace(sketch, groups=groups)


def as_area(sketch: Sketch, keys: Keys, kind: AreaKind = FieldKind.TEXT) -> Sketch:
    """Return the sketch with one area that is no box where boxes were."""
    groups = [_only(group, keys) for group in sketch.groups if group.keys & keys]
    return add_area(without(sketch, keys), one_page(groups), around([group.area for group in groups]), kind)


def without(sketch: Sketch, keys: Keys) -> Sketch:
    """Return the sketch without some boxes and areas, and without what then has no box."""
    groups = (_only(group, group.keys - keys) if group.keys & keys else group for group in sketch.groups)
    return replace(
        sketch,
        groups=tuple(group for group in groups if group.spots),
        areas=tuple(area for area in sketch.areas if area.key not in keys),
    )


def one_page(groups: Iterable[Group]) -> int:
    """Return the page that all groups are on. Raises UsageError where it is not one."""
    pages = {group.page for group in groups}
    if len(pages) != 1:
        raise UsageError(_("Select boxes of one page first."))
    return pages.pop()


def new_name(given: Iterable[str], wanted: str) -> str:
    """Return an id that was not given: the wanted one, or with a number behind it."""
    taken, count, name = set(given), 1, wanted[:35].strip("-.")
    base = name
    while name in taken:
        count += 1
        name = f"{base}-{count}"
    return name


def _only(group: Group, keys: Keys) -> Group:
    """Return a group with the boxes `keys` alone, and the questions and choices these have."""
    spots = [spot for spot in group.spots if spot.key in keys]
    questions = sorted({spot.question for spot in spots})
    choices = sorted({spot.choice for spot in spots})
    return replace(
        group,
        questions=tuple(group.questions[at] for at in questions),
        choices=tuple(group.choices[at] for at in choices),
        spots=tuple(
            replace(spot, question=questions.index(spot.question), choice=choices.index(spot.choice))
            for spot in spots
        ),
    )


def _each_area(sketch: Sketch, keys: Keys, changed: _Changed) -> Sketch:
    """Return the sketch with the places of some boxes and areas changed; one at least."""
    found = {spot.key for group in sketch.groups for spot in group.spots} | {
        area.key for area in sketch.areas
    }
    if not found & keys:
        raise UsageError(_("Select boxes first."))
    groups = tuple(
        replace(group, spots=tuple(_changed_spot(spot, keys, changed) for spot in group.spots))
        for group in sketch.groups
    )
    areas = tuple(
        replace(area, area=changed(area.area)) if area.key in keys else area for area in sketch.areas
    )
    return replace(sketch, groups=groups, areas=areas)


def _changed_spot(spot: Spot, keys: Keys, changed: _Changed) -> Spot:
    return replace(spot, area=changed(spot.area)) if spot.key in keys else spot


def _on_paper(sketch: Sketch, area: RectMm) -> RectMm:
    """Return an area as it is. Raises UsageError where it is too small or leaves the paper."""
    if min(area.width, area.height) < LEAST_MM:
        raise UsageError(_("A box is {least:.0f} mm wide and high at least.").format(least=LEAST_MM))
    if not RectMm(0.0, 0.0, sketch.paper.width, sketch.paper.height).contains(area):
        raise UsageError(_("That would be beyond the paper."))
    return area


def _refuse_many(sketch: Sketch, more: int) -> None:
    if sum(len(group.spots) for group in sketch.groups) + more > MOST_BOXES:
        raise UsageError(_("A form has {most} boxes at most.").format(most=MOST_BOXES))
