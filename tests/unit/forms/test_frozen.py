"""Frozen layouts come back as they were, under a digest that changes with everything in them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omr.errors import LayoutError
from omr.forms.frozen import GRID_MM, digest_of, from_json, sealed, to_json
from omr.forms.place import Placement
from omr.model.geometry import A4, RectMm
from omr.model.layout import (
    BlankRow,
    Box,
    Choice,
    Field,
    FieldKind,
    FilledBy,
    Layout,
    Page,
    Question,
    Returns,
    Role,
    Section,
    Shape,
)

words = st.text(st.characters(codec="utf-8"), max_size=12)
lengths = st.integers(0, 5940).map(lambda steps: steps * GRID_MM)
rects = st.builds(RectMm, lengths, lengths, lengths, lengths)
boxes = st.builds(Box, words, words, words, rects, st.sampled_from(Shape))
fields = st.builds(Field, words, words, st.sampled_from(FieldKind), rects, words)
choices = st.lists(st.builds(Choice, words, words), max_size=3).map(tuple)
questions = st.builds(
    Question, words, words, words, words, choices, st.sampled_from(Role), st.sampled_from(BlankRow)
)


def several(strategy, most=3):
    return st.lists(strategy, max_size=most).map(tuple)


pages = st.builds(
    Page,
    st.integers(1, 31),
    several(rects, 4),
    st.none() | rects,
    several(rects, 2),
    several(boxes),
    several(fields),
)
layouts = st.builds(
    Layout,
    id=words,
    version=words,
    year=st.integers(2000, 2099),
    digest=st.just(""),
    title=words,
    language=st.sampled_from(("vi", "en")),
    size=st.just(A4),
    line_mm=st.sampled_from((0.2, 0.25)),
    sections=several(st.builds(Section, words, words)),
    questions=several(questions),
    pages=several(pages),
    scoring=words,
    filled_by=st.sampled_from(FilledBy),
    returns=st.sampled_from(Returns),
)


@given(layouts)
def test_what_is_frozen_thaws_unchanged(layout: Layout):
    frozen = sealed(layout)
    assert from_json(to_json(frozen)) == frozen
    assert digest_of(frozen) == frozen.digest


def test_the_digest_is_ten_hexadecimal_digits(placement: Placement):
    assert len(placement.layout.digest) == 10
    int(placement.layout.digest, 16)


def test_the_digest_changes_with_a_box_and_with_a_word(placement: Placement):
    layout = placement.layout
    page = layout.pages[0]
    moved = replace(page.boxes[0], area=replace(page.boxes[0].area, x=page.boxes[0].area.x + GRID_MM))
    shifted = replace(layout, pages=(replace(page, boxes=(moved, *page.boxes[1:])), *layout.pages[1:]))
    renamed = replace(layout, title="another")
    assert len({digest_of(layout), digest_of(shifted), digest_of(renamed)}) == 3


def test_less_than_half_a_step_makes_no_difference(placement: Placement):
    layout = placement.layout
    page = layout.pages[0]
    moved = replace(page.boxes[0], area=replace(page.boxes[0].area, x=page.boxes[0].area.x + 0.02))
    shifted = replace(layout, pages=(replace(page, boxes=(moved, *page.boxes[1:])), *layout.pages[1:]))
    assert sealed(shifted) == layout


def test_an_altered_file_is_refused(placement: Placement):
    text = to_json(placement.layout).replace('"so-thu"', '"so-khac"', 1)
    with pytest.raises(LayoutError, match="was altered since it was printed"):
        from_json(text)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1}', "not json"])
def test_what_is_no_frozen_layout_is_refused(text: str):
    with pytest.raises(LayoutError, match="not a frozen layout"):
        from_json(text)


def test_a_later_format_is_refused(placement: Placement):
    record = json.loads(to_json(placement.layout)) | {"format": 2}
    with pytest.raises(LayoutError, match="format 2"):
        from_json(json.dumps(record))


def test_one_box_stands_on_one_line(placement: Placement):
    lines = to_json(placement.layout).splitlines()
    assert sum('"square"' in line for line in lines) == sum(1 for _ in placement.layout.boxes())
