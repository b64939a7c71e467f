"""Scanners set to two values make gray of dots: boxes are as blank under them as on gray paper."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from omr.imaging.halftone import without_dots
from omr.intake.frames import open_source, scans


def paper(gray, grain):
    """Return paper with a box and a tick on it, 150 dpi."""
    image = np.full((800, 600), gray, np.float32)
    image[100:130, 100:103] = image[100:130, 127:130] = image[100:103, 100:130] = image[127:130, 100:130] = 20
    for step in range(20):
        image[125 - step, 105 + step : 108 + step] = 90
    image += np.random.default_rng(3).normal(0, grain, image.shape)
    return np.clip(image, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("gray", [200, 225, 240])
def test_dots_become_gray_again(gray):
    dotted = np.array(Image.fromarray(paper(gray, 2.0)).convert("1").convert("L"))
    smooth = without_dots(dotted)
    blank = smooth[300:700, 100:500]
    assert dotted[300:700, 100:500].min() == 0
    assert blank.min() > gray - 60
    assert abs(float(blank.mean()) - gray) < 3
    assert smooth[115, 101] < gray - 90


@pytest.mark.parametrize("grain", [0.0, 3.0, 5.0])
def test_grainy_paper_is_left_as_it_is(grain):
    image = paper(235, grain)
    assert without_dots(image) is image


def test_a_page_full_of_print_is_left_as_it_is():
    image = np.full((800, 600), 250, np.uint8)
    image[::8] = 0
    image[100:700:8, :300] = 250
    assert without_dots(image[:, :].copy()).tolist() == image.tolist()


def test_a_picture_is_left_as_it_is():
    picture = np.random.default_rng(0).integers(0, 255, (800, 600), np.uint8)
    assert without_dots(picture) is picture


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (30, 30)])
def test_the_smallest_image_is_no_trouble(shape):
    assert without_dots(np.zeros(shape, np.uint8)).shape == shape


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_a_scan_comes_without_dots(tmp_path, suffix):
    path = tmp_path / f"dotted.{suffix}"
    Image.fromarray(paper(225, 2.0)).convert("1").save(path, dpi=(150, 150))
    (scan,) = scans(open_source(path))
    assert scan.image[300:700, 100:500].min() > 165
