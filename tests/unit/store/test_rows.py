from __future__ import annotations

import json
import zlib
from dataclasses import fields, is_dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omr.errors import StoreError
from omr.model.reading import FEATURES, Answer, Cause, Issue
from omr.store.rows import pack, unpack


def same(one, other):
    """Equal to the last bit, arrays included."""
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    if is_dataclass(one):
        return all(same(getattr(one, each.name), getattr(other, each.name)) for each in fields(one))
    return type(one) is type(other) and one == other


def repacked(reading):
    return unpack(pack(reading), reading.scan, reading.page, reading.ink)


@pytest.mark.parametrize("page", [1, 2])
def test_a_stored_reading_comes_back_to_the_last_bit(reading, page):
    before = reading(page=page)
    assert same(repacked(before), before)


def test_the_comparer_of_these_tests_sees_a_single_changed_value(reading):
    one, other = reading(), reading()
    other.measurements.values[2, 3] = np.nextafter(other.measurements.values[2, 3], 2)
    assert not same(one, other)


answers = st.builds(
    Answer,
    question=st.sampled_from(("a1", "a2")),
    chosen=st.sampled_from(((), ("co",), ("khong",), ("co", "khong"))),
    confidence=st.floats(0, 1),
    issues=st.lists(st.sampled_from(Issue), unique=True).map(tuple),
    cause=st.sampled_from(Cause),
)


@given(st.lists(answers, max_size=5).map(tuple))
@settings(max_examples=50, deadline=None)
def test_any_answers_come_back(reading, given_answers):
    before = reading()
    object.__setattr__(before, "answers", given_answers)
    assert repacked(before).answers == given_answers


def reheaded(blob, **changes):
    """Change entries of a packed reading's head, as an older or newer omr would have written it."""
    data = zlib.decompress(blob)
    length = int.from_bytes(data[:4], "little")
    text = json.dumps({**json.loads(data[4 : 4 + length]), **changes}).encode()
    return zlib.compress(len(text).to_bytes(4, "little") + text + data[4 + length :])


def test_another_format_is_refused_with_the_remedy(reading):
    before = reading()
    with pytest.raises(StoreError, match="another version of omr"):
        unpack(reheaded(pack(before), format=99), before.scan, before.page, before.ink)


def test_columns_of_an_older_reader_are_found_by_name(reading):
    before = reading()
    older = (*reversed(FEATURES[1:]), "dropped_since")
    after = unpack(reheaded(pack(before), features=older), before.scan, before.page, before.ink)
    stored = before.measurements.values
    assert np.array_equal(after.measurements.column(FEATURES[-1]), stored[:, 0])
    assert np.array_equal(after.measurements.column(FEATURES[1]), stored[:, len(FEATURES) - 2])
    assert not after.measurements.column(FEATURES[0]).any()


def test_a_page_of_seventy_five_boxes_fits_into_some_kilobytes(reading):
    assert len(pack(reading())) < 1500
