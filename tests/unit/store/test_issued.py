from __future__ import annotations

from dataclasses import replace

import pytest

from omr.errors import StoreError
from omr.model.unit import Unit


def test_a_printed_sheet_is_known_with_its_person(store, sheet):
    named = sheet(person="CB-007", name="Nguyễn Thị Hằng")
    store.issue([named])
    assert store.issued(named.serial) == named
    assert store.knows(named.serial)
    assert not store.knows("1111-1111")
    assert store.issued("1111-1111") is None


def test_printing_for_a_unit_makes_the_unit(store, sheet):
    store.issue([sheet(unit="CB02"), sheet("1111-1111", unit="")])
    assert store.units() == {"CB02": Unit("CB02", "CB02")}


def test_a_serial_is_given_out_once_and_the_others_of_that_order_neither(store, sheet):
    store.issue([sheet()])
    with pytest.raises(StoreError, match="contradicts"):
        store.issue([sheet("1111-1111"), sheet()])
    assert not store.knows("1111-1111")


def test_a_sheet_of_a_layout_that_was_not_frozen_is_refused(store, sheet):
    with pytest.raises(StoreError, match="contradicts"):
        store.issue([replace(sheet(), digest="ffffffffff")])


def test_a_reprint_stands_in_for_the_lost_sheet(store, sheet):
    store.issue([sheet()])
    store.issue([sheet("1111-1111")], replaces=sheet().serial)
    assert store.replaced() == {sheet().serial: "1111-1111"}
    assert list(store.issued_sheets()) == [sheet().serial, "1111-1111"]


def test_a_frozen_layout_comes_back_whole_and_freezing_again_changes_nothing(store, layout):
    store.freeze(layout)
    assert store.frozen() == {layout.digest: layout}
