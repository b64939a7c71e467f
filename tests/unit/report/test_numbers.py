from __future__ import annotations

import pytest

from omr.report.numbers import count_text, percent, percent_text


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (0, 3, 0.0),
        (1, 3, 33.33),
        (2, 3, 66.67),
        (7, 34, 20.59),
        (1, 800, 0.13),
        (3, 800, 0.38),
        (5, 5, 100.0),
    ],
)
def test_percents_have_two_decimals_half_up(part, whole, expected):
    assert percent(part, whole) == expected


def test_a_share_of_nothing_is_none():
    assert percent(0, 0) is None


@pytest.mark.parametrize(
    ("count", "expected"), [(0, "0"), (999, "999"), (42500, "42.500"), (1234567, "1.234.567")]
)
def test_counts_have_a_dot_for_thousands(count, expected):
    assert count_text(count) == expected


def test_percents_have_a_decimal_comma():
    assert percent_text(20.59) == "20,59 %"
    assert percent_text(100.0) == "100,00 %"
