"""Nobody who reads a masked table 2 can work out a cell that is not shown, however they go about it."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from omr.model.layout import BlankRow, Choice, FilledBy, Question, Role, Section
from omr.report.items import items_table
from omr.report.mask import FEWEST, hidden_cells
from omr.report.outline import WHOLE, groups
from omr.report.rows import FormHead, FormKey, LevelHead, SheetRow
from omr.report.tally import tally

FORM = FormKey("phieu", 2026)
ROWS = ("A1.1", "A1.2", "A2.1", "A2.2", "B1.1", "B2.1")


def head(choices):
    items = tuple(
        Question(row, row, "…", row[0], tuple(Choice(c, c) for c in choices), Role.ITEM, BlankRow.ALLOWED)
        for row in ROWS[: 6 if len(choices) == 1 else 3]
    )
    sections = tuple(Section(name, name) for name in dict.fromkeys(item.section for item in items))
    levels = (LevelHead("tot", "Tốt"),) if len(choices) == 1 else ()
    return FormHead(FORM, "PHIẾU", FilledBy.PERSON, sections, items, levels, ())


ONE, THREE = head(["x1"]), head("xyz")


@st.composite
def ticks(draw, form):
    """Sheets of a form; how often items are ticked differs much, as it does in life."""
    rates = [draw(st.sampled_from([0, 0, 1, 1, 2, 9])) for _item in form.items]
    sheets = draw(st.integers(1, 7))
    rows = []
    for number in range(sheets):
        ticked = []
        for item, rate in zip(form.items, rates, strict=True):
            at = draw(st.integers(0, 9))
            if len(item.choices) > 1:
                ticked.append((item.id, item.choices[0 if at > rate else draw(st.integers(0, 2))].id))
            elif at < rate:
                ticked.append((item.id, "x1"))
        rows.append(SheetRow("U", FORM, str(number), valid=True, ticked=tuple(ticked)))
    return tally(form, (), rows)


def sums(form):
    """Return the rows that every group row adds up to, as table 2 prints them."""
    printed = set(items_table(form, tally(form, (), ())).frame.index)
    return {group.id: [item.id for item in group.items] for group in groups(form) if group.id in printed}


def possible(form, counts, hidden, cell):
    """Return the values a hidden cell may have, by trying every table that agrees with what is shown."""
    choices = [choice.id for choice in form.items[0].choices]
    most = counts.valid
    within = sums(form)
    options = []
    for item in form.items:
        rows = itertools.product(range(most + 1), repeat=len(choices))
        shown = [
            row
            for row in rows
            if all(
                (item.id, c) in hidden or counts.ticks.get((item.id, c), 0) == n
                for c, n in zip(choices, row, strict=True)
            )
            and (len(choices) == 1 or sum(row) == sum(counts.ticks.get((item.id, c), 0) for c in choices))
        ]
        options.append(shown)
    found = set()
    for table in itertools.product(*options):
        value = {
            (item.id, c): n
            for item, row in zip(form.items, table, strict=True)
            for c, n in zip(choices, row, strict=True)
        }
        if all(
            _agrees(value, counts, hidden, group, items, c)
            for group, items in within.items()
            for c in choices
        ):
            found.add(value[cell] if cell in value else sum(value[item, cell[1]] for item in within[cell[0]]))
            if len(found) > 1:
                break
    return found


def _agrees(value, counts, hidden, group, items, choice):
    """True where the numbers of a group allow for what its items would be."""
    times, sheets = sum(value[item, choice] for item in items), counts.sheets.get((group, choice), 0)
    told = (group, choice) not in hidden
    if told and times != counts.ticks.get((group, choice), 0):
        return False
    of_levels = choice == "x1" and (group.startswith("section:") or group == WHOLE)
    if told or of_levels:
        return max(value[item, choice] for item in items) <= sheets <= times
    return True


def safe(form, counts):
    hidden = hidden_cells(form, counts)
    assert all(len(possible(form, counts, hidden, cell)) > 1 for cell in hidden)
    for section in groups(form):
        for item in section.items if section.id.startswith("section:") else ():
            for choice in item.choices:
                count = counts.ticks.get((item.id, choice.id), 0)
                nobody = counts.ticks.get((section.id, choice.id), 0) == 0
                assert (item.id, choice.id) in hidden or count >= FEWEST or nobody


@given(ticks(ONE))
@settings(deadline=None, max_examples=40)
def test_no_hidden_cell_of_a_form_with_one_box_a_row_can_be_told(counts):
    safe(ONE, counts)


@given(ticks(THREE))
@settings(deadline=None, max_examples=60)
def test_no_hidden_cell_of_a_form_with_three_boxes_a_row_can_be_told(counts):
    safe(THREE, counts)
