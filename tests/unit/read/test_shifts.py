import numpy as np

from omr.read.reference import _agreed
from omr.settings import DEFAULT

NOT_COVERED = np.zeros(80, dtype=np.bool_)


def boxes(rows, columns):
    y, x = np.mgrid[0:rows, 0:columns]
    return np.stack((50.0 + 12 * x.ravel(), 40.0 + 9 * y.ravel()), axis=1)


def test_a_wave_across_the_page_moves_a_column_and_is_followed():
    places = boxes(10, 8)
    shift = np.zeros((80, 2))
    column = places[:, 0] == 50.0
    shift[column, 0] = 0.45
    agreed, match = _agreed(shift, np.ones(80, dtype=np.float32), places, NOT_COVERED, DEFAULT.measure)
    assert np.allclose(agreed, shift)
    assert match.min() == 1.0


def test_a_box_alone_in_its_shift_was_not_found():
    places = boxes(10, 8)
    shift = np.zeros((80, 2))
    shift[37, 1] = 0.6
    agreed, match = _agreed(shift, np.ones(80, dtype=np.float32), places, NOT_COVERED, DEFAULT.measure)
    assert np.allclose(agreed, 0.0)
    assert np.flatnonzero(match == 0.0).tolist() == [37]


def test_a_weak_match_takes_its_neighbours_shift():
    places = boxes(10, 8)
    shift = np.full((80, 2), 0.2)
    match = np.ones(80, dtype=np.float32)
    shift[5], match[5] = -0.9, 0.1
    agreed, seen = _agreed(shift, match, places, NOT_COVERED, DEFAULT.measure)
    assert np.allclose(agreed, 0.2)
    assert seen[5] == np.float32(0.1)


def test_a_written_over_box_is_where_its_row_and_its_column_agree():
    places, covered = boxes(10, 8), NOT_COVERED.copy()
    shift, match = np.full((80, 2), 0.2), np.ones(80, dtype=np.float32)
    shift[[5, 37]], match[5] = 0.9, 0.1
    covered[[5, 37]] = True
    agreed, seen = _agreed(shift, match, places, covered, DEFAULT.measure)
    assert np.allclose(agreed, 0.2)
    assert seen.min() == 1.0


def test_a_written_over_box_is_not_found_where_row_and_column_differ():
    places, covered = boxes(10, 8), NOT_COVERED.copy()
    shift, match = np.zeros((80, 2)), np.ones(80, dtype=np.float32)
    shift[places[:, 0] == places[37, 0], 1] = 0.25
    shift[37] = 0.9
    covered[37] = True
    assert _agreed(shift, match, places, covered, DEFAULT.measure)[1][37] == 0.0
