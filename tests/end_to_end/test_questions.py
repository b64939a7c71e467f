"""Many doubts with one cause, made with pen and scanner, read as they come, are one question."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import pairwise

import cv2
import numpy as np
import pytest

from omr.batch.openquestion import QuestionReason, Way
from omr.cli.session import opened
from omr.desk.audit import Audits, NoSuchUnitError
from omr.desk.config import Config
from omr.forms.catalogue import Catalogue, shipped
from omr.forms.issue import issue_copies
from omr.synth.fill import draw_ink, fill_page
from omr.synth.pen import TOOLS
from omr.synth.printed import printed
from omr.synth.profiles import CLEAN
from omr.synth.respondent import Intent, some_hand
from omr.synth.scanner import feed, scan, some_device
from omr.synth.stack import Format, Picture, write_stack

DPI = 200
PX_PER_MM = DPI / 25.4
BALLPOINT = TOOLS["ballpoint-black"]
PENCIL = replace(TOOLS["pencil"], tool="hard pencil", darkness=0.25, yields=0.2, grain=0.2)
STREAK_MM = 0.25


class Office:
    """Sheets of one form, filled in as told and scanned; every folder of `scans` is a unit."""

    def __init__(self, form, folder, seed):
        self.placement = Catalogue((shipped(),)).placement(form)
        self.layout = self.placement.layout
        self.folder, self.rng = folder, np.random.default_rng(seed)

    def scanned(self, unit, *sheets, streak_mm=None):
        """Scan a stack. sheets: each a list of (pen, what is ticked by it); streak_mm: from the left."""
        issued = issue_copies(self.layout, len(sheets), unit, lambda n: int(self.rng.integers(n)))
        target = self.folder / "scans" / unit
        target.mkdir(parents=True)
        pictures = [
            Picture(streaked(image, streak_mm), DPI, onebit=False, quality=85)
            for image in self._images(issued, sheets)
        ]
        list(write_stack(target, pictures, Format.PDF))
        return [sheet.issued.serial for sheet in issued]

    def _images(self, issued, sheets):
        device = some_device(CLEAN.scanner, self.rng)
        with printed(self.placement, issued) as prints:
            for number, written in enumerate(sheets):
                hand = some_hand(CLEAN.people, self.rng)
                for page in self.layout.pages:
                    face = prints.page(number, page.number, DPI)
                    for pen, ticks in written:
                        filled = fill_page(page, ticks, replace(hand, pen=pen), CLEAN.people, self.rng)
                        draw_ink(face, PX_PER_MM, filled.ink, self.rng)
                    movement = feed(device, CLEAN.scanner, (210, 297), self.rng)
                    yield scan(face, PX_PER_MM, device, movement, self.rng)

    def ticks(self, choice=0):
        """Return a tick in every row, at that of its boxes."""
        return {(question.id, question.choices[choice].id): Intent.TICK for question in self.layout.questions}


def streaked(image, place_mm):
    """Return the image with a gray line down its whole length, as dirt on the scanner's glass draws it."""
    if place_mm is None:
        return image
    line = image.copy()
    at = round(place_mm * PX_PER_MM)
    cv2.line(line, (at, 0), (at, len(image)), 90, round(STREAK_MM * PX_PER_MM))
    return line


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return Office("haugiang-ca-nhan", tmp_path_factory.mktemp("office"), seed=11)


@pytest.fixture(scope="module")
def cases(office):
    """Return the serials of what was scanned: a streaked stack, a half-filled sheet, one in two pens."""
    whole = office.ticks()
    rows = list(whole)
    column = next(box for box in office.layout.page(1).boxes if box.choice == "co-luc").area.center.x
    light = rows[4::9]
    dark = {row: Intent.TICK for row in rows if row not in light}
    return {
        "streaked": office.scanned("streaked", *[[(BALLPOINT, whole)]] * 2, streak_mm=column),
        "half": office.scanned(
            "half", [(BALLPOINT, dict.fromkeys(rows[:35], Intent.TICK))], [(BALLPOINT, whole)]
        ),
        "pens": office.scanned(
            "pens", [(BALLPOINT, dark), (PENCIL, dict.fromkeys(light, Intent.TICK))], [(BALLPOINT, whole)]
        ),
    }


@pytest.fixture(scope="module")
def store(omr, office, cases):
    """The store of all three, read by the command."""
    path = office.folder / "omr.db"
    done = omr("read", office.folder / "scans", "--store", path)
    pages = len(office.layout.pages) * sum(map(len, cases.values()))
    assert (done.code, f"{pages} pages read, 0 rejected" in done.err) == (3, True), done.err
    return path


def boxes_on(layout, choice):
    return sum(box.choice == choice for page in layout.pages for box in page.boxes)


def test_a_streak_down_a_column_of_a_stack_is_one_question(office, table, store):
    questions = table("questions", store, "--unit", "streaked")
    (streak,) = [row for row in questions if row["reason"] == "streak"]
    assert streak["sheets"] == "2"
    assert int(streak["boxes"]) >= 0.9 * 2 * boxes_on(office.layout, "co-luc")
    assert questions[0] == streak
    assert len(questions) <= 5


def test_a_sheet_filled_in_only_halfway_is_one_question(office, cases, table, store):
    (half,) = table("questions", store, "--unit", "half")
    rows = len(office.layout.questions)
    assert (half["reason"], half["sheets"], half["first_sheet"]) == ("half_filled", "1", cases["half"][0])
    assert half["boxes"] == str(3 * (rows - 35))
    assert half["first_row"] == office.layout.questions[35].id
    assert half["detail"] == f"{rows - 35} of {rows} rows have no answer."


def test_a_sheet_in_two_pens_is_one_question(cases, table, store):
    (pens,) = table("questions", store, "--unit", "pens")
    assert (pens["reason"], pens["boxes"], pens["sheets"]) == ("second_pen", "8", "1")
    assert pens["first_sheet"] == cases["pens"][0]


def test_all_doubts_are_asked_about_and_few_questions_are_left(table, store):
    questions = table("questions", store)
    doubts = [row for row in table("marks", store) if row["review"] == "1"]
    assert sum(int(row["boxes"]) for row in questions) == len(doubts)
    assert len(doubts) > 20 * len(questions)
    order = [row["reason"] for row in questions]
    rank = ["streak", "half_filled", "folded", "loose_fit", "second_pen", "row"].index
    assert all(rank(one) <= rank(other) for one, other in pairwise(order))


def test_the_summary_counts_what_waits_for_a_person(omr, table, store):
    questions = table("questions", store)
    boxes = sum(int(row["boxes"]) for row in questions)
    done = omr("summary", "--store", store)
    assert f"Open questions: {len(questions)} (boxes: {boxes})" in done.err


def test_a_verdict_closes_its_part_of_the_question(omr, cases, office, table, store, tmp_path):
    sheet, row = cases["half"][0], office.layout.questions[40].id
    verdicts = tmp_path / "verdicts.csv"
    verdicts.write_text(f"sheet,question,chosen,reviewer,reason\n{sheet},{row},khong,An,asked\n", "utf-8")
    (before,) = table("questions", store, "--unit", "half")
    copy = tmp_path / "omr.db"
    copy.write_bytes(store.read_bytes())
    done = omr("verdict", "import", verdicts, "--store", copy)
    assert done.code == 0, done.err
    (after,) = table("questions", copy, "--unit", "half")
    assert after["question_id"] == before["question_id"]
    assert int(after["boxes"]) == int(before["boxes"]) - 3


@pytest.fixture
def desk(store, tmp_path):
    """Return the audits of a desk on a copy of the store, its path, and how many rows of a unit are open."""
    copy = tmp_path / "omr.db"
    copy.write_bytes(store.read_bytes())
    config = Config(copy, partial(opened, copy), frozenset(), "", "en")

    def rows(unit):
        with opened(copy) as office:
            return sum(len(sheet.open_questions) for sheet in office.sheets(unit=unit))

    return Audits(config), copy, rows


def test_a_streak_is_answered_for_all_its_rows_at_once(desk):
    audits, path, rows = desk
    before = rows("streaked")
    group = audits.enter("streaked", "An").group
    assert (group.reason, len(group.rows) > 20) == (QuestionReason.STREAK, True)
    assert audits.picture("streaked", group.rows[-1].id).startswith(b"\x89PNG")
    audits.decide("streaked", group.id, "An", "all_empty")
    settled = group.answered(Way.ALL_EMPTY)
    assert rows("streaked") == before - len(settled)
    with opened(path) as office:
        verdicts = office.store.verdicts()
        assert {verdict.reason for verdict in verdicts} == {"streak: all_empty"}
        assert len(verdicts) == len(settled)


def test_a_half_filled_sheet_goes_back_to_its_writer_and_may_be_taken_back(cases, desk):
    audits, path, rows = desk
    before = rows("half")
    group = audits.enter("half", "An").group
    assert group.reason is QuestionReason.HALF_FILLED
    audits.decide("half", group.id, "An", "send_back")
    assert rows("half") == 0
    with opened(path) as office:
        away = {sheet.sheet.name for sheet in office.sheets(unit="half") if sheet.set_aside}
    assert away == {cases["half"][0]}
    again = audits.decide("half", group.id, "An", "=back")
    assert again.group == group
    assert rows("half") == before
    audits.decide("half", group.id, "An", "as_read")
    assert rows("half") == before - len(group.rows)


def test_an_answer_that_is_not_one_of_the_group_is_refused(desk):
    audits, _path, _rows = desk
    group = audits.enter("half", "An").group
    for what in ("all_empty", "scan_again", "khong", ""):
        with pytest.raises(NoSuchUnitError):
            audits.decide("half", group.id, "An", what)
