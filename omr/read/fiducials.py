"""Scan + rough place of the page → the printed squares, found to a fraction of a pixel."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.imaging.warp import upright
from omr.model.arrays import Floats, Gray, median, middles
from omr.model.layout import Page
from omr.settings import FiducialSettings

_COARSE = 6.0
"""Samples per mm of the first look: a 3.5 mm square is 21 samples, enough to find it to 0.1 mm."""

_GROWN = 1.25
"""By how much the known points have to grow for the guess to be fitted anew."""

_CLEAR = 1.0
"""White space around a square that is looked at, mm; the layout keeps 2 mm clear."""


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """The squares that were found.

    mm, px: printed and found centres, shape (N, 2) each.
    left: shape (N,), True for the left column.
    black: gray value of the print, 0..255 (median over the squares); paper: of the white around them.
    """

    mm: NDArray[np.float64]
    px: NDArray[np.float64]
    left: NDArray[np.bool_]
    black: float
    paper: float


@dataclass(frozen=True, slots=True)
class _Hit:
    x: float
    y: float
    black: float
    paper: float


def find_fiducials(
    image: NDArray[np.uint8],
    page: Page,
    code: NDArray[np.float64],
    code_mm: NDArray[np.float64],
    settings: FiducialSettings,
) -> Hits:
    """Return the squares of `page` on a gray image, shape (H, W).

    code, code_mm: corners of the page code, shape (4, 2), in px and in mm; they give the first guess.
    Squares are taken from the nearest to the farthest and the guess is fitted anew as they come in,
    so that a guess from 13 mm of code never has to reach across 280 mm of page.
    """
    centers = middles(page.fiducials)
    size = page.fiducials[0].width
    left = centers[:, 0] < centers[:, 0].mean()
    known_mm, known_px = code_mm.tolist(), code.tolist()
    found: dict[int, _Hit] = {}
    waiting = np.argsort(np.linalg.norm(centers - code_mm.mean(axis=0), axis=1)).tolist()
    while waiting:
        sides = left[list(found)]
        settled = min(int(sides.sum()), int((~sides).sum())) >= settings.settled
        guess = _guess(np.array(known_mm), np.array(known_px), similar=not settled)
        # One square more among many hardly changes the guess.
        enough = int(len(known_mm) * _GROWN) + 1
        while waiting and len(known_mm) < enough:
            few = enough - len(known_mm)
            at, waiting = waiting[:few], waiting[few:]
            for index, hit in zip(
                at, _look(image, centers[at], guess, size, settings, settled=settled), strict=True
            ):
                if hit is not None:
                    found[index] = hit
                    known_mm.append(centers[index].tolist())
                    known_px.append([hit.x, hit.y])
    return _columns(centers, found)


def hits_unseen(image: NDArray[np.uint8]) -> Hits:
    """Return no squares at all, with print and paper as bright as the image, shape (H, W), has them."""
    black, paper = np.percentile(image[::8, ::8], (1, 60))
    none = np.empty((0, 2))
    return Hits(none, none, np.empty(0, dtype=np.bool_), float(black), float(paper))


def _columns(centers: NDArray[np.float64], found: dict[int, _Hit]) -> Hits:
    indices = np.array(sorted(found), dtype=np.intp)
    hits = [found[int(index)] for index in indices]
    mm = centers[indices] if len(indices) else np.empty((0, 2))
    return Hits(
        mm=mm,
        px=np.array([(hit.x, hit.y) for hit in hits]).reshape(-1, 2),
        left=mm[:, 0] < centers[:, 0].mean(),
        black=median([hit.black for hit in hits]) if hits else 0.0,
        paper=median([hit.paper for hit in hits]) if hits else 255.0,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Guess:
    """An affine map mm → px, as far as known. linear: shape (2, 2); origin: px of the page's origin."""

    linear: Floats
    origin: Floats

    @property
    def px_per_mm(self) -> float:
        """Mean scale."""
        (a, b), (c, d) = self.linear.tolist()
        return math.sqrt(abs(a * d - b * c))


def _guess(mm: Floats, px: Floats, *, similar: bool) -> _Guess:
    """Return the least-squares map mm → px of points, shape (N, 2): a similarity, or a full affine map.

    Shear and unequal stretch taken from the code and one column of squares would be noise at the other.
    """
    middle_mm, middle_px = mm.sum(axis=0) / len(mm), px.sum(axis=0) / len(px)
    from_middle, moved = mm - middle_mm, px - middle_px
    (a, b), (c, d) = both = from_middle.T @ moved
    if similar:
        # A turn and a scale are one complex factor; a mirrored page is one of the conjugate.
        flip = -1.0 if a * d - b * c < 0 else 1.0
        scale = (from_middle**2).sum()
        turn_x, turn_y = (a + flip * d) / scale, (flip * b - c) / scale
        linear = np.array(((turn_x, flip * turn_y), (-turn_y, flip * turn_x)))
    else:
        linear = np.linalg.solve(from_middle.T @ from_middle, both)
    return _Guess(linear, middle_px - middle_mm @ linear)


def _look(
    image: Gray, centers: Floats, guess: _Guess, size: float, settings: FiducialSettings, *, settled: bool
) -> list[_Hit | None]:
    """Return the squares near where `centers`, mm, shape (N, 2), should be; None where there is none."""
    at = centers @ guess.linear + guess.origin
    hits: list[_Hit | None] = [None] * len(at)
    if settled:
        hits = _refined(image, at, guess, size, settings)
    reach = settings.reach if settled else settings.first_reach
    missed = [index for index, hit in enumerate(hits) if hit is None]
    if missed:
        nearer = _nearest(image, at[missed], guess, size, reach)
        for index, hit in zip(missed, _refined(image, nearer, guess, size, settings), strict=True):
            hits[index] = hit
    return hits


def _nearest(image: Gray, at: Floats, guess: _Guess, size: float, reach: float) -> Floats:
    """Return where, px, around each place the paper looks most like a dark square on white, shape (N, 2)."""
    inside = max(3, round(size * 0.9 * _COARSE))
    outside = round((size + 2 * _CLEAR * 0.7) * _COARSE)
    margin = outside // 2
    nearest = at.copy()
    for index, patch in zip(*_patches(image, at, guess, size / 2 + _CLEAR + reach, _COARSE), strict=True):
        within = cv2.boxFilter(patch, cv2.CV_32F, (inside, inside))
        around = cv2.boxFilter(patch, cv2.CV_32F, (outside, outside))
        # Mean of the ring around less the mean inside, but for a factor: both are sums over squares.
        score = cv2.subtract(around, within)
        count = len(patch)
        _low, _high, _at, most = cv2.minMaxLoc(score[margin : count - margin, margin : count - margin])
        nearest[index] += (np.array(most) + (margin - (count - 1) / 2)) / _COARSE @ guess.linear
    return nearest


def _refined(
    image: Gray, at: Floats, guess: _Guess, size: float, settings: FiducialSettings
) -> list[_Hit | None]:
    """Return the squares at places, px: centres amid four edges; None where there is none."""
    hits: list[_Hit | None] = [None] * len(at)
    grid = max(_COARSE, guess.px_per_mm)
    inside, patches = _patches(image, at, guess, size / 2 + _CLEAR, grid)
    if not len(patches):
        return hits
    number, count, _columns = patches.shape
    middle = (count - 1) / 2
    core = round(size * 0.35 * grid)
    half = round(size * 0.25 * grid)
    low, high = int(middle) - half, int(middle) + half + 1
    black = _means(patches[:, int(middle) - core : int(middle) + core + 1, low:high], (1, 2))
    rim = max(1, round(_CLEAR * 0.4 * grid))
    rims = (patches[:, :rim], patches[:, -rim:], patches[:, :, :rim])
    around = np.concatenate([part.reshape(number, -1) for part in rims], axis=1)
    half_way = around.shape[1] // 2
    paper = np.partition(around, half_way, axis=1)[:, half_way].astype(np.float64)
    # Across and down: shape (2, number, count).
    profiles = np.array((_means(patches[:, low:high], 1), _means(patches[:, :, low:high], 2)))
    level = (paper + black) / 2
    bright = profiles >= level[:, None]
    for each in np.flatnonzero(paper - black >= settings.contrast).tolist():
        edges = [
            _edges(profiles[way, each].tolist(), bright[way, each].tobytes(), level[each]) for way in (0, 1)
        ]
        if any(abs((last - first) / grid - size) > settings.size_error for first, last in edges):
            continue
        shift = (np.array([(first + last) / 2 for first, last in edges]) - middle) / grid
        x, y = (at[inside[each]] + shift @ guess.linear).tolist()
        hits[inside[each]] = _Hit(x, y, float(black[each]), float(paper[each]))
    return hits


def _means(samples: Gray, axis: int | tuple[int, ...]) -> Floats:
    """Return the means of gray values along axes."""
    total = samples.sum(axis=axis, dtype=np.uint32)
    return np.asarray(total / (samples.size // total.size))


def _patches(image: Gray, at: Floats, guess: _Guess, half: float, grid: float) -> tuple[list[int], Gray]:
    """Return which places, px, lie on the image, and the paper around them upright, `grid` samples per mm."""
    height, width = image.shape
    inside = [index for index, (x, y) in enumerate(at.tolist()) if 0 <= x < width and 0 <= y < height]
    count = 2 * round(half * grid) + 1
    reach = (count - 1) / (2 * grid)
    along, down = guess.linear
    origins = at[inside] - reach * (along + down)
    return inside, upright(image, origins, along / grid, down / grid, (count, count), beyond=255)


def _edges(profile: list[float], bright: bytes, level: float) -> tuple[float, float]:
    """Return where the dark run around the middle begins and ends, to a fraction of a sample.

    bright: 1 where the profile is not below the level, else 0. (0, 0) where no dark run holds the middle or
    it does not end.
    """
    middle = len(profile) // 2
    before, behind = bright.rfind(1, 0, middle + 1), bright.find(1, middle)
    if before < 0 or behind < 0 or before == middle:
        return 0.0, 0.0
    first = before + (profile[before] - level) / (profile[before] - profile[before + 1])
    last = behind - 1 + (level - profile[behind - 1]) / (profile[behind] - profile[behind - 1])
    return first, last
