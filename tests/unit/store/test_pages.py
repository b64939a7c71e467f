from __future__ import annotations

import pytest

from omr.errors import StoreError
from omr.model.pagecode import PageId
from omr.model.reading import Reason, Rejection
from omr.model.scan import ScanId, Source


def ids(store):
    return [str(page.scan.id)[16:] for page in store.pages()]


@pytest.fixture
def batch(store):
    return store.begin_batch(["chi-bo-1"], None)


def test_putting_the_same_pages_twice_changes_nothing(store, batch, reading):
    pages = [reading(frame=1), reading(frame=2, page=2)]
    assert store.put(batch, "chi-bo-1", pages) == 2
    assert store.put(batch, "chi-bo-1", pages) == 0
    assert store.put(store.begin_batch(["again"], None), "another", pages) == 0
    assert ids(store) == ["#1", "#2"]
    assert {page.scan.unit for page in store.pages()} == {"chi-bo-1"}


def test_a_reading_comes_back_with_its_page_and_ink(store, batch, reading):
    before = reading(frame=3, page=2, ink=b"somebody's pen")
    store.put(batch, "chi-bo-1", [before])
    (page,) = store.pages()
    after = store.reading(page)
    assert (after.scan, after.page, after.answers) == (before.scan, before.page, before.answers)
    assert store.ink(page.scan.row) == after.ink == b"somebody's pen"
    assert page.scan.path == "chi-bo-1/stack.pdf"


def test_a_task_is_stored_wholly_or_not_at_all(store, batch, reading):
    unknown_file = reading(frame=2, sha256="b" * 64)
    with pytest.raises(StoreError):
        store.put(batch, "chi-bo-1", [reading(frame=1), unknown_file])
    assert store.pages() == ()
    assert store.done_frames("a" * 64) == frozenset()


def test_a_rejection_keeps_its_reason_and_what_the_code_said(store, batch, layout):
    code = PageId(layout.digest, 2026, "0000-0000", 2, 2)
    store.put(
        batch,
        "CB01",
        [
            Rejection(ScanId("a" * 64, 1), Reason.TOO_POOR, "80 dpi", code),
            Rejection(ScanId("a" * 64, 2), Reason.BLANK_PAGE),
        ],
    )
    poor, blank = store.rejections()
    assert (poor.reason, poor.detail, poor.sheet) == (Reason.TOO_POOR, "80 dpi", "0000-0000")
    assert (blank.reason, blank.sheet, blank.scan.unit) == (Reason.BLANK_PAGE, "", "CB01")
    assert store.done_frames("a" * 64) == {1, 2}


def test_stacks_keep_the_order_in_which_files_were_taken_in(store, batch, reading):
    """Workers finish in any order; numbering photocopies must not depend on it."""
    store.add_sources(Source("0" * 64, "later.pdf", 1, 1))
    store.put(batch, "u", [reading(frame=1, sha256="0" * 64)])
    store.put(batch, "u", [reading(frame=2), reading(frame=10)])
    store.put(batch, "u", [reading(frame=1)])
    assert ids(store) == ["#1", "#2", "#10", "#1"]
    assert [page.scan.path for page in store.pages()][-1] == "later.pdf"


def test_two_pages_of_one_frame_are_two_scans(store, batch, reading):
    left, right = reading(), reading(page=2)
    object.__setattr__(left, "scan", ScanId("a" * 64, 1, 1))
    object.__setattr__(right, "scan", ScanId("a" * 64, 1, 2))
    assert store.put(batch, "u", [left, right]) == 2
    assert store.done_frames("a" * 64) == {1}


def test_a_voided_batch_counts_no_longer_and_its_files_are_read_again(store, batch, reading):
    store.put(batch, "wrong", [reading(frame=1), Rejection(ScanId("a" * 64, 2), Reason.NO_PAGE_CODE)])
    assert store.void(batch, "thư mục của chi bộ khác") == 2
    assert store.pages() == ()
    assert store.rejections() == ()
    assert store.done_frames("a" * 64) == frozenset()
    again = store.begin_batch(["chi-bo-1"], None)
    assert store.put(again, "right", [reading(frame=1)]) == 1
    assert [page.scan.unit for page in store.pages()] == ["right"]


def test_nothing_of_a_voided_batch_is_deleted(store, batch, reading):
    store.put(batch, "wrong", [reading()])
    store.void(batch, "nhầm")
    (row,) = store.batches()
    assert (row.scans, row.read, row.rejected, row.voided) == (1, 1, 0, "nhầm")


def test_voiding_leaves_other_batches_alone(store, batch, reading):
    other = store.begin_batch(["other"], 2026)
    store.put(batch, "u", [reading(frame=1)])
    store.put(other, "u", [reading(frame=2)])
    store.void(batch, "nhầm")
    assert ids(store) == ["#2"]


def test_an_unknown_or_voided_batch_cannot_be_taken_back(store, batch):
    with pytest.raises(StoreError, match="no batch 7"):
        store.void(7, "nhầm")
    store.void(batch, "nhầm")
    with pytest.raises(StoreError, match="already"):
        store.void(batch, "nhầm")


def test_a_page_refused_for_want_of_its_layout_is_read_again_once(store, batch, reading, layout):
    stale = Rejection(ScanId("a" * 64, 1), Reason.STALE_LAYOUT, layout.digest, None)
    store.put(batch, "chi-bo-1", [stale])
    assert store.done_frames("a" * 64) == frozenset()
    assert store.put(batch, "chi-bo-1", [stale]) == 0  # the same run never stores it twice
    later = store.begin_batch(["chi-bo-1"], None)
    assert store.put(later, "chi-bo-1", [reading(frame=1)]) == 1
    assert store.rejections() == ()
    assert len(store.pages()) == 1
    assert store.done_frames("a" * 64) == frozenset({1})
