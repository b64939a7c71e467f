"""Layout → filled and scanned pages with the truth; the same seed gives the same pixels.

Every page depends on the seed and its own number alone, so pages can be made in any order or in parallel.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from omr.forms.issue import PrintedSheet
from omr.forms.place import Placement
from omr.model.arrays import Floats, Gray, gray
from omr.model.geometry import MM_PER_INCH
from omr.model.layout import Layout, Page
from omr.synth.fill import BoxTruth
from omr.synth.leaf import Blank, Leaf, Person, back_of, filled_in, kept, photocopied
from omr.synth.printed import printed
from omr.synth.profiles import OneBit, People, Profile, drawn, happens
from omr.synth.respondent import answers, some_hand
from omr.synth.scanner import Device, Movement, feed, scan, some_device

ALIKE = 3
"""People who answer alike where copies of one master sheet are filled in."""

_TURNED = {0: 0.6, 2: 0.25, 1: 0.075, 3: 0.075}
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
    clockwise. blank: the page before it was filled in; movement: where the paper lay on the scanner.
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
    blank: Blank
    movement: Movement
    onebit: bool
    quality: int

    def places(self, printed_mm: Floats) -> Floats:
        """Return where places of the printed page, shape (N, 2), mm, are on the scan, px, shape (N, 2)."""
        x, y = (self.movement.scan(self.blank.at(printed_mm)) * self.dpi / MM_PER_INCH - 0.5).T
        for turn in range(self.turns):
            height = self.image.shape[0] if (self.turns - turn) % 2 == 0 else self.image.shape[1]
            x, y = height - 1 - y, x
        return np.stack((x, y), axis=1)


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
    device = some_device(profile.scanner, chance(_Stage.DEVICE, handling.run))
    people = _people(placement.layout, sheets, profile.people, chance, handling)
    numbers = {sheet.issued.serial: number for number, sheet in enumerate(sheets)}
    with printed(placement, sheets) as prints:
        for person, page in _order(people, placement.layout.pages, chance, handling):
            face = prints.page(numbers[person.sheet.issued.serial], page.number, dpi)
            leaf = _leaf(face, page, person, profile, chance, dpi, handling)
            yield from _scans(leaf, page, person, profile, device, chance, dpi, handling)


@dataclass(frozen=True, slots=True)
class _Chance:
    """Random numbers by what they are for."""

    seed: int
    unit: str

    def __call__(self, *use: int) -> np.random.Generator:
        return np.random.default_rng((self.seed, zlib.crc32(self.unit.encode()), *use))


def _people(
    layout: Layout, sheets: Sequence[PrintedSheet], habits: People, chance: _Chance, handling: Handling
) -> list[Person]:
    """Return the respondents; where all fill in copies of one sheet, the first few answer alike."""
    owners = [sheets[0]] * handling.copies or sheets
    alike = ALIKE if handling.copies else 0
    return [
        Person(
            number=number,
            sheet=sheet,
            hand=some_hand(habits, chance(_Stage.HAND, number)),
            given=answers(layout, habits, chance(_Stage.ANSWERS, 0 if number < alike else number)),
        )
        for number, sheet in enumerate(owners)
    ]


def _order(
    people: Sequence[Person], pages: Sequence[Page], chance: _Chance, handling: Handling
) -> list[tuple[Person, Page]]:
    order = [(person, page) for person in people for page in pages]
    if not handling.shuffled:
        return order
    return [order[index] for index in chance(_Stage.ORDER, handling.run).permutation(len(order))]


def _leaf(
    face: Gray,
    page: Page,
    person: Person,
    profile: Profile,
    chance: _Chance,
    dpi: int,
    handling: Handling,
) -> Leaf:
    """Return one printed page, perhaps photocopied, and filled in."""
    px_per_mm = dpi / MM_PER_INCH
    rng = chance(_Stage.COPY, person.number, page.number)
    low, high = profile.paper.generations
    generations = max(int(rng.integers(low, high + 1)), int(handling.copies > 0))
    blank = photocopied(face, px_per_mm, generations, profile.paper, rng)
    return filled_in(blank, page, person, profile, px_per_mm, chance(_Stage.FILL, person.number, page.number))


def _scans(
    leaf: Leaf,
    page: Page,
    person: Person,
    profile: Profile,
    device: Device,
    chance: _Chance,
    dpi: int,
    handling: Handling,
) -> Iterator[Frame]:
    """Yield the front of a page, and its back where backs are scanned."""
    px_per_mm = dpi / MM_PER_INCH
    rng = chance(_Stage.FEED, handling.run, person.number, page.number)
    turns = int(rng.choice(list(_TURNED), p=list(_TURNED.values()))) if handling.turned else 0
    damage = (_Stage.DAMAGE, person.number, page.number)
    torn = handling.torn and happens(_TORN, chance(*damage, 0))
    through = drawn(profile.paper.through, chance(*damage, 1))
    for back in (False, True) if handling.duplex else (False,):
        # the same random numbers for both sides: a hole is a hole on the back as well
        side = np.full_like(leaf.face, 255) if back else leaf.face
        side = kept(side, px_per_mm, profile.paper, device.background, chance(*damage, 2), torn=torn)
        side = back_of(leaf, side, px_per_mm, through) if back else side
        size = side.shape[1] / px_per_mm, side.shape[0] / px_per_mm
        movement = feed(device, profile.scanner, size, rng)
        image = scan(side, px_per_mm, device, movement, rng)
        yield Frame(
            image=gray(np.ascontiguousarray(np.rot90(image, -turns))),
            dpi=dpi,
            sheet=person.sheet,
            copy=person.number + 1,
            page=0 if back else page.number,
            truth=() if back else leaf.filled.truth,
            signed=None if back else leaf.filled.signed,
            torn=torn,
            turns=turns,
            blank=leaf.blank,
            movement=movement,
            onebit=device.onebit is not OneBit.NO,
            quality=device.quality,
        )
