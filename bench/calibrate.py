"""Fit the confidence of reads: how sure a box's evidence makes what it holds, and from where on to ask.

    .venv/bin/python -m bench.calibrate [--stacks 20] [--first-seed 10000] [--workers 2] [--keep]

Trains on sheets of the first generator alone; bench.accuracy then tests on other seeds and, what counts, on
the second generator and on real pages. With --keep the numbers go to omr/calibration.toml with what they
were fitted to; the same seeds give the same numbers.

Two logistic curves with a quadratic penalty, fitted by Newton's method (C. M. Bishop, Pattern Recognition
and Machine Learning, 2006, 4.3.3): the chance that a box is empty, and the chance that it holds a mark, each
from a few features and their squares. Both are kept from claiming more than the sample can show: no chance
exceeds 1 - 3/n, n the boxes of that kind seen (the rule of three for no error in n).
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.trial import Box, Chunk, run_all
from omr.audit.bounds import upper_bound
from omr.model.reading import MarkState
from omr.read.confidence import INPUTS, chances, inputs
from omr.settings import DEFAULT, Calibration

TARGET = Path(__file__).parents[1] / "omr" / "calibration.toml"
LAYOUTS = ("haugiang-ca-nhan", "haugiang-tap-the", "nghean-so-tay", "tayninh-cam-ket", "travinh-82",
           "vinhlong-1", "vinhlong-2")  # fmt: skip
MIX = ("office",) * 5 + ("worn",) * 2 + ("photocopy",) * 2 + ("onebit",)
ODD = 0.12
"""Share of rows with a hard mark: six times the bench's, for the borders are what is to be learnt."""

_STEPS, _PENALTY = 40, 0.01
BUDGET = 5e-4
"""Share of the boxes that may be asked about for their confidence alone: one in 2,000. The review threshold
is the highest it affords; the 95 % bound of the silent errors left is printed, for docs/accuracy.md."""


def chunks(stacks: int, first_seed: int) -> list[Chunk]:
    """Return what to train on: every layout, profiles by their mix, every third stack at 300 dpi."""
    return [
        Chunk(1, layout, MIX[(turn + place) % len(MIX)], first_seed + 1000 * place + turn,
              dpi=300 if turn % 3 == 0 else 0, odd=ODD)
        for turn in range(stacks)
        for place, layout in enumerate(LAYOUTS)
    ]  # fmt: skip


def fitted(values: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Return the weights, shape (K,), of the chance that `target`, shape (N,), holds given (N, K) inputs."""
    weights = np.zeros(values.shape[1])
    penalty = _PENALTY * np.eye(len(weights))
    penalty[0, 0] = 0.0
    for _step in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(values @ weights, -40, 40)))
        slope = values.T @ (chance - target) + penalty @ weights
        bend = (values * (chance * (1 - chance))[:, None]).T @ values + penalty
        step = np.linalg.solve(bend + 1e-9 * np.eye(len(weights)), slope)
        weights = weights - step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def calibration(boxes: Sequence[Box]) -> Calibration:
    """Return the curves and the threshold for boxes with a known truth."""
    # A filled box is told by a rule and goes to a person always: the curves need not know of it.
    known = [box for box in boxes if box.truth not in {"either", "cancelled"}]
    values = inputs(np.stack([box.features for box in known])).astype(np.float64)
    truth = np.array([box.truth for box in known])
    empty, marked = truth == "empty", truth == "marked"
    first = Calibration(
        empty=tuple(fitted(values, empty.astype(float)).round(4).tolist()),
        marked=tuple(fitted(values, marked.astype(float)).round(4).tolist()),
        surest=round(1 - 3 / min(int(empty.sum()), int(marked.sum())), 7),
        review_below=0.5,
    )
    return Calibration(first.empty, first.marked, first.surest, _threshold(known, first))


def _threshold(boxes: Sequence[Box], found: Calibration) -> float:
    """Return the confidence below which a person is asked: as high as BUDGET affords.

    Only boxes that no rule sends to a person count (so train with the threshold at 0). Printed is what each
    threshold costs and the bound of silent errors that it leaves.
    """
    plain = [box for box in boxes if not box.review]
    states = np.array([MarkState[box.state.upper()] for box in plain], dtype=np.uint8)
    sure = chances(np.stack([box.features for box in plain]), states, found)
    wrong = np.array([box.silent for box in plain])
    affordable = round(float(np.sort(sure)[int(BUDGET * len(plain))]), 4)
    for least in (*np.unique(sure[wrong] + 1e-4).round(4).tolist(), affordable):
        asked = sure < least
        left = int(wrong[~asked].sum())
        bound = upper_bound(left, int((~asked).sum()))
        print(f"# asked below {least:.4f}: {asked.sum()} of {len(plain)}, silent {left}, bound {bound:.2e}")
    return affordable


def written(found: Calibration, boxes: Sequence[Box], command: str) -> str:
    """Return the text of calibration.toml."""
    told = Counter(box.truth for box in boxes)
    lines = (
        "# Confidence of reads; written by bench/calibrate.py, not by hand.",
        f'fitted = "{dt.datetime.now(dt.UTC):%Y-%m-%d}"',
        f'command = "{command}"',
        f'boxes = "{", ".join(f"{number} {truth}" for truth, number in sorted(told.items()))}"',
        f"inputs = {list(INPUTS)}",
        f"empty = {list(found.empty)}",
        f"marked = {list(found.marked)}",
        f"surest = {found.surest}",
        f"review_below = {found.review_below}",
    )
    return "\n".join(lines) + "\n"


def main() -> int:
    """Fit, print and perhaps keep."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stacks", type=int, default=20, help="of each layout, four sheets each")
    parser.add_argument("--first-seed", type=int, default=10000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--keep", action="store_true", help=f"write {TARGET.name}")
    parser.add_argument("--made", type=Path, metavar="DIR", help="as of bench.accuracy")
    chosen = parser.parse_args()
    nothing = (0.0,) * len(INPUTS)
    settings = replace(DEFAULT, calibration=Calibration(nothing, nothing, 0.5, review_below=0.0))
    boxes = [
        box
        for result in run_all(chunks(chosen.stacks, chosen.first_seed), chosen.workers, settings, chosen.made)
        for box in result.boxes
    ]
    command = f"python -m bench.calibrate --stacks {chosen.stacks} --first-seed {chosen.first_seed}"
    text = written(calibration(boxes), boxes, command)
    print(text, end="")
    if chosen.keep:
        TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
