"""A page code that names another number of pages than its layout has is never read as that layout."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from omr.model.pagecode import PageId
from omr.pipeline.scan import _layout_of
from omr.read.identify import FoundCode


def test_a_code_with_another_number_of_pages_is_of_no_layout(layout):
    pages = len(layout.pages)
    named = PageId(layout.digest, layout.year, "K7M2-9QXA", 1, pages)
    known = {layout.digest: layout}
    assert _layout_of(FoundCode(named, np.zeros((4, 2))), known) is layout
    assert _layout_of(FoundCode(replace(named, pages=pages + 1), np.zeros((4, 2))), known) is None
    assert _layout_of(FoundCode(replace(named, digest="0" * 10), np.zeros((4, 2))), known) is None
