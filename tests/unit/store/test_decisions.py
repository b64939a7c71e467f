from __future__ import annotations

from omr.model.verdict import Verdict
from omr.store.scores import StoredScore, add_scores, scores


def test_verdicts_are_added_never_replaced(store):
    first = Verdict("0000-0000", "a1", ("co",), "Lê Văn Tám", "2026-11-20T08:00:00+00:00", "rõ")
    second = Verdict("0000-0000", "a1", (), "Lê Văn Tám", "2026-11-20T08:01:00+00:00")
    store.add_verdicts([first])
    store.add_verdicts([second])
    assert store.verdicts() == (first, second)


def test_a_verdict_without_a_time_gets_one(store):
    store.add_verdicts([Verdict("0000-0000", "a1", ("co", "khong"), "Tám", "")])
    (verdict,) = store.verdicts()
    assert verdict.at.startswith("20")
    assert verdict.chosen == ("co", "khong")


def test_the_score_of_an_older_rule_file_stays_beside_the_new_one(store):
    old, new = (StoredScore("0000-0000", "answers", rules, "{}") for rules in ("r1", "r2"))
    assert add_scores(store, [old], "Lan") == 1
    assert add_scores(store, [new, old], "Minh") == 1
    assert [(kept.score, kept.who) for kept in scores(store)] == [(old, "Lan"), (new, "Minh")]
    assert all(kept.at.startswith("20") for kept in scores(store))
