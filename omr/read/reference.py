"""Scan + registration → every box found again by its printed frame and cut out upright.

The blank outline is slid over the page around the registered place, and how well it matches is kept as
evidence of its own (SDAPS and VxSuite do the same). What comes out is darkness, not pixels: 0 is the
paper around that very box, 1 the form's own print, so that later steps know nothing of scanners.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.imaging.warp import upright
from omr.model.arrays import Flags, Floats, Gray, Singles, middles
from omr.model.layout import Box, Shape
from omr.model.registration import Registration
from omr.settings import MeasureSettings

_PAPER_BLOCK = 0.9
"""Side of the blocks whose brightness tells the paper's, mm."""

_PAPER_SHARE = 0.75
"""The paper is as bright as the block at this share of a patch: ink and lines never cover a quarter."""

_NEIGHBOURS = 7
"""How many boxes in printed order agree on a shift; odd, so that one of them is the median."""


@dataclass(frozen=True, slots=True, eq=False)
class Patches:
    """All boxes of a page, upright, N of them, box centre in the middle of each patch.

    prints: what is printed inside each, "" for nothing; boxes with the same print share a blank one.
    darkness: shape (N, S, S), float32, 0 paper … 1 print (a little beyond either for noise).
    grid: samples per mm.
    half_width, half_height: half the printed box, mm, shape (N,).
    match: how well the printed frame was found, 0..1 relative to the page's typical box, shape (N,).
    shift: where the frame lay from its registered place, mm, shape (N, 2), x then y.
    paper: brightness of the paper around each box, 0..255, shape (N,).
    contrast: paper minus print, 0..255, shape (N,).
    """

    boxes: tuple[str, ...]
    prints: tuple[str, ...]
    darkness: NDArray[np.float32]
    grid: float
    half_width: NDArray[np.float64]
    half_height: NDArray[np.float64]
    match: NDArray[np.float32]
    shift: NDArray[np.float64]
    paper: NDArray[np.float32]
    contrast: NDArray[np.float32]

    def only(self, at: NDArray[np.intp]) -> Patches:
        """Return the boxes at some places of the page's order."""
        return Patches(
            tuple(self.boxes[index] for index in at),
            tuple(self.prints[index] for index in at),
            self.darkness[at],
            self.grid,
            self.half_width[at],
            self.half_height[at],
            self.match[at],
            self.shift[at],
            self.paper[at],
            self.contrast[at],
        )


def find_boxes(
    image: NDArray[np.uint8],
    boxes: tuple[Box, ...],
    line: float,
    registration: Registration,
    black: float,
    settings: MeasureSettings,
    prints: Sequence[str] = (),
) -> Patches:
    """Return the boxes of a gray image, shape (H, W), cut out around their printed frames.

    line: thickness of the frames, mm. black: gray value of the form's print, 0..255. prints: what stands in
    each box, where something does; round boxes are found by it and by their ring.
    """
    half_width = np.array([box.area.width for box in boxes]) / 2
    half_height = np.array([box.area.height for box in boxes]) / 2
    largest = float(max(half_width.max(), half_height.max()))
    wide = _odd(largest + settings.surround + settings.reach, settings.grid)
    centers = middles([box.area for box in boxes])
    patches = _cut(image, centers, registration, wide, settings.grid)
    paper = _paper(patches, settings.grid)
    contrast = np.maximum(paper - black, 1.0)
    told = tuple(prints) or ("",) * len(boxes)
    if any(box.shape is Shape.CIRCLE for box in boxes):
        shift, strength = _matched(patches, told, settings)
    else:
        shift_x, match_x = _slide(patches, contrast, half_width, half_height, line, settings)
        sideways = patches.transpose(0, 2, 1)
        shift_y, match_y = _slide(sideways, contrast, half_height, half_width, line, settings)
        shift = np.stack((shift_x, shift_y), axis=1)
        strength = np.minimum(match_x, match_y).astype(np.float32)
    match = np.clip(strength / np.float32(max(float(np.median(strength)), 1e-3)), 0.0, 1.0)
    covered = _covered(patches, paper, contrast, half_width, half_height, settings)
    shift, agreed = _agreed(shift, match, centers, covered, settings)
    narrow = _odd(largest + settings.surround, settings.grid)
    darkness = _darkness(_centred(patches, shift, narrow, settings.grid), paper, contrast)
    vouched = np.flatnonzero(agreed > match)
    lines = _weakest_line(darkness[vouched], half_width[vouched], half_height[vouched], line, settings)
    agreed[vouched[lines < settings.framed]] = 0.0
    return Patches(
        boxes=tuple(box.id for box in boxes),
        prints=told,
        darkness=darkness,
        grid=settings.grid,
        half_width=half_width,
        half_height=half_height,
        match=agreed,
        shift=shift,
        paper=paper,
        contrast=contrast,
    )


def cut_patches(
    image: NDArray[np.uint8],
    boxes: tuple[Box, ...],
    registration: Registration,
    black: float,
    settings: MeasureSettings,
) -> Patches:
    """Return the boxes of a gray image, shape (H, W), cut out where they are registered, unsought.

    black: gray value of the form's print, 0..255. Every match score is 1.
    """
    half_width = np.array([box.area.width for box in boxes]) / 2
    half_height = np.array([box.area.height for box in boxes]) / 2
    largest = float(max(half_width.max(), half_height.max()))
    count = _odd(largest + settings.surround, settings.grid)
    patches = _cut(image, middles([box.area for box in boxes]), registration, count, settings.grid)
    paper = _paper(patches, settings.grid)
    contrast = np.maximum(paper - black, 1.0)
    return Patches(
        boxes=tuple(box.id for box in boxes),
        prints=tuple(box.print for box in boxes),
        darkness=_darkness(patches, paper, contrast),
        grid=settings.grid,
        half_width=half_width,
        half_height=half_height,
        match=np.ones(len(boxes), dtype=np.float32),
        shift=np.zeros((len(boxes), 2)),
        paper=paper,
        contrast=contrast,
    )


def _odd(half: float, grid: float) -> int:
    return 2 * round(half * grid) + 1


def _cut(image: Gray, centers: Floats, registration: Registration, count: int, grid: float) -> Gray:
    """Return the patches as seen around places, mm, shape (N, count, count)."""
    at = registration.points(np.concatenate((centers, centers + (1.0, 0.0), centers + (0.0, 1.0))))
    center, right, below = np.split(at, 3)
    step_x, step_y = (right - center) / grid, (below - center) / grid
    origin = center - (step_x + step_y) * ((count - 1) / 2)
    return upright(image, origin, step_x, step_y, (count, count))


def _paper(patches: NDArray[np.uint8], grid: float) -> NDArray[np.float32]:
    """Return the brightness of the paper in each patch, shape (N,)."""
    number, step = len(patches), round(_PAPER_BLOCK * grid)
    small = patches.shape[1] // step
    whole = np.ascontiguousarray(patches[:, : small * step, : small * step])
    blocks = cv2.resize(
        whole.reshape(-1, small * step), (small, number * small), interpolation=cv2.INTER_AREA
    ).reshape(number, -1)
    at = int(_PAPER_SHARE * blocks.shape[1])
    return np.partition(blocks, at, axis=1)[:, at].astype(np.float32)


def _darkness(
    patches: NDArray[np.uint8], paper: NDArray[np.float32], contrast: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return patches of gray values as darkness, 0 paper … 1 print, no darker than print."""
    darkness = patches.astype(np.float32)
    np.subtract(paper[:, None, None], darkness, out=darkness)
    darkness *= (1 / contrast)[:, None, None]
    return np.minimum(darkness, 1.0, out=darkness)


def _matched(
    patches: NDArray[np.uint8], prints: tuple[str, ...], settings: MeasureSettings
) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Return where each patch's print lies from its place, mm, shape (N, 2), and how alike it is, 0..1.

    Compared with what most boxes of the same print look like on this very page.
    """
    shift = np.zeros((len(patches), 2))
    alike = np.zeros(len(patches), dtype=np.float32)
    reach = round(settings.lonely_shift * settings.grid)
    for print_ in sorted(set(prints)):
        same = np.flatnonzero([each == print_ for each in prints])
        usual = np.median(patches[same], axis=0).astype(np.uint8)[reach:-reach, reach:-reach]
        for index in same:
            score = cv2.matchTemplate(patches[index], usual, cv2.TM_CCOEFF_NORMED)
            _least, most, _where, (x, y) = cv2.minMaxLoc(score)
            shift[index] = (x - reach) / settings.grid, (y - reach) / settings.grid
            alike[index] = max(most, 0.0)
    return shift, alike


def _slide(
    patches: NDArray[np.uint8],
    contrast: NDArray[np.float32],
    half_across: NDArray[np.float64],
    half_along: NDArray[np.float64],
    line: float,
    settings: MeasureSettings,
) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Return where the two upright frame lines lie from their place (mm) and how dark they stand out.

    Each line is compared with the white just outside the box alone: what is written inside, even a box
    filled to its edges, does not move it.
    """
    grid, count = settings.grid, patches.shape[2]
    middle = count // 2
    span = round(float(half_along.min()) * 0.85 * grid)
    # Sums of gray values are whole numbers, so it does not matter that they are added by a product.
    lines = np.ones(2 * span + 1, dtype=np.float32)
    profile = lines @ patches[:, middle - span : middle + span + 1].astype(np.float32)
    profile /= -len(lines)
    profile /= contrast[:, None]
    reach = round(settings.reach * grid)
    outside = round((line + 0.45) * grid)
    offsets = np.round((half_across - line / 2) * grid).astype(int)
    moves = np.arange(-reach, reach + 1)
    row = np.arange(len(profile))[:, None]
    low, high = middle - offsets[:, None] + moves, middle + offsets[:, None] + moves
    near = np.clip(low - outside, 0, count - 1), np.clip(high + outside, 0, count - 1)
    sides = profile[row, low] - profile[row, near[0]], profile[row, high] - profile[row, near[1]]
    score = sides[0] + sides[1] + np.minimum(sides[0], sides[1])
    best = np.argmax(score, axis=1)
    shift = (best - reach + _peak(score, best)) / grid
    strength = score[np.arange(len(score)), best] / 3
    return shift, strength


def _peak(score: NDArray[np.float32], best: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the vertex of the parabola through the best score and its neighbours, -0.5..0.5 samples."""
    inner = np.clip(best, 1, score.shape[1] - 2)
    row = np.arange(len(score))
    before, at, after = score[row, inner - 1], score[row, inner], score[row, inner + 1]
    bend = before - 2 * at + after
    vertex = np.where(bend < 0, 0.5 * (before - after) / np.where(bend < 0, bend, -1.0), 0.0)
    return np.where(best == inner, np.clip(vertex, -0.5, 0.5), 0.0)


def _agreed(
    shift: NDArray[np.float64],
    match: NDArray[np.float32],
    places: NDArray[np.float64],
    covered: Flags,
    settings: MeasureSettings,
) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Return the shifts and matches, those that leave their neighbours' company replaced.

    places: middles of the boxes, mm, shape (N, 2). A feeder's waves run along the page or across it: a box
    keeps a shift that its row's or its column's neighbours share. One that neither shares becomes its row's,
    and a strong match is then no match at all: two places claim to be the box. covered: which boxes are
    written over, shape (N,): there, strokes pass for the frame or hide it, and where row and column agree on
    its place that is where it is, as surely as they are.
    """
    by_row, by_column = usual_along(shift, places)
    apart = [np.abs(shift - usual).max(axis=1) for usual in (by_row, by_column)]
    lonely = np.minimum(*apart) > settings.lonely_shift
    weak = match < 0.5  # noqa: PLR2004  (half the typical strength: the frame is torn or written over)
    agreed = np.where((lonely | weak)[:, None], by_row, shift)
    vouched = covered & (np.abs(by_row - by_column).max(axis=1) < settings.vouched_shift)
    match = np.where(lonely & ~weak, 0.0, match)
    return agreed, np.where((lonely | weak) & vouched, np.median(match), match).astype(np.float32)


def _weakest_line(
    darkness: Singles, half_width: Floats, half_height: Floats, line: float, settings: MeasureSettings
) -> Singles:
    """Return how much of its faintest frame line each box shows at its place, 0..1, shape (N,).

    Neighbours vouch for a box that is written over, but not for one that a fold made slanted.
    """
    middle, grid = darkness.shape[1] // 2, settings.grid
    shown = np.ones(len(darkness), dtype=np.float32)
    for index, sizes in enumerate(zip(half_width.tolist(), half_height.tolist(), strict=True)):
        for patch, (across, along) in ((darkness[index], sizes), (darkness[index].T, sizes[::-1])):
            span, away = round(along * 0.85 * grid), round((across - line / 2) * grid)
            for at in (middle - away, middle + away):
                dark = patch[middle - span : middle + span + 1, at - 1 : at + 2].max(axis=1)
                shown[index] = min(shown[index], float((dark > settings.firm).mean()))
    return shown


def _covered(
    patches: NDArray[np.uint8],
    paper: NDArray[np.float32],
    contrast: NDArray[np.float32],
    half_width: NDArray[np.float64],
    half_height: NDArray[np.float64],
    settings: MeasureSettings,
) -> Flags:
    """Return which boxes have more ink in and around them than their frames, shape (N,)."""
    middle, grid = patches.shape[1] // 2, settings.grid
    across, down = (round(float(half.min() - settings.inset) * grid) for half in (half_width, half_height))
    inside = patches[:, middle - down : middle + down + 1, middle - across : middle + across + 1]
    covered: Flags = (paper - inside.mean(axis=(1, 2), dtype=np.float32)) / contrast > settings.covered
    return covered


def usual_along(values: Floats, places: Floats) -> tuple[Floats, Floats]:
    """Return the median of each box's neighbours in its row and in its column, shape (N, K) each.

    values: shape (N, K). places: middles of the boxes, mm, shape (N, 2).
    """
    x, y = places.T
    return _usual(values, np.lexsort((x, y.round()))), _usual(values, np.lexsort((y, x.round())))


def _usual(shift: NDArray[np.float64], order: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the median of each box's neighbours in an order, shape as `shift`, (N, K)."""
    number = len(shift)
    start = np.clip(np.arange(number) - _NEIGHBOURS // 2, 0, max(number - _NEIGHBOURS, 0))
    window = np.minimum(start[:, None] + np.arange(_NEIGHBOURS), number - 1)
    usual = np.empty_like(shift)
    usual[order] = np.partition(shift[order][window], _NEIGHBOURS // 2, axis=1)[:, _NEIGHBOURS // 2]
    return usual


def _centred(
    patches: NDArray[np.uint8], shift: NDArray[np.float64], count: int, grid: float
) -> NDArray[np.uint8]:
    """Return the middle of each patch moved by its shift, shape (N, count, count).

    Moved by parts of a sample, too: a copier's thick frame reaches to where ink begins to count.
    """
    slack = (patches.shape[1] - count) // 2
    middle = (patches.shape[1] - 1) / 2
    places = np.clip(shift * grid, -slack, slack) + middle
    centred = np.empty((len(patches), count, count), dtype=np.uint8)
    for patch, one, place in zip(centred, patches, places.tolist(), strict=True):
        cv2.getRectSubPix(one, (count, count), place, patch)
    return centred
