"""Which known pages a scan resembles, and how it lies on them, by the darkness of its rows and columns.

For a page that fills its scan, as a scanner gives it: turned by quarters, a little askew, a little shrunk.
A table's rows and a text's lines are what a form is told by at a glance: sums along the paper's sides are
compared at every scale and shift at once, and the few pages that come out best by a small picture. What lies
otherwise, a photograph, is found by its features, at five times the cost.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from omr.model.arrays import Floats, Gray, Singles, gray, singles
from omr.model.geometry import SizeMm
from omr.settings import ResembleSettings

_SIDE = 200
"""Samples along a page's longer side: 1.5 mm each on A4, half a row of text."""

_SHORT = 160
"""Samples kept along its shorter side, the page in their middle."""

_CONTRAST = 15
"""Samples around which what is common to them all is taken off: a table's shade, a dark margin."""


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """What P pages are compared by: profiles, shapes (P, _SIDE) and (P, _SHORT), pictures, paper sizes.

    A page that is wider than high lies on its side in them. Pictures: darkness 0..255, 28 kB each.
    halves: the same at half the samples, as they are compared first. pairs: correlation of each picture with
    each, shape (P, P), 0 where papers differ.
    """

    long: Singles
    short: Singles
    pictures: tuple[Gray, ...]
    halves: tuple[Singles, ...]
    pairs: Singles
    sizes: tuple[SizeMm, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Likely:
    """A page that a scan may show: its number, its map mm → px, shape (3, 3), how alike they are, 0..1."""

    page: int
    coarse: Floats
    alike: float


def looks_of(blanks: Iterable[Gray], sizes: Sequence[SizeMm]) -> Looks:
    """Return what blank pages, 255 paper … 0 print, of these sizes are compared by."""
    pictures = tuple(_dark(_upright(blank)[0]) for blank in blanks)
    long = [each.mean(axis=1) for each in pictures]
    short = [_sampled(each.mean(axis=0), _SHORT, np.ones(1), np.zeros(1))[0, 0] for each in pictures]
    return Looks(
        _contrasted(long, _SIDE), _contrasted(short, _SHORT), pictures,
        tuple(_halved(_contrasted_picture(each)) for each in pictures), _correlated(pictures), tuple(sizes),
    )  # fmt: skip


def resembling(small: Gray, known: Looks, settings: ResembleSettings) -> list[Likely]:
    """Return the pages that a small scan with its light evened resembles, the likeliest first.

    Those alone that may be the one: others as alike as it to within `rival`; none where nothing is alike.
    """
    if not known.sizes:
        return []
    upright, back = _upright(small)
    straight, turned = _straightened(_dark(upright), settings)
    back = back @ _enlarged(len(upright) / _SIDE) @ turned
    seen = _contrasted_picture(straight)
    likely = _likeliest(seen, _poses(straight, known, settings), known, settings.settled)
    best = [
        (page, *_laid(pose, seen, _contrasted_picture(known.pictures[page]), _PLAY)) for page, pose in likely
    ]
    enough = max(settings.least, max(alike for _page, alike, _pose in best) - settings.rival)
    found = [_settled(page, pose, seen, back, known) for page, alike, pose in best if alike >= enough]
    found.sort(key=lambda each: -each.alike)
    return [each for each in found if each.alike > found[0].alike - settings.rival]


def alike_pages(known: Looks, page: int, least: float) -> list[int]:
    """Return the pages whose pictures correlate with that of `page` by `least`, 0..1, or more, without it."""
    return [other for other in np.flatnonzero(known.pairs[page] >= least).tolist() if other != page]


def _correlated(pictures: Sequence[Gray]) -> Singles:
    """Return the correlation of each picture with each, shape (P, P), 0 where shapes differ."""
    found = np.zeros((len(pictures), len(pictures)), dtype=np.float32)
    for shape in {each.shape for each in pictures}:
        same = np.array([at for at, each in enumerate(pictures) if each.shape == shape])
        rows = np.stack([pictures[at].ravel() for at in same]).astype(np.float32)
        rows -= rows.mean(axis=1, keepdims=True)
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
        pairs = cv2.gemm(rows, rows, 1.0, np.empty(0), 0.0, flags=cv2.GEMM_2_T)
        found[np.ix_(same, same)] = pairs
    return singles(found)


def _likeliest(
    seen: Singles, poses: Iterable[tuple[int, Floats]], known: Looks, count: int
) -> list[tuple[int, Floats]]:
    """Return the `count` pages, each with its pose, that are the most alike at half the samples."""
    rough, twice = _halved(seen), _enlarged(2.0)
    once = np.linalg.inv(twice)
    laid = (
        (_laid(once @ pose @ twice, rough, known.halves[page], _PLAY // 2)[0], page, pose)
        for page, pose in poses
    )
    return [(page, pose) for _alike, page, pose in heapq.nlargest(count, laid, key=lambda each: each[0])]


def _poses(straight: Gray, known: Looks, settings: ResembleSettings) -> Iterator[tuple[int, Floats]]:
    """Yield the pages likeliest by their profiles, each with its map to the samples of `straight`.

    From the samples of its picture, shape (3, 3).
    """
    alike, lags = _compared(straight, known, settings)
    likeliest = np.argsort(-alike.max(axis=(1, 2)), kind="stable")[: settings.pictured]
    for page in likeliest.tolist():
        end, scale = np.unravel_index(int(alike[page].argmax()), alike[page].shape)
        grown = settings.scales[int(scale)] * (-1.0 if end else 1.0)
        pose = np.diag((grown, grown, 1.0))
        pose[:2, 2] = lags[:, page, end, scale] + (np.array(straight.shape[::-1]) - 1) / 2
        yield page, pose @ _moved(-(np.array(known.pictures[page].shape[::-1]) - 1) / 2)


def _upright(image: Gray) -> tuple[Gray, Floats]:
    """Return an image with its longer side upright, and the map from its px to the image's, shape (3, 3)."""
    if image.shape[0] >= image.shape[1]:
        return image, np.eye(3)
    back = np.array([[0.0, -1.0, image.shape[1] - 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    return np.ascontiguousarray(np.rot90(image)), back


def _dark(upright: Gray) -> Gray:
    """Return how dark a page is, 0 paper … 255 print, `_SIDE` samples along its longer side."""
    size = max(1, round(upright.shape[1] * _SIDE / upright.shape[0])), _SIDE
    return gray(cv2.bitwise_not(cv2.resize(upright, size, interpolation=cv2.INTER_AREA)))


def _enlarged(factor: float) -> Floats:
    """Return the map from samples to the pixels of an image `factor` times as large, shape (3, 3)."""
    # A pixel's centre is its whole number.
    middle = (factor - 1) / 2
    return np.array([[factor, 0.0, middle], [0.0, factor, middle], [0.0, 0.0, 1.0]])


def _straightened(dark: Gray, settings: ResembleSettings) -> tuple[Gray, Floats]:
    """Return a page turned so that its rows lie straight, and the map from its samples back, shape (3, 3)."""
    # Blurred first: turning blurs, and what is not turned would look the sharpest.
    soft = singles(cv2.GaussianBlur(dark, (0, 0), 0.8).astype(np.float32))
    angle = max(np.arange(-settings.steepest, settings.steepest + 0.1, 0.4), key=lambda at: _sharp(soft, at))
    angle = max(angle + np.arange(-0.3, 0.31, 0.1), key=lambda at: _sharp(soft, at))
    turn = _turn(dark.shape, float(angle))
    straight = gray(cv2.warpAffine(dark, turn, dark.shape[::-1]))
    return straight, np.vstack((cv2.invertAffineTransform(turn), (0.0, 0.0, 1.0)))


def _turn(shape: tuple[int, ...], angle: float) -> Floats:
    return np.asarray(cv2.getRotationMatrix2D(((shape[1] - 1) / 2, (shape[0] - 1) / 2), angle, 1.0))


def _sharp(dark: Singles, angle: float) -> float:
    """Return how sharply rows and columns alternate once a page is turned by `angle` degrees."""
    turned = singles(cv2.warpAffine(dark, _turn(dark.shape, angle), dark.shape[::-1]))
    sums = (cv2.reduce(turned, axis, cv2.REDUCE_SUM).ravel() for axis in (0, 1))
    return sum(float(np.square(np.diff(each)).sum()) for each in sums)


def _compared(straight: Gray, known: Looks, settings: ResembleSettings) -> tuple[Singles, Floats]:
    """Return how alike each page is, either way up at each scale, shape (P, 2, S), and its shift then.

    The shift in samples, x and y, shape (2, P, 2, S).
    """
    lags = np.arange(-settings.shift, settings.shift + 1.0)
    alike, best = [], []
    for axis, pages in ((0, known.short), (1, known.long)):
        profile = straight.mean(axis=axis)
        scales = np.concatenate((settings.scales, -np.array(settings.scales)))
        tried = _sampled(profile, pages.shape[1], scales, lags)
        tried = _contrasted(tried.reshape(-1, pages.shape[1]), pages.shape[1])
        score = cv2.gemm(pages, tried, 1.0, np.empty(0), 0.0, flags=cv2.GEMM_2_T)
        score = score.reshape(len(pages), 2, len(settings.scales), len(lags))
        alike.append(score.max(axis=3))
        best.append(lags[score.argmax(axis=3)])
    return singles(alike[0] + alike[1]), np.stack(best)


def _sampled(profile: Singles, length: int, scales: Floats, lags: Floats) -> Singles:
    """Return a profile about its middle at each scale and shift, shape (S, L, length), 0 beyond its ends.

    A scale below 0 turns it round.
    """
    steps = (np.arange(length) - (length - 1) / 2)[None, None, :] * scales[:, None, None]
    at = (steps + lags[None, :, None] + (len(profile) - 1) / 2).astype(np.float32).reshape(len(scales), -1)
    sampled = cv2.remap(
        profile[None].astype(np.float32), at, np.zeros_like(at), cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT, borderValue=0,
    )  # fmt: skip
    return singles(sampled).reshape(len(scales), len(lags), length)


def _contrasted(profiles: Sequence[Singles] | Singles, length: int) -> Singles:
    """Return profiles without what changes slowly, each of norm 1, shape (N, length)."""
    rows = np.asarray(profiles, dtype=np.float32).reshape(-1, length)
    if not len(rows):
        return singles(rows)
    rows = rows - cv2.blur(rows, (_CONTRAST, 1), borderType=cv2.BORDER_REPLICATE)
    return singles(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6))


def _contrasted_picture(dark: Gray) -> Singles:
    # A thin rule that falls between two samples is as dark as one that meets one.
    fine = cv2.GaussianBlur(dark.astype(np.float32), (0, 0), 1.0)
    return singles(fine - cv2.blur(fine, (_CONTRAST, _CONTRAST)))


def _halved(picture: Singles) -> Singles:
    """Return a picture at half the samples each way."""
    high, wide = picture.shape[0] // 2, picture.shape[1] // 2
    even = picture[: 2 * high, : 2 * wide]
    return singles(cv2.resize(even, (wide, high), interpolation=cv2.INTER_AREA))


def _laid(pose: Floats, seen: Singles, picture: Singles, play: int) -> tuple[float, Floats]:
    """Return how like a picture a scan is where it is laid on it, to within `play` samples, and that pose."""
    laid = cv2.warpAffine(seen, pose[:2], picture.shape[::-1], flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    wide = cv2.copyMakeBorder(laid, *(play,) * 4, cv2.BORDER_CONSTANT, value=0)
    score = cv2.matchTemplate(wide, picture, cv2.TM_CCOEFF_NORMED)
    _low, most, _where, (across, down) = cv2.minMaxLoc(score)
    return float(most), pose @ _moved(np.array((across - play, down - play)))


_PLAY = 20
"""Samples by which the best shift of the profiles may err: rows of a table look alike, five of bubbles."""


def _settled(page: int, pose: Floats, seen: Singles, back: Floats, known: Looks) -> Likely:
    """Return a page laid where it is most alike: turned, sheared and stretched a little more.

    By the enhanced correlation coefficient (G. D. Evangelidis, E. Z. Psarakis, IEEE TPAMI 30 (2008),
    doi 10.1109/TPAMI.2008.113).
    """
    picture = _contrasted_picture(known.pictures[page])
    enough = (cv2.TERM_CRITERIA_COUNT + cv2.TERM_CRITERIA_EPS, _STEPS, 1e-4)
    start = pose[:2].astype(np.float32)
    try:
        alike, found = cv2.findTransformECC(picture, seen, start, cv2.MOTION_AFFINE, enough)
    except cv2.error:
        # Nothing of the page meets anything on the scan.
        alike, found = 0.0, start
    exact = np.vstack((found, (0.0, 0.0, 1.0))).astype(np.float64)
    return Likely(page, back @ exact @ _on_samples(known.sizes[page]), float(alike))


_STEPS = 30
"""Steps to the most alike place; most pages need ten."""


def _moved(by: Floats) -> Floats:
    return np.array([[1.0, 0.0, by[0]], [0.0, 1.0, by[1]], [0.0, 0.0, 1.0]])


def _on_samples(size: SizeMm) -> Floats:
    """Return the map from a page's mm to the samples of its picture, shape (3, 3)."""
    long = max(size.width, size.height)
    grid = np.array([[_SIDE / long, 0.0, -0.5], [0.0, _SIDE / long, -0.5], [0.0, 0.0, 1.0]])
    if size.width <= size.height:
        return grid
    aside: Floats = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, size.width], [0.0, 0.0, 1.0]])
    return np.asarray(grid @ aside, dtype=np.float64)
