import numpy as np

from omr.model.reading import Doubt, MarkState
from omr.pipeline import read_scan


def doubts(paper):
    reading = read_scan(paper.scan(), {paper.layout.digest: paper.layout})[0]
    return dict(zip(reading.marks.boxes, reading.marks.doubts.tolist(), strict=True)), reading


def test_a_steep_stroke_through_box_and_surround_is_no_streak(one_box):
    box = one_box.layout.pages[0].boxes[6]
    middle = box.area.center
    one_box.stroke((middle.x, middle.y - 4.2), (middle.x + 0.1, middle.y + 4.2))
    found, reading = doubts(one_box)
    assert not found[box.id] & int(Doubt.STREAK)
    assert reading.marks.states[reading.marks.boxes.index(box.id)] != MarkState.EMPTY


def test_a_line_over_the_whole_page_is_one(one_box):
    boxes = one_box.layout.pages[0].boxes
    x = boxes[0].area.center.x + 0.8
    one_box.stroke((x, 5.0), (x + 0.4, 290.0), width=0.3, gray=110)
    found, reading = doubts(one_box)
    assert all(found[box.id] & int(Doubt.STREAK) for box in boxes)
    assert np.asarray(reading.review).all()


def test_a_line_beside_the_frames_touches_nothing(one_box):
    boxes = one_box.layout.pages[0].boxes
    x = boxes[0].area.x - 0.8
    one_box.stroke((x, 5.0), (x, 290.0), width=0.2, gray=215)
    found, _reading = doubts(one_box)
    assert not any(found[box.id] & int(Doubt.STREAK) for box in boxes)


def test_joined_ticks_of_two_boxes_are_given_to_neither(one_box):
    upper, lower = one_box.layout.pages[0].boxes[4:6]
    for box in (upper, lower):
        one_box.tick(box.id)
    one_box.stroke(
        (lower.area.center.x, lower.area.center.y), (upper.area.center.x + 0.5, upper.area.center.y + 1.0)
    )
    _found, reading = doubts(one_box)
    for box in (upper, lower):
        at = reading.marks.boxes.index(box.id)
        assert reading.marks.states[at] == MarkState.MARKED or reading.review[at]
