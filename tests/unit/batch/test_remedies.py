"""What a person is told to do about a refused scan."""

from __future__ import annotations

from dataclasses import replace

import pytest

from omr.batch.remedies import remedy, remedy_of
from omr.model.pagecode import PageId
from omr.model.reading import Reason, Rejection
from omr.model.scan import ScanId


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_something_to_do(reason):
    assert remedy(reason)


@pytest.mark.parametrize("reason", [Reason.TOO_POOR, Reason.UNKNOWN_LAYOUT])
def test_a_page_that_nearly_was_a_known_one_can_be_named(reason):
    scan, nearly = ScanId("ab" * 32, 1), PageId("0123456789", 2026, "", 1, 2)
    refused = Rejection(scan, reason, "form-a 1 (2026), 1: 68%", nearly)
    assert "--layout" in remedy_of(refused)
    assert remedy_of(replace(refused, page=replace(nearly, sheet="K7M2-9QXA"))) == remedy(reason)
    assert remedy_of(replace(refused, page=None)) == remedy(reason)
