"""Codes that others printed: read where the layout has them, told where they contradict, never misread."""

from __future__ import annotations

import numpy as np
import pytest

from bench.codes import DAMAGES, PLACES, card, page_with
from omr.model.layout import CodeKind, PrintedCode
from omr.model.pagecode import is_of_others, is_unnumbered, new_serial, numbered_by_others, unnumbered
from omr.model.scan import ScanId
from omr.read.printedcodes import Told, named_by, told_by

TEXT = "HS-2026/0815"


def told(kind, pattern, damage="none", seed=3, text=TEXT, pages=()):
    """Return what is told of a scan of a code that reads `text`, on a page whose layout has `pattern`."""
    known = page_with(PrintedCode(kind, PLACES[kind], pattern))
    return told_by(known, pages, card(kind, text, damage, seed), lambda: None)


@pytest.mark.parametrize("kind", CodeKind)
def test_a_code_gives_the_serial_of_its_sheet(kind):
    assert told(kind, "HS-2026/{serial}") == Told("form_2026_0815")
    assert told(kind, "HS-{serial}") == Told("form_2026_2026_0815")
    assert told(kind, TEXT) == Told()


@pytest.mark.parametrize("kind", CodeKind)
def test_a_code_that_reads_otherwise_than_the_layout_says_is_told(kind):
    assert told(kind, "HS-2025/{serial}") == Told(other=TEXT)
    assert told(kind, "HS-2026/0816") == Told(other=TEXT)


@pytest.mark.parametrize("kind", CodeKind)
@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_turned_page_is_no_matter(kind, quarters):
    image, registration = card(kind, TEXT, "none", 5)
    turned = np.ascontiguousarray(np.rot90(image, quarters))
    matrix = {1: [[0, 1, 0], [-1, 0, image.shape[1] - 1], [0, 0, 1]],
              2: [[-1, 0, image.shape[1] - 1], [0, -1, image.shape[0] - 1], [0, 0, 1]],
              3: [[0, -1, image.shape[0] - 1], [1, 0, 0], [0, 0, 1]]}[quarters]  # fmt: skip
    lying = registration.__class__(
        np.array(matrix) @ registration.homography, registration.grid_x, registration.grid_y,
        registration.displacement, 0, 0.0, registration.px_per_mm,
    )  # fmt: skip
    known = page_with(PrintedCode(kind, PLACES[kind], "HS-2026/{serial}"))
    assert told_by(known, (), (turned, lying), lambda: None) == Told("form_2026_0815")


@pytest.mark.parametrize("kind", CodeKind)
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_code_is_read_right_or_not_at_all(kind, damage):
    for seed in range(6):
        serial = f"{7919 * (seed + 1):06d}"
        read = told(kind, "HS-{serial}", damage, seed, f"HS-{serial}")
        assert read in {Told(), Told(f"form_2026_{serial}")}, (damage, seed)


def test_two_serials_on_one_page_contradict_each_other():
    qr = PrintedCode(CodeKind.QR, PLACES[CodeKind.QR], "HS-{serial}")
    known = page_with(qr, PrintedCode(CodeKind.QR, qr.area, "{serial}"))
    assert told_by(known, (), card(CodeKind.QR, "HS-7", "none", 2), lambda: None).other == "7 / HS-7"


def test_what_a_small_scan_does_not_show_is_looked_for_in_the_whole():
    known = page_with(PrintedCode(CodeKind.QR, PLACES[CodeKind.QR], "HS-2026/{serial}"))
    image, registration = card(CodeKind.QR, TEXT, "none", 4)
    nothing = np.full_like(image, 255)
    assert told_by(known, (), (nothing, registration), lambda: None) == Told()
    whole = told_by(known, (), (nothing, registration), lambda: (image, registration))
    assert whole == Told("form_2026_0815")


def test_a_code_of_another_form_anywhere_on_the_page_contradicts_its_print():
    coded, bare = page_with(PrintedCode(CodeKind.QR, PLACES[CodeKind.QR], TEXT)), page_with()
    seen = card(CodeKind.QR, TEXT, "none", 4)
    assert named_by(seen[0], (coded, bare)) == (coded,)
    assert told_by(coded, (coded, bare), seen, lambda: None) == Told()
    assert told_by(bare, (coded, bare), seen, lambda: None) == Told(other=str(coded))
    assert told_by(bare, (bare,), seen, lambda: None) == Told()


@pytest.mark.parametrize(
    ("pattern", "text", "serial"),
    [
        ("A{serial}Z", "A1Z", "1"),
        ("A{serial}Z", "AZ", None),
        ("AB{serial}BA", "ABA", None),
        ("{serial}", "12-3/4", "12-3/4"),
        ("{serial}", "1.2", None),
        ("{serial}", "1_2", None),
        ("{serial}", "=1", None),
        ("{serial}", "1/", None),
        ("{serial}", "9" * 41, None),
        ("A1", "A1", ""),
        ("A1", "A11", None),
    ],
)
def test_a_text_is_matched_whole(pattern, text, serial):
    assert PrintedCode(CodeKind.QR, PLACES[CodeKind.QR], pattern).serial_in(text) == serial


def test_sheets_numbered_by_others_are_never_taken_for_ours_nor_for_unnumbered_ones():
    ours, scan = new_serial(lambda n: n // 2), unnumbered(ScanId("a" * 64, 3))
    theirs = numbered_by_others("khao-sat", 2026, "12/3-4")
    assert theirs == "khao-sat_2026_12_3-4"
    assert [is_of_others(each) for each in (ours, scan, theirs)] == [False, True, True]
    assert [is_unnumbered(each) for each in (ours, scan, theirs)] == [False, True, False]
