"""The truth of a box, measured on the ink that was drawn, by the mark specification in docs/accuracy.md."""

from dataclasses import dataclass, field

import cv2
import numpy as np

from .paper import Sheet, cover, darkness, transmission
from .pens import FINE, Ink

VISIBLE = 0.55
"""Darkness from which a stroke must be seen on a 1-bit scan: half the print, and some more to be sure."""
INSET = 0.1
"""The inside begins a tenth of the box's side within its outer edge: 0.5 mm in a box of 5 mm."""


@dataclass(frozen=True)
class Box:
    """One printed box: its place in the form and its middle and side in mm on this very sheet of paper."""

    question: str
    choice: str
    x: float
    y: float
    side: float


@dataclass
class Found:
    """What lies at one box: its own ink, that of others, specks, fluid. `kind` names what was meant."""

    kind: str = "blank"
    pen: str = ""
    own: list[Ink] = field(default_factory=list)
    others: list[tuple[Ink, Box]] = field(default_factory=list)
    specks: list[Ink] = field(default_factory=list)
    fluid: list[Ink] = field(default_factory=list)


@dataclass(frozen=True)
class Evidence:
    """Measured inside one box: lengths in mm (as of a 5 mm box), darkness and coverage 0..1.

    `contrast` is the darkness against the brightest spot inside: fluid can be brighter than the paper.
    """

    span: float = 0.0
    width: float = 0.0
    dark: float = 0.0
    contrast: float = 0.0
    coverage: float = 0.0
    gap: float = 9.0


@dataclass(frozen=True)
class Page:
    """What the specification asks of the page: its marks' darknesses, and the kind of scan."""

    darks: tuple[float, ...]
    blur: float
    gamma: float
    mode: str
    tolerance: float

    @property
    def onebit(self) -> bool:
        """Tell whether the scan knows black and white only."""
        return self.mode in {"threshold", "diffuse"}

    @property
    def pen(self) -> float:
        """The darkness usual among the page's marks."""
        return float(np.median(self.darks)) if self.darks else 1.0

    def like_the_page(self, dark: float) -> bool:
        """Tell whether a light mark is one of six or more of the page's own kind."""
        alike = [d for d in self.darks if 0.7 * self.pen <= d <= 1.4 * self.pen]
        return len(alike) >= 6 and 0.75 * self.pen <= dark


def share(ink: Ink, left: float, top: float, right: float, bottom: float) -> float:
    """Return the part 0..1 of the ink that lies in a rectangle, in mm of the page."""
    rows, cols = ink.dark.shape
    x0, x1 = (int(np.clip(round(v * FINE) - ink.x, 0, cols)) for v in (left, right))
    y0, y1 = (int(np.clip(round(v * FINE) - ink.y, 0, rows)) for v in (top, bottom))
    return float(ink.dark[y0:y1, x0:x1].sum() / max(float(ink.dark.sum()), 1e-6))


def in_box(ink: Ink, box: Box, grow: float = 0.0) -> float:
    """Return the part 0..1 of the ink that lies within the outer frame, or `grow` mm around it."""
    half = box.side / 2 + grow
    return share(ink, box.x - half, box.y - half, box.x + half, box.y + half)


def in_inside(ink: Ink, box: Box) -> float:
    """Return the part 0..1 of the ink that lies in the inside of the box."""
    return in_box(ink, box, -INSET * box.side)


def at_sides(ink: Ink, box: Box) -> float:
    """Return the part 0..1 of the ink that lies within 3 mm left or right of the frame."""
    half, reach = box.side / 2, 3.0 * box.side / 5
    high = box.y - half - 0.5, box.y + half + 0.5
    right = share(ink, box.x + half, high[0], box.x + half + reach, high[1])
    return right + share(ink, box.x - half - reach, high[0], box.x - half, high[1])


def look(box: Box, inks: list[Ink], fluid: list[Ink], sheet: Sheet, page: Page) -> Evidence:
    """Measure ink inside a box, seen as a noiseless scanner with the page's blur and tone would see it."""
    margin = 1.0
    span = round((box.side + 2 * margin) * FINE)
    x, y = round((box.x - box.side / 2 - margin) * FINE), round((box.y - box.side / 2 - margin) * FINE)
    light = np.full((span, span), sheet.white, np.float32)
    for ink in inks:
        _paste(light, ink, x, y, lambda part, dark: np.multiply(part, transmission(dark), out=part))
    for ink in fluid:
        _paste(light, ink, x, y, cover)
    edge = round((margin + INSET * box.side) * FINE)
    inside = slice(edge, span - edge)
    near = darkness(cv2.GaussianBlur(light, (0, 0), 0.05 * FINE), sheet, page.gamma)[inside, inside]
    far = darkness(cv2.GaussianBlur(light, (0, 0), max(page.blur, 0.05) * FINE), sheet, page.gamma)[
        inside, inside
    ]
    strong, weak = float(np.percentile(far, 99.5)), min(0.0, float(far.min()))
    if strong - weak < 0.01:
        return Evidence()
    core = far[far >= weak + 0.5 * (strong - weak)]
    dark = float(np.percentile(core, 70))
    mask = (near >= 0.5 * max(dark, 0.03)).astype(np.uint8)
    if not mask.any():
        return Evidence(dark=dark, contrast=dark - weak)
    scale = 5.0 / box.side / FINE
    rows, cols = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    length = max(rows[-1] - rows[0], cols[-1] - cols[0]) + 1
    depth = cv2.distanceTransform(np.pad(mask, 1), cv2.DIST_L2, 5)
    hole = cv2.distanceTransform(1 - mask, cv2.DIST_L2, 5) if (mask == 0).any() else np.zeros(1)
    return Evidence(
        span=length * scale,
        width=4 * (float(depth[depth > 0].mean()) - 0.25) * scale,
        dark=dark,
        contrast=dark - weak,
        coverage=float((near >= {"threshold": 0.65, "diffuse": 0.92}.get(page.mode, 0.5 * dark)).mean()),
        gap=2 * float(hole.max()) * scale,
    )


def _paste(canvas: np.ndarray, ink: Ink, x: int, y: int, blend: object) -> None:
    rows, cols = ink.dark.shape
    left, top = max(ink.x, x), max(ink.y, y)
    right, bottom = min(ink.x + cols, x + canvas.shape[1]), min(ink.y + rows, y + canvas.shape[0])
    if left < right and top < bottom:
        piece = ink.dark[top - ink.y : bottom - ink.y, left - ink.x : right - ink.x]
        blend(canvas[top - y : bottom - y, left - x : right - x], piece)


def judge(box: Box, found: Found, evidence: Evidence, page: Page) -> str:
    """Return empty, marked, marginal, cancelled, or `either` where the specification leaves it open."""
    own = [ink for ink in found.own if in_inside(ink, box) > 0.001]
    visible = evidence.dark >= VISIBLE if own else all(_strength(ink) >= VISIBLE for ink in found.own)
    if found.own and not own and (faint := max(map(_strength, found.own))) < 0.2:
        truth = "empty" if faint < 0.05 else "either"  # beside or around the box, and rubbed out
    elif found.kind == "ring":
        truth = "either" if own else "marginal"
    elif not own:
        truth = _not_inside(box, found)
    elif found.kind == "fluid" and evidence.contrast > 0.08:
        truth = "marginal" if evidence.dark >= 0.15 else "either"
    elif found.kind == "fluid" or evidence.dark <= 0.08:
        truth = "empty"
    elif evidence.dark < 0.15:
        truth = "either"
    elif evidence.coverage > 0.83 or evidence.gap < 0.6 + page.tolerance:
        black = evidence.coverage >= 0.97 and evidence.gap <= 0.3 and evidence.dark >= 0.35
        truth = "cancelled" if black else "either"
    else:
        truth = _stroke(evidence, page)
    return "either" if page.onebit and not visible and truth != "empty" else truth


def _strength(ink: Ink) -> float:
    """Return the darkness of an ink, seen softly."""
    soft = cv2.GaussianBlur(ink.dark, (0, 0), 0.08 * FINE)
    return float(np.percentile(soft[soft >= 0.5 * soft.max()], 50))


def _not_inside(box: Box, found: Found) -> str:
    if found.own:
        return "marginal" if all(at_sides(ink, box) > 0.6 for ink in found.own) else "either"
    for ink, home in found.others:
        if in_box(ink, home) < 0.55 and (in_inside(ink, box) > 0.001 or at_sides(ink, box) > 0.2):
            return "either"
    inside = [ink for ink in found.specks if in_inside(ink, box) > 0.2]
    return "either" if len(inside) > 3 else "empty"


def _stroke(evidence: Evidence, page: Page) -> str:
    slack, shade = page.tolerance, 0.03
    if evidence.span <= 2.0 - slack:
        return "marginal" if evidence.span >= 0.8 + slack else "either"
    if evidence.span < 2.8 + slack or evidence.width < 0.25:
        return "either"
    if evidence.dark >= 0.35:
        return "marked"
    if evidence.dark >= 0.18 and page.pen <= 0.4 and page.like_the_page(evidence.dark):
        return "marked"
    return "marginal" if evidence.dark <= 0.25 - shade and page.pen > 0.4 + shade else "either"
