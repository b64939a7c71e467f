"""A sketch tried on a scan: read as `omr read --layout` would read it, with what was seen drawn on it."""

from __future__ import annotations

import tempfile
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from omr.batch.remedies import remedy_of
from omr.desk.blankprints import BlankPrints
from omr.desk.layouts import checked, write_into
from omr.draft.freeze import Printed, freeze
from omr.draft.sketch import Sketch
from omr.errors import SourceError
from omr.i18n import _
from omr.intake.frames import count_frames, open_source, scans
from omr.model.layout import Layout
from omr.model.reading import Outcome, Reading, Reason, Rejection
from omr.model.scan import Scan
from omr.overlay import as_png, draw_reading, draw_rejection, reduced
from omr.pipeline import read_scan
from omr.read.known import index_of
from omr.settings import DEFAULT

_AT_HAND = 8
"""Trials whose picture can be had, a megabyte each."""
_OF_ANOTHER_FORM = frozenset({Reason.NO_PAGE_CODE, Reason.UNKNOWN_LAYOUT, Reason.STALE_LAYOUT})
_WIDTH = 1400
"""Width of a trial's picture, px."""


@dataclass(frozen=True, slots=True)
class TriedAnswer:
    """One question as read. chosen: labels of its choices. asks: a person would be asked about it."""

    question: str
    number: str
    text: str
    chosen: str
    asks: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """What one frame of a scan came to. refused: the reason with its remedy, "" where it was read.

    page: which page of the form it shows, 0 where it was refused. spelled: texts of ID grids, by their id.
    picture: a PNG of the scan with what was seen on it.
    """

    frame: int
    frames: int
    page: int
    refused: str
    answers: tuple[TriedAnswer, ...]
    spelled: tuple[tuple[str, str], ...]
    picture: bytes

    @property
    def asked(self) -> int:
        """How many questions a person would be asked about."""
        return sum(answer.asks for answer in self.answers)


class Trials:
    """The last trials. Thread-safe."""

    def __init__(self) -> None:
        self._lock, self._trying = Lock(), Lock()
        self._prints = BlankPrints()
        self._kept: OrderedDict[tuple[str, int, str, int], Trial] = OrderedDict()

    def get(self, token: str, turn: int, sketch: Sketch, blank: Path, scan: Path, frame: int) -> Trial:
        """Return what a sketch, as it stands at a turn, makes of a frame of a scan; tried once.

        Raises OmrError, its message for people, where the sketch has faults or the scan cannot be read.
        """
        key = (token, turn, str(scan), frame)
        with self._trying:
            with self._lock:
                if key in self._kept:
                    return self._kept[key]
            made = tried(sketch, blank, scan, frame, self._prints)
            with self._lock:
                self._kept[key] = made
                while len(self._kept) > _AT_HAND:
                    self._kept.popitem(last=False)
            return made


def tried(sketch: Sketch, blank: Path, path: Path, frame: int, printed: Printed | None = None) -> Trial:
    """Return what a sketch makes of one frame of a scan. Raises as `Trials.get`.

    printed: as of `omr.draft.freeze.freeze`.
    """
    form = checked(sketch, f"blank{blank.suffix}")
    with tempfile.TemporaryDirectory() as folder:
        layout = freeze(write_into(Path(folder), form, blank), form, printed)
    scan, frames = _scan(path, frame)
    outcome = read_scan(scan, {}, DEFAULT, index_of([layout], DEFAULT.known, named=True))[0]
    return _told(outcome, scan, layout, frames)


def _scan(path: Path, frame: int) -> tuple[Scan, int]:
    frames = count_frames(path)
    if not 1 <= frame <= frames:
        raise SourceError(_("{name} has no page {page}.").format(name=path.name, page=frame))
    (found,) = scans(open_source(path), range(frame, frame + 1), small=True)
    if isinstance(found, Rejection):
        raise SourceError(f"{path.name}, {frame}: {remedy_of(found)}")
    return found, frames


def _told(outcome: Outcome, scan: Scan, layout: Layout, frames: int) -> Trial:
    frame = scan.id.frame
    image = scan.image if scan.full is None else scan.full()
    if not isinstance(outcome, Reading):
        picture = as_png(reduced(draw_rejection(image, outcome), _WIDTH))
        return Trial(frame, frames, 0, _why(outcome), (), (), picture)
    page = layout.page(outcome.page.page)
    picture = as_png(reduced(draw_reading(image, outcome, page), _WIDTH))
    chosen = {answer.question: answer.chosen for answer in outcome.answers}
    unsure = {answer.question for answer in outcome.answers if answer.review}
    answers, places = [], {each for text in layout.spelled for each in text.questions}
    for question in layout.questions_on(page):
        if question.id in places and question.id not in unsure:
            continue  # the text it is a place of says it
        labels = {choice.id: choice.label for choice in question.choices}
        said = ", ".join(labels[choice] for choice in chosen.get(question.id, ()))
        answers.append(TriedAnswer(question.id, question.number, question.text, said, question.id in unsure))
    spelled = tuple(
        (text.id, "".join("".join(chosen.get(each, ())) or "_" for each in text.questions))
        for text in layout.spelled
        if set(text.questions) & chosen.keys()
    )
    return Trial(frame, frames, page.number, "", tuple(answers), spelled, picture)


def _why(refused: Rejection) -> str:
    if refused.reason in _OF_ANOTHER_FORM:
        return _("The print of the blank is not found on this scan. Is it a page of this very form?")
    return remedy_of(refused)
