"""What goes upward: whole, signed, for one receiver alone, and counted once."""

from __future__ import annotations

import dataclasses
import stat
import sys

import pytest

from omr.batch.ledger import COLUMNS, LedgerRow
from omr.errors import OmrError, UsageError
from omr.model.unit import Unit
from omr.report.arrivals import Arrival, Present, opened_package, refusals
from omr.report.checks import BalanceError
from omr.report.keys import new_key, private_key, public_key
from omr.report.merge import current, merged, missing
from omr.report.package import check_package
from omr.report.packing import make_package
from omr.report.rows import Office
from omr.report.seal import seal
from omr.report.tables import Facts, form_tables
from omr.report.wire import from_json, to_json
from omr.store.packages import digest_of

YEAR = 2026
EARLY, LATE = "2026-02-01T00:00:00+00:00", "2026-02-02T00:00:00+00:00"
_ROW = dict.fromkeys(COLUMNS, 0) | {
    "unit": "CB1",
    "year": YEAR,
    "layout": "vinhlong-1",
    "issued": 4,
    "missing": 4,
    "scans": 6,
    "read": 6,
}
LEDGER = (LedgerRow(**_ROW),)


def made(facts, unit="XA", receiver="TINH", at=EARLY):
    return make_package(facts, LEDGER, Office(unit, at), receiver, YEAR)


def other_commune(facts, code="XB"):
    """The same numbers, counted in another commune."""
    names = {unit.code: code if unit.code == "XA" else f"{code}-{unit.code}" for unit in facts.units}

    def moved(rows):
        return tuple(dataclasses.replace(row, unit=names[row.unit]) for row in rows)

    units = tuple(
        dataclasses.replace(unit, code=names[unit.code], parent=names.get(unit.parent, ""))
        for unit in facts.units
    )
    return dataclasses.replace(facts, units=units, issued=moved(facts.issued), sheets=moved(facts.sheets))


def arrival(package, file="a.omr"):
    return Arrival(file, digest_of(to_json(package)), package)


def reasons(*arrivals, **present):
    return [reason for _file, reason in refusals(arrivals, Present(**present))]


def counts(forms):
    return [(form.head.key, form.total) for form in by_form(forms)]


def by_form(forms):
    return sorted(forms, key=lambda form: str(form.head.key))


def test_a_package_comes_back_from_json_as_it_was(facts):
    package = made(facts)
    assert from_json(to_json(package)) == package


def test_what_was_merged_gives_the_tables_of_the_office_that_counted(facts):
    here, there = form_tables(facts, "XA"), form_tables(merged(Facts((), ()), [made(facts)]), "XA")

    assert counts(here) == counts(there)
    for one, other in zip(by_form(here), there, strict=True):
        assert one.turnout.frame.equals(other.turnout.frame)
        assert one.items.frame.equals(other.items.frame)


def test_a_package_names_no_sheet(facts):
    sheets = tuple(dataclasses.replace(sheet, sheet=f"K7M2-{sheet.sheet}") for sheet in facts.sheets)
    assert b"K7M2" not in to_json(made(dataclasses.replace(facts, sheets=sheets)))


def test_the_office_above_sees_the_rows_of_both_communes_and_their_sum(facts):
    both = merged(Facts((), ()), [made(facts), made(other_commune(facts), "XB")])
    frame = form_tables(both, "TINH")[1].turnout.frame

    assert list(frame.index) == ["XA", "XB", "total"]
    assert (frame.loc["XA", "valid"] + frame.loc["XB", "valid"]) == frame.loc["total", "valid"] == 12


def test_items_of_one_unit_of_a_package_are_not_to_be_had(facts):
    with pytest.raises(UsageError, match="CB1 was counted by XA"):
        form_tables(merged(Facts((), ()), [made(facts)]), "CB1")


def test_a_unit_with_nothing_counted_sends_nothing(facts):
    with pytest.raises(OmrError, match="Nothing of XZ"):
        made(facts, "XZ")


def test_numbers_that_do_not_add_up_are_refused(facts):
    package = made(facts)
    row = package.counts[0]
    wrong = dataclasses.replace(row.tally, valid=row.tally.valid + 1)
    changed = dataclasses.replace(
        package, counts=(dataclasses.replace(row, tally=wrong), *package.counts[1:])
    )
    with pytest.raises(BalanceError):
        check_package(changed)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"counts": [], "items": []}', b"\xff"])
def test_content_that_is_no_package_is_refused(body):
    with pytest.raises(OmrError, match="not that of a package"):
        from_json(body)


def test_a_sound_package_is_taken(facts):
    assert reasons(arrival(made(facts))) == []


def test_the_same_package_twice_is_refused(facts):
    one = arrival(made(facts))
    assert reasons(one, dataclasses.replace(one, file="b.omr")) == [
        "it is the same package as b.omr.", "it is the same package as a.omr.",
    ]  # fmt: skip
    assert reasons(one, merged={one.digest: one.package}) == ["it has been merged already."]


def test_an_outdated_package_is_refused_and_a_later_one_takes_its_place(facts):
    early, late = arrival(made(facts)), arrival(made(facts, at=LATE), "b.omr")

    assert reasons(early, late) == ["it is outdated: b.omr is a later one of XA."]
    assert reasons(early, merged={late.digest: late.package}) == [
        f"it is outdated: one of XA made at {LATE} has been merged."
    ]
    assert reasons(late, merged={early.digest: early.package}) == []
    assert current([late.package, early.package]) == (late.package,)


def test_a_unit_counted_twice_is_refused(facts):
    whole, part = arrival(made(facts)), arrival(made(facts, "CB2"), "b.omr")

    assert [reason.split(":")[0] for reason in reasons(whole, part)] == ["CB2, CB2A", "CB2, CB2A"]
    assert reasons(part, merged={whole.digest: whole.package}) == [
        "CB2, CB2A: counted in the merged package of XA as well. Counting them twice is refused."
    ]
    assert reasons(whole, own=frozenset({"CB1"})) == [
        "CB1: sheets of it were counted here as well. Counting them twice is refused."
    ]


def test_a_unit_of_another_branch_of_the_tree_is_refused(facts):
    tree = (Unit("TINH", "Tỉnh"), Unit("XB", "Xã khác", "TINH"))
    assert reasons(arrival(made(facts)), units=tree) == [
        "XA is not below TINH in the tree of units (`omr units import`)."
    ]
    assert reasons(arrival(made(facts)), units=(*tree, Unit("XA", "Xã", "TINH"))) == []


def test_a_form_with_other_items_is_refused(facts):
    head = facts.forms[0]
    fewer = dataclasses.replace(head, items=head.items[:-1])
    assert reasons(arrival(made(facts)), forms=(fewer,)) == [
        "its form vinhlong-1 has other items or levels than the same form elsewhere."
    ]


def test_what_is_missing_is_named(facts):
    tree = (Unit("TINH", "Tỉnh"), Unit("XA", "Xã", "TINH"), Unit("XB", "Xã khác", "TINH"))
    assert [unit.code for unit in missing("TINH", Facts((), tree), [made(facts)])] == ["XB"]


@pytest.fixture
def keys(tmp_path):
    """The folders of a commune and of the province, with the commune's trusted key."""
    folders = {unit: tmp_path / unit for unit in ("XA", "TINH", "TINH2")}
    public = {unit: public_key(new_key(unit, folder)[1]) for unit, folder in folders.items()}
    return folders, public


def sealed(facts, keys, tmp_path, receiver="TINH"):
    folders, public = keys
    path = tmp_path / "XA.omr"
    path.write_bytes(seal(to_json(made(facts)), private_key("XA", folders["XA"]), public[receiver]))
    return path


def opened(path, keys, unit="TINH"):
    folders, public = keys
    return opened_package(path, {"XA": public["XA"]}, lambda code: private_key(code, folders[unit]))


def test_the_receiver_opens_what_was_sealed_for_it(facts, keys, tmp_path):
    assert opened(sealed(facts, keys, tmp_path), keys).package == made(facts)


def test_nothing_can_be_read_from_outside(facts, keys, tmp_path):
    content = sealed(facts, keys, tmp_path).read_bytes()
    assert b"vinhlong-1" not in content
    assert "ấp".encode() not in content


@pytest.mark.parametrize("at", [0, 20, 60, 150, 400, -1])
def test_a_changed_byte_anywhere_is_found(facts, keys, tmp_path, at):
    path = sealed(facts, keys, tmp_path)
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)
    with pytest.raises(OmrError, match=r"changed|no package|not known"):
        opened(path, keys)


@pytest.mark.parametrize("length", [0, 10, 100, 300, -1])
def test_a_cut_file_is_found(facts, keys, tmp_path, length):
    path = sealed(facts, keys, tmp_path)
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(OmrError, match=r"cut off|no package|changed"):
        opened(path, keys)


def test_a_package_for_another_office_is_refused(facts, keys, tmp_path):
    path = sealed(facts, keys, tmp_path, "TINH2")
    with pytest.raises(OmrError, match="addressed to TINH2, not to us"):
        opened(path, keys)


def test_a_sender_whose_key_is_not_trusted_is_refused(facts, keys, tmp_path):
    path = sealed(facts, keys, tmp_path)
    with pytest.raises(OmrError, match="from XA, whose key is not known"):
        opened_package(path, {}, lambda code: private_key(code, keys[0]["TINH"]))


def test_a_package_signed_in_anothers_name_is_refused(facts, keys, tmp_path):
    folders, public = keys
    path = tmp_path / "false.omr"
    forger = dataclasses.replace(private_key("TINH2", folders["TINH2"]), unit="XA")
    path.write_bytes(seal(to_json(made(facts)), forger, public["TINH"]))
    with pytest.raises(OmrError, match="changed after XA had signed"):
        opened(path, keys)


def test_a_package_whose_inside_says_another_unit_is_refused(facts, keys, tmp_path):
    folders, public = keys
    path = tmp_path / "other.omr"
    path.write_bytes(seal(to_json(made(facts, "CB2")), private_key("XA", folders["XA"]), public["TINH"]))
    with pytest.raises(OmrError, match="outside it is from XA to TINH, inside from CB2"):
        opened(path, keys)


def test_a_second_key_of_a_unit_is_refused_and_the_first_is_kept(keys):
    folder = keys[0]["XA"]
    before = private_key("XA", folder)
    with pytest.raises(UsageError, match="has a key already"):
        new_key("XA", folder)
    assert private_key("XA", folder) == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_a_private_key_is_its_owners_alone(keys):
    path = keys[0]["XA"] / "XA.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    with pytest.raises(UsageError, match="may be read by others"):
        private_key("XA", path.parent)


def test_a_file_that_is_no_key_is_named(tmp_path):
    for text in ("", "{}", '{"unit": "XA", "sign": "00", "receive": "age1"}'):
        path = tmp_path / "x.pub"
        path.write_text(text)
        with pytest.raises(UsageError, match=r"x\.pub is no key"):
            public_key(path)


def test_rows_of_an_issue_without_sheets_travel_too(facts):
    nothing = dataclasses.replace(facts, sheets=())
    assert sum(row.tally.issued for row in made(nothing).counts) == sum(r.issued for r in facts.issued)
