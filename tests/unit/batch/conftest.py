"""A small office: one form of two pages, a store, and what comes back into it. Nothing is drawn or read."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from omr.batch.closing import Signing, close
from omr.batch.ledger import Ledger, whole_ledger
from omr.batch.rescoring import keep_rules_in_use
from omr.batch.results import results
from omr.model.layout import (
    Layout,
)
from omr.model.pagecode import PageId
from omr.model.reading import (
    FEATURES,
    Answer,
    Cause,
    Doubt,
    Issue,
    Marks,
    Measurements,
    Reading,
    Reason,
    Rejection,
)
from omr.model.registration import Registration
from omr.model.scan import ScanId, Source
from omr.model.unit import IssuedSheet
from omr.model.verdict import Verdict
from omr.score.rules import load_rules
from omr.store.store import Store

ROWS = {1: ("a1", "a2"), 2: ("b1", "b2")}
RULES = """
id: thu
version: "1"
title: {vi: Thử, en: Trial}
result: {vi: Mức, en: Level}
levels:
  - {id: tot, label: {vi: Tốt, en: Good}, when: s.khong < 2, because: {vi: "tốt", en: "good"}}
  - id: kem
    label: {vi: Kém, en: Poor}
    when: otherwise
    because: {vi: "kém", en: "poor"}
    provisional: true
"""


@dataclass
class Office:
    """A store and what people do to it."""

    store: Store
    rule_file: Path
    rules: object
    layout: Layout
    files: count = field(default_factory=lambda: count(1))

    def issue(self, *serials: str, unit: str = "CB01", layout: Layout | None = None, **more) -> None:
        """Print sheets, or one that replaces another."""
        of = layout or self.layout
        self.store.freeze(of)
        replaces = more.pop("replaces", None)
        self.store.issue(
            [IssuedSheet(s, of.id, of.version, of.digest, of.year, unit, 2, **more) for s in serials],
            replaces,
        )

    def read(self, serial: str, *pages: int, unit: str = "CB01", batch: int | None = None, **more) -> int:
        """Read pages of a sheet out of one file; return the batch."""
        of = more.pop("layout", self.layout)
        self.store.freeze(of)
        sha = f"{next(self.files):064d}"
        self.store.add_sources(Source(sha, f"{unit}/{sha[-3:]}.pdf", 1, 1))
        number = batch or self.store.begin_batch([unit], more.pop("asked", None))
        readings = [
            reading(of, serial, page, ScanId(sha, frame), **more)
            for frame, page in enumerate(pages or (1, 2), 1)
        ]
        self.store.put(number, unit, readings)
        return number

    def refuse(self, reason: Reason = Reason.LOOSE_FIT, serial: str = "", unit: str = "CB01") -> ScanId:
        """Read one scan that is refused; serial: what its page code said, where it could be read."""
        sha = f"{next(self.files):064d}"
        self.store.add_sources(Source(sha, f"{unit}/{sha[-3:]}.pdf", 1, 1))
        page = PageId(self.layout.digest, self.layout.year, serial, 1, 2) if serial else None
        self.store.put(
            self.store.begin_batch([unit], None), unit, [Rejection(ScanId(sha, 1), reason, "", page)]
        )
        return ScanId(sha, 1)

    def say(self, sheet: str, chosen: str, question: str = "", by: str = "Lan") -> None:
        """Keep a verdict on a row, or on the sheet as a whole."""
        self.store.add_verdicts([Verdict(sheet, question, (chosen,), by, "", "")])

    def sheets(self):
        """Return every returned sheet."""
        return results(self.store, self.store.frozen(), lambda _layout: self.rules)

    def keep_rules(self) -> None:
        """Keep the rule file, as every command does that signs or scores again."""
        keep_rules_in_use(self.store, self.store.frozen(), lambda _id: self.rule_file)

    def change_rules(self, old: str, new: str) -> None:
        """Edit the rule file."""
        text = self.rule_file.read_text(encoding="utf-8")
        self.rule_file.write_text(text.replace(old, new), encoding="utf-8")
        self.rules = load_rules(self.rule_file)

    def close(self, unit: str = "CB01", override: str = "", who: str = "Hoa") -> Signing:
        """Sign a unit off as it is."""
        self.keep_rules()
        return close(self.store, self.sheets(), unit, self.layout.year, who, override)

    def ledger(self) -> Ledger:
        """Return the ledger of everything."""
        return whole_ledger(self.store, self.sheets())


def reading(
    layout: Layout,
    serial: str,
    page: int,
    scan: ScanId,
    *,
    chosen: str = "co",
    open_rows: tuple[str, ...] = (),
    ink: bytes = b"",
    signed: bool | None = True,
    doubt: Doubt = Doubt.NONE,
) -> Reading:
    """Return a page with every row ticked alike."""
    boxes = tuple(box.id for box in layout.page(page).boxes)
    answers = tuple(
        Answer(name, (chosen,), 0.6, (Issue.MARGINAL_MARK,), Cause.READING)
        if name in open_rows
        else Answer(name, (chosen,), 0.99, (), Cause.NONE)
        for name in ROWS[page]
    )
    fit = Registration(np.eye(3), np.zeros(2), np.zeros(2), np.zeros((2, 2, 2)), 19, 0.07, 7.87)
    return Reading(
        scan=scan,
        layout=layout.id,
        page=PageId(layout.digest, layout.year, serial, page, 2),
        registration=fit,
        measurements=Measurements(boxes, np.zeros((len(boxes), len(FEATURES)), np.float32)),
        marks=Marks(
            boxes,
            np.zeros(len(boxes), np.uint8),
            np.full(len(boxes), 0.99, np.float32),
            np.full(len(boxes), doubt, np.uint16),
        ),
        answers=answers,
        review=np.array([box.question in open_rows for box in layout.page(page).boxes]),
        ink=ink,
        signed=signed if page == 2 else None,
        paper=230.0,
        contrast=180.0,
        reader="0123456789ab",
    )


@pytest.fixture
def office(tmp_path, monkeypatch, another_form):
    """An office with an empty store; scans of equal ink, not b"", are scans of one sheet."""

    def alike(one: bytes, other: bytes) -> float | None:
        return float(one == other) if one and other else None

    monkeypatch.setattr("omr.batch.results.same_ink", alike)
    (tmp_path / "thu.yaml").write_text(RULES, encoding="utf-8")
    with Store.open(tmp_path / "omr.db") as store:
        yield Office(store, tmp_path / "thu.yaml", load_rules(tmp_path / "thu.yaml"), another_form())


@pytest.fixture(scope="session")
def another_form(made_form):
    """The form, two pages of two rows, in another version, year or way of coming back."""
    return partial(made_form, ROWS)


@pytest.fixture(scope="session")
def page(another_form):
    """Make the reading of one page of the form."""
    return partial(reading, another_form())
