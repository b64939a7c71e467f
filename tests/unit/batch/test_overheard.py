"""Pictures whose data is damaged in the middle: decoders fill the hole in and say so on stderr alone."""

import os
from io import BytesIO

import cv2
import numpy as np
import pytest
from PIL import Image

from omr.batch.engine import Reader, Task
from omr.intake.frames import open_source
from omr.model.reading import Reason, Rejection
from omr.settings import DEFAULT


@pytest.fixture(scope="module")
def page():
    """A page with print all over."""
    image = np.full((1100, 800), 240, np.uint8)
    for row in range(40):
        cv2.putText(
            image, f"phieu {row}", (40 + 9 * row, 40 + 26 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 20, 2
        )
    return image


def jpeg(page):
    return cv2.imencode(".jpg", page)[1].tobytes()


def fax(page):
    out = BytesIO()
    Image.fromarray(page > 128).save(out, "TIFF", compression="group4")
    return out.getvalue()


def with_hole(data):
    """A twentieth of a file written over, as on a stick that was pulled out too soon."""
    start, length = len(data) // 2, len(data) // 20
    return data[:start] + b"\x55" * length + data[start + length :]


def outcome(path):
    """What a worker makes of a file's one page."""
    (found,) = Reader({}, DEFAULT)(Task(open_source(path), 1, 1))
    return found


@pytest.mark.parametrize(("made", "suffix"), [(jpeg, "jpg"), (fax, "tif")])
def test_a_page_with_a_hole_in_its_data_is_refused(tmp_path, page, made, suffix):
    whole, holed = tmp_path / f"whole.{suffix}", tmp_path / f"holed.{suffix}"
    whole.write_bytes(made(page))
    holed.write_bytes(with_hole(made(page)))
    assert outcome(whole).reason is Reason.NO_PAGE_CODE  # looked at, and none of our forms
    refused = outcome(holed)
    assert isinstance(refused, Rejection)
    assert refused.reason is Reason.UNREADABLE
    assert outcome(whole).reason is Reason.NO_PAGE_CODE  # what was said of one page is not said of the next


def test_stderr_is_given_back(tmp_path, page, capfd):
    (tmp_path / "holed.jpg").write_bytes(with_hole(jpeg(page)))
    outcome(tmp_path / "holed.jpg")
    os.write(2, b"said afterwards")
    assert capfd.readouterr().err == "said afterwards"
