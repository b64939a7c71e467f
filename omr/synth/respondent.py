"""What a person answers, and what an ideal person looking at the paper would say about each box."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

import numpy as np

from omr.model.layout import BlankRow, Layout, Question, Role
from omr.model.reading import MarkState
from omr.synth.marks import Hand
from omr.synth.pen import own
from omr.synth.profiles import People, chosen, drawn, happens


class Intent(StrEnum):
    """What the respondent did at a box.

    PASSED: nothing, but a neighbour's stroke runs through it. FILL: covered without a tick beneath.
    CANCELLED: ticked, then covered. CORRECTED: ticked anew after another box of the row was cancelled.
    CIRCLE: a ring around the box, ticked or not. FAINT: a plain mark of somebody whose pencil is hard.
    LIGHT: a plain mark that hardly wrote, among others that did.
    """

    NONE = "none"
    PASSED = "passed"
    TICK = "tick"
    CROSS = "cross"
    SLASH = "slash"
    CHECK_LONG = "check_long"
    FAINT = "faint"
    LIGHT = "light"
    CORRECTED = "corrected"
    CANCELLED = "cancelled"
    FILL = "fill"
    SCRIBBLE = "scribble"
    CIRCLE = "circle"
    DOT = "dot"
    BESIDE = "beside"
    SLIP = "slip"
    SPECK = "speck"


STATES: Mapping[Intent, MarkState] = {
    Intent.NONE: MarkState.EMPTY,
    Intent.PASSED: MarkState.EMPTY,
    Intent.TICK: MarkState.MARKED,
    Intent.CROSS: MarkState.MARKED,
    Intent.SLASH: MarkState.MARKED,
    Intent.CHECK_LONG: MarkState.MARKED,
    Intent.FAINT: MarkState.MARKED,
    Intent.CORRECTED: MarkState.MARKED,
    Intent.CANCELLED: MarkState.CANCELLED,
    Intent.FILL: MarkState.CANCELLED,
    Intent.SCRIBBLE: MarkState.MARKED,
    Intent.LIGHT: MarkState.MARGINAL,
    Intent.CIRCLE: MarkState.MARGINAL,
    Intent.DOT: MarkState.MARGINAL,
    Intent.BESIDE: MarkState.MARGINAL,
    Intent.SLIP: MarkState.MARGINAL,
    Intent.SPECK: MarkState.MARGINAL,
}
"""By the rule printed on the forms: ✓ or X is yes, a box filled completely is taken back; the rest by the
mark specification (docs/accuracy.md)."""

Answers = Mapping[tuple[str, str], Intent]
"""What was done at each (question, choice) that was touched; TICK stands for a person's own way to tick."""

_TOWARDS_FIRST = 0.72
"""Share of rows with several boxes where the first one is taken: most people have none of it."""


def some_hand(people: People, rng: np.random.Generator) -> Hand:
    """Return one person's pen and habit."""
    return Hand(
        pen=own(chosen(people.tools, rng), rng),
        way=chosen(people.ways, rng),
        size=float(np.clip(rng.normal(0.95, 0.13), 0.7, 1.3)),
        slant=float(rng.normal(0.0, 0.12)),
        tremor=drawn((0.02, 0.08), rng),
        offset=drawn(people.offset, rng),
        pressure=drawn((0.75, 1.0), rng),
        roundness=drawn((0.0, 1.0), rng),
        tail=drawn((0.1, 0.55), rng),
        script=drawn((1.2, 2.2), rng),
        spacing=drawn((0.55, 1.15), rng),
    )


def answers(layout: Layout, people: People, rng: np.random.Generator) -> Answers:
    """Return what one person does on a sheet; boxes that are left alone do not appear."""
    given: dict[tuple[str, str], Intent] = {}
    share = 0.0 if happens(people.none, rng) else drawn(people.rows, rng)
    for question in layout.questions:
        if question.role is Role.ITEM:
            given.update(_row(question, share, people, rng))
    clean = not any(STATES[intent] is MarkState.MARKED for intent in given.values())
    for question in layout.questions:
        if question.role is Role.ATTESTATION and clean and happens(people.attested, rng):
            given[question.id, question.choices[0].id] = Intent.TICK
        elif question.role is Role.DECLARED and happens(people.declared, rng):
            level = 0 if clean else int(rng.choice(len(question.choices), p=_levels(len(question.choices))))
            given[question.id, question.choices[level].id] = Intent.TICK
    return given


def _row(
    question: Question, share: float, people: People, rng: np.random.Generator
) -> Iterator[tuple[tuple[str, str], Intent]]:
    """Yield what is done in one row."""
    names = [(question.id, choice.id) for choice in question.choices]
    if happens(people.odd, rng):
        yield names[int(rng.integers(len(names)))], Intent(chosen(people.odd_ways, rng))
        return
    if len(names) == 1:
        if happens(share, rng):
            taken_back = happens(people.corrected, rng)
            yield names[0], Intent.CANCELLED if taken_back else Intent.TICK
        return
    if happens(0.5 if question.blank is BlankRow.ALLOWED else people.blank, rng):
        return
    order = rng.permutation(len(names))
    if happens(_TOWARDS_FIRST, rng):
        order = np.concatenate(([0], order[order != 0]))
    first, second = names[order[0]], names[order[1]]
    if happens(people.corrected, rng):
        yield second, Intent.CANCELLED
        yield first, Intent.CORRECTED
        return
    yield first, Intent.TICK
    if happens(people.double, rng):
        yield second, Intent.TICK


def _levels(count: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """How often people who ticked something declare each level, best first."""
    shares = 0.5 ** np.arange(count)
    return np.asarray(shares / shares.sum())
