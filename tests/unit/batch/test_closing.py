"""Signing off: refused in each open state, kept with who and why, and nothing may change it afterwards."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path

import pytest

from omr.batch.closing import altered, close
from omr.batch.conflicts import ConflictKind
from omr.batch.engine import Reader
from omr.batch.openends import OpenKind
from omr.batch.run import read_batch
from omr.errors import ClosedError, StoreError, UsageError
from omr.model.check import Check, Draw, DrawnBox, Stratum
from omr.model.closing import Act, Closing
from omr.model.layout import FilledBy, Returns
from omr.model.rank import Ranks
from omr.model.reading import Reason
from omr.model.scan import ScanId
from omr.model.settlement import Settlement, Way
from omr.model.unit import Member, Unit
from omr.model.written import Written
from omr.settings import DEFAULT
from omr.store import checks, handwriting
from omr.store.closings import append, closed_places, closings, standing
from omr.store.imports import put_roster, put_trees
from omr.store.packages import add_packages
from omr.store.ranks import put_ranks

UNIT, YEAR = "CB01", 2026
TREE = (Unit("X", "Xã"), Unit("CB01", "Chi bộ 1", "X"), Unit("CB02", "Chi bộ 2", "X"))


def sign(office, unit=UNIT, override=""):
    return office.close(unit, override)


def refused_for(office) -> list[OpenKind]:
    """Return why the unit cannot be signed; nothing is closed then."""
    ends = [end.kind for end in sign(office).open_ends]
    assert bool(ends) != bool(standing(office.store))
    return ends


def reopen(office, unit=UNIT):
    with office.store.transaction():
        append(office.store, Closing(unit, YEAR, Act.REOPEN, "Hoa", "a late sheet"))


@pytest.fixture
def whole(office):
    """A unit with nothing open."""
    office.issue("S1", "S2", person="")
    office.read("S1")
    office.read("S2")
    return office


def test_a_unit_with_nothing_open_is_signed_off(whole):
    assert refused_for(whole) == []
    (kept,) = closings(whole.store)
    assert (kept.unit, kept.year, kept.who, kept.open_ends, kept.overridden) == (UNIT, YEAR, "Hoa", "", False)
    assert len(kept.digest) == 64
    assert whole.store.breaks() == ()
    assert whole.store.rows("SELECT what, who, unit FROM log") == [("close", "Hoa", UNIT)]


def test_refused_while_a_sheet_is_missing(whole):
    whole.issue("S3")
    assert refused_for(whole) == [OpenKind.MISSING]
    whole.say("S3", "absent")
    assert refused_for(whole) == []


def test_refused_while_a_sheet_lacks_a_page(whole):
    whole.issue("S3")
    whole.read("S3", 1)
    assert refused_for(whole) == [OpenKind.INCOMPLETE]
    whole.read("S3", 2)
    assert refused_for(whole) == []


def test_refused_while_a_refused_scan_is_open(whole):
    scan = whole.refuse()
    assert refused_for(whole) == [OpenKind.REJECTED]
    whole.store.settle([Settlement(scan, Way.RESCAN, "Lan")])
    assert refused_for(whole) == [OpenKind.REJECTED]
    whole.store.settle([Settlement(scan, Way.RESCANNED, "Lan")])
    assert refused_for(whole) == []


def test_blank_backs_keep_nothing_open(whole):
    whole.refuse(Reason.BLANK_PAGE)
    assert refused_for(whole) == []


def test_refused_while_a_photocopy_lacks_a_page(whole):
    whole.read("S1", 1, ink=b"another person's")
    assert refused_for(whole) == [OpenKind.PAGES]
    whole.say("S1~2", "valid")
    assert refused_for(whole) == []


def test_refused_while_a_sheet_of_another_office_lacks_a_page(whole):
    whole.read("Z9", 2)
    assert refused_for(whole) == [OpenKind.PAGES]
    whole.read("Z9", 1)
    assert refused_for(whole) == []


def test_refused_while_somebody_doubts_what_was_read(whole):
    whole.say("S1", "=doubted", "a1")
    assert refused_for(whole) == [OpenKind.REVIEWS]
    whole.say("S1", "co", "a1", by="Minh")
    assert refused_for(whole) == []


def test_refused_while_a_tick_that_was_there_before_is_gone(whole, another_form):
    pledge = another_form(version="2", returns=Returns.REPEATEDLY)
    whole.issue("P1", layout=pledge)
    whole.read("P1", layout=pledge, ink=b"x")
    whole.read("P1", 1, layout=pledge, ink=b"x", chosen="khong")
    assert refused_for(whole) == [OpenKind.REVIEWS]
    for row in ("a1", "a2"):
        whole.say("P1", "co", row)
    assert refused_for(whole) == []


def test_refused_while_answers_contradict_each_other(whole):
    whole.change_rules("levels:", "contradictions:\n  - {when: s.co >= 4, say: {vi: x, en: x}}\nlevels:")
    assert refused_for(whole) == [OpenKind.SHEETS]
    whole.say("S1", "valid")
    assert refused_for(whole) == [OpenKind.SHEETS]
    whole.say("S2", "invalid")
    assert refused_for(whole) == []


def test_refused_while_a_row_is_in_doubt(whole):
    whole.issue("S3")
    whole.read("S3", open_rows=("a1",))
    assert refused_for(whole) == [OpenKind.REVIEWS]
    whole.say("S3", "co", "a1")
    assert refused_for(whole) == []


def test_refused_while_two_people_disagree_about_a_row(whole):
    whole.say("S1", "co", "a1")
    whole.say("S1", "khong", "a1", by="Minh")
    assert refused_for(whole) == [OpenKind.REVIEWS]
    whole.say("S1", "co", "a1", by="An")
    assert refused_for(whole) == []


def test_refused_while_a_level_has_to_be_confirmed(whole):
    whole.issue("S3")
    whole.read("S3", chosen="khong")
    assert refused_for(whole) == [OpenKind.SHEETS]
    whole.say("S3", "valid")
    assert refused_for(whole) == []


def test_refused_while_a_sheet_seems_unsigned(whole):
    whole.issue("S3")
    whole.read("S3", signed=False)
    assert refused_for(whole) == [OpenKind.SHEETS]
    whole.say("S3", "invalid")
    assert refused_for(whole) == []


def test_refused_while_two_scans_of_a_page_disagree(whole):
    whole.issue("S3")
    whole.read("S3", ink=b"x")
    whole.read("S3", 2, ink=b"x", chosen="khong")
    assert refused_for(whole) == [OpenKind.CONFLICTS]
    whole.say("S3", "co", "b1")
    whole.say("S3", "co", "b2")
    assert refused_for(whole) == []


def test_refused_while_one_person_has_two_sheets(whole):
    whole.issue("S3", "S4", person="7", name="Lê Hòa")
    whole.read("S3")
    whole.read("S4")
    assert refused_for(whole) == [OpenKind.CONFLICTS]
    whole.say("S3", "invalid")
    assert refused_for(whole) == []


def test_a_unit_is_not_signed_off_twice_nor_where_nothing_is(whole):
    with pytest.raises(UsageError, match="Nothing of CB09 was printed or read for 2026"):
        sign(whole, "CB09")
    sign(whole)
    with pytest.raises(ClosedError, match="CB01 is closed for 2026: CB01 was signed off by Hoa"):
        sign(whole)


def test_an_override_keeps_what_was_open_and_why(whole):
    whole.issue("S3")
    signed = sign(whole, override="người nghỉ dài ngày")
    assert [end.kind for end in signed.open_ends] == [OpenKind.MISSING]
    (kept,) = closings(whole.store)
    assert kept.overridden
    assert (kept.who, kept.reason) == ("Hoa", "người nghỉ dài ngày")
    assert kept.open_ends.startswith("1 sheet has not come back: S3. ")


def test_a_unit_below_a_closed_one_is_closed_and_opened_with_it_alone(whole):
    put_trees(whole.store, {YEAR: TREE})
    sign(whole, "X")
    assert closed_places(whole.store, [("CB01", YEAR), ("CB09", YEAR), ("CB01", 2025)]).keys() == {
        ("CB01", YEAR)
    }
    with pytest.raises(ClosedError, match="Open X first"):
        reopen(whole, "CB01")
    with pytest.raises(ClosedError, match="X was signed off by Hoa"):
        whole.say("S1", "invalid")
    reopen(whole, "X")
    whole.say("S1", "invalid")


def test_only_a_closed_unit_is_opened_again(whole):
    with pytest.raises(ClosedError, match="CB01 is not closed for 2026"):
        reopen(whole)
    sign(whole)
    reopen(whole)
    assert standing(whole.store) == {}
    assert [each.act for each in closings(whole.store)] == [Act.CLOSE, Act.REOPEN]
    assert whole.store.breaks() == ()


RANKS = Ranks(UNIT, FilledBy.PERSON, (1, 5, 10, 0))


def draw(by: str = "Lan") -> Draw:
    """A sample of one box, another one for each `by`."""
    place = ("S1", "a1", "co")
    return Draw(
        UNIT, YEAR, 60, len(by), (Stratum("marked", 0.99, 1, 1, 0.0),), (DrawnBox(*place, 0),), ("S1",), 1, by
    )


WRITES = {
    "read": lambda office, _scan: office.read("S1"),
    "read of a sheet issued to it, lying elsewhere": lambda office, _scan: office.read("S1", unit="CB02"),
    "read that is refused": lambda office, _scan: office.refuse(),
    "verdict": lambda office, _scan: office.say("S1", "co", "a1"),
    "verdict on a photocopy": lambda office, _scan: office.say("S1~2", "co", "a1"),
    "absence explained": lambda office, _scan: office.say("S3", "absent"),
    "void": lambda office, _scan: office.store.void(1, "wrong folder"),
    "settlement": lambda office, scan: office.store.settle([Settlement(scan, Way.BLANK, "Lan")]),
    "reading by name": lambda office, _scan: office.store.read_by_name(
        office.store.rejections()[0], next(iter(next(iter(office.sheets())).readings.values())), "Lan"
    ),
    "handwriting": lambda office, _scan: handwriting.add(
        office.store, [Written("S1", "ho-ten", "Lê Hòa", "Lan", "")]
    ),
    "reclassifying": lambda office, _scan: office.store.reclassify(
        office.store.pages()[0], office.store.reading(office.store.pages()[0])
    ),
    "printing": lambda office, _scan: office.issue("S9"),
    "printing again": lambda office, _scan: office.issue("S9", unit="CB02", replaces="S1"),
    "random check drawn": lambda office, _scan: checks.keep(office.store, draw("a second time")),
    "random check": lambda office, _scan: checks.add(
        office.store, [Check(draw().name, "S1", "a1", "co", "marked", "marked", "Lan")]
    ),
    "contact sheet": lambda office, _scan: checks.add(
        office.store, [Check("CB01/2026/marked", "S1~2", "a1", "co", "marked", "marked", "Lan")]
    ),
    "ranks": lambda office, _scan: put_ranks(office.store, YEAR, [RANKS]),
    "ranks of a unit that had some": lambda office, _scan: put_ranks(
        office.store, YEAR, [replace(RANKS, counts=(0, 0, 0, 0))]
    ),
    "numbers of an office below": lambda office, _scan: add_packages(office.store, [(UNIT, YEAR, b"{}")]),
    "roster": lambda office, _scan: put_roster(office.store, YEAR, (Member("1", "Lê Hòa", UNIT),)),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_nothing_can_be_written_to_a_closed_unit(whole, write):
    whole.issue("S3")
    scan = whole.refuse()
    sign(whole, override="late")
    before = list(whole.store.db.iterdump())
    with pytest.raises(ClosedError, match="CB01 is closed for 2026"):
        write(whole, scan)
    said = [line for line in before if "batch" not in line and "source" not in line]
    assert [
        line for line in whole.store.db.iterdump() if "batch" not in line and "source" not in line
    ] == said
    reopen(whole)
    write(whole, scan)


def test_other_units_and_other_years_stay_open(whole, another_form):
    sign(whole)
    whole.issue("T1", unit="CB02")
    whole.read("T1", unit="CB02")
    next_year = another_form(year=2027)
    whole.issue("U1", layout=next_year)
    whole.read("U1", layout=next_year)
    whole.refuse()
    assert ("CB01", 2027, "") in {(row.unit, row.year, row.layout) for row in whole.ledger().rows}


def test_a_unit_moves_neither_into_a_closed_one_nor_out_of_it(whole):
    put_trees(whole.store, {YEAR: TREE})
    sign(whole, "X")
    for tree in ((*TREE, Unit("CB03", "Chi bộ 3", "X")), TREE[:2]):
        with pytest.raises(ClosedError, match=r"X is closed for 2026, and CB0[23] would be moved"):
            put_trees(whole.store, {YEAR: tree})
    put_trees(whole.store, {YEAR: (*TREE, Unit("Y", "Xã khác")), 2027: TREE[:1]})


class AtOnce(Executor):
    """Reads in this process what `pages` makes of a task."""

    def __init__(self, pages) -> None:
        self.pages = pages

    def submit(self, _read, tasks):
        """Do it now."""
        done = Future()
        done.set_result(tuple(self.pages(task) for task in tasks))
        return done


def test_a_run_leaves_out_the_pages_of_a_closed_unit_and_reads_the_rest(whole, tmp_path, monkeypatch, page):
    whole.issue("T1", unit="CB02")
    sign(whole)
    (tmp_path / "CB02").mkdir()
    (tmp_path / "CB02" / "a.png").write_bytes(b"two pages")
    monkeypatch.setattr("omr.batch.run.count_frames", lambda _path: 2)

    def pages(task):
        serials = {1: "S1", 2: "T1"}
        return tuple(page(serials[n], 1, ScanId(task.source.sha256, n)) for n in task.frames)

    def run():
        reader = Reader(whole.store.frozen(), DEFAULT)
        return read_batch(whole.store, [tmp_path / "CB02"], reader, lambda _reader: AtOnce(pages))

    tally = run()
    assert (tally.scans, tally.read, tally.balanced) == (1, 1, True)
    (problem,) = tally.problems
    assert "CB01 is closed for 2026" in problem
    assert late(whole) == [(UNIT, "S1", "a.png", 1)]
    run()
    assert len(late(whole)) == 1
    reopen(whole)
    assert refused_for(whole) == [OpenKind.LATE]
    assert (run().scans, run().known) == (1, 2)
    assert late(whole) == []
    assert sum(len(each.sheet.pages) for each in whole.sheets()) == 6


def late(office):
    """Return what came too late to be counted, as the ledger names it."""
    found = [each for each in office.ledger().conflicts if each.kind is ConflictKind.LATE]
    return [(each.unit, each.sheet, Path(each.source).name, each.frame) for each in found]


def levels(office) -> list[tuple[str, str]]:
    return [(each.score.level, each.score.rules) for each in office.sheets()]


def test_a_changed_rule_file_does_not_move_a_closed_unit(whole):
    whole.issue("T1", unit="CB02")
    whole.read("T1", unit="CB02", chosen="khong")
    whole.say("T1", "valid")
    before = levels(whole)
    sign(whole)
    whole.change_rules("s.khong < 2", "s.khong < 0")
    assert levels(whole)[:2] == before[:2]
    assert levels(whole)[2] != before[2]
    assert altered(whole.store, whole.sheets()) == ()
    reopen(whole)
    assert [level for level, _rules in levels(whole)] == ["kem", "kem", "kem"]


def test_a_unit_signed_before_keeps_its_rules_below_one_that_is_signed_later(whole):
    put_trees(whole.store, {YEAR: TREE})
    whole.issue("T1", unit="CB02")
    whole.read("T1", unit="CB02")
    sign(whole)
    whole.change_rules('version: "1"', 'version: "2"')
    sign(whole, "X")
    whole.change_rules('version: "2"', 'version: "3"')
    before = levels(whole)
    assert len({rules for _level, rules in before}) == 2
    with pytest.raises(ClosedError, match="Open X first"):
        reopen(whole)
    assert levels(whole) == before
    assert altered(whole.store, whole.sheets()) == ()


def test_nobody_signs_by_rules_that_could_not_be_had_again(whole):
    whole.keep_rules()
    whole.change_rules('version: "1"', 'version: "2"')
    with pytest.raises(StoreError, match="rule file of thu was changed just now"):
        close(whole.store, whole.sheets(), UNIT, YEAR, "Hoa")
    assert standing(whole.store) == {}


def test_rules_altered_by_hand_are_not_scored_with(whole):
    sign(whole)
    whole.store.db.execute("UPDATE rules SET body = replace(body, '< 2', '< 1')")
    with pytest.raises(StoreError, match="that a unit was signed with were altered"):
        list(whole.sheets())


def test_a_store_altered_by_hand_is_noticed(whole):
    sign(whole)
    assert altered(whole.store, whole.sheets()) == ()
    whole.store.db.execute("DROP TRIGGER signed_rules_are_kept")
    whole.store.db.execute("DELETE FROM signed_rules")
    whole.change_rules("< 2", "< 1")
    assert [each.unit for each in altered(whole.store, whole.sheets())] == [UNIT]


def test_ranks_are_signed_too(whole):
    bare = sign(whole).digest
    reopen(whole)
    put_ranks(whole.store, YEAR, [RANKS])
    assert sign(whole).digest != bare
    assert altered(whole.store, whole.sheets()) == ()
    whole.store.db.execute("UPDATE rank SET good = 4")
    assert [each.unit for each in altered(whole.store, whole.sheets())] == [UNIT]


def test_the_digest_does_not_depend_on_the_order_of_the_scans(whole):
    first = sign(whole).digest
    reopen(whole)
    whole.store.void(1, "again")
    whole.read("S1")
    assert sign(whole).digest == first
