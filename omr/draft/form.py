"""Proposed pages → the layout file's content: grids, single boxes, ids and wording."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from omr.draft.blocks import Block
from omr.draft.propose import PageProposal
from omr.draft.sheet import Found
from omr.draft.wording import Wording, lists
from omr.forms.existing import ExistingForm, ExistingPage, Grid, SingleBox
from omr.forms.existing import Wording as Asked
from omr.model.layout import BlankRow, Marking, Shape

_OFF = 0.12
"""How far a box may lie from its place in a grid, mm; a row or box further off is given by itself."""
_SPELLED = (frozenset("0123456789"), frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
"""Choices that spell a number or a word, one question a place."""
_NUMBER = re.compile(r"^([A-Za-zĐđ]{0,3}\d+(?:\.\d+)*)[.):]?(?:\s+|$)")
"""What a row begins with where it has a number: 1. · A4.2 · 12)."""
_LONGEST = 40
"""Characters of an id."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What the layout file says of the whole form; size: of the paper, mm, where the blank does not tell."""

    id: str
    title: str
    year: int
    original: str
    size: tuple[float, float] | None


def form_of(heading: Heading, proposals: Sequence[PageProposal]) -> ExistingForm:
    """Return the layout of a form of which at least one page has boxes; pages without are left out."""
    names = _Names()
    pages, asked = [], []
    for proposal in proposals:
        if proposal.boxes:
            page, words = _page(proposal, names)
            pages.append(page)
            asked += words
    found = [box for proposal in proposals for box in proposal.boxes]
    bubbles = sum(box.shape in {Shape.CIRCLE, Shape.OVAL} for box in found)
    return ExistingForm(
        kind="existing", id=heading.id, version="1", year=heading.year, title=heading.title,
        original=heading.original, size_mm=heading.size,
        marking=Marking.FILL if 2 * bubbles > len(found) else Marking.TICK,
        questions=tuple(asked), pages=tuple(pages),
    )  # fmt: skip


def slug(text: str) -> str:
    """Return small letters, digits and inner dashes that stand for a text; "" where nothing is left."""
    plain = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    ascii_ = plain.encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_).strip("-")[:_LONGEST].strip("-")


class _Names:
    """Ids given so far, so that each is given once."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def new(self, wanted: str, spare: str) -> str:
        """Return an id that was not given before: the wanted one, or with a number behind it."""
        base = (wanted or spare)[: _LONGEST - 5].strip("-.")
        name, count = base, 1
        while name in self._given:
            count += 1
            name = f"{base}-{count}"
        self._given.add(name)
        return name


def _page(proposal: PageProposal, names: _Names) -> tuple[ExistingPage, list[Asked]]:
    grids: list[Grid] = []
    singles: list[SingleBox] = []
    asked: list[Asked] = []
    for number, (block, words) in enumerate(proposal.blocks, start=1):
        named = _named(block, words, names, f"p{proposal.page.number}.b{number}")
        asked += named.wording
        for part in _regular(block):
            if part.grid:
                grids.append(_grid(block, part, named))
            else:
                singles += _singles(block, part, named)
    page = ExistingPage(frame=proposal.page.number, grids=tuple(grids), boxes=tuple(singles))
    return page, asked


@dataclass(frozen=True, slots=True)
class _Named:
    """The ids of a block's questions and choices, and its wording."""

    questions: tuple[str, ...]
    choices: tuple[str, ...]
    prints: tuple[str, ...]
    spells: str | None
    wording: tuple[Asked, ...]


def _named(block: Block, words: Wording, names: _Names, spare: str) -> _Named:
    asked = lists(block)
    choices = _choices(words.choices)
    spelled = len(choices) > 1 and frozenset(words.choices) in _SPELLED and not any(words.questions[1:])
    if spelled:
        whole = names.new(slug(words.questions[0] or words.title), spare)
        questions = tuple(names.new(f"{whole}.{at}", spare) for at in range(1, len(asked) + 1))
        # A number or name is rarely as long as its grid: an empty place is no question to anybody.
        places = tuple(Asked(id=question, blank=BlankRow.ALLOWED) for question in questions)
        return _Named(questions, choices, words.prints, whole, places)
    wording = []
    for at, text in enumerate(words.questions, start=1):
        found = _NUMBER.match(text)
        number = found[1] if found else ""
        name = slug(words.ids[at - 1]) if words.ids else ".".join(slug(part) for part in number.split("."))
        name = names.new(f"q{name}" if name.isdigit() else name, f"{spare}.{at}")
        labels = (
            {}
            if len(choices) == 1
            else {
                choice: label
                for choice, label in zip(choices, words.choices, strict=True)
                if label not in ("", choice)
            }
        )
        asks = (text[found.end() :] if found else text).removesuffix(":").strip()
        wording.append(Asked(id=name, number=number, text="" if asks == name else asks, labels=labels))
    telling = tuple(each for each in wording if each.number or each.text or each.labels)
    return _Named(tuple(each.id for each in wording), choices, words.prints, None, telling)


def _choices(labels: Sequence[str]) -> tuple[str, ...]:
    """Return an id for each choice: its letter, its label made small, or its place; no two alike."""
    if len(labels) == 1:
        return ("co",)
    given = [label if re.fullmatch(r"[A-Za-z0-9]", label) else slug(label) for label in labels]
    if not all(given) or len(set(given)) < len(given):
        return tuple(f"c{at}" for at in range(1, len(labels) + 1))
    return tuple(given)


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows of a block from `start` on up to `end`; grid: True where they make one."""

    start: int
    end: int
    grid: bool


def _regular(block: Block) -> Iterator[_Part]:
    """Yield the parts of a block: rows with even steps as grids, others one by one.

    A list goes into one grid or into single boxes, for a grid names all choices of its questions.
    """
    columns = [box.area.center.x for box in block.rows[0]]
    even = _even(columns)
    rows = [float(np.mean([box.area.center.y for box in row])) for row in block.rows]
    if block.down:
        yield _Part(0, len(rows), even and _even(rows))
        return
    start = 0
    for end in range(2, len(rows) + 2):
        if end > len(rows) or not _even(rows[start:end]):
            yield _Part(start, end - 1, even)
            start = end - 1


def _even(places: Sequence[float]) -> bool:
    """True where places have even steps."""
    even = np.linspace(places[0], places[-1], len(places))
    return bool(np.abs(np.array(places) - even).max() <= _OFF)


def _grid(block: Block, part: _Part, named: _Named) -> Grid:
    rows = block.rows[part.start : part.end]
    boxes = [box.area for row in rows for box in row]
    width, height = (float(np.median([getattr(box, side) for box in boxes])) for side in ("width", "height"))
    across = _fitted([[box.area.center.x for box in row] for row in rows])
    down = _fitted([[box.area.center.y for box in column] for column in zip(*rows, strict=True)])
    asks: Literal["row", "column"] = "column" if block.down else "row"
    return Grid(
        at=(_mm(across[0] - width / 2), _mm(down[0] - height / 2)),
        size=(_mm(width), _mm(height)),
        pitch=(_mm(across[1] or width), _mm(down[1] or height)),
        rows=len(rows),
        columns=len(rows[0]),
        shape=rows[0][0].shape,
        asks=asks,
        questions=named.questions if block.down else named.questions[part.start : part.end],
        choices=named.choices,
        prints=named.prints,
        spells=named.spells,
    )


def _fitted(lines: Sequence[Sequence[float]]) -> tuple[float, float]:
    """Return first place and step of places that are even along each line; a step of 0 where there is one."""
    middle = np.mean(np.array(lines), axis=0)
    if len(middle) == 1:
        return float(middle[0]), 0.0
    step, first = np.polyfit(np.arange(len(middle)), middle, 1)
    return float(first), float(step)


def _singles(block: Block, part: _Part, named: _Named) -> Iterator[SingleBox]:
    prints = named.prints or ("",) * len(named.choices)
    asked = lists(block)
    for question, boxes in list(zip(named.questions, asked, strict=True))[
        slice(None) if block.down else slice(part.start, part.end)
    ]:
        for choice, held, box in zip(named.choices, prints, boxes, strict=True):
            yield _single(question, choice, held, box)


def _single(question: str, choice: str, held: str, box: Found) -> SingleBox:
    area = box.area
    return SingleBox(
        question=question, choice=choice, at=(_mm(area.x), _mm(area.y)),
        size=(_mm(area.width), _mm(area.height)), shape=box.shape, print=held,
    )  # fmt: skip


def _mm(value: float) -> float:
    return round(max(float(value), 0.0), 2)
