"""Uploaded files, pictures of doubtful rows and copied handwriting in the store."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from omr.errors import StoreError
from omr.model.scan import Source
from omr.model.written import Written
from omr.store import handwriting, uploads
from omr.store.store import Store
from omr.store.uploads import Upload

ONE = Upload("a" * 64, "tập 1.pdf", "CB01", 10, "Lan")
TWO = Upload("b" * 64, "tập 2.pdf", "CB02", 20, "Lan")


def test_an_upload_waits_until_a_run_has_been_through_it(store):
    uploads.add(store, ONE)
    uploads.add(store, TWO)
    assert uploads.waiting(store) == (ONE, TWO)
    uploads.done(store, [ONE])
    assert uploads.waiting(store) == (TWO,)
    assert uploads.find(store, ONE.sha256) == ONE
    assert uploads.find(store, "c" * 64) is None


def test_a_file_that_comes_in_again_waits_again_under_its_first_name(store):
    uploads.add(store, ONE)
    uploads.done(store, [ONE])
    uploads.add(store, replace(ONE, name="other.pdf", unit="CB09"))
    assert uploads.waiting(store) == (replace(ONE, unit="CB09"),)


def test_a_run_does_not_close_what_came_in_for_another_unit_meanwhile(store):
    uploads.add(store, ONE)
    uploads.add(store, replace(ONE, unit="CB09"))
    uploads.done(store, [ONE])
    assert [each.unit for each in uploads.waiting(store)] == ["CB09"]


def test_pictures_of_doubtful_rows_are_kept_with_the_reading(store, reading):
    batch = store.begin_batch(["x"], None)
    store.put(batch, "CB01", [replace(reading(), strips=(("a2", b"picture"),))])
    (page,) = store.pages()
    assert store.strip(page.scan.row, "a2") == b"picture"
    assert store.strip(page.scan.row, "a1") is None
    assert store.reading(page).strips == ()
    assert store.source("a" * 64) == Source("a" * 64, "chi-bo-1/stack.pdf", 1, 1)


def test_what_is_copied_is_appended_and_the_newest_holds(store):
    handwriting.add(
        store, [Written("S", "name", "Nguyễn Văn A", "Lan"), Written("S", "birth", "1990", "Lan")]
    )
    handwriting.add(store, [Written("S", "name", "Nguyễn Văn B", "Hùng")])
    assert [each.text for each in handwriting.of_sheet(store, "S")] == [
        "Nguyễn Văn A",
        "1990",
        "Nguyễn Văn B",
    ]
    held = handwriting.standing(store)
    assert {field: each.text for field, each in held["S"].items()} == {
        "name": "Nguyễn Văn B",
        "birth": "1990",
    }
    assert store.breaks() == ()


def test_copied_handwriting_cannot_be_changed_unseen(path):
    with Store.open(path) as store:
        handwriting.add(store, [Written("S", "name", "A", "Lan")])
    db = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="append"):
        db.execute("UPDATE written SET text = 'B'")
    db.execute("DROP TRIGGER written_stays")
    db.execute("UPDATE written SET text = 'B'")
    db.commit()
    db.close()
    with Store.open(path) as opened:
        assert [found.table for found in opened.breaks()] == ["written"]


def test_nobody_copies_without_a_name(store):
    with pytest.raises(StoreError):
        handwriting.add(store, [Written("S", "name", "A", "")])
