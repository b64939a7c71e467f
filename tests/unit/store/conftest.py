"""A small form, readings of it, and an open store: nothing is drawn, nothing is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from omr.model.layout import (
    Layout,
)
from omr.model.pagecode import PageId
from omr.model.reading import FEATURES, Answer, Cause, Issue, Marks, Measurements, Reading
from omr.model.registration import Registration
from omr.model.scan import ScanId, Source
from omr.model.unit import IssuedSheet
from omr.store.store import Store

SERIAL = "0000-0000"


@pytest.fixture(scope="session")
def layout(made_form) -> Layout:
    """Two pages, two questions of two boxes on each."""
    return made_form({1: ("a1", "a2"), 2: ("b1", "b2")})


@pytest.fixture(scope="session")
def reading(layout: Layout) -> Callable[..., Reading]:
    """Make a reading with random evidence; equal arguments give equal readings."""

    def make(
        frame: int = 1, page: int = 1, serial: str = SERIAL, ink: bytes = b"ink", sha256: str = "a" * 64
    ) -> Reading:
        noise = np.random.default_rng(1000 * frame + page)
        boxes = tuple(box.id for box in layout.page(page).boxes)
        count = len(boxes)
        registration = Registration(
            noise.normal(size=(3, 3)),
            np.array([20.0, 190.0]),
            np.linspace(0, 297, 5),
            # what the store keeps: finer than a thousandth of a pixel
            noise.normal(size=(5, 2, 2)).astype(np.float32).astype(np.float64),
            19,
            0.07,
            7.87,
        )
        first, second = layout.questions_on(layout.page(page))
        answers = (
            Answer(first.id, ("co",), 0.998, (), Cause.NONE),
            Answer(second.id, (), 0.61, (Issue.MARGINAL_MARK, Issue.STREAK), Cause.READING),
        )
        return Reading(
            scan=ScanId(sha256, frame),
            layout=layout.id,
            page=PageId(layout.digest, 2026, serial, page, 2),
            registration=registration,
            measurements=Measurements(boxes, noise.random((count, len(FEATURES)), dtype=np.float32)),
            marks=Marks(
                boxes,
                np.array([1, 0, 2, 0], np.uint8),
                noise.random(count, dtype=np.float32),
                np.array([0, 0, 33, 512], np.uint16),
            ),
            answers=answers,
            review=np.array([False, False, True, False]),
            ink=ink,
            signed=None if page == 1 else True,
            paper=231.5,
            contrast=180.25,
            reader="0123456789ab",
        )

    return make


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store in the folder that commands run in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / "omr.db"


@pytest.fixture
def store(path: Path, layout: Layout) -> Iterator[Store]:
    """A store that knows the form and one file."""
    with Store.open(path) as opened:
        opened.freeze(layout)
        opened.add_sources(Source("a" * 64, "chi-bo-1/stack.pdf", 1, 1))
        yield opened


@pytest.fixture(scope="session")
def sheet(layout: Layout) -> Callable[..., IssuedSheet]:
    """Make a printed sheet."""

    def make(serial: str = SERIAL, unit: str = "CB01", **more) -> IssuedSheet:
        return IssuedSheet(serial, layout.id, layout.version, layout.digest, 2026, unit, 2, **more)

    return make
