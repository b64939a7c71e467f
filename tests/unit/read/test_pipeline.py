"""Whole pages through `read_scan`: what is read, what is asked, what is refused."""

from __future__ import annotations

import random
from dataclasses import replace

import cv2
import numpy as np
import pytest

from omr.model.geometry import RectMm
from omr.model.pagecode import new_serial
from omr.model.reading import Cause, Issue, MarkState, Reading, Reason, Rejection
from omr.pipeline import read_scan
from omr.read.identify import find_code
from omr.settings import DEFAULT


def read(paper, scan):
    outcomes = read_scan(scan, {paper.layout.digest: paper.layout})
    assert len(outcomes) == 1
    return outcomes[0]


def states(reading):
    return {
        box: MarkState(int(state))
        for box, state in zip(reading.marks.boxes, reading.marks.states, strict=True)
    }


def answer(reading, question):
    return next(each for each in reading.answers if each.question == question)


def tick_column(paper, choice=1):
    """One tick a row, all in one column."""
    for question in paper.layout.questions:
        paper.tick(f"{question.id}.c{choice}")


@pytest.mark.parametrize("angle", [0.0, 1.7, -2.0, 90.0, 181.0, 271.5])
@pytest.mark.parametrize("dpi", [120, 200, 300])
def test_a_page_is_read_whichever_way_it_lies(make_paper, angle, dpi):
    paper = make_paper(dpi=dpi)
    tick_column(paper)
    reading = read(paper, paper.scan(angle))
    assert isinstance(reading, Reading)
    assert {a.chosen for a in reading.answers} == {("c1",)}
    assert not reading.review.any()


def test_a_mirrored_page_is_read_as_well(paper, scanned):
    tick_column(paper)
    reading = read(paper, scanned(np.ascontiguousarray(paper.scan(1.0).image[:, ::-1])))
    assert {a.chosen for a in reading.answers} == {("c1",)}


def test_a_negative_is_read_as_well(paper, scanned):
    tick_column(paper)
    reading = read(paper, scanned(255 - paper.scan(1.0).image))
    assert {a.chosen for a in reading.answers} == {("c1",)}
    assert reading.paper > 200


def test_the_reading_names_its_page_and_where_it_lies(paper, serial):
    reading = read(paper, paper.scan())
    assert (reading.page.sheet, reading.page.page, reading.layout) == (serial, 1, "test")
    assert reading.registration.hits == 20
    assert reading.registration.residual_mm < 0.1
    assert abs(reading.registration.px_per_mm - paper.k) < 0.02


def test_a_blank_row_goes_to_a_person_as_the_respondents_doubt(paper):
    tick_column(paper)
    paper.fill(RectMm(150, 80, 20, 0.1), 255)
    blank = paper.layout.questions[4].id
    for box in paper.layout.pages[0].boxes:
        if box.question == blank:
            paper.fill(box.area.grown(2.9), 255)
            paper.frame(box.area)
    reading = read(paper, paper.scan())
    found = answer(reading, blank)
    assert (found.chosen, found.issues, found.cause) == ((), (Issue.BLANK,), Cause.RESPONDENT)
    assert reading.review.sum() == 3


def test_a_blank_row_of_a_one_box_form_is_an_answer(one_box):
    one_box.tick("q03.c0")
    reading = read(one_box, one_box.scan())
    assert [a.question for a in reading.answers if a.chosen] == ["q03"]
    assert not reading.review.any()


def test_two_ticks_in_a_row_are_never_reduced_to_one(paper):
    tick_column(paper, 0)
    paper.tick("q05.c2")
    reading = read(paper, paper.scan())
    found = answer(reading, "q05")
    assert found.chosen == ("c0", "c2")
    assert (found.issues, found.cause) == ((Issue.OVERMARKED,), Cause.RESPONDENT)


def test_a_filled_box_and_a_new_tick_are_a_correction_for_a_person(paper):
    tick_column(paper, 0)
    paper.fill(paper.area("q05.c0").grown(-0.1), 60)
    paper.tick("q05.c2")
    reading = read(paper, paper.scan())
    found = answer(reading, "q05")
    assert states(reading)["q05.c0"] is MarkState.CANCELLED
    assert (found.chosen, found.issues, found.cause) == (("c2",), (Issue.CORRECTED,), Cause.RESPONDENT)


def test_a_filled_box_alone_is_never_settled_by_the_machine(one_box):
    one_box.fill(one_box.area("q05.c0").grown(-0.1), 60)
    found = answer(read(one_box, one_box.scan()), "q05")
    assert found.review
    assert found.chosen == ()


@pytest.mark.parametrize(
    "draw",
    [
        pytest.param(lambda p, c: p.stroke((c.x, c.y), (c.x + 0.3, c.y), width=0.7), id="dot"),
        pytest.param(lambda p, c: p.stroke((c.x - 0.5, c.y), (c.x + 0.5, c.y + 0.3)), id="tiny"),
        pytest.param(
            lambda p, c: p.stroke((c.x - 1.5, c.y), (c.x, c.y + 1.5), (c.x + 2, c.y - 2), gray=215),
            id="faint",
        ),
        pytest.param(
            lambda p, c: p.stroke(
                *[(c.x + 3.5 * np.cos(a), c.y + 3.4 * np.sin(a)) for a in np.linspace(0, 6.3, 40)]
            ),
            id="circled",
        ),
        pytest.param(lambda p, c: p.stroke((c.x + 2.8, c.y - 1), (c.x + 3.4, c.y + 1.6)), id="beside"),
    ],
)
def test_a_hard_mark_goes_to_a_person(one_box, draw):
    one_box.tick("q01.c0")
    draw(one_box, one_box.area("q08.c0").center)
    reading = read(one_box, one_box.scan())
    asked = [box for box, review in zip(reading.marks.boxes, reading.review, strict=True) if review]
    assert asked == ["q08.c0"]


def test_a_tail_through_the_next_row_belongs_to_its_own_tick(one_box):
    c = one_box.area("q09.c0").center
    one_box.stroke((c.x - 1.6, c.y), (c.x - 0.4, c.y + 1.7), (c.x + 1.9, c.y - 9.5))
    reading = read(one_box, one_box.scan())
    assert states(reading)["q09.c0"] is MarkState.MARKED
    assert states(reading)["q08.c0"] is not MarkState.MARKED


def test_boxes_under_a_streak_go_to_a_person(one_box):
    one_box.tick("q09.c0")
    scan = one_box.scan()
    image = scan.image.copy()
    x = round(one_box.area("q00.c0").center.x * one_box.k)
    image[:, x : x + 2] = 60
    reading = read(one_box, replace(scan, image=image))
    assert reading.review.all()
    assert all(Issue.STREAK in a.issues for a in reading.answers)


def test_three_specks_far_apart_are_no_mark_on_a_page_of_faint_marks(one_box):
    for row in range(8):
        one_box.tick(f"q{row:02d}.c0", gray=200)
    center = one_box.area("q12.c0").center
    for x, y in ((-1.3, -1.3), (1.3, -1.0), (0.0, 1.2)):
        one_box.stroke((center.x + x, center.y + y), (center.x + x + 0.1, center.y + y), width=0.3, gray=170)
    reading = read(one_box, one_box.scan())
    states = dict(zip(reading.marks.boxes, reading.marks.states.tolist(), strict=True))
    assert states["q00.c0"] == MarkState.MARKED
    assert states["q12.c0"] != MarkState.MARKED


def test_ink_tells_whether_it_is_signed(paper):
    assert read(paper, paper.scan()).signed is False
    paper.stroke(*[(115 + t, 260 + 4 * np.sin(t * 1.3)) for t in np.arange(0, 30, 0.5)])
    assert read(paper, paper.scan()).signed is True


def test_a_blank_back_is_a_blank_page(paper, scanned):
    show_through = np.clip(paper.scan(1.0).image[:, ::-1].astype(float) * 0.12 + 215, 0, 255).astype(np.uint8)
    for image in (np.full((2339, 1654), 240, np.uint8), np.ascontiguousarray(show_through)):
        assert read(paper, scanned(image)).reason is Reason.BLANK_PAGE


def test_punched_holes_do_not_make_a_blank_back_a_page(paper, scanned):
    back = np.full_like(paper.image, 240)
    for y in (108, 188):
        cv2.circle(back, (round(12 * paper.k), round(y * paper.k)), round(3 * paper.k), 40, -1)
    assert read(paper, scanned(back)).reason is Reason.BLANK_PAGE
    # A solid square of the same size in the middle of a page is somebody's print.
    cv2.rectangle(back, (800, 900), (850, 950), 40, -1)
    assert read(paper, scanned(back)).reason is Reason.NO_PAGE_CODE


@pytest.mark.parametrize("gray", [0, 40])
def test_a_scan_without_light_is_no_blank_page(paper, scanned, gray):
    assert read(paper, scanned(np.full((2339, 1654), gray, np.uint8))).reason is Reason.TOO_POOR


def test_a_foreign_page_is_refused(paper, scanned):
    image = np.full((2339, 1654), 240, np.uint8)
    for row in range(20):
        cv2.putText(image, "Bien ban hop", (200, 200 + 90 * row), cv2.FONT_HERSHEY_SIMPLEX, 2, 30, 3)
    assert read(paper, scanned(image)).reason is Reason.NO_PAGE_CODE


def test_an_unknown_geometry_is_stale_and_never_read(paper):
    outcome = read_scan(paper.scan(), {})[0]
    assert isinstance(outcome, Rejection)
    assert (outcome.reason, outcome.page.sheet) == (Reason.STALE_LAYOUT, paper.sheet)


@pytest.mark.parametrize("corner", [(0, 0), (1, 0), (0, 1), (1, 1)])
def test_a_torn_corner_costs_nothing(paper, corner):
    tick_column(paper)
    scan = paper.scan(1.0)
    height, width = scan.image.shape
    x, y = corner[0] * width, corner[1] * height
    torn = np.array([(x, y), (abs(x - 500), y), (x, abs(y - 600))])
    image = scan.image.copy()
    cv2.fillPoly(image, [torn], 30)
    reading = read(paper, replace(scan, image=image))
    assert isinstance(reading, Reading)
    assert {a.chosen for a in reading.answers} == {("c1",)}


def test_a_page_without_one_column_of_squares_is_refused(paper):
    scan = paper.scan()
    image = scan.image.copy()
    image[:2100, : round(26 * paper.k)] = 255
    outcome = read(paper, replace(scan, image=image))
    assert outcome.reason is Reason.FIDUCIALS_MISSING


def test_a_copy_stretched_in_one_direction_is_refused(paper):
    scan = paper.scan()
    image = cv2.resize(scan.image, None, fx=1.0, fy=1.09)
    assert read(paper, replace(scan, image=image)).reason is Reason.WRONG_SCALE


def test_a_form_printed_smaller_is_read(paper):
    """A4 fitted to Letter is 6 % smaller both ways."""
    tick_column(paper)
    scan = paper.scan()
    image = np.full_like(scan.image, 235)
    small = cv2.resize(scan.image, None, fx=0.94, fy=0.94, interpolation=cv2.INTER_AREA)
    image[60 : 60 + small.shape[0], 40 : 40 + small.shape[1]] = small
    reading = read(paper, replace(scan, image=image))
    assert {a.chosen for a in reading.answers} == {("c1",)}


def test_a_washed_out_page_is_refused_and_never_taken_for_a_blank_back(paper):
    scan = paper.scan()
    pale = (245 - (255 - scan.image.astype(float)) * 0.2).clip(0, 255).astype(np.uint8)
    outcome = read(paper, replace(scan, image=pale))
    assert outcome.reason is Reason.TOO_POOR


def side_by_side(*scans):
    return np.ascontiguousarray(np.hstack([scan.image for scan in scans]))


def test_two_pages_in_one_image_are_both_read(make_paper, scanned):
    first, second = make_paper(), make_paper(new_serial(random.Random(8).randrange))
    tick_column(first, 0)
    tick_column(second, 2)
    image = side_by_side(first.scan(0.5), second.scan(-0.5, seed=1))
    outcomes = read_scan(scanned(image), {first.layout.digest: first.layout})
    chosen = {outcome.page.sheet: {a.chosen for a in outcome.answers} for outcome in outcomes}
    assert chosen == {first.sheet: {("c0",)}, second.sheet: {("c2",)}}
    assert sorted(outcome.scan.part for outcome in outcomes) == [1, 2]


def test_a_second_page_that_cannot_be_named_is_not_lost(make_paper, scanned):
    first, second = make_paper(), make_paper()
    for area in second.layout.pages[0].codes:
        second.fill(area.grown(2), 255)
    outcomes = read_scan(
        scanned(side_by_side(first.scan(), second.scan())), {first.layout.digest: first.layout}
    )
    assert len(outcomes) == 2
    assert isinstance(outcomes[0], Reading)
    assert outcomes[1].reason is Reason.TWO_PAGES


def test_a_small_page_on_a_large_glass_is_one_page(paper, scanned):
    scan = paper.scan()
    image = np.full((scan.image.shape[0], 2 * scan.image.shape[1]), 238, np.uint8)
    image[:, : scan.image.shape[1]] = scan.image
    assert isinstance(read(paper, scanned(image)), Reading)


@pytest.mark.parametrize("lid", [0, 40, 255])
@pytest.mark.parametrize("angle", [5.0, -5.0])
def test_a_crooked_page_on_a_larger_glass_is_read_whatever_the_lid(paper, scanned, angle, lid):
    tick_column(paper)
    page = paper.scan().image
    turn = cv2.getRotationMatrix2D((page.shape[1] / 2, page.shape[0] / 2), angle, 1.0)
    turn[:, 2] += (200, 120)
    glass = cv2.warpAffine(page, turn, (2339, 2700), borderValue=lid)
    assert {a.chosen for a in read(paper, scanned(glass)).answers} == {("c1",)}


@pytest.mark.parametrize("kept", ["top", "bottom"])
def test_a_page_cropped_to_letter_is_read(paper, scanned, kept):
    tick_column(paper)
    page = paper.scan(0.5).image
    height = round(279.4 * paper.k)
    cropped = page[:height] if kept == "top" else page[-height:]
    assert {a.chosen for a in read(paper, scanned(np.ascontiguousarray(cropped))).answers} == {("c1",)}


def test_two_sheets_fed_over_each_other_are_refused(make_paper):
    under, over = make_paper(), make_paper(new_serial(random.Random(9).randrange))
    image = under.scan().image.copy()
    image[image.shape[0] // 2 :] = over.scan().image[image.shape[0] // 2 :]
    outcome = read(under, replace(under.scan(), image=image))
    assert outcome.reason is Reason.TWO_PAGES


def test_a_copy_of_copies_whose_code_has_grown_together_is_read(make_paper):
    paper = make_paper()
    tick_column(paper)
    scan = paper.scan(0.6)
    grown = np.where(cv2.GaussianBlur(scan.image, (0, 0), 0.8) < 205, 20, 235).astype(np.uint8)
    grown = cv2.GaussianBlur(grown, (0, 0), 0.8)
    assert find_code(grown, DEFAULT.identify) is None
    reading = read(paper, replace(scan, image=grown))
    assert isinstance(reading, Reading)
    assert {a.chosen for a in reading.answers} == {("c1",)}
