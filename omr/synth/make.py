"""Layout → filled and scanned pages with the truth; the same seed gives the same pixels.

Every page depends on the seed and its own number alone, so pages can be made in any order or in parallel.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

import cv2
import numpy as np

from omr.forms.issue import PrintedSheet
from omr.forms.place import Placement
from omr.model.arrays import Floats, Gray, gray
from omr.model.geometry import MM_PER_INCH, SizeMm
from omr.model.layout import FieldKind, Page
from omr.synth import paper
from omr.synth.fill import BoxTruth, FilledPage, draw_ink, fill_page
from omr.synth.marks import Hand
from omr.synth.printed import Prints, printed
from omr.synth.profiles import OneBit, Profile, drawn, happens
from omr.synth.respondent import Answers, answers, some_hand
from omr.synth.scanner import Device, Movement, feed, scan, some_device

ALIKE = 3
"""People who answer alike where copies of one master sheet are filled in."""

_TURNED = ((0, 0.6), (2, 0.25), (1, 0.075), (3, 0.075))
"""Quarter turns and how often, where pages lie mixed: most are turned by half, as careless piles are."""
_TORN = 0.3
"""Share of pages that lose a corner, where some do."""


class _Stage(IntEnum):
    """What a random number is for: each use has a stream of its own."""

    HAND = 1
    ANSWERS = 2
    FILL = 3
    COPY = 4
    DAMAGE = 5
    DEVICE = 6
    FEED = 7
    ORDER = 8


@dataclass(frozen=True, slots=True)
class Handling:
    """What is done with the filled sheets.

    shuffled: all pages in any order. turned: some upside down or sideways. duplex: the blank back of
    every page is scanned too. torn: some pages lose a corner.
    copies: people who fill in photocopies of the one sheet printed; 0 where each has a sheet.
    run: 0 for the first time the paper is scanned, 1, 2, … for later times.
    """

    shuffled: bool = False
    turned: bool = False
    duplex: bool = False
    torn: bool = False
    copies: int = 0
    run: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One scan with its truth.

    image: gray, shape (H, W). copy: whose it is, counted from 1. page: 0 for a blank back.
    truth: every box of the page. signed: None where there is nothing to sign. turns: quarter turns
    clockwise. copied: shape (2, 3), printed mm → mm on the paper; movement: scan mm → paper mm.
    """

    image: Gray
    dpi: int
    sheet: PrintedSheet
    copy: int
    page: int
    truth: tuple[BoxTruth, ...]
    signed: bool | None
    torn: bool
    turns: int
    copied: Floats
    movement: Movement
    onebit: bool
    quality: int

    def places(self, printed_mm: Floats) -> Floats:
        """Return where places of the printed page, shape (N, 2), mm, are on the scan, px, shape (N, 2)."""
        on_paper = _moved(printed_mm, self.copied)
        x, y = (self.movement.scan(on_paper) * self.dpi / MM_PER_INCH - 0.5).T
        for _turn in range(self.turns):
            height = self.image.shape[0] if (self.turns - _turn) % 2 == 0 else self.image.shape[1]
            x, y = height - 1 - y, x
        return np.stack((x, y), axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class _Person:
    """One respondent: number from 0, the sheet filled in, pen and answers."""

    number: int
    sheet: int
    hand: Hand
    given: Answers


@dataclass(frozen=True, slots=True, eq=False)
class _Leaf:
    """One page of filled paper before it is scanned."""

    face: Gray
    filled: FilledPage
    copied: Floats


def make_stack(
    placement: Placement,
    sheets: Sequence[PrintedSheet],
    profile: Profile,
    seed: int,
    *,
    dpi: int | None = None,
    handling: Handling = Handling(),
) -> Iterator[Frame]:
    """Yield the scans of `sheets`, filled in and scanned, in the order of the stack.

    Args:
        placement: the placed form the sheets were issued for.
        sheets: what was printed, one a person (or one for all, see `Handling.copies`).
        profile: people, paper and scanner.
        seed: everything random comes from it and the unit of the sheets; not negative.
        dpi: of the scans; the profile's own where None.
        handling: what is done with the paper.
    """
    chance = _Chance(seed, sheets[0].issued.unit)
    dpi = dpi or profile.dpi
    people = _people(placement, sheets, profile, chance, handling)
    device = some_device(profile.scanner, chance(_Stage.DEVICE, handling.run))
    order = [(person, page) for person in people for page in placement.layout.pages]
    if handling.shuffled:
        shuffled = chance(_Stage.ORDER, handling.run).permutation(len(order))
        order = [order[index] for index in shuffled]
    with printed(placement, sheets) as prints:
        for person, page in order:
            leaf = _leaf(prints, placement.layout.size, page, person, sheets, profile, chance, dpi, handling)
            yield from _scans(leaf, page, person, sheets, profile, device, chance, dpi, handling)


@dataclass(frozen=True, slots=True)
class _Chance:
    """Random numbers by what they are for."""

    seed: int
    unit: str

    def __call__(self, *use: int) -> np.random.Generator:
        return np.random.default_rng((self.seed, zlib.crc32(self.unit.encode()), *use))


def _people(
    placement: Placement,
    sheets: Sequence[PrintedSheet],
    profile: Profile,
    chance: _Chance,
    handling: Handling,
) -> list[_Person]:
    count = handling.copies or len(sheets)
    return [
        _Person(
            number=number,
            sheet=0 if handling.copies else number,
            hand=some_hand(profile.people, chance(_Stage.HAND, number)),
            given=answers(
                placement.layout,
                profile.people,
                chance(_Stage.ANSWERS, 0 if handling.copies and number < ALIKE else number),
            ),
        )
        for number in range(count)
    ]


def _leaf(
    prints: Prints,
    size: SizeMm,
    page: Page,
    person: _Person,
    sheets: Sequence[PrintedSheet],
    profile: Profile,
    chance: _Chance,
    dpi: int,
    handling: Handling,
) -> _Leaf:
    """Return one page printed, perhaps photocopied, and filled in."""
    px_per_mm = dpi / MM_PER_INCH
    face = prints.page(person.sheet, page.number, dpi)
    face, copied = _photocopied(face, px_per_mm, size, profile, person, page, chance, handling)
    values = {name for name, value in sheets[person.sheet].values if value}
    already = frozenset(field.id for field in page.fields if field.roster in values)
    rng = chance(_Stage.FILL, person.number, page.number)
    filled = fill_page(page, person.given, person.hand, profile.people, rng, already)
    ink = [(replace(stroke, path=_moved(stroke.path, copied)), pen) for stroke, pen in filled.ink]
    draw_ink(face, px_per_mm, ink, rng)
    if happens(profile.paper.stamped, rng):
        for field in page.fields:
            if field.kind is FieldKind.SIGNATURE:
                face = paper.stamp(face, px_per_mm, field.area, rng)
    return _Leaf(face, filled, copied)


def _photocopied(
    face: Gray,
    px_per_mm: float,
    size: SizeMm,
    profile: Profile,
    person: _Person,
    page: Page,
    chance: _Chance,
    handling: Handling,
) -> tuple[Gray, Floats]:
    """Return the blank page after its generations of photocopies, and printed mm → mm on that paper."""
    rng = chance(_Stage.COPY, person.number, page.number)
    low, high = profile.paper.generations
    generations = max(int(rng.integers(low, high + 1)), 1 if handling.copies else 0)
    copied = np.eye(2, 3)
    for _generation in range(generations):
        moved = paper.misplaced((size.width, size.height), rng)
        face = paper.photocopy(paper.moved(face, px_per_mm, moved), px_per_mm, profile.paper.toner, rng)
        copied = moved @ np.vstack((copied, (0.0, 0.0, 1.0)))
    return face, copied


def _scans(
    leaf: _Leaf,
    page: Page,
    person: _Person,
    sheets: Sequence[PrintedSheet],
    profile: Profile,
    device: Device,
    chance: _Chance,
    dpi: int,
    handling: Handling,
) -> Iterator[Frame]:
    """Yield the front of a page, and its back where backs are scanned."""
    px_per_mm = dpi / MM_PER_INCH
    rng = chance(_Stage.FEED, handling.run, person.number, page.number)
    shares = [share for _turns, share in _TURNED]
    turns = _TURNED[int(rng.choice(len(shares), p=shares))][0] if handling.turned else 0
    for back in (False, True) if handling.duplex else (False,):
        use = (_Stage.DAMAGE, person.number, page.number)
        torn = handling.torn and happens(_TORN, chance(*use, 0))
        sheet = np.full_like(leaf.face, 255) if back else leaf.face
        sheet = _damaged(sheet, px_per_mm, profile, device, chance(*use, 1), torn=torn)
        if back:
            strength = drawn(profile.paper.through, chance(*use, 2))
            sheet = paper.show_through(gray(cv2.flip(sheet, 1)), leaf.face, px_per_mm, strength)
        movement = feed(device, profile.scanner, _size(sheet, px_per_mm), rng)
        image = scan(sheet, px_per_mm, device, movement, rng)
        yield Frame(
            image=gray(np.ascontiguousarray(np.rot90(image, -turns))),
            dpi=dpi,
            sheet=sheets[person.sheet],
            copy=person.number + 1,
            page=0 if back else page.number,
            truth=() if back else leaf.filled.truth,
            signed=None if back else leaf.filled.signed,
            torn=torn,
            turns=turns,
            copied=leaf.copied,
            movement=movement,
            onebit=device.onebit is not OneBit.NO,
            quality=device.quality,
        )


def _damaged(
    sheet: Gray, px_per_mm: float, profile: Profile, device: Device, rng: np.random.Generator, *, torn: bool
) -> Gray:
    """Return a page after the years in its folder."""
    worn = profile.paper
    if happens(worn.folds, rng):
        sheet = paper.fold(sheet, px_per_mm, worn.fold_depth, rng)
    sheet = paper.specks(sheet, px_per_mm, round(drawn(worn.specks, rng)), rng)
    if happens(worn.punched, rng):
        sheet = paper.punch(sheet, px_per_mm, device.background, rng)
    return paper.tear(sheet, px_per_mm, worn.torn, device.background, rng) if torn else sheet


def _size(sheet: Gray, px_per_mm: float) -> tuple[float, float]:
    return sheet.shape[1] / px_per_mm, sheet.shape[0] / px_per_mm


def _moved(points: Floats, matrix: Floats) -> Floats:
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2])
