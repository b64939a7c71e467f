"""Refused scans: what is left to do about them, and the table that tells programs of them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from omr.batch.refusals import Refusal
from omr.batch.tables import REJECTIONS, rejections
from omr.model.reading import Reason
from omr.model.scan import ScanId
from omr.store.records import StoredRejection, StoredScan

SCAN = StoredScan(7, ScanId("ab" * 32, 3), 1, "CB-01", "scans/CB-01/a.pdf")


@pytest.mark.parametrize(
    ("reason", "elsewhere", "is_open"),
    [
        (Reason.LOOSE_FIT, False, True),
        (Reason.LOOSE_FIT, True, False),
        (Reason.BLANK_PAGE, False, False),
    ],
)
def test_a_refused_scan_is_open_until_its_page_is_read_elsewhere_and_a_blank_one_never(
    reason, elsewhere, is_open
):
    refused = Refusal(StoredRejection(SCAN, reason, "", "K7M2-9QXA", 1), "CB-01", None, elsewhere)
    assert refused.is_open == is_open


def test_the_table_names_file_and_frame():
    refused = StoredRejection(SCAN, Reason.LOOSE_FIT, "0.61 mm", "K7M2-9QXA", 1)
    table = rejections(SimpleNamespace(rejections=lambda: (refused,)))
    (row,) = (dict(zip(REJECTIONS, each, strict=True)) for each in table.rows)
    assert (row["unit"], row["source"], row["frame"]) == ("CB-01", "scans/CB-01/a.pdf", 3)
    assert (row["reason"], row["detail"]) == ("loose_fit", "0.61 mm")
    assert row["remedy"]
