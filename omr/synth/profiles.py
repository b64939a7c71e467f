"""How people answer, what paper goes through, and how scanners see it: ranges to draw from.

A profile is a description, nothing is decided here. Distances are millimetres, rates are per question,
per person or per page as their line says; a range is drawn from evenly unless said otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

Range = tuple[float, float]
"""Lowest and highest value."""
Weights = tuple[tuple[str, float], ...]
"""Names with how often each is taken; the weights need not add up to 1."""


def drawn(span: Range, rng: np.random.Generator) -> float:
    """Return a number evenly drawn from `span`."""
    return float(rng.uniform(*span))


def happens(chance: float, rng: np.random.Generator) -> bool:
    """Return True with that chance, 0..1."""
    return bool(rng.random() < chance)


def chosen(weights: Weights, rng: np.random.Generator) -> str:
    """Return one of the names."""
    shares = np.array([weight for _name, weight in weights])
    return weights[int(rng.choice(len(weights), p=shares / shares.sum()))][0]


@dataclass(frozen=True, slots=True)
class People:
    """The respondents of a unit.

    tools: pens by name (omr.synth.pen.TOOLS). ways: how a person is used to tick (omr.synth.marks).
    none: share of people who tick no item where a row has one box; rows: share of rows the others tick.
    blank, double: per row of several boxes, left out or ticked twice.
    corrected: per ticked row, taken back by the printed rule (filled) and, where there is another box,
        ticked anew there.
    odd: per row, an unclear mark (`odd_ways`) instead of a plain one or none.
    long_tail: share of a person's ticks that run out of the box towards the next row.
    offset: how far from the middle a mark lies (standard deviation), mm.
    unsigned, attested, declared: per sheet; attested holds for those who tick no item.
    """

    tools: Weights
    ways: Weights = (("tick", 0.55), ("cross", 0.35), ("slash", 0.1))
    none: float = 0.3
    rows: Range = (0.02, 0.12)
    blank: float = 0.004
    double: float = 0.001
    corrected: float = 0.006
    odd: float = 0.0
    odd_ways: Weights = (("dot", 1.0),)
    long_tail: float = 0.03
    offset: Range = (0.15, 0.45)
    unsigned: float = 0.02
    attested: float = 0.9
    declared: float = 0.9


@dataclass(frozen=True, slots=True)
class Paper:
    """What happens to the paper besides writing.

    generations: how often the printed form was photocopied before it was filled in (whole numbers).
    toner: darkness a copier takes for black; lower thickens lines more.
    folds, punched, stamped: share of pages. specks: specks a page. torn: mm of a torn corner's sides,
        where corners are torn at all. through: how dark the other side's print shows, 0..1.
    """

    generations: tuple[int, int] = (0, 0)
    toner: Range = (0.3, 0.45)
    folds: float = 0.0
    fold_depth: Range = (0.05, 0.15)
    punched: float = 0.0
    stamped: float = 0.0
    specks: Range = (0.0, 0.0)
    torn: Range = (15.0, 35.0)
    through: Range = (0.03, 0.08)


class OneBit(StrEnum):
    """How a scanner makes two values out of gray."""

    NO = "no"
    GLOBAL = "global"
    ADAPTIVE = "adaptive"


@dataclass(frozen=True, slots=True)
class Scanner:
    """A scanner and the care it is used with.

    skew: degrees, either way; offset: mm, either way; lean: how much of a page's skew all pages share.
    scale: how much larger or smaller pages come out, either way; stretch: along the feed against across.
    wobble, sideways: amplitude of slow waves along and across the feed, mm; long_edge: share of devices
        that take A4 long edge first, whose waves run across the page.
    blur: standard deviation, mm; noise: standard deviation of gray values 0..255.
    white, black: gray values of paper and full ink; gamma: tone curve.
    light: how much darker the darkest region is, 0..1; shadow: darkness along the paper's edges.
    background: gray value beyond the paper; streaks: vertical lines a device draws on every page.
    dust: specks on the glass; quality: JPEG; onebit: kinds of two-valued output with their weights;
    threshold: gray value, of the span between black and white, that divides them.
    """

    skew: float = 0.0
    offset: float = 0.0
    lean: float = 0.5
    scale: Range = (0.0, 0.0)
    stretch: Range = (0.0, 0.0)
    wobble: Range = (0.0, 0.0)
    sideways: Range = (0.0, 0.0)
    long_edge: float = 0.0
    blur: Range = (0.0, 0.02)
    noise: Range = (0.0, 1.0)
    white: Range = (252.0, 258.0)
    black: Range = (5.0, 25.0)
    gamma: Range = (1.0, 1.0)
    light: Range = (0.0, 0.0)
    shadow: Range = (0.0, 0.0)
    background: Range = (250.0, 255.0)
    streaks: Range = (0.0, 0.0)
    streak_depth: Range = (0.1, 0.3)
    dust: Range = (0.0, 0.0)
    quality: tuple[int, int] = (85, 92)
    onebit: tuple[tuple[OneBit, float], ...] = ((OneBit.NO, 1.0),)
    threshold: Range = (0.6, 0.75)


@dataclass(frozen=True, slots=True)
class Profile:
    """People, paper and scanner that go together; dpi is what such a scanner is usually set to."""

    name: str
    people: People
    paper: Paper
    scanner: Scanner
    dpi: int = 200


_ORDINARY: Weights = (
    ("ballpoint-blue", 0.6),
    ("ballpoint-black", 0.2),
    ("gel-blue", 0.08),
    ("gel-black", 0.08),
    ("ballpoint-red", 0.02),
    ("felt", 0.02),
)
_ANY: Weights = (*_ORDINARY[:-1], ("felt", 0.04), ("pencil", 0.1), ("pencil-faint", 0.06))
_ODD: Weights = (
    ("dot", 0.15),
    ("circle", 0.2),
    ("fill", 0.2),
    ("scribble", 0.1),
    ("beside", 0.1),
    ("slip", 0.15),
    ("speck", 0.1),
)

CLEAN = Profile(
    name="clean",
    people=People(
        tools=(("ballpoint-blue", 0.6), ("ballpoint-black", 0.4)),
        ways=(("tick", 0.6), ("cross", 0.4)),
        blank=0.0,
        double=0.0,
        corrected=0.0,
        long_tail=0.0,
        offset=(0.1, 0.25),
        unsigned=0.0,
    ),
    paper=Paper(),
    scanner=Scanner(skew=0.2, offset=0.5),
)
"""Careful people and a scanner without faults: what must always be read."""

OFFICE = Profile(
    name="office",
    people=People(tools=_ORDINARY, odd=0.0005, odd_ways=_ODD),
    paper=Paper(specks=(0.0, 12.0), punched=0.1, stamped=0.05),
    scanner=Scanner(
        skew=0.8,
        offset=1.5,
        scale=(-0.004, 0.004),
        stretch=(-0.003, 0.003),
        wobble=(0.02, 0.15),
        sideways=(0.0, 0.1),
        long_edge=0.2,
        blur=(0.02, 0.06),
        noise=(1.0, 3.0),
        white=(244.0, 258.0),
        black=(15.0, 50.0),
        gamma=(0.9, 1.15),
        light=(0.0, 0.04),
        shadow=(0.0, 0.25),
        background=(225.0, 255.0),
        dust=(0.0, 5.0),
        quality=(70, 88),
    ),
)
"""A decent sheet-fed office scanner, good paper, ordinary pens, few corrections."""

WORN = Profile(
    name="worn",
    people=replace(
        OFFICE.people,
        tools=_ANY,
        corrected=0.015,
        odd=0.004,
        blank=0.01,
        double=0.003,
        long_tail=0.08,
        offset=(0.2, 0.7),
        unsigned=0.05,
    ),
    paper=Paper(
        folds=0.5, punched=0.4, stamped=0.15, specks=(10.0, 80.0), torn=(20.0, 45.0), through=(0.05, 0.14)
    ),
    scanner=Scanner(
        skew=3.0,
        offset=3.0,
        lean=0.3,
        scale=(-0.01, 0.01),
        stretch=(-0.008, 0.008),
        wobble=(0.1, 0.5),
        sideways=(0.05, 0.3),
        long_edge=0.3,
        blur=(0.05, 0.13),
        noise=(3.0, 8.0),
        white=(215.0, 245.0),
        black=(30.0, 75.0),
        gamma=(0.85, 1.25),
        light=(0.05, 0.2),
        shadow=(0.1, 0.6),
        background=(20.0, 250.0),
        streaks=(0.0, 4.0),
        dust=(5.0, 40.0),
        quality=(40, 60),
    ),
)
"""An old scanner and paper that has been through hands; a person would still read every page."""

PHOTOCOPY = Profile(
    name="photocopy",
    people=replace(OFFICE.people, odd=0.003, long_tail=0.05),
    paper=Paper(generations=(1, 3), specks=(10.0, 80.0), punched=0.2, stamped=0.05),
    scanner=replace(
        OFFICE.scanner,
        skew=1.8,
        offset=3.0,
        scale=(-0.012, 0.012),
        stretch=(-0.006, 0.006),
        wobble=(0.05, 0.35),
        sideways=(0.0, 0.2),
        noise=(2.0, 5.0),
    ),
)
"""Blank forms photocopied, copies of copies among them, then filled in and scanned."""

ONEBIT = Profile(
    name="onebit",
    people=OFFICE.people,
    paper=Paper(specks=(0.0, 25.0), punched=0.2),
    scanner=replace(
        OFFICE.scanner,
        skew=1.2,
        noise=(3.0, 7.0),
        onebit=((OneBit.GLOBAL, 0.6), (OneBit.ADAPTIVE, 0.4)),
    ),
    dpi=300,
)
"""The office's scanner set to black and white."""

PROFILES: Mapping[str, Profile] = {
    profile.name: profile for profile in (CLEAN, OFFICE, WORN, PHOTOCOPY, ONEBIT)
}
