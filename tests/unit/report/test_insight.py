"""Tables 3 to 5, the analysis, and the way from a count to its sheets."""

from __future__ import annotations

import dataclasses

import pytest

from omr.model.layout import FilledBy
from omr.model.rank import Ranks
from omr.model.unit import IssuedSheet, Member, Status
from omr.report.charts import charts_of
from omr.report.evidence import evidence_of
from omr.report.insight import (
    against_last_year,
    declared_and_computed,
    most_ticked,
    most_ticked_by_unit,
    unusual_units,
)
from omr.report.people import names_table, problems_table
from omr.report.ranks import ranks_table
from omr.report.report import PartKind
from omr.report.rows import FormKey, SheetNote, SheetRow
from omr.report.scanner import Batches, Health, scanner_table
from omr.report.tables import form_tables
from omr.store.records import StoredBatch


def rows(table):
    return [tuple(row) for row in table.values()]


def issued(serial, person, name):
    return IssuedSheet(serial, "vinhlong-1", "1", "0a1b2c3d4e", 2026, "CB1", 4, person, name)


@pytest.fixture
def form(facts):
    return form_tables(facts, masked=False)[0]


def test_the_name_list_holds_everyone_of_the_roster_and_every_sheet_once(facts, phieu):
    members = [
        Member("p1", "Người Một", "CB1"),
        Member("p2", "Người Hai", "CB1", Status.EXEMPT),
        Member("p3", "Người Ba", "CB1"),
    ]
    sheets = [sheet for sheet in facts.sheets if sheet.unit == "CB1" and sheet.form == phieu.key]
    table = names_table(
        phieu, members, [issued("1", "p1", "Người Một"), issued("9", "p3", "Người Ba")], sheets
    )

    assert [row[1:6] for row in rows(table)] == [
        ("p1", "Người Một", "due", "1", "valid"),
        ("p2", "Người Hai", "exempt", "", "no sheet printed"),
        ("p3", "Người Ba", "due", "9", "not handed in"),
        ("", "", "", "2", "valid"),
        ("", "", "", "3", "valid"),
    ]
    assert [row[7] for row in rows(table)] == ["Tốt", "", "", "Tốt", "Suy thoái"]


def test_each_problem_of_a_sheet_has_its_row_and_its_remedy(facts):
    table = problems_table({}, facts.sheets)
    assert [(row[1], row[3]) for row in rows(table)] == [
        ("3", "the level is to be confirmed"),
        ("5", "1 row is unclear"),
        ("6", "pages are missing"),
        ("8", "1 row is unclear"),
    ]
    assert all(row[4] for row in rows(table))


def test_ranks_are_summed_and_held_against_the_cap():
    table = ranks_table(
        [
            Ranks("CB1", FilledBy.PERSON, (2, 10, 3, 0)),
            Ranks("CB2", FilledBy.PERSON, (3, 10, 0, 1)),
            Ranks("XA", FilledBy.COLLECTIVE, (0, 0, 1, 0)),
        ],
        {"XA": "Xã Hòa Bình"},
    )
    assert [(row[1], *row[3:]) for row in rows(table)] == [
        ("Xã Hòa Bình", 0, 0, 1, 0, 1, None, "kept"),
        ("Total", 0, 0, 1, 0, 1, None, "kept"),
        ("CB1", 2, 10, 3, 0, 15, 20.0, "kept"),
        ("CB2", 3, 10, 0, 1, 14, 30.0, "above the cap"),
        ("Total", 5, 20, 3, 1, 29, 25.0, "above the cap"),
    ]


def test_the_most_ticked_items_stand_by_section_beside_last_year(form):
    last = dataclasses.replace(form, head=dataclasses.replace(form.head, key=FormKey("vinhlong-1", 2025)))
    table = most_ticked(form, last)

    plain = [row for row in rows(table) if row[2]]
    assert [(row[0], row[3], row[5]) for row in plain] == [
        ("A3.1", 3, 50.0), ("A3.2", 1, 16.67), ("B1.1", 1, 16.67), ("C1.1", 1, 16.67),
    ]  # fmt: skip


def test_hidden_cells_are_not_told_by_the_analysis(facts):
    masked = form_tables(facts)[0]
    shown = {(row[0], row[3]) for row in rows(most_ticked(masked, masked)) if row[2]}

    assert masked.hidden
    assert shown == {
        (item.number, masked.total.ticks[item.id, "co"])
        for item in masked.head.items
        if masked.total.ticks.get((item.id, "co")) and (item.id, "co") not in masked.hidden
    }


def test_leading_items_of_units_are_named_without_numbers(form):
    table = most_ticked_by_unit(form, form.counts)
    assert [row[1:] for row in rows(table)] == [("Chi bộ ấp 1", ""), ("Chi bộ ấp 2", "")]
    more = dict.fromkeys(form.counts, form.total)
    assert rows(most_ticked_by_unit(form, more))[0][2] == "A3.1 Biểu hiện A3.1"


def test_an_item_that_table_two_hides_is_named_nowhere_else(form):
    """3 ticks of two items, one has 0: that a unit is said to have 3 of the other would tell both."""
    more = dict.fromkeys(form.counts, form.total)
    masked = dataclasses.replace(form, hidden=frozenset({("a3.1", "co"), ("a3.2", "co")}))
    tables = most_ticked_by_unit(masked, more), most_ticked(masked, None)
    told = " ".join(str(row) for table in tables for row in rows(table))
    assert "A3.1" not in told
    assert "A3.2" not in told
    assert not [bar for chart in charts_of(masked) for bar in chart.bars if "A3." in bar.label]


def test_declared_and_computed_levels_are_crossed(facts):
    declared = [
        dataclasses.replace(s, declared="tot") if s.form.layout == "vinhlong-1" else s for s in facts.sheets
    ]
    table = declared_and_computed(form_tables(dataclasses.replace(facts, sheets=tuple(declared)))[0])
    assert rows(table)[0] == ("Tốt", 3, 1, 1, 1)
    assert rows(table)[1][1:] == (0, 0, 0, 0)


def test_levels_are_held_against_last_year(form):
    assert rows(against_last_year(form, form))[0] == ("Tốt", 3, 50.0, 3, 50.0)


def test_a_unit_with_unusually_many_corrections_is_named(facts, phieu):
    def sheets(unit, count, corrected):
        return [
            SheetRow(
                unit,
                phieu.key,
                f"{unit}{n}",
                valid=True,
                level="tot",
                split="tot-0",
                notes=(SheetNote.UNISSUED,),
                corrected=n < corrected,
            )
            for n in range(count)
        ]

    every = (*sheets("CB1", 30, 12), *sheets("CB2", 300, 6))
    table = unusual_units(form_tables(dataclasses.replace(facts, sheets=every, issued=()))[0])
    assert [(row[1], row[4], bool(row[5])) for row in rows(table)] == [
        ("Chi bộ ấp 1", 40.0, True), ("Chi bộ ấp 2", 2.0, False),
    ]  # fmt: skip


def test_the_scanner_is_advised_by_batch():
    batches = Batches(
        {1: Health(pages=100, streaked=9, skew=20.0, contrast=18000.0), 2: Health(50, 0, 100.0, 4000.0)}
    )
    stored = [
        StoredBatch(1, "2026-02-01T00:00:00", "a", 100, 100, 0, ""),
        StoredBatch(2, "2026-02-02T00:00:00", "b", 100, 50, 50, ""),
        StoredBatch(3, "2026-02-03T00:00:00", "c", 10, 10, 0, "wrong folder"),
    ]
    found = rows(scanner_table(stored, batches))
    assert [row[:7] for row in found] == [
        ("1", "2026-02-01", 100, 0.0, 9.0, 0.2, 180), ("2", "2026-02-02", 100, 50.0, 0.0, 2.0, 80),
    ]  # fmt: skip
    assert found[0][7] == "clean the scanner's glass and rollers"
    assert found[1][7].count(";") == 2


def test_every_count_of_the_tables_has_its_sheets(facts, phieu):
    own = dataclasses.replace(
        facts,
        sheets=tuple(sheet for sheet in facts.sheets if sheet.unit == "CB1"),
        issued=tuple(row for row in facts.issued if row.unit == "CB1"),
    )
    form = next(form for form in form_tables(own) if form.head.key == phieu.key)
    evidence = evidence_of(own, form.head)
    with_scans = {"returned", "valid", "invalid", "undetermined", "unclear", "blank"}
    checked = 0
    for kind, table in ((PartKind.TURNOUT, form.turnout), (PartKind.ITEMS, form.items)):
        for row in table.frame.index:
            for column in table.columns:
                if column.id in with_scans or column.id.endswith(".count"):
                    count = table.frame.loc[row, column.id]
                    behind = evidence.sheets.get((phieu.key, kind, row, column.id), ())
                    groups = ":" in row or row == "total"
                    assert len(behind) == count or (
                        kind is PartKind.ITEMS and groups and len(behind) <= count
                    )
                    assert bool(behind) == bool(count)
                    checked += count > 0
    assert checked > 10
