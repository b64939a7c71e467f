"""What a person is told to do about a refused scan."""

from __future__ import annotations

import pytest

from omr.batch.remedies import remedy
from omr.model.reading import Reason


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_something_to_do(reason):
    assert remedy(reason)


@pytest.mark.parametrize("reason", [Reason.TOO_POOR, Reason.UNKNOWN_LAYOUT])
def test_a_page_that_nearly_was_a_known_one_can_be_named(reason):
    assert "--layout" in remedy(reason, "form-a 1 (2026), 1: print 68% clear")
    assert "--layout" not in remedy(reason, "72 dpi")
