"""Proposed pages → the layout file's content: grids, single boxes, ids and wording."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from omr.draft.blocks import Block
from omr.draft.propose import PageProposal
from omr.draft.regular import Named, placed
from omr.draft.wording import Wording, lists
from omr.forms.existing import ExistingForm, ExistingPage, Grid, SingleBox
from omr.forms.existing import Wording as Asked
from omr.model.layout import BlankRow, Marking, Shape

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
        even, uneven = placed(block, named)
        grids += even
        singles += uneven
    page = ExistingPage(frame=proposal.page.number, grids=tuple(grids), boxes=tuple(singles))
    return page, asked


def _named(block: Block, words: Wording, names: _Names, spare: str) -> Named:
    asked = lists(block)
    choices = _choices(words.choices)
    spelled = len(choices) > 1 and frozenset(words.choices) in _SPELLED and not any(words.questions[1:])
    if spelled:
        whole = names.new(slug(words.questions[0] or words.title), spare)
        questions = tuple(names.new(f"{whole}.{at}", spare) for at in range(1, len(asked) + 1))
        # A number or name is rarely as long as its grid: an empty place is no question to anybody.
        places = tuple(Asked(id=question, blank=BlankRow.ALLOWED) for question in questions)
        return Named(questions, choices, words.prints, whole, places)
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
    return Named(tuple(each.id for each in wording), choices, words.prints, None, telling)


def _choices(labels: Sequence[str]) -> tuple[str, ...]:
    """Return an id for each choice: its letter, its label made small, or its place; no two alike."""
    if len(labels) == 1:
        return ("co",)
    given = [label if re.fullmatch(r"[A-Za-z0-9]", label) else slug(label) for label in labels]
    if not all(given) or len(set(given)) < len(given):
        return tuple(f"c{at}" for at in range(1, len(labels) + 1))
    return tuple(given)
