"""A changed rule file: results before and after stand side by side, with who and when."""

from __future__ import annotations

import pytest

from omr.batch.rescoring import HISTORY, Moved, history, keep_rules_in_use, rescore
from omr.store.scores import kept_rules, scores


@pytest.fixture
def rule_file(tmp_path):
    return tmp_path / "thu.yaml"


@pytest.fixture
def read(office):
    """Two sheets, one with every row ticked "no"; the rules they were read under are kept."""
    office.issue("S1", "S2")
    office.read("S1")
    office.read("S2", chosen="khong")
    office.keep_rules()
    return office


def change(office, old, new):
    office.change_rules(old, new)
    office.keep_rules()


def shown(office):
    wanted = [HISTORY.index(name) for name in ("sheet", "rules_version", "level", "who", "current")]
    return [tuple(row[at] for at in wanted) for row in history(office.store, office.sheets()).rows]


def test_old_and_new_stand_side_by_side(read):
    change(read, 'version: "1"', 'version: "2"')
    change(read, "s.khong < 2", "s.khong < 9")
    done = rescore(read.store, read.sheets(), "Hoa")
    assert done.moved == (Moved("thu", "kem", "tot", 1),)
    assert shown(read) == [
        ("S1", "1", "tot", "Hoa", 0),
        ("S1", "2", "tot", "Hoa", 0),
        ("S1", "2", "tot", "Hoa", 1),
        ("S2", "1", "kem", "Hoa", 0),
        ("S2", "2", "kem", "Hoa", 0),
        ("S2", "2", "tot", "Hoa", 1),
    ]
    assert done.new == 6


def test_scoring_again_adds_nothing_and_keeps_who_was_first(read):
    assert rescore(read.store, read.sheets(), "Hoa").new == 2
    assert rescore(read.store, read.sheets(), "Minh") == rescore(read.store, read.sheets(), "An")
    assert [(each.who, each.at[:2]) for each in scores(read.store)] == [("Hoa", "20"), ("Hoa", "20")]


def test_a_decision_since_is_a_row_of_its_own(read):
    rescore(read.store, read.sheets(), "Hoa")
    read.say("S1", "khong", "a1")
    rescore(read.store, read.sheets(), "Hoa")
    assert [row[-1] for row in shown(read) if row[0] == "S1"] == [0, 1]


def test_sheets_of_a_closed_unit_are_left_as_they_were_signed(read):
    read.say("S2", "valid")
    read.close()
    change(read, "s.khong < 2", "s.khong < 9")
    done = rescore(read.store, read.sheets(), "Hoa")
    assert (done.new, done.closed, done.moved) == (0, 2, ())


def test_earlier_rules_that_count_what_the_form_lacks_are_passed_by(read):
    change(read, "s.khong < 2", "x.khong < 2")
    change(read, "x.khong < 2", "s.khong < 3")
    assert len(kept_rules(read.store)) == 3
    assert rescore(read.store, read.sheets(), "Hoa").new == 4


def test_a_rule_file_that_is_gone_is_not_kept(office):
    from omr.errors import LayoutError

    def gone(identity):
        raise LayoutError(identity)

    office.read("S1")
    keep_rules_in_use(office.store, office.store.frozen(), gone)
    assert kept_rules(office.store) == ()
