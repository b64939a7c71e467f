"""Pages → returned sheets: nobody vanishes, nobody is counted twice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omr.batch.sheets import gather
from omr.model.pagecode import PageId, unnumbered
from omr.model.scan import ScanId
from omr.store.records import StoredPage, StoredScan

PAGES = 2
SAME = 0.5


class Stack:
    """Scans one after another; `who` wrote what is on a page."""

    def __init__(self):
        self.pages, self.who = [], {}

    def add(self, who, page, *, serial="AAAA-AAAA", file="a"):
        """Scan one page."""
        row = len(self.pages) + 1
        scan = StoredScan(row, ScanId(file, row), 1, "u", f"{file}.pdf")
        self.pages.append(StoredPage(scan, PageId("d" * 10, 2026, serial, page, PAGES)))
        self.who[row] = who
        return self

    def sheet(self, who, **more):
        """Scan all pages of one sheet."""
        for page in range(1, PAGES + 1):
            self.add(who, page, **more)
        return self

    def gathered(self, *, newest=False, silent=False):
        """Return the sheets; `silent`: no page holds ink to tell by."""

        def likeness(one, other):
            if silent:
                return None
            return float(self.who[one.scan.row] == self.who[other.scan.row])

        return gather(self.pages, likeness, SAME, lambda _digest: newest)


def test_one_sheet_is_one_sheet():
    (sheet,) = Stack().sheet("an").gathered()
    assert (sheet.name, len(sheet.pages), sheet.missing, sheet.duplicates) == ("AAAA-AAAA", 2, (), ())


def test_photocopies_of_one_serial_are_several_peoples():
    sheets = Stack().sheet("an").sheet("binh").sheet("chi").gathered()
    assert [sheet.name for sheet in sheets] == ["AAAA-AAAA", "AAAA-AAAA~2", "AAAA-AAAA~3"]
    assert [sheet.is_copy for sheet in sheets] == [False, True, True]
    assert all(sheet.missing == () and sheet.duplicates == () for sheet in sheets)


def test_a_second_scan_of_a_sheet_is_a_duplicate():
    (sheet,) = Stack().sheet("an").sheet("an", file="b").gathered()
    assert (len(sheet.pages), len(sheet.duplicates)) == (2, 2)


def test_a_stack_of_photocopies_scanned_again_gives_as_many_sheets():
    stack = Stack()
    for file in ("a", "b"):
        for who in ("an", "binh", "chi"):
            stack.sheet(who, file=file)
    sheets = stack.gathered()
    assert len(sheets) == 3
    assert [len(sheet.duplicates) for sheet in sheets] == [2, 2, 2]


def test_pages_of_one_person_stay_together_though_another_stack_begins_alike():
    sheets = Stack().sheet("an").add("binh", 1, file="b").add("binh", 2, file="b").gathered()
    rows = [[page.scan.row for page in sheet.pages] for sheet in sheets]
    assert rows == [[1, 2], [3, 4]]


def test_a_missing_page_is_told():
    (sheet,) = Stack().add("an", 2).gathered()
    assert sheet.missing == (1,)


def test_the_other_page_may_come_in_another_file():
    (sheet,) = Stack().add("an", 1).add("an", 2, file="b").gathered()
    assert sheet.missing == ()


def test_where_ink_cannot_tell_a_second_page_is_a_second_persons():
    assert len(Stack().sheet("an").sheet("an", file="b").gathered(silent=True)) == 2


def test_of_a_form_handed_in_again_the_newest_scan_counts():
    (sheet,) = Stack().sheet("an").sheet("an", file="b").gathered(newest=True)
    assert [page.scan.row for page in sheet.pages] == [3, 4]
    assert [page.scan.row for page in sheet.duplicates] == [1, 2]


def test_serials_are_never_mixed():
    sheets = Stack().sheet("an").sheet("an", serial="BBBB-BBBB").gathered()
    assert [sheet.name for sheet in sheets] == ["AAAA-AAAA", "BBBB-BBBB"]


@given(
    st.permutations([("an", 1), ("an", 2), ("binh", 1), ("binh", 2), ("chi", 1), ("chi", 2)]), st.booleans()
)
def test_every_scan_is_in_exactly_one_sheet_however_they_lie(order, again):
    stack = Stack()
    for who, page in order:
        stack.add(who, page)
    for who, page in order if again else ():
        stack.add(who, page, file="b")
    sheets = stack.gathered()
    used = sorted(page.scan.row for sheet in sheets for page in (*sheet.pages, *sheet.duplicates))
    assert used == list(range(1, len(stack.pages) + 1))
    # Three people wrote a first page, so there are three sheets at least.
    assert len(sheets) >= 3


@pytest.mark.parametrize("count", [1, 2, 10])
def test_as_many_people_as_hand_in_copies(count):
    stack = Stack()
    for number in range(count):
        stack.sheet(number)
    assert len(stack.gathered()) == count


def test_pages_without_a_serial_are_one_sheet_while_they_follow_each_other():
    """Whole, its first page lost, turned pile: nothing but the order of the stack tells."""
    stack = Stack()
    for page in (1, 2, 2, 1, 2, 2, 1):
        stack.add("?", page, serial=unnumbered(ScanId("a" * 64, len(stack.pages) + 1)), file="a" * 64)
    sheets = stack.gathered()
    assert [(sheet.name, sheet.missing) for sheet in sheets] == [
        ("AAAAAAAA.1", ()),
        ("AAAAAAAA.3", ()),
        ("AAAAAAAA.5", (1,)),
        ("AAAAAAAA.6", ()),
    ]
    assert not any(sheet.is_copy for sheet in sheets)


def test_a_page_without_a_serial_in_another_file_of_another_folder_is_another_sheet():
    stack = Stack()
    for file, page in (("x/1", 1), ("x/2", 2), ("x/3", 1), ("y/4", 2)):
        stack.add("?", page, serial=f"{file}.1", file=file)
    assert [sheet.missing for sheet in stack.gathered()] == [(), (2,), (1,)]


class Numbered:
    """A stack of a form that others printed, told as text: page and serial, `2A` or `2?` for none read."""

    def __init__(self, *pages, length=2, file="a" * 64):
        self.stack = Stack()
        for at, (page, *serial) in enumerate(pages, start=1):
            name = "".join(serial)
            sheet = unnumbered(ScanId(file, at)) if name == "?" else f"form_2026_{name}"
            self.stack.add(at, int(page), serial=sheet, file=file)
        self.stack.pages = [replace(page, page=replace(page.page, pages=length)) for page in self.stack.pages]

    def told(self):
        """Return each sheet's name in short, with its pages, those told by their place marked."""
        return {
            sheet.name.removeprefix("form_2026_"): "".join(
                f"{page.page.page}{'?' * page.by_place}" for page in sheet.pages
            )
            for sheet in self.stack.gathered()
        }


@pytest.mark.parametrize(
    ("pages", "told"),
    [
        # Serials gather pages wherever they lie.
        (("1A", "1B", "2B", "2A"), {"A": "12", "B": "12"}),
        # A page whose code is not read, or that bears none, belongs to the sheet it stands in.
        (("1A", "2?", "1B", "2B"), {"A": "12?", "B": "12"}),
        (("1?", "2A", "1?", "2B"), {"A": "1?2", "B": "1?2"}),
        (("2A", "1?", "2B", "1?"), {"A": "1?2", "B": "1?2"}),
        # It begins a sheet of its own where its place says nothing.
        (("1A", "1?", "1B"), {"A": "1", "AAAAAAAA.2": "1?", "B": "1"}),
    ],
)
def test_pages_are_gathered_by_the_serial_that_others_printed(pages, told):
    assert Numbered(*pages).told() == told


def test_what_lies_between_two_serials_and_fits_both_is_neithers():
    assert Numbered("1A", "2?", "3B", length=3).told() == {"A": "1", "AAAAAAAA.2": "2?", "B": "3"}
    assert Numbered("1A", "2?", "3A", length=3).told() == {"A": "12?3"}


def test_a_second_copy_of_a_serial_is_a_further_sheet():
    assert Numbered("1A", "2A", "1A", "2A").told() == {"A": "12", "A~2": "12"}


def test_sheets_of_two_versions_of_a_form_have_two_names():
    stack = Stack().add("an", 1, serial="form_2026_7").add("an", 1, serial="form_2026_7", file="b")
    stack.pages[1] = replace(stack.pages[1], page=replace(stack.pages[1].page, digest="e" * 10))
    assert [sheet.name for sheet in stack.gathered()] == ["form_2026_7", "form_2026_7~2"]


@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from("ABC?")), max_size=12))
def test_no_page_is_lost_and_none_read_with_a_serial_gets_another(pages):
    stack = Numbered(*(f"{page}{serial}" for page, serial in pages), length=3)
    sheets = stack.stack.gathered()
    used = {page.scan.row: sheet.serial for sheet in sheets for page in (*sheet.pages, *sheet.duplicates)}
    assert sorted(used) == list(range(1, len(pages) + 1))
    for row, (_page, serial) in enumerate(pages, start=1):
        assert serial == "?" or used[row] == f"form_2026_{serial}"
