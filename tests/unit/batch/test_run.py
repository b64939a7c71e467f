"""Files go to the readers in messages of many pages; what breaks there costs one page."""

from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool

import pytest

from omr.batch.engine import FRAMES_A_MESSAGE, Reader
from omr.batch.run import read_batch
from omr.model.reading import Reason, Rejection
from omr.model.scan import ScanId
from omr.settings import DEFAULT
from omr.store.store import Store


class Here(Executor):
    """Answers each message at once; one that holds the fatal file breaks the pool."""

    def __init__(self, fatal: str = "") -> None:
        self.messages: list[tuple[str, ...]] = []
        self._fatal = fatal

    def submit(self, _function, tasks, /):
        """Return a refusal of every frame, or what a dead worker leaves."""
        names = tuple(task.source.path.rpartition("/")[2] for task in tasks)
        self.messages.append(names)
        future = Future()
        if self._fatal in names:
            future.set_exception(BrokenProcessPool("a worker died"))
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


def test_what_is_in_the_store_is_not_handed_out_again(folder):
    _read(folder, Here())
    (folder / "99.jpg").write_bytes(b"\xff\xd8\xffnew")
    executor = Here()
    tally, _stored = _read(folder, executor)
    assert executor.messages == [("99.jpg",)]
    assert (tally.known, tally.pages) == (40, 1)
