"""Over random trees and answers: packages add up the same in any order and grouping; nobody is named."""

from __future__ import annotations

import dataclasses

from hypothesis import given, settings
from hypothesis import strategies as st

from omr.model.layout import BlankRow, Choice, FilledBy, Question, Role, Section
from omr.model.unit import Unit
from omr.report.arrivals import Arrival, Present, refusals
from omr.report.branches import within
from omr.report.merge import merged
from omr.report.packing import make_package
from omr.report.rows import FormHead, FormKey, IssuedRow, LevelHead, Office, PeopleRow, SheetRow
from omr.report.tables import Facts, form_tables
from omr.report.wire import from_json, to_json
from omr.store.packages import digest_of

FORM = FormKey("phieu", 2026)
ITEMS = tuple(
    Question(
        row, row, "…", row[0], (Choice("khong", "Không"), Choice("co", "Có")), Role.ITEM, BlankRow.ALLOWED
    )
    for row in ("A1.1", "A1.2", "B1.1")
)
HEAD = FormHead(
    FORM,
    "PHIẾU",
    FilledBy.PERSON,
    (Section("A", "A"), Section("B", "B")),
    ITEMS,
    (LevelHead("tot", "Tốt"), LevelHead("kem", "Kém")),
    (),
)
TOP = "T"


@st.composite
def trees(draw):
    """Units under one top, each below an earlier one."""
    count = draw(st.integers(2, 9))
    codes = [TOP, *(f"U{number}" for number in range(count))]
    return tuple(
        Unit(code, f"Đơn vị {code}", draw(st.sampled_from(codes[:at])) if at else "")
        for at, code in enumerate(codes)
    )


@st.composite
def offices(draw):
    """A tree, everything that was counted in it, and the units that count, none below another."""
    units = draw(trees())
    codes = [unit.code for unit in units[1:]]
    sheets = []
    for number in range(draw(st.integers(1, 20))):
        valid = draw(st.booleans())
        ticked = tuple((item.id, draw(st.sampled_from(["khong", "co"]))) for item in ITEMS)
        level = draw(st.sampled_from(["tot", "kem", "undetermined"]))
        unit = draw(st.sampled_from(codes))
        sheets.append(SheetRow(unit, FORM, f"SERIAL-{number}", valid=valid, level=level, ticked=ticked))
    issued = tuple(
        IssuedRow(code, FORM, sum(s.unit == code for s in sheets) + draw(st.integers(0, 2))) for code in codes
    )
    people = tuple(PeopleRow(code, 2026, draw(st.integers(0, 9)), draw(st.integers(0, 2))) for code in codes)
    facts = Facts((HEAD,), units, issued, tuple(sheets), people=people)
    return facts, [unit.code for unit in units if unit.parent == TOP]


def counted_in(facts, office):
    """What the store of one office holds."""

    def own(rows):
        return tuple(row for row in rows if within([row.unit], office, facts.units))

    return dataclasses.replace(
        facts, issued=own(facts.issued), sheets=own(facts.sheets), people=own(facts.people)
    )


def package(facts, office, receiver=TOP):
    return make_package(facts, (), Office(office, "2026-02-01T00:00:00+00:00"), receiver, 2026)


def totals(facts):
    [form] = form_tables(facts, TOP, masked=False)
    return form.total, form.turnout.frame.loc["total"].drop(["order", "unit"]).to_dict(), form.items.frame


def same(one, other):
    assert one[:2] == other[:2]
    assert one[2].equals(other[2])


@given(offices(), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=40)
def test_packages_add_up_to_everything_in_any_order(everything, shuffle):
    facts, codes = everything
    packages = [package(counted_in(facts, office), office) for office in codes]
    bare = Facts((), facts.units)

    mixed = shuffle.sample(packages, len(packages))
    same(totals(merged(bare, packages)), totals(facts))
    same(totals(merged(bare, mixed)), totals(facts))


@given(offices(), st.integers(1, 8))
@settings(deadline=None, max_examples=40)
def test_packages_of_packages_add_up_to_the_same(everything, cut):
    facts, codes = everything
    packages = [package(counted_in(facts, office), office, "D") for office in codes]
    district = Unit("D", "Huyện", TOP)
    below = tuple(
        dataclasses.replace(unit, parent="D") if unit.code in codes[:cut] else unit for unit in facts.units
    )
    units = (*below, district)
    middle = package(merged(Facts((), units), packages[:cut]), "D")
    above = merged(Facts((), units), [middle, *(package(counted_in(facts, o), o) for o in codes[cut:])])

    same(totals(above), totals(facts))


@given(offices())
@settings(deadline=None, max_examples=40)
def test_a_parent_is_the_sum_of_its_children_after_merging_too(everything):
    facts, codes = everything
    above = merged(Facts((), facts.units), [package(counted_in(facts, office), office) for office in codes])
    [form] = form_tables(above, TOP)
    counts = form.turnout.frame.select_dtypes("Int64")

    assert (counts.drop(index="total").sum() == counts.loc["total"]).all()
    for office in codes:
        below = form_tables(above, office)
        if below and office in counts.index:
            columns = below[0].turnout.frame.select_dtypes("Int64").columns.intersection(counts.columns)
            assert (below[0].turnout.frame.loc["total", columns] == counts.loc[office, columns]).all()


@given(offices())
@settings(deadline=None, max_examples=40)
def test_a_package_names_no_sheet_and_comes_back_as_it_was(everything):
    facts, codes = everything
    for office in codes:
        made = package(counted_in(facts, office), office)
        body = to_json(made)
        assert b"SERIAL" not in body
        assert from_json(body) == made


@given(offices())
@settings(deadline=None, max_examples=40)
def test_the_same_sheets_are_never_counted_twice(everything):
    facts, codes = everything
    whole = package(
        merged(Facts((), facts.units), [package(counted_in(facts, o), o) for o in codes]), TOP, "Z"
    )
    for office in codes:
        part = package(counted_in(facts, office), office)
        arrivals = [Arrival(str(n), digest_of(to_json(p)), p) for n, p in enumerate((whole, part))]
        assert len(list(refusals(arrivals, Present()))) == 2
