"""What follows from a random check."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from omr import i18n
from omr.audit import findings
from omr.audit.bounds import upper_bound
from omr.audit.findings import Changes, Finding, changes, finding, is_wrong
from omr.audit.sample import allocation, make_draw
from omr.audit.told import percent, remarks, sentence
from omr.model.check import OTHER, Check, Draw, DrawnBox, Stratum
from omr.model.reading import MarkState
from omr.model.verdict import Standing, Verdict

EMPTY, MARKED = MarkState.EMPTY, MarkState.MARKED


def draw_of(sizes, total, levels=40) -> Draw:
    """Return a sample without a seed, of strata of these sizes."""
    shares = allocation(sizes, total)
    strata = tuple(
        Stratum("empty", 0.0, size, share, size / 1000) for size, share in zip(sizes, shares, strict=True)
    )
    boxes = tuple(
        DrawnBox(f"S{at}", f"a{n}", "co", at) for at, share in enumerate(shares) for n in range(share)
    )
    return Draw("CB01", 2026, total, 1, strata, boxes, ("S0",), levels, "Lan")


def found(draw: Draw, *wrong: int) -> Finding:
    return Finding(draw, len(draw.boxes), wrong)


def test_of_one_stratum_the_bound_is_clopper_and_pearsons():
    assert found(draw_of([12_000], 300), 0).bound == pytest.approx(upper_bound(0, 300))
    assert found(draw_of([12_000], 300), 4).bound == pytest.approx(upper_bound(4, 300))


def test_rounding_costs_a_few_boxes_and_the_bound_is_that_of_the_size_asked_for():
    finding = found(draw_of([11_000, 700, 200, 90, 9, 1], 300), *[0] * 6)
    assert 300 < finding.checked <= 305
    assert finding.bound == pytest.approx(upper_bound(0, 300), rel=0.01)


def test_the_estimate_weighs_each_stratum_by_its_reads():
    draw = draw_of([9_000, 1_000], 100)
    assert found(draw, 9, 0).rate == pytest.approx(0.09)
    assert found(draw, 0, 5).rate == pytest.approx(0.05)


def test_where_all_were_seen_the_rate_is_known():
    finding = found(draw_of([90, 10], 3000), 1, 1)
    assert finding.bound == finding.rate == 0.02
    assert finding.sheets_bound == 2


def test_no_more_sheets_change_level_than_have_one_or_than_reads_are_wrong():
    assert found(draw_of([12_000], 300, levels=40), 0).sheets_bound == 40
    assert found(draw_of([12_000], 300, levels=400), 0).sheets_bound == int(12_000 * upper_bound(0, 300))


def coverage(*wrong: int) -> float:
    """Return how often the bound holds: 20,000 samples of 300 without replacement, seed 4, from 8,000 reads.

    wrong: how many are wrong of each stratum.
    """
    sizes = (7_000, 900, 100)
    draw, noise = draw_of(sizes, 300), np.random.default_rng(4)
    seen = [
        noise.hypergeometric(bad, size - bad, stratum.drawn, 20_000)
        for bad, size, stratum in zip(wrong, sizes, draw.strata, strict=True)
    ]
    kinds, often = np.unique(np.stack(seen, axis=1), axis=0, return_counts=True)
    holds = [found(draw, *map(int, kind)).bound >= sum(wrong) / sum(sizes) for kind in kinds]
    return float(often[holds].sum() / 20_000)


@pytest.mark.parametrize(
    "wrong", [(0, 0, 0), (20, 0, 0), (20, 15, 10), (0, 0, 40), (120, 40, 10), (2, 100, 3)]
)
def test_the_bound_holds_in_95_of_100_samples(monkeypatch, wrong):
    monkeypatch.setattr(findings, "upper_bound", cache(upper_bound))
    assert coverage(*wrong) >= 0.95 - 0.003


def test_a_bound_too_low_would_be_found_out(monkeypatch):
    monkeypatch.setattr(findings, "upper_bound", cache(lambda errors, of: 0.8 * upper_bound(errors, of)))
    assert coverage(120, 40, 10) < 0.95 - 0.003


def check(truth: str, state: str = "empty") -> Check:
    return Check("d", "S", "a1", "co", state, truth, "Lan")


def decided(chosen: tuple[str, ...], reason: str = "") -> Standing:
    return Standing(Verdict("S", "a1", chosen, "Minh", "", reason))


@pytest.mark.parametrize(
    ("check", "held", "wrong"),
    [
        (check("empty"), None, False),
        (check(OTHER), None, True),
        (check(OTHER), Standing(None), True),
        (check(OTHER), decided(("co",)), True),
        (check(OTHER), decided(()), False),
        (check("empty"), decided(("co",)), True),
        (check("empty"), decided((), "cancelled"), True),
        (check("marked", "marked"), decided(("co",)), False),
        (check(OTHER, "marked"), decided(()), True),
        (check(OTHER, "marked"), decided(("co",)), False),
    ],
)
def test_a_verdict_tells_whether_the_read_was_wrong_until_then_the_look_does(check, held, wrong):
    assert is_wrong(check, held) is wrong


def test_no_rate_is_told_before_every_box_was_looked_at():
    draw = draw_of([12_000], 60)
    looked = {box.place: Check(draw.name, *box.place, "empty", "empty", "Lan") for box in draw.boxes[1:]}
    some = finding(draw, looked, {})
    assert (some.checked, some.finished) == (59, False)
    assert "%" not in sentence(some, Changes(0, 0, 0))
    looked[draw.boxes[0].place] = Check(draw.name, *draw.boxes[0].place, "empty", OTHER, "Lan")
    whole = finding(draw, looked, {})
    assert (whole.finished, whole.wrong, whole.errors) == (True, (1,), 1)


def test_it_is_told_as_offices_write_it():
    told = found(draw_of([12_000], 300), 0)
    i18n.use("vi")
    try:
        text = sentence(told, Changes(0, 0, 0))
    finally:
        i18n.use("en")
    assert text.startswith("0 sai / 300 ô kiểm tra ngẫu nhiên; tỷ lệ sai ≤ 1,0 % (tin cậy 95 %); ")
    english = sentence(told, Changes(3, 0, 1))
    assert "0 wrong / 300 boxes checked at random; error rate ≤ 1.0 % (confidence 95 %)" in english
    assert "at most 40 of 40 sheets would come to another level" in english
    assert "12.0 of 12,000 boxes are expected to be wrong" in english
    assert "3 sheets more, 0 sheets less, 1 of its boxes read otherwise" in english
    assert remarks(((told, english), (told, "x"))) == {
        2026: (f"Random check of CB01: {english}.", "Random check of CB01: x.")
    }


@pytest.mark.parametrize(
    ("bound", "text"),
    [(0.0099358, "1.0"), (0.00099808, "0.10"), (0.0, "0"), (1.0, "100"), (0.1206, "13"), (0.5, "50")],
)
def test_a_bound_is_rounded_up(bound, text):
    assert percent(bound) == text


def test_what_changed_since_the_sample_was_drawn_is_told(returned):
    states, sure = [EMPTY] * 40, [0.9998] * 40
    sheets = [returned(f"S{n}", states, sure) for n in range(3)]
    draw = make_draw(sheets, set(), unit="CB01", year=2026, size=3000, seed=1, by="Lan")
    assert not changes([draw], sheets)[draw.name]
    now = [returned("S0", [MARKED, *states[1:]], sure), *sheets[1:2], returned("S9", states, sure)]
    assert changes([draw], now)[draw.name] == Changes(new=1, gone=1, other=41)
    put_aside = [*sheets[:2], returned("S2", states, sure, set_aside=True)]
    assert changes([draw], put_aside)[draw.name] == Changes(new=0, gone=1, other=0)
