"""One leaf of paper from the printer to the scanner: photocopied, filled in, kept in a folder."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from omr.forms.issue import PrintedSheet
from omr.model.arrays import Floats, Gray, gray
from omr.model.layout import FieldKind, Page
from omr.synth import paper
from omr.synth.fill import FilledPage, draw_ink, fill_page
from omr.synth.marks import Hand
from omr.synth.profiles import Paper, Profile, drawn, happens
from omr.synth.respondent import Answers


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """One respondent: number from 0, the sheet that was printed, pen and answers."""

    number: int
    sheet: PrintedSheet
    hand: Hand
    given: Answers


@dataclass(frozen=True, slots=True, eq=False)
class Blank:
    """A page to be filled in, shape (H, W); copied: printed mm → mm on this paper, shape (2, 3)."""

    face: Gray
    copied: Floats

    def at(self, printed_mm: Floats) -> Floats:
        """Return where places of the printed page, shape (N, 2), mm, are on this paper, mm."""
        return np.asarray(printed_mm @ self.copied[:, :2].T + self.copied[:, 2])


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """A page filled in."""

    blank: Blank
    face: Gray
    filled: FilledPage


def photocopied(
    face: Gray, px_per_mm: float, generations: int, habits: Paper, rng: np.random.Generator
) -> Blank:
    """Return a printed page, shape (H, W), after so many generations of photocopies."""
    copied = np.eye(2, 3)
    size = face.shape[1] / px_per_mm, face.shape[0] / px_per_mm
    for _generation in range(generations):
        shift = paper.misplaced(size, rng)
        face = paper.photocopy(paper.moved(face, px_per_mm, shift), px_per_mm, habits.toner, rng)
        copied = shift @ np.vstack((copied, (0.0, 0.0, 1.0)))
    return Blank(face, copied)


def filled_in(
    blank: Blank, page: Page, person: Person, profile: Profile, px_per_mm: float, rng: np.random.Generator
) -> Leaf:
    """Return the page with a person's ink on it, and now and then a seal over the signature."""
    values = {name for name, value in person.sheet.values if value}
    already = frozenset(field.id for field in page.fields if field.roster in values)
    filled = fill_page(page, person.given, person.hand, profile.people, rng, already)
    face = blank.face.copy()
    ink = [(replace(stroke, path=blank.at(stroke.path)), pen) for stroke, pen in filled.ink]
    draw_ink(face, px_per_mm, ink, rng)
    for field in page.fields:
        if field.kind is FieldKind.SIGNATURE and happens(profile.paper.stamped, rng):
            face = paper.stamp(face, px_per_mm, field.area, rng)
    return Leaf(blank, face, filled)


def kept(
    face: Gray, px_per_mm: float, habits: Paper, beyond: int, rng: np.random.Generator, *, torn: bool
) -> Gray:
    """Return a page, shape (H, W), after its time in a folder; beyond: gray value seen through holes."""
    if happens(habits.folds, rng):
        face = paper.fold(face, px_per_mm, habits.fold_depth, rng)
    face = paper.specks(face, px_per_mm, round(drawn(habits.specks, rng)), rng)
    if happens(habits.punched, rng):
        face = paper.punch(face, px_per_mm, beyond, rng)
    return paper.tear(face, px_per_mm, habits.torn, beyond, rng) if torn else face


def back_of(leaf: Leaf, worn: Gray, px_per_mm: float, through: float) -> Gray:
    """Return the blank back of a leaf: `worn` is an empty page kept as its front was, seen from the front."""
    return paper.show_through(gray(cv2.flip(worn, 1)), leaf.face, px_per_mm, through)
