"""Strokes: as wide, as dark and where they were asked for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from omr.synth.pen import STEP, TOOLS, Stroke, draw, own

K = 200 / 25.4


def line(y: float, start: float = 5.0, end: float = 25.0) -> Stroke:
    x = np.arange(start, end, STEP)
    return Stroke(np.stack((x, np.full_like(x, y)), axis=1), np.ones_like(x))


def drawn(stroke: Stroke, tool: str, **changes: float) -> np.ndarray:
    page = np.full((160, 240), 255, np.uint8)
    draw(page, K, stroke, replace(TOOLS[tool], skips=0.0, blobs=0.0, **changes), np.random.default_rng(1))
    return 1 - page / 255


@pytest.mark.parametrize("y", [10.0, 10.03, 10.06, 10.1])
def test_a_line_lies_where_it_was_drawn_to_a_sixth_of_a_pixel(y: float):
    ink = drawn(line(y), "gel-black", grain=0.0)
    rows = np.arange(ink.shape[0]) + 0.5
    assert abs((ink.sum(axis=1) * rows).sum() / ink.sum() - y * K) < 1 / 6


@pytest.mark.parametrize("tool", TOOLS)
def test_a_line_is_as_wide_and_as_dark_as_its_pen(tool: str):
    pen = TOOLS[tool]
    across = drawn(line(10.0), tool, grain=0.0)[:, 100:140].sum(axis=0) / K
    assert across.mean() == pytest.approx(pen.width * pen.darkness, rel=0.15)
    assert drawn(line(10.0), tool, grain=0.0).max() <= pen.darkness + 0.02


def test_less_pressure_leaves_a_thinner_paler_line():
    pressed = line(10.0)
    light = replace(pressed, pressure=np.full(len(pressed.path), 0.3))
    assert drawn(light, "pencil").sum() < 0.6 * drawn(pressed, "pencil").sum()


def test_crossing_ink_is_darker():
    page = np.full((160, 240), 255, np.uint8)
    rng = np.random.default_rng(1)
    pen = replace(TOOLS["pencil"], grain=0.0)
    draw(page, K, line(10.0), pen, rng)
    once = page.min()
    draw(page, K, line(10.0), pen, rng)
    assert page.min() < once


def test_pencil_is_grainy_and_gel_is_not():
    middle = slice(round(10 * K) - 1, round(10 * K) + 1), slice(80, 150)
    rough, smooth = (drawn(line(10.0), tool)[middle] for tool in ("pencil", "gel-black"))
    assert rough.std() / rough.mean() > 3 * smooth.std() / smooth.mean()


def test_a_dry_ball_leaves_gaps():
    page = np.full((160, 240), 255, np.uint8)
    draw(page, K, line(10.0), replace(TOOLS["ballpoint-blue"], skips=0.5), np.random.default_rng(2))
    along = (255 - page).max(axis=0)[60:180]
    assert along.min() < 0.6 * along.max()


@pytest.mark.parametrize("y", [-3.0, 0.0, 20.3, 40.0])
def test_ink_beyond_the_paper_is_lost(y: float):
    ink = drawn(line(y, -10.0, 60.0), "felt")
    assert ink.any() == (0.0 <= y < 20.4)


def test_everybodys_pen_is_a_little_different():
    rng = np.random.default_rng(3)
    widths = {own("gel-blue", rng).width for _person in range(20)}
    assert len(widths) == 20
    assert all(0.8 < width / TOOLS["gel-blue"].width < 1.25 for width in widths)
