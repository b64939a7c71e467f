"""What a random sample holds: everything nobody was asked about has its chance, nothing else has."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omr.audit.sample import BANDS, LEAST, allocation, make_draw
from omr.errors import UsageError
from omr.model.reading import MarkState

EMPTY, MARKED, MARGINAL = MarkState.EMPTY, MarkState.MARKED, MarkState.MARGINAL


def drawn(sheets, said=frozenset(), size=LEAST, seed=1):
    return make_draw(sheets, said, unit="CB01", year=2026, size=size, seed=seed, by="Lan")


@pytest.fixture
def sheets(returned):
    """Ten sheets of twenty rows: three in four empty, confidences of every band."""
    states = [MARKED if row % 4 == 0 else EMPTY for row in range(20)]
    sure = [(0.9998, 0.999, 0.9)[row % 3] for row in range(20)]
    return [returned(f"S{number}", states, sure) for number in range(10)]


@given(sizes=st.lists(st.integers(1, 10_000), min_size=1, max_size=6), total=st.integers(1, 4000))
def test_every_stratum_gets_its_share_rounded_up(sizes, total):
    shares, whole = allocation(sizes, total), sum(sizes)
    assert min(total, whole) <= sum(shares) < total + len(sizes)
    for share, size in zip(shares, sizes, strict=True):
        assert 1 <= share <= size
        assert share == size or total * size <= share * whole < total * size + whole


def test_the_strata_add_up(sheets):
    draw = drawn(sheets)
    assert draw.population == 200
    assert len(draw.boxes) == sum(stratum.drawn for stratum in draw.strata)
    assert LEAST <= len(draw.boxes) < LEAST + len(draw.strata)
    held = Counter(box.stratum for box in draw.boxes)
    assert [held[at] for at in range(len(draw.strata))] == [stratum.drawn for stratum in draw.strata]
    assert len({box.place for box in draw.boxes}) == len(draw.boxes)
    assert [(each.state, each.least) for each in draw.strata] == [
        (state, least) for state in ("empty", "marked") for least in BANDS
    ]
    assert sum(stratum.expected for stratum in draw.strata) == pytest.approx(
        10 * (7 * 2e-4 + 7 * 1e-3 + 6 * 0.1), rel=1e-4
    )


def test_the_same_seed_draws_the_same_sample_in_whatever_order(sheets):
    one = drawn(sheets, seed=5)
    assert set(drawn(sheets[::-1], seed=5).boxes) == set(one.boxes)
    assert set(drawn(sheets, seed=6).boxes) != set(one.boxes)


def test_a_larger_sample_of_a_seed_holds_the_smaller(sheets):
    small, large = drawn(sheets), drawn(sheets, size=2 * LEAST)
    assert {box.place for box in small.boxes} < {box.place for box in large.boxes}


def test_every_box_is_drawn_where_there_are_no_more(sheets):
    assert len(drawn(sheets, size=3000).boxes) == 200


@given(st.data())
def test_nobody_asked_about_is_in_the_sample(returned, data):
    rows = st.lists(st.integers(0, 19), unique=True)
    sheets, quiet = [], set()
    said = {("S1", f"a{row}") for row in data.draw(rows, "rows said something about")}
    for name in ("S1", "S2", "S3"):
        states = [
            MARGINAL if state == 2 else MarkState(state)
            for state in data.draw(st.lists(st.integers(0, 2), min_size=20, max_size=20))
        ]
        asked = {*data.draw(rows), *(row for row, state in enumerate(states) if state is MARGINAL)}
        decided = set(data.draw(rows)) & asked
        aside = data.draw(st.booleans())
        sheets.append(
            returned(name, states, [0.999] * 20, asked=[*asked], decided=[*decided], set_aside=aside)
        )
        if not aside:
            quiet |= {(name, f"a{row}") for row in set(range(20)) - asked}
    quiet -= said
    if not quiet:
        with pytest.raises(UsageError, match="no read of 2026"):
            drawn(sheets, said)
        return
    draw = drawn(sheets, said)
    assert draw.population == len(quiet)
    assert {box.place[:2] for box in draw.boxes} <= quiet


def test_every_read_of_a_stratum_has_the_same_chance(sheets):
    """Over 400 seeds a box of 30 in 60 of 200 comes up as often as chance has it, 120 times ± 5 σ."""
    often = Counter(box.place for seed in range(400) for box in drawn(sheets, seed=seed).boxes)
    strata = {box.place: box.stratum for box in drawn(sheets, size=3000).boxes}
    shares = [stratum.drawn / stratum.boxes for stratum in drawn(sheets).strata]
    for place, stratum in strata.items():
        share = shares[stratum]
        assert abs(often[place] - 400 * share) < 5 * (400 * share * (1 - share)) ** 0.5, place


def test_a_later_read_or_verdict_does_not_change_a_kept_sample(sheets):
    draw = drawn(sheets)
    again = replace(draw, at="later")
    assert (again.name, again.boxes) == (draw.name, draw.boxes)
    assert drawn(sheets[1:], {("S2", "a1")}).boxes != draw.boxes


def test_a_sample_that_shows_nothing_is_refused(sheets):
    with pytest.raises(UsageError, match="60 boxes at least"):
        drawn(sheets, size=LEAST - 1)
