"""Answers → ink on each page, with the truth about every box."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from omr.model.arrays import Gray
from omr.model.geometry import RectMm
from omr.model.layout import Box, Field, FieldKind, Page
from omr.synth import marks, writing
from omr.synth.marks import SHAPES, Hand
from omr.synth.pen import TOOLS, Pen, Stroke, draw, lighter
from omr.synth.profiles import People, happens
from omr.synth.respondent import Answers, Intent

_TRIES = 8
"""Places looked at for a tick beside a box; half of them are on either side."""

Ink = tuple[Stroke, Pen]


@dataclass(frozen=True, slots=True)
class BoxTruth:
    """What was done at a box, and with what; tool is "" where nothing was.

    span: longer side of the upright rectangle around its ink inside, mm; inside is 0.5 mm within the frame.
    """

    box: Box
    intent: Intent
    tool: str
    span: float


@dataclass(frozen=True, slots=True, eq=False)
class FilledPage:
    """A page's ink and truth. signed: None where there is nothing to sign."""

    ink: tuple[Ink, ...]
    truth: tuple[BoxTruth, ...]
    signed: bool | None


def fill_page(
    page: Page,
    given: Answers,
    hand: Hand,
    people: People,
    rng: np.random.Generator,
    printed: frozenset[str] = frozenset(),
) -> FilledPage:
    """Return what a person writes on one page.

    given: what the person answers on the whole sheet. printed: ids of fields that are printed already.
    """
    truth: list[BoxTruth] = []
    at_boxes: list[tuple[Box, Ink]] = []
    for box in page.boxes:
        meant = given.get((box.question, box.choice), Intent.NONE)
        way = _way(meant, hand, people, rng)
        others = [other.area for other in page.boxes if other is not box]
        strokes = _strokes(way, box.area, others, hand, rng)
        pen = lighter(hand.pen, rng) if way is Intent.LIGHT else hand.pen
        at_boxes += [(box, (stroke, pen)) for stroke in strokes]
        seen, tool = _seen(way, hand), pen.tool if strokes else ""
        truth.append(BoxTruth(box, seen, tool, _span(strokes, pen, box.area)))
    signed = _signed(page, people, rng)
    fields = [
        ink for field in page.fields for ink in _written(field, hand, rng, printed, signed=bool(signed))
    ]
    ink = (*fields, *(ink for _box, ink in at_boxes))
    return FilledPage(ink, tuple(_with_passed(truth, at_boxes)), signed)


def draw_ink(page: Gray, px_per_mm: float, ink: Sequence[Ink], rng: np.random.Generator) -> None:
    """Draw all ink into `page`, shape (H, W), in place."""
    for stroke, pen in ink:
        draw(page, px_per_mm, stroke, pen, rng)


def _way(meant: Intent, hand: Hand, people: People, rng: np.random.Generator) -> Intent:
    """Return the shape a person makes for what is meant."""
    if meant is not Intent.TICK:
        return meant
    usual = Intent(hand.way)
    return Intent.CHECK_LONG if usual is Intent.TICK and happens(people.long_tail, rng) else usual


def _seen(way: Intent, hand: Hand) -> Intent:
    plain = way in {Intent.TICK, Intent.CROSS, Intent.SLASH, Intent.CHECK_LONG}
    return Intent.FAINT if plain and hand.pen.tool == TOOLS["pencil-faint"].tool else way


def _strokes(
    way: Intent, area: RectMm, others: Sequence[RectMm], hand: Hand, rng: np.random.Generator
) -> tuple[Stroke, ...]:
    if way in {Intent.NONE, Intent.PASSED}:
        return ()
    if way is Intent.CANCELLED:
        return (*SHAPES[hand.way](area, hand, rng), *marks.fill(area, hand, rng))
    if way in {Intent.CORRECTED, Intent.LIGHT}:
        return SHAPES[hand.way](area, hand, rng)
    if way is Intent.CIRCLE and happens(0.5, rng):
        return (*SHAPES[hand.way](area, hand, rng), *marks.circle(area, hand, rng))
    if way is Intent.BESIDE:
        return _beside(area, others, hand, rng)
    return SHAPES[way.value](area, hand, rng)


def _beside(
    area: RectMm, others: Sequence[RectMm], hand: Hand, rng: np.random.Generator
) -> tuple[Stroke, ...]:
    """Return a tick beside a box that enters no other box, where there is room for one."""
    tries = [marks.beside(area, hand, rng) for _try in range(_TRIES)]
    free = (
        strokes
        for strokes in tries
        if not any(_enters(stroke, other) for stroke in strokes for other in others)
    )
    return next(free, tries[0])


def _signed(page: Page, people: People, rng: np.random.Generator) -> bool | None:
    if not any(field.kind is FieldKind.SIGNATURE for field in page.fields):
        return None
    return bool(rng.random() >= people.unsigned)


def _written(
    field: Field, hand: Hand, rng: np.random.Generator, printed: frozenset[str], *, signed: bool
) -> Iterator[Ink]:
    if field.id in printed:
        return
    if field.kind is FieldKind.SIGNATURE:
        strokes = writing.signature(field.area, hand, rng) if signed else ()
    elif field.kind is FieldKind.DATE:
        strokes = writing.date(field.area, hand, rng)
    else:
        strokes = writing.words(field.area, hand, rng)
    for stroke in strokes:
        yield stroke, hand.pen


def _with_passed(truth: Sequence[BoxTruth], ink: Sequence[tuple[Box, Ink]]) -> Iterator[BoxTruth]:
    """Yield the truth with PASSED at untouched boxes that another box's stroke runs through."""
    for row in truth:
        inside = row.box.area
        through = row.intent is Intent.NONE and any(_enters(stroke, inside) for _box, (stroke, _pen) in ink)
        yield replace(row, intent=Intent.PASSED) if through else row


_INSET = 0.5
"""How far within the frame's outer edge the inside begins, mm."""


def _span(strokes: Sequence[Stroke], pen: Pen, area: RectMm) -> float:
    """Return how far the strokes reach inside a box, mm: 0 where none does."""
    inside = area.grown(-_INSET)
    low, high = np.array((inside.x, inside.y)), np.array((inside.right, inside.bottom))
    half = pen.width / 2
    paths = [stroke.path for stroke in strokes] or [np.empty((0, 2))]
    points = np.concatenate(paths)
    points = points[((points > low - half) & (points < high + half)).all(axis=1)]
    if not len(points):
        return 0.0
    reach = np.minimum(points.max(axis=0) + half, high) - np.maximum(points.min(axis=0) - half, low)
    return float(reach.max())


def _enters(stroke: Stroke, area: RectMm) -> bool:
    x, y = stroke.path.T
    return bool(((x > area.x) & (x < area.right) & (y > area.y) & (y < area.bottom)).any())
