"""Each form that ships: printed, filled in, scanned, read, compared with the truth."""

from __future__ import annotations

import pytest

from omr.forms.catalogue import Catalogue, shipped

LAYOUTS = sorted(form.id for form in Catalogue((shipped(),)).forms())


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_office_stack_is_read_without_silent_error(accuracy, tmp_path, layout):
    result = accuracy.measured(layout, "office", 3, 101, (), tmp_path)
    assert result.silent == []
    assert not result.rejected
    assert result.boxes > 100
    assert result.causes["reading"] <= 0.02 * result.boxes


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_worn_stack_keeps_plain_marks_and_blanks_apart(accuracy, tmp_path, layout):
    result = accuracy.measured(layout, "worn", 2, 102, (), tmp_path)
    odd = ("scribble", "beside", "speck", "circle", "slip", "dot", "fill")
    assert [error for error in result.silent if not any(f": {word} " in error for word in odd)] == []
    assert not result.rejected
