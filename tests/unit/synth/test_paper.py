"""Paper and scanner faults one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from omr.model.geometry import RectMm
from omr.synth import paper
from omr.synth.profiles import CLEAN, OFFICE, WORN, OneBit
from omr.synth.scanner import feed, scan, some_device

K = 100 / 25.4
SHAPE = (1169, 827)
SIZE = (210.0, 297.0)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(4)


@pytest.fixture
def page() -> np.ndarray:
    """White with a black block in the middle and a thin line."""
    image = np.full(SHAPE, 255, np.uint8)
    image[500:600, 300:500] = 0
    image[700, 100:700] = 90
    return image


def test_a_photocopy_is_black_and_white_and_thicker(page, rng):
    copied = paper.photocopy(page, K, (0.3, 0.3), rng)
    assert (copied < 128).sum() > (page < 90).sum()
    gray = (copied > 60) & (copied < 200)
    assert gray.mean() < 0.01


@pytest.mark.parametrize("count", [0, 200])
def test_specks_are_small_and_as_many_as_asked(count, rng):
    white = np.full(SHAPE, 255, np.uint8)
    soiled = paper.specks(white, K, count, rng)
    assert (white == 255).all()
    dirty = (soiled < 250).sum()
    assert dirty == 0 if count == 0 else count / 2 < dirty < count * 10


def test_a_fold_runs_across_the_page_and_hides_nothing(page, rng):
    folded = paper.fold(page, K, (0.15, 0.15), rng)
    changed = folded < 0.97 * page
    assert max(changed.any(axis=0).mean(), changed.any(axis=1).mean()) > 0.95
    assert folded[page == 255].min() > 180


def test_the_back_shows_the_front_mirrored(page):
    white = np.full(SHAPE, 255, np.uint8)
    shown = paper.show_through(white, page, K, 0.1)
    assert shown[550, SHAPE[1] - 400] == pytest.approx(255 * 0.9, abs=2)
    assert shown[550, 50] == 255


def test_holes_are_punched_at_the_left_edge(rng):
    holed = paper.punch(np.full(SHAPE, 255, np.uint8), K, 40, rng)
    rows, columns = np.nonzero(holed < 100)
    assert columns.max() < 18 * K
    assert np.ptp(rows) == pytest.approx(86 * K, abs=2 * K)


def test_a_seal_is_gray_and_near_its_area(rng):
    area = RectMm(107.0, 142.0, 76.0, 22.0)
    stamped = paper.stamp(np.full(SHAPE, 255, np.uint8), K, area, rng)
    rows, columns = np.nonzero(stamped < 250)
    assert stamped.min() > 60
    assert abs(columns.mean() / K - (area.x + area.width / 3)) < 6
    assert abs(rows.mean() / K - area.center.y) < 6


def test_one_corner_is_torn_off(rng):
    torn = paper.tear(np.full(SHAPE, 255, np.uint8), K, (30.0, 30.0), 7, rng)
    corners = [torn[0, 0], torn[0, -1], torn[-1, 0], torn[-1, -1]]
    assert sorted(value == 7 for value in corners) == [False, False, False, True]
    assert (torn == 7).mean() == pytest.approx(450 / (210 * 297), rel=0.15)


def test_moving_a_page_moves_its_places(page):
    matrix = np.array(((1.0, 0.0, 2.54), (0.0, 1.0, -5.08)))
    moved = paper.moved(page, K, matrix)
    assert np.array_equal(moved[480:580, 310:510], page[500:600, 300:500])


def test_places_on_the_scan_lead_back_to_the_paper(rng):
    scanner = replace(WORN.scanner, wobble=(0.5, 0.5), sideways=(0.3, 0.3))
    for _page in range(20):
        movement = feed(some_device(scanner, rng), scanner, SIZE, rng)
        places = rng.uniform(0, SIZE, (50, 2))
        assert np.abs(movement.paper(movement.scan(places)) - places).max() < 1e-3


def test_a_feed_stays_within_its_profile(rng):
    for _page in range(30):
        movement = feed(some_device(WORN.scanner, rng), WORN.scanner, SIZE, rng)
        skew = np.degrees(np.arctan2(movement.matrix[0, 1], movement.matrix[0, 0]))
        assert abs(skew) <= WORN.scanner.skew + 1e-6
        assert np.abs(movement.paper(np.array([[105.0, 148.5]])) - (105.0, 148.5)).max() < 5.0


def test_a_perfect_scanner_changes_nothing_but_the_tone(page, rng):
    perfect = replace(CLEAN.scanner, skew=0.0, offset=0.0, blur=(0.0, 0.0), noise=(0.0, 0.0),
                      white=(255.0, 255.0), black=(0.0, 0.0))  # fmt: skip
    device = some_device(perfect, rng)
    seen = scan(page, K, device, feed(device, perfect, (SHAPE[1] / K, SHAPE[0] / K), rng), rng)
    assert np.abs(seen.astype(int) - page).max() <= 3


@pytest.mark.parametrize("kind", [OneBit.GLOBAL, OneBit.ADAPTIVE])
def test_two_values_keep_print_and_drop_paper(page, rng, kind):
    scanner = replace(OFFICE.scanner, skew=0.0, offset=0.0, onebit=((kind, 1.0),))
    device = some_device(scanner, rng)
    seen = scan(page, K, device, feed(device, scanner, SIZE, rng), rng)
    assert set(np.unique(seen)) == {0, 255}
    assert (seen[200:450, 100:700] == 255).mean() > 0.999
    edge = seen[515:585, 315:330]
    assert (edge == 0).mean() > 0.99


def test_streaks_run_along_the_feed(rng):
    scanner = replace(CLEAN.scanner, streaks=(2.0, 2.0), streak_depth=(0.3, 0.3), noise=(0.0, 0.0))
    device = some_device(scanner, rng)
    white = np.full(SHAPE, 255, np.uint8)
    seen = scan(white, K, device, feed(device, scanner, SIZE, rng), rng)
    dark = (seen < 200).mean(axis=0)
    assert 1 <= (dark > 0.95).sum() <= 4
    assert (dark > 0.01).sum() < 12
