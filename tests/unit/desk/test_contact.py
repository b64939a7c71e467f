"""Contact sheets at the desk, on the samples: checks, doubts, verdicts, and the random check's figure."""

from __future__ import annotations

import io
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from PIL import Image

from omr.audit.contact import SCREEN
from omr.audit.crops import CROP, CROPS_ACROSS
from omr.cli import main
from omr.cli.session import opened
from omr.desk.access import Role
from omr.model.check import OTHER
from omr.model.closing import Act, Closing
from omr.model.reading import Cause, Doubt, MarkState
from omr.model.verdict import DOUBTED, UNDONE
from omr.store import checks
from omr.store.closings import append
from omr.store.store import Store

ROOT = Path(__file__).parents[3]
SCANS = ROOT / "samples" / "scans"
UNIT = "CB01"
HERE = f"/units/{UNIT}/boxes"
HTMX = {"HX-Request": "true"}


@pytest.fixture(scope="session")
def read_once(tmp_path_factory):
    """A unit of two stacks of one-box forms, read once: its scans beside its store."""
    folder = tmp_path_factory.mktemp("read")
    shutil.copytree(SCANS / "Chi bộ ấp Mỹ Thạnh", folder / UNIT)
    with pytest.raises(SystemExit):
        main(["read", str(folder / UNIT), "--store", str(folder / "omr.db"), "--lang", "en"])
    return folder


@pytest.fixture
def unnamed(read_once, path, person):
    """A browser at that unit, its person without a name."""
    shutil.copy(read_once / "omr.db", path)
    return person


@pytest.fixture
def desk(unnamed, token):
    """A browser at that unit, its person named."""
    unnamed.post("/name", data={"csrf": token, "who": "Lan", "then": HERE})
    return unnamed


@pytest.fixture
def answer(desk, token):
    """Answer the contact sheet at hand of a pile; return the page that follows."""

    def say(pile: str, what: str, *odd: int, seen: bool = True) -> str:
        sheet = at_hand(desk.get(f"{HERE}/{pile}").text)
        if seen and sheet != "none":
            assert desk.get(f"{HERE}/{pile}/{sheet}.png").status_code == 200
        data = {"csrf": token, "do": what, **{f"t{at}": "on" for at in odd}}
        return desk.post(f"{HERE}/{pile}/{sheet}", data=data, headers=HTMX).text

    return say


def at_hand(page: str) -> str:
    """Return the id of the contact sheet on a page."""
    return re.search(r'hx-post="[^"]*/([0-9a-f]{16}|none)"', page)[1]


def draw(desk, token, size=100, seed="7"):
    return desk.post(HERE, data={"csrf": token, "year": "2026", "size": str(size), "seed": seed})


def drawn(path) -> int:
    """Return how many boxes the newest sample has: a few more than asked for."""
    with Store.open(path) as store:
        return len(checks.draws(store)[-1].boxes)


def left(page: str) -> int:
    found = re.search(r"(\d+) box(?:es)? left", page)
    return int(found[1]) if found else 0


def finish(desk, answer, pile: str) -> int:
    """Confirm a pile to its end; return how many contact sheets it took."""
    sheets = 0
    while left(desk.get(f"{HERE}/{pile}").text):
        answer(pile, "confirm")
        sheets += 1
    return sheets


def test_a_random_check_is_told_in_summary_workbook_and_desk(desk, token, answer, path):
    assert draw(desk, token).headers["location"] == f"{HERE}/random-2026"
    board = desk.get(HERE).text
    n = drawn(path)
    assert 100 <= n < 106
    assert f"0 of {n} boxes of the random check looked at" in board
    assert finish(desk, answer, "random-2026") >= 2
    told = f"0 wrong / {n} boxes checked at random; error rate ≤ 3.0 % (confidence 95 %)"
    assert told in desk.get(HERE).text
    assert told in desk.get(f"/units/{UNIT}").text
    book = openpyxl.load_workbook(io.BytesIO(desk.get(f"/units/{UNIT}/summary.xlsx").content))
    cells = [str(cell.value) for sheet in book for row in sheet for cell in row]
    assert any(told in cell for cell in cells)
    with Store.open(path) as store:
        (kept,) = checks.draws(store, UNIT)
        found = checks.standing(store, kept.name)
        assert {check.reviewer for check in found.values()} == {"Lan"}
        assert len(found) == len(kept.boxes) == n
        assert store.verdicts() == ()
        assert store.breaks() == ()


def test_a_box_picked_out_counts_as_wrong_until_its_row_is_decided(desk, token, answer, path):
    draw(desk, token)
    answer("random-2026", "confirm", 3)
    finish(desk, answer, "random-2026")
    assert f"1 wrong / {drawn(path)} boxes" in desk.get(HERE).text
    with Store.open(path) as store:
        (doubt,) = store.verdicts()
        assert (doubt.chosen, doubt.reviewer, doubt.reason) == (DOUBTED, "Lan", "contact sheet")
        (draw_kept,) = checks.draws(store)
        odd = next(c for c in checks.standing(store, draw_kept.name).values() if c.truth == OTHER)
    with opened(path) as office:
        asked = {(s.sheet.name, q) for s in office.sheets(unit=UNIT) for q in s.open_questions}
        answers = {s.sheet.name: s for s in office.sheets(unit=UNIT)}[odd.sheet].answers
    assert (odd.sheet, odd.question) in asked
    assert "a person saw something else here than the machine" in whole_audit(desk, token)
    read = next(each.answer for each in answers if each.answer.question == odd.question).chosen
    data = {"csrf": token, "question": odd.question, "chosen": read[0] if read else "=blank"}
    desk.post(f"/units/{UNIT}/sheets/{odd.sheet}", data=data)
    assert f"0 wrong / {drawn(path)} boxes" in desk.get(HERE).text


def whole_audit(desk, token) -> str:
    """Return every card of the audit, each passed by."""
    pages = [desk.get(f"/units/{UNIT}/audit").text]
    while card := re.search(r"/audit/([0-9a-f]{16})\"", pages[-1]):
        data = {"csrf": token, "do": "=pass"}
        pages.append(desk.post(f"/units/{UNIT}/audit/{card[1]}", data=data, headers=HTMX).text)
    return "".join(pages)


def test_the_last_contact_sheet_can_be_taken_back(desk, token, answer, path):
    draw(desk, token)
    before = desk.get(f"{HERE}/random-2026").text
    answer("random-2026", "confirm", 0, 1)
    assert "There is nothing" not in answer("random-2026", "back")
    again = desk.get(f"{HERE}/random-2026").text
    assert (at_hand(again), left(again)) == (at_hand(before), left(before))
    with Store.open(path) as store:
        (kept,) = checks.draws(store)
        assert checks.standing(store, kept.name) == {}
        assert [verdict.chosen for verdict in store.verdicts()] == [DOUBTED] * 2 + [UNDONE] * 2
    with opened(path) as office:
        doubted = {verdict.question for verdict in office.store.verdicts()}
        assert not doubted & {q for s in office.sheets(unit=UNIT) for q in s.open_questions}
    assert "There is nothing of yours to take back" in answer("random-2026", "back")


def test_nothing_is_kept_of_what_was_not_seen(desk, token, answer, path):
    draw(desk, token)
    assert "the crops had not been shown yet" in answer("random-2026", "confirm", seen=False)
    desk.post(f"{HERE}/random-2026/{'0' * 16}", data={"csrf": token, "do": "confirm"})
    with Store.open(path) as store:
        assert checks.standing(store, checks.draws(store)[0].name) == {}


def test_a_contact_sheet_is_one_picture_of_every_box(desk, token):
    draw(desk, token, 200)
    page = desk.get(f"{HERE}/random-2026").text
    sheet = at_hand(page)
    assert page.count('type="checkbox"') == SCREEN
    answer = desk.get(f"{HERE}/random-2026/{sheet}.png")
    picture = np.asarray(Image.open(io.BytesIO(answer.content)).convert("L"))
    assert picture.shape == (SCREEN // CROPS_ACROSS * CROP, CROPS_ACROSS * CROP)
    # Each crop shows a printed frame of 5 mm around its middle: dark at 20 px, paper at 10.
    for at in range(SCREEN):
        top, start = at // CROPS_ACROSS * CROP, at % CROPS_ACROSS * CROP
        crop = picture[top : top + CROP, start : start + CROP]
        across = crop[CROP // 2 - 4 : CROP // 2 + 4, : CROP // 2].mean(axis=0)
        assert across[20:30].min() < crop.max() - 60, at


def test_the_style_sheet_cuts_the_picture_where_the_crops_are():
    style = (ROOT / "omr" / "desk" / "static" / "desk.css").read_text("utf-8")
    columns = re.findall(r"nth-child\((\d+)n \+ (\d+)\) img \{ --x: -(\d+)px", style)
    rows = re.findall(r"nth-child\(n \+ (\d+)\) img \{ --y: -(\d+)px", style)
    assert columns == [(str(CROPS_ACROSS), str(k + 1), str(k * CROP)) for k in range(1, CROPS_ACROSS)]
    assert rows == [(str(r * CROPS_ACROSS + 1), str(r * CROP)) for r in range(1, SCREEN // CROPS_ACROSS)]


def test_confident_reads_may_be_looked_through_without_a_sample(desk, answer, path):
    before = left(desk.get(f"{HERE}/marked-2026").text)
    assert before > 10
    answer("marked-2026", "confirm", 0)
    assert f"{HERE}/marked-2026" not in desk.get(HERE).text
    with Store.open(path) as store:
        found = checks.standing(store, f"{UNIT}/2026/marked")
    assert len(found) == min(SCREEN, before)
    assert sorted({check.truth for check in found.values()}) == ["marked", OTHER]
    assert left(desk.get(f"{HERE}/marked-2026").text) == before - len(found)
    assert checks_in_summary(path) == ()


def checks_in_summary(path) -> tuple[str, ...]:
    from omr.audit.told import told_checks

    with opened(path) as office:
        return tuple(text for _found, text in told_checks(office.store, office.sheets()))


def doubt(path, rows: int) -> None:
    """Let the machine be unsure of the first rows of a page: a faint mark in each."""
    with opened(path) as office:
        sheet = next(iter(office.sheets(unit=UNIT)))
        page = sheet.sheet.pages[0]
        reading = sheet.readings[page.page.page]
        states, doubts, review = (
            array.copy() for array in (reading.marks.states, reading.marks.doubts, reading.review)
        )
        states[:rows], doubts[:rows], review[:rows] = MarkState.MARGINAL, Doubt.FAINT, True
        asked = {box.question for box in sheet.layout.page(page.page.page).boxes[:rows]}
        unsure = tuple(
            replace(each, chosen=(), cause=Cause.READING) if each.question in asked else each
            for each in reading.answers
        )
        marks = replace(reading.marks, states=states, doubts=doubts)
        office.store.reclassify(page, replace(reading, marks=marks, review=review, answers=unsure))


def open_rows(path) -> int:
    with opened(path) as office:
        return sum(len(sheet.open_questions) for sheet in office.sheets(unit=UNIT))


def test_doubtful_boxes_are_decided_together_and_the_odd_ones_stay_cards(desk, answer, path):
    doubt(path, 2)
    before = open_rows(path)
    assert "faint marks" in desk.get(HERE).text
    assert left(desk.get(f"{HERE}/faint").text) == 2
    answer("faint", "ticked", 1)
    with Store.open(path) as store:
        (verdict,) = store.verdicts()
    assert (verdict.chosen, verdict.reviewer) == (("co",), "Lan")
    assert verdict.reason == "contact sheet: all_marked"
    assert open_rows(path) == before - 1
    # The one picked out stays with the doubtful rows, and on the contact sheet for whoever comes next.
    assert re.search(r"/audit/[0-9a-f]{16}", desk.get(f"/units/{UNIT}/audit").text)
    answer("faint", "back")
    assert open_rows(path) == before
    answer("faint", "empty")
    assert open_rows(path) == before - 2
    with Store.open(path) as store:
        assert [verdict.chosen for verdict in store.verdicts()] == [("co",), UNDONE, (), ()]


def test_a_sample_drawn_again_with_its_seed_is_the_same_and_kept_once(desk, token, path):
    draw(desk, token)
    draw(desk, token)
    draw(desk, token, seed="8")
    with Store.open(path) as store:
        kept = checks.draws(store)
        assert [each.seed for each in kept] == [7, 8]
        assert store.rows("SELECT count(*) FROM log WHERE what = 'sample drawn'") == [(2,)]


@pytest.mark.parametrize(
    ("size", "seed", "told"),
    [(10, "7", "60 boxes at least"), (100, "123456789", "up to eight digits"), (100, "x", "up to eight")],
)
def test_a_sample_that_cannot_be_drawn_is_told(desk, token, size, seed, told):
    assert told in draw(desk, token, size, seed).text


def test_scans_that_are_gone_are_told_and_nothing_is_confirmed(desk, token, read_once):
    draw(desk, token)
    (read_once / UNIT).rename(read_once / "elsewhere")
    try:
        page = desk.get(f"{HERE}/random-2026").text
    finally:
        (read_once / "elsewhere").rename(read_once / UNIT)
    assert "is not there any more" in page
    assert 'value="confirm"' not in page


def test_nobody_confirms_without_a_name(unnamed, token, path):
    person = unnamed
    assert "Say your name first" in draw(person, token).text
    assert "Your name" in person.get(f"{HERE}/marked-2026").text
    said = person.post(f"{HERE}/marked-2026/{'0' * 16}", data={"csrf": token, "do": "confirm"}, headers=HTMX)
    assert "Say your name first" in said.text
    with Store.open(path) as store:
        assert checks.standing(store, f"{UNIT}/2026/marked") == {}


def test_what_is_not_there_is_not_found(desk, token, app):
    assert desk.get("/units/nowhere/boxes").status_code == 404
    for pile in ("khac", "random-2026", "marked-1999"):
        assert desk.get(f"{HERE}/{pile}").status_code == 404
    assert desk.get(f"{HERE}/marked-2026/{'0' * 16}.png").status_code == 404
    for what in ("", "ticked", "<script>"):
        data = {"csrf": token, "do": what}
        assert desk.post(f"{HERE}/marked-2026/{'0' * 16}", data=data).status_code == 404
    (session,) = app.state.sessions._open.values()
    session.role = Role.OPERATOR
    assert desk.get(HERE).status_code == 403


def test_a_unit_that_was_signed_off_is_neither_doubted_nor_checked(desk, token, answer, path):
    draw(desk, token)
    answer("random-2026", "confirm")
    with Store.open(path) as store:
        (kept,) = checks.draws(store)
        before = checks.standing(store, kept.name)
        assert len(before) > 0
    with Store.open(path) as store, store.transaction():
        append(store, Closing(UNIT, 2026, Act.CLOSE, "Hoa", "", "", "d"))
    assert "signed off by Hoa" in answer("random-2026", "confirm", 0)
    assert "signed off by Hoa" in answer("random-2026", "confirm")
    assert "signed off by Hoa" in answer("marked-2026", "confirm")
    assert "signed off by Hoa" in draw(desk, token, seed="2").text
    with Store.open(path) as store:
        assert checks.draws(store) == (kept,)
        assert checks.standing(store, kept.name) == before
        assert store.verdicts() == ()
