"""Serials are given out, never one twice, and the manifest counts pages as the PDF has them."""

from __future__ import annotations

import random
from dataclasses import replace

from omr.forms.issue import Recipient, issue_copies, issue_roster, manifest, reissue
from omr.forms.place import Placement
from omr.model.pagecode import parse_serial


def dice(seed: int = 1):
    return random.Random(seed).randrange


def test_copies_carry_valid_serials_of_their_own(placement: Placement):
    sheets = issue_copies(placement.layout, 50, "CB01", dice())
    serials = {sheet.issued.serial for sheet in sheets}
    assert len(serials) == 50
    assert all(parse_serial(serial) == serial for serial in serials)
    assert {sheet.issued.unit for sheet in sheets} == {"CB01"}
    assert {sheet.issued.digest for sheet in sheets} == {placement.layout.digest}
    assert not any(sheet.issued.master for sheet in sheets)


def test_a_serial_already_given_is_drawn_again(placement: Placement):
    (first,) = issue_copies(placement.layout, 1, "", dice())
    (second,) = issue_copies(
        placement.layout, 1, "", dice(), taken=lambda serial: serial == first.issued.serial
    )
    assert second.issued.serial != first.issued.serial


def test_the_same_dice_give_the_same_serials(placement: Placement):
    assert issue_copies(placement.layout, 3, "", dice()) == issue_copies(placement.layout, 3, "", dice())


def test_a_master_says_so(placement: Placement):
    (sheet,) = issue_copies(placement.layout, 1, "CB01", dice(), master=True)
    assert sheet.issued.master


def test_a_roster_ties_person_and_unit_to_the_serial(placement: Placement):
    people = (
        Recipient("DV001", "Nguyễn Văn An", "CB01", (("name", "Nguyễn Văn An"),)),
        Recipient("DV002", "Trần Thị Bình", "CB02"),
    )
    sheets = issue_roster(placement.layout, people, dice())
    assert [(s.issued.person, s.issued.name, s.issued.unit) for s in sheets] == [
        ("DV001", "Nguyễn Văn An", "CB01"),
        ("DV002", "Trần Thị Bình", "CB02"),
    ]
    assert sheets[0].values == (("name", "Nguyễn Văn An"),)


def test_a_replacement_keeps_person_and_unit_and_takes_a_new_serial(placement: Placement):
    (old,) = issue_roster(placement.layout, (Recipient("DV001", "Nguyễn Văn An", "CB01"),), dice())
    new = reissue(placement.layout, old.issued, dice(2))
    assert new.issued == replace(old.issued, serial=new.issued.serial)
    assert new.issued.serial != old.issued.serial
    assert dict(new.values) == {"name": "Nguyễn Văn An", "unit": "CB01"}


def test_the_manifest_counts_padded_backs(placement: Placement):
    odd = issue_copies(replace(placement.layout, pages=placement.layout.pages[:1] * 3), 2, "CB01", dice())
    assert [(row.copy, row.first_page, row.pages) for row in manifest(odd, duplex=False)] == [
        (1, 1, 3),
        (2, 4, 3),
    ]
    assert [row.first_page for row in manifest(odd, duplex=True)] == [1, 5]
