"""Store → what the desk shows of one sheet: what was read, what people made of it, its level and why."""

from __future__ import annotations

from dataclasses import dataclass

from omr.batch.persons import NO_ONE, name_fields, told
from omr.batch.results import SheetResult
from omr.batch.settled import MACHINE
from omr.desk.config import Office
from omr.desk.whole import Whole, whole
from omr.i18n import _
from omr.model.layout import Question
from omr.model.score import SheetIssue
from omr.model.verdict import DOUBTED, UNDONE, UNSURE, Verdict


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A sheet in the list of its unit. open_rows: rows that wait for a person.

    person: whose it is, where that is known; nameless: a name is written on it that nobody has read yet.
    """

    name: str
    form: str
    pages: int
    missing: tuple[int, ...]
    level: str
    open_rows: int
    set_aside: bool
    person: str = ""
    nameless: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a sheet. read: the labels of its answer; by: who decided it, "" for the machine.

    verdicts: what people said about it, oldest first.
    """

    question: Question
    read: str
    confidence: float
    is_open: bool
    by: str
    verdicts: tuple[tuple[Verdict, str], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet whole. why: sentences about its level, in the language of the form; issues: about the sheet."""

    line: SheetLine
    pages: tuple[int, ...]
    rows: tuple[Row, ...]
    why: tuple[str, ...]
    whole: Whole
    issues: tuple[str, ...]


def unit_sheets(office: Office, code: str) -> tuple[SheetLine, ...]:
    """Return the returned sheets of a unit, those with open rows first, then by serial."""
    lines = [_line(result) for result in office.sheets(unit=code)]
    return tuple(sorted(lines, key=lambda line: (-line.open_rows, line.name)))


def one_sheet(office: Office, code: str, name: str) -> Sheet | None:
    """Return a sheet of a unit, or None where the unit has none of that name."""
    result = find(office, code, name)
    if result is None:
        return None
    said: dict[str, list[Verdict]] = {}
    for verdict in office.store.verdicts():
        if verdict.sheet == name:
            said.setdefault(verdict.question, []).append(verdict)
    questions = {question.id: question for question in result.layout.questions}
    rows = tuple(
        Row(
            question=questions[each.answer.question],
            read=labels(questions[each.answer.question], each.answer.chosen),
            confidence=each.answer.confidence,
            is_open=each.answer.review and not result.set_aside,
            by="" if each.decided_by == MACHINE else each.decided_by,
            verdicts=tuple(
                (verdict, _said(questions[each.answer.question], verdict))
                for verdict in said.get(each.answer.question, ())
            ),
        )
        for each in result.answers
    )
    return Sheet(
        _line(result),
        tuple(sorted(result.readings)),
        rows,
        result.score.why,
        whole(office, result),
        _issues(result),
    )


def find(office: Office, code: str, name: str) -> SheetResult | None:
    """Return a returned sheet of a unit, or None."""
    return next((result for result in office.sheets(unit=code) if result.sheet.name == name), None)


def labels(question: Question, chosen: tuple[str, ...]) -> str:
    """Return the words of an answer."""
    words = {choice.id: choice.label or _("ticked") for choice in question.choices}
    return ", ".join(words.get(choice, choice) for choice in chosen) or _("not ticked")


def _said(question: Question, verdict: Verdict) -> str:
    if verdict.chosen == UNDONE:
        return _("taken back")
    if verdict.chosen == UNSURE:
        return _("cannot tell")
    if verdict.chosen == DOUBTED:
        return _("something else than the machine read")
    return labels(question, verdict.chosen)


def _level(result: SheetResult) -> str:
    """Return the words of a sheet's level, in the language of its form; "" where its rules give none."""
    level = result.rules.level(result.score.level)
    if level is not None:
        return level.label.spoken(result.layout.language)
    return _("Undetermined") if result.score.level else ""


def _line(result: SheetResult) -> SheetLine:
    return SheetLine(
        name=result.sheet.name,
        form=result.layout.title,
        pages=len(result.layout.pages),
        missing=tuple(result.sheet.missing),
        level=_level(result),
        open_rows=len(result.open_questions),
        set_aside=result.set_aside,
        person=told(result.person),
        nameless=is_nameless(result),
    )


def is_nameless(result: SheetResult) -> bool:
    """True where people write their names on a form and nobody has read whose this sheet is."""
    return result.person == NO_ONE and any(name_fields(result.layout)) and not result.set_aside


def _issues(result: SheetResult) -> tuple[str, ...]:
    words = {
        SheetIssue.CONTRADICTION: _("answers contradict each other"),
        SheetIssue.UNSIGNED: _("not signed"),
        SheetIssue.MISSING_PAGE: _("a page is missing"),
        SheetIssue.DECLARED_DIFFERS: _("the level declared is not the level computed"),
        SheetIssue.UNRESOLVED: _("rows are open"),
    }
    return tuple(words[issue] for issue in result.score.issues)
