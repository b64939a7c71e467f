"""Files: what is written reads back, frame by frame, and the same frames give the same bytes."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from omr.synth.stack import Format, Picture, write_stack


def pictures(*, onebit: bool = False) -> list[Picture]:
    rng = np.random.default_rng(1)
    images = []
    for shape in ((300, 210), (210, 300), (300, 210)):
        image = np.full(shape, 255, np.uint8)
        image[40:80, 30:90] = 0
        image[100:200, 50:100] = np.where(rng.random((100, 50)) < 0.3, 0, 255)
        images.append(image if onebit else np.clip(image, 30, 240).astype(np.uint8))
    return [Picture(image, 100, onebit=onebit, quality=90) for image in images]


def written(folder: Path, kind: Format, *, onebit: bool) -> list[tuple[str, int]]:
    folder.mkdir()
    return [(place.file, place.frame) for place in write_stack(folder, pictures(onebit=onebit), kind)]


def read(path: Path, frame: int) -> np.ndarray:
    if path.suffix == ".pdf":
        with pypdfium2.PdfDocument(path.read_bytes()) as document:
            page = document[frame - 1]
            (scan,) = page.get_objects()
            wide, high = page.get_size()
            samples = scan.get_bitmap(render=False).to_pil().convert("L")
            assert (wide, high) == pytest.approx([size * 0.72 for size in samples.size], abs=0.01)
            return np.array(samples)
    with Image.open(io.BytesIO(path.read_bytes())) as image:
        image.seek(frame - 1)
        assert image.info["dpi"][0] == pytest.approx(100, abs=0.5)
        return np.array(image.convert("L"))


@pytest.mark.parametrize("onebit", [False, True])
@pytest.mark.parametrize(
    ("kind", "places"),
    [
        (Format.PDF, [("stack.pdf", 1), ("stack.pdf", 2), ("stack.pdf", 3)]),
        (Format.TIFF, [("stack.tif", 1), ("stack.tif", 2), ("stack.tif", 3)]),
        (Format.JPEG, [("0001.jpg", 1), ("0002.jpg", 1), ("0003.jpg", 1)]),
        (Format.PNG, [("0001.png", 1), ("0002.png", 1), ("0003.png", 1)]),
    ],
)
def test_frames_read_back_in_order(tmp_path: Path, kind: Format, places, *, onebit: bool):
    assert written(tmp_path / "a", kind, onebit=onebit) == places
    lossless = kind is Format.PNG or (onebit and kind is not Format.JPEG)
    for (name, frame), picture in zip(places, pictures(onebit=onebit), strict=True):
        found = read(tmp_path / "a" / name, frame).astype(int)
        assert found.shape == picture.image.shape
        far = np.abs(found - picture.image)
        assert far.max() == 0 if lossless else far.mean() < 6


@pytest.mark.parametrize("kind", Format)
def test_the_same_frames_give_the_same_bytes(tmp_path: Path, kind: Format):
    for folder in ("a", "b"):
        written(tmp_path / folder, kind, onebit=False)
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert names
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_two_valued_pages_are_small(tmp_path: Path):
    written(tmp_path / "gray", Format.PDF, onebit=False)
    written(tmp_path / "fax", Format.PDF, onebit=True)
    assert (tmp_path / "fax" / "stack.pdf").stat().st_size < (tmp_path / "gray" / "stack.pdf").stat().st_size
