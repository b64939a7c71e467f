"""A folder of damaged files: each is named with its reason, and the good page among them is read."""

from __future__ import annotations

import csv
import os
import shutil
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

OMR = (sys.executable, "-c", "import omr.cli; omr.cli.main()")


def run(*arguments, **more):
    return subprocess.run(
        [*OMR, *map(str, arguments), "--lang", "en"], capture_output=True, text=True, check=False, **more
    )


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def good(tmp_path_factory):
    """One sheet of the smallest form, as a PDF."""
    folder = tmp_path_factory.mktemp("good")
    done = run("synth", "nghean-so-tay", "--sheets", 1, "--seed", 3, "-o", folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def folder(good, tmp_path):
    scans = tmp_path / "scans" / "CB-01"
    scans.mkdir(parents=True)
    shutil.copyfile(good / "scans" / "CB-01" / "stack.pdf", scans / "tốt đẹp.pdf")
    shutil.copyfile(good / "omr.db", tmp_path / "omr.db")
    return tmp_path


def giant_png(path):
    """A picture of 30,000 × 30,000 px, told by its header; its pixels are not there to be decoded."""
    chunks = (
        b"IHDR" + struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0),
        b"IDAT" + zlib.compress(b"\0" * 100),
        b"IEND",
    )
    body = b"".join(struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in chunks)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)


def grainy(path, **more):
    noise = np.random.default_rng(0).integers(0, 255, (800, 600), np.uint8)
    Image.fromarray(noise).save(path, **more)


def cut(path, share):
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])


def test_every_damaged_file_is_named_and_the_good_one_is_read(folder):
    scans = folder / "scans" / "CB-01"
    (scans / "empty.pdf").touch()
    (scans / "letter.pdf").write_text("Kính gửi")
    shutil.copyfile(scans / "tốt đẹp.pdf", scans / "cut.pdf")
    cut(scans / "cut.pdf", 0.5)
    grainy(scans / "cut.jpg")
    cut(scans / "cut.jpg", 0.3)
    grainy(scans / "cut.tif", compression="tiff_lzw")
    cut(scans / "cut.tif", 0.3)
    giant_png(scans / "giant.png")
    Image.new("L", (1654, 2339), 250).save(scans / "blank.png")
    grainy(scans / "foreign.png")
    done = run("read", folder / "scans", "--store", folder / "omr.db")
    assert done.returncode == 4, done.stderr
    assert "1 page read" in done.stderr
    assert run("export", "rejections", "--store", folder / "omr.db", "-o", folder / "r.csv").returncode == 0
    found = {Path(row["source"]).name: row for row in rows(folder / "r.csv")}
    reasons = {name: row["reason"] for name, row in found.items()}
    assert reasons == {
        "empty.pdf": "unreadable",
        "letter.pdf": "unreadable",
        "cut.pdf": "unreadable",
        "cut.jpg": reasons["cut.jpg"],
        "cut.tif": "unreadable",
        "giant.png": "too_large",
        "blank.png": "blank_page",
        "foreign.png": "no_page_code",
    }
    assert reasons["cut.jpg"] in {"unreadable", "no_page_code"}
    assert all(row["remedy"] for row in found.values())
    assert "30000" in found["giant.png"]["detail"]


def test_a_page_whose_form_is_unknown_is_stale(good, tmp_path):
    (tmp_path / "scans").mkdir()
    shutil.copyfile(good / "scans" / "CB-01" / "stack.pdf", tmp_path / "scans" / "a.pdf")
    layouts = tmp_path / "layouts"
    layouts.mkdir()
    # Another wording of the form, printed by another machine, whose frozen file was not brought along.
    text = Path(__file__).parents[2].joinpath("layouts", "nghean-so-tay.yaml").read_text("utf-8")
    (layouts / "nghean-so-tay.yaml").write_text(
        text.replace('version: "1"', 'version: "2"'), encoding="utf-8"
    )
    done = run(
        "synth", "nghean-so-tay", "--layouts", layouts, "--sheets", 1, "--seed", 3, "-o", tmp_path / "other"
    )
    assert done.returncode == 0, done.stderr
    shutil.rmtree(layouts)
    done = run(
        "read",
        tmp_path / "other" / "scans",
        tmp_path / "scans",
        "--store",
        tmp_path / "mine.db",
        cwd=tmp_path,
    )
    assert done.returncode == 4, done.stderr
    run("export", "rejections", "--store", tmp_path / "mine.db", "-o", tmp_path / "r.csv")
    assert [row["reason"] for row in rows(tmp_path / "r.csv")] == ["stale_layout"]
    assert "1 page read" in done.stderr


def test_a_path_that_is_not_there_is_wrong_use(tmp_path):
    done = run("read", tmp_path / "nowhere", "--store", tmp_path / "omr.db")
    assert done.returncode == 2
    assert "does not exist" in done.stderr


def test_a_store_of_another_program_is_refused(folder):
    other = folder / "other.db"
    other.write_text("not a database, but long enough to look at" * 50)
    done = run("read", folder / "scans", "--store", other)
    assert done.returncode == 1
    assert "not a store" in done.stderr


AS_ANOTHER_USER = """
import os, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from omr.batch import engine, run
from omr.cli.session import opened
from omr.intake import image, pdf, tiff
from omr.settings import DEFAULT
with opened(Path(sys.argv[2])) as session:
    # One thread instead of processes: a process of another user may not start this machine's Python.
    engine._reader = engine.Reader(session.layouts, DEFAULT)
    os.seteuid(65534)
    pool = ThreadPoolExecutor(1)
    tally = run.read_batch(session.store, [Path(sys.argv[1])], engine._reader, lambda _: pool)
    os.seteuid(0)
print(tally.read, tally.problems)
"""


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="becomes another user")
def test_a_folder_without_permission_is_named_and_the_rest_is_read(folder):
    closed = folder / "scans" / "CB-02"
    closed.mkdir()
    (closed / "a.pdf").write_bytes(b"%PDF-1.4")
    for path in (folder, *folder.rglob("*"), *folder.parents[:4]):
        path.chmod(path.stat().st_mode | 0o077)
    closed.chmod(0)
    try:
        done = subprocess.run(
            [sys.executable, "-c", AS_ANOTHER_USER, folder / "scans", folder / "omr.db"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    finally:
        closed.chmod(0o755)
    assert done.stdout.startswith("1 "), done.stderr
    assert "CB-02" in done.stdout


@pytest.mark.skipif(
    not hasattr(os, "getuid") or os.getuid() != 0 or shutil.which("mount") is None,
    reason="mounts a small disk",
)
def test_a_full_disk_is_told_and_what_was_stored_stays(good, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", disk], check=False).returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        shutil.copyfile(good / "omr.db", disk / "omr.db")
        (disk / "filler").write_bytes(b"\0" * (400_000 - (disk / "omr.db").stat().st_size - 70_000))
        done = run("read", good / "scans", "--store", disk / "omr.db")
        assert done.returncode == 1, done.stderr
        assert "full" in done.stderr
        (disk / "filler").unlink()
        again = run("read", good / "scans", "--store", disk / "omr.db")
        assert again.returncode in (0, 3), again.stderr
        # Whether the disk was full before or after the page was stored, it is there once now.
        assert run("export", "marks", "--store", disk / "omr.db", "-o", tmp_path / "m.csv").returncode == 0
        assert len(rows(tmp_path / "m.csv")) == 120
    finally:
        subprocess.run(["umount", disk], check=True)
