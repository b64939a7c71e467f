"""Stacks: the truth fits the ink, the seed fits the pixels, the paper is handled as asked."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from omr.model.layout import FieldKind
from omr.model.reading import MarkState
from omr.synth.make import ALIKE, Frame, Handling, make_stack
from omr.synth.profiles import CLEAN, OFFICE, ONEBIT, PHOTOCOPY, PROFILES, WORN
from omr.synth.respondent import STATES, Intent


def marked(frame: Frame) -> set[str]:
    return {row.box.id for row in frame.truth if STATES[row.intent] is MarkState.MARKED}


def key(frame: Frame) -> tuple[int, int]:
    return frame.copy, frame.page


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_the_same_seed_gives_the_same_pixels_and_another_seed_others(placement, some_sheets, profile):
    once, again, other = (
        list(make_stack(placement, some_sheets(1), profile, seed, dpi=100)) for seed in (5, 5, 6)
    )
    assert all(np.array_equal(one.image, two.image) for one, two in zip(once, again, strict=True))
    assert [one.truth for one in once] == [two.truth for two in again]
    assert not any(np.array_equal(one.image, two.image) for one, two in zip(once, other, strict=True))


def test_two_units_of_one_seed_have_people_of_their_own(placement, sheets, of_unit):
    here = make_stack(placement, sheets, CLEAN, 1, dpi=75)
    there = make_stack(placement, of_unit(sheets, "CB-02"), CLEAN, 1, dpi=75)
    assert [marked(frame) for frame in here] != [marked(frame) for frame in there]


def test_every_box_of_every_persons_pages_is_in_the_truth_once(placement, sheets):
    frames = list(make_stack(placement, sheets, OFFICE, 2, dpi=75, handling=Handling(shuffled=True)))
    boxes = [(frame.copy, frame.page, row.box.id) for frame in frames for row in frame.truth]
    wanted = [(copy, page.number, box.id) for copy in range(1, 5) for page, box in placement.layout.boxes()]
    assert sorted(boxes) == sorted(wanted)


@pytest.mark.parametrize("profile", [CLEAN, OFFICE, PHOTOCOPY], ids=lambda profile: profile.name)
def test_ink_lies_in_the_marked_boxes_and_in_no_other(placement, sheets, darkness, profile):
    people = replace(profile.people, odd=0.0, corrected=0.0, long_tail=0.0, tools=CLEAN.people.tools)
    profile = replace(profile, people=people, paper=replace(profile.paper, specks=(0.0, 0.0)))
    levels = {MarkState.MARKED: [], MarkState.EMPTY: []}
    for frame in make_stack(placement, sheets, profile, 3, dpi=150):
        inside = darkness(frame, [row.box.area.grown(-0.9) for row in frame.truth])
        for row, level in zip(frame.truth, inside, strict=True):
            levels[STATES[row.intent]].append(level)
    assert len(levels[MarkState.MARKED]) > 40
    assert len(levels[MarkState.EMPTY]) > 40
    assert min(levels[MarkState.MARKED]) > max(levels[MarkState.EMPTY])


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_printed_squares_are_where_the_frame_says_however_the_page_was_turned(
    placement, sheets, darkness, profile
):
    turns = set()
    for frame in make_stack(placement, sheets, profile, 9, dpi=100, handling=Handling(turned=True)):
        squares = placement.layout.page(frame.page).fiducials
        inside = darkness(frame, [square.grown(-0.6) for square in squares])
        assert inside.min() > 0.55, (frame.turns, inside)
        turns.add(frame.turns)
    assert len(turns) > 1


def test_shuffling_changes_the_order_alone(placement, sheets):
    straight, mixed = (
        list(make_stack(placement, sheets, CLEAN, 4, dpi=75, handling=Handling(shuffled=shuffled)))
        for shuffled in (False, True)
    )
    assert [key(frame) for frame in straight] == [(copy, page) for copy in range(1, 5) for page in (1, 2)]
    assert [key(frame) for frame in mixed] != [key(frame) for frame in straight]
    by_key = {key(frame): frame for frame in mixed}
    assert all(np.array_equal(by_key[key(frame)].image, frame.image) for frame in straight)


def test_backs_follow_their_fronts_and_show_a_little_of_them(placement, some_sheets):
    frames = list(make_stack(placement, some_sheets(1), CLEAN, 4, dpi=100, handling=Handling(duplex=True)))
    assert [frame.page for frame in frames] == [1, 0, 2, 0]
    for front, back in zip(frames[::2], frames[1::2], strict=True):
        assert back.truth == ()
        assert back.signed is None
        assert back.image.min() > 180
        seen, mirrored = 255.0 - back.image, 255.0 - front.image[:, ::-1]
        assert np.corrcoef(seen.ravel(), mirrored.ravel())[0, 1] > 0.3


def test_copies_of_one_sheet_share_its_serial_and_three_people_answer_alike(placement, some_sheets):
    handling = Handling(copies=5)
    frames = list(make_stack(placement, some_sheets(1), OFFICE, 8, dpi=75, handling=handling))
    assert len(frames) == 10
    assert len({frame.sheet.issued.serial for frame in frames}) == 1
    answers = {copy: set() for copy in range(1, 6)}
    for frame in frames:
        answers[frame.copy] |= marked(frame)
    alike = [answers[copy] for copy in range(1, ALIKE + 1)]
    assert alike.count(alike[0]) == ALIKE
    assert alike[0] not in (answers[4], answers[5])
    first, second = frames[0].truth, frames[2].truth
    assert not np.array_equal(frames[0].image, frames[2].image)
    assert [row.box for row in first] == [row.box for row in second]


def test_scanning_again_shows_the_same_ink_in_other_pixels(placement, some_sheets, darkness):
    first, again = (
        list(make_stack(placement, some_sheets(2), OFFICE, 6, dpi=150, handling=Handling(run=run)))
        for run in (0, 1)
    )
    for one, two in zip(first, again, strict=True):
        assert one.truth == two.truth
        assert not np.array_equal(one.image, two.image)
        areas = [row.box.area.grown(-0.8) for row in one.truth]
        assert np.corrcoef(darkness(one, areas), darkness(two, areas))[0, 1] > 0.95


def test_unsigned_sheets_have_an_empty_signature_area(placement, some_sheets, darkness):
    signed, unsigned = (replace(CLEAN, people=replace(CLEAN.people, unsigned=share)) for share in (0.0, 1.0))
    levels = []
    for profile, expected in ((signed, True), (unsigned, False)):
        frame = list(make_stack(placement, some_sheets(1), profile, 1, dpi=150))[-1]
        area = next(
            field.area for field in placement.layout.page(2).fields if field.kind is FieldKind.SIGNATURE
        )
        assert frame.signed is expected
        levels.append(darkness(frame, [area])[0])
    assert levels[0] > levels[1] + 0.005
    assert levels[1] < 0.02


def test_fields_that_are_printed_are_not_written_into(placement, some_sheets, darkness):
    (sheet,) = some_sheets(1)
    named = replace(sheet, values=(("name", "."),))
    field = placement.layout.page(1).fields[0].area
    levels = [darkness(next(make_stack(placement, [one], CLEAN, 1)), [field])[0] for one in (sheet, named)]
    assert levels[0] > levels[1] + 0.01


def test_torn_pages_lose_a_corner_and_nothing_else(placement, sheets):
    whole, torn = (
        list(make_stack(placement, sheets, OFFICE, 3, dpi=75, handling=Handling(torn=torn)))
        for torn in (False, True)
    )
    assert 0 < sum(frame.torn for frame in torn) < len(torn)
    for one, two in zip(whole, torn, strict=True):
        differs = one.image.astype(int) != two.image
        assert differs.any() == two.torn
        rows, columns = (np.flatnonzero(differs.any(axis=axis)) for axis in (1, 0))
        if two.torn:
            assert np.ptp(rows) < 60 / 297 * one.image.shape[0]
            assert np.ptp(columns) < 60 / 210 * one.image.shape[1]


def test_onebit_scans_have_two_values_and_the_others_many(placement, some_sheets):
    for profile in PROFILES.values():
        frame = next(make_stack(placement, some_sheets(1), profile, 1, dpi=100))
        values = len(np.unique(frame.image))
        assert frame.onebit is (profile is ONEBIT)
        assert (values == 2) if profile is ONEBIT else (values > 20)


def test_photocopies_have_thicker_lines(placement, some_sheets, darkness):
    def frames_darkness(profile) -> float:
        plain = replace(profile, scanner=CLEAN.scanner)
        frame = next(make_stack(placement, some_sheets(1), plain, 1, dpi=300))
        empty = [row.box for row in frame.truth if row.intent is Intent.NONE]
        return float(np.median(darkness(frame, [box.area.grown(0.4) for box in empty])))

    twice = replace(PHOTOCOPY, paper=replace(PHOTOCOPY.paper, generations=(2, 2)))
    assert frames_darkness(twice) > 1.05 * frames_darkness(CLEAN)


def test_worn_scans_are_noisier_and_more_skewed_than_the_offices(placement, some_sheets):
    noise, skew = {}, {}
    for profile in (CLEAN, OFFICE, WORN):
        frames = [
            frame
            for seed in range(4)
            for frame in make_stack(placement, some_sheets(1), profile, seed, dpi=75)
        ]
        paper = [frame.image[300:500, 30:60].astype(float) for frame in frames]
        noise[profile.name] = np.median([np.diff(patch, axis=1).std() for patch in paper])
        skew[profile.name] = np.mean([abs(frame.movement.matrix[0, 1]) for frame in frames])
    assert noise["clean"] < noise["office"] < noise["worn"]
    assert skew["clean"] < skew["office"] < skew["worn"]


def test_unclear_marks_come_with_the_profiles_that_ask_for_them(placement, sheets):
    odd = replace(OFFICE, people=replace(OFFICE.people, odd=0.5, corrected=0.3))
    intents = Counter(
        row.intent for frame in make_stack(placement, sheets, odd, 1, dpi=75) for row in frame.truth
    )
    clean = {row.intent for frame in make_stack(placement, sheets, CLEAN, 1, dpi=75) for row in frame.truth}
    assert clean <= {Intent.NONE, Intent.PASSED, Intent.TICK, Intent.CROSS}
    assert {Intent.DOT, Intent.CIRCLE, Intent.FILL, Intent.CANCELLED, Intent.CORRECTED} <= set(intents)
