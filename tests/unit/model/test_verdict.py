"""Which of several verdicts holds."""

from __future__ import annotations

import pytest

from omr.model.verdict import DOUBTED, UNDONE, UNSURE, Verdict, standing


def held(*said: tuple[str, tuple[str, ...]], question: str = "a1"):
    """Return the choices that hold, "disputed", or None; said: reviewer and choices, oldest first."""
    found = standing(Verdict("S", question, chosen, who, str(at)) for at, (who, chosen) in enumerate(said))
    if found is None:
        return None
    return found.verdict.chosen if found.verdict is not None else "disputed"


YES, NO, BLANK = ("co",), ("khong",), ()


@pytest.mark.parametrize(
    ("said", "holds"),
    [
        ([("Lan", YES)], YES),
        ([("Lan", YES), ("Lan", NO)], NO),
        ([("Lan", YES), ("Lan", UNDONE)], None),
        ([("Lan", UNSURE)], None),
        ([("Lan", YES), ("Minh", UNSURE)], YES),
        ([("Lan", YES), ("Minh", YES)], YES),
        ([("Lan", YES), ("Minh", BLANK)], "disputed"),
        ([("Lan", YES), ("Minh", NO), ("Minh", UNDONE)], YES),
        ([("Lan", YES), ("Minh", NO), ("Lan", NO)], NO),
        ([("Lan", YES), ("Minh", NO), ("Hoa", NO)], NO),
        ([("Lan", YES), ("Minh", NO), ("Hoa", BLANK)], BLANK),
        ([("Lan", YES), ("Minh", YES), ("Hoa", NO)], YES),
    ],
)
def test_two_who_disagree_settle_nothing_and_a_third_decides(said, holds):
    assert held(*said) == holds


@pytest.mark.parametrize(
    ("said", "holds"),
    [
        ([("Lan", DOUBTED)], "disputed"),
        ([("Lan", DOUBTED), ("Lan", UNDONE)], None),
        ([("Lan", DOUBTED), ("Lan", UNSURE)], "disputed"),
        ([("Lan", DOUBTED), ("Minh", YES)], YES),
        ([("Lan", DOUBTED), ("Lan", YES)], YES),
        ([("Lan", DOUBTED), ("Lan", YES), ("Lan", UNDONE)], "disputed"),
        ([("Lan", DOUBTED), ("Minh", DOUBTED), ("Lan", UNDONE)], "disputed"),
        ([("Lan", YES), ("Minh", DOUBTED)], YES),
    ],
)
def test_a_doubt_asks_about_the_row_until_somebody_decides_it(said, holds):
    assert held(*said) == holds


def test_about_a_whole_sheet_the_newest_holds():
    assert held(("Lan", ("invalid",)), ("Minh", ("valid",)), question="") == ("valid",)


def test_who_disagrees_is_told():
    found = standing([Verdict("S", "a1", YES, "Lan", "1"), Verdict("S", "a1", NO, "Minh", "2")])
    assert found.disputed == {"Lan", "Minh"}
