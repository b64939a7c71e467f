"""What respondents do with a page: which box they mark how, and what else happens to the paper."""

from dataclasses import dataclass

import numpy as np

from . import shapes
from .measure import Box, Found
from .motion import trace
from .paper import blob
from .pens import FINE, Ink, Pen, faint_pencil, join, lighter, pick_pen, sweep
from .shapes import Habit, Strokes

HARD_SHARE, BLANK_ROWS, CORRECTED, SECOND_MARK = 0.02, 0.01, 0.005, 0.003
ERASED, FLUID, SPECKED = 0.003, 0.002, 0.006


@dataclass(frozen=True)
class Respondent:
    """One person with one or two pens; from row `change` (0..1 of the sheet) on the second is used."""

    habit: Habit
    pens: tuple[Pen, ...]
    change: float
    leaning: float

    @classmethod
    def draw(cls, rng: np.random.Generator, *, bold: bool = False) -> "Respondent":
        """Return somebody: 5 % write with a faint pencil, 8 % change the pen; `bold` prefers dark ones."""
        if rng.random() < 0.05:
            pens: tuple[Pen, ...] = (faint_pencil(rng),)
        else:
            pens = tuple(pick_pen(rng, 3 if bold else 1) for _ in range(2 if rng.random() < 0.08 else 1))
        return cls(Habit.draw(rng), pens, rng.uniform(0.1, 0.9), rng.uniform(0.2, 3))


def fill_in(
    rows: list[list[Box]], who: Respondent, progress: tuple[float, float], rng: np.random.Generator
) -> dict[tuple[str, str], Found]:
    """Let somebody fill in one page.

    Args:
        rows: the page's boxes, a list a question.
        who: the respondent.
        progress: the part of the sheet before and after this page.
        rng: the page's own.

    Returns:
        What lies at each box, by question and choice.
    """
    boxes = [box for row in rows for box in row]
    found = {(box.question, box.choice): Found() for box in boxes}
    for number, row in enumerate(rows):
        at = progress[0] + (progress[1] - progress[0]) * number / len(rows)
        pen = who.pens[-1] if at >= who.change else who.pens[0]
        odds = np.exp(-who.leaning * np.arange(len(row)) * rng.uniform(0, 1))
        order = list(rng.choice(len(row), len(row), replace=False, p=odds / odds.sum()))
        answered = rng.random() < (0.25 if len(row) == 1 else 1 - BLANK_ROWS)
        if not answered:
            continue
        first = row[order[0]]
        other = row[order[1]] if len(row) > 1 else None
        luck = rng.random()
        _mark(first, who, pen, boxes, found, rng)
        target = found[first.question, first.choice]
        if luck < CORRECTED:
            target.kind = "filled"
            target.own.append(_draw(shapes.fill(first.side, pen.width, rng), first, pen, who, rng))
        elif luck < CORRECTED + FLUID:
            target.kind = "fluid"
            wide, high = first.side * rng.uniform(1.2, 1.6, 2)
            target.fluid.append(
                blob(first.x, first.y, wide * 1.1, high * 1.1, rng.uniform(0.6, 0.98), 0.1, rng)
            )
        elif luck < CORRECTED + FLUID + ERASED:
            target.kind = "erasure"
            target.own[:] = [_rubbed(ink, rng) for ink in target.own]
        if other and (luck < CORRECTED + FLUID + ERASED or luck > 1 - SECOND_MARK):
            _mark(other, who, pen, boxes, found, rng)
    for box in boxes:
        if rng.random() < SPECKED:
            here = found[box.question, box.choice]
            for x, y in rng.uniform(-0.36, 0.36, (rng.integers(1, 4), 2)) * box.side:
                here.specks.append(speck(box.x + x, box.y + y, rng))
    _tell_neighbours(boxes, found)
    return found


def speck(x: float, y: float, rng: np.random.Generator) -> Ink:
    """Return a speck of dirt under 0.36 mm at (x, y) mm."""
    wide, high = rng.uniform(0.12, 0.36, 2)
    return blob(x, y, wide, high, rng.uniform(0.3, 1), 0.25, rng)


def _mark(
    box: Box,
    who: Respondent,
    pen: Pen,
    boxes: list[Box],
    found: dict[tuple[str, str], Found],
    rng: np.random.Generator,
) -> None:
    """Mark one box: mostly the person's usual way, now and then a hard one."""
    habit = who.habit
    shape = habit.shape if rng.random() > 0.04 else str(rng.choice(shapes.PLAIN))
    kind = str(rng.choice(shapes.HARD)) if rng.random() < HARD_SHARE else shape
    if kind == "dot":
        strokes: Strokes = shapes.dot(box.side, rng)
    elif kind == "short":
        strokes = shapes.short(box.side, rng)
    elif kind == "ring":
        strokes = shapes.ring(box.side, rng)
    elif kind == "beside":
        strokes = shapes.beside(shape, habit, box.side, rng)
    elif kind == "overshoot":
        body = shape if rng.random() < 0.5 else str(rng.choice(("cross", "scribble")))
        near = sorted(boxes, key=lambda b: (b.x - box.x) ** 2 + (b.y - box.y) ** 2)[1:5]
        goals = [np.array([b.x - box.x, b.y - box.y]) for b in near] or [np.array([0.0, -2 * box.side])]
        strokes = shapes.overshoot(shapes.plain(body, habit, box.side, rng), goals, box.side, rng)
    else:
        strokes = shapes.plain(shape, habit, box.side, rng)
    if kind == "faint":
        pen = lighter(pen, rng.uniform(0.17, 0.31) / pen.darkness)
    here = found[box.question, box.choice]
    here.kind, here.pen = kind, pen.name
    here.own.append(_draw(strokes, box, pen, who, rng))


def _draw(strokes: Strokes, box: Box, pen: Pen, who: Respondent, rng: np.random.Generator) -> Ink:
    middle = np.array([box.x, box.y])
    trails = [trace(middle + stroke, rng, 0.7 / FINE, who.habit.haste) for stroke in strokes]
    return join([sweep(trail, pen, rng) for trail in trails])


def _rubbed(ink: Ink, rng: np.random.Generator) -> Ink:
    """Return what a rubber leaves: a faint, patchy rest of the ink."""
    patch = np.interp(np.linspace(0, 4, ink.dark.shape[1]), range(5), rng.uniform(0.3, 1, 5)).astype(
        np.float32
    )
    rest = ink.dark * patch[None, :] * np.float32(rng.uniform(0.03, 0.085) / max(float(ink.dark.max()), 0.05))
    return Ink(ink.x, ink.y, rest, ink.pen)


def _tell_neighbours(boxes: list[Box], found: dict[tuple[str, str], Found]) -> None:
    """Tell each box of the marks of other boxes that come within 3 mm of its frame."""
    marked = [(box, ink) for box in boxes for ink in found[box.question, box.choice].own]
    for home, ink in marked:
        left, top = ink.x / FINE, ink.y / FINE
        right, bottom = left + ink.dark.shape[1] / FINE, top + ink.dark.shape[0] / FINE
        for box in boxes:
            reach = box.side / 2 + 3
            close = left - reach < box.x < right + reach and top - reach < box.y < bottom + reach
            if close and box is not home:
                found[box.question, box.choice].others.append((ink, home))
