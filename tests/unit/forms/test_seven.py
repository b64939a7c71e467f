"""The seven layouts that ship ask what they are meant to ask, and the paths of the format they lean on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pytest

from omr.forms.catalogue import FROZEN, Catalogue, read_frozen, shipped
from omr.forms.columns import even_lines
from omr.forms.fonts import Face, Style, width_mm, wrap
from omr.forms.foot import foot
from omr.forms.load import parse_form
from omr.forms.place import Placement, place
from omr.forms.schema import Form, Tick
from omr.model.layout import BlankRow, FieldKind, FilledBy, Layout, Question, Returns, Role
from omr.model.reading import Answer, Cause
from omr.score.apply import check_fit, score
from omr.score.rules import load_rules

SHIPPED = Catalogue([shipped()])
QUARTERS = ("q1", "q2", "q3", "q4", "nam")
DUTIES = ("sinh-hoat", "nhiem-vu", "hoc-tap", "dang-phi", "cu-tru")


@dataclass(frozen=True)
class Meant:
    """What a layout has to be.

    rows: how many in each section, by group. groups: ids of the column groups, ("",) for one without.
    pages: as few as the rows need. declared: the levels a respondent can claim.
    """

    scoring: str
    pages: int
    rows: dict[str, tuple[int, ...]]
    choices: tuple[str, ...]
    blank: BlankRow
    groups: tuple[str, ...] = ("",)
    returns: Returns = Returns.ONCE
    filled_by: FilledBy = FilledBy.PERSON
    declared: tuple[str, ...] = ()


MEANT = {
    "vinhlong-1": Meant(
        scoring="nghi-quyet-4",
        pages=4,
        rows={"nhe": (7, 5), "nghiem-trong": (20, 21, 22)},
        choices=("co",),
        blank=BlankRow.ABSENT,
        declared=("tot", "chua-tot", "suy-thoai"),
    ),
    "vinhlong-2": Meant(
        scoring="neu-guong-101",
        pages=3,
        rows={"nhe": (2, 2, 2, 2, 2, 2, 1), "vi-pham": (4, 5, 4, 4, 4, 4, 4)},
        choices=("co",),
        blank=BlankRow.ABSENT,
        declared=("tot", "co-vi-pham", "vi-pham"),
    ),
    "haugiang-ca-nhan": Meant(
        scoring="dem-bieu-hien",
        pages=4,
        rows={"tu-tuong": (24,), "dao-duc": (24,), "tu-dien-bien": (23,)},
        choices=("khong", "co-luc", "thuong-xuyen"),
        blank=BlankRow.UNANSWERED,
    ),
    "haugiang-tap-the": Meant(
        scoring="dem-bieu-hien",
        pages=4,
        rows={"tu-tuong": (24,), "dao-duc": (24,), "tu-dien-bien": (23,)},
        choices=("khong", "co-luc", "thuong-xuyen"),
        blank=BlankRow.UNANSWERED,
        filled_by=FilledBy.COLLECTIVE,
    ),
    "travinh-82": Meant(
        scoring="dem-bieu-hien",
        pages=4,
        rows={"tu-tuong": (27,), "dao-duc": (27,), "tu-dien-bien": (28,)},
        choices=("co", "khong"),
        blank=BlankRow.UNANSWERED,
    ),
    "tayninh-cam-ket": Meant(
        scoring="theo-doi",
        pages=2,
        rows={"cam-ket": (10,)},
        choices=("dat", "chua-dat"),
        blank=BlankRow.ALLOWED,
        groups=QUARTERS,
        returns=Returns.REPEATEDLY,
    ),
    "nghean-so-tay": Meant(
        scoring="theo-doi",
        pages=1,
        rows={"quy-1": (3,), "quy-2": (3,), "quy-3": (3,), "quy-4": (3,)},
        choices=("xong", "chua"),
        blank=BlankRow.ALLOWED,
        groups=DUTIES,
        returns=Returns.REPEATEDLY,
    ),
}
SEVEN = pytest.mark.parametrize("name", MEANT)
SIGNS = [
    # rows of one manifestation: how many manifestations have so many
    ("haugiang-ca-nhan", {2: 10, 3: 17}),
    ("haugiang-tap-the", {2: 10, 3: 17}),
    ("travinh-82", {3: 26, 4: 1}),
]


@pytest.fixture(scope="module")
def placed() -> dict[str, Placement]:
    return {form.id: place(form) for form in SHIPPED.forms()}


def items(layout: Layout) -> tuple[Question, ...]:
    return tuple(question for question in layout.questions if question.role is Role.ITEM)


def foot_choices(layout: Layout, role: Role) -> tuple[str, ...]:
    return tuple(choice.id for asked in layout.questions if asked.role is role for choice in asked.choices)


def test_these_seven_ship(placed: dict[str, Placement]):
    assert set(placed) == set(MEANT)


@SEVEN
def test_rows_by_section_and_group(name: str):
    form = SHIPPED.form(name)
    found = {each.id: tuple(len(group.items) for group in each.groups) for each in form.sections}
    assert found == MEANT[name].rows


@SEVEN
def test_every_row_asks_its_columns_with_its_choices(name: str, placed: dict[str, Placement]):
    meant, asked = MEANT[name], items(placed[name].layout)
    rows = sum(sum(groups) for groups in meant.rows.values())
    assert len(asked) == rows * len(meant.groups)
    assert {tuple(choice.id for choice in question.choices) for question in asked} == {meant.choices}
    assert {column.id for column in SHIPPED.form(name).columns} == set(meant.groups)
    assert {question.blank for question in asked} == {meant.blank}


@SEVEN
def test_who_fills_it_in_and_how_often_it_comes_back(name: str, placed: dict[str, Placement]):
    layout, meant = placed[name].layout, MEANT[name]
    assert (layout.filled_by, layout.returns) == (meant.filled_by, meant.returns)
    assert layout.year == 2026


@SEVEN
def test_only_forms_with_levels_let_people_attest_and_declare(name: str, placed: dict[str, Placement]):
    layout, meant = placed[name].layout, MEANT[name]
    assert foot_choices(layout, Role.DECLARED) == meant.declared
    assert foot_choices(layout, Role.ATTESTATION) == (("co",) if meant.declared else ())


@SEVEN
def test_it_takes_no_more_pages_than_meant(name: str, placed: dict[str, Placement]):
    assert len(placed[name].layout.pages) == MEANT[name].pages


@SEVEN
def test_it_is_signed_once_and_a_roster_prints_name_and_unit(name: str, placed: dict[str, Placement]):
    fields = [field for page in placed[name].layout.pages for field in page.fields]
    assert [field.kind for field in fields].count(FieldKind.SIGNATURE) == 1
    assert {"name", "unit"} <= {field.roster for field in fields}


@SEVEN
def test_exactly_its_present_geometry_is_frozen(name: str, placed: dict[str, Placement]):
    """After a change: `omr layout freeze`; the old file goes only where it was never printed."""
    layout = placed[name].layout
    files = list((shipped() / FROZEN).glob(f"{name}-*.json"))
    assert [file.name for file in files] == [f"{name}-{layout.digest}.json"]
    assert read_frozen(files[0]) == layout


@SEVEN
def test_its_rule_is_there_and_counts_what_it_has(name: str, placed: dict[str, Placement]):
    layout, meant = placed[name].layout, MEANT[name]
    assert layout.scoring == meant.scoring
    rules = load_rules(SHIPPED.rules(layout.scoring))
    check_fit(layout, rules)
    assert tuple(level.id for level in rules.levels) == meant.declared
    assert bool(rules.counted()) == bool(meant.declared)


@pytest.mark.parametrize(
    ("minor", "violations", "level", "part"),
    [
        (0, 0, "tot", "tot-0"),
        (4, 0, "tot", "tot-1-4"),
        (5, 0, "co-vi-pham", ""),
        (13, 0, "co-vi-pham", ""),
        (0, 1, "vi-pham", ""),
        (4, 1, "vi-pham", ""),
    ],
)
def test_levels_of_the_second_form(
    minor: int, violations: int, level: str, part: str, placed: dict[str, Placement]
):
    layout = placed["vinhlong-2"].layout
    minors = [asked.id for asked in items(layout) if asked.section == "nhe"][:minor]
    serious = [asked.id for asked in items(layout) if asked.section == "vi-pham"][:violations]
    ticked = {*minors, *serious, *(() if minors or serious else ("attestation",))}
    answers = [
        Answer(asked.id, ("co",) if asked.id in ticked else (), 1.0, (), Cause.NONE)
        for asked in layout.questions
    ]
    found = score(layout, answers, load_rules(SHIPPED.rules(layout.scoring)))
    assert (found.level, found.split) == (level, part)
    assert found.provisional is (level == "vi-pham")


@pytest.mark.parametrize(("name", "signs"), SIGNS)
def test_rows_by_manifestation(name: str, signs: dict[int, int], placed: dict[str, Placement]):
    numbers = [question.number for question in items(placed[name].layout)]
    manifestations = Counter(number.split(".")[0] for number in numbers)
    assert set(manifestations) == {f"{group}{at}" for group in "ABC" for at in range(1, 10)}
    assert Counter(manifestations.values()) == signs
    assert len(set(numbers)) == len(numbers)


def test_a_collective_is_asked_the_same_in_words_of_its_own(placed: dict[str, Placement]):
    persons, collectives = (items(placed[f"haugiang-{who}"].layout) for who in ("ca-nhan", "tap-the"))
    assert [one.id for one in persons] == [other.id for other in collectives]
    alike = [one.text for one, other in zip(persons, collectives, strict=True) if one.text == other.text]
    assert len(alike) < 10
    assert not any("bản thân" in question.text for question in collectives)


def test_pledges_are_written_by_hand_with_room_for_three_lines(placed: dict[str, Placement]):
    fields = {field.id: field for page in placed["tayninh-cam-ket"].layout.pages for field in page.fields}
    pledges = [field for name, field in fields.items() if name.startswith("ck")]
    assert len(pledges) == 10
    assert all(pledge.area.height >= 24 and pledge.area.width >= 55 for pledge in pledges)


def test_the_board_has_a_title_of_its_own():
    assert SHIPPED.form("travinh-82").board_title not in ("", SHIPPED.form("travinh-82").title)


def test_a_folded_text_is_one_text(text: str):
    """The scanner that keeps comments leaves a bell at each line break of a folded text."""
    folded = text.replace("intro: Đọc từng dòng rồi đánh dấu.", "intro: >-\n  Đọc từng dòng\n  rồi đánh dấu.")
    form, faults = parse_form(folded)
    assert faults == ()
    assert form is not None
    assert form.intro == "Đọc từng dòng rồi đánh dấu."


def tops(form: Form, *labels: str) -> list[float]:
    """Return how high the boxes of the declared levels stand when these are the levels."""
    levels = tuple(Tick(id=f"m{at}", label=label) for at, label in enumerate(labels))
    assert form.foot.declared is not None
    declared = form.foot.declared.model_copy(update={"levels": levels})
    changed = form.model_copy(update={"foot": form.foot.model_copy(update={"declared": declared})})
    attested, *boxes = foot(changed).boxes
    return [box.area.y - attested.area.y for box in boxes]


def test_declared_levels_that_do_not_all_fit_beside_the_text_stand_together_below_it(form: Form):
    beside = tops(form, "Tốt", "Kém")
    below = tops(form, "Tốt", "Có vi phạm nhưng chưa đến mức nghiêm trọng", "Vi phạm")
    assert len(set(beside)) == 1
    assert len(set(below)) == 1
    assert below[0] > beside[0]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Sinh hoạt chi bộ", ("Sinh hoạt", "chi bộ")),
        ("Học tập nghị quyết", ("Học tập", "nghị quyết")),
        ("Xong", ("Xong",)),
    ],
)
def test_the_lines_of_a_column_head_are_as_even_as_can_be(text: str, lines: tuple[str, ...]):
    style, room = Style(Face.BOLD, 11), 22.0
    assert even_lines(text, style, room) == lines
    assert len(lines) == len(wrap(text, style, room))
    assert max(width_mm(line, style) for line in lines) <= room
