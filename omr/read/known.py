"""Which of the forms that others printed a scan shows: by its look, else by its features; then the fit.

A page is named only where it fits, where most of its print is there and next to none is contradicted, and
where no other known page explains the scan nearly as well: what two near-identical forms differ in decides
between them, or nobody does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.model.arrays import Flags, Floats, Gray, Singles, singles
from omr.model.layout import PRINT_GRID, Layout, Marking, Page, Print
from omr.model.pagecode import PageId
from omr.model.reading import Reason
from omr.read.contrary import contrary
from omr.read.dated import is_of_another_year
from omr.read.features import Features, decoded, features_of, kept_features, on_paper, picture
from omr.read.lettered import boxes_alike, has_its_boxes
from omr.read.matched import Fit, agreement, fit, flattened, is_rows_off
from omr.read.outline import filled_by_paper
from omr.read.register import Misfit
from omr.read.resemble import Looks, alike_pages, looks_of, resembling
from omr.settings import KnownSettings, MatchSettings, Settings


@dataclass(frozen=True, slots=True)
class KnownPage:
    """One page of one layout that others printed."""

    layout: Layout
    page: Page
    print: Print

    def __str__(self) -> str:
        return f"{self.layout.id} {self.layout.version} ({self.layout.year}), {self.page.number}"

    def of_sheet(self, sheet: str) -> PageId:
        """Return the page as one of a sheet."""
        layout = self.layout
        return PageId(layout.digest, layout.year, sheet, self.page.number, len(layout.pages))

    def refused(self, reason: Reason, detail: str) -> Misfit:
        """Return why a scan that may show this page is not taken for it."""
        return Misfit(reason, detail, nearly=self.of_sheet(""))


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """The pages that can be told, and the strongest features of all of them in one table.

    looks: what the pages are compared by at a glance. descriptors: shape (N, 32), uint8. owner: the page of
    each, shape (N,). named: a person says that every page is of one of these forms.
    """

    pages: tuple[KnownPage, ...]
    looks: Looks
    descriptors: Gray
    owner: NDArray[np.intp]
    named: bool


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The page a scan shows, where it lies on the scan looked at, and that scan as the page lies flat.

    reworded: its boxes are the blank's, the words around them are not: another print of the form.
    """

    known: KnownPage
    fit: Fit
    flat: Gray
    reworded: bool = False


def index_of(layouts: Iterable[Layout], settings: KnownSettings, *, named: bool = False) -> Index:
    """Return the index of all pages of these layouts that are known by their print.

    named: a person says that it is one of these forms, however it may differ from the blank.
    """
    pages = (
        KnownPage(layout, page, page.print)
        for layout in layouts
        for page in layout.pages
        if page.print is not None
    )
    return index_of_pages(tuple(pages), settings, named=named)


def index_of_pages(pages: tuple[KnownPage, ...], settings: KnownSettings, *, named: bool = False) -> Index:
    """Return the index of these pages alone; named as for `index_of`."""
    kept = [kept_features(page.print).descriptors[: settings.indexed] for page in pages]
    owner = np.repeat(np.arange(len(pages)), [len(each) for each in kept])
    table = np.concatenate(kept) if kept else np.empty((0, 32), np.uint8)
    looks = looks_of((decoded(page.print) for page in pages), [page.layout.size for page in pages])
    return Index(pages, looks, table, owner, named)


def which(even: Gray, image: Gray, index: Index, settings: Settings) -> Found | Misfit:
    """Return the page that a small scan shows, or why none is named; even: it with its light evened.

    Pages that fill their scan are told by their look; what is not, by features, which follow any turn.
    """
    by_look = _by_look(even, even, np.eye(3), index, settings)
    if not isinstance(by_look, Misfit):
        return by_look
    sheet = filled_by_paper(even, image, index.looks.sizes[0]) if index.pages else None
    if sheet is not None:
        by_sheet = _by_look(even, *sheet, index, settings)
        if not isinstance(by_sheet, Misfit):
            return by_sheet
    for features, compared in _looks_closer(even, image, settings.known):
        rough = _rough(features, index, settings.match, replace(settings.known, compared=compared))
        by_features = _decided(even, rough, index, settings)
        if isinstance(by_features, Found):
            return by_features
    # What its look is like tells more of a page than the few features that happen to agree.
    return by_features if by_look.reason is Reason.NO_PAGE_CODE else by_look


def _by_look(even: Gray, filled: Gray, back: Floats, index: Index, settings: Settings) -> Found | Misfit:
    """Return the page that a picture filled by it shows; back: from its px to the small scan's, (3, 3)."""
    likely = resembling(filled, index.looks, settings.resemble)
    return _decided(even, [(index.pages[each.page], back @ each.coarse) for each in likely], index, settings)


def _looks_closer(even: Gray, image: Gray, settings: KnownSettings) -> Iterator[tuple[Features, int]]:
    """Yield the features a page is sought by, and how many pages they are compared with."""
    yield features_of(even), settings.compared
    # On a photograph, the table has most of the features.
    yield features_of(even, on_paper(image)), settings.compared_again


def _decided(
    even: Gray, likely: Iterable[tuple[KnownPage, Floats]], index: Index, settings: Settings
) -> Found | Misfit:
    """Return which of the likely pages a scan shows, each with its map mm → px; or why none is named."""
    misfit = Misfit(Reason.NO_PAGE_CODE, "")
    fitted: list[Found] = []
    for known, coarse in likely:
        result = _fitted(even, known, coarse, index, settings)
        if isinstance(result, Misfit):
            misfit = result
        else:
            fitted.append(result)
    winners = [
        one
        for one in fitted
        if all(_beats(one, other, settings.known) for other in fitted if other is not one)
    ]
    if winners:
        tried = {id(each.known) for each in fitted}
        twins = [each for each in _twins(winners[0].known, index, settings) if id(each) not in tried]
        for each in (Found(twin, winners[0].fit, winners[0].flat) for twin in twins):
            if not _beats(winners[0], each, settings.known):
                return each.known.refused(Reason.UNKNOWN_LAYOUT, f"{winners[0].known} / {each.known}")
        return winners[0]
    if not fitted:
        return misfit
    names = " / ".join(str(each.known) for each in fitted)
    return fitted[0].known.refused(Reason.UNKNOWN_LAYOUT, names)


def _twins(known: KnownPage, index: Index, settings: Settings) -> Iterator[KnownPage]:
    """Yield the pages that look as a known page does: its other years, which may not have been compared."""
    at = index.pages.index(known)
    for page in alike_pages(index.looks, at, settings.resemble.twin):
        yield index.pages[page]


def _fitted(even: Gray, known: KnownPage, coarse: Floats, index: Index, settings: Settings) -> Found | Misfit:
    """Return a known page laid on a scan, or why the scan does not show it."""
    result = fit(even, coarse, known.page, known.layout.size, settings.match)
    if isinstance(result, Misfit):
        return result
    blank = picture(known.print)
    found = Found(known, result, flattened(even, result.registration, blank.shape))
    if is_rows_off(found.flat, blank):
        return Misfit(Reason.LOOSE_FIT, f"{known}")
    misfit = _misfit(found, settings, named=index.named)
    if misfit is not None and _is_reworded(found, index, settings):
        found, misfit = replace(found, reworded=True), None
    if misfit is None and not index.named and is_of_another_year(found.flat, blank, known.print.years):
        return Misfit(Reason.UNKNOWN_LAYOUT, f"{known}: another year")
    if misfit is None and index.named and known.layout.marking is not Marking.FILL:
        other, _clear = contrary(found.flat, known.page, settings.contrary)
        found = replace(found, reworded=other > settings.contrary.most)
    return misfit or found


def _misfit(found: Found, settings: Settings, *, named: bool) -> Misfit | None:
    """Return why a page that fits is not the one, or None. named: a person says that it is of its form."""
    known, share = found.known, found.fit.share
    if named and share >= settings.known.named:
        return None
    other, clear = contrary(found.flat, known.page, settings.contrary)
    if clear < settings.contrary.clear:
        return known.refused(Reason.TOO_POOR, f"{known}: print {clear:.0%} clear")
    if share < settings.known.found:
        return known.refused(Reason.UNKNOWN_LAYOUT, f"{known}: {share:.0%}")
    if other > settings.contrary.most:
        return known.refused(Reason.UNKNOWN_LAYOUT, f"{known}: {other:.1%} other print")
    return None


def _is_reworded(found: Found, index: Index, settings: Settings) -> bool:
    """True where a page whose words are not the blank's has its boxes, as no other known page has them."""
    known, boxes = found.known, found.known.page.boxes
    if found.fit.share < settings.known.found:
        return False
    if boxes_alike(found.flat, picture(known.print), boxes) < settings.contrary.own:
        return False
    others = (other.page.boxes for other in index.pages if other is not known)
    return not any(has_its_boxes(boxes, each) for each in others)


def _rough(
    scan: Features, index: Index, match: MatchSettings, settings: KnownSettings
) -> list[tuple[KnownPage, Floats]]:
    """Return the pages that a scan may show, each with its map mm → px, the likeliest first."""
    votes = _votes(scan, index, settings)
    found = []
    for at in np.argsort(-votes, kind="stable")[: settings.compared].tolist():
        agreed = agreement(scan, index.pages[at].print, match) if votes[at] else None
        if agreed is not None:
            found.append((agreed[1], at, agreed[0]))
    found.sort(key=lambda each: (-each[0], each[1]))
    return [
        (index.pages[at], coarse)
        for count, at, coarse in found[: settings.fitted]
        if count >= settings.rival * found[0][0]
    ]


def _votes(scan: Features, index: Index, settings: KnownSettings) -> NDArray[np.intp]:
    """Return how many of the scan's strongest features each page has, shape (pages,)."""
    if len(index.pages) <= settings.compared:
        return np.ones(len(index.pages), dtype=np.intp)
    asked = scan.descriptors[: settings.asked]
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(asked, index.descriptors, k=settings.shared)
    votes = np.zeros(len(index.pages), dtype=np.intp)
    for pair in pairs:
        # Forms of one office share headings: a feature speaks for every page that has it as well.
        alike = {
            int(index.owner[each.trainIdx])
            for each in pair
            if each.distance <= pair[0].distance + settings.as_good
        }
        votes[list(alike)] += 1
    return votes


def _beats(one: Found, other: Found, settings: KnownSettings) -> bool:
    """True where what two pages differ in speaks for the first."""
    if one.fit.share - other.fit.share > settings.plainly:
        return True
    blanks = [picture(each.known.print) for each in (one, other)]
    if blanks[0].shape != blanks[1].shape:
        return False
    darks = [_darkness(blank) for blank in blanks]
    apart = np.abs(darks[0] - darks[1]) > settings.differs
    if apart.sum() < settings.least_apart * PRINT_GRID**2:
        return False
    where, near = (
        cv2.dilate(apart.astype(np.uint8), np.ones((side, side), np.uint8)) > 0 for side in (3, _NEAR)
    )
    alike = singles((darks[0] + darks[1]) / 2)
    seen = [_as_dark(_darkness(each.flat), alike, near & ~where) for each in (one, other)]
    missed = [float(((scan - dark)[where] ** 2).sum()) for scan, dark in zip(seen, darks, strict=True)]
    return (missed[1] - missed[0]) / float(((darks[0] - darks[1])[where] ** 2).sum()) > settings.told


def _as_dark(seen: Singles, print_: Singles, where: Flags) -> Singles:
    """Return what is seen as dark as the print that both blanks have around their difference.

    On a copy that is darker than the blanks, the one with more ink would win: a 6 against a 5.
    """
    printed, shown = (float((each * print_)[where].sum()) for each in (print_, seen))
    darker = shown / printed if printed > 0 else 1.0
    return singles(seen / min(max(darker, 1 / _DARKER), _DARKER))


_DARKER = 2.0
"""How many times darker or paler than its blank the print of a readable copy is at most."""

_NEAR = 25
"""Samples around a difference, 3 mm each way: the words it stands in."""


def _darkness(image: Gray) -> Singles:
    """Return a picture as darkness, 0 paper … 1 print, a little blurred: no fit is exact to a sample."""
    return singles(cv2.GaussianBlur(image, (0, 0), _BLUR)).astype(np.float32) * np.float32(
        -1 / 255
    ) + np.float32(1)


_BLUR = 0.8
"""Samples of 0.25 mm."""
