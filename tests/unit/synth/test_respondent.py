"""What people answer: by the rates of the profile, and corrections by the printed rule."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from omr.model.layout import Role
from omr.model.reading import MarkState
from omr.synth.profiles import OFFICE, People
from omr.synth.respondent import STATES, Answers, Intent, answers


def given(placement, people: People, count: int = 300) -> list[Answers]:
    return [answers(placement.layout, people, np.random.default_rng((1, number))) for number in range(count)]


def people(**changes: float) -> People:
    return replace(OFFICE.people, odd=0.0, corrected=0.0, blank=0.0, double=0.0, **changes)


def rows(placement, boxes: int) -> list[str]:
    return [
        question.id
        for question in placement.layout.questions
        if question.role is Role.ITEM and len(question.choices) == boxes
    ]


def test_every_intent_has_a_state():
    assert set(STATES) == set(Intent)


def test_rows_of_several_boxes_are_answered_once(placement):
    for sheet in given(placement, people()):
        per_row = Counter(question for question, _choice in sheet)
        assert all(per_row[row] == 1 for row in rows(placement, 3))


def test_rows_of_one_box_are_ticked_as_often_as_the_profile_says(placement):
    one = rows(placement, 1)
    sheets = given(placement, people(none=0.0, rows=(0.2, 0.2)))
    share = sum((row, "co") in sheet for sheet in sheets for row in one) / len(sheets) / len(one)
    assert abs(share - 0.2) < 0.03


def test_who_has_nothing_to_tick_attests_it_and_nobody_else_does(placement):
    only = people(none=1.0, attested=1.0, declared=1.0)
    for sheet in given(placement, replace(only, blank=1.0), 20):
        assert sheet == {("attestation", "co"): Intent.TICK, ("declared", "tot"): Intent.TICK}
    for sheet in given(placement, only, 20):
        assert ("attestation", "co") not in sheet


def test_a_correction_is_a_filled_box_and_a_new_tick_beside_it(placement):
    changed = replace(people(none=0.0, rows=(1.0, 1.0)), corrected=1.0)
    for sheet in given(placement, changed, 20):
        for row in rows(placement, 1):
            assert sheet[row, "co"] is Intent.CANCELLED
        for row in rows(placement, 3):
            intents = sorted(intent for (question, _choice), intent in sheet.items() if question == row)
            assert intents == [Intent.CANCELLED, Intent.CORRECTED]


def test_blank_rows_double_ticks_and_odd_marks_come_at_their_rates(placement):
    three = rows(placement, 3)
    blank = given(placement, replace(people(), blank=0.3))
    double = given(placement, replace(people(), double=0.3))
    odd = given(placement, replace(people(), odd=0.3, odd_ways=(("dot", 1.0),)))

    def share(sheets: list[Answers], wanted) -> float:
        counts = [[i for (row, _c), i in sheet.items() if row == one] for sheet in sheets for one in three]
        return sum(wanted(intents) for intents in counts) / len(counts)

    assert abs(share(blank, lambda intents: not intents) - 0.3) < 0.04
    assert abs(share(double, lambda intents: len(intents) == 2) - 0.3) < 0.04
    assert abs(share(odd, lambda intents: intents == [Intent.DOT]) - 0.3) < 0.04


def test_only_plain_marks_count_as_marked():
    marked = {intent for intent, state in STATES.items() if state is MarkState.MARKED}
    assert marked == {
        Intent.TICK,
        Intent.CROSS,
        Intent.SLASH,
        Intent.CHECK_LONG,
        Intent.FAINT,
        Intent.CORRECTED,
        Intent.SCRIBBLE,
    }
