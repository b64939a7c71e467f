"""Over random trees and rosters: what is written to a table is read back as it was; nobody hands in twice."""

from __future__ import annotations

import csv
import unicodedata
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from omr.model.unit import Member, Status, Unit, above, under
from omr.people.members import changes, joined, members, who
from omr.people.names import folded_key, tidy
from omr.people.roster import read_roster
from omr.people.units import UnitNames, read_units

SYLLABLES = (
    "Chi",
    "bộ",
    "ấp",
    "Hòa",
    "Hoà",
    "Bình",
    "Thạnh",
    "Đảng",
    "uỷ",
    "xã",
    "Mỹ",
    "trường",
    "số 1",
    "2",
)
NAMES = st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=4).map(" ".join)


@st.composite
def trees(draw):
    """Units in any order, each below one that was drawn before it."""
    count = draw(st.integers(1, 12))
    units = [
        Unit(
            f"U{at:02d}",
            draw(NAMES),
            f"U{draw(st.integers(0, at - 1)):02d}" if at and draw(st.booleans()) else "",
        )
        for at in range(count)
    ]
    return tuple(draw(st.permutations(units)))


@st.composite
def rosters(draw):
    """Members of units U00 to U02, nobody twice in one; the first of each is where they hand in."""
    rows = draw(
        st.lists(
            st.tuples(st.integers(1, 5), st.sampled_from(("U00", "U01", "U02")), st.sampled_from(Status)),
            unique_by=lambda row: row[:2],
            min_size=1,
            max_size=10,
        )
    )
    seen: set[int] = set()
    found = []
    for number, unit, status in rows:
        found.append(Member(f"{number}", f"Lê {number}", unit, status, number not in seen))
        seen.add(number)
    return tuple(found)


def written(folder: str, head, rows) -> Path:
    path = Path(folder) / "f.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows((head, *rows))
    return path


@settings(max_examples=60)
@given(trees())
def test_a_tree_is_read_back_as_it_was_written(tree):
    with TemporaryDirectory() as folder:
        path = written(folder, ("code", "name", "parent"), [(u.code, u.name, u.parent) for u in tree])
        assert read_units(path, 2026) == {2026: tree}


@given(trees())
def test_below_and_above_are_the_same_relation(tree):
    known = {unit.code: unit for unit in tree}
    for unit in tree:
        assert under(tree, unit.code) - {unit.code} == {
            other for other in known if unit.code in above(known, other)
        }


@given(trees())
def test_a_unit_is_found_however_its_name_is_typed(tree):
    names, times = UnitNames(tree), Counter(folded_key(unit.name) for unit in tree)
    for unit in tree:
        if times[folded_key(unit.name)] == 1:
            typed = unicodedata.normalize("NFD", f"  {unit.name.upper()} ").replace(" ", "  ")
            assert names.find(typed) == (unit.code,)


@settings(max_examples=60)
@given(rosters())
def test_a_roster_is_read_back_as_it_was_written(people):
    units = [Unit(f"U0{n}", f"Chi bộ {n}") for n in range(3)]
    with TemporaryDirectory() as folder:
        path = written(
            folder, ("code", "name", "unit", "status"), [(m.code, m.name, m.unit, m.status) for m in people]
        )
        assert members(path, read_roster(path, several=True), units) == people


@given(rosters(), rosters())
def test_everybody_hands_in_at_one_unit_and_units_not_named_keep_their_people(before, new):
    after = joined(before, new)
    assert Counter(who(m) for m in after if m.hands_in) == Counter({who(m): 1 for m in after})
    named = {member.unit for member in new}
    bare = [(m.code, m.unit, m.status) for m in after]
    assert [each for each in bare if each[1] not in named] == [
        (m.code, m.unit, m.status) for m in before if m.unit not in named
    ]
    assert [each for each in bare if each[1] in named] == [(m.code, m.unit, m.status) for m in new]


@given(rosters(), rosters())
def test_changes_told_are_those_there_are(before, new):
    told = changes(before, new)
    was, will = ({(m.code, m.unit): m for m in some} for some in (before, new))
    assert len(told) == len({key for key in was | will if was.get(key) != will.get(key)})
    assert changes(before, before) == ()


@given(st.text(alphabet="aàảãáạăằâầđeêềiìoòôồơờuùưừyỳ ĂÂĐÊÔƠƯ", max_size=20))
def test_folding_twice_changes_nothing_that_counts(text):
    assert folded_key(tidy(text)) == folded_key(text) == folded_key(text.upper())
