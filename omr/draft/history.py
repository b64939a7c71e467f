"""The edits of a sketch as they were asked for, one after the other: undone, done again, kept as text."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from omr.draft.asked import Asked, edited, kept
from omr.draft.sketch import Sketch
from omr.errors import UsageError
from omr.i18n import _

MOST_EDITS = 1000
"""Edits of one sketch that can be undone: an hour's work; each keeps the boxes it changed in memory."""


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
        asked_so_far, states = self.edits[: self.at], self.states[: self.at + 1]
        return History((*asked_so_far, kept(asked)), (*states, after), self.at + 1, self.turn + 1)

    def to_json(self) -> str:
        """Return the edits as text; with the sketch before them they make the history again."""
        return json.dumps({"edits": self.edits, "at": self.at, "turn": self.turn}, ensure_ascii=False)


def begun(sketch: Sketch) -> History:
    """Return the history of a sketch nothing was done to."""
    return History((), (sketch,), 0)


def from_json(first: Sketch, text: str) -> History:
    """Return the history that `to_json` wrote of a sketch. Raises ValueError where it is none."""
    written = json.loads(text)
    states = [first]
    for asked in written["edits"]:
        states.append(edited(states[-1], asked))
    at = int(written["at"])
    if not 0 <= at < len(states):
        raise ValueError(at)
    return History(tuple(written["edits"]), tuple(states), at, int(written["turn"]))
