"""The ledger: every issued sheet and every scan ends somewhere, and what does not fit is told."""

from __future__ import annotations

import pytest

from omr.batch.conflicts import ConflictKind
from omr.batch.lines import SheetState
from omr.batch.openends import OpenKind, open_ends
from omr.errors import ExitCode
from omr.model.layout import Returns
from omr.model.reading import Doubt, Reason
from omr.model.settlement import Settlement, Way
from omr.model.unit import Unit
from omr.store.imports import put_trees


def states(office):
    return {line.sheet: line.state for line in office.ledger().sheets}


def told(office):
    return [(each.kind, each.sheet, each.is_open) for each in office.ledger().conflicts]


def test_every_issued_sheet_ends_as_one_thing(office):
    office.issue("S1", "S2", "S3", "S4")
    office.issue("S5", replaces="S4")
    office.read("S1")
    office.read("S2", 1)
    office.read("S5")
    office.read("S9")
    office.read("S1", ink=b"another person's")
    assert states(office) == {
        "S1": SheetState.COMPLETE,
        "S1~2": SheetState.COPY,
        "S2": SheetState.INCOMPLETE,
        "S3": SheetState.MISSING,
        "S4": SheetState.REPLACED,
        "S5": SheetState.COMPLETE,
        "S9": SheetState.UNISSUED,
    }
    (row,) = office.ledger().rows
    assert (row.issued, row.complete, row.incomplete, row.missing, row.replaced) == (5, 2, 1, 1, 1)
    assert (row.returned, row.unissued, row.copies, row.balanced) == (5, 1, 1, 0)
    line = next(line for line in office.ledger().sheets if line.sheet == "S2")
    assert line.missing == (2,)


@pytest.mark.parametrize("chosen", ["absent", "valid", "invalid"])
def test_what_a_person_said_about_a_sheet_explains_the_pages_it_lacks(office, chosen):
    office.issue("S1", "S2")
    office.read("S1", 1)
    office.say("S2", "absent")
    assert office.ledger().rows[0].balanced == 0
    office.say("S1", chosen)
    (row,) = office.ledger().rows
    assert (row.balanced, row.explained, row.incomplete, row.missing) == (1, 2, 1, 1)


def test_scans_are_read_rejected_or_blank(office):
    office.issue("S1")
    office.read("S1", ink=b"x")
    office.read("S1", ink=b"x")
    office.refuse(Reason.BLANK_PAGE)
    office.refuse(serial="S1")
    rows = {row.layout: row for row in office.ledger().rows}
    assert (rows["thu"].scans, rows["thu"].read, rows["thu"].rejected, rows["thu"].duplicate) == (5, 4, 1, 1)
    assert (rows[""].scans, rows[""].blank, rows[""].year) == (1, 1, 2026)


def test_a_settled_refusal_balances_the_ledger(office):
    office.issue("S1")
    office.read("S1")
    scan = office.refuse()
    assert not all(row.balanced for row in office.ledger().rows)
    office.store.settle([Settlement(scan, Way.FOREIGN, "Lan")])
    assert all(row.balanced for row in office.ledger().rows)


def test_a_refused_scan_without_a_sheet_stays_in_the_year_of_its_batch(office, another_form):
    batch = office.read("S1")
    office.store.db.execute("UPDATE batch SET year = 2026 WHERE id = ?", (batch,))
    office.refuse()
    office.store.db.execute("UPDATE batch SET year = 2026")
    office.read("T1", layout=another_form(year=2027))
    assert {(row.layout, row.year) for row in office.ledger().rows} == {
        ("thu", 2026),
        ("", 2026),
        ("thu", 2027),
    }


def test_a_unit_is_asked_for_with_all_below_it(office):
    put_trees(
        office.store, {2026: (Unit("X", "Xã"), Unit("CB01", "Chi bộ 1", "X"), Unit("CB02", "Chi bộ 2", "X"))}
    )
    office.issue("S1")
    office.issue("S2", unit="CB02")
    office.issue("S3", unit="Z")
    below = office.ledger().within({"X", "CB01", "CB02"}, 2026)
    assert [line.sheet for line in below.sheets] == ["S1", "S2"]
    assert [row.unit for row in below.rows] == ["CB01", "CB02"]
    assert office.ledger().within(None, 2025).rows == ()


def test_a_sheet_in_another_units_folder_counts_for_its_own(office):
    office.issue("S1")
    office.read("S1", unit="CB02")
    assert told(office) == [(ConflictKind.OTHER_FOLDER, "S1", False)]
    assert [(row.unit, row.conflicts, row.open_conflicts) for row in office.ledger().rows] == [("CB01", 1, 0)]


def test_a_form_printed_anew_since_is_told(office, another_form):
    office.issue("S1")
    office.issue("S2", layout=another_form(version="2"))
    office.read("S1")
    office.read("S2", layout=another_form(version="2"))
    assert told(office) == [(ConflictKind.OLD_FORM, "S1", False)]


def test_a_page_with_other_words_around_its_boxes_is_told_and_counts(office):
    office.issue("S1")
    office.read("S1", doubt=Doubt.REWORDED)
    assert told(office) == [(ConflictKind.REWORDED, "S1", False)]
    assert [row.complete for row in office.ledger().rows] == [1]


def test_a_sheet_of_another_year_than_asked_for_is_told_and_not_counted(office, another_form):
    office.issue("S1")
    office.read("S1", asked=2026)
    office.read("T1", layout=another_form(year=2025), asked=2026)
    assert told(office) == [(ConflictKind.OTHER_YEAR, "T1", False)]
    assert [line.sheet for line in office.ledger().within(None, 2026).sheets] == ["S1"]


def test_two_scans_of_one_page_that_disagree_go_to_a_person(office):
    office.issue("S1")
    office.read("S1", ink=b"x")
    office.read("S1", 1, ink=b"x", chosen="khong")
    assert told(office) == [(ConflictKind.DISAGREE, "S1", True)]
    office.say("S1", "co", "a1")
    assert told(office) == [(ConflictKind.DISAGREE, "S1", True)]
    office.say("S1", "co", "a2")
    assert told(office) == [(ConflictKind.DISAGREE, "S1", False)]


def test_scans_that_agree_or_are_asked_about_anyway_do_not_disagree(office):
    office.issue("S1")
    office.read("S1", ink=b"x")
    office.read("S1", ink=b"x")
    office.read("S1", 1, ink=b"x", chosen="khong", open_rows=("a1", "a2"))
    assert told(office) == []


def test_two_sheets_of_one_named_person_go_to_a_person(office):
    office.issue("S1", person="7", name="Lê Văn Hòa")
    office.issue("S2", person="7", name="lê văn hoà", unit="CB02")
    office.issue("S3", person="8", name="Lê Văn Hòa")
    for serial in ("S1", "S2", "S3"):
        office.read(serial)
    two = ConflictKind.TWO_SHEETS
    assert [each for each in told(office) if each[0] is two] == [(two, "S1", True), (two, "S2", True)]
    office.say("S2", "invalid")
    assert [each for each in told(office) if each[0] is two] == []


def test_two_sheets_of_one_person_may_both_be_said_to_count(office):
    office.issue("S1", "S2", person="7", name="Lê Hòa")
    office.read("S1")
    office.read("S2")
    office.say("S1", "valid")
    assert [is_open for _kind, _sheet, is_open in told(office)] == [True, True]
    office.say("S2", "valid")
    assert [is_open for _kind, _sheet, is_open in told(office)] == [False, False]


def test_a_form_that_comes_back_again_and_again_is_no_second_sheet(office, another_form):
    often = another_form(returns=Returns.REPEATEDLY)
    office.issue("S1", "S2", layout=often, person="7", name="Lê Hòa")
    office.read("S1", layout=often)
    office.read("S2", layout=often)
    assert told(office) == []


def test_reprints_photocopies_and_voided_batches_have_their_lines(office):
    office.issue("S1", "S3")
    office.issue("S2", replaces="S1")
    office.read("S1")
    office.read("S3")
    office.read("S3")
    voided = office.read("S2")
    office.store.void(voided, "wrong folder")
    assert told(office) == [
        (ConflictKind.REPLACED, "S1", False),
        (ConflictKind.PHOTOCOPIED, "S3", False),
        (ConflictKind.VOIDED, "", False),
    ]
    assert office.ledger().conflicts[-1].detail == f"batch {voided}, 2 scans: wrong folder"


def test_nothing_is_open_where_all_is_there(office):
    office.issue("S1")
    office.read("S1")
    assert open_ends(office.ledger()) == ()


def test_open_ends_name_the_sheets_and_what_to_do(office):
    office.issue(*(f"S{n}" for n in range(1, 9)))
    office.read("S8", 1)
    missing, incomplete = open_ends(office.ledger())
    assert (missing.kind, missing.count, missing.exit_code) == (OpenKind.MISSING, 7, ExitCode.UNBALANCED)
    assert missing.told().startswith("7 sheets have not come back: S1, S2, S3, S4, S5 …. Scan them, or say")
    assert incomplete.told().startswith("1 sheet lacks pages: S8 (page 2). Scan the pages, or say")
