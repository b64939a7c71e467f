from __future__ import annotations

import sqlite3
from dataclasses import replace

import numpy as np


def test_an_earlier_reading_is_kept(store, reading, path):
    batch = store.begin_batch(["chi-bo-1"], None)
    store.put(batch, "chi-bo-1", [reading()])
    (page,) = store.pages()
    before = store.reading(page)
    after = replace(before, review=~before.review, reader="newer")
    store.reclassify(page, after)
    assert store.reading(page).reader == "newer"
    assert np.array_equal(store.reading(page).review, ~before.review)
    with sqlite3.connect(path) as connection:
        kept = connection.execute("SELECT scan, length(body) FROM earlier_reading").fetchall()
    connection.close()
    assert [row for row, _length in kept] == [page.scan.row]
