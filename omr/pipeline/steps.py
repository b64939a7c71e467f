"""The steps of a page's path in their order: the path calls them here, so a clock may stand before each.

`bench.speed.stages` puts one there; nothing else changes what stands here.
"""

from __future__ import annotations

from omr.imaging.levels import is_of_two_values
from omr.read.beside import ink_beside
from omr.read.classify import classify, classify_bubbles, has_crumbs, is_loose, is_unclear
from omr.read.features import evened, light_on, paper_of, picture, relit, small
from omr.read.fiducials import find_fiducials, hits_unseen
from omr.read.grown import find_grown_code
from omr.read.identify import (
    distinct,
    find_code,
    find_codes,
    is_blank,
    is_blank_beside,
    is_dark,
    is_inverse,
    is_negative,
    is_stretched,
    lies_apart,
    other_page,
    places,
    room_beside,
)
from omr.read.ink import cut_fields, fingerprint, is_signed
from omr.read.known import index_of, index_of_pages, which
from omr.read.lines import lines_through
from omr.read.matched import has_slipped, is_shaded
from omr.read.measure import blank_boxes, measure
from omr.read.nulled import as_flat, beyond_blank, boxes_beyond_blank, is_astray, known_by_their_like
from omr.read.passing import is_no_mark
from omr.read.photographed import is_askew, is_cut, laid_flat, squares_on_flat, squares_on_photo
from omr.read.printedcodes import named_by, told_by
from omr.read.reference import find_boxes
from omr.read.register import by_corners, on_whole_image, outermost_squares, register
from omr.read.resolve import resolve
from omr.read.streaks import is_streak
from omr.read.strokes import without_foreign_ink

__all__ = [  # noqa: RUF022  (in the order of the path)
    # identify
    "find_code", "find_codes", "distinct", "is_negative", "is_inverse", "is_blank", "is_dark",
    "find_grown_code", "room_beside", "is_blank_beside", "places", "is_stretched", "lies_apart", "other_page",
    # find squares, register
    "find_fiducials", "hits_unseen", "register", "by_corners", "on_whole_image", "outermost_squares",
    # on a photograph
    "squares_on_photo", "is_askew", "is_cut", "laid_flat", "squares_on_flat",
    # without a code
    "index_of", "index_of_pages", "small", "evened", "which", "named_by", "told_by",
    "paper_of", "is_shaded", "light_on", "relit", "picture",
    "known_by_their_like", "boxes_beyond_blank", "beyond_blank", "as_flat",
    "is_astray", "has_slipped",
    # find boxes, measure
    "find_boxes", "blank_boxes", "measure", "is_unclear", "without_foreign_ink", "is_no_mark",
    "is_streak", "lines_through", "ink_beside",
    # classify, resolve
    "classify", "classify_bubbles", "is_loose", "has_crumbs", "is_of_two_values", "resolve",
    # fingerprint
    "cut_fields", "fingerprint", "is_signed",
]  # fmt: skip
