from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from omr.errors import OmrError
from omr.report.checks import BalanceError, check_total
from omr.report.rows import FormKey, IssuedRow, SheetRow
from omr.report.table import Weight
from omr.report.tables import form_tables

COUNTS = ["issued", "returned", "valid", "invalid", "missing"]


@pytest.fixture
def tables(facts):
    return form_tables(facts, masked=False)


def rows(table, columns):
    return [tuple(row) for row in table.frame[columns].astype("object").itertuples(index=False)]


def test_each_form_has_its_own_pair_and_forms_are_not_summed(tables):
    assert [(form.head.key.layout, form.total.returned) for form in tables] == [
        ("vinhlong-1", 7),
        ("haugiang-ca-nhan", 2),
    ]


def test_a_row_a_child_with_all_below_it_and_the_total(tables):
    turnout = tables[0].turnout

    assert rows(turnout, ["order", "unit", *COUNTS]) == [
        ("1", "Chi bộ ấp 1", 4, 3, 3, 0, 1),
        ("2", "Chi bộ ấp 2", 4, 4, 3, 1, 0),
        ("", "Total", 8, 7, 6, 1, 1),
    ]
    assert list(turnout.frame.index) == ["CB1", "CB2", "total"]
    assert turnout.weights == (Weight.PLAIN, Weight.PLAIN, Weight.TOTAL)


def test_levels_are_shares_of_valid_sheets_with_tot_split(tables):
    columns = [
        "tot.count", "tot.percent", "tot-0.count", "tot-1-4.count",
        "chua-tot.count", "chua-tot.percent", "suy-thoai.count", "suy-thoai.percent", "undetermined",
    ]  # fmt: skip

    assert rows(tables[0].turnout, columns) == [
        (2, 66.67, 1, 1, 0, 0.0, 1, 33.33, 0),
        (1, 33.33, 1, 0, 1, 33.33, 0, 0.0, 1),
        (3, 50.0, 2, 1, 1, 16.67, 1, 16.67, 1),
    ]


def test_notes_say_what_the_numbers_do_not(tables):
    assert list(tables[0].turnout.frame["note"]) == [
        "1 level to be confirmed",
        "1 lacks pages; 1 is a photocopy; 1 printed again",
        "1 lacks pages; 1 is a photocopy; 1 level to be confirmed; 1 printed again",
    ]


def test_a_unit_of_its_own_is_a_row_beside_its_children(facts):
    turnout = form_tables(facts, "CB2")[0].turnout

    assert rows(turnout, ["unit", "returned"]) == [
        ("Chi bộ ấp 2 (its own sheets)", 3),
        ("Tổ đảng 2A", 1),
        ("Total", 4),
    ]


def test_the_total_of_a_child_is_its_row_above(facts):
    above = form_tables(facts)[0].turnout.frame.loc["CB2"].drop(["order", "unit"])
    below = form_tables(facts, "CB2")[0].turnout.frame.loc["total"].drop(["order", "unit"])

    pd.testing.assert_series_equal(above, below, check_names=False)


def test_a_unit_without_sheets_has_no_tables(facts):
    assert form_tables(facts, "CB9") == ()


def test_unknown_units_stand_last_under_their_code(facts):
    strange = dataclasses.replace(facts.sheets[0], unit="thư mục lạ", sheet="10", notes=())
    issued = IssuedRow("thư mục lạ", strange.form, 1)
    more = dataclasses.replace(facts, sheets=(*facts.sheets, strange), issued=(*facts.issued, issued))

    assert list(form_tables(more)[0].turnout.frame.index) == ["XA", "thư mục lạ", "total"]


def test_items_stand_under_their_section_and_manifestation(tables):
    items = tables[0].items

    assert rows(items, ["number", "text", "co.count", "co.percent", "unclear"]) == [
        ("", "CHƯA NGHIÊM TRỌNG", 5, 66.67, 0),
        ("A3", "Items A3 together", 4, 50.0, 0),
        ("A3.1", "Biểu hiện A3.1", 3, 50.0, 0),
        ("A3.2", "Biểu hiện A3.2", 1, 16.67, 0),
        ("B1.1", "Biểu hiện B1.1", 1, 16.67, 0),
        ("", "NGHIÊM TRỌNG", 1, 16.67, 1),
        ("C1", "Items C1 together", 1, 16.67, 1),
        ("C1.1", "Biểu hiện C1.1", 1, 16.67, 0),
        ("C1.2", "Biểu hiện C1.2", 0, 0.0, 1),
        ("", "All items", 6, 66.67, 1),
    ]


def test_a_form_without_levels_has_no_level_columns_and_each_choice_apart(tables):
    turnout, items = tables[1].turnout, tables[1].items

    assert list(turnout.frame.columns) == ["order", "unit", *COUNTS, "note"]
    assert [column.group for column in items.columns] == [
        "", "", "Không", "Không", "Có lúc", "Có lúc", "Thường xuyên", "Thường xuyên", "", "",
    ]  # fmt: skip
    assert rows(items, ["number", "khong.count", "co-luc.percent", "unclear", "blank"])[1:3] == [
        ("1", 1, 50.0, 0, 0),
        ("2", 0, 0.0, 1, 1),
    ]


def test_percents_of_nothing_are_empty(facts):
    nothing = dataclasses.replace(facts, sheets=())

    turnout = form_tables(nothing)[0].turnout
    assert turnout.frame["tot.percent"].isna().all()
    assert next(turnout.texts())[7:9] == ("0", "")


def test_choices_a_row_does_not_offer_stay_empty(facts, phieu, dau_hieu):
    mixed = dataclasses.replace(
        phieu,
        items=(*phieu.items, dataclasses.replace(dau_hieu.items[0], section="trong")),
    )
    one = dataclasses.replace(facts, forms=(mixed, dau_hieu))

    sheets = tuple(
        dataclasses.replace(row, blank=("1",)) if row.form == mixed.key else row for row in one.sheets
    )
    frame = form_tables(dataclasses.replace(one, sheets=sheets), masked=False)[0].items.frame
    assert frame.loc["a3.1", "khong.count"] is pd.NA
    assert frame.loc["1", "co.count"] is pd.NA
    assert frame.loc["1", "blank"] == 6


def test_rows_of_a_form_without_a_head_are_refused(facts):
    strange = SheetRow("CB1", FormKey("la", 2026), "11", valid=True)

    with pytest.raises(ValueError, match="without a head"):
        form_tables(dataclasses.replace(facts, sheets=(*facts.sheets, strange)))


def test_more_returned_than_issued_is_refused(facts):
    few = (IssuedRow("CB1", FormKey("vinhlong-1", 2026), 1),)

    with pytest.raises(BalanceError, match="issued 1, returned 3, valid 3") as raised:
        form_tables(dataclasses.replace(facts, issued=few))
    assert isinstance(raised.value, OmrError)


def test_a_level_the_form_does_not_have_is_refused(facts):
    strange = dataclasses.replace(facts.sheets[0], level="la")

    with pytest.raises(BalanceError, match="3 valid sheets, 2 with a level and 0 undetermined"):
        form_tables(dataclasses.replace(facts, sheets=(strange, *facts.sheets[1:])))


def test_an_item_ticked_more_often_than_there_are_sheets_is_refused(facts):
    twice = dataclasses.replace(facts.sheets[1], ticked=(("a3.1", "co"),) * 4)

    with pytest.raises(BalanceError, match=r"item A3\.1: 5 answers on 3 valid sheets"):
        form_tables(dataclasses.replace(facts, sheets=(facts.sheets[0], twice, *facts.sheets[2:])))


def test_a_row_of_several_boxes_without_any_answer_is_refused(facts):
    lost = dataclasses.replace(facts.sheets[-1], blank=())

    with pytest.raises(BalanceError, match="item 2: 1 answers on 2 valid sheets"):
        form_tables(dataclasses.replace(facts, sheets=(*facts.sheets[:-1], lost)))


def test_a_total_that_is_not_the_sum_is_refused(tables):
    turnout = tables[0].turnout
    frame = turnout.frame.copy()
    frame.loc["total", "valid"] += 1

    with pytest.raises(BalanceError, match="column Valid: the rows give 6, the total says 7"):
        check_total(dataclasses.replace(turnout, frame=frame))


def test_values_are_plain_ones_that_any_program_takes(facts):
    kinds = {
        type(value)
        for form in form_tables(facts, masked=True)
        for table in (form.turnout, form.items)
        for row in table.values()
        for value in row
    }
    assert kinds <= {int, float, str, type(None)}
