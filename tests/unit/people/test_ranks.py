"""Ranks that people typed in: found by headings and unit in any spelling, every fault named with its line."""

from __future__ import annotations

import pytest

from omr.errors import RosterError
from omr.model.layout import FilledBy
from omr.model.rank import Ranks
from omr.model.unit import Unit
from omr.people.ranks import read_ranks

UNITS = (Unit("CB1", "Chi bộ Hòa Bình"), Unit("CB2", "Chi bộ 2"))


@pytest.fixture
def ranks(tmp_path):
    def read(text: str) -> tuple[Ranks, ...]:
        path = tmp_path / "ranks.csv"
        path.write_text(text, "utf-8")
        return read_ranks(path, UNITS)

    return read


def test_vietnamese_headings_and_names_are_known(ranks):
    assert ranks(
        "Đơn vị,Đối tượng,Hoàn thành xuất sắc nhiệm vụ,Hoàn thành tốt nhiệm vụ,Hoàn thành nhiệm vụ,"
        "Không hoàn thành nhiệm vụ\nchi bộ Hoà Bình,cá nhân,2,1.000,,0\nCB1,tập thể,1,0,0,0\n"
    ) == (
        Ranks("CB1", FilledBy.PERSON, (2, 1000, 0, 0)),
        Ranks("CB1", FilledBy.COLLECTIVE, (1, 0, 0, 0)),
    )


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ("CB1,ai đó,1,1,1,1", "line 2: say for whom"),
        ("CB1,persons,x,1,1,1", "line 2: x is no number"),
        ("CB1,persons,1,1,1,1\nCB1,person,1,1,1,1", "line 3: CB1 has two rows"),
        ("CB1,persons,1,1,1,1\nCB3,persons,1,1,1,1", "line 3: there is no unit CB3. Is CB"),
        ("CB1,ai đó,1,1,1,1\nCB2,persons,-1,1,1,1", "(?s)line 2: say for whom.*line 3: -1 is no number"),
    ],
)
def test_a_faulty_row_is_named(ranks, lines, fault):
    with pytest.raises(RosterError, match=fault):
        ranks(f"unit,who,excellent,good,done,failed\n{lines}\n")


def test_a_table_without_a_column_is_refused(ranks):
    with pytest.raises(RosterError, match="line 1: missing column: không hoàn thành"):
        ranks("unit,who,excellent,good,done\nCB1,persons,1,1,1\n")
