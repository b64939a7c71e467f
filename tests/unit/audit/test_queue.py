"""Cards are handed out once, kept before they count as settled, and come back when asked for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from omr.audit.card import Card, Done, Group
from omr.audit.queue import LEASE_SECONDS, AuditQueue
from omr.batch.openquestion import WAYS, QuestionReason, Way
from omr.model.geometry import RectMm
from omr.model.layout import Choice
from omr.model.pagecode import PageId
from omr.model.reading import Doubt
from omr.model.scan import ScanId
from omr.store.records import StoredPage, StoredScan


def card(name: str) -> Card:
    page = StoredPage(
        StoredScan(1, ScanId("a" * 64, 1), 1, "CB01", "a.pdf"), PageId("d" * 10, 2026, "S", 1, 1)
    )
    return Card(
        id=name, unit="CB01", sheet="S", page=page, number="1", text="", question=name,
        choices=(Choice("co", "Có"),), proposed=("co",), reason=QuestionReason.ROW, detail="", issues=(),
        doubts=Doubt.FAINT, boxes=(RectMm(1, 1, 5, 5),), confidence=0.5,
    )  # fmt: skip


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        """Return the time it was set to."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue(clock) -> AuditQueue:
    return AuditQueue([card("a"), card("b"), card("c")], clock)


def nothing(_done: Card | Done) -> None:
    """Keep nothing."""


def test_two_people_never_get_the_same_card(queue):
    assert [queue.next(who).id for who in ("Lan", "Minh", "Lan")] == ["a", "b", "a"]
    assert queue.after(card("a"), "Lan").id == "c"


def test_a_card_comes_back_when_its_holder_has_left(queue, clock):
    assert queue.next("Lan").id == "a"
    clock.now += LEASE_SECONDS + 1
    assert queue.next("Minh").id == "a"


def test_only_its_holder_settles_a_card_and_only_once(queue):
    queue.next("Lan")
    kept = []
    assert not queue.settle("a", "Minh", kept.append)
    assert queue.settle("a", "Lan", kept.append)
    assert not queue.settle("a", "Lan", kept.append)
    assert [each.id for each in kept] == ["a"]
    assert len(queue) == 2


def test_a_card_whose_verdict_could_not_be_kept_stays_open(queue):
    def full(_card: Card) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        queue.settle("a", "Lan", full)
    assert queue.next("Lan").id == "a"


def test_who_cannot_tell_leaves_the_card_to_others(queue):
    queue.pass_by(queue.next("Lan").id, "Lan")
    assert queue.next("Lan").id == "b"
    assert queue.next("Minh").id == "a"


def test_the_last_card_is_decided_anew_by_the_one_who_settled_it(queue):
    assert queue.back("Lan", nothing) is None
    queue.settle(queue.next("Lan").id, "Lan", nothing)
    assert queue.back("Minh", nothing) is None
    assert queue.back("Lan", nothing).id == "a"
    assert queue.next("Lan").id == "a"
    assert queue.next("Minh").id == "b"
    assert len(queue) == 3


def test_rows_gathered_before_a_verdict_do_not_open_it_again(queue):
    gathered = [card("a"), card("b"), card("d")]
    queue.settle(queue.next("Lan").id, "Lan", nothing)
    queue.refresh(gathered)
    assert [queue.next(who).id for who in ("Lan", "Minh")] == ["b", "d"]


def test_twenty_people_at_once_settle_every_card_once():
    queue, kept = AuditQueue(card(str(n)) for n in range(400)), []

    def person(number: int) -> None:
        while (found := queue.next(str(number))) is not None:
            queue.settle(found.id, str(number), lambda each: kept.append(each.id))

    with ThreadPoolExecutor(20) as people:
        list(people.map(person, range(20)))
    assert sorted(kept, key=int) == [str(n) for n in range(400)]


def group(*rows: Card, reason: QuestionReason = QuestionReason.STREAK) -> Group:
    return Group("g", "CB01", reason, "", WAYS[reason], rows)


def row(name: str, proposed: tuple[str, ...], asked: tuple[str, ...]) -> Card:
    choices = (Choice("co", "Có"), Choice("khong", "Không"))
    return replace(card(name), choices=choices, proposed=proposed, asked=asked)


@pytest.mark.parametrize(
    ("way", "settled"),
    [
        (Way.ALL_EMPTY, {"a": ("khong",), "b": (), "c": ("co",)}),
        (Way.ALL_MARKED, {"b": ("co",), "c": ("co",)}),
        (Way.AS_READ, {"b": (), "c": ("co",)}),
    ],
)
def test_one_answer_settles_the_rows_it_leaves_with_one_choice(way, settled):
    rows = (
        row("a", ("co", "khong"), ("co",)),
        row("b", (), ("co",)),
        row("c", ("co",), ("khong",)) if way is Way.ALL_EMPTY else row("c", ("co",), ("co",)),
    )
    assert {card.id: chosen for card, chosen in group(*rows).answered(way)} == settled


def test_a_group_is_one_item_and_what_its_answer_leaves_open_comes_row_by_row(clock):
    queue = AuditQueue([group(row("a", ("co",), ("co",)), row("b", ("co", "khong"), ())), card("c")], clock)
    kept = []
    assert len(queue) == 3
    assert queue.next("Lan").id == "g"
    assert queue.next("Minh").id == "c"
    assert not queue.settle_group("g", "Minh", Way.ALL_EMPTY, lambda *_: kept.append("no"))
    assert queue.settle_group("g", "Lan", Way.ALL_EMPTY, lambda _group, rows: kept.extend(rows))
    assert [each.id for each in kept] == ["a"]
    assert queue.next("Lan").id == "b"
    assert len(queue) == 2


def test_a_group_taken_apart_stays_so_and_its_last_answer_can_be_taken_back(clock):
    both = group(row("a", (), ("co",)), row("b", (), ("co",)))
    queue = AuditQueue([both], clock)
    assert queue.settle_group("g", "Lan", Way.ONE_BY_ONE, lambda *_: pytest.fail("nothing is settled"))
    queue.refresh([both])
    assert queue.next("Lan").id == "a"

    queue = AuditQueue([both], clock)
    assert queue.settle_group("g", "Lan", Way.AS_READ, lambda *_: None)
    assert len(queue) == 0
    undone: list[Done] = []
    assert queue.back("Lan", undone.append) == both
    assert (undone[0].way, len(undone[0].rows)) == (Way.AS_READ, 2)
    queue.refresh([both])
    assert queue.next("Lan") == both


def test_a_row_of_a_group_may_be_settled_by_itself(clock):
    queue = AuditQueue([group(row("a", (), ()), row("b", (), ()), row("c", (), ()))], clock)
    assert queue.settle("b", "Lan", nothing)
    assert [card.id for card in queue.next("Lan").rows] == ["a", "c"]
    assert not queue.settle("b", "Minh", nothing)
    assert not queue.settle("a", "Minh", nothing)


def test_who_disagrees_about_a_row_is_not_asked_a_third_time(clock):
    queue = AuditQueue([replace(card("a"), disputed=frozenset({"Lan", "Minh"}))], clock)
    assert queue.next("Lan") is None
    assert not queue.settle("a", "Minh", nothing)
    assert queue.next("Hoa").id == "a"
    assert queue.settle("a", "Hoa", nothing)
