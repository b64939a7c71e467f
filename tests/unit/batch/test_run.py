"""Files go to the readers in messages of many pages; what breaks there costs one page."""

import os
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool

import pytest

from omr.batch.engine import FRAMES_A_MESSAGE, Reader, Task
from omr.batch.run import read_batch
from omr.errors import SourceError
from omr.intake.frames import check_unchanged, open_source
from omr.model.reading import Reason, Rejection
from omr.model.scan import ScanId
from omr.settings import DEFAULT
from omr.store.store import Store


class Here(Executor):
    """Answers each message at once; one that holds the fatal file fails, by default as a dead worker."""

    def __init__(self, fatal: str = "", failure: Exception | None = None) -> None:
        self.messages: list[tuple[str, ...]] = []
        self._fatal = fatal
        self._failure = failure or BrokenProcessPool("a worker died")

    def submit(self, _function, tasks, /):
        """Return a refusal of every frame, or what a dead worker leaves."""
        names = tuple(task.source.path.rpartition("/")[2] for task in tasks)
        self.messages.append(names)
        future = Future()
        if self._fatal in names:
            future.set_exception(self._failure)
        else:
            future.set_result(
                tuple(
                    (Rejection(ScanId(task.source.sha256, frame), Reason.NO_PAGE_CODE),)
                    for task in tasks
                    for frame in task.frames
                )
            )
        return future


@pytest.fixture
def folder(tmp_path):
    """Forty pictures of one unit; what is in them nobody looks at."""
    place = tmp_path / "chi-bo-1"
    place.mkdir()
    for number in range(40):
        (place / f"{number:02d}.jpg").write_bytes(b"\xff\xd8\xff" + bytes([number]))
    return place


def _read(folder, executor):
    with Store.open(folder.parent / "omr.db") as store:
        tally = read_batch(store, [folder], Reader({}, DEFAULT), lambda _reader: executor)
        return tally, [(each.scan.path[-6:], each.reason) for each in store.rejections()]


def test_small_files_share_a_message_and_keep_their_order(folder):
    executor = Here()
    tally, stored = _read(folder, executor)
    assert [len(message) for message in executor.messages] == [FRAMES_A_MESSAGE, FRAMES_A_MESSAGE, 8]
    assert (tally.pages, tally.scans, tally.rejected) == (40, 40, 40)
    assert [name for name, _reason in stored] == [f"{number:02d}.jpg" for number in range(40)]


def test_a_worker_that_dies_costs_its_page_alone(folder):
    tally, stored = _read(folder, Here(fatal="19.jpg"))
    assert tally.scans == len(stored) == 40
    assert [name for name, reason in stored if reason is Reason.UNREADABLE] == ["19.jpg"]


def test_a_page_that_breaks_the_reader_costs_itself_alone_and_the_detail_names_the_fault(folder):
    tally, stored = _read(folder, Here("19.jpg", ZeroDivisionError("no height")))
    assert tally.scans == len(stored) == 40
    assert [name for name, reason in stored if reason is Reason.UNREADABLE] == ["19.jpg"]
    with Store.open(folder.parent / "omr.db") as store:
        assert [each.detail for each in store.rejections() if "no height" in each.detail]


def test_a_file_that_is_gone_when_its_turn_comes_is_told_and_read_the_next_time(folder):
    tally, stored = _read(folder, Here("19.jpg", SourceError("19.jpg is gone")))
    assert tally.problems == ("19.jpg is gone",)
    assert tally.scans == len(stored) == 39
    tally, _stored = _read(folder, Here())
    assert (tally.known, tally.scans) == (39, 1)


def test_a_file_still_being_written_is_left_for_the_next_time(folder):
    found = open_source(folder / "19.jpg")
    check_unchanged(found)
    with (folder / "19.jpg").open("ab") as file:
        file.write(b"more")
    with pytest.raises(SourceError, match=r"19\.jpg"):
        check_unchanged(found)
    with pytest.raises(SourceError):
        Reader({}, DEFAULT)(Task(found, 1, 1))


def test_a_file_touched_but_not_changed_is_read(folder):
    found = open_source(folder / "19.jpg")
    os.utime(folder / "19.jpg", (1, 1))
    check_unchanged(found)


def test_a_copy_of_a_file_is_told_and_counts_once(folder):
    (folder / "99.jpg").write_bytes((folder / "19.jpg").read_bytes())
    (folder.parent / "chi-bo-2").mkdir()
    (folder.parent / "chi-bo-2" / "19.jpg").write_bytes((folder / "19.jpg").read_bytes())
    with Store.open(folder.parent / "omr.db") as store:
        paths = [folder, folder.parent / "chi-bo-2"]
        tally = read_batch(store, paths, Reader({}, DEFAULT), lambda _reader: Here())
        assert (tally.scans, tally.known, len(store.rejections())) == (40, 0, 40)
    assert tally.copies == (folder / "99.jpg", folder.parent / "chi-bo-2" / "19.jpg")


def test_what_is_in_the_store_is_not_handed_out_again(folder):
    _read(folder, Here())
    (folder / "99.jpg").write_bytes(b"\xff\xd8\xffnew")
    executor = Here()
    tally, _stored = _read(folder, executor)
    assert executor.messages == [("99.jpg",)]
    assert (tally.known, tally.pages) == (40, 1)
