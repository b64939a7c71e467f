"""Shapes at a box: ticks are in it, fills cover it, rings and misplaced ticks leave it alone."""

from __future__ import annotations

import numpy as np
import pytest

from omr.model.geometry import RectMm
from omr.synth import marks, writing
from omr.synth.marks import SHAPES, Hand
from omr.synth.pen import Stroke, draw, own
from omr.synth.profiles import OFFICE, WORN
from omr.synth.respondent import some_hand

BOX = RectMm(20.0, 20.0, 5.0, 5.0)
K = 12.0


def hands(profile=WORN, count: int = 40) -> list[tuple[Hand, np.random.Generator]]:
    rngs = [np.random.default_rng((1, number)) for number in range(count)]
    return [(some_hand(profile.people, rng), rng) for rng in rngs]


def inked(strokes: tuple[Stroke, ...], hand: Hand, rng: np.random.Generator) -> np.ndarray:
    page = np.full((round(45 * K), round(45 * K)), 255, np.uint8)
    for stroke in strokes:
        draw(page, K, stroke, hand.pen, rng)
    return page < 255 - 40 * hand.pen.darkness


def part(ink: np.ndarray, area: RectMm) -> np.ndarray:
    return ink[round(area.y * K) : round(area.bottom * K), round(area.x * K) : round(area.right * K)]


@pytest.mark.parametrize("way", ["tick", "cross", "slash", "check_long", "scribble"])
def test_a_mark_runs_through_its_box(way: str):
    for hand, rng in hands():
        ink = part(inked(SHAPES[way](BOX, hand, rng), hand, rng), BOX.grown(-0.4))
        rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
        assert max(np.ptp(rows), np.ptp(columns)) > 1.6 * K


@pytest.mark.parametrize("way", ["tick", "cross", "slash", "scribble"])
def test_most_of_an_ordinary_mark_is_in_its_box(way: str):
    for hand, rng in hands(OFFICE):
        ink = inked(SHAPES[way](BOX, hand, rng), hand, rng)
        assert part(ink, BOX.grown(1.2)).sum() > 0.6 * ink.sum()


def test_a_long_tick_leaves_its_box_upwards():
    for hand, rng in hands():
        path = np.concatenate([stroke.path for stroke in marks.check_long(BOX, hand, rng)])
        assert path[:, 1].min() < BOX.y - 0.5


def test_a_filled_box_is_covered():
    for hand, rng in hands():
        ink = part(inked(marks.fill(BOX, hand, rng), hand, rng), BOX.grown(-0.3))
        assert ink.mean() > 0.8


def test_a_scribble_leaves_paper():
    for hand, rng in hands(OFFICE):
        if hand.pen.width < 0.6:
            ink = part(inked(marks.scribble(BOX, hand, rng), hand, rng), BOX.grown(-0.3))
            assert 0.15 < ink.mean() < 0.8


@pytest.mark.parametrize(("way", "least"), [("circle", 6.0), ("beside", 1.5)])
def test_rings_and_misplaced_ticks_are_outside_the_box(way: str, least: float):
    for hand, rng in hands():
        ink = inked(SHAPES[way](BOX, hand, rng), hand, rng)
        assert part(ink, BOX.grown(-0.8)).mean() < 0.05
        assert np.ptp(np.flatnonzero(ink.any(axis=1))) > least * K


@pytest.mark.parametrize(("way", "most"), [("dot", 3.0), ("slip", 3.0), ("speck", 1.8)])
def test_small_marks_are_small_and_in_the_box(way: str, most: float):
    for hand, rng in hands():
        ink = inked(SHAPES[way](BOX, hand, rng), hand, rng)
        assert part(ink, BOX.grown(1.0)).sum() == ink.sum()
        rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
        assert max(np.ptp(rows), np.ptp(columns)) < (most + hand.pen.width) * K


def test_people_differ_more_than_one_persons_marks():
    def width(strokes: tuple[Stroke, ...]) -> float:
        return float(np.ptp(np.concatenate([stroke.path for stroke in strokes])[:, 0]))

    own_spread, means = [], []
    for hand, rng in hands(count=25):
        widths = [width(marks.cross(BOX, hand, rng)) for _mark in range(12)]
        own_spread.append(np.std(widths))
        means.append(np.mean(widths))
    assert np.std(means) > 0.5 * np.mean(own_spread)


def test_writing_stays_in_its_field():
    field = RectMm(10.0, 10.0, 80.0, 8.0)
    for hand, rng in hands():
        for strokes in (writing.words(field, hand, rng), writing.date(field, hand, rng)):
            path = np.concatenate([stroke.path for stroke in strokes])
            assert path[:, 0].min() > field.x - 1.0
            assert path[:, 0].max() < field.right + 1.0
            assert path[:, 1].min() > field.y - 2.0
            assert path[:, 1].max() < field.bottom + 1.0


def test_a_signature_fills_a_part_of_its_area():
    area = RectMm(10.0, 10.0, 76.0, 22.0)
    for hand, rng in hands():
        path = np.concatenate([stroke.path for stroke in writing.signature(area, hand, rng)])
        assert np.ptp(path[:, 0]) > 20.0
        assert np.ptp(path[:, 1]) > 2.5
        assert (path.min(axis=0) > (area.x - 1.0, area.y - 1.0)).all()
        assert (path.max(axis=0) < (area.right + 1.0, area.bottom + 1.0)).all()


def test_a_hand_keeps_its_pen():
    rng = np.random.default_rng(1)
    pen = own("felt", rng)
    assert pen.tool == "felt"
    assert 0.8 < pen.width < 1.25
