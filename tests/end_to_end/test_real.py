"""Real boxes marked by real people, where they are at hand; they belong to their sources (see there)."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.real import read

REAL = Path(__file__).parents[3] / "shared" / "real"


@pytest.mark.skipif(not REAL.is_dir(), reason="the real pages are not at hand")
@pytest.mark.parametrize(
    ("name", "least", "asked"), [("pen-boxes", 1000, 0.01), ("bubble-sheet", 29_000, 0.005)]
)
def test_real_marks_are_read_without_silent_error(name, least, asked):
    boxes = list(read(REAL / name))
    assert [box.name for box in boxes if box.silent] == []
    assert len(boxes) > least
    assert sum(box.asked for box in boxes) <= asked * len(boxes)
