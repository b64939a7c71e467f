"""Each form that ships: printed, filled in by either generator, scanned, read, compared with the truth."""

from __future__ import annotations

import pytest

from bench.trial import HARD, Chunk, run
from omr.forms.catalogue import Catalogue, shipped

LAYOUTS = sorted(form.id for form in Catalogue((shipped(),)).forms())


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("generator", [1, 2])
def test_an_office_stack_is_read_without_silent_error(layout, generator):
    result = run(Chunk(generator, layout, "office", seed=101, sheets=2))
    plain = [box for box in result.boxes if not box.hard and box.truth != "either"]
    assert not result.rejected
    assert len(plain) > 80
    assert [box for box in plain if box.silent] == []
    assert sum(box.cause == "reading" for box in plain) <= max(3, 0.02 * len(plain))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("profile", ["worn", "photocopy", "onebit"])
def test_a_poor_stack_keeps_plain_marks_and_blanks_apart(layout, profile):
    result = run(Chunk(1, layout, profile, seed=102, sheets=1))
    silent = [box for box in result.boxes if box.silent]
    assert not result.rejected
    assert [box for box in silent if box.kind not in HARD] == []


def test_a_truth_that_the_reader_cannot_know_is_found_out():
    result = run(Chunk(1, LAYOUTS[0], "clean", seed=103, sheets=1))
    turned = {"empty": "marked", "marked": "empty"}
    lies = [box for box in result.boxes if not box.review and box.truth in turned]
    for box in lies:
        object.__setattr__(box, "truth", turned[box.truth])
    assert len(lies) > 50
    assert all(box.silent for box in lies)
