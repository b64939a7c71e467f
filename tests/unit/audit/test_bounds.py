"""The bounds are those of the books."""

from __future__ import annotations

from math import ceil

import pytest

from omr.audit.bounds import lower_bound, upper_bound


@pytest.mark.parametrize(
    ("trials", "percents"),
    [(60, (4.9, 7.7, 10.2)), (100, (3.0, 4.7, 6.2, 7.6, 9.0)), (200, (1.5, 2.4, 3.2, 3.9, 4.6))],
)
def test_upper_bounds_are_those_of_the_auditors_table(trials, percents):
    """AICPA, Audit Sampling, table A-3 (risk 5 %): rounded up to a tenth."""
    found = tuple(ceil(1000 * upper_bound(errors, trials)) / 10 for errors in range(len(percents)))
    assert found == percents


def test_without_an_error_the_bound_is_a_root():
    for trials in (1, 59, 300, 3000):
        assert upper_bound(0, trials) == pytest.approx(1 - 0.05 ** (1 / trials))


def test_nothing_tried_and_nothing_right_bound_nothing():
    assert upper_bound(0, 0) == upper_bound(7, 7) == 1.0


def test_the_lower_bound_mirrors_the_upper():
    for errors, trials in ((0, 10), (3, 10), (10, 10), (7, 200)):
        mirrored = 1 - upper_bound(trials - errors, trials)
        assert lower_bound(errors, trials) == pytest.approx(mirrored, abs=1e-9)
