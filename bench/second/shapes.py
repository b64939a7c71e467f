"""What people draw in a box: intentions as points, in mm from the box's middle (y down)."""

from dataclasses import dataclass

import numpy as np

Strokes = list[np.ndarray]
PLAIN = ("tick", "cross", "slash", "backslash", "scribble")
HARD = ("dot", "short", "faint", "overshoot", "ring", "beside")


@dataclass(frozen=True)
class Habit:
    """How one respondent draws: usual shape, size (1 fills the box), offset in mm, slant and haste."""

    shape: str
    size: float
    offset: tuple[float, float]
    slant: float
    haste: float
    sloppy: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "Habit":
        """Return a respondent's habit."""
        shape = str(rng.choice(PLAIN, p=(0.45, 0.27, 0.10, 0.05, 0.13)))
        offset = rng.normal(0, 0.22, 2)
        return cls(
            shape,
            float(np.clip(rng.normal(1.0, 0.16), 0.72, 1.5)),
            (float(offset[0]), float(offset[1])),
            float(rng.normal(0, 0.12)),
            float(rng.uniform(0.1, 1)),
            float(rng.uniform(0.06, 0.22)),
        )


def _place(strokes: Strokes, habit: Habit, side: float, rng: np.random.Generator) -> Strokes:
    """Size, lean, jitter and shift strokes given in half box sides."""
    half = side / 2 * habit.size * np.clip(rng.normal(1, 0.07), 0.8, 1.25)
    lean = habit.slant + rng.normal(0, 0.05)
    turn = np.array([[np.cos(lean), -np.sin(lean)], [np.sin(lean), np.cos(lean)]])
    shift = np.array(habit.offset) + rng.normal(0, habit.sloppy, 2)
    jitter = habit.sloppy * 0.35
    return [(s + rng.normal(0, jitter, s.shape)) @ turn.T * half + shift for s in strokes]


def plain(shape: str, habit: Habit, side: float, rng: np.random.Generator) -> Strokes:
    """Return the strokes of a plain mark of that shape for a box `side` mm wide."""
    if shape == "tick":
        strokes = [np.array([(-0.75, -0.05), (-0.2, 0.75), (1.05, -1.0)])]
        if rng.random() < 0.2:  # the short arm is only a hook
            strokes = [np.array([(-0.5, 0.3), (-0.3, 0.75), (0.95, -0.95)])]
    elif shape == "cross":
        strokes = [
            np.array([(-0.8, -0.8), (0.8, 0.8)]),
            np.array([(0.8, -0.85), (-0.8, 0.8)])[:: rng.choice((1, -1))],
        ]
    elif shape == "slash":
        strokes = [np.array([(0.85, -0.9), (-0.8, 0.9)])[:: rng.choice((1, -1))]]
    elif shape == "backslash":
        strokes = [np.array([(-0.85, -0.9), (0.8, 0.9)])]
    else:
        turns = int(rng.integers(4, 8))
        across = np.linspace(-0.75, 0.75, turns)
        sides = np.where(np.arange(turns) % 2, 0.72, -0.72)
        strokes = [np.stack([across + sides * 0.3, sides], 1)[:, :: rng.choice((1, -1))]]
    return _place(strokes, habit, side, rng)


def dot(side: float, rng: np.random.Generator) -> Strokes:
    """Return a pressed dot or tiny circle near the middle of the box."""
    middle = rng.normal(0, 0.12 * side, 2).clip(-0.22 * side, 0.22 * side)
    around = np.linspace(0, 2 * np.pi * rng.uniform(0.5, 1.6), 6)
    radius = rng.uniform(0.2, 0.6)
    return [middle + radius * np.stack([np.cos(around), np.sin(around)], 1)]


def short(side: float, rng: np.random.Generator) -> Strokes:
    """Return a stroke of 0.6 to 2.4 mm somewhere in the box."""
    middle = rng.normal(0, 0.1 * side, 2).clip(-0.15 * side, 0.15 * side)
    angle = rng.uniform(0, np.pi)
    reach = rng.uniform(0.3, 1.2) * np.array([np.cos(angle), np.sin(angle)])
    return [np.stack([middle - reach, middle + reach])]


def ring(side: float, rng: np.random.Generator) -> Strokes:
    """Return a ring around the box, closed or overlapping itself a little."""
    around = rng.uniform(0, 2 * np.pi) + np.linspace(0, 2 * np.pi * rng.uniform(0.97, 1.15), 11)
    wide, high = side * rng.uniform(0.78, 1.0), side * rng.uniform(0.74, 0.88)
    wobble = 1 + rng.normal(0, 0.02, 11)
    return [np.stack([wide * np.cos(around) * wobble, high * np.sin(around) * wobble], 1)]


def beside(shape: str, habit: Habit, side: float, rng: np.random.Generator) -> Strokes:
    """Return a mark of that shape that stands left or right of the box's frame."""
    strokes = plain(shape, habit, side * rng.uniform(0.45, 0.65), rng)
    every = np.concatenate(strokes)
    gap = side / 2 + rng.uniform(0.35, 0.8)
    shift = gap - every[:, 0].min() if rng.random() < 0.5 else -gap - every[:, 0].max()
    return [s + np.array([shift, rng.normal(0, 0.3)]) for s in strokes]


def overshoot(strokes: Strokes, goals: list[np.ndarray], side: float, rng: np.random.Generator) -> Strokes:
    """Return the mark with its last stroke run on into that of the `goals` it already points at.

    `goals` are middles of other boxes, in mm from this box's middle.
    """
    last = strokes[-1]
    arm = last[-1] - last[-2]
    goal = max(goals, key=lambda g: float(g @ arm) / np.linalg.norm(g) - 0.02 * float(np.linalg.norm(g)))
    reach = 1 - side * rng.uniform(-0.1, 0.36) / np.linalg.norm(goal)
    return [*strokes[:-1], np.vstack([last[:-1], goal * reach + rng.normal(0, 0.4, 2)])]


def fill(side: float, width: float, rng: np.random.Generator) -> Strokes:
    """Return one to three passes of close hatching that black the box out, a little over its frame."""
    strokes = []
    start = rng.uniform(0, np.pi)
    for angle in start + np.array([0.0, 1.1, 2.1])[: rng.choice(3, p=(0.1, 0.6, 0.3)) + 1]:
        reach = side / 2 + rng.uniform(0.0, 0.2)
        along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
        wide = reach * np.abs(across).sum()
        offsets = np.arange(-wide, wide, width * rng.uniform(0.45, 0.8)) + rng.normal(0, 0.04)
        ends = []
        for number, offset in enumerate(offsets):
            spans = np.sort(
                np.stack([(-reach - offset * across) / along, (reach - offset * across) / along]), axis=0
            )
            begin, end = spans[0].max(), spans[1].min()
            if begin < end:
                tip = (begin, end)[number % 2] + rng.normal(0, 0.12)
                ends.append(offset * across + tip * along)
        strokes.append(np.array(ends))
    return strokes
