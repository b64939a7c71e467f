"""Scan + rough place of the page → the printed squares, found to a fraction of a pixel."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.imaging.warp import upright
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
    centers = np.array([(square.center.x, square.center.y) for square in page.fiducials])
    size = page.fiducials[0].width
    left = centers[:, 0] < centers[:, 0].mean()
    known_mm, known_px = list(code_mm), list(code)
    found: dict[int, _Hit] = {}
    fitted, settled, affine = 0, False, np.zeros((3, 2))
    for index in np.argsort(np.linalg.norm(centers - code_mm.mean(axis=0), axis=1)):
        # One square more among many hardly changes the guess.
        if len(known_mm) > fitted * _GROWN:
            sides = left[list(found)]
            settled = min(int(sides.sum()), int((~sides).sum())) >= settings.settled
            affine = _affine(np.array(known_mm), np.array(known_px), similar=not settled)
            fitted = len(known_mm)
        reach = settings.reach if settled else settings.first_reach
        hit = _look(image, centers[index] @ affine[:2] + affine[2], affine, size, reach, settings)
        if hit is not None:
            found[int(index)] = hit
            known_mm.append(centers[index])
            known_px.append(np.array([hit.x, hit.y]))
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
        black=float(np.median([hit.black for hit in hits])) if hits else 0.0,
        paper=float(np.median([hit.paper for hit in hits])) if hits else 255.0,
    )


def _affine(mm: NDArray[np.float64], px: NDArray[np.float64], *, similar: bool) -> NDArray[np.float64]:
    """Return the least-squares map mm → px, shape (3, 2): a similarity, or a full affine map.

    Shear and unequal stretch taken from the code and one column of squares would be noise at the other.
    """
    design = np.column_stack((mm, np.ones(len(mm))))
    full = np.asarray(np.linalg.lstsq(design, px, rcond=None)[0], dtype=np.float64)
    if not similar:
        return full
    mirrored = np.linalg.det(full[:2]) < 0
    flip = -1.0 if mirrored else 1.0
    x, y = mm[:, 0], mm[:, 1]
    one, none = np.ones(len(mm)), np.zeros(len(mm))
    # x' = a x - b y + c and y' = b x + a y + d, with the second line's sign turned where mirrored.
    rows = np.vstack((np.column_stack((x, -y, one, none)), flip * np.column_stack((y, x, none, one))))
    a, b, c, d = np.linalg.lstsq(rows, np.concatenate((px[:, 0], px[:, 1])), rcond=None)[0]
    return np.array([[a, flip * b], [-b, flip * a], [c, flip * d]])


def _look(
    image: NDArray[np.uint8],
    guess: NDArray[np.float64],
    affine: NDArray[np.float64],
    size: float,
    reach: float,
    settings: FiducialSettings,
) -> _Hit | None:
    """Return the square near `guess`, or None where nothing there looks like one."""
    if reach <= settings.reach and (hit := _refined(image, guess, affine, size, settings)) is not None:
        return hit
    patch = _patch(image, guess, affine, size / 2 + _CLEAR + reach, _COARSE)
    if patch is None:
        return None
    inside = max(3, round(size * 0.9 * _COARSE))
    outside = round((size + 2 * _CLEAR * 0.7) * _COARSE)
    within = cv2.boxFilter(patch, cv2.CV_32F, (inside, inside))
    around = cv2.boxFilter(patch, cv2.CV_32F, (outside, outside))
    # Mean of the ring around less the mean inside, but for a factor: both are sums over squares.
    score = cv2.subtract(around, within)
    margin = outside // 2
    count = len(patch)
    _low, _high, _at, (column, row) = cv2.minMaxLoc(score[margin : count - margin, margin : count - margin])
    offset = np.array([column + margin - (count - 1) / 2, row + margin - (count - 1) / 2]) / _COARSE
    center = guess + offset @ affine[:2]
    return _refined(image, center, affine, size, settings)


def _refined(
    image: NDArray[np.uint8],
    center: NDArray[np.float64],
    affine: NDArray[np.float64],
    size: float,
    settings: FiducialSettings,
) -> _Hit | None:
    """Return the square's centre as the middle of its four edges, or None where it is not one."""
    grid = max(_COARSE, float(np.sqrt(abs(np.linalg.det(affine[:2])))))
    patch = _patch(image, center, affine, size / 2 + _CLEAR, grid)
    if patch is None:
        return None
    count = patch.shape[0]
    middle = (count - 1) / 2
    core = round(size * 0.35 * grid)
    half = round(size * 0.25 * grid)
    low, high = int(middle) - half, int(middle) + half + 1
    black = float(patch[int(middle) - core : int(middle) + core + 1, low:high].mean())
    rim = max(1, round(_CLEAR * 0.4 * grid))
    around = np.sort(np.concatenate((patch[:rim].ravel(), patch[-rim:].ravel(), patch[:, :rim].ravel())))
    paper = float(around[len(around) // 2])
    if paper - black < settings.contrast:
        return None
    level = (paper + black) / 2
    across = _edges(patch[low:high].mean(axis=0), level, middle)
    down = _edges(patch[:, low:high].mean(axis=1), level, middle)
    if across is None or down is None:
        return None
    for first, last in (across, down):
        if abs((last - first) / grid - size) > settings.size_error:
            return None
    shift = np.array([sum(across) / 2 - middle, sum(down) / 2 - middle]) / grid
    x, y = center + shift @ affine[:2]
    return _Hit(float(x), float(y), black, paper)


def _patch(
    image: NDArray[np.uint8],
    center: NDArray[np.float64],
    affine: NDArray[np.float64],
    half: float,
    grid: float,
) -> NDArray[np.uint8] | None:
    """Return the paper around `center` upright at `grid` samples per mm, or None beyond the image."""
    height, width = image.shape
    count = 2 * round(half * grid) + 1
    reach = (count - 1) / (2 * grid)
    step = affine[:2] / grid
    if not (0 <= center[0] < width and 0 <= center[1] < height):
        return None
    origin = center - reach * (affine[0] + affine[1])
    return upright(image, origin, step[0], step[1], (count, count), beyond=255)


def _edges(profile: NDArray[np.float64], level: float, middle: float) -> tuple[float, float] | None:
    """Return where the dark run around the middle begins and ends, to a fraction of a sample."""
    values: list[float] = profile.tolist()
    start = stop = round(middle)
    if values[start] >= level:
        return None
    while start > 0 and values[start - 1] < level:
        start -= 1
    while stop < len(values) - 1 and values[stop + 1] < level:
        stop += 1
    if start == 0 or stop == len(values) - 1:
        return None
    first = start - 1 + (values[start - 1] - level) / (values[start - 1] - values[start])
    last = stop + (level - values[stop]) / (values[stop + 1] - values[stop])
    return first, last
