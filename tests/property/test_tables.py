"""Over random units, sheets and answers: nothing is lost, nothing is counted twice, order does not matter."""

from __future__ import annotations

import dataclasses
import random

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from omr.model.layout import BlankRow, Choice, FilledBy, Question, Role, Section
from omr.model.unit import Unit
from omr.report.rows import FormHead, FormKey, IssuedRow, LevelHead, SheetNote, SheetRow
from omr.report.tables import Facts, form_tables
from omr.report.tally import tally

FORM = FormKey("phieu", 2026)
CHOICES = (Choice("khong", "Không"), Choice("co", "Có"))
ITEMS = tuple(
    Question(f"{part}.{row}", f"{part}.{row}", "…", part[0], CHOICES, Role.ITEM, BlankRow.UNANSWERED)
    for part in ("A1", "A2", "B1")
    for row in (1, 2)
)
HEAD = FormHead(
    FORM,
    "PHIẾU",
    FilledBy.PERSON,
    (Section("A", "A"), Section("B", "B")),
    ITEMS,
    (LevelHead("tot", "Tốt", (("tot-0", "0"), ("tot-1-4", "1–4"))), LevelHead("kem", "Kém")),
    (),
)
CODES = ("T", "U1", "U2", "U11", "U12", "U21", "x")
PARENTS = {"U1": "T", "U2": "T", "U11": "U1", "U12": "U1", "U21": "U2"}
UNITS = tuple(Unit(code, f"Đơn vị {code}", PARENTS.get(code, "")) for code in CODES[:-1])
LEVELS = st.sampled_from([("tot", "tot-0"), ("tot", "tot-1-4"), ("kem", ""), ("undetermined", ""), ("", "")])


@st.composite
def sheets(draw):
    states = draw(st.lists(st.sampled_from(["khong", "co", "unclear", "blank"]), min_size=6, max_size=6))
    answers = list(zip([item.id for item in ITEMS], states, strict=True))
    level, split = draw(LEVELS)
    return SheetRow(
        unit=draw(st.sampled_from(CODES)),
        form=FORM,
        sheet=str(draw(st.integers(0, 10**6))),
        valid=draw(st.booleans()),
        level=level,
        split=split,
        notes=tuple(draw(st.sets(st.sampled_from(SheetNote)))),
        ticked=tuple((item, state) for item, state in answers if state in ("khong", "co")),
        unclear=tuple(item for item, state in answers if state == "unclear"),
        blank=tuple(item for item, state in answers if state == "blank"),
    )


@st.composite
def everything(draw):
    """Facts in which each unit was issued as many sheets as came back, and some more."""
    returned = tuple(draw(st.lists(sheets(), min_size=1, max_size=25)))
    issued = tuple(
        IssuedRow(code, FORM, sum(sheet.unit == code for sheet in returned) + draw(st.integers(0, 3)))
        for code in CODES
    )
    return Facts((HEAD,), UNITS, issued, returned)


@given(everything())
@settings(deadline=None, max_examples=30)
def test_the_numbers_of_every_row_add_up(facts):
    frame = form_tables(facts)[0].turnout.frame

    assert (frame["issued"] == frame["returned"] + frame["missing"]).all()
    assert (frame["returned"] == frame["valid"] + frame["invalid"]).all()
    assert (frame["valid"] == frame["tot.count"] + frame["kem.count"] + frame["undetermined"]).all()
    assert (frame["tot.count"] == frame["tot-0.count"] + frame["tot-1-4.count"]).all()
    assert frame.loc["total", "returned"] == len(facts.sheets)


@given(everything())
@settings(deadline=None, max_examples=30)
def test_a_parent_is_the_sum_of_its_children(facts):
    for parent in ("T", "U1", "U2"):
        below = form_tables(facts, parent)[0]
        above = form_tables(facts, PARENTS.get(parent, ""))[0]
        numbers = below.turnout.frame.drop(columns=["order", "unit"])

        pd.testing.assert_series_equal(
            above.turnout.frame.loc[parent, numbers.columns], numbers.loc["total"], check_names=False
        )
        counts = numbers.select_dtypes("Int64")
        assert (counts.drop(index="total").sum() == counts.loc["total"]).all()


@given(everything(), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=25)
def test_the_order_of_the_sheets_does_not_matter(facts, shuffle: random.Random):
    mixed = dataclasses.replace(
        facts,
        sheets=tuple(shuffle.sample(facts.sheets, len(facts.sheets))),
        issued=tuple(shuffle.sample(facts.issued, len(facts.issued))),
    )

    one, other = form_tables(facts)[0], form_tables(mixed)[0]
    pd.testing.assert_frame_equal(one.turnout.frame, other.turnout.frame)
    pd.testing.assert_frame_equal(one.items.frame, other.items.frame)


@given(everything(), st.integers(0, 25), st.integers(0, 25))
@settings(deadline=None, max_examples=30)
def test_tallies_merge_in_any_order_to_the_tally_of_all(facts, one, other):
    cut, end = sorted((one, other))
    a = tally(HEAD, facts.issued[:2], facts.sheets[:cut])
    b = tally(HEAD, facts.issued[2:5], facts.sheets[cut:end])
    c = tally(HEAD, facts.issued[5:], facts.sheets[end:])

    whole = tally(HEAD, facts.issued, facts.sheets)
    assert a + (b + c) == (a + b) + c == c + b + a == whole


@given(everything())
@settings(deadline=None, max_examples=30)
def test_subtotals_of_items_are_sums_and_shares_stay_shares(facts):
    frame = form_tables(facts, masked=False)[0].items.frame
    sums = [column for column in frame.columns if column.endswith(".count")] + ["unclear", "blank"]
    items = [item.id for item in ITEMS]

    assert (frame.loc[["part:A:A1", "part:A:A2"], sums].sum() == frame.loc["section:A", sums]).all()
    assert (frame.loc[["section:A", "section:B"], sums].sum() == frame.loc["total", sums]).all()
    assert (frame.loc[items, sums].sum() == frame.loc["total", sums]).all()
    for column in ("khong.percent", "co.percent"):
        assert frame[column].fillna(0).between(0, 100).all()
