"""A unit that is signed off, at the desk: it says so, and nothing is kept."""

from __future__ import annotations

import re

import pytest

from omr.cli.session import opened
from omr.model.closing import Act, Closing
from omr.model.reading import Reason, Rejection
from omr.model.scan import ScanId, Source
from omr.store.closings import append


@pytest.fixture
def address(path, person, token):
    """A refused scan of a unit that is signed off; the person at the desk has said their name."""
    with opened(path) as office:
        office.store.add_sources(Source("a" * 64, "CB01/a.pdf", 1, 1))
        batch = office.store.begin_batch(["CB01"], 2026)
        office.store.put(batch, "CB01", [Rejection(ScanId("a" * 64, 1), Reason.LOOSE_FIT)])
        (refused,) = office.store.rejections()
        with office.store.transaction():
            append(office.store, Closing("CB01", 2026, Act.CLOSE, "Hoa", "người nghỉ dài ngày", "1 sheet"))
    person.post("/name", data={"csrf": token, "who": "Lan", "then": "/"})
    return f"/units/CB01/rejections/{refused.scan.row}"


def test_the_unit_says_who_signed_it(person, address):
    assert address
    said = person.get("/units/CB01").text
    assert re.search(r"Signed off for 2026 by Hoa on \d\d/\d\d/20\d\d", said)
    assert "người nghỉ dài ngày" in said


@pytest.mark.parametrize("headers", [{}, {"hx-request": "true"}])
def test_a_decision_is_refused_with_its_reason_and_not_kept(path, person, token, address, headers):
    said = person.post(address, data={"csrf": token, "do": "blank"}, headers=headers)
    assert said.status_code == 409
    assert "CB01 is closed for 2026: CB01 was signed off by Hoa" in said.text
    assert said.text.lstrip().startswith("<section" if headers else "<!")
    with opened(path) as office:
        assert office.store.settlements() == {}
