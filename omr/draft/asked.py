"""What a form of the layout page asks for → one edit of a sketch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import groupby

from omr.draft import edits, grouping, naming
from omr.draft.grouping import Asks
from omr.draft.sketch import AreaKind, Sketch, Standing, area_kind
from omr.errors import UsageError
from omr.i18n import _
from omr.model.geometry import RectMm
from omr.model.layout import BlankRow, CodeKind, FieldKind, Marking, Shape

Asked = Mapping[str, str]
"""An edit as a form sends it: `do` names it, the other fields say to what and how."""

WRITTEN = "written"
"""In place of a box's shape: an area that is written in by hand."""
_SHAPES = frozenset(each.value for each in Shape)
SERIAL = "serial"
"""What a code means: it bears the sheet's serial; any other word, it is alike on every sheet."""
_MOST_LISTED = 10 * edits.MOST_BOXES
"""Numbers that a text lists; more is nobody's selection."""
_FIELDS = frozenset(
    ("do", "keys", "right", "down", "width", "height", "x", "y", "page", "kind", "asks", "first", "blank",
     "group", "area", "at", "number", "text", "name", "label", "standing", "title", "year", "version",
     "marking", "means")
)  # fmt: skip
"""What an edit may say; anything else is not kept."""
_FARTHEST = 1200.0
"""Longest way or side that is taken for millimetres."""


def edited(sketch: Sketch, asked: Asked) -> Sketch:
    """Return a sketch with one edit done. Raises UsageError where it makes no sense."""
    edit = _EDITS.get(asked.get("do", ""))
    if edit is None:
        raise UsageError(_("The desk knows no such edit. Load the page again."))
    try:
        return edit(sketch, asked)
    except (ValueError, KeyError, OverflowError) as wrong:
        raise UsageError(_("Something is missing or is no number. Load the page again.")) from wrong


def kept(asked: Asked) -> Asked:
    """Return what is kept of an edit that was done: the fields an edit has, its boxes in short."""
    fields = {name: asked[name] for name in sorted(_FIELDS & asked.keys())}
    return {**fields, "keys": runs(keys_of(fields["keys"]))} if "keys" in fields else fields


def keys_of(text: str) -> frozenset[int]:
    """Return the numbers that a text of numbers and runs of them lists: "1-3,7". Raises ValueError."""
    keys: set[int] = set()
    listed = 0
    for part in filter(None, text.split(",")):
        first, _dash, last = part.partition("-")
        start, end = int(first), int(last or first)
        listed += end - start
        if listed > _MOST_LISTED:
            raise ValueError(part)
        keys.update(range(start, end + 1))
    return frozenset(keys)


def runs(keys: Iterable[int]) -> str:
    """Return numbers as a short text that `keys_of` understands: "1-3,7"."""
    parts = []
    for _step, run in groupby(enumerate(sorted(keys)), key=lambda each: each[1] - each[0]):
        numbers = [number for _at, number in run]
        parts.append(f"{numbers[0]}-{numbers[-1]}" if len(numbers) > 1 else str(numbers[0]))
    return ",".join(parts)


def _mm(asked: Asked, key: str) -> float:
    value = float(asked[key])
    if not abs(value) <= _FARTHEST:
        raise ValueError(value)
    return round(value, 2)


def _area(asked: Asked) -> RectMm:
    return RectMm(*(_mm(asked, key) for key in ("x", "y", "width", "height")))


def _keys(asked: Asked) -> frozenset[int]:
    return keys_of(asked["keys"])


def _add(sketch: Sketch, asked: Asked) -> Sketch:
    page, kind = int(asked["page"]), asked["kind"]
    if not 1 <= page <= len(sketch.form.pages):
        raise ValueError(page)
    if kind in _SHAPES:
        return edits.add_box(sketch, page, _area(asked), Shape(kind))
    return edits.add_area(sketch, page, _area(asked), _area_kind(kind), naming.said(asked.get("label", "")))


def _kind(sketch: Sketch, asked: Asked) -> Sketch:
    kind = asked["kind"]
    if kind in _SHAPES:
        return edits.reshape(sketch, _keys(asked), Shape(kind))
    return edits.as_area(sketch, _keys(asked), _area_kind(kind))


def _area_kind(kind: str) -> AreaKind:
    return FieldKind.TEXT if kind == WRITTEN else area_kind(kind)


def _question(sketch: Sketch, asked: Asked) -> Sketch:
    return naming.rename_question(
        sketch, int(asked["group"]), int(asked["at"]), asked["number"], asked["text"], asked["name"]
    )


def _head(sketch: Sketch, asked: Asked) -> Sketch:
    return naming.head(
        sketch, title=asked["title"], name=asked["name"], year=int(asked["year"]), version=asked["version"],
        marking=Marking(asked["marking"]), blank=BlankRow(asked["blank"]),
    )  # fmt: skip


_EDITS: dict[str, Callable[[Sketch, Asked], Sketch]] = {
    "move": lambda sketch, asked: edits.move(sketch, _keys(asked), _mm(asked, "right"), _mm(asked, "down")),
    "resize": lambda sketch, asked: edits.resize(
        sketch, _keys(asked), _mm(asked, "width"), _mm(asked, "height")
    ),
    "add": _add,
    "copy": lambda sketch, asked: edits.copy(sketch, _keys(asked)),
    "delete": lambda sketch, asked: edits.delete(sketch, _keys(asked)),
    "kind": _kind,
    "group": lambda sketch, asked: grouping.group(sketch, _keys(asked), Asks(asked["asks"])),
    "split": lambda sketch, asked: grouping.split(sketch, _keys(asked)),
    "number": lambda sketch, asked: naming.number_from(sketch, _keys(asked), int(asked["first"])),
    "blank": lambda sketch, asked: naming.may_stay_blank(
        sketch, _keys(asked), BlankRow(asked["blank"]) if asked["blank"] else None
    ),
    "name": lambda sketch, asked: naming.rename_group(sketch, int(asked["group"]), asked["name"]),
    "question": _question,
    "choice": lambda sketch, asked: naming.rename_choice(
        sketch, int(asked["group"]), int(asked["at"]), asked["label"]
    ),
    "area": lambda sketch, asked: naming.rename_area(
        sketch, int(asked["area"]), asked["label"], asked["kind"]
    ),
    "code": lambda sketch, asked: naming.rename_code(
        sketch, int(asked["area"]), asked["label"], CodeKind(asked["kind"]), numbered=asked["means"] == SERIAL
    ),
    "stand": lambda sketch, asked: naming.stand(sketch, int(asked["group"]), Standing(asked["standing"])),
    "head": _head,
}
