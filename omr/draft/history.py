"""The edits of a sketch as they were asked for, one after the other: undone, done again, kept as text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from omr.draft import edits, grouping, naming
from omr.draft.grouping import Asks
from omr.draft.sketch import Sketch, Standing
from omr.errors import UsageError
from omr.i18n import _
from omr.model.geometry import RectMm
from omr.model.layout import BlankRow, FieldKind, Marking, Shape

Asked = Mapping[str, str]
"""An edit as a form sends it: `do` names it, the other fields say to what and how."""

_WRITTEN = "written"
"""In place of a box's shape: an area that is written in by hand."""
MOST_EDITS = 1000
"""Edits of one sketch that can be undone: an hour's work; each keeps the boxes it changed in memory."""
_MOST_LISTED = 10 * edits.MOST_BOXES
"""Numbers that a text lists; more is nobody's selection."""
_FIELDS = frozenset(
    ("do", "keys", "right", "down", "width", "height", "x", "y", "page", "kind", "asks", "first", "blank",
     "group", "area", "at", "number", "text", "name", "label", "standing", "title", "year", "version",
     "marking")
)  # fmt: skip
"""What an edit may say; anything else is not kept."""
_FARTHEST = 1200.0
"""Longest way or side that is taken for millimetres."""


@dataclass(frozen=True, slots=True)
class History:
    """A sketch with what was done to it.

    edits: all that was asked for. states: the sketch before them, and after each. at: how many of them
    stand; the others were undone. turn: counts every change, so that a page knows whether it is out of date.
    """

    edits: tuple[Asked, ...]
    states: tuple[Sketch, ...]
    at: int
    turn: int = 0

    @property
    def now(self) -> Sketch:
        """The sketch as it stands."""
        return self.states[self.at]

    def done(self, asked: Asked) -> History:
        """Return the history with one more edit, or one undone or done again; as it is where nothing changes.

        Raises UsageError as edits do.
        """
        what = asked.get("do", "")
        if what in {"undo", "redo"}:
            at = self.at + (1 if what == "redo" else -1)
            if not 0 <= at <= len(self.edits):
                raise UsageError(_("There is nothing more to undo or do again."))
            return replace(self, at=at, turn=self.turn + 1)
        if self.at >= MOST_EDITS:
            raise UsageError(
                _("After {most} edits save the layout, and open it anew.").format(most=MOST_EDITS)
            )
        after = edited(self.now, asked)
        if after == self.now:
            return self
        kept = {name: asked[name] for name in sorted(_FIELDS & asked.keys())}
        if "keys" in kept:
            kept["keys"] = runs(keys_of(kept["keys"]))
        return History(
            (*self.edits[: self.at], kept),
            (*self.states[: self.at + 1], after),
            self.at + 1,
            self.turn + 1,
        )

    def to_json(self) -> str:
        """Return the edits as text; with the sketch before them they make the history again."""
        return json.dumps({"edits": self.edits, "at": self.at, "turn": self.turn}, ensure_ascii=False)


def begun(sketch: Sketch) -> History:
    """Return the history of a sketch nothing was done to."""
    return History((), (sketch,), 0)


def from_json(first: Sketch, text: str) -> History:
    """Return the history that `to_json` wrote of a sketch. Raises ValueError where it is none."""
    kept = json.loads(text)
    states = [first]
    for asked in kept["edits"]:
        states.append(edited(states[-1], asked))
    return History(tuple(kept["edits"]), tuple(states), int(kept["at"]), int(kept["turn"]))


def edited(sketch: Sketch, asked: Asked) -> Sketch:
    """Return a sketch with one edit done. Raises UsageError where it makes no sense."""
    edit = _EDITS.get(asked.get("do", ""))
    if edit is None:
        raise UsageError(_("The desk knows no such edit. Load the page again."))
    try:
        return edit(sketch, asked)
    except (ValueError, KeyError, OverflowError) as wrong:
        raise UsageError(_("Something is missing or is no number. Load the page again.")) from wrong


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
    if kind == _WRITTEN:
        return edits.add_area(sketch, page, _area(asked))
    return edits.add_box(sketch, page, _area(asked), Shape(kind))


def _kind(sketch: Sketch, asked: Asked) -> Sketch:
    kind = asked["kind"]
    if kind == _WRITTEN:
        return edits.as_area(sketch, _keys(asked))
    return edits.reshape(sketch, _keys(asked), Shape(kind))


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
        sketch, int(asked["area"]), asked["label"], FieldKind(asked["kind"])
    ),
    "stand": lambda sketch, asked: naming.stand(sketch, int(asked["group"]), Standing(asked["standing"])),
    "head": _head,
}
