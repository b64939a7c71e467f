"""A layout file's form → a sketch: its grids taken apart into boxes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from omr.draft.sketch import Aid, Area, Group, Offered, Sketch, Spot, Standing
from omr.forms.existing import ExistingForm, ExistingPage, Wording
from omr.forms.grids import boxes_of
from omr.model.geometry import RectMm, SizeMm
from omr.model.layout import Box


def sketch_of(
    form: ExistingForm, paper: SizeMm, frames: int, standing: Standing = Standing.ACCEPTED
) -> Sketch:
    """Return a layout file's form to be worked on.

    frames: how many pages its blank has; each gets a page. standing: of its groups.
    """
    numbers = _Numbers()
    shown = [page.frame or at for at, page in enumerate(form.pages, start=1)]
    bare = [ExistingPage(frame=frame) for frame in shown]
    bare += [ExistingPage(frame=frame) for frame in range(1, frames + 1) if frame not in shown]
    worded = {wording.id: wording for wording in form.questions}
    groups = [
        group
        for at, page in enumerate(form.pages, start=1)
        for group in _groups(at, page, worded, standing, numbers)
    ]
    spelled = {text.id: frozenset(text.questions) for text in form.spelled}
    groups = [_spelling(group, spelled) for group in groups]
    areas = tuple(
        replace(area, key=numbers.new(), page=at)
        for at, page in enumerate(form.pages, start=1)
        for area in _areas(page)
    )
    head = form.model_copy(update={"pages": tuple(bare), "questions": (), "spelled": ()})
    return Sketch(head, paper, tuple(groups), areas, numbers.last + 1)


def _areas(page: ExistingPage) -> Iterator[Area]:
    """Yield what is no box, not numbered yet."""
    for each in page.fields:
        place = RectMm(*each.at, *each.size)
        yield Area(0, 0, each.id, each.label, place, each.kind, each.roster)
    for code in page.codes:
        yield Area(0, 0, "", code.text, RectMm(*code.at, *code.size), code.kind)
    for mark in page.marks:
        yield Area(0, 0, "", "", RectMm(*mark.at, *mark.size), Aid.MARK)


@dataclass(slots=True)
class _Numbers:
    last: int = field(default=0)

    def new(self) -> int:
        self.last += 1
        return self.last


def _groups(
    at: int, page: ExistingPage, worded: dict[str, Wording], standing: Standing, numbers: _Numbers
) -> Iterator[Group]:
    """Yield a group for each grid of a page; single boxes of questions alike make one, too."""
    for grid in page.grids:
        of_grid = boxes_of(ExistingPage(grids=(grid,)))
        yield _group(
            at, of_grid, worded, standing, numbers, down=grid.asks == "column", spells=grid.spells or ""
        )
    asked: dict[str, list[Box]] = {}
    for box in boxes_of(ExistingPage(boxes=page.boxes)):
        asked.setdefault(box.question, []).append(box)
    alike: list[Box] = []
    for boxes in asked.values():
        if alike and _offers(boxes) != _offers(asked[alike[-1].question]):
            yield _group(at, alike, worded, standing, numbers)
            alike = []
        alike += boxes
    if alike:
        yield _group(at, alike, worded, standing, numbers)


def _offers(boxes: Sequence[Box]) -> list[tuple[str, str]]:
    return [(box.choice, box.print) for box in boxes]


def _group(
    at: int,
    boxes: Sequence[Box],
    worded: dict[str, Wording],
    standing: Standing,
    numbers: _Numbers,
    *,
    down: bool = False,
    spells: str = "",
) -> Group:
    questions = list(dict.fromkeys(box.question for box in boxes))
    choices = {box.choice: Offered(box.choice, box.print) for box in boxes}
    offered = list(choices)
    spots = tuple(
        Spot(numbers.new(), box.area, box.shape, questions.index(box.question), offered.index(box.choice))
        for box in boxes
    )
    asked = tuple(worded.get(question) or Wording(id=question) for question in questions)
    return Group(numbers.new(), at, asked, tuple(choices.values()), spots, down, spells, standing)


def _spelling(group: Group, spelled: dict[str, frozenset[str]]) -> Group:
    """Return a group with the text it spells, where the form tells that beside the grids."""
    ids = {question.id for question in group.questions}
    return next((replace(group, spells=name) for name, asked in spelled.items() if ids == asked), group)
