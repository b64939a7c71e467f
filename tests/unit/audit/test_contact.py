"""A screen of boxes belongs to one person; what they said can be taken back; nothing is looked at twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from omr.audit.card import Card, card_id
from omr.audit.contact import LEASE_SECONDS, SCREEN, Pile
from omr.audit.piles import Gathered, PileKey, open_piles, settled_by
from omr.audit.queue import AuditQueue
from omr.audit.reads import BoxRead
from omr.audit.sample import make_draw
from omr.batch.openquestion import QuestionReason, Way
from omr.model.geometry import RectMm
from omr.model.layout import Choice
from omr.model.pagecode import PageId
from omr.model.reading import Doubt, MarkState
from omr.model.scan import ScanId
from omr.store.records import StoredPage, StoredScan

EMPTY, MARKED = MarkState.EMPTY, MarkState.MARKED
PAGE = StoredPage(StoredScan(1, ScanId("a" * 64, 1), 1, "CB01", "a.pdf"), PageId("d" * 10, 2026, "S", 1, 1))
BOX = RectMm(150, 50, 5, 5)


def read(name: str, state: MarkState = EMPTY) -> BoxRead:
    return BoxRead("S", name, "co", PAGE, BOX, state, 0.99)


def card(name: str, **more) -> Card:
    values = {
        "id": card_id("S", name), "unit": "CB01", "sheet": "S", "page": PAGE, "number": "1", "text": "",
        "question": name, "choices": (Choice("co", "Có"),), "proposed": (), "reason": QuestionReason.ROW,
        "detail": "", "issues": (), "doubts": Doubt.FAINT, "boxes": (BOX,), "confidence": 0.5,
        "asked": ("co",),
    }  # fmt: skip
    return Card(**values | more)


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        """Return the time it was set to."""
        return self.now


def nothing(_reads) -> None:
    """Keep nothing."""


def test_a_screen_holds_one_state_and_goes_to_one_person():
    pile = Pile([read("m", MARKED), *(read(f"a{n}") for n in range(SCREEN + 5)), read("n", MARKED)])
    first, second, third = (pile.next(who) for who in ("Lan", "Minh", "Hoa"))
    assert [each.question for each in first.reads] == ["m", "n"]
    assert (len(second.reads), len(third.reads)) == (SCREEN, 5)
    assert pile.next("Lan") == first
    assert pile.next("Ba") is None
    assert pile.upcoming(first) is None


def test_what_comes_next_is_what_the_picture_was_made_of():
    pile = Pile(read(f"a{n}") for n in range(3 * SCREEN))
    first = pile.next("Lan")
    upcoming = pile.upcoming(first)
    pile.settle(first.id, "Lan", nothing)
    assert pile.next("Lan") == upcoming


def test_a_screen_comes_back_when_its_holder_has_left():
    clock = Clock()
    pile = Pile([read("a")], clock)
    first = pile.next("Lan")
    assert pile.next("Minh") is None
    clock.now += LEASE_SECONDS + 1
    assert pile.next("Minh") == first


def test_only_who_has_the_screen_settles_it_and_once():
    pile, kept = Pile([read("a"), read("b")]), []
    sheet = pile.next("Lan")
    assert not pile.settle(sheet.id, "Minh", kept.extend)
    assert not pile.settle("0" * 16, "Lan", kept.extend)
    assert pile.settle(sheet.id, "Lan", kept.extend)
    assert not pile.settle(sheet.id, "Lan", kept.extend)
    assert (kept, len(pile)) == ([read("a"), read("b")], 0)


def test_what_could_not_be_kept_stays_open_and_what_was_not_undone_stays_settled():
    def full(_reads) -> None:
        raise OSError("disk full")

    pile = Pile([read("a")])
    sheet = pile.next("Lan")
    with pytest.raises(OSError, match="disk full"):
        pile.settle(sheet.id, "Lan", full)
    assert pile.next("Lan") == sheet
    pile.settle(sheet.id, "Lan", nothing)
    with pytest.raises(OSError, match="disk full"):
        pile.back("Lan", full)
    assert len(pile) == 0


def test_the_last_screen_is_taken_back_by_who_settled_it():
    pile, undone = Pile([read("a")]), []
    assert not pile.back("Lan", undone.extend)
    sheet = pile.next("Lan")
    pile.settle(sheet.id, "Lan", nothing)
    assert not pile.back("Minh", undone.extend)
    assert pile.back("Lan", undone.extend)
    assert undone == [read("a")]
    assert pile.next("Lan") == sheet
    pile.settle(sheet.id, "Lan", nothing)
    pile.refresh([read("a"), read("b")])
    assert [each.question for each in pile.next("Lan").reads] == ["b"]


def test_twenty_people_at_once_look_at_every_box_once():
    pile, kept = Pile(read(f"a{n}") for n in range(40 * SCREEN)), []

    def person(number: int) -> None:
        while (sheet := pile.next(str(number))) is not None:
            pile.settle(sheet.id, str(number), lambda reads: kept.extend(each.question for each in reads))

    with ThreadPoolExecutor(20) as people:
        list(people.map(person, range(20)))
    assert sorted(kept) == sorted(f"a{n}" for n in range(40 * SCREEN))


def test_doubtful_boxes_lie_in_piles_by_their_first_doubt():
    cards = [
        card("a"),
        card("b", doubts=Doubt.FILLED | Doubt.FAINT),
        card("c", doubts=Doubt.CONFIDENCE),
        card("two", asked=("co", "khong"), boxes=(BOX, BOX)),
        card("disputed", disputed=frozenset({"Lan", "Minh"})),
        card("grouped", detail="a straight line"),
    ]
    found = open_piles(cards)
    assert {key.name: [each.question for each in reads] for key, reads in found.items()} == {
        "filled": ["b"], "faint": ["a"], "unsure": ["c"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("more", "way", "chosen"),
    [
        ({}, Way.ALL_MARKED, ("co",)),
        ({}, Way.ALL_EMPTY, ()),
        ({"proposed": ("co",)}, Way.ALL_EMPTY, ()),
        ({"choices": (Choice("co", ""), Choice("khong", ""))}, Way.ALL_MARKED, ("co",)),
        ({"choices": (Choice("co", ""), Choice("khong", ""))}, Way.ALL_EMPTY, None),
        (
            {"choices": (Choice("co", ""), Choice("khong", "")), "proposed": ("khong",)},
            Way.ALL_EMPTY,
            ("khong",),
        ),
        ({"choices": (Choice("co", ""), Choice("khong", "")), "proposed": ("khong",)}, Way.ALL_MARKED, None),
    ],
)
def test_one_box_settles_a_row_where_no_other_has_to_be_seen(more, way, chosen):
    assert settled_by(card("a", **more), way) == chosen


def test_some_rows_are_settled_in_one_go_and_opened_again():
    queue, kept = AuditQueue([card("a"), card("b"), card("c")]), []
    queue.next("Minh")
    names = [card_id("S", name) for name in ("a", "b", "c", "unknown", "c")]
    assert [each.question for each in queue.settle_some(names, "Lan", kept.append)] == ["b", "c"]
    assert (len(kept), len(queue)) == (1, 1)
    queue.reopen(names, "Minh", lambda _cards: pytest.fail("nothing of Minh's"))
    undone = []
    queue.reopen(names, "Lan", undone.extend)
    assert [each.question for each in undone] == ["b", "c"]
    assert len(queue) == 3
    assert queue.settle(card_id("S", "b"), "Hoa", nothing)


def test_piles_hold_what_nobody_was_asked_about_the_least_sure_first(returned):
    sure = [0.9998, 0.99, 0.999, 0.9]
    sheets = [returned("S1", [EMPTY, MARKED, EMPTY, EMPTY], sure, asked=[2])]
    draw = make_draw(sheets, set(), unit="CB01", year=2026, size=60, seed=1, by="Lan")
    looked_at = {"empty-2026": {("S1", "a0", "co")}}
    gathered = Gathered({("S1", "x")}, [draw], lambda key: looked_at.get(key.name, ()))
    again = [returned("S1", [MARKED, MARKED, EMPTY, EMPTY], sure, asked=[2])]
    assert list(gathered.through(again)) == again
    piles = {
        key.name: [(each.question, each.state) for each in reads] for key, reads in gathered.piles().items()
    }
    assert piles == {
        "marked-2026": [("a1", MARKED), ("a0", MARKED)],
        "empty-2026": [("a3", EMPTY)],
        # As it was drawn, whatever it is read as by now.
        "random-2026": [("a0", EMPTY), ("a1", MARKED), ("a3", EMPTY)],
    }
    assert gathered.years() == {2026}


@pytest.mark.parametrize("name", ["faint", "random-2026", "empty-2025"])
def test_a_pile_is_found_by_its_name(name):
    assert PileKey.named(name).name == name


@pytest.mark.parametrize("name", ["", "khac", "faint-", "random-x", "../x"])
def test_what_names_no_pile_is_told(name):
    with pytest.raises(ValueError, match=r"not a valid PileKind|invalid literal"):
        PileKey.named(name)


def test_a_box_has_one_id():
    assert read("a").id == replace(read("a"), state=MARKED, confidence=0.1).id != read("b").id
