import cv2
import numpy as np
import pytest
from PIL import Image

from omr.intake.frames import open_source, reduction, scans
from omr.model.registration import Registration


@pytest.mark.parametrize(
    ("size", "dpi", "factor"),
    [
        ((2480, 3508), 300, 2),
        ((2480, 3508), None, 2),
        ((1654, 2339), 200, 1),
        ((2339, 3307), 200, 1),  # A3 at 200 dpi has as many pixels as A4 at 300
        ((4960, 7016), 600, 4),
        ((1240, 1754), 300, 1),
    ],
)
def test_frames_are_made_smaller_only_as_far_as_reading_allows(size, dpi, factor):
    assert reduction(*size, dpi) == factor


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif"])
def test_a_small_scan_gives_its_full_frame(tmp_path, suffix):
    page = np.full((3507, 2481), 255, np.uint8)
    cv2.circle(page, (1200, 800), 300, 40, -1)
    Image.fromarray(page).save(tmp_path / f"a.{suffix}", dpi=(300, 300))
    (scan,) = scans(open_source(tmp_path / f"a.{suffix}"), small=True)
    assert scan.scale == 2
    assert abs(scan.image.shape[0] - 3507 / 2) <= 1
    full = scan.full()
    assert full.shape == page.shape
    # A pixel of the small image lies in the middle of its block of the full one.
    assert abs(float(scan.image[400, 600]) - float(full[801, 1201])) < 4
    (whole,) = scans(open_source(tmp_path / f"a.{suffix}"))
    assert whole.scale == 1
    assert whole.full is None


def test_a_registration_enlarged_points_to_the_same_place():
    small = Registration(
        homography=np.array([[5.9, 0.1, 20.0], [-0.1, 5.9, 30.0], [0.0, 0.0, 1.0]]),
        grid_x=np.array([0.0, 210.0]),
        grid_y=np.array([0.0, 297.0]),
        displacement=np.full((2, 2, 2), 0.5),
        hits=20,
        residual_mm=0.1,
        px_per_mm=5.9,
    )
    places = np.array([[10.0, 20.0], [100.0, 200.0]])
    # Centre of a small pixel: (x + 0.5) * 2 - 0.5 in the large image.
    assert np.allclose(small.enlarged(2).points(places), small.points(places) * 2 + 0.5)


@pytest.mark.parametrize(
    ("size", "dpi", "orientation"), [((2481, 3507), 300, 1), ((2481, 3507), 300, 6), ((4963, 7019), 600, 1)]
)
def test_a_page_of_two_values_is_made_smaller_in_bands_as_it_would_be_whole(tmp_path, size, dpi, orientation):
    samples = np.random.default_rng(1).random(size[::-1]) > 0.002
    page = Image.fromarray(samples)
    page.save(tmp_path / "a.tif", compression="group4", dpi=(dpi, dpi), tiffinfo={274: orientation})
    (scan,) = scans(open_source(tmp_path / "a.tif"), small=True)
    height, width = (length // scan.scale for length in scan.full().shape)
    whole = scan.full()[: height * scan.scale, : width * scan.scale]
    expected = cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA)
    assert scan.scale == dpi // 150
    assert np.array_equal(scan.image, expected)
