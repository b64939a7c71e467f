"""Scans → files as scanners write them: a PDF of JPEG or fax pages, a TIFF stack, single pictures.

The same frames give the same bytes: no clock and no random id goes into a file.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Protocol

from PIL import Image
from PIL.TiffImagePlugin import (
    PHOTOMETRIC_INTERPRETATION,
    ROWSPERSTRIP,
    STRIPBYTECOUNTS,
    STRIPOFFSETS,
    AppendingTiffWriter,
    TiffImageFile,
)
from PIL.TiffImagePlugin import ImageFileDirectory_v2 as Tags

from omr.model.arrays import Gray

_POINTS_PER_INCH = 72
_WHITE_IS_ZERO = 0


class Format(StrEnum):
    """What a scanner writes."""

    PDF = "pdf"
    TIFF = "tiff"
    JPEG = "jpeg"
    PNG = "png"


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One scan to be written. onebit: `image` holds 0 and 255 only; quality: of JPEG, 1..95."""

    image: Gray
    dpi: int
    onebit: bool
    quality: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a scan went: file name within its folder, and frame counted from 1."""

    file: str
    frame: int


def write_stack(folder: Path, pictures: Iterable[Picture], kind: Format) -> Iterator[Place]:
    """Write pictures one by one into `folder`, yielding where each one went.

    Consume it to the end: a PDF is complete only then.

    Raises:
        OSError: the folder cannot be written to.
    """
    if kind is Format.PDF:
        yield from _as_pdf(folder / "stack.pdf", pictures)
    elif kind is Format.TIFF:
        yield from _as_tiff(folder / "stack.tif", pictures)
    else:
        suffix = "jpg" if kind is Format.JPEG else "png"
        for number, picture in enumerate(pictures, start=1):
            path = folder / f"{number:04d}.{suffix}"
            path.write_bytes(_jpeg(picture) if kind is Format.JPEG else _png(picture))
            yield Place(path.name, 1)


def _as_tiff(path: Path, pictures: Iterable[Picture]) -> Iterator[Place]:
    with AppendingTiffWriter(str(path), new=True) as file:
        for number, picture in enumerate(pictures, start=1):
            image = _pillow(picture)
            if picture.onebit:
                image.save(file, "TIFF", compression="group4", dpi=(picture.dpi, picture.dpi))
            else:
                image.save(file, "TIFF", compression="jpeg", quality=picture.quality,
                           dpi=(picture.dpi, picture.dpi))  # fmt: skip
            file.newFrame()
            yield Place(path.name, number)


def _as_pdf(path: Path, pictures: Iterable[Picture]) -> Iterator[Place]:
    with path.open("wb") as file, _pdf(file) as pdf:
        for number, picture in enumerate(pictures, start=1):
            pdf.add(picture)
            yield Place(path.name, number)


class _Adds(Protocol):
    def add(self, picture: Picture) -> None: ...


@dataclass(slots=True)
class _Pdf:
    """A PDF being written page by page; Pillow's own writer would hold all pages in memory.

    offsets: place of object n at n - 1; objects 1 and 2, catalogue and page tree, are written last.
    """

    file: BinaryIO
    offsets: list[int] = field(default_factory=lambda: [0, 0])
    pages: list[int] = field(default_factory=list)

    def add(self, picture: Picture) -> None:
        """Write a page that is one picture."""
        rows, columns = picture.image.shape
        wide, high = (size * _POINTS_PER_INCH / picture.dpi for size in (columns, rows))
        if picture.onebit:
            data, bits = _fax(picture), 1
            how = f"/CCITTFaxDecode /DecodeParms << /K -1 /BlackIs1 false /Columns {columns} /Rows {rows} >>"
        else:
            data, bits, how = _jpeg(picture), 8, "/DCTDecode"
        image = self._stream(
            f"/Type /XObject /Subtype /Image /Width {columns} /Height {rows} /ColorSpace /DeviceGray "
            f"/BitsPerComponent {bits} /Filter {how}",
            data,
        )
        content = self._stream("", f"q {wide:.3f} 0 0 {high:.3f} 0 0 cm /Im Do Q".encode())
        self.pages.append(
            self._object(
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {wide:.3f} {high:.3f}] "
                f"/Resources << /XObject << /Im {image} 0 R >> >> /Contents {content} 0 R >>".encode()
            )
        )

    def finish(self) -> None:
        """Write what stands at the end of a PDF."""
        kids = " ".join(f"{page} 0 R" for page in self.pages)
        self._object(b"<< /Type /Catalog /Pages 2 0 R >>", 1)
        self._object(f"<< /Type /Pages /Count {len(self.pages)} /Kids [{kids}] >>".encode(), 2)
        table = self.file.tell()
        entries = "".join(f"{offset:010d} 00000 n \n" for offset in self.offsets)
        size = len(self.offsets) + 1
        self.file.write(f"xref\n0 {size}\n0000000000 65535 f \n{entries}".encode())
        self.file.write(f"trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode())

    def _stream(self, keys: str, data: bytes) -> int:
        return self._object(f"<< {keys} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream")

    def _object(self, body: bytes, number: int = 0) -> int:
        if not number:
            self.offsets.append(0)
            number = len(self.offsets)
        self.offsets[number - 1] = self.file.tell()
        self.file.write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
        return number


@contextmanager
def _pdf(file: BinaryIO) -> Iterator[_Adds]:
    pdf = _Pdf(file)
    file.write(b"%PDF-1.4\n")
    yield pdf
    pdf.finish()


def _pillow(picture: Picture) -> Image.Image:
    image = Image.fromarray(picture.image)
    return image.point(lambda value: value, "1") if picture.onebit else image


def _jpeg(picture: Picture) -> bytes:
    buffer = io.BytesIO()
    image = Image.fromarray(picture.image)
    image.save(buffer, "JPEG", quality=picture.quality, dpi=(picture.dpi, picture.dpi))
    return buffer.getvalue()


def _png(picture: Picture) -> bytes:
    buffer = io.BytesIO()
    _pillow(picture).save(buffer, "PNG", dpi=(picture.dpi, picture.dpi))
    return buffer.getvalue()


def _fax(picture: Picture) -> bytes:
    """Return the picture in CCITT group 4, as one strip of a TIFF has it."""
    buffer = io.BytesIO()
    tags = Tags()
    tags[ROWSPERSTRIP] = picture.image.shape[0]
    # Pillow codes white as ink unless told; fax has it the other way round
    tags[PHOTOMETRIC_INTERPRETATION] = _WHITE_IS_ZERO
    _pillow(picture).save(buffer, "TIFF", compression="group4", tiffinfo=tags)
    data = buffer.getvalue()
    with TiffImageFile(io.BytesIO(data)) as tiff:
        (start,), (length,) = tiff.tag_v2[STRIPOFFSETS], tiff.tag_v2[STRIPBYTECOUNTS]
    return data[start : start + length]
