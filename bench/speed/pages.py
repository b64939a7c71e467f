"""The pages that are measured: the same frames in every format."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from bench.speed.pdf import write_pdf

LAYOUTS = (
    "haugiang-ca-nhan",
    "haugiang-tap-the",
    "nghean-so-tay",
    "tayninh-cam-ket",
    "travinh-82",
    "vinhlong-1",
    "vinhlong-2",
)

QUALITY = 75
"""Of the JPEG files: at 300 dpi a page then takes some 600 kB, as an office scanner's does."""

OMR = "import omr.cli; omr.cli.main()"


@dataclass(frozen=True, slots=True)
class Stack:
    """One format: the folder that is read, and the encoded pictures in it, which the bare decode takes.

    dpi: of the pictures. jpeg: True where they are JPEG files, by themselves or in a PDF.
    """

    name: str
    folder: Path
    pictures: tuple[Path, ...]
    pages: int
    dpi: int = 300
    jpeg: bool = True

    @property
    def files(self) -> tuple[Path, ...]:
        """The files of the folder, by name."""
        return tuple(sorted(self.folder.iterdir()))

    @property
    def different(self) -> int:
        """How many of the pictures differ from all others."""
        return len({hashlib.sha256(path.read_bytes()).digest() for path in self.pictures})

    def of(self, layout: str, folder: Path) -> Stack:
        """Return the pictures of one layout as a stack of its own, linked into a new folder."""
        folder.mkdir()
        mine = [path for path in self.pictures if path.stem.startswith(f"{layout}-0")]
        for path in mine:
            (folder / path.name).hardlink_to(path)
        return Stack(
            f"{layout}, {self.dpi} dpi", folder, tuple(sorted(folder.iterdir())), len(mine), self.dpi
        )


def make_stacks(folder: Path, sheets: int, seed: int) -> dict[str, Stack]:
    """Return the same pages in every format by its name, made where the folder is not there yet.

    Fax pages are scanned apart, of the same people's sheets.
    """
    if not folder.exists():
        made = folder.with_name(f"{folder.name}-being-made")
        _make(made, sheets, seed)
        made.rename(folder)
    gray, small, colour, fax, plain = (
        tuple(sorted((folder / name).iterdir()))
        for name in ("gray-300", "gray-200", "colour-300", "fax", "png")
    )
    count = len(plain)
    stacks = (
        Stack("JPEG gray 300 dpi", folder / "gray-300", gray, count),
        Stack("JPEG gray 200 dpi", folder / "gray-200", small, count, dpi=200),
        Stack("JPEG colour 300 dpi", folder / "colour-300", colour, count),
        Stack("PDF of gray JPEG", folder / "pdf-gray", gray, count),
        Stack("PDF of colour JPEG", folder / "pdf-colour", colour, count),
        Stack("TIFF G4 300 dpi", folder / "fax", fax, count, jpeg=False),
        Stack("PNG gray 300 dpi", folder / "png", plain, count, jpeg=False),
    )
    return {stack.name: stack for stack in stacks}


def _make(folder: Path, sheets: int, seed: int) -> None:
    folder.mkdir(parents=True)
    for profile, kind in (("office", "png"), ("onebit", "tiff")):
        for layout in LAYOUTS:
            _filled_in(folder / profile / layout, layout, sheets, seed, profile, kind)
    _gathered(folder / "fax", folder / "onebit", "tif")
    _gathered(folder / "png", folder / "office", "png")
    for name in ("gray-300", "gray-200", "colour-300", "pdf-gray", "pdf-colour"):
        (folder / name).mkdir()
    for path in sorted((folder / "png").iterdir()):
        page = np.asarray(Image.open(path).convert("L"))
        small = cv2.resize(page, None, fx=2 / 3, fy=2 / 3, interpolation=cv2.INTER_AREA)
        _jpeg(folder / "gray-300" / f"{path.stem}.jpg", page, 300)
        _jpeg(folder / "gray-200" / f"{path.stem}.jpg", small, 200)
        _jpeg(folder / "colour-300" / f"{path.stem}.jpg", _coloured(page), 300)
    for name in ("gray", "colour"):
        write_pdf(folder / f"pdf-{name}" / "stack.pdf", sorted((folder / f"{name}-300").iterdir()))


def _filled_in(folder: Path, layout: str, sheets: int, seed: int, profile: str, kind: str) -> None:
    done = subprocess.run(
        (sys.executable, "-c", OMR, "synth", layout, "--sheets", str(sheets), "--seed", str(seed),
         "--dpi", "300", "--profile", profile, "--format", kind, "--unit", layout, "-o", str(folder)),
        stderr=subprocess.DEVNULL,
        check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"omr synth {layout} failed")


def _gathered(folder: Path, made: Path, suffix: str) -> None:
    """Move the files of all layouts into one folder, named by layout."""
    folder.mkdir()
    for layout in LAYOUTS:
        for number, path in enumerate(sorted((made / layout).glob(f"scans/*/*.{suffix}"))):
            path.rename(folder / f"{layout}-{number:04d}.{suffix}")


def _jpeg(path: Path, page: np.ndarray, dpi: int) -> None:
    Image.fromarray(page).save(path, quality=QUALITY, dpi=(dpi, dpi))


def _coloured(page: np.ndarray) -> np.ndarray:
    """Return a page in red, green, blue: warm paper, and colours that lie a pixel apart, as sensors' do."""
    blue = cv2.convertScaleAbs(np.roll(page, 1, axis=0), alpha=0.94)
    return np.dstack((page, page, blue))
