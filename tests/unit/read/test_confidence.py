import numpy as np

from omr.model.reading import FEATURES, Doubt, MarkState, Measurements
from omr.read.classify import classify, classify_bubbles
from omr.read.confidence import INPUTS, chances, inputs
from omr.settings import DEFAULT, BubbleSettings


def evidence(**columns):
    count = max(len(np.atleast_1d(values)) for values in columns.values())
    values = np.zeros((count, len(FEATURES)), dtype=np.float32)
    values[:, FEATURES.index("match_score")] = 1.0
    for name, column in columns.items():
        values[:, FEATURES.index(name)] = column
    return Measurements(tuple(str(n) for n in range(count)), values)


BLANK = {"extent": 0.0, "peak_ink": 0.01}
TICK = {
    "fill_ratio": 0.2, "ink_density": 0.6, "peak_ink": 0.9, "mean_ink": 0.12, "extent": 0.9,
    "firm_share": 0.15, "span_mm": 3.7, "piece_mm": 3.7, "pieces": 1, "tone": 0.7,
}  # fmt: skip


def test_the_calibration_fits_its_inputs():
    assert len(DEFAULT.calibration.empty) == len(DEFAULT.calibration.marked) == len(INPUTS)
    assert inputs(evidence(**BLANK).values).shape == (1, len(INPUTS))


def test_a_blank_box_is_surely_empty_and_a_tick_surely_a_mark():
    empty, marked = np.uint8(MarkState.EMPTY), np.uint8(MarkState.MARKED)
    for seen, right, other in ((BLANK, empty, marked), (TICK, marked, empty)):
        values = evidence(**seen).values
        assert chances(values, np.array([right]), DEFAULT.calibration)[0] > 0.95
        assert chances(values, np.array([other]), DEFAULT.calibration)[0] < 0.01


def test_no_confidence_exceeds_what_the_sample_supports():
    values = np.random.default_rng(1).uniform(0, 1, (500, len(FEATURES))).astype(np.float32)
    for state in MarkState:
        found = chances(values, np.full(500, state, dtype=np.uint8), DEFAULT.calibration)
        assert found.min() >= 0.0
        assert found.max() <= np.float32(DEFAULT.calibration.surest)
        assert found.max() <= 0.5 or state in {MarkState.EMPTY, MarkState.MARKED}


def test_what_the_curves_are_not_sure_of_goes_to_a_person():
    unsure = evidence(**{**TICK, "fill_ratio": 0.07, "peak_ink": 0.31, "extent": 0.72, "ink_density": 0.2})
    calibration = DEFAULT.calibration
    found = classify(unsure, DEFAULT.classify, calibration)
    asked = bool(found.doubts[0] & int(Doubt.CONFIDENCE))
    assert asked == (found.confidence[0] < calibration.review_below)


def test_bubbles_are_compared_with_blank_ones_of_the_same_print():
    rng = np.random.default_rng(2)
    prints = ["A"] * 40 + ["W"] * 40
    darker = rng.normal(0.0, 0.01, 80) + np.array([0.0] * 40 + [0.15] * 40)
    darker[[3, 50]] += 0.3
    darker[7] += 0.065
    marks = classify_bubbles(evidence(mean_ink=darker), prints, BubbleSettings())
    assert np.flatnonzero(marks.states == MarkState.MARKED).tolist() == [3, 50]
    assert np.flatnonzero(marks.states == MarkState.MARGINAL).tolist() == [7]
