"""The second generator writes every kind of file it says it writes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from bench.second.device import Device, save, scan

WHITE = np.full((3564, 2520), 0.82, np.float32)


@pytest.mark.parametrize(
    ("mode", "suffix"),
    [
        ("gray", "jpg"),
        ("gray", "pdf"),
        ("colour", "pdf"),
        ("threshold", "tif"),
        ("threshold", "pdf"),
        ("diffuse", "pdf"),
        ("diffuse", "png"),
    ],
)
def test_each_mode_is_written_and_can_be_opened(mode: str, suffix: str, tmp_path: Path) -> None:
    light = WHITE.copy()
    light[1000:1400, 1000:1400] = 0.04
    light = np.repeat(light[:, :, None], 3, axis=2) if mode == "colour" else light
    device = replace(Device(150), mode=mode, suffix=suffix)
    image, _ = scan(light, device, np.random.default_rng(1))
    files = save([image, image], tmp_path / "unit" / "scan", device)
    assert all(0 < file.stat().st_size <= 2_000_000 for file in files)
    if suffix == "pdf":
        document = pypdfium2.PdfDocument(files[0])
        assert len(document) == 2
        assert document[0].get_size() == pytest.approx((595.2, 841.9), abs=1.5)
        gray = document[0].render(scale=150 / 72, grayscale=True).to_numpy()
        document.close()
    else:
        with Image.open(files[0]) as opened:
            assert getattr(opened, "n_frames", 1) == (2 if suffix == "tif" else 1)
            assert opened.info["dpi"][0] == pytest.approx(150, abs=0.1)
            gray = np.array(opened.convert("L"))
    assert gray[550:640, 520:620].mean() < 90
    assert gray[1000:1200, 200:1000].mean() > 200
