"""A layout file and its blank → the frozen layout that reading knows the form by.

Frozen anew wherever the file or the blank has changed; reading takes the layout that the files say today.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from omr.draft.blank import blank_pages
from omr.draft.dated import printed_years
from omr.draft.sheet import BlankPage
from omr.errors import LayoutError, OmrError
from omr.forms.catalogue import Catalogue, write_frozen
from omr.forms.existing import ExistingForm, ExistingPage
from omr.forms.grids import boxes_of, layout_of
from omr.forms.load import load
from omr.i18n import _
from omr.intake.frames import open_source
from omr.model.arrays import Gray
from omr.model.geometry import RectMm, SizeMm
from omr.model.layout import Box, Layout, Marking, Page, Print
from omr.model.registration import Registration
from omr.read.features import evened, features_of, median_of, picture, print_of, small
from omr.read.matched import agreement, fit, flattened, has_slipped, is_rows_off
from omr.read.register import Misfit
from omr.settings import DEFAULT

_ALIKE = 0.02
"""By how much the pages of one blank may differ in size, as a share."""


Printed = Callable[[Path, ExistingForm, int], tuple[Print, SizeMm]]
"""Finds what a page of a layout file is known by, as `print_on_blank` does."""

_BESIDE_CODE = 0.5
"""How far beyond its place a code may be printed, mm."""


@dataclass(frozen=True, slots=True)
class Current:
    """The forms that others printed, as their files say today; problems: why some cannot be used."""

    layouts: tuple[Layout, ...]
    problems: tuple[str, ...]


def current(catalogue: Catalogue, known: Mapping[str, Layout]) -> Current:
    """Return every form that others printed; what is not frozen yet is frozen beside its file.

    known: every frozen layout, by digest.
    """
    by_source = {layout.source: layout for layout in known.values() if layout.existing}
    layouts, problems = [], []
    for path in catalogue.existing_files():
        try:
            form = load(path)
            if isinstance(form, ExistingForm):
                layouts.append(by_source.get(_source(path, form)) or kept(path, form))
        except OmrError as error:
            problems.append(str(error))
    return Current(tuple(layouts), tuple(problems))


def kept(path: Path, form: ExistingForm) -> Layout:
    """Return a form frozen, and keep it beside its file where that can be written to. Raises as `freeze`."""
    layout = freeze(path, form)
    try:
        write_frozen(layout, path.parent)
    except OSError:
        # A read-only folder costs the work again next time; the store keeps what was read by.
        return layout
    return layout


def freeze(path: Path, form: ExistingForm, printed: Printed | None = None) -> Layout:
    """Return the layout that the file `path` describes, known by the print of its blank.

    printed: what finds that print; None looks at the blank.
    Raises LayoutError, naming the file, where the blank cannot be read or has no such page, SourceError
    where it cannot be opened.
    """
    prints, sizes = [], []
    for number, page in enumerate(form.pages, start=1):
        print_, size = (printed or print_on_blank)(path, form, number)
        prints.append(print_)
        sizes.append(size)
        _refuse_outside(path, number, boxes_of(page), size)
    first = sizes[0]
    apart = (abs(each.width / first.width - 1) + abs(each.height / first.height - 1) for each in sizes)
    if max(apart) > _ALIKE:
        raise LayoutError(_("{path}: the pages of the blank differ in size.").format(path=path))
    return layout_of(form, first, prints, _source(path, form))


def print_on_blank(path: Path, form: ExistingForm, number: int) -> tuple[Print, SizeMm]:
    """Return what page `number` of the form (from 1) is known by, and its size. Raises as `freeze`."""
    page = form.pages[number - 1]
    if form.copies:
        image, size = _median(path, form)
        return print_of(_without_codes(image, page, size), size), size
    blank = _blank_page(path, form, page.frame or number)
    image, size = _sized(blank, form)
    years = printed_years(blank.letters, form.year)
    return replace(print_of(_without_codes(image, page, size), size), years=years), size


def _without_codes(image: Gray, page: ExistingPage, size: SizeMm) -> Gray:
    """Return a blank with paper where it has codes: they are read, and no page is known by their look."""
    bare, px_per_mm = image.copy(), image.shape[1] / size.width
    for code in page.codes:
        area = RectMm(*code.at, *code.size).grown(_BESIDE_CODE)
        edges = (area.x, area.y, area.right, area.bottom)
        left, top, right, bottom = (max(round(edge * px_per_mm), 0) for edge in edges)
        bare[top:bottom, left:right] = 255
    return bare


def _source(path: Path, form: ExistingForm) -> str:
    """Return the digest of a layout file and the files it names."""
    names = form.copies or (form.original,)
    files = [open_source(each).sha256 for each in (path, *(path.parent / name for name in names))]
    return hashlib.sha256("".join(files).encode()).hexdigest()[:16]


def _original(path: Path, form: ExistingForm, frame: int) -> tuple[Gray, SizeMm]:
    """Return the picture of one page of the blank, and its size."""
    return _sized(_blank_page(path, form, frame), form)


def _sized(page: BlankPage, form: ExistingForm) -> tuple[Gray, SizeMm]:
    return page.gray, page.size if form.size_mm is None else SizeMm(*form.size_mm)


def _blank_page(path: Path, form: ExistingForm, frame: int) -> BlankPage:
    """Return one page of the blank, upright as drafting sees it."""
    blank = path.parent / form.original
    for page in blank_pages(blank):
        if page.number == frame:
            return page
    message = _("{path}: the blank {blank} has no page {page}.")
    raise LayoutError(message.format(path=path, page=frame, blank=blank.name))


def _median(path: Path, form: ExistingForm) -> tuple[Gray, SizeMm]:
    """Return what most filled copies show, lying as the first of them does, and its size.

    Raises LayoutError, naming the copy, where one shows another form or lies a row aside of the others.
    """
    first, size = _original(path, form.model_copy(update={"original": form.copies[0]}), 1)
    print_ = print_of(first, size)
    page = Page(1, (), None, (), (), (), print_)
    copies = [picture(print_)]
    for name in form.copies[1:]:
        image, _size = _original(path, form.model_copy(update={"original": name, "size_mm": form.size_mm}), 1)
        even = evened(small(image)[0])
        registration = _fitted(even, page, print_, size)
        if registration is None:
            message = _("{path}: {copy} does not show the form that {first} shows.")
            raise LayoutError(message.format(path=path, copy=name, first=form.copies[0]))
        copies.append(flattened(even, registration, copies[0].shape))
    blank = median_of(copies)
    for name, copy in zip(form.copies, copies, strict=True):
        if is_rows_off(copy, blank) or (form.marking is Marking.FILL and has_slipped(copy, blank)):
            message = _(
                "{path}: {copy} lies a row or a column aside of the other copies. Scan it again, or leave it "
                "out of the copies."
            )
            raise LayoutError(message.format(path=path, copy=name))
    return blank, size


def _fitted(even: Gray, page: Page, print_: Print, size: SizeMm) -> Registration | None:
    agreed = agreement(features_of(even), print_, DEFAULT.match)
    if agreed is None:
        return None
    found = fit(even, agreed[0], page, size, DEFAULT.match)
    return None if isinstance(found, Misfit) else found.registration


def _refuse_outside(path: Path, number: int, boxes: tuple[Box, ...], size: SizeMm) -> None:
    paper = RectMm(0.0, 0.0, size.width, size.height)
    outside = [box.id for box in boxes if not paper.contains(box.area)]
    if outside:
        message = _("{path}: page {page}: box '{id}' lies beyond the paper ({width:.0f} × {height:.0f} mm).")
        raise LayoutError(
            message.format(path=path, page=number, id=outside[0], width=size.width, height=size.height)
        )
