"""Forms that others printed, from a layout file and a blank to the ledger; ours, their marks painted over."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from bench.existing import as_existing, bubbles, compared, forms, frames, hidden, scan_of
from bench.moved import moved, pitch_of
from omr.draft import freeze as freezing
from omr.errors import LayoutError
from omr.forms.catalogue import Catalogue, shipped
from omr.forms.issue import issue_copies
from omr.forms.load import load
from omr.forms.place import place
from omr.imaging.warp import inverted
from omr.model.geometry import MM_PER_INCH
from omr.model.pagecode import PageId
from omr.model.reading import Doubt, Reading, Reason
from omr.pipeline import read_by_print, read_named, read_scan, reclassify
from omr.read import known
from omr.read.known import index_of
from omr.settings import DEFAULT
from omr.synth.printed import printed

REAL = Path(__file__).parents[3] / "shared" / "real" / "bubble-sheet"
NAME = "tayninh-cam-ket"


@pytest.fixture(scope="module")
def form():
    """One of our forms of two pages as others would have printed it."""
    return as_existing(forms()[NAME])


@pytest.fixture(scope="module")
def scans():
    """Two sheets of it, scanned in an office, with what they hold."""
    made = list(frames(NAME, "office", 77, sheets=2))
    pages = forms()[NAME].layout.pages
    return [(frame, hidden(frame.image, pages[frame.page - 1], frame)) for frame in made]


def test_a_page_is_read_by_its_print_alone_whichever_way_up(form, scans):
    index = index_of([form], DEFAULT.known)
    for frame, image in scans[:2]:
        for quarters in range(4):
            scan = scan_of(np.ascontiguousarray(np.rot90(image, quarters)))
            count = compared(read_by_print(scan, index), frame, NAME, "turned")
            assert (count.refused, count.mistaken, count.silent) == ({}, [], [])
    assert isinstance(read_by_print(scan_of(inverted(scans[0][1])), index), Reading)


def test_a_page_named_by_a_person_is_read_as_that_page_alone_and_asked_about(form, scans):
    index = index_of([form], DEFAULT.known)
    for frame, image in scans:
        told = read_by_print(scan_of(image), index)
        named = PageId(form.digest, form.year, "K7M2-9QXA", frame.page, len(form.pages))
        read = read_named(scan_of(image), named, form)
        assert read.page == named
        assert (read.marks.states == told.marks.states).all()
        assert read.review.all()
        assert reclassify(read, form).review.all()
        other = replace(named, page=3 - frame.page)
        refused = read_named(scan_of(image), other, form)
        assert (refused.reason, refused.page) == (Reason.LOOSE_FIT, other)
        assert refused.detail == f"it is page {frame.page}"


def test_a_page_that_moved_in_the_scanner_is_refused(form, scans):
    """The lower half slipped by 6 mm: one surface through all its print would be wrong somewhere."""
    image = scans[0][1].copy()
    middle = image.shape[0] // 2
    image[middle:, 48:] = image[middle:, :-48].copy()
    image[middle:] = np.roll(image[middle:], 48, axis=0)
    outcome = read_by_print(scan_of(image), index_of([form], DEFAULT.known))
    if isinstance(outcome, Reading):
        loose = outcome.measurements.column("match_score") < DEFAULT.classify.least_match
        assert loose.any()
        assert outcome.review[loose].all()
    else:
        assert outcome.reason in {Reason.LOOSE_FIT, Reason.UNKNOWN_LAYOUT}


def test_a_streak_down_the_page_is_seen_in_every_box_under_it(form, scans):
    frame, image = scans[0]
    index = index_of([form], DEFAULT.known)
    before = read_by_print(scan_of(image), index)
    boxes = form.page(frame.page).boxes
    column = boxes[0].area.center.x
    (x, y), above = before.registration.points(np.array([(column, 150.0), (column, 140.0)]))
    upright, streaked = abs(above[1] - y) > abs(above[0] - x), image.copy()
    at = np.s_[:, round(x) : round(x) + 2] if upright else np.s_[round(y) : round(y) + 2]
    streaked[at] = (streaked[at] * 0.87).astype(np.uint8)
    after = read_by_print(scan_of(streaked), index)
    under = after.measurements.column("line_through") > DEFAULT.classify.thin_line
    assert under.tolist() == [box.area.center.x == column for box in boxes]
    new = after.review & ~before.review
    assert new.any()
    assert (after.marks.doubts[new] & int(Doubt.STREAK) != 0).all()


def test_another_form_is_refused(scans):
    index = index_of([as_existing(forms()["vinhlong-2"])], DEFAULT.known)
    for _frame, image in scans:
        assert read_by_print(scan_of(image), index).reason in {Reason.NO_PAGE_CODE, Reason.UNKNOWN_LAYOUT}


def test_two_years_of_one_form_are_told_apart_or_nobody_decides(form, scans):
    older = as_existing(place(Catalogue((shipped(),)).form(NAME, 2025)))
    twin = replace(form, digest="f" * 10)
    for frame, image in scans:
        read = read_by_print(scan_of(image), index_of([older, form], DEFAULT.known))
        assert (read.page.year, read.page.page) == (2026, frame.page)
        unsure = read_by_print(scan_of(image), index_of([twin, form], DEFAULT.known))
        assert (unsure.reason, unsure.nearly) == (Reason.UNKNOWN_LAYOUT, True)
        assert (unsure.page.page, unsure.page.sheet) == (frame.page, "")


def test_a_page_of_another_year_than_the_one_known_is_refused(scans):
    older = as_existing(place(Catalogue((shipped(),)).form(NAME, 2025)))
    for frame, image in scans:
        refused = read_by_print(scan_of(image), index_of([older], DEFAULT.known))
        assert refused.reason is Reason.UNKNOWN_LAYOUT
        assert refused.detail == f"{NAME} {older.version} (2025), {frame.page}: another year"
        named = read_by_print(scan_of(image), index_of([older], DEFAULT.known, named=True))
        assert isinstance(named, Reading)


@pytest.mark.parametrize("kind", ["pleated", "doubled"])
def test_of_a_named_form_whose_rows_moved_by_one_every_box_is_asked_about(form, scans, kind):
    index = index_of([form], DEFAULT.known, named=True)
    for frame, image in scans:
        page = form.page(frame.page)
        upright = np.ascontiguousarray(np.rot90(image, frame.turns))
        seen = moved(upright, 200 / MM_PER_INCH, kind, np.random.default_rng(frame.page), pitch_of(page))
        outcome = read_by_print(scan_of(seen), index)
        assert not isinstance(outcome, Reading) or outcome.review.all()
    plain = read_by_print(scan_of(image), index)
    assert isinstance(plain, Reading)
    assert not plain.marks.doubts.astype(bool).all()


@pytest.mark.parametrize("year", [2025, 2026])
def test_a_fattened_copy_is_of_the_year_that_is_printed_on_it(form, year):
    """A 5 on a dark copy has as much ink as a 6 on the blank."""
    placement = place(Catalogue((shipped(),)).form(NAME, year))
    index = index_of([as_existing(place(Catalogue((shipped(),)).form(NAME, 2025))), form], DEFAULT.known)
    with printed(placement, issue_copies(placement.layout, 1, "U", lambda n: n // 2)) as prints:
        for page in placement.layout.pages:
            image = hidden(prints.page(0, page.number, 200), page)
            copy = cv2.GaussianBlur(cv2.erode(image, np.ones((2, 2), np.uint8)), (0, 0), 1.0)
            read = read_by_print(scan_of(copy), index)
            assert (read.page.year, read.page.page) == (year, page.number)


def test_a_year_that_was_not_compared_is_in_the_way_of_the_other(form, scans, monkeypatch):
    older = as_existing(place(Catalogue((shipped(),)).form(NAME, 2025)))
    index, resembling = index_of([older, form], DEFAULT.known), known.resembling

    def of_older(*arguments):
        return [each for each in resembling(*arguments) if index.pages[each.page].layout is older]

    monkeypatch.setattr(known, "resembling", of_older)
    monkeypatch.setattr(known, "_rough", lambda *_arguments: [])
    for _frame, image in scans:
        assert read_by_print(scan_of(image), index).reason is Reason.UNKNOWN_LAYOUT


def test_without_known_forms_a_page_without_a_code_is_refused_as_before(scans):
    assert read_scan(scan_of(scans[0][1]), {})[0].reason is Reason.NO_PAGE_CODE


@pytest.fixture(scope="module", params=[False, True], ids=["told", "named"])
def real_bubbles(request):
    """What became of the real bubble sheets; skips where they are not at hand."""
    if not REAL.is_dir():
        pytest.skip("the real pages are not at hand")
    return bubbles(REAL, named=request.param)


def test_real_bubble_sheets_are_read_at_their_forms_places(real_bubbles):
    assert real_bubbles.silent == []
    assert real_bubbles.refused.total() <= 1
    assert real_bubbles.asked["reading"] <= 0.005 * real_bubbles.boxes


def described(name: str) -> dict[str, object]:
    """Return what a layout file of kind existing says of one of our forms."""
    pages = []
    for page in forms()[name].layout.pages:
        boxes = [{"question": box.question, "choice": box.choice, "at": [box.area.x, box.area.y],
                  "size": [box.area.width, box.area.height]} for box in page.boxes]  # fmt: skip
        pages.append({"boxes": boxes})
    return {"kind": "existing", "id": "mau-cu", "version": "1", "year": "2026", "title": "Mẫu cũ",
            "original": "blank.tif", "blank": "allowed", "pages": pages}  # fmt: skip


def as_yaml(described: dict[str, object]) -> str:
    """Return a layout file, one key a line."""
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in described.items())


@pytest.fixture(scope="module")
def office(tmp_path_factory, scans):
    """A folder with a layout file, its blank and a stack of scans; the stack's second sheet first."""
    folder = tmp_path_factory.mktemp("existing")
    layouts = folder / "layouts"
    layouts.mkdir()
    (layouts / "mau-cu.yaml").write_text(as_yaml(described(NAME)), encoding="utf-8")
    placement = forms()[NAME]
    with printed(placement, issue_copies(placement.layout, 1, "U", lambda n: n // 2)) as prints:
        blanks = [hidden(prints.page(0, page.number, 200), page) for page in placement.layout.pages]
    stack(layouts / "blank.tif", blanks)
    stack(folder / "scans.tif", [image for _frame, image in scans])
    return folder


def stack(path, images):
    """Write images as one TIFF of 200 dpi."""
    first, *others = [Image.fromarray(image) for image in images]
    first.save(path, save_all=True, append_images=others, dpi=(200, 200), compression="tiff_lzw")


def test_a_stack_without_codes_is_read_into_sheets_by_its_order(office, omr, table):
    done = omr("read", office / "scans.tif", "--layout", "mau-cu", "--store", office / "a.db", "--workers", 1,
               cwd=office)  # fmt: skip
    assert done.code in {0, 3}, done.err
    (line,) = table("ledger", office / "a.db")
    assert (line["returned"], line["complete"], line["incomplete"], line["read"]) == ("2", "0", "0", "4")
    marks = table("marks", office / "a.db")
    sheets = list(dict.fromkeys(row["sheet"] for row in marks))
    assert [sheet.partition(".")[2] for sheet in sheets] == ["1", "3"]
    assert len({row["source"] for row in marks}) == 1


def test_a_form_that_is_not_there_is_told(office, omr):
    done = omr("read", office / "scans.tif", "--layout", "nope", "--store", office / "b.db", cwd=office)
    assert done.code == 2
    assert "mau-cu" in done.err


def test_a_blank_that_is_absent_is_told_and_the_rest_goes_on(office, omr, tmp_path):
    layouts = tmp_path / "layouts"
    layouts.mkdir()
    (layouts / "mau-cu.yaml").write_text(as_yaml(described(NAME)), encoding="utf-8")
    done = omr("layout", "check", "mau-cu", cwd=tmp_path)
    assert done.code == 1
    assert "blank.tif" in done.err
    done = omr("read", office / "scans.tif", "--store", tmp_path / "a.db", "--workers", 1, cwd=tmp_path)
    assert done.code == 4
    assert "blank.tif" in done.err


def test_a_blank_is_made_of_filled_copies_that_lie_alike(tmp_path, omr, scans, monkeypatch):
    more = [frame for frame in frames(NAME, "office", 79) if frame.page == 1]
    fronts = [frame for frame, _image in scans if frame.page == 1] + more
    # The first copy lies upright: the boxes' places count from its corner.
    fronts = [np.ascontiguousarray(np.rot90(frame.image, frame.turns)) for frame in fronts]
    layouts = tmp_path / "layouts"
    layouts.mkdir()
    for number, image in enumerate(fronts):
        cv2.imwrite(str(layouts / f"{number}.png"), image)
    text = described(NAME)
    text |= {"copies": ["0.png", "1.png", "2.png"], "size_mm": [210, 297], "pages": text["pages"][:1]}
    del text["original"]
    (layouts / "mau-cu.yaml").write_text(as_yaml(text), encoding="utf-8")
    done = omr("layout", "freeze", "mau-cu", cwd=tmp_path)
    assert done.code == 0, done.err
    assert list((layouts / "frozen").glob("mau-cu-*.json"))
    path, flattened, seen = layouts / "mau-cu.yaml", freezing.flattened, []

    def a_row_off(*arguments):
        seen.append(arguments)
        flat = flattened(*arguments)
        return np.roll(flat, 36, axis=0) if len(seen) == 2 else flat

    monkeypatch.setattr(freezing, "flattened", a_row_off)
    with pytest.raises(LayoutError, match=r"2\.png lies a row or a column aside"):
        freezing.freeze(path, load(path))
