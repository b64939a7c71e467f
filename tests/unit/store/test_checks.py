"""Samples stay as they were drawn; of checks the newest holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from omr.model.check import OTHER, TAKEN_BACK, Check, Draw, DrawnBox, Stratum
from omr.model.verdict import DOUBTED, Verdict
from omr.store import checks
from omr.store.chain import Break

DRAW = Draw(
    unit="CB01",
    year=2026,
    size=2,
    seed=7,
    strata=(Stratum("empty", 0.9995, 90, 1, 0.02), Stratum("marked", 0.99, 10, 1, 0.05)),
    boxes=(DrawnBox("S", "a1", "co", 0), DrawnBox("S", "a2", "co", 1)),
    sheets=("S", "T"),
    levels=2,
    by="Lan",
)


def test_a_sample_comes_back_as_it_was_drawn(store):
    kept = checks.keep(store, DRAW)
    assert replace(kept, at="") == DRAW
    assert checks.draws(store) == checks.draws(store, "CB01", 2026) == (kept,)
    assert checks.draws(store, "CB02") == checks.draws(store, "CB01", 2025) == ()


def test_a_sample_of_the_same_name_is_the_one_kept_before(store):
    kept = checks.keep(store, DRAW)
    assert checks.keep(store, replace(DRAW, boxes=DRAW.boxes[:1], by="Minh")) == kept
    other = checks.keep(store, replace(DRAW, seed=8))
    assert [draw.seed for draw in checks.draws(store)] == [7, other.seed]


def test_the_newest_check_of_a_box_holds(store):
    right = Check(DRAW.name, "S", "a1", "co", "empty", "empty", "Lan", "2026-11-25T08:00:00+00:00")
    checks.add(store, [right, replace(right, question="a2", draw="another")])
    assert checks.standing(store, DRAW.name) == {("S", "a1", "co"): right}
    wrong = replace(right, truth=OTHER)
    checks.add(store, [wrong])
    assert checks.standing(store, DRAW.name) == {("S", "a1", "co"): wrong}
    checks.add(store, [replace(right, truth=TAKEN_BACK)])
    assert checks.standing(store, DRAW.name) == {}


def test_checks_and_verdicts_are_kept_together_or_not_at_all(store):
    check = Check(DRAW.name, "S", "a1", "co", "empty", OTHER, "Lan")
    nameless = Verdict("S", "a1", DOUBTED, "", "")
    with pytest.raises(Exception, match="CHECK constraint"):
        checks.add(store, [check], [nameless])
    assert checks.standing(store, DRAW.name) == {}
    checks.add(store, [check], [replace(nameless, reviewer="Lan")])
    assert [verdict.chosen for verdict in store.verdicts()] == [DOUBTED]
    assert store.breaks() == ()


def test_a_sample_changed_by_hand_shows(store):
    checks.keep(store, DRAW)
    store.db.execute("DROP TRIGGER drawn_stays")
    store.db.execute("UPDATE drawn SET body = replace(body, '90', '91')")
    assert store.breaks() == (Break("drawn", 1),)
