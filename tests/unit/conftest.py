"""The small form that unit tests fill in: nothing of it is drawn or read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest

from omr.forms.frozen import sealed
from omr.model.geometry import A4, RectMm
from omr.model.layout import (
    BlankRow,
    Box,
    Choice,
    FilledBy,
    Layout,
    Page,
    Question,
    Returns,
    Role,
    Section,
    Shape,
)

CHOICES = (Choice("co", "Có"), Choice("khong", "Không"))


def form(
    rows: Mapping[int, Sequence[str]],
    choices: Sequence[Choice] = CHOICES,
    *,
    version: str = "1",
    returns: Returns = Returns.ONCE,
    year: int = 2026,
    blank: BlankRow = BlankRow.UNANSWERED,
) -> Layout:
    """Return a form with a box a choice in each of the rows of its pages."""
    questions = tuple(
        Question(name, name, "", "s", tuple(choices), Role.ITEM, blank)
        for here in rows.values()
        for name in here
    )
    pages = tuple(
        Page(number, (), None, (), tuple(_boxes(here, choices)), ()) for number, here in rows.items()
    )
    return sealed(
        Layout("thu", version, year, "", "Thử", "vi", A4, 0.25, (Section("s", ""),), questions, pages, "thu",
               FilledBy.PERSON, returns)
    )  # fmt: skip


def _boxes(names: Sequence[str], choices: Sequence[Choice]):
    for row, name in enumerate(names):
        for at, choice in enumerate(choices):
            area = RectMm(150.0 + 10 * at, 20.0 + 2 * row, 5, 5)
            yield Box(f"{name}.{choice.id}", name, choice.id, area, Shape.SQUARE)


@pytest.fixture(scope="session")
def made_form() -> Callable[..., Layout]:
    """Make a form."""
    return form
