"""A PDF that holds JPEG files as they are, a page each: the shortest there is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image


def write_pdf(path: Path, pictures: Sequence[Path]) -> None:
    """Write the pictures, a page each, at the size their resolution gives them."""
    objects: list[bytes] = []
    pages: list[str] = []
    for at, picture in enumerate(pictures):
        first = 3 + 3 * at
        objects += _page(picture, first)
        pages.append(f"{first + 2} 0 R")
    tree = f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(pages)}] >>".encode()
    path.write_bytes(_document([b"<< /Type /Catalog /Pages 2 0 R >>", tree, *objects]))


def _page(picture: Path, first: int) -> tuple[bytes, bytes, bytes]:
    """Return the objects of one page: its picture, number `first`, what draws it, and the page itself."""
    with Image.open(picture) as header:
        (columns, rows), mode, dpi = header.size, header.mode, header.info["dpi"][0]
    wide, high = (float(72 * size / dpi) for size in (columns, rows))
    data = picture.read_bytes()
    space = "DeviceGray" if mode == "L" else "DeviceRGB"
    draw = f"q {wide:.2f} 0 0 {high:.2f} 0 0 cm /Im Do Q".encode()
    return (
        f"<< /Type /XObject /Subtype /Image /Width {columns} /Height {rows} /ColorSpace /{space} "
        f"/BitsPerComponent 8 /Filter /DCTDecode /Length {len(data)} >>\nstream\n".encode()
        + data
        + b"\nendstream",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(draw), draw),
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {wide:.2f} {high:.2f}] "
        f"/Resources << /XObject << /Im {first} 0 R >> >> /Contents {first + 1} 0 R >>".encode(),
    )


def _document(objects: Sequence[bytes]) -> bytes:
    """Return numbered objects, the first of them the catalogue, as a file with its table of offsets."""
    written, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = len(written)
    written += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    written += "".join(f"{offset:010d} 00000 n \n" for offset in offsets).encode()
    written += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(written)
