"""A layout worked on: taken apart into boxes, edited, undone, and put together again."""

from __future__ import annotations

import pytest

from omr.draft.apart import sketch_of
from omr.draft.asked import edited, keys_of, runs
from omr.draft.history import begun, from_json
from omr.draft.naming import LONGEST, name_of, said
from omr.draft.sketch import Standing
from omr.draft.sketched import form_of_sketch
from omr.draft.write import as_yaml
from omr.errors import UsageError
from omr.forms.existing import Code, ExistingForm
from omr.forms.grids import boxes_of, layout_of
from omr.forms.load import parse_layout
from omr.i18n import use
from omr.model.geometry import A4
from omr.model.layout import Shape

FORM = ExistingForm.model_validate(
    {
        "kind": "existing", "id": "mau", "version": "1", "year": 2026, "title": "Mẫu", "original": "mau.pdf",
        "questions": [
            {"id": "q1", "number": "1", "text": "Đúng giờ", "labels": {"co": "Có", "khong": "Không"}},
            {"id": "so.1", "blank": "allowed"}, {"id": "so.2", "blank": "allowed"},
        ],
        "pages": [
            {"frame": 1,
             "fields": [
                 {"id": "ky", "label": "Ký tên", "at": [120, 220], "size": [60, 25], "kind": "signature"},
             ],
             "grids": [
                 {"at": [100, 50], "size": [4, 4], "pitch": [15, 10], "rows": 3, "columns": 2,
                  "questions": ["q1", "q2", "q3"], "choices": ["co", "khong"]},
                 {"at": [20, 120], "size": [3, 3], "pitch": [6, 5], "rows": 10, "columns": 2,
                  "shape": "circle", "asks": "column", "questions": ["so.1", "so.2"],
                  "choices": list("0123456789"), "prints": list("0123456789"), "spells": "so"},
             ],
             "boxes": [{"question": "y", "choice": "co", "at": [30, 200], "size": [4, 4]}]},
            {"frame": 2, "boxes": [{"question": "z", "choice": "co", "at": [30, 30], "size": [4, 4]}]},
        ],
    }
)  # fmt: skip
BOX = {"page": "1", "kind": "square", "x": "1", "y": "1", "width": "5", "height": "5"}
TABLE, NUMBER, SINGLE, OTHER_PAGE = range(4)


@pytest.fixture(autouse=True)
def _english():
    """Messages are compared in English, whatever another test spoke."""
    use("en")


@pytest.fixture
def sketch():
    return sketch_of(FORM, A4, 2, Standing.PROPOSED)


def do(sketch, what, **fields):
    return edited(sketch, {"do": what, **{key: str(value) for key, value in fields.items()}})


def spots(sketch, at):
    return sketch.groups[at].spots


def keys(*chosen):
    return ",".join(str(spot.key) for spot in chosen)


def written(sketch):
    """Return the layout as it is read from the file that is written of it."""
    form, faults = parse_layout(as_yaml(form_of_sketch(sketch)))
    assert faults == ()
    return form


def ids(form):
    return [box.id for page in form.pages for box in boxes_of(page)]


def test_a_layout_that_nothing_was_done_to_is_the_layout(sketch):
    assert form_of_sketch(sketch) == FORM
    assert written(sketch) == FORM


def test_pages_of_the_blank_without_boxes_are_there_to_be_worked_on_and_not_in_the_file():
    sketch = sketch_of(FORM, A4, 4)
    assert [page.frame for page in sketch.form.pages] == [1, 2, 3, 4]
    assert form_of_sketch(sketch) == FORM


def test_a_whole_group_moved_stays_a_grid(sketch):
    moved = do(sketch, "move", keys=keys(*spots(sketch, TABLE)), right=0.1, down=-0.5)
    (grid, *_rest) = written(moved).pages[0].grids
    assert (grid.at, grid.rows) == ((100.1, 49.5), 3)
    assert spots(moved, NUMBER) == spots(sketch, NUMBER)


def test_a_box_moved_by_itself_is_where_it_was_put(sketch):
    one = spots(sketch, TABLE)[3]
    form = written(do(sketch, "move", keys=one.key, right=0.1, down=0))
    assert {box.id: box.area.x for box in boxes_of(form.pages[0])}["q2.khong"] == 115.1
    assert sorted(ids(form)) == sorted(ids(FORM))


def test_boxes_that_changed_places_are_where_they_were_put(sketch):
    first, second = (keys(*(s for s in spots(sketch, TABLE) if s.choice == at)) for at in (0, 1))
    row = do(do(sketch, "move", keys=first, right=15, down=0), "move", keys=second, right=-15, down=0)
    assert {box.id: box.area.x for box in boxes_of(written(row).pages[0])}["q1.co"] == 115
    last = keys(*spots(sketch, TABLE)[4:])
    rows = do(do(sketch, "move", keys=last, right=0, down=-30), "delete", keys=keys(*spots(sketch, NUMBER)))
    assert {box.id: box.area.y for box in boxes_of(written(rows).pages[0])}["q3.co"] == 40


def test_a_place_of_an_id_grid_moved_still_spells(sketch):
    one = spots(sketch, NUMBER)[0]
    form = written(do(sketch, "move", keys=one.key, right=0.4, down=0))
    (text,) = layout_of(form, A4, [None] * 2, "x").spelled
    assert (text.id, text.questions) == ("so", ("so.1", "so.2"))


@pytest.mark.parametrize(("right", "down"), [(-200, 0), (0, 300), (1e9, 0)])
def test_nothing_leaves_the_paper(sketch, right, down):
    with pytest.raises(UsageError):
        do(sketch, "move", keys=keys(*spots(sketch, TABLE)), right=right, down=down)


def test_areas_move_and_go_like_boxes(sketch):
    area = sketch.areas[0]
    assert written(do(sketch, "move", keys=area.key, right=1, down=1)).pages[0].fields[0].at == (121, 221)
    assert written(do(sketch, "delete", keys=area.key)).pages[0].fields == ()


def test_sizes_keep_their_middle(sketch):
    grid = (
        written(do(sketch, "resize", keys=keys(*spots(sketch, TABLE)), width=5, height=3)).pages[0].grids[0]
    )
    assert (grid.at, grid.size, grid.pitch) == ((99.5, 50.5), (5, 3), (15, 10))


def test_a_box_is_added_as_a_question_of_its_own_and_an_area_to_write_in(sketch):
    added = do(sketch, "add", page=2, kind="circle", x=50, y=50, width=5, height=5)
    added = do(added, "add", page=1, kind="written", x=20, y=250, width=50, height=20)
    form = written(added)
    assert ids(form)[-1] == "p2.q.co"
    assert form.pages[1].boxes[-1].shape is Shape.CIRCLE
    assert form.pages[0].fields[-1].size == (50, 20)


@pytest.mark.parametrize(
    "fields",
    [
        {"page": "9"}, {"page": ""}, {"kind": "star"}, {"width": "0.2"}, {"width": "nan"}, {"x": "inf"},
        {"y": "-1"}, {"x": "208"}, {"height": ""},
    ],
)  # fmt: skip
def test_what_is_no_box_is_refused(sketch, fields):
    edited(sketch, {"do": "add", **BOX})
    with pytest.raises(UsageError):
        edited(sketch, {"do": "add", **BOX, **fields})


def test_copies_are_questions_of_their_own_below(sketch):
    row = spots(sketch, TABLE)[4:]
    copied = do(sketch, "copy", keys=keys(*row))
    assert [spot.area.y for spot in copied.groups[-1].spots] == [76, 76]
    assert {"q3.co", "q3-2.co", "q3-2.khong"} <= set(ids(written(copied)))


def test_boxes_have_a_bound(sketch, monkeypatch):
    monkeypatch.setattr("omr.draft.edits.MOST_BOXES", 30)
    row = keys(*spots(sketch, TABLE)[4:])
    more = do(sketch, "copy", keys=row)
    for what in ({"do": "copy", "keys": row}, {"do": "add", **BOX}):
        with pytest.raises(UsageError, match="30 boxes at most"):
            edited(more, what)


def test_boxes_deleted_take_their_question_with_them(sketch):
    gone = do(sketch, "delete", keys=keys(*spots(sketch, TABLE)[2:4]))
    assert [question.id for question in gone.groups[TABLE].questions] == ["q1", "q3"]
    assert "q2" not in {name.partition(".")[0] for name in ids(written(gone))}
    hole = do(sketch, "delete", keys=spots(sketch, TABLE)[2].key)
    assert "q2.co" not in ids(written(hole))
    assert "q2.khong" in ids(written(hole))
    assert len(do(sketch, "delete", keys=keys(*spots(sketch, SINGLE))).groups) == 3


def test_kinds(sketch):
    cells = do(sketch, "kind", keys=keys(*spots(sketch, TABLE)), kind="cell")
    assert written(cells).pages[0].grids[0].shape is Shape.CELL
    area = do(sketch, "kind", keys=keys(*spots(sketch, TABLE)), kind="written")
    assert written(area).pages[0].fields[-1].size == (19, 24)
    assert len(area.groups) == 3


def test_rows_become_columns_one_question_and_an_id_grid(sketch):
    table = keys(*spots(sketch, TABLE))
    columns = do(sketch, "group", keys=table, asks="columns")
    assert [len(row) for row in columns.groups[TABLE].rows()] == [3, 3]
    one = do(sketch, "group", keys=table, asks="one")
    assert [len(row) for row in one.groups[TABLE].rows()] == [6]
    assert len(set(ids(written(one)))) == len(ids(FORM))
    places = do(sketch, "group", keys=table, asks="row-places")
    assert layout_of(written(places), A4, [None] * 2, "x").spelled[0].id == "ma-so"


def test_an_id_grid_of_single_boxes_gets_its_digits(sketch):
    loose = do(sketch, "split", keys=keys(*spots(sketch, NUMBER)))
    assert len(loose.groups) == 5
    assert "spells" not in as_yaml(form_of_sketch(loose))
    rows = do(loose, "group", keys=keys(*spots(sketch, NUMBER)), asks="rows")
    assert len(rows.groups[NUMBER].questions) == 10
    grid = do(rows, "group", keys=keys(*spots(sketch, NUMBER)), asks="column-places").groups[NUMBER]
    assert "".join(choice.id for choice in grid.choices) == "0123456789"
    assert (len(grid.questions), grid.spells, grid.down) == (2, "ma-so", True)
    assert [spot.area for spot in grid.spots] == [spot.area for spot in spots(sketch, NUMBER)]


def test_split_takes_boxes_out_and_a_whole_group_apart(sketch):
    part = do(sketch, "split", keys=keys(*spots(sketch, TABLE)[4:]))
    assert [[q.id for q in group.questions] for group in part.groups[:2]] == [["q1", "q2"], ["q3"]]
    half = do(sketch, "split", keys=spots(sketch, TABLE)[5].key)
    assert {"q3.co", "q3-2.khong"} <= set(ids(written(half)))
    apart = do(sketch, "split", keys=keys(*spots(sketch, TABLE)))
    assert [len(group.questions) for group in apart.groups[:3]] == [1, 1, 1]


def test_boxes_of_two_pages_make_no_group(sketch):
    with pytest.raises(UsageError, match="one page"):
        do(sketch, "group", keys=keys(*spots(sketch, TABLE), *spots(sketch, OTHER_PAGE)), asks="one")


def test_boxes_over_each_other_make_no_group(sketch):
    first, second = spots(sketch, TABLE)[:2]
    laid = do(sketch, "move", keys=second.key, right=-15, down=0)
    with pytest.raises(UsageError, match="over each other"):
        do(laid, "group", keys=keys(first, second), asks="rows")


def test_names(sketch):
    key = sketch.groups[TABLE].key
    named = do(sketch, "name", group=key, name="Giờ giấc")
    assert [question.id for question in named.groups[TABLE].questions] == [
        "gio-giac.1",
        "gio-giac.2",
        "gio-giac.3",
    ]
    assert named.groups[TABLE].questions[0].text == "Đúng giờ"
    with pytest.raises(UsageError, match="so"):
        do(sketch, "name", group=key, name="so")
    one = do(sketch, "question", group=key, at=1, number="2a", text=" Ghi  chép\n", name="Q2.A")
    assert one.groups[TABLE].questions[1].model_dump(include={"id", "number", "text"}) == {
        "id": "q2.a", "number": "2a", "text": "Ghi chép",
    }  # fmt: skip
    for name in ("q1", "", "…", "y", "so"):
        with pytest.raises(UsageError):
            do(sketch, "question", group=key, at=1, number="", text="", name=name)
    with pytest.raises(UsageError):
        do(sketch, "question", group=key, at=7, number="", text="", name="q9")


def test_choices_are_called_as_typed_in_every_question(sketch):
    key = sketch.groups[TABLE].key
    form = written(do(sketch, "choice", group=key, at=0, label="Luôn luôn"))
    assert form.pages[0].grids[0].choices == ("luon-luon", "khong")
    assert {words.id: words.labels.get("luon-luon") for words in form.questions} == {
        "q1": "Luôn luôn", "q2": "Luôn luôn", "q3": "Luôn luôn", "so.1": None, "so.2": None,
    }  # fmt: skip
    with pytest.raises(UsageError, match="khong"):
        do(sketch, "choice", group=key, at=0, label="Không")


def test_questions_are_numbered_on_over_groups(sketch):
    both = keys(*spots(sketch, TABLE)[2:], *spots(sketch, SINGLE))
    asked = [q for group in do(sketch, "number", keys=both, first=7).groups for q in group.questions]
    assert [(q.id, q.number) for q in asked if q.number] == [
        ("q1", "1"),
        ("q7", "7"),
        ("q8", "8"),
        ("q9", "9"),
    ]
    # A number that another question's name has already does not make two of one name.
    taken = do(sketch, "number", keys=keys(*spots(sketch, SINGLE)), first=1)
    assert taken.groups[SINGLE].questions[0].id == "q1-2"


def test_rows_that_may_stay_blank(sketch):
    form = written(do(sketch, "blank", keys=keys(*spots(sketch, SINGLE)), blank="allowed"))
    assert {words.id: words.blank for words in form.questions}["y"] == "allowed"


def test_groups_are_accepted_or_left_out(sketch):
    out = do(sketch, "stand", group=sketch.groups[NUMBER].key, standing="left-out")
    assert "so.1.0" not in ids(written(out))
    accepted = do(out, "stand", group=0, standing="accepted")
    assert [group.standing for group in accepted.groups] == ["accepted", "left-out", "accepted", "accepted"]
    back = do(accepted, "stand", group=sketch.groups[NUMBER].key, standing="accepted")
    assert written(back) == FORM


HEAD = {
    "title": "Phiếu",
    "name": "Phiếu 7",
    "year": 2027,
    "version": "2",
    "marking": "fill",
    "blank": "allowed",
}


def test_what_is_said_of_the_whole_form(sketch):
    form = written(do(sketch, "head", **HEAD))
    assert (form.title, form.id, form.year, form.version) == ("Phiếu", "phieu-7", 2027, "2")
    for wrong in ({"title": " "}, {"name": "../.."}, {"year": 1}, {"year": "x"}, {"marking": "x"}):
        with pytest.raises(UsageError):
            do(sketch, "head", **{**HEAD, **wrong})


NASTY = [
    "x\nid: evil", "x\r\nkind: existing\r\nid: evil", "!!python/object/apply:os.system [id]", "&a [*a, *a]",
    "{a: b}", "'\"", "# nothing", "- a", "null", "x: y", "\u2028id: evil", "\x00\x07\u202eabc", "%YAML 1.2",
    "---", "<script>alert(1)</script>", "{{ 7 * 7 }}", "{n}", "a" * 5000, "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("text", NASTY)
def test_no_text_that_is_typed_in_says_anything_else_in_the_file(sketch, text):
    key = sketch.groups[TABLE].key
    typed = do(sketch, "question", group=key, at=1, number=text, text=text, name="q2")
    typed = do(typed, "head", **{**HEAD, "title": f"A {text}", "version": f"1 {text}"})
    typed = do(typed, "area", area=sketch.areas[0].key, label=f"B {text}", kind="text")
    form = written(typed)
    words = {each.id: each.text for each in form.questions}
    assert (form.title, words.get("q2", "")) == (said(f"A {text}"), said(text))
    assert len(form.title) <= LONGEST
    assert [line for line in as_yaml(form).splitlines() if line.startswith("id:")] == ["id: phieu-7"]


@pytest.mark.parametrize(
    ("typed", "name"),
    [("Họ và tên", "ho-va-ten"), ("../../etc", "etc"), ("Q1.A", "q1.a"), ("…", ""), ("a" * 90, "a" * 30)],
)
def test_names_are_letters_digits_dashes_and_dots(typed, name):
    assert name_of(typed) == name


def test_undone_and_done_again(sketch):
    moved = begun(sketch).done({"do": "move", "keys": keys(*spots(sketch, TABLE)), "right": "1", "down": "0"})
    gone = moved.done({"do": "delete", "keys": keys(*spots(sketch, SINGLE))})
    back = gone.done({"do": "undo"}).done({"do": "undo"})
    assert back.now == sketch
    with pytest.raises(UsageError, match="nothing more"):
        back.done({"do": "undo"})
    again = back.done({"do": "redo"})
    assert again.now == moved.now
    other = again.done({"do": "delete", "keys": keys(*spots(sketch, TABLE))})
    with pytest.raises(UsageError, match="nothing more"):
        other.done({"do": "redo"})
    assert [each.turn for each in (moved, gone, back, again, other)] == [1, 2, 4, 5, 6]


def test_what_changes_nothing_is_nothing_to_undo(sketch):
    moved = begun(sketch).done({"do": "move", "keys": "1", "right": "1", "down": "0"})
    assert moved.done({"do": "move", "keys": "1", "right": "0", "down": "0"}) is moved


def test_a_history_is_kept_as_text(sketch):
    done = begun(sketch).done({"do": "delete", "keys": keys(*spots(sketch, SINGLE))})
    done = done.done({"do": "group", "keys": keys(*spots(sketch, TABLE)), "asks": "columns"}).done(
        {"do": "undo"}
    )
    assert from_json(sketch, done.to_json()) == done
    with pytest.raises(ValueError, match="9"):
        from_json(sketch, done.to_json().replace('"at": 1', '"at": 9'))
    with pytest.raises(UsageError):
        begun(sketch).done({"do": "format the disk"})
    moved = begun(sketch).done({"do": "move", "keys": "2,1", "right": "1", "down": "0", "more": "x" * 9999})
    assert moved.edits[0] == {"do": "move", "keys": "1-2", "right": "1", "down": "0"}


def test_edits_have_a_bound(sketch, monkeypatch):
    monkeypatch.setattr("omr.draft.history.MOST_EDITS", 1)
    moved = begun(sketch).done({"do": "move", "keys": "1", "right": "1", "down": "0"})
    with pytest.raises(UsageError, match="open it anew"):
        moved.done({"do": "move", "keys": "1", "right": "1", "down": "0"})
    moved.done({"do": "undo"})


def test_runs_of_numbers():
    assert runs([7, 3, 1, 2]) == "1-3,7"
    assert runs([]) == ""
    assert keys_of("1-3,7,") == {1, 2, 3, 7}
    for wrong in ("a", "1-2-3", "0-999999999", "0-9999," * 9):
        with pytest.raises(ValueError, match=r"invalid|0-999"):
            keys_of(wrong)


def test_a_code_and_a_mark_are_drawn_moved_named_and_kept(sketch):
    coded = do(sketch, "add", **BOX | {"kind": "qr", "x": "10", "label": "HS-0001/A"})
    code = coded.areas[-1].key
    assert written(coded).pages[0].codes == (Code(kind="qr", at=(10, 1), size=(5, 5), text="HS-0001/A"),)
    numbered = do(coded, "code", area=code, label="HS-0001/A", kind="datamatrix", means="serial")
    assert numbered.areas[-1].label == "HS-{serial}/A"
    marked = do(do(numbered, "add", **BOX | {"kind": "mark"}), "move", keys=code, right=2, down=0)
    form = written(marked)
    (kept,), (mark,) = form.pages[0].codes, form.pages[0].marks
    assert (kept.kind, kept.at, mark.at, mark.size) == ("datamatrix", (12, 1), (1, 1), (5, 5))
    again = sketch_of(form, A4, 2)
    assert [(area.kind, area.label) for area in again.areas][1:] == [
        ("datamatrix", "HS-{serial}/A"),
        ("mark", ""),
    ]
    assert form_of_sketch(again).pages[0].codes == form.pages[0].codes
    layout = layout_of(form, A4, [None] * 2, "x")
    assert layout.pages[0].printed_codes[0].serial_in("HS-77/A") == "77"
    assert written(do(marked, "delete", keys=code)).pages[0].codes == ()


@pytest.mark.parametrize(
    ("label", "means", "kept"),
    [
        ("KS26", "alike", "KS26"),
        ("KS26", "serial", "KS{serial}"),
        ("KS", "serial", "{serial}"),
        ("K-{serial}", "serial", "K-{serial}"),
        ("K-{serial}", "alike", None),
        ("{serial}{serial}", "serial", None),
        ("{number}", "serial", None),
        ("", "alike", None),
        ("", "serial", "{serial}"),
    ],
)
def test_what_a_code_reads_is_typed_or_refused(sketch, label, means, kept):
    coded = do(sketch, "add", **BOX | {"kind": "code128", "label": "AB1"})
    asked = {"area": coded.areas[-1].key, "label": label, "kind": "code128", "means": means}
    if kept is None:
        with pytest.raises(UsageError):
            do(coded, "code", **asked)
    else:
        assert do(coded, "code", **asked).areas[-1].label == kept


def test_a_code_that_nothing_reads_is_taken_for_the_serial_until_it_is_named(sketch):
    assert do(sketch, "add", **BOX | {"kind": "qr"}).areas[-1].label == "{serial}"
