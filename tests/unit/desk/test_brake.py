"""How often a password may be tried."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from omr.desk import brake
from omr.desk.brake import Brake, Limit

FIVE = [Limit("a", 5, 60.0)]


@pytest.fixture
def now():
    return [0.0]


@pytest.fixture
def held(now):
    return Brake(lambda: now[0])


def test_what_fails_too_often_waits_and_is_then_let_in(held, now):
    assert [held.take(FIVE) for _at in range(7)] == [0.0] * 5 + [60.0] * 2
    now[0] = 59.0
    assert held.take(FIVE) == pytest.approx(1.0)
    now[0] = 60.0
    assert held.take(FIVE) == 0.0


def test_a_burst_that_goes_on_shuts_nobody_out_for_ever(held, now):
    """Refused tries do not count: after a minute there is room, however many were made meanwhile."""
    let_in = 0
    for second in range(600):
        now[0] = float(second)
        let_in += sum(held.take(FIVE) == 0.0 for _at in range(100))
    assert let_in == 5 * 10


def test_a_success_is_no_failure(held):
    for _at in range(50):
        assert held.take(FIVE) == 0.0
        held.give_back(FIVE)
    assert len(held) == 0


def test_every_limit_has_to_have_room_and_a_refused_try_fills_none(held):
    wide = Limit("b", 7, 60.0)
    for _at in range(20):
        held.take([*FIVE, wide])
    assert [held.take([wide]) for _at in range(3)] == [0.0, 0.0, 60.0]


def test_many_at_once_gain_nothing(held):
    with ThreadPoolExecutor(16) as pool:
        waits = list(pool.map(lambda _at: held.take(FIVE), range(1000)))
    assert waits.count(0.0) == 5


def test_what_it_remembers_is_bounded(held, monkeypatch):
    monkeypatch.setattr(brake, "_MOST_KEYS", 100)
    held.take(FIVE)
    for at in range(1000):
        held.take([Limit(f"name {at}", 5, 60.0)])
    assert len(held) == 100
