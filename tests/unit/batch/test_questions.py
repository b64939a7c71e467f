"""Forty doubts with one cause are one question; every doubt is in exactly one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from omr.batch import tables
from omr.batch.openquestion import WAYS, QuestionReason, Way
from omr.batch.questions import open_questions
from omr.batch.results import SheetResult
from omr.batch.settled import MACHINE, SettledAnswer
from omr.batch.sheets import ReturnedSheet
from omr.model.geometry import A4, RectMm
from omr.model.layout import (
    BlankRow,
    Box,
    Choice,
    FilledBy,
    Layout,
    Page,
    Question,
    Returns,
    Role,
    Shape,
)
from omr.model.pagecode import PageId
from omr.model.reading import FEATURES, Answer, Cause, Doubt, Issue, Marks, MarkState, Measurements, Reading
from omr.model.registration import Registration
from omr.model.scan import ScanId
from omr.store.records import StoredPage, StoredScan

ROWS, PAGES = 12, 2
CHOICES = ("co", "khong")
WIDTH, HEIGHT = 210.0, 297.0
UPRIGHT = np.eye(3)
UPSIDE_DOWN = np.array([[-1.0, 0, WIDTH], [0, -1, HEIGHT], [0, 0, 1]])
SIDEWAYS = np.array([[0.0, -1, HEIGHT], [1, 0, 0], [0, 0, 1]])


def form() -> Layout:
    """Two pages of twelve rows of two boxes, whose middles lie at x 100 and 120, y 40, 60 and so on."""
    choices = tuple(Choice(name, name) for name in CHOICES)
    names = [[f"{page}.{row}" for row in range(ROWS)] for page in range(1, PAGES + 1)]
    questions = tuple(
        Question(name, name, "", "s", choices, Role.ITEM, BlankRow.UNANSWERED)
        for here in names
        for name in here
    )
    pages = tuple(
        Page(number, (), None, (), tuple(
            Box(f"{name}.{choice}", name, choice,
                RectMm(97.5 + 20 * at, 37.5 + 20 * row, 5, 5), Shape.SQUARE)
            for row, name in enumerate(here) for at, choice in enumerate(CHOICES)
        ), ())
        for number, here in enumerate(names, 1)
    )  # fmt: skip
    return Layout("thu", "1", 2026, "d" * 10, "Thử", "vi", A4, 0.25, (), questions, pages, "thu",
                  FilledBy.PERSON, Returns.ONCE)  # fmt: skip


FORM = form()
AT = {(box.question, box.choice): at for page in FORM.pages for at, box in enumerate(page.boxes)}


@dataclass
class Seen:
    """What the machine sees in one box."""

    state: MarkState = MarkState.MARGINAL
    doubts: Doubt = Doubt.NONE
    darkness: float = 0.6
    asked: bool = True


@dataclass
class Sheet:
    """One returned sheet. Every first box is plainly ticked unless told otherwise."""

    name: str = "AAAA-AAAA"
    file: str = "a"
    first_frame: int = 1
    lie: np.ndarray = field(default_factory=lambda: UPRIGHT)
    px_per_mm: float = 8.0
    pen: float = 0.7
    boxes: dict[tuple[str, str], Seen] = field(default_factory=dict)
    blank: set[str] = field(default_factory=set)
    vanished: set[str] = field(default_factory=set)
    decided: set[str] = field(default_factory=set)
    confidence: dict[str, float] = field(default_factory=dict)
    unit: str = "CB-01"

    def doubt(self, doubts, *places, **more):
        """Doubt boxes, each given as question and choice."""
        self.boxes |= {place: Seen(doubts=doubts, **more) for place in places}
        return self

    def result(self) -> SheetResult:
        """Return the sheet as `omr.batch.results` gives it."""
        readings = {number: self._reading(number) for number in range(1, PAGES + 1)}
        pages = tuple(
            StoredPage(StoredScan(each.scan.frame, each.scan, 1, self.unit, f"{self.file}.pdf"), each.page)
            for each in readings.values()
        )
        return SheetResult(
            sheet=ReturnedSheet(self.name, self.name, FORM.digest, 2026, PAGES, pages, ()),
            layout=FORM,
            unit=self.unit,
            folder=self.unit,
            issued=None,
            readings=readings,
            answers=tuple(self._settled(answer) for each in readings.values() for answer in each.answers),
            rules=None,
            score=None,
            valid=True,
            set_aside=False,
        )

    def _reading(self, number: int) -> Reading:
        page = FORM.page(number)
        seen = [self._seen(box) for box in page.boxes]
        values = np.zeros((len(seen), len(FEATURES)), np.float32)
        values[:, FEATURES.index("peak_ink")] = [each.darkness for each in seen]
        ids = tuple(box.id for box in page.boxes)
        asked = np.array([each.asked for each in seen])
        scale = np.diag((self.px_per_mm, self.px_per_mm, 1.0))
        nodes = np.array([0.0, HEIGHT])
        return Reading(
            scan=ScanId(self.file * 64, self.first_frame + number - 1),
            layout=FORM.id,
            page=PageId(FORM.digest, 2026, self.name, number, PAGES),
            registration=Registration(
                scale @ self.lie, nodes, nodes, np.zeros((2, 2, 2)), 20, 0.1, self.px_per_mm
            ),
            measurements=Measurements(ids, values),
            marks=Marks(
                ids,
                np.array([each.state for each in seen], np.uint8),
                np.full(len(seen), 0.9, np.float32),
                np.array([each.doubts for each in seen], np.uint16),
            ),
            answers=tuple(
                self._answer(question, any(asked[AT[question.id, name]] for name in CHOICES))
                for question in FORM.questions_on(page)
            ),
            review=asked,
            ink=b"",
            signed=None,
            paper=230.0,
            contrast=180.0,
            reader="",
        )

    def _seen(self, box: Box) -> Seen:
        if box.question in self.blank:
            return Seen(MarkState.EMPTY, Doubt.NONE, 0.02)
        usual = (
            Seen(MarkState.MARKED, Doubt.NONE, self.pen, asked=False)
            if box.choice == "co"
            else Seen(MarkState.EMPTY, Doubt.NONE, 0.02, asked=False)
        )
        return self.boxes.get((box.question, box.choice), usual)

    def _answer(self, question: Question, asked: bool) -> Answer:  # noqa: FBT001
        issues = (Issue.BLANK,) if question.id in self.blank else ()
        cause = Cause.READING if asked else Cause.NONE
        return Answer(question.id, (), self.confidence.get(question.id, 0.9), issues, cause)

    def _settled(self, answer: Answer) -> SettledAnswer:
        if answer.question in self.decided:
            return SettledAnswer(replace(answer, issues=(), cause=Cause.NONE), "An")
        if answer.question in self.vanished:
            issues = (*answer.issues, Issue.VANISHED)
            answer = replace(answer, issues=issues, cause=answer.cause or Cause.RESPONDENT)
        return SettledAnswer(answer, MACHINE)


def asked(*sheets):
    return open_questions([sheet.result() for sheet in sheets])


def told(questions):
    """Return reason and number of boxes of each question."""
    return [(question.reason.value, len(question.boxes)) for question in questions]


def column(choice, rows=ROWS, page=1):
    return [(f"{page}.{row}", choice) for row in range(rows)]


def both_pages(choice, rows=ROWS):
    return [*column(choice, rows), *column(choice, rows, page=2)]


def test_a_streak_down_a_column_of_two_sheets_is_one_question():
    one = Sheet().doubt(Doubt.STREAK, *both_pages("co"))
    other = Sheet("BBBB-BBBB", first_frame=3).doubt(Doubt.STREAK, *column("co", rows=4))
    (question,) = asked(one, other)
    assert question.reason is QuestionReason.STREAK
    assert question.sheets == ("AAAA-AAAA", "BBBB-BBBB")
    assert question.pages == (("AAAA-AAAA", 1), ("AAAA-AAAA", 2), ("BBBB-BBBB", 1))
    assert question.frames == (("a.pdf", 1), ("a.pdf", 2), ("a.pdf", 3))
    assert (len(question.boxes), len(question.rows)) == (28, 28)
    assert "100 mm from the image's left" in question.detail
    assert question.ways == (Way.ALL_EMPTY, Way.ONE_BY_ONE)


def test_a_streak_is_followed_on_the_scan_not_on_the_page():
    """Upside down, the streak that runs down x = 100 on the scan runs through x = 110 of the page."""
    shifted = UPSIDE_DOWN + np.array([[0.0, 0, 10], [0, 0, 0], [0, 0, 0]])
    upright = Sheet().doubt(Doubt.STREAK, *both_pages("co", 8))
    turned = Sheet("BBBB-BBBB", lie=shifted, first_frame=3)
    assert told(asked(upright, turned.doubt(Doubt.STREAK, *both_pages("khong", 8)))) == [("streak", 32)]
    turned = Sheet("BBBB-BBBB", lie=shifted, first_frame=3)
    assert told(asked(upright, turned.doubt(Doubt.STREAK, *both_pages("co", 8)))) == [("folded", 16)] * 2


def test_a_scanner_that_takes_pages_long_edge_first_streaks_across_the_image():
    streaked = Sheet(lie=SIDEWAYS).doubt(Doubt.STREAK, *column("co"))
    (question,) = asked(streaked)
    assert (question.reason, len(question.boxes)) == (QuestionReason.STREAK, ROWS)
    assert "100 mm from the image's top" in question.detail


def test_one_line_may_run_through_the_same_rows_of_every_page():
    sheets = [Sheet(f"{at}", first_frame=1 + PAGES * at) for at in range(4)]
    for sheet in sheets:
        sheet.doubt(Doubt.STREAK, ("1.3", "co"), ("1.3", "khong"))
    (question,) = asked(*sheets)
    assert (question.reason, len(question.boxes)) == (QuestionReason.STREAK, 8)
    assert "100 mm from the image's top" in question.detail


def test_a_page_scanned_finer_has_its_streak_at_the_same_place():
    sheets = (
        Sheet(px_per_mm=8.0).doubt(Doubt.STREAK, *both_pages("co")),
        Sheet("BBBB-BBBB", first_frame=3, px_per_mm=12.0).doubt(Doubt.STREAK, *both_pages("co")),
    )
    assert told(asked(*sheets)) == [("streak", 48)]


def test_every_line_every_file_and_every_unit_is_a_question_of_its_own():
    two_lines = Sheet().doubt(Doubt.STREAK, *both_pages("co", 9), *both_pages("khong", 7))
    assert told(asked(two_lines)) == [("streak", 18), ("streak", 14)]
    of_one_file = Sheet().doubt(Doubt.STREAK, *both_pages("co"))
    for other in ({"file": "b"}, {"unit": "CB-02", "first_frame": 3}):
        elsewhere = Sheet("BBBB-BBBB", **other).doubt(Doubt.STREAK, *both_pages("co", 8))
        assert told(asked(of_one_file, elsewhere)) == [("streak", 24), ("streak", 16)]


@pytest.mark.parametrize(("aside", "reason"), [(4.5, "streak"), (6.0, "folded")])
def test_boxes_under_one_streak_lie_within_a_boxs_width(aside, reason):
    moved = UPRIGHT + np.array([[0.0, 0, aside], [0, 0, 0], [0, 0, 0]])
    sheets = (
        Sheet().doubt(Doubt.STREAK, *both_pages("co")),
        Sheet("BBBB-BBBB", first_frame=3, lie=moved).doubt(Doubt.STREAK, *both_pages("co")),
    )
    assert {question.reason.value for question in asked(*sheets)} == {reason}


def test_doubts_that_share_a_column_by_chance_are_no_streak():
    sheets = [Sheet(f"{at}", first_frame=1 + PAGES * at) for at in range(5)]
    for at, sheet in enumerate(sheets):
        sheet.doubt(Doubt.STREAK, (f"1.{at}", "co"))
    assert told(asked(*sheets)) == [("row", 1)] * 5


def test_a_streak_seen_on_one_page_of_the_form_alone_is_measured_by_that_page():
    """Two of twelve boxes are a streak's, two of twenty-four would be chance."""
    sheets = [Sheet(f"{at}", first_frame=1 + PAGES * at) for at in range(4)]
    for sheet in sheets:
        sheet.doubt(Doubt.STREAK, *column("co", 2, page=2))
    assert told(asked(*sheets)) == [("streak", 8)]


def test_a_fold_across_one_sheet_of_a_stack_is_a_question_about_that_sheet():
    """A fold runs across the page, and through two rows where they lie on both sides of it."""
    tilted = np.array([[1.0, 0, 0], [0, 0.1, 100], [0, 0, 1]])
    folded = Sheet("BBBB-BBBB", first_frame=3, lie=tilted)
    folded.doubt(Doubt.STREAK, ("1.4", "co"), ("1.4", "khong"), ("1.5", "co"), ("1.5", "khong"))
    (question,) = asked(Sheet(), folded)
    assert (question.reason, len(question.boxes)) == (QuestionReason.FOLDED, 4)
    assert question.ways == (Way.ONE_BY_ONE, Way.SCAN_AGAIN)


def test_a_stain_over_a_page_is_one_question_and_no_second_pen():
    stained = Sheet().doubt(Doubt.DIRTY | Doubt.FAINT, *column("co", 4))
    (question,) = asked(stained)
    assert (question.reason, len(question.boxes)) == (QuestionReason.STAINED, 4)
    assert question.ways == (Way.ALL_EMPTY, Way.ONE_BY_ONE)


def test_two_shaded_boxes_are_two_rows():
    assert told(asked(Sheet().doubt(Doubt.DIRTY, *column("co", 2)))) == [("row", 1)] * 2


def test_a_line_through_one_row_is_a_question_about_that_row():
    struck = Sheet().doubt(Doubt.STREAK, ("1.2", "co"), ("1.2", "khong"))
    (question,) = asked(struck)
    assert (question.reason, question.detail) == (QuestionReason.ROW, "streak")


def test_a_sheet_left_off_halfway_is_one_question():
    sheet = Sheet(blank={f"2.{row}" for row in range(ROWS)})
    (question,) = asked(sheet)
    assert (question.reason, len(question.boxes), len(question.rows)) == (QuestionReason.HALF_FILLED, 24, 12)
    assert question.detail == "12 of 24 rows have no answer."
    assert question.ways == (Way.AS_READ, Way.SEND_BACK, Way.ONE_BY_ONE)


def test_blank_rows_here_and_there_are_one_question_too():
    sheet = Sheet(blank={"1.0", "1.4", "1.8", "2.3", "2.9", "2.11"})
    assert told(asked(sheet)) == [("half_filled", 12)]


@pytest.mark.parametrize("rows", [1, 5])
def test_a_few_blank_rows_are_asked_about_one_by_one(rows):
    sheet = Sheet(blank={f"1.{row}" for row in range(rows)})
    assert told(asked(sheet)) == [("row", 2)] * rows


def test_on_a_short_form_too_it_takes_five_blank_rows():
    needed = [replace(question, blank=BlankRow.ABSENT) for question in FORM.questions]
    needed[:8] = FORM.questions[:8]
    short = replace(FORM, questions=tuple(needed))
    four, five = (Sheet(blank={f"1.{row}" for row in range(rows)}).result() for rows in (4, 5))
    assert told(open_questions([replace(four, layout=short)])) == [("row", 2)] * 4
    assert told(open_questions([replace(five, layout=short)])) == [("half_filled", 10)]


def test_of_half_filled_sheets_the_emptiest_comes_first():
    few = Sheet(blank={f"1.{row}" for row in range(6)})
    many = Sheet("BBBB-BBBB", blank={f"1.{row}" for row in range(9)})
    assert [question.id for question in asked(few, many)] == [
        "half_filled:BBBB-BBBB",
        "half_filled:AAAA-AAAA",
    ]


def test_a_folded_page_is_one_question():
    sheet = Sheet().doubt(Doubt.LOOSE_FIT, *column("co", 3)).doubt(Doubt.LOOSE_FIT, *column("co", 2, page=2))
    assert told(asked(sheet)) == [("loose_fit", 3), ("row", 1), ("row", 1)]
    assert asked(sheet)[0].id == "loose_fit:AAAA-AAAA/1"


def test_a_lighter_pen_is_one_question_a_sheet():
    sheet = Sheet().doubt(Doubt.FAINT, ("1.1", "khong"), ("2.1", "khong"), darkness=0.25)
    sheet.doubt(Doubt.SMALL, ("2.5", "khong"), darkness=0.2)
    (question,) = asked(sheet, Sheet("BBBB-BBBB"))
    assert (question.reason, len(question.boxes)) == (QuestionReason.SECOND_PEN, 3)
    assert question.detail == "3 faint marks (darkness 0.25; the sheet's other marks 0.70)."


def test_two_faint_marks_are_two_rows():
    sheet = Sheet().doubt(Doubt.FAINT, ("1.1", "khong"), ("2.1", "khong"), darkness=0.25)
    assert told(asked(sheet)) == [("row", 1), ("row", 1)]


def test_dots_in_the_usual_pen_are_no_second_pen():
    sheet = Sheet().doubt(Doubt.SMALL, *column("khong", 5), darkness=0.6)
    assert told(asked(sheet)) == [("row", 1)] * 5


def test_a_sheet_in_faint_pencil_alone_is_one_question():
    """The page's own pen is read, but not surely; where it is fainter still, it is no mark."""
    sheet = Sheet(pen=0.2)
    sheet.doubt(Doubt.CONFIDENCE, *column("co", 4), state=MarkState.MARKED, darkness=0.19)
    sheet.doubt(Doubt.SMALL, *column("co", 2, page=2), darkness=0.16)
    sheet.doubt(Doubt.CONFIDENCE, ("2.9", "khong"), state=MarkState.EMPTY, darkness=0.04)
    assert told(asked(sheet)) == [("second_pen", 6), ("row", 1)]


def test_a_row_is_looked_at_as_a_whole():
    sheet = Sheet().doubt(Doubt.SMALL, ("1.1", "khong")).doubt(Doubt.FILLED, ("1.1", "co"))
    (question,) = asked(sheet)
    assert (question.id, len(question.boxes)) == ("row:AAAA-AAAA/1.1", 2)
    assert question.detail == "small|filled"


def test_a_box_goes_to_the_first_reason_that_fits():
    both = Doubt.STREAK | Doubt.FAINT | Doubt.LOOSE_FIT
    assert told(asked(Sheet().doubt(both, *column("co", 3)))) == [("streak", 3)]
    loose = Doubt.FAINT | Doubt.LOOSE_FIT
    assert told(asked(Sheet().doubt(loose, *column("co", 3)))) == [("loose_fit", 3)]


def test_rows_come_least_sure_first_after_all_groups():
    sheet = Sheet(confidence={"1.1": 0.8, "1.2": 0.3, "1.3": 0.5}, blank={f"2.{row}" for row in range(6)})
    sheet.doubt(Doubt.CIRCLED, ("1.1", "co"), ("1.2", "co"), ("1.3", "co"))
    questions = asked(sheet)
    assert [question.reason.value for question in questions] == ["half_filled", "row", "row", "row"]
    assert [question.boxes[0].question for question in questions[1:]] == ["1.2", "1.3", "1.1"]


def test_what_is_decided_is_asked_no_more_and_the_rest_stays_the_same_question():
    sheet = Sheet(blank={f"1.{row}" for row in range(6)})
    (before,) = asked(sheet)
    sheet.decided = {"1.0", "1.1", "1.2"}
    (after,) = asked(sheet)
    assert (after.id, after.reason) == (before.id, QuestionReason.HALF_FILLED)
    assert after.rows == before.rows[3:]
    sheet.decided = sheet.blank
    assert asked(sheet) == ()


def test_a_decided_first_box_does_not_rename_a_streak():
    sheet = Sheet().doubt(Doubt.STREAK, *column("co", 5))
    (before,) = asked(sheet)
    sheet.decided = {"1.0"}
    (after,) = asked(sheet)
    assert (after.id, len(after.boxes)) == (before.id, 4)


def test_a_tick_that_vanished_is_asked_about_in_all_boxes_of_its_row():
    (question,) = asked(Sheet(vanished={"1.4"}))
    assert (question.reason, len(question.boxes), question.detail) == (QuestionReason.ROW, 2, "vanished")


def test_every_reason_says_how_it_is_answered():
    assert set(WAYS) == set(QuestionReason)
    assert all(Way.ONE_BY_ONE in ways for ways in WAYS.values())


def test_the_table_has_the_columns_that_programs_rely_on():
    sheet = Sheet(confidence={"1.1": 0.25}).doubt(Doubt.CIRCLED, ("1.1", "khong"))
    table = tables.questions([sheet.result()])
    assert table.columns == (
        "unit", "year", "question_id", "reason", "boxes", "sheets", "first_sheet", "first_page", "first_row",
        "source", "frame", "detail",
    )  # fmt: skip
    assert list(table.rows) == [
        ("CB-01", 2026, "row:AAAA-AAAA/1.1", "row", 1, 1, "AAAA-AAAA", 1, "1.1", "a.pdf", 1, "circled")
    ]


PLACES = sorted(AT)
NAMES = sorted(question.id for question in FORM.questions)
DOUBTS = st.sampled_from([Doubt.NONE, *Doubt, Doubt.STREAK | Doubt.FAINT, Doubt.SMALL | Doubt.LOOSE_FIT])


@st.composite
def piles(draw):
    """Some sheets in one or two files with any doubts and decisions."""
    sheets = []
    for number in range(draw(st.integers(1, 4))):
        sheet = Sheet(
            f"{number}",
            file=draw(st.sampled_from("ab")),
            first_frame=1 + PAGES * number,
            lie=draw(st.sampled_from([UPRIGHT, UPSIDE_DOWN, SIDEWAYS])),
            unit=draw(st.sampled_from(["CB-01", "CB-02"])),
            blank=draw(st.sets(st.sampled_from(NAMES), max_size=12)),
            vanished=draw(st.sets(st.sampled_from(NAMES), max_size=2)),
            decided=draw(st.sets(st.sampled_from(NAMES), max_size=6)),
            confidence=draw(st.dictionaries(st.sampled_from(NAMES), st.floats(0, 1), max_size=6)),
        )
        for place in draw(st.sets(st.sampled_from(PLACES), max_size=20)):
            state = draw(st.sampled_from(list(MarkState)))
            sheet.doubt(draw(DOUBTS), place, state=state, darkness=draw(st.sampled_from([0.05, 0.2, 0.7])))
        sheets.append(sheet)
    return sheets


@given(piles())
def test_the_boxes_of_all_questions_are_those_a_person_has_to_look_at(pile):
    results = [sheet.result() for sheet in pile]
    table = tables.marks(results)
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    wanted = sorted((r["sheet"], r["page"], r["question"], r["choice"]) for r in rows if r["review"])
    questions = open_questions(results)
    asked_about = sorted((b.sheet, b.page, b.question, b.choice) for q in questions for b in q.boxes)
    assert asked_about == wanted
    assert all(question.boxes for question in questions)
    assert len({question.id for question in questions}) == len(questions)
    units = {sheet.name: sheet.unit for sheet in pile}
    assert all(question.unit == units[box.sheet] for question in questions for box in question.boxes)


@given(piles())
def test_a_unit_alone_is_asked_the_same_as_among_others(pile):
    together = [question for question in asked(*pile) if question.unit == "CB-01"]
    assert list(asked(*(sheet for sheet in pile if sheet.unit == "CB-01"))) == together


def test_ink_lost_by_a_scan_in_two_values_is_one_question_a_page_and_no_half_filled_sheet():
    empty = {"state": MarkState.EMPTY}
    sheet = Sheet().doubt(Doubt.LOST_INK, *both_pages("co"), *both_pages("khong"), **empty)
    questions = asked(sheet)
    assert told(questions) == [("lost_ink", 24)] * 2
    assert questions[0].id == "lost_ink:AAAA-AAAA/1"
    assert questions[0].ways == (Way.SCAN_AGAIN, Way.AS_READ, Way.ONE_BY_ONE)
