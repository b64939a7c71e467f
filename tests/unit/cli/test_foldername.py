from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omr.cli.foldername import folder_name

CODES = ("..", ".", "../../etc", "/etc", r"C:\Windows", "", " ", "con", "Nul.txt", "a\0b")


@pytest.mark.parametrize("code", CODES)
def test_a_folder_is_never_outside_the_one_it_is_meant_for(tmp_path, code):
    folder = tmp_path / folder_name(code)
    folder.mkdir()
    assert folder.resolve().parent == tmp_path.resolve()


def test_a_plain_code_is_its_own_name():
    for code in ("CB-01", "Chi bộ Trường Tiểu học Mỹ Lợi", "P1.2"):
        assert folder_name(code) == code


@given(st.text(max_size=8), st.text(max_size=8))
def test_two_units_have_two_folders(one, other):
    assert (folder_name(one) == folder_name(other)) == (one == other)
    assert Path(folder_name(one)).name == folder_name(one)
