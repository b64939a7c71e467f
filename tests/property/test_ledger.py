"""Over random printings, returns, rescans and refusals: every sheet and every scan is counted once."""

from __future__ import annotations

import random
from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st

from omr.batch.ledger import Ledger, LedgerRow, rows
from omr.batch.lines import absent_lines, returned_line
from omr.batch.openends import UNBALANCED, open_ends
from omr.batch.refusals import Refusal
from omr.batch.results import SheetResult
from omr.batch.sheets import gather
from omr.model.pagecode import PageId
from omr.model.reading import Reason
from omr.model.scan import ScanId
from omr.model.settlement import Settlement, Way
from omr.model.unit import IssuedSheet, Unit, under
from omr.store.records import StoredPage, StoredRejection, StoredScan

CODES = ("T", "A", "B", "A1", "A2", "B1")
PARENTS = {"A": "T", "B": "T", "A1": "A", "A2": "A", "B1": "B"}
UNITS = tuple(Unit(code, code, PARENTS.get(code, "")) for code in CODES)
YEAR, PAGES = 2026, 3
SERIALS = tuple(f"S{n}" for n in range(6))
SUMMED = [
    name for name in LedgerRow.__dataclass_fields__ if name not in {"unit", "year", "layout", "balanced"}
]


@st.composite
def returns(draw):
    """What was printed for whom, which pages came back with whose ink, what was refused, what people said."""
    issued = {
        serial: IssuedSheet(serial, "thu", "1", "d", YEAR, draw(st.sampled_from(CODES)), PAGES)
        for serial in draw(st.sets(st.sampled_from(SERIALS)))
    }
    replaced = draw(st.sets(st.sampled_from(SERIALS))) & set(issued)
    pages = draw(
        st.lists(st.tuples(st.sampled_from(SERIALS), st.integers(1, PAGES), st.integers(0, 2)), max_size=24)
    )
    refused = draw(
        st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from(Reason), st.booleans()), max_size=6)
    )
    explained = draw(st.sets(st.sampled_from(SERIALS)))
    return issued, replaced, pages, refused, explained


def ledger_of(made) -> Ledger:
    issued, replaced, pages, refused, explained = made
    ink = dict(enumerate(ink for _serial, _page, ink in pages))
    stored = [
        StoredPage(
            StoredScan(row, ScanId(f"{row // 3:064d}", row % 3 + 1), 1, CODES[row % len(CODES)], "x.pdf"),
            PageId("d", YEAR, serial, page, PAGES),
        )
        for row, (serial, page, _ink) in enumerate(pages)
    ]

    def likeness(one, other):
        """Ink 0 is too little to tell by."""
        first, second = ink[one.scan.row], ink[other.scan.row]
        return float(first == second) if first and second else None

    results = [
        result(sheet, issued.get(sheet.serial)) for sheet in gather(stored, likeness, 0.5, lambda _: False)
    ]
    lines = [returned_line(each, explained) for each in results]
    back = {line.sheet for line in lines}
    lines += absent_lines(issued.values(), dict.fromkeys(replaced, "S9"), back, explained)
    refusals = tuple(((unit, YEAR, ""), refusal(row, *more)) for row, (unit, *more) in enumerate(refused))
    return Ledger(rows(lines, refusals, ()), tuple(lines), refusals, ())


def result(sheet, printed) -> SheetResult:
    unit = printed.unit if printed else sheet.pages[0].scan.unit
    layout, score = SimpleNamespace(id="thu", version="1"), SimpleNamespace(provisional=False, issues=())
    return SheetResult(
        sheet,
        layout,
        unit,
        sheet.pages[0].scan.unit,
        printed,
        {},
        (),
        None,
        score,
        valid=True,
        set_aside=False,
    )


def refusal(row, reason, settled) -> Refusal:
    scan = StoredScan(row, ScanId("f" * 64, row + 1), 1, "A", "y.pdf")
    done = Settlement(scan.id, Way.FOREIGN, "Lan") if settled else None
    return Refusal(StoredRejection(scan, reason, "", "", None), "A", done, elsewhere=False)


@settings(max_examples=150)
@given(returns())
def test_every_issued_sheet_and_every_scan_is_counted_once(made):
    issued, _replaced, pages, refused, _explained = made
    book = ledger_of(made)
    for row in book.rows:
        assert row.issued == row.complete + row.incomplete + row.missing + row.replaced
        assert row.scans == row.read + row.rejected + row.blank
        assert row.returned == row.complete + row.incomplete + row.unissued + row.copies
    assert sum(row.issued for row in book.rows) == len(issued)
    assert sum(row.read for row in book.rows) == len(pages)
    assert sum(row.scans for row in book.rows) == len(pages) + len(refused)
    assert set(issued) <= {line.sheet for line in book.sheets}


@settings(max_examples=100)
@given(returns())
def test_a_unit_is_the_sum_of_itself_and_those_below_it(made):
    book = ledger_of(made)
    for unit in UNITS:
        whole = sums(book.within(under(UNITS, unit.code), YEAR))
        own = sums(book.within({unit.code}, YEAR))
        below = [sums(book.within(under(UNITS, u.code), YEAR)) for u in UNITS if u.parent == unit.code]
        assert whole == [sum(column) for column in zip(own, *below, strict=True)]
    assert sums(book.within(under(UNITS, "T"), YEAR)) == sums(book)


def sums(book: Ledger) -> list[int]:
    return [sum(getattr(row, name) for row in book.rows) for name in SUMMED]


@settings(max_examples=100)
@given(returns())
def test_a_unit_balances_exactly_where_no_end_of_that_kind_is_open(made):
    book = ledger_of(made)
    for code in CODES:
        own = book.within({code}, YEAR)
        unbalanced = any(end.kind in UNBALANCED for end in open_ends(own))
        assert unbalanced == any(not row.balanced for row in own.rows)


@given(returns(), st.randoms(use_true_random=False))
def test_the_order_of_the_lines_does_not_matter(made, chance: random.Random):
    book = ledger_of(made)
    lines, refused = list(book.sheets), list(book.refusals)
    chance.shuffle(lines)
    chance.shuffle(refused)
    assert rows(lines, refused, ()) == book.rows
