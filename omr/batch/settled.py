"""An answer as it holds: what the machine read, with what people decided in front of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from omr.model.layout import BlankRow, Question, Role
from omr.model.reading import Answer, Cause, Issue
from omr.model.verdict import Standing, Verdict, standing
from omr.store.store import Store

MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class SettledAnswer:
    """An answer and who it is from: "machine", or the reviewer.

    disputed: the two people who disagree about it; the machine's answer stands until a third decides.
    """

    answer: Answer
    decided_by: str
    disputed: frozenset[str] = frozenset()


def standing_verdicts(store: Store) -> dict[str, dict[str, Standing]]:
    """Return what people decided, by sheet and question ("" for the sheet as a whole)."""
    rows: dict[tuple[str, str], list[Verdict]] = {}
    for verdict in store.verdicts():
        rows.setdefault((verdict.sheet, verdict.question), []).append(verdict)
    found: dict[str, dict[str, Standing]] = {}
    for (sheet, question), verdicts in rows.items():
        held = standing(verdicts)
        if held is not None:
            found.setdefault(sheet, {})[question] = held
    return found


def settled(question: Question, answer: Answer, held: Standing | None) -> SettledAnswer:
    """Return the answer with a person's verdict in front of what the machine read."""
    if held is None:
        return SettledAnswer(answer, MACHINE)
    verdict = held.verdict
    if verdict is None:
        issue = Issue.DISPUTED if held.disputed else Issue.DOUBTED
        cause = answer.cause or (Cause.RESPONDENT if held.disputed else Cause.READING)
        asked = replace(answer, issues=(*answer.issues, issue), cause=cause)
        return SettledAnswer(asked, MACHINE, held.disputed)
    blank = not verdict.chosen and question.blank is BlankRow.UNANSWERED and question.role is Role.ITEM
    return SettledAnswer(
        Answer(
            question=answer.question,
            chosen=verdict.chosen,
            confidence=answer.confidence,
            issues=(Issue.BLANK,) if blank else (),
            cause=Cause.NONE,
        ),
        verdict.reviewer,
    )


def vanished(answer: Answer, earlier: Mapping[str, frozenset[str]]) -> Answer:
    """Return the answer, asked about where a tick that was there before is gone."""
    if earlier.get(answer.question, frozenset()).issubset(answer.chosen):
        return answer
    cause = answer.cause or Cause.RESPONDENT
    return replace(answer, issues=(*answer.issues, Issue.VANISHED), cause=cause)
