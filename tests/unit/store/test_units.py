"""Trees and rosters in the store: whole for their year, and what only turned up stays known."""

from __future__ import annotations

from omr.model.unit import Member, Status, Unit
from omr.store.imports import put_roster, put_trees
from omr.store.units import newest_roster, newest_tree, roster_of, tree_of

OLD = (Unit("T", "Tỉnh"), Unit("H", "Huyện", "T", "huyện"), Unit("X", "Xã", "H"))
NEW = (Unit("T", "Tỉnh"), Unit("X", "Xã", "T", "xã"))


def test_a_tree_holds_until_a_later_year_has_another(store):
    put_trees(store, {2024: OLD, 2026: NEW})
    assert tree_of(store, 2023) == ()
    assert tree_of(store, 2024) == tree_of(store, 2025) == OLD
    assert tree_of(store, 2026) == tree_of(store, 2030) == tree_of(store) == NEW
    assert newest_tree(store) == 2026


def test_a_year_imported_again_has_the_new_tree_alone(store):
    put_trees(store, {2024: OLD})
    put_trees(store, {2024: NEW})
    assert tree_of(store) == NEW


def test_units_that_only_turned_up_stand_behind_the_tree(store, sheet):
    put_trees(store, {2024: OLD, 2026: NEW})
    store.issue([sheet(unit="CB9"), sheet("0000-0001", unit="X")])
    assert list(store.units()) == ["T", "X", "CB9"]
    assert store.units()["X"] == NEW[1]
    assert store.units(2025)["X"] == OLD[2]


def test_a_roster_comes_back_as_it_was_put(store):
    people = (
        Member("2", "Lê Ba", "X", Status.EXEMPT, extra=(("Chức vụ", "Bí thư"), ("Ngày sinh", ""))),
        Member("1", "Lê An", "X"),
        Member("1", "Lê An", "T", Status.SUSPENDED, hands_in=False),
    )
    put_roster(store, 2026, people)
    assert roster_of(store, 2026) == people
    assert roster_of(store, 2026, {"T"}) == people[2:]
    assert roster_of(store, 2025) == ()
    assert newest_roster(store) == 2026


def test_imports_are_logged(store):
    put_trees(store, {2026: NEW})
    put_roster(store, 2026, (Member("1", "Lê An", "X"),))
    assert store.rows("SELECT what, detail FROM log ORDER BY id") == [
        ("units", "2026: 2"),
        ("roster", "2026: 1"),
    ]
    assert store.breaks() == ()
