"""Two values stay known when an image is made smaller; few grays are not two."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from omr.imaging.levels import is_of_two_values


def page(values, seed=0):
    rng = np.random.default_rng(seed)
    image = np.full((800, 600), 255, np.uint8)
    for _line in range(60):
        x, y = rng.integers(0, 560), rng.integers(0, 780)
        image[y : y + 5, x : x + 37] = rng.choice(values)
    return image


def smaller(image, scale):
    return cv2.resize(image, None, fx=1 / scale, fy=1 / scale, interpolation=cv2.INTER_AREA)


@pytest.mark.parametrize("scale", [1, 2, 4])
def test_black_and_white_is_two_values_however_small(scale):
    assert is_of_two_values(smaller(page([0]), scale), scale)


@pytest.mark.parametrize("scale", [1, 2])
@pytest.mark.parametrize("values", [[0, 85, 170], [0, 17, 34, 119, 153]])
def test_a_few_grays_are_more_than_two_values(scale, values):
    assert not is_of_two_values(smaller(page(values), scale), scale)


def test_a_scan_of_gray_paper_has_more_than_two_values():
    grain = np.random.default_rng(1).normal(0, 2, (800, 600))
    assert not is_of_two_values(np.clip(page([30]) - 20 + grain, 0, 255).astype(np.uint8))
