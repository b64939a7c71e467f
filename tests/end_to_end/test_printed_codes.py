"""Codes that others printed on a form, from a layout file to the ledger: our form, coded as others would."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from bench.codes import printed as put_code
from bench.existing import DPI, compared, forms, hidden, scan_of
from omr.draft.freeze import freeze
from omr.forms.issue import issue_copies
from omr.forms.load import parse_layout
from omr.model.geometry import MM_PER_INCH, RectMm
from omr.model.layout import CodeKind, PrintedCode
from omr.model.reading import Reading, Reason
from omr.pipeline import read_by_print, read_scan
from omr.read.known import index_of
from omr.settings import DEFAULT
from omr.synth import make
from omr.synth.make import Handling, make_stack
from omr.synth.printed import printed
from omr.synth.profiles import PROFILES

NAME, PX = "tayninh-cam-ket", DPI / MM_PER_INCH
FIXED = PrintedCode(CodeKind.QR, RectMm(172.0, 8.0, 13.0, 13.0), "CK26-{page}")
NUMBER = PrintedCode(CodeKind.CODE128, RectMm(60.0, 8.0, 55.0, 9.0), "CK-{serial}")


def face_of(blank, page, fixed, number):
    """Return a page's print with codes in place of ours; number: what the serial's code reads, or ""."""
    face = hidden(blank, page)
    put_code(face, PX, FIXED, fixed.format(page=page.number))
    if number:
        put_code(face, PX, NUMBER, number)
    return face


class Coded:
    """Prints pages with codes of others; number: what is printed for a sheet, by its number from 0."""

    def __init__(self, prints, pages, number, fixed):
        self._prints, self._pages, self._number, self._fixed = prints, pages, number, fixed

    def page(self, sheet, number, dpi):
        """Return a page's print."""
        blank = self._prints.page(sheet, number, dpi)
        return face_of(blank, self._pages[number - 1], self._fixed, self._number(sheet, number))


def frames(monkeypatch, number, fixed=FIXED.text, profile="office", seed=77, sheets=2, *, turned=True):
    """Return scanned pages whose codes were printed before they were filled in and scanned."""
    placement = forms()[NAME]

    def coded(placement, issued):
        class Opened:
            def __enter__(self):
                self.opened = printed(placement, issued)
                return Coded(self.opened.__enter__(), placement.layout.pages, number, fixed)

            def __exit__(self, *wrong):
                return self.opened.__exit__(*wrong)

        return Opened()

    monkeypatch.setattr(make, "printed", coded)
    rng = np.random.default_rng(seed)
    issued = issue_copies(placement.layout, sheets, "U", lambda n: int(rng.integers(n)))
    handling = Handling(turned=turned)
    return list(make_stack(placement, issued, PROFILES[profile], seed, dpi=DPI, handling=handling))


def text_of(identity="mau-cu", fixed=FIXED.text, numbered=(1, 2)):
    """Return a layout file of the form with its codes, one key a line."""
    pages = []
    for page in forms()[NAME].layout.pages:
        boxes = [{"question": box.question, "choice": box.choice, "at": [box.area.x, box.area.y],
                  "size": [box.area.width, box.area.height]} for box in page.boxes]  # fmt: skip
        codes = [(FIXED, fixed.format(page=page.number))]
        codes += [(NUMBER, NUMBER.text)] if page.number in numbered else []
        told = [
            {"kind": code.kind.value, "at": [code.area.x, code.area.y],
             "size": [code.area.width, code.area.height], "text": text}
            for code, text in codes
        ]  # fmt: skip
        pages.append({"boxes": boxes, "codes": told})
    told = {"kind": "existing", "id": identity, "version": "1", "year": "2026", "title": "Mẫu cũ",
            "original": f"{identity}.tif", "blank": "allowed", "pages": pages}  # fmt: skip
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in told.items())


def written(folder, identity="mau-cu", fixed=FIXED.text, numbered=(1, 2)):
    """Write a layout file and its blank, which bears a serial of its own; return the file."""
    placement, path = forms()[NAME], folder / f"{identity}.yaml"
    path.write_text(text_of(identity, fixed, numbered), encoding="utf-8")
    with printed(placement, issue_copies(placement.layout, 1, "U", lambda n: n // 2)) as prints:
        blanks = [
            face_of(
                prints.page(0, page.number, DPI), page, fixed, "CK-0000" if page.number in numbered else ""
            )
            for page in placement.layout.pages
        ]
    stack(folder / f"{identity}.tif", blanks)
    return path


def stack(path, images):
    first, *others = [Image.fromarray(image) for image in images]
    first.save(path, save_all=True, append_images=others, dpi=(DPI, DPI), compression="tiff_lzw")


def frozen(folder, *arguments, **more):
    """Return the layout of a file that `written` wrote."""
    path = written(folder, *arguments, **more)
    form, faults = parse_layout(path.read_text(encoding="utf-8"))
    assert faults == ()
    return freeze(path, form)


@pytest.fixture(scope="module")
def form(tmp_path_factory):
    return frozen(tmp_path_factory.mktemp("form"))


def test_pages_bear_the_serial_of_their_code_whichever_way_up(form, monkeypatch):
    index = index_of([form], DEFAULT.known)
    for frame in frames(monkeypatch, lambda sheet, _page: f"CK-00{sheet + 11}"):
        outcome = read_by_print(scan_of(frame.image), index)
        count = compared(replace(outcome, layout=NAME), frame, NAME, "coded")
        assert (count.refused, count.mistaken, count.silent) == ({}, [], [])
        assert outcome.page.sheet == f"mau-cu_2026_00{frame.copy + 10}"


def test_a_page_whose_serial_is_covered_is_read_without_one(form, monkeypatch):
    (frame, *_others) = frames(monkeypatch, lambda _sheet, _page: "CK-0011", turned=False)
    at = frame.places(np.array([(corner.x, corner.y) for corner in NUMBER.area.grown(1.0).corners]))
    (left, top), (right, bottom) = at.min(axis=0).astype(int), at.max(axis=0).astype(int)
    frame.image[top:bottom, left:right] = 40
    outcome = read_by_print(scan_of(frame.image), index_of([form], DEFAULT.known))
    assert isinstance(outcome, Reading)
    assert outcome.page.sheet == "00000000.1"


def test_a_code_that_contradicts_the_print_refuses_the_page(form, monkeypatch):
    scans = frames(monkeypatch, lambda _sheet, _page: "CK-0011", fixed="CK25-{page}")
    for frame in scans:
        outcome = read_scan(scan_of(frame.image), {}, DEFAULT, index_of([form], DEFAULT.known))[0]
        assert outcome.reason is Reason.UNKNOWN_LAYOUT
        assert outcome.detail == f"mau-cu 1 (2026), {frame.page} / CK25-{frame.page}"


def test_forms_that_only_their_code_tells_apart_are_told_apart_by_it(form, monkeypatch, tmp_path):
    twin = frozen(tmp_path, "mau-khac", fixed="CK27-{page}")
    both = index_of([form, twin], DEFAULT.known)
    for fixed, name in ((FIXED.text, "mau-cu"), ("CK27-{page}", "mau-khac")):
        for frame in frames(monkeypatch, lambda _sheet, _page: "CK-0011", fixed=fixed):
            outcome = read_by_print(scan_of(frame.image), both)
            assert isinstance(outcome, Reading), outcome
            assert (outcome.layout, outcome.page.page) == (name, frame.page)
    at = frame.places(np.array([(corner.x, corner.y) for corner in FIXED.area.grown(1.0).corners]))
    (left, top), (right, bottom) = at.min(axis=0).astype(int), at.max(axis=0).astype(int)
    frame.image[top:bottom, left:right] = 255
    assert read_by_print(scan_of(frame.image), both).reason is Reason.UNKNOWN_LAYOUT


def test_a_form_that_names_no_code_is_not_read_where_one_says_another(monkeypatch, tmp_path, form):
    bare = replace(form, digest="f" * 10, id="mau-tran", pages=tuple(
        replace(page, printed_codes=()) for page in form.pages))  # fmt: skip
    other = frozen(tmp_path, "mau-khac", fixed="CK27-{page}")
    for frame in frames(monkeypatch, lambda _sheet, _page: "CK-0011", fixed="CK27-{page}", sheets=1):
        assert isinstance(read_by_print(scan_of(frame.image), index_of([bare], DEFAULT.known)), Reading)
        outcome = read_by_print(scan_of(frame.image), index_of([bare, other], DEFAULT.known))
        taken = outcome.layout if isinstance(outcome, Reading) else outcome.reason
        assert taken in {"mau-khac", Reason.UNKNOWN_LAYOUT}


def test_a_mixed_stack_is_gathered_by_serials_and_a_second_copy_is_told(monkeypatch, tmp_path, omr, table):
    layouts = tmp_path / "layouts"
    layouts.mkdir()
    written(layouts)
    serials = ["CK-0001", "CK-0002", "CK-0001"]
    scans = frames(monkeypatch, lambda sheet, _page: serials[sheet], sheets=3)
    # All first pages, then all second ones, in another order.
    first, second = scans[0::2], scans[1::2]
    stack(tmp_path / "scans.tif", [frame.image for frame in (*first, second[1], second[0], second[2])])
    store = tmp_path / "a.db"
    done = omr("read", tmp_path / "scans.tif", "--store", store, "--workers", 1, cwd=tmp_path)
    assert done.code in {0, 3}, done.err
    (line,) = table("ledger", store)
    assert (line["complete"], line["incomplete"], line["unissued"], line["copies"]) == ("0", "0", "2", "1")
    sheets = {row["sheet"] for row in table("marks", store)}
    assert sheets == {"mau-cu_2026_0001", "mau-cu_2026_0002", "mau-cu_2026_0001~2"}
    told = [(row["conflict"], row["sheet"]) for row in table("conflicts", store)]
    assert told == [("photocopied", "mau-cu_2026_0001")]
