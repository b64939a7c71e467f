"""Squares → where every millimetre of the page lies on the scan.

One homography (skew, scale, perspective), then one displacement grid for what a paper feeder adds: slow
waves along its way. The grid's two columns stand at the two columns of squares; each is a smoothing
spline on its squares (P. H. C. Eilers, B. D. Marx, Statistical Science 11 (1996), doi 10.1214/ss/1038425655:
a penalty on second differences), the two tied to each other because a feeder moves both sides alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.model.arrays import Floats, middles
from omr.model.geometry import A4
from omr.model.layout import Page
from omr.model.pagecode import PageId
from omr.model.reading import Reason
from omr.model.registration import Registration
from omr.read.fiducials import Hits
from omr.settings import RegisterSettings


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a registration cannot be trusted; `detail` gives the numbers.

    nearly: the known page that it may be, though not surely.
    """

    reason: Reason
    detail: str
    nearly: PageId | None = None


def register(
    hits: Hits, page: Page, settings: RegisterSettings, *, photographed: bool = False
) -> Registration | Misfit:
    """Return the registration of `page`, or why it cannot be trusted.

    photographed: perspective is expected. Nothing is guessed: too few squares, or squares that do not agree
    among themselves, are a refusal.
    """
    fitted = _agreeing(hits, projective, settings) if photographed else _homography(hits, settings)
    if fitted is None:
        return Misfit(Reason.FIDUCIALS_MISSING, f"{len(hits.mm)}/{len(page.fiducials)}")
    homography, kept = fitted
    mm, px, left = hits.mm[kept], hits.px[kept], hits.left[kept]
    along, across = _scales(homography, page)
    if not 1 / settings.largest_stretch < along / across < settings.largest_stretch:
        return Misfit(Reason.WRONG_SCALE, f"{along / across:.3f}")
    centers = middles(page.fiducials)
    grid_x = np.unique(centers[:, 0].round(3))
    grid_y = np.unique(centers[:, 1].round(3))
    projected = cv2.perspectiveTransform(mm[None], homography)[0]
    columns, leave_one_out = _bend(mm[:, 1], left, px - projected, grid_y, settings)
    scale = (along * across) ** 0.5
    residual = float(np.percentile(np.linalg.norm(leave_one_out, axis=1), 95)) / scale
    if residual > settings.loosest:
        return Misfit(Reason.LOOSE_FIT, f"{residual:.2f} mm")
    return Registration(homography, grid_x, grid_y, columns, len(mm), residual, scale)


def outermost_squares(page: Page) -> NDArray[np.float64]:
    """Return the centres, mm, shape (4, 2), of the squares at the page's corners.

    Top left, top right, bottom right, bottom left.
    """
    centers = middles(page.fiducials)
    left = centers[:, 0] < centers[:, 0].mean()
    sides = [column[np.argsort(column[:, 1])] for column in (centers[left], centers[~left])]
    return np.array([sides[0][0], sides[1][0], sides[1][-1], sides[0][-1]])


def on_whole_image(
    shape: tuple[int, ...],
) -> tuple[tuple[NDArray[np.float64], NDArray[np.float64]], ...]:
    """Return the four ways a page may fill an image of shape (H, W): corners in px and in mm, (4, 2) each."""
    height, width = shape[:2]
    image = np.array([(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)])
    paper = np.array([(0.0, 0.0), (A4.width, 0.0), (A4.width, A4.height), (0.0, A4.height)])
    turns = (0, 2, 1, 3) if height >= width else (1, 3, 0, 2)
    return tuple((np.roll(image, turn, axis=0), paper) for turn in turns)


def by_corners(corners: NDArray[np.float64], page: Page) -> Registration:
    """Return the registration that the page's outermost squares give alone, placed by hand: shape (4, 2), px.

    Nothing vouches for it: it has no hits, and its residual is infinite.
    """
    mm = outermost_squares(page)
    homography = np.asarray(
        cv2.getPerspectiveTransform(mm.astype(np.float32), corners.astype(np.float32)), dtype=np.float64
    )
    along, across = _scales(homography, page)
    grid_x, grid_y = np.unique(mm[:, 0]), np.unique(mm[:, 1])
    still = np.zeros((len(grid_y), len(grid_x), 2))
    return Registration(homography, grid_x, grid_y, still, 0, float("inf"), (along * across) ** 0.5)


def _homography(
    hits: Hits, settings: RegisterSettings
) -> tuple[NDArray[np.float64], NDArray[np.bool_]] | None:
    """Return the map mm → px and which squares it believes; the worst is dropped until all agree.

    An affine map where it explains the squares (a scanner knows no perspective, and a homography would
    take a feeder's wave for one), else a homography (a photograph).
    """
    fitted = None
    for fit in (affine, projective):
        fitted = _agreeing(hits, fit, settings)
        if fitted is not None and fitted[1].sum() >= settings.believed * len(hits.mm):
            return fitted
    return fitted


def _agreeing(
    hits: Hits,
    fit: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]],
    settings: RegisterSettings,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]] | None:
    kept = np.ones(len(hits.mm), dtype=np.bool_)
    while _enough(hits.left[kept], settings):
        homography = fit(hits.mm[kept], hits.px[kept])
        error = np.linalg.norm(cv2.perspectiveTransform(hits.mm[None], homography)[0] - hits.px, axis=1)
        limit = settings.outlier * float(np.sqrt(abs(np.linalg.det(homography[:2, :2]))))
        error[~kept] = 0.0
        worst = int(np.argmax(error))
        if error[worst] <= limit:
            return homography, kept
        kept[worst] = False
    return None


def affine(mm: NDArray[np.float64], px: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the affine map mm → px of places, shape (N, 2) each, by least squares, shape (3, 3)."""
    middle_mm, middle_px = mm.mean(axis=0), px.mean(axis=0)
    apart = mm - middle_mm
    linear = np.linalg.solve(apart.T @ apart, apart.T @ (px - middle_px))
    homography = np.eye(3)
    homography[:2, :2], homography[:2, 2] = linear.T, middle_px - middle_mm @ linear
    return homography


def projective(mm: NDArray[np.float64], px: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the homography mm → px of places, shape (N, 2) each, by least squares, shape (3, 3)."""
    return np.asarray(cv2.findHomography(mm, px, 0)[0], dtype=np.float64)


def _enough(left: NDArray[np.bool_], settings: RegisterSettings) -> bool:
    sides = (int(left.sum()), int((~left).sum()))
    return sum(sides) >= settings.least_hits and min(sides) >= settings.least_side


def _scales(homography: NDArray[np.float64], page: Page) -> tuple[float, float]:
    """Return px per mm along and across the page, at its middle."""
    centers = middles(page.fiducials)
    middle = centers.mean(axis=0)
    steps = np.array([middle, middle + (1.0, 0.0), middle + (0.0, 1.0)])
    at = cv2.perspectiveTransform(steps[None], homography)[0]
    return float(np.linalg.norm(at[2] - at[0])), float(np.linalg.norm(at[1] - at[0]))


def _bend(
    y: NDArray[np.float64],
    left: NDArray[np.bool_],
    displaced: NDArray[np.float64],
    grid_y: NDArray[np.float64],
    settings: RegisterSettings,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the displacement grid, shape (R, 2, 2), and the leave-one-out errors, shape (N, 2), px.

    A linear smoother leaves each point out in closed form: error / (1 - its own leverage).
    """
    rows = len(grid_y)
    node = np.searchsorted(grid_y, y.round(3)) + np.where(left, 0, rows)
    picks = np.zeros((len(y), 2 * rows))
    picks[np.arange(len(y)), node] = 1.0
    normal = picks.T @ picks + _penalty(tuple(grid_y.tolist()), settings)
    inverse = np.linalg.inv(normal)
    solution = inverse @ picks.T @ displaced
    leverage = np.diag(picks @ inverse @ picks.T)
    errors = (displaced - picks @ solution) / (1 - leverage)[:, None]
    grid = np.stack((solution[:rows], solution[rows:]), axis=1)
    return grid, errors


@cache
def _penalty(grid_y: tuple[float, ...], settings: RegisterSettings) -> Floats:
    """Return the penalty matrix of both columns: their bending, and their difference."""
    rows = len(grid_y)
    step = np.diff(grid_y)
    mean = step.mean()
    bending = np.zeros((rows - 2, rows))
    for index in range(rows - 2):
        before, after = step[index] / mean, step[index + 1] / mean
        bending[index, index : index + 3] = (1 / before, -1 / before - 1 / after, 1 / after)
    one = settings.stiffness * bending.T @ bending
    tie = settings.twist * np.eye(rows)
    return np.block([[one + tie, -tie], [-tie, one + tie]])
