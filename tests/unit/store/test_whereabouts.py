"""Scans are found again wherever a command is started, and when store and scans move together."""

from __future__ import annotations

import hashlib
import shutil
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from omr.audit.crops import Crops
from omr.errors import SourceError
from omr.intake.frames import open_source
from omr.model.scan import ScanId
from omr.store.store import Store
from omr.store.whereabouts import kept, located


@pytest.fixture
def office(tmp_path, monkeypatch):
    """A folder with a scan, in which one works."""
    folder = tmp_path / "office"
    (folder / "scans").mkdir(parents=True)
    cv2.imwrite(str(folder / "scans" / "a.png"), np.full((60, 40), 200, np.uint8))
    monkeypatch.chdir(folder)
    return folder


def read(folder, path):
    """Keep a scan in the folder's store, as given."""
    with Store.open(folder / "omr.db") as store:
        store.add_sources(open_source(Path(path)))
        return store.rows("SELECT path FROM source")[0][0]


def shown(store, path):
    """Return whether the picture of a kept scan can be had."""
    place = located(store, path)
    sha = hashlib.sha256(place.read_bytes()).hexdigest()
    crops = Crops(located=partial(located, store))
    return crops.frame(path, ScanId(sha, 1)).shape == (60, 40)


def test_a_path_counts_from_the_stores_folder_wherever_the_desk_is_started(office, tmp_path, monkeypatch):
    path = read(office, "scans/a.png")
    assert path == "scans/a.png"
    monkeypatch.chdir(tmp_path)
    assert shown(office / "omr.db", path)
    moved = tmp_path / "stick"
    shutil.move(office, moved)
    assert shown(moved / "omr.db", path)


def test_a_path_that_was_given_elsewhere_is_kept_whole(office, tmp_path, monkeypatch):
    (tmp_path / "stores").mkdir()
    path = read(tmp_path / "stores", "scans/a.png")
    assert path == str(office / "scans" / "a.png")
    monkeypatch.chdir(tmp_path)
    assert shown(tmp_path / "stores" / "omr.db", path)


def test_a_path_of_an_earlier_version_counts_from_where_one_works(office, tmp_path):
    assert located(tmp_path / "omr.db", "scans/a.png").is_file()
    assert kept(office / "omr.db", str(office / "b.png")) == str(office / "b.png")


def test_a_scan_that_is_gone_is_told_by_its_place(office):
    with pytest.raises(SourceError, match=r"gone\.png"):
        Crops(located=partial(located, office / "omr.db")).frame("gone.png", ScanId("0" * 64, 1))
