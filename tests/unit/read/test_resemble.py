"""How a scan lies on known pages that it resembles, and what tells a page from one much like it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from omr.model.geometry import A4, RectMm
from omr.model.layout import Field, FieldKind, Page
from omr.read.contrary import contrary
from omr.read.features import evened, picture, print_of, small
from omr.read.matched import Fit, fit, has_slipped, is_rows_off
from omr.read.resemble import looks_of, resembling
from omr.settings import DEFAULT

PX = 8
"""Pixels per mm of the pages drawn here."""

WORDS = ["that", "this", "form", "asks", "which", "rows", "have", "what", "kind", "under", "many", "names"]


def drawn(seed: int, rows: int = 18) -> np.ndarray:
    """Return a page with a head and a table of words, its order by `seed`."""
    rng = np.random.default_rng(seed)
    page = np.full((297 * PX, 210 * PX), 255, np.uint8)
    written(page, "FORM " + " ".join(rng.permutation(WORDS)[:5]), 30, 20)
    for row in range(rows + 1):
        y = int((35 + row * 12) * PX)
        cv2.line(page, (20 * PX, y), (190 * PX, y), 0, 2)
        if row < rows:
            written(page, " ".join(rng.permutation(WORDS)[:6]), 24, 43 + row * 12)
    for x in (20, 150, 170, 190):
        cv2.line(page, (x * PX, 35 * PX), (x * PX, int((35 + rows * 12) * PX)), 0, 2)
    return page


def written(page, text, x, y):
    """Write a line at x, y in mm."""
    cv2.putText(page, text, (x * PX, y * PX), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2, cv2.LINE_AA)


REWORDED = tuple(43 + row * 12 for row in range(3, 15, 2))
"""Where the rows stand, mm, that another version of the first page has in other words."""


def reworded():
    """Return that version."""
    page = drawn(1)
    for row in REWORDED:
        page[(row - 7) * PX : (row + 3) * PX, 22 * PX : 148 * PX] = 255
        written(page, "quite another question is put here by others", 24, row)
    return print_of(page, A4)


def bubbles() -> np.ndarray:
    """Return a page of bubbles 6 mm apart."""
    page = np.full((297 * PX, 210 * PX), 255, np.uint8)
    written(page, "ANSWER SHEET", 80, 20)
    for y in range(40, 260, 6):
        for x in range(30, 180, 6):
            cv2.circle(page, (x * PX, y * PX), 2 * PX, 0, 2, cv2.LINE_AA)
    return page


def scanned(page: np.ndarray, angle: float, scale: float, quarters: int):
    """Return a scan of a page as it is looked at, and the map from mm to its px."""
    height, width = page.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, scale)
    turn[:, 2] += (25, -30)
    seen = np.ascontiguousarray(
        np.rot90(cv2.warpAffine(page, turn, (width, height), borderValue=255), quarters)
    )
    corners = np.array([[0, 0], [210, 0], [210, 297], [0, 297.0]])
    at = corners * PX @ turn[:, :2].T + turn[:, 2]
    for _turn in range(quarters):
        at, width, height = np.column_stack((at[:, 1], width - 1 - at[:, 0])), height, width
    looked_at, larger = small(seen)
    back = np.linalg.inv(larger)
    return evened(looked_at), corners, at @ back[:2, :2].T + back[:2, 2]


@pytest.fixture(scope="module")
def three():
    """Three pages in other words."""
    return [print_of(drawn(seed), A4) for seed in (1, 2, 3)]


@pytest.mark.parametrize(
    ("angle", "scale", "quarters"), [(0.0, 1.0, 0), (2.7, 0.96, 2), (-3.3, 1.03, 1), (0.6, 0.93, 3)]
)
def test_a_scan_lies_on_the_page_it_shows_whichever_way_up(three, angle, scale, quarters):
    known = looks_of([picture(each) for each in three], [A4] * 3)
    even, mm, px = scanned(drawn(2), angle, scale, quarters)
    best = resembling(even, known, DEFAULT.resemble)[0]
    assert best.page == 1
    found = cv2.perspectiveTransform(mm[None], best.coarse)[0]
    assert np.linalg.norm(found - px, axis=1).max() < DEFAULT.match.first[0] * 4.0


def test_nothing_resembles_another_paper(three):
    known = looks_of([picture(each) for each in three], [A4] * 3)
    noise = np.random.default_rng(5).integers(120, 255, (1200, 848), dtype=np.uint8)
    assert resembling(evened(noise), known, DEFAULT.resemble) == []
    assert resembling(evened(noise), looks_of([], []), DEFAULT.resemble) == []


def test_bubbles_that_all_found_their_neighbours_are_noticed():
    blank = picture(print_of(bubbles(), A4))
    assert not is_rows_off(blank, blank)
    for axis in (0, 1):
        assert is_rows_off(np.roll(blank, 6 * 4, axis=axis), blank)


def test_a_pleat_that_hid_one_row_is_noticed_by_the_numbers_below():
    page = bubbles()
    for number, y in enumerate(range(40, 260, 6)):
        written(page, f"{number}.", 22, y + 1)
    blank = picture(print_of(page, A4))
    marked, pleated = page.copy(), page.copy()
    for row in range(36):
        cv2.circle(marked, ((30 + 6 * (row * 7 % 25)) * PX, (40 + 6 * row) * PX), 2 * PX, 0, -1)
    pleated[154 * PX : -6 * PX] = page[160 * PX :]
    assert not has_slipped(picture(print_of(marked, A4)), blank)
    # Registered by the bubbles, it lies as the blank does, but for what follows from one row to the next.
    assert has_slipped(picture(print_of(pleated, A4)), blank)


def test_other_words_contradict_and_ink_across_print_does_not(three):
    page = Page(1, (), None, (), (), (), three[0])
    same, clear = contrary(picture(three[0]), page, DEFAULT.contrary)
    assert (same, clear > 0.99) == (0.0, True)
    inked = picture(three[0]).copy()
    for y in range(150, 1000, 120):
        cv2.line(inked, (80, y), (560, y + 60), 60, 2)
    assert contrary(inked, page, DEFAULT.contrary)[0] <= DEFAULT.contrary.most
    assert contrary(picture(reworded()), page, DEFAULT.contrary)[0] > DEFAULT.contrary.most
    assert contrary(picture(three[1]), page, DEFAULT.contrary)[0] > DEFAULT.contrary.most


def test_what_people_write_into_contradicts_nothing(three):
    areas = (RectMm(21.0, row - 7.0, 128.0, 11.0) for row in REWORDED)
    fields = tuple(Field(f"f{n}", "", FieldKind.TEXT, area) for n, area in enumerate(areas))
    page = Page(1, (), None, (), (), fields, three[0])
    assert contrary(picture(reworded()), page, DEFAULT.contrary)[0] == 0.0


def waved(page: np.ndarray, most: float) -> np.ndarray:
    """Return a scan of a page that slid across the feeder by up to `most`, mm, to and fro."""
    x, y = np.meshgrid(*(np.arange(size, dtype=np.float32) for size in page.shape[::-1]))
    return cv2.remap(page, x - slid(y / PX, most) * PX, y, cv2.INTER_LINEAR, borderValue=255)


def slid(y_mm, most: float):
    """Return by how much what is printed at a height moved to the right, mm."""
    return (most * np.sin(y_mm * 2 * np.pi / 180)).astype(np.float32)


@pytest.mark.parametrize("most", [0.6, 1.2])
def test_each_place_is_found_where_the_paper_slid_to(most):
    print_ = print_of(drawn(1), A4)
    looked_at, larger = small(waved(drawn(1), most))
    even = evened(looked_at)
    coarse = resembling(even, looks_of([picture(print_)], [A4]), DEFAULT.resemble)[0].coarse
    found = fit(even, coarse, Page(1, (), None, (), (), (), print_), A4, DEFAULT.match)
    assert isinstance(found, Fit)
    mm = np.array([(x, y) for x in range(25, 186, 20) for y in range(30, 250, 10)], dtype=np.float64)
    true = (mm + np.column_stack((slid(mm[:, 1], most), np.zeros(len(mm))))) * PX - 0.5

    def missed(px):
        return np.linalg.norm(px - true, axis=1).max() / PX

    assert missed(found.registration.carried(larger).points(mm)) < 0.25
    # Without the local correction the same page would be missed by far more.
    stiff = larger @ coarse
    assert missed(cv2.perspectiveTransform(mm[None], stiff)[0]) > 0.45
