"""The second generator's truth follows the ink, not the intention."""

import numpy as np
import pytest

from bench.second.measure import Box, Found, Page, judge, look
from bench.second.motion import trace
from bench.second.paper import Sheet
from bench.second.pens import FINE, Ink, Pen, join, sweep

BOX = Box("q", "c", 50.0, 50.0, 5.0)
SHEET = Sheet(np.zeros((1, 1), np.uint8), np.eye(2, 3), 0.82, 0.04)
PAGE = Page((0.7,) * 8, 0.06, 2.2, "gray", 0.1)


def stroke(length: float, dark: float, width: float = 0.4) -> Ink:
    """Return a rectangle of even ink, centred in the box."""
    rows, cols = round(width * FINE / 2) * 2, round(length * FINE / 2) * 2
    ink = np.full((rows, cols), dark, np.float32)
    return Ink(50 * FINE - cols // 2, 50 * FINE - rows // 2, ink, Pen("p", "gel", width, dark))


def truth(ink: Ink, kind: str = "slash", page: Page = PAGE) -> str:
    return judge(BOX, Found(kind, "p", [ink]), look(BOX, [ink], [], SHEET, page), page)


@pytest.mark.parametrize(
    ("length", "dark", "expected"),
    [
        (3.4, 0.8, "marked"),
        (2.4, 0.8, "either"),
        (1.4, 0.8, "marginal"),
        (3.4, 0.20, "marginal"),
        (3.4, 0.31, "either"),
        (3.4, 0.05, "empty"),
        (0.6, 0.8, "either"),
    ],
)
def test_classes_follow_span_and_darkness(length: float, dark: float, expected: str) -> None:
    assert truth(stroke(length, dark)) == expected


def test_span_and_darkness_are_measured_to_the_promised_tolerance() -> None:
    seen = look(BOX, [stroke(3.0, 0.5)], [], SHEET, PAGE)
    assert seen.span == pytest.approx(3.0, abs=0.06)
    assert seen.dark == pytest.approx(0.5, abs=0.03)
    assert seen.width == pytest.approx(0.4, abs=0.06)


def test_a_light_pencil_counts_on_a_page_of_its_own_kind_only() -> None:
    alike = Page((0.22,) * 8, 0.06, 2.2, "gray", 0.1)
    few = Page((0.22,) * 4, 0.06, 2.2, "gray", 0.1)
    assert truth(stroke(3.4, 0.23), page=alike) == "marked"
    assert truth(stroke(3.4, 0.23), page=few) == "either"


def test_a_filled_box_is_cancelled_and_one_with_a_hole_is_not() -> None:
    full = stroke(5.2, 0.8, width=5.2)
    assert truth(full, "filled") == "cancelled"
    full.dark[60:72, 60:72] = 0
    assert truth(full, "filled") == "either"


def test_light_ink_is_left_out_on_a_1_bit_scan() -> None:
    onebit = Page((0.7,) * 8, 0.06, 2.2, "threshold", 0.1)
    assert truth(stroke(3.4, 0.45), page=onebit) == "either"
    assert truth(stroke(3.4, 0.85), page=onebit) == "marked"


def test_a_tail_from_a_mark_with_most_ink_at_home_leaves_the_box_empty() -> None:
    home = Box("q2", "c", 50.0, 58.2, 5.0)
    body, tail = stroke(4.0, 0.8, width=3.0), stroke(0.4, 0.8, width=8.0)
    body = Ink(body.x, body.y + round(8.2 * FINE), body.dark, body.pen)
    tail = Ink(tail.x, tail.y + 4 * FINE, tail.dark, tail.pen)
    nothing = look(BOX, [], [], SHEET, PAGE)
    assert judge(BOX, Found(others=[(join([body, tail]), home)]), nothing, PAGE) == "empty"
    assert judge(BOX, Found(others=[(tail, home)]), nothing, PAGE) == "either"


def test_a_mark_beside_the_box_is_marginal_until_it_is_rubbed_out() -> None:
    def beside(dark: float) -> Ink:
        ink = stroke(2.0, dark)
        return Ink(ink.x + 4 * FINE, ink.y, ink.dark, ink.pen)

    assert truth(beside(0.7), "beside") == "marginal"
    assert truth(beside(0.1), "erasure") == "either"
    assert truth(beside(0.03), "erasure") == "empty"


def test_a_hand_reaches_its_goal_and_slows_down_at_a_corner() -> None:
    goal = np.array([(0.0, 0.0), (1.0, 2.0), (3.5, -2.5)])
    path = trace(goal, np.random.default_rng(3), 0.02, 0.2)
    assert np.linalg.norm(path.xy[-1] - goal[-1]) < 0.4
    corner = int(np.argmin(np.linalg.norm(path.xy - goal[1], axis=1)))
    assert path.speed[corner] < 0.7 * path.speed.max()
    ink = sweep(path, Pen("g", "gel", 0.4, 0.8), np.random.default_rng(3))
    assert 0.7 < ink.dark.max() <= 1
