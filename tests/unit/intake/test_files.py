"""Pictures, TIFF stacks, folders, and files that are not what they seem."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import tempfile
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from omr.batch.remedies import remedy, remedy_of
from omr.errors import SourceError, UsageError
from omr.intake.discover import discover
from omr.intake.frames import HEIC, NO_SCAN, count_frames, open_source, scans
from omr.intake.inspect import inspect
from omr.model.reading import Reason, Rejection


def all_of(path):
    found = list(scans(open_source(path)))
    assert len(found) == count_frames(path)
    return found


def stack(path, images, **options):
    frames = [Image.fromarray(image) if isinstance(image, np.ndarray) else image for image in images]
    frames[0].save(path, save_all=True, append_images=frames[1:], **options)


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "jpeg", "tiff_deflate"])
def test_every_frame_of_a_gray_stack_is_read(tmp_path, page, likeness, compression):
    stack(tmp_path / "a.tif", [page, page[::-1].copy(), page], compression=compression, dpi=(300, 300))
    found = all_of(tmp_path / "a.tif")
    assert [scan.id.frame for scan in found] == [1, 2, 3]
    assert likeness(found[1].image, page[::-1]) > 0.99
    assert found[0].dpi == 300


@pytest.mark.parametrize("zero", [0, 1])
def test_one_bit_stacks_are_black_on_white_whatever_zero_means(tmp_path, page, likeness, zero):
    bits = Image.fromarray(page).convert("1", dither=Image.Dither.NONE)
    stack(tmp_path / "a.tif", [bits, bits], compression="group4", tiffinfo={262: zero})
    found = all_of(tmp_path / "a.tif")
    assert len(found) == 2
    assert set(np.unique(found[0].image)) == {0, 255}
    assert likeness(found[0].image, page) > 0.9


def test_a_stack_that_breaks_off_gives_its_frames_and_a_rejection(tmp_path, page):
    stack(tmp_path / "a.tif", [page] * 4, compression="tiff_lzw")
    data = (tmp_path / "a.tif").read_bytes()
    (tmp_path / "a.tif").write_bytes(data[: int(len(data) * 0.6)])
    found = all_of(tmp_path / "a.tif")
    reasons = [isinstance(each, Rejection) and each.reason for each in found]
    assert reasons[0] is False
    assert reasons[-1] is Reason.UNREADABLE


def test_exif_turns_a_jpeg(tmp_path, page, likeness):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter to the right
    Image.fromarray(np.rot90(page)).save(tmp_path / "a.jpg", exif=exif, quality=92)
    assert likeness(all_of(tmp_path / "a.jpg")[0].image, page) > 0.97


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "CMYK", "I;16", "1"])
def test_every_kind_of_picture_becomes_gray(tmp_path, page, likeness, mode):
    gray = Image.fromarray(page)
    if mode == "I;16":
        picture = Image.fromarray(page.astype(np.uint16) << 8)
    elif mode == "RGBA":
        picture = Image.fromarray(np.dstack([np.zeros_like(page)] * 3 + [255 - page]))
    else:
        picture = gray.convert(mode)
    name = tmp_path / ("a.jpg" if mode == "CMYK" else "a.png")
    picture.save(name)
    assert likeness(all_of(name)[0].image, page) > 0.9


@pytest.mark.parametrize("orientation", [3, 5, 6, 8])
@pytest.mark.parametrize("compression", ["raw", "tiff_lzw"])
def test_a_tiff_is_turned_as_it_says(tmp_path, page, likeness, orientation, compression):
    turned = {3: page[::-1, ::-1], 5: page.T, 6: np.rot90(page), 8: np.rot90(page, 3)}[orientation]
    picture = Image.fromarray(np.ascontiguousarray(turned))
    picture.save(tmp_path / "a.tif", compression=compression, tiffinfo={274: orientation})
    assert likeness(all_of(tmp_path / "a.tif")[0].image, page) > 0.99


def test_twelve_bits_of_sixteen_are_not_black(tmp_path, page, likeness):
    Image.fromarray(page.astype(np.uint16) << 4).save(tmp_path / "a.png")
    found = all_of(tmp_path / "a.png")[0].image
    assert found.max() > 200
    assert likeness(found, page) > 0.99


def test_samples_that_are_fractions_are_refused_and_never_blank(tmp_path, page):
    Image.fromarray(page.astype(np.float32) / 255).save(tmp_path / "a.tif")
    assert all_of(tmp_path / "a.tif")[0].reason is Reason.UNREADABLE


@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_a_cut_off_picture_is_refused_as_a_whole(tmp_path, page, suffix):
    path = tmp_path / f"a.{suffix}"
    Image.fromarray(page).save(path)
    path.write_bytes(path.read_bytes()[:-300])
    found = all_of(path)[0]
    assert found.reason is Reason.UNREADABLE


def test_a_giant_picture_is_refused_by_its_header(tmp_path):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100))
    (tmp_path / "a.png").write_bytes(png + chunk(b"IEND", b""))
    found = all_of(tmp_path / "a.png")[0]
    assert (found.reason, found.detail) == (Reason.TOO_LARGE, "30000 × 30000 px")


@pytest.mark.parametrize(
    ("name", "data"), [("a.pdf", b""), ("a.tif", b""), ("a.pdf", b"Bien ban hop chi bo\n" * 9)]
)
def test_a_file_that_is_no_scan_is_one_rejection(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    found = all_of(tmp_path / name)
    assert [each.reason for each in found] == [Reason.UNREADABLE]
    assert found[0].detail


def test_a_file_of_another_kind_is_told_from_a_damaged_one(tmp_path):
    (tmp_path / "a.png").write_bytes(b"GIF89a" + bytes(64))
    (tmp_path / "b.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    (other,), (damaged,) = all_of(tmp_path / "a.png"), all_of(tmp_path / "b.png")
    assert (other.detail, damaged.detail) == (NO_SCAN, "a damaged picture")
    assert "PNG" in remedy_of(other)
    assert remedy_of(damaged) == remedy(Reason.UNREADABLE)


def test_a_heic_photograph_is_found_and_refused_with_advice(tmp_path):
    """A phone's folder holds them beside its JPEG; passed over, people would vanish."""
    path = tmp_path / "IMG_0001.HEIC"
    path.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64))
    assert [found.path for found in discover([tmp_path]).files] == [path]
    (refused,) = all_of(path)
    assert (refused.reason, refused.detail) == (Reason.UNREADABLE, HEIC)
    assert "JPEG" in remedy_of(refused)
    assert "JPEG" not in remedy_of(replace(refused, detail="empty file"))
    with pytest.raises(SourceError, match=r"^IMG_0001\.HEIC .*HEIC"):
        inspect(path)


def test_names_lie_and_content_decides(tmp_path, page, jpeg):
    (tmp_path / "a.pdf").write_bytes(jpeg(page))
    assert all_of(tmp_path / "a.pdf")[0].image.shape == page.shape


def test_an_absurd_resolution_is_not_believed(tmp_path, page):
    Image.fromarray(page).save(tmp_path / "a.png", dpi=(1, 1))
    assert all_of(tmp_path / "a.png")[0].dpi is None


def test_folders_are_units_in_natural_order(tmp_path):
    for name in (
        "Chi bộ Ấp 10/trang 2.jpg",
        "Chi bộ Ấp 10/trang 10.jpg",
        "Chi bộ Ấp 2/sâu/a.PDF",
        "ghi chú.txt",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    found = discover([tmp_path])
    assert [(each.path.name, each.unit) for each in found.files] == [
        ("a.PDF", "sâu"),
        ("trang 2.jpg", "Chi bộ Ấp 10"),
        ("trang 10.jpg", "Chi bộ Ấp 10"),
    ]


def test_a_file_named_twice_is_read_once(tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"x")
    assert len(discover([tmp_path, tmp_path / "a.pdf"]).files) == 1


def test_a_path_that_does_not_exist_is_wrong_use(tmp_path):
    with pytest.raises(UsageError, match="missing"):
        discover([tmp_path / "missing"])


@pytest.fixture
def everyones_folder():
    """A folder that any user may look into, and the folders above it too; pytest's own are root's alone."""
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        yield Path(place)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_folder_without_permission_is_named_and_the_rest_goes_on(everyones_folder):
    (everyones_folder / "open").mkdir()
    (everyones_folder / "open" / "a.pdf").write_bytes(b"x")
    closed = everyones_folder / "closed"
    closed.mkdir()
    closed.chmod(0)
    script = (
        "import os, sys; from pathlib import Path; from omr.intake.discover import discover\n"
        "if os.getuid() == 0: os.setgid(65534); os.setuid(65534)\n"
        "found = discover([Path(sys.argv[1])]); print(len(found.files), found.problems)"
    )
    try:
        told = subprocess.run(
            [sys.executable, "-c", script, os.fspath(everyones_folder)],
            capture_output=True,
            text=True,
            check=True,
        )
    finally:
        closed.chmod(0o755)
    assert told.stdout.startswith("1 ")
    assert "closed" in told.stdout


def test_a_tiff_cut_off_within_its_first_directory_is_one_damaged_page_and_no_warning(tmp_path, page):
    Image.fromarray(page).save(tmp_path / "a.tif", compression="tiff_lzw")
    whole = (tmp_path / "a.tif").read_bytes()
    directory = int.from_bytes(whole[4:8], "little")
    (tmp_path / "a.tif").write_bytes(whole[: directory + 20])
    found = list(scans(open_source(tmp_path / "a.tif")))
    assert [each.reason for each in found] == [Reason.UNREADABLE]
