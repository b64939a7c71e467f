"""The page's own print → where every millimetre lies on the scan; for forms without fiducials of ours.

Coarse to fine: features of the blank matched on the scan give one homography (USAC with MAGSAC++,
D. Barath et al., CVPR 2020, doi 10.1109/CVPR42600.2020.00138); then pieces of the blank are found again by
normalised correlation, and a smooth surface through what they moved follows stretch, curl and waves: a
spline on a grid with a penalty on second differences along both sides (P. H. C. Eilers, B. D. Marx,
Statistical Science 11 (1996), doi 10.1214/ss/1038425655). Each piece is held back once: how badly the
others explain it is the residual.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.model.arrays import Flags, Floats, Gray, Singles, gray, singles
from omr.model.geometry import RectMm, SizeMm
from omr.model.layout import PRINT_GRID, Page, Print
from omr.model.reading import Reason
from omr.model.registration import Registration
from omr.read.features import Features, kept_features, picture
from omr.read.register import Misfit
from omr.settings import MatchSettings

_HALF = 20
"""Half a piece's side, samples: 10 mm hold two rows of text and no more than one box."""

_NODE = 20.0
"""Distance of the grid's nodes, mm."""


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """Pieces of the blank found again: places, mm, shape (N, 2), how far they moved, mm, and how alike."""

    at: Floats
    moved: Floats
    alike: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Where a page lies on a small scan.

    share: of the blank's pieces that were found there. held: their places, mm, shape (N, 2).
    """

    registration: Registration
    share: float
    held: Floats


def agreement(scan: Features, print_: Print, settings: MatchSettings) -> tuple[Floats, int] | None:
    """Return the map mm → px that the scan's features agree on, shape (3, 3), and how many do; or None.

    Bubbles and table cells look alike, so each feature may be any of the three most alike, as long as it is
    turned by as much as most are.
    """
    known = kept_features(print_)
    if min(len(scan.at), len(known.at)) < settings.least_agreeing:
        return None
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(scan.descriptors, known.descriptors, k=_ALIKE)
    matches = [match for pair in pairs for match in pair if match.distance < settings.farthest]
    mine = np.array([match.queryIdx for match in matches], dtype=np.intp)
    theirs = np.array([match.trainIdx for match in matches], dtype=np.intp)
    usual = _usual_turn(scan.towards[mine] - known.towards[theirs])
    mm, px = known.at[theirs[usual]], scan.at[mine[usual]]
    if len(mm) < settings.least_agreeing:
        return None
    # A plain similarity cannot be twisted into agreeing with chance; perspective is asked for second.
    found, agreeing = cv2.estimateAffinePartial2D(
        mm, px, method=cv2.RANSAC, ransacReprojThreshold=settings.similar_px, maxIters=5000, confidence=0.9999
    )
    similar = np.asarray(found, dtype=np.float64)
    if found is None or not _is_page(similar, settings):
        return None
    near = _near(similar, mm, px, settings.perspective_px)
    if int(agreeing.sum()) < settings.least_agreeing or near.sum() < settings.least_agreeing:
        return None
    found, held = cv2.findHomography(mm[near], px[near], cv2.USAC_MAGSAC, settings.agree_px, maxIters=5000)
    bent = np.asarray(found, dtype=np.float64)
    if found is None or int(held.sum()) < settings.least_agreeing or not _is_page(bent, settings):
        return np.vstack((similar, (0.0, 0.0, 1.0))), int(agreeing.sum())
    return bent, int(held.sum())


_ALIKE = 3
"""Features of the blank that one of the scan may be."""

_BINS = 36
"""Parts of the circle in which turns are counted; the fullest and its two neighbours are believed."""


def _usual_turn(turned: Floats) -> Flags:
    """Return which matches are turned by as much as most are, shape (N,); turned: degrees."""
    bin_ = (np.mod(turned, 360.0) * _BINS / 360.0).astype(int) % _BINS
    count = np.bincount(bin_, minlength=_BINS)
    fullest = int(np.argmax(count + np.roll(count, 1) + np.roll(count, -1)))
    return np.asarray(np.mod(bin_ - fullest + 1, _BINS) <= 2)  # noqa: PLR2004  (the bin and its neighbours)


def _near(similar: Floats, mm: Floats, px: Floats, reach: float) -> Flags:
    return np.asarray(np.linalg.norm(mm @ similar[:, :2].T + similar[:, 2] - px, axis=1) < reach)


def _is_page(matrix: Floats, settings: MatchSettings) -> bool:
    """True where a map is no mirror and makes neither a stamp nor a poster of the page."""
    area = float(np.linalg.det(matrix[:2, :2]))
    return area > 0 and settings.least_scale < area**0.5 < settings.most_scale


def fit(even: Gray, coarse: Floats, page: Page, size: SizeMm, settings: MatchSettings) -> Fit | Misfit:
    """Return where a page of a form lies on a small scan with its light evened, or why that is not sure.

    coarse: mm → px, shape (3, 3). Raises ValueError where nothing is known of the page's print.
    """
    if page.print is None:
        raise ValueError(f"page {page.number} is not known by its print")
    written = tuple(field.area for field in page.fields)
    pieces = _pieces(page.print, page.fiducials, written)
    grid_x, grid_y = (_nodes(side) for side in (size.width, size.height))
    bent = np.zeros((len(grid_y), len(grid_x), 2))
    steps = [settings.last, settings.first]
    while steps:
        reach, stiffness = steps.pop()
        so_far = _registration(coarse, bent, grid_x, grid_y, 0, 0.0)
        # Only the last look has to be exact.
        found = _found(even, so_far, page.print, pieces, reach, PRINT_GRID if not steps else PRINT_GRID / 2)
        found = replace(found, moved=found.moved + _at(bent, grid_x, grid_y, found.at))
        fitted = _surface(found, grid_x, grid_y, stiffness, settings)
        if fitted is None:
            share = float((found.alike > settings.alike).mean()) if len(pieces) else 0.0
            return Misfit(Reason.UNKNOWN_LAYOUT, f"{share:.0%}")
        bent, apart, believed = fitted
        if len(steps) == 1 and believed.mean() < settings.plenty:
            # Whole regions lay beyond reach; from where their neighbours went they come within it.
            steps.append(settings.between)
            settings = replace(settings, plenty=0.0)
    residual, hits = float(np.percentile(apart, 95)), int(believed.sum())
    if residual > settings.loosest:
        return Misfit(Reason.LOOSE_FIT, f"{residual:.2f} mm")
    registration = _registration(coarse, bent, grid_x, grid_y, hits, residual)
    return Fit(registration, hits / len(pieces), found.at[believed])


def flattened(
    image: Gray, registration: Registration, shape: tuple[int, ...], grid: float = PRINT_GRID
) -> Gray:
    """Return a scan as the page lies flat, shape `shape` at `grid` samples per mm."""
    # A map every few millimetres is exact enough: between them the page is as good as flat.
    step = round(_MAPPED * grid)
    rows, columns = (np.arange(-1, -(-side // step) + 1) * step + step / 2 for side in shape)
    mm = np.stack(np.meshgrid(columns / grid, rows / grid), axis=2)
    px = registration.points(mm.reshape(-1, 2)).reshape(mm.shape).astype(np.float32)
    fine = cv2.resize(px, None, fx=step, fy=step, interpolation=cv2.INTER_LINEAR)
    places = fine[step : step + shape[0], step : step + shape[1]]
    return gray(cv2.remap(image, places, None, cv2.INTER_LINEAR, borderValue=255))  # type: ignore[call-overload]


_MAPPED = 4.0
"""Distance, mm, of the places that are carried one by one."""


def is_rows_off(flat: Gray, blank: Gray) -> bool:
    """True where a flattened scan is more like its blank some rows or columns aside: bubbles look alike.

    Each piece then finds a neighbour's place, and all agree on it.
    """
    return _lies_aside(*_widened(flat, blank, _COARSER, _ASIDE), _ASIDE, 0.0)


def has_slipped(flat: Gray, blank: Gray) -> bool:
    """True where a band of a flattened scan of bubbles is plainly more like its blank some rows aside.

    Where a pleat hid a row or a feeder slipped by one, what lies below is a row off. What tells its rows, the
    numbers beside them, is too little on a whole page. On forms of few boxes marks would decide.
    """
    wide, known = _widened(flat, blank, _FINER, _NEARER)
    tops = range(0, len(known) - _BAND // 2, _BAND // 2)
    bands = ((wide[top : top + _BAND + 2 * _NEARER], known[top : top + _BAND]) for top in tops)
    likes = [_likeness(*each, _NEARER) for each in bands if each[1].std() > _LEAST_PRINT]
    usual = float(np.median([aside for _middle, aside in likes])) if likes else 0.0
    # Other words are a little more like the blank's in some place or other, but nowhere as like as the rest.
    return any(aside > max(middle + _PLAINLY, usual - _LESS_LIKE) for middle, aside in likes)


def _widened(flat: Gray, blank: Gray, coarser: int, aside: int) -> tuple[Gray, Gray]:
    """Return scan and blank with `coarser` samples taken together, the scan with paper around it."""
    size = round(blank.shape[1] / coarser), round(blank.shape[0] / coarser)
    seen, known = (gray(cv2.resize(each, size, interpolation=cv2.INTER_AREA)) for each in (flat, blank))
    return gray(cv2.copyMakeBorder(seen, *(aside,) * 4, cv2.BORDER_CONSTANT, value=255)), known


def _lies_aside(wide: Gray, known: Gray, aside: int, plainly: float) -> bool:
    """True where a blank fits a scan with `aside` more on each side plainly better than in the middle."""
    middle, best = _likeness(wide, known, aside)
    return best > middle + plainly


def _likeness(wide: Gray, known: Gray, aside: int) -> tuple[float, float]:
    """Return how like a blank is to a scan with `aside` more on each side: in the middle, and where most."""
    score = cv2.matchTemplate(wide, known, cv2.TM_CCOEFF_NORMED)
    return float(score[aside - 1 : aside + 2, aside - 1 : aside + 2].max()), float(score.max())


_COARSER, _ASIDE = 6, 20
"""Samples taken together, 1.5 mm, and how many of those aside a page is laid: five rows of bubbles."""

_FINER, _NEARER, _PLAINLY = 4, 8, 0.01
"""The same for a band of a page, and by how much it has to be more like its blank aside: where nothing tells
its rows, it is as like there, and pages whose paper slipped by a row had 0.012 and more."""

_LESS_LIKE = 0.15
"""How much less like its blank a band that slipped may be than the others: other words in a head had 0.26."""

_BAND, _LEAST_PRINT = 50, 10.0
"""Height of a band, mm, that holds what tells its rows: numbers beside them. Standard deviation of its gray
values from which it has print enough: a line of text in the middle of nothing has 4, a table 15 and more."""


def is_shaded(paper: Gray, registration: Registration, size: SizeMm, settings: MatchSettings) -> bool:
    """True where the light on a page differs so much that one gray value is not the paper's.

    paper: the brightness of a small scan's paper, at a quarter of its size.
    """
    across, down = np.linspace(5.0, size.width - 5.0, 15), np.linspace(5.0, size.height - 5.0, 21)
    places = registration.points(np.stack(np.meshgrid(across, down), axis=2).reshape(-1, 2)) / 4
    column, row = np.round(places).astype(int).clip(0, np.array(paper.shape[::-1]) - 1).T
    low, high = np.percentile(paper[row, column], (5, 95))
    return bool(low < settings.evenly_lit * high)


@lru_cache(maxsize=1024)
def _pieces(print_: Print, marks: tuple[RectMm, ...], written: tuple[RectMm, ...]) -> NDArray[np.intp]:
    """Return the middles of pieces of the blank that can be found again, samples, shape (N, 2), x then y.

    One in each cell, where its print varies most in the direction in which it varies least: corners and
    letters, not a line that looks alike all along. Those named by `marks`, areas in mm, come besides; none
    is where people write.
    """
    blank = picture(print_)
    corner = singles(cv2.cornerMinEigenVal(cv2.GaussianBlur(blank, (0, 0), 1.0), 5))
    texture = singles(cv2.boxFilter(corner, -1, (2 * _HALF, 2 * _HALF)))
    for area in written:
        left, top, right, bottom = (
            int(side * PRINT_GRID) for side in (area.x, area.y, area.right, area.bottom)
        )
        texture[top:bottom, left:right] = 0.0
    edge = _HALF + 2
    found = []
    for top in range(edge, blank.shape[0] - edge, _CELL):
        for left in range(edge, blank.shape[1] - edge, _CELL):
            part = texture[
                top : min(top + _CELL, blank.shape[0] - edge), left : min(left + _CELL, blank.shape[1] - edge)
            ]
            _low, most, _where, (x, y) = cv2.minMaxLoc(part)
            if most > _TEXTURE:
                found.append((left + x, top + y))
    for mark in marks:
        places = (mark.center.x, blank.shape[1]), (mark.center.y, blank.shape[0])
        across, down = (int(min(max(mm * PRINT_GRID, edge), count - edge)) for mm, count in places)
        found.append((across, down))
    return np.array(found, dtype=np.intp).reshape(-1, 2)


_CELL = 52
"""Side of the cells that give a piece each, samples: 13 mm, some 250 on an A4 page."""

_TEXTURE = 2e-5
"""Least texture of a piece: a single corner of a table has 1e-4."""


def _found(
    even: Gray, so_far: Registration, print_: Print, pieces: NDArray[np.intp], reach: float, grid: float
) -> Matches:
    """Return where each piece of a blank is on a small scan, looked for within `reach`, mm, of where it lies.

    grid: samples per mm at which it is looked for.
    """
    blank, half, play = _shrunk(print_, grid), round(_HALF * grid / PRINT_GRID), round(reach * grid)
    flat = flattened(even, so_far, blank.shape, grid)
    wide = cv2.copyMakeBorder(flat, play, play, play, play, cv2.BORDER_CONSTANT, value=255)
    middles = np.floor((pieces + 0.5) * (grid / PRINT_GRID)).astype(int)
    scores = np.empty((len(pieces), 2 * play + 1, 2 * play + 1), dtype=np.float32)
    for score, (x, y) in zip(scores, middles.tolist(), strict=True):
        piece = blank[y - half : y + half + 1, x - half : x + half + 1]
        around = wide[y - half : y + half + 1 + 2 * play, x - half : x + half + 1 + 2 * play]
        cv2.matchTemplate(around, piece, cv2.TM_CCOEFF_NORMED, score)
    at, alike = _tops(scores)
    return Matches((middles + 0.5) / grid, (at - play) / grid, alike)


@lru_cache(maxsize=16)
def _shrunk(print_: Print, grid: float) -> Gray:
    """Return the picture of a print at `grid` samples per mm."""
    blank = picture(print_)
    if grid == PRINT_GRID:
        return blank
    size = round(blank.shape[1] * grid / PRINT_GRID), round(blank.shape[0] * grid / PRINT_GRID)
    return gray(cv2.resize(blank, size, interpolation=cv2.INTER_AREA))


def _tops(scores: Singles) -> tuple[Floats, Floats]:
    """Return where the best score of each piece is, x and y, shape (N, 2), and how good, shape (N,).

    To a part of a sample: the top of the parabolas through it and its neighbours, along x and along y.
    """
    count, rows, columns = scores.shape
    row, column = np.unravel_index(scores.reshape(count, -1).argmax(axis=1), (rows, columns))
    piece = np.arange(count)
    here = scores[piece, row, column].astype(np.float64)
    at = np.stack((column, row), axis=1).astype(np.float64)
    for axis, (index, size) in enumerate(((column, columns), (row, rows))):
        step = np.array([0, 1]) if axis == 0 else np.array([1, 0])
        inner = (index > 0) & (index < size - 1)
        lower, upper = (
            scores[
                piece,
                np.where(inner, row + sign * step[0], row),
                np.where(inner, column + sign * step[1], column),
            ]
            for sign in (-1, 1)
        )
        bend = lower - 2 * here + upper
        off = 0.5 * (lower - upper) / np.where(bend < 0, bend, -1.0)
        at[:, axis] += np.where(inner & (bend < 0), np.clip(off, -0.5, 0.5), 0.0)
    return at, here


def _surface(
    found: Matches, grid_x: Floats, grid_y: Floats, stiffness: float, settings: MatchSettings
) -> tuple[Floats, Floats, Flags] | None:
    """Return the movement at each node, shape (R, C, 2), mm, what it leaves unexplained, what it follows.

    Unexplained: of each piece that is believed by a surface through the others, mm. None: too few are.
    """
    believed = found.alike > settings.alike
    penalty = stiffness * _penalty(len(grid_y), len(grid_x))
    node, weight = _corners(found.at, grid_x, grid_y)
    least = max(settings.least_pieces, settings.believed * len(believed))
    for _round in range(_ROUNDS):
        if believed.sum() < least:
            return None
        at, share, moved = node[believed], weight[believed], found.moved[believed]
        normal, right = penalty.copy(), np.zeros((len(penalty), 2))
        np.add.at(normal, (at[:, :, None], at[:, None, :]), share[:, :, None] * share[:, None, :])
        np.add.at(right, at, share[:, :, None] * moved[:, None, :])
        # OpenCV's own solver: numpy's would start a thread a core for so small a matrix.
        inverse = np.asarray(cv2.invert(normal, flags=cv2.DECOMP_CHOLESKY)[1])
        nodes = inverse @ right
        leverage = np.einsum("ni,nij,nj->n", share, inverse[at[:, :, None], at[:, None, :]], share)
        explained = (nodes[at] * share[:, :, None]).sum(axis=1)
        apart = np.linalg.norm((moved - explained) / (1 - leverage)[:, None], axis=1)
        limit = max(settings.outlier * float(np.median(apart)), settings.least_outlier)
        if (apart <= limit).all():
            break
        believed[np.flatnonzero(believed)[apart > limit]] = False
    return nodes.reshape(len(grid_y), len(grid_x), 2), apart, believed


_ROUNDS = 6


def _corners(at: Floats, grid_x: Floats, grid_y: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Return the four nodes around each place and their bilinear weights, shape (N, 4) each."""
    column = np.clip(np.searchsorted(grid_x, at[:, 0], side="right") - 1, 0, len(grid_x) - 2)
    row = np.clip(np.searchsorted(grid_y, at[:, 1], side="right") - 1, 0, len(grid_y) - 2)
    across = (at[:, 0] - grid_x[column]) / (grid_x[column + 1] - grid_x[column])
    down = (at[:, 1] - grid_y[row]) / (grid_y[row + 1] - grid_y[row])
    first = row * len(grid_x) + column
    nodes = np.stack((first, first + 1, first + len(grid_x), first + len(grid_x) + 1), axis=1)
    shares = ((1 - across) * (1 - down), across * (1 - down), (1 - across) * down, across * down)
    return nodes, np.stack(shares, axis=1)


@lru_cache(maxsize=16)
def _penalty(rows: int, columns: int) -> Floats:
    """Return the penalty on how much a surface bends along its rows and its columns, and twists."""
    along, down = (np.diff(np.eye(count), n=2, axis=0) for count in (columns, rows))
    slope_along, slope_down = (np.diff(np.eye(count), axis=0) for count in (columns, rows))
    bends = (np.kron(np.eye(rows), along), np.kron(down, np.eye(columns)), np.kron(slope_down, slope_along))
    return np.asarray(sum(bend.T @ bend for bend in bends) + _HELD * np.eye(rows * columns))


_HELD = 1e-6
"""Keeps nodes far from any print where the homography has them."""


def _nodes(side: float) -> Floats:
    return np.linspace(0.0, side, round(side / _NODE) + 1)


def _at(nodes: Floats, grid_x: Floats, grid_y: Floats, at: Floats) -> Floats:
    node, weight = _corners(at, grid_x, grid_y)
    return np.asarray((nodes.reshape(-1, 2)[node] * weight[:, :, None]).sum(axis=1))


def _registration(
    coarse: Floats, bent: Floats, grid_x: Floats, grid_y: Floats, hits: int, residual: float
) -> Registration:
    """Return a registration from the homography and the movement at each node, mm."""
    nodes = np.stack(np.meshgrid(grid_x, grid_y), axis=2).reshape(-1, 2)
    moved = nodes + bent.reshape(-1, 2)
    px = [cv2.perspectiveTransform(points[None], coarse)[0] for points in (nodes, moved)]
    middle = np.array([[grid_x[-1] / 2, grid_y[-1] / 2]])
    steps = np.concatenate((middle, middle + (1.0, 0.0), middle + (0.0, 1.0)))[None]
    one, right, below = cv2.perspectiveTransform(steps, coarse)[0]
    scale = float(np.sqrt(np.linalg.norm(right - one) * np.linalg.norm(below - one)))
    return Registration(coarse, grid_x, grid_y, (px[1] - px[0]).reshape(bent.shape), hits, residual, scale)
