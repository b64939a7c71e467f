"""A page on a photograph → its squares, and the page as a scanner would have seen it.

A scanner knows no perspective, so squares are sought there by maps that are too stiff for a photograph.
Here the page is laid flat roughly by its codes, its squares are sought on that, what is found lays it flat
less roughly, and so on. How well a page fits is judged by `register`, as of any other scan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import compress

import cv2
import numpy as np

from omr.imaging.warp import seen_through
from omr.model.arrays import Floats, Gray, middles
from omr.model.geometry import A4
from omr.model.layout import Page
from omr.model.registration import Registration, lying_flat
from omr.read.features import light_on, relit
from omr.read.fiducials import Hits, find_fiducials, hits_unseen
from omr.read.identify import FoundCode, places
from omr.read.matched import flattened
from omr.read.register import affine, projective
from omr.settings import FiducialSettings, PhotoSettings

_ROUNDS, _STEP = 8, 60.0
"""How often a page is laid flat at most, and how much further up or down from a single code, mm, squares are
sought each time: at the other end of a page seen from aside, a square stands where its neighbour should.
"""

_TWO, _EACH_SIDE = 2, 3
"""Squares needed on either side for a homography, and for perspective to be told from chance."""

_BOTH_CODES = 8
"""Corners of both codes: from one alone, the other end of the page would be anywhere."""


def squares_on_photo(
    image: Gray,
    codes: Sequence[FoundCode],
    page: Page,
    photo: PhotoSettings,
    settings: FiducialSettings,
) -> Hits:
    """Return the squares of `page` on a photograph, gray, shape (H, W): none where they cannot be found.

    codes: one of the page or both, as found on the image.
    """
    best = hits_unseen(image)
    for px, mm in _starts(codes, page, image.shape):
        hits = _grown(image, px, mm, page, photo, settings)
        if len(hits.mm) > len(best.mm):
            best = hits
    return best


def is_askew(hits: Hits, photo: PhotoSettings) -> bool:
    """True where squares lie as no scanner would see them: perspective explains what an affine map leaves."""
    if min(hits.left.sum(), (~hits.left).sum()) < _EACH_SIDE:
        return False
    scanned, seen = affine(hits.mm, hits.px), projective(hits.mm, hits.px)
    scale = float(np.sqrt(abs(np.linalg.det(scanned[:2, :2]))))
    left, less = (
        float(np.sqrt(((cv2.perspectiveTransform(hits.mm[None], each)[0] - hits.px) ** 2).sum(axis=1).mean()))
        for each in (scanned, seen)
    )
    return left > photo.scanner * scale and less < left / 2


def is_cut(shape: tuple[int, ...], page: Page, registration: Registration) -> bool:
    """True where some of the page's boxes lie beyond the edge of an image of `shape` (H, W)."""
    corners = registration.corners([box.area for box in page.boxes])
    return bool((corners < 0).any() or (corners > np.array(shape[1::-1]) - 1).any())


def laid_flat(image: Gray, registration: Registration, photo: PhotoSettings) -> tuple[Gray, Registration]:
    """Return the page as a scanner would have seen it, evenly lit, and where it lies on that."""
    shape = round(A4.height * photo.fine), round(A4.width * photo.fine)
    seen = flattened(image, registration, shape, photo.fine)
    return relit(seen, light_on(seen, photo.fine)), lying_flat(A4, photo.fine)


def squares_on_flat(image: Gray, page: Page, photo: PhotoSettings, settings: FiducialSettings) -> Hits:
    """Return the squares of a page that lies flat on an image that it fills."""
    corners = np.array([(corner.x, corner.y) for corner in page.codes[0].corners])
    return find_fiducials(image, page, lying_flat(A4, photo.fine).points(corners), corners, settings)


def _starts(codes: Sequence[FoundCode], page: Page, shape: tuple[int, int]) -> list[tuple[Floats, Floats]]:
    """Return from which places, px and mm, shape (N, 2), the page may be laid flat first."""
    printed = [np.array([(corner.x, corner.y) for corner in area.corners]) for area in page.codes]
    if len(codes) == len(printed) > 1:
        # The wrong way round they would be no page: no homography has both.
        both = np.concatenate([code.corners for code in codes])
        return [(both, np.concatenate(order)) for order in (printed, printed[::-1])]
    return [(place.px, place.mm) for place in places(codes[0], page, shape) if not place.mirrored]


def _grown(
    image: Gray, px: Floats, mm: Floats, page: Page, photo: PhotoSettings, settings: FiducialSettings
) -> Hits:
    """Return the squares found from places px ↔ mm, laying the page flat by more of them each time."""
    single = len(mm) < _BOTH_CODES
    hits = hits_unseen(image)
    settings = replace(settings, first_reach=photo.reach_single if single else photo.reach)
    flat = lying_flat(A4, photo.rough).homography
    size = round(A4.width * photo.rough), round(A4.height * photo.rough)
    away = np.abs(middles(page.fiducials)[:, 1] - mm[:, 1].mean())
    for number in range(1, _ROUNDS + 1):
        on_photo = _map(np.concatenate((mm, hits.mm)), np.concatenate((px, hits.px)), hits)
        onto = on_photo @ np.linalg.inv(flat)
        code = cv2.perspectiveTransform(px[None], np.linalg.inv(onto))[0]
        near = away <= (number * _STEP if single else np.inf)
        sought = replace(page, fiducials=tuple(compress(page.fiducials, near.tolist())))
        found = find_fiducials(seen_through(image, onto, size), sought, code, mm, settings)
        if near.all() and len(found.mm) <= len(hits.mm):
            break
        if not len(found.mm):
            continue
        on_left = found.mm[:, 0] < A4.width / 2
        hits = replace(found, px=cv2.perspectiveTransform(found.px[None], onto)[0], left=on_left)
    return hits


def _map(mm: Floats, px: Floats, hits: Hits) -> Floats:
    """Return the map mm → px of places, shape (3, 3); affine where they would leave perspective to chance."""
    sides = hits.left.sum(), (~hits.left).sum()
    if min(sides) >= _TWO or (not len(hits.mm) and len(mm) >= _BOTH_CODES):
        return projective(mm, px)
    return affine(mm, px)
