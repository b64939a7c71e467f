"""The random check of reads that nobody was asked about: what was drawn, and what people found there."""

from __future__ import annotations

from dataclasses import dataclass

OTHER, TAKEN_BACK = "other", ""
"""What a check says beside the state it confirms: the paper shows something else; it is taken back."""

Place = tuple[str, str, str]
"""Sheet, question and choice of a box."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """Reads of one state and one band of confidence.

    state: "empty" or "marked". least: the lowest confidence of the band, 0..1. boxes: how many such reads
    there were; drawn: how many of them are in the sample; expected: how many of them all are wrong by
    their calibrated confidences.
    """

    state: str
    least: float
    boxes: int
    drawn: int
    expected: float


@dataclass(frozen=True, slots=True)
class DrawnBox:
    """A box of the sample. stratum: place of its stratum in `Draw.strata`, which tells how it was read."""

    sheet: str
    question: str
    choice: str
    stratum: int

    @property
    def place(self) -> Place:
        """Sheet, question and choice."""
        return self.sheet, self.question, self.choice


@dataclass(frozen=True, slots=True)
class Draw:
    """A sample as it was drawn; kept whole, so that no later read or verdict changes it.

    levels: how many of `sheets`, the sheets that counted then, had a level. by: who had it drawn.
    at: when, ISO 8601 in UTC; "" is now.
    """

    unit: str
    year: int
    size: int
    seed: int
    strata: tuple[Stratum, ...]
    boxes: tuple[DrawnBox, ...]
    sheets: tuple[str, ...]
    levels: int
    by: str
    at: str = ""

    @property
    def name(self) -> str:
        """What its checks name it by; the same unit, year, size and seed are the same sample."""
        return f"{self.unit}/{self.year}/{self.size}/{self.seed}"

    @property
    def population(self) -> int:
        """How many reads it was drawn from."""
        return sum(stratum.boxes for stratum in self.strata)


@dataclass(frozen=True, slots=True)
class Check:
    """One look at one box. Appended; the newest of a draw's box holds.

    draw: name of the sample, or of the pile that was looked through without one. state: what the machine
    read; truth: the same where the paper shows it, else `OTHER`, or `TAKEN_BACK`.
    """

    draw: str
    sheet: str
    question: str
    choice: str
    state: str
    truth: str
    reviewer: str
    at: str = ""

    @property
    def place(self) -> Place:
        """Sheet, question and choice."""
        return self.sheet, self.question, self.choice
