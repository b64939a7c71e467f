"""What the QR of a printed page says, and the serial of a sheet.

A page code is one short upper-case line for a QR in alphanumeric mode (28 characters, version 2 at level Q):

    O1 DDDDDDDDDD YY SSSSSSSS K N CCCC     (without the spaces)

format tag · digest of the frozen geometry · year · serial · page · pages · check.
No name and no unit stands in it. K and N are one character each of `ALPHABET` (1..31).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from omr.model.scan import ScanId

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U, which people misread."""

SERIAL_LENGTH = 8
_TAG = "O1"
_DIGEST_LENGTH = 10
_CHECK_LENGTH = 4
_LENGTH = len(_TAG) + _DIGEST_LENGTH + 2 + SERIAL_LENGTH + 2 + _CHECK_LENGTH
_CENTURY = 2000
_YEARS = 100
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V", "-": None, " ": None})


@dataclass(frozen=True, slots=True)
class PageId:
    """Which page of which sheet a scan shows.

    digest: the frozen geometry (it names layout and version).
    sheet: the serial as printed, e.g. "K7M2-9QXA".
    page, pages: page number from 1, and how many the sheet has.
    """

    digest: str
    year: int
    sheet: str
    page: int
    pages: int


def check_character(body: str) -> str:
    """Return the check character of `body` by ISO/IEC 7064, hybrid system MOD 33,32.

    Every single wrong character and nearly every swap of neighbours is detected.
    Raises ValueError where `body` has a character outside `ALPHABET`.
    """
    size = len(ALPHABET)
    carry = size
    for character in body:
        carry = (carry + ALPHABET.index(character)) % size or size
        carry = carry * 2 % (size + 1)
    return ALPHABET[(size + 1 - carry) % size]


def new_serial(random_below: Callable[[int], int]) -> str:
    """Return a fresh serial such as "K7M2-9QXA"; `random_below(n)` gives a number in 0..n-1."""
    body = "".join(ALPHABET[random_below(len(ALPHABET))] for _ in range(SERIAL_LENGTH - 1))
    return _grouped(body + check_character(body))


def unnumbered(scan: ScanId) -> str:
    """Return the name of a sheet that bears no serial, such as "3FA2B61C.4": its file and the frame."""
    return f"{scan.sha256[:8].upper()}.{scan.frame}"


def numbered_by_others(layout: str, year: int, serial: str) -> str:
    """Return the name of a sheet whose serial others printed, such as "khao-sat_2026_0815".

    Two forms may count from 1 alike. A slash would end an address: it becomes the sign no serial has.
    """
    return f"{layout}_{year}_{serial.replace('/', '_')}"


def is_unnumbered(sheet: str) -> bool:
    """True where a sheet is named after a scan; no serial has the sign."""
    return "." in sheet


def is_of_others(sheet: str) -> bool:
    """True for a sheet of a form that others printed, with or without a serial; ours have neither sign."""
    return "_" in sheet or "." in sheet


def parse_serial(text: str) -> str | None:
    """Return the serial a person typed in its printed form, or None where it cannot be one.

    Lower case, spaces, dashes and the look-alikes O, I, L, U are forgiven; a wrong check character is not.
    """
    plain = text.upper().translate(_MISREAD)
    if len(plain) != SERIAL_LENGTH or any(character not in ALPHABET for character in plain):
        return None
    return _grouped(plain) if check_character(plain[:-1]) == plain[-1] else None


def encode(page: PageId) -> str:
    """Return the page code's text. Raises ValueError where a part does not fit the format."""
    serial = parse_serial(page.sheet)
    if serial is None:
        raise ValueError(f"{page.sheet!r} is not a serial")
    if len(page.digest) != _DIGEST_LENGTH or not page.digest.isalnum():
        raise ValueError(f"{page.digest!r} is not a layout digest")
    if not (0 < page.page <= page.pages < len(ALPHABET) and 0 <= page.year - _CENTURY < _YEARS):
        raise ValueError(f"page {page.page}/{page.pages} of {page.year} cannot be coded")
    body = (
        f"{_TAG}{page.digest.upper()}{page.year - _CENTURY:02d}{serial.replace('-', '')}"
        f"{ALPHABET[page.page]}{ALPHABET[page.pages]}"
    )
    return body + _check(body)


def decode(text: str) -> PageId | None:
    """Return what a code's text says, or None where it is not one of our page codes, whole and unharmed."""
    if (
        len(text) != _LENGTH
        or not text.startswith(_TAG)
        or _check(text[:-_CHECK_LENGTH]) != text[-_CHECK_LENGTH:]
    ):
        return None
    body = text[len(_TAG) : -_CHECK_LENGTH]
    digest, year, serial, page, pages = body[:10], body[10:12], body[12:20], body[20], body[21]
    sheet = parse_serial(serial)
    if sheet is None or not year.isdigit() or page not in ALPHABET or pages not in ALPHABET:
        return None
    number, count = ALPHABET.index(page), ALPHABET.index(pages)
    if not 0 < number <= count:
        return None
    return PageId(digest.lower(), _CENTURY + int(year), sheet, number, count)


def _check(body: str) -> str:
    value = zlib.crc32(body.encode("ascii", errors="replace"))
    return "".join(ALPHABET[value >> shift & 31] for shift in (0, 5, 10, 15))


def _grouped(serial: str) -> str:
    return f"{serial[:4]}-{serial[4:]}"
