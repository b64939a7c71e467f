"""By their ink, two scans of one sheet are told from the sheets of two people who tick alike."""

import pytest

from omr.pipeline import read_scan
from omr.read.ink import SAME_SHEET, same_ink

BOXES = ("q03.c1", "q08.c0", "q12.c1", "q20.c2")
HANDS = (
    ((0.3, -0.3), (-0.3, 0.3), (0.3, 0.3), (-0.3, -0.3)),
    ((-0.3, 0.3), (0.3, -0.3), (-0.3, -0.3), (0.3, 0.3)),
)
"""Where two people's ticks, of one shape, lie beside the middles of these boxes, mm."""


@pytest.fixture
def ink_of(make_paper):
    """The ink of a scan of one hand's sheet."""

    def ink(hand, angle, seed):
        paper = make_paper()
        for box, (dx, dy) in zip(BOXES, HANDS[hand], strict=True):
            paper.tick(box, dx=dx, dy=dy)
        (reading,) = read_scan(paper.scan(angle, seed=seed), {paper.layout.digest: paper.layout})
        return reading.ink

    return ink


def test_ticks_of_one_shape_at_other_places_of_the_same_boxes_are_another_sheet(ink_of):
    assert same_ink(ink_of(0, 0.0, 1), ink_of(1, 0.0, 2)) < SAME_SHEET


def test_a_sheet_scanned_again_askew_is_the_same(ink_of):
    assert same_ink(ink_of(0, 0.0, 1), ink_of(0, 1.3, 2)) >= SAME_SHEET
    assert same_ink(ink_of(0, 0.0, 1), ink_of(0, 180.7, 3)) >= SAME_SHEET
