"""The layouts that ship print without a fault, and their geometry is frozen in the repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from omr.forms.catalogue import FROZEN, Catalogue, read_frozen, shipped
from omr.forms.check import check_file
from omr.forms.load import load_form
from omr.forms.place import place

LAYOUTS = Catalogue([shipped()]).files()


@pytest.mark.parametrize("path", LAYOUTS, ids=lambda path: path.stem)
def test_a_shipped_layout_has_no_faults(path: Path):
    assert check_file(path) == ()


@pytest.mark.parametrize("path", LAYOUTS, ids=lambda path: path.stem)
def test_a_shipped_layout_is_frozen(path: Path):
    """After a change run `omr layout freeze` and commit the new files in layouts/frozen."""
    layout = place(load_form(path)).layout
    assert read_frozen(shipped() / FROZEN / f"{layout.id}-{layout.digest}.json") == layout


def test_the_file_is_named_after_the_id():
    assert {path.stem for path in LAYOUTS} == {load_form(path).id for path in LAYOUTS}
