"""A form that others printed → its layout: grids become boxes, boxes become questions. Knows no pixels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from omr.forms.existing import ExistingForm, ExistingPage, Grid, Wording
from omr.forms.frozen import sealed
from omr.model.geometry import RectMm, SizeMm
from omr.model.layout import (
    Box,
    Choice,
    Field,
    Layout,
    Page,
    Print,
    PrintedCode,
    Question,
    Role,
    Section,
    Spelled,
)


def layout_of(form: ExistingForm, size: SizeMm, prints: Sequence[Print | None], source: str) -> Layout:
    """Return the layout of `form`, sealed under its digest.

    size: of the paper. prints: what its pages are known by, one a page; None where only places matter.
    source: digest of the files it is made from.
    """
    pages = tuple(
        _page(number, page, print_)
        for number, (page, print_) in enumerate(zip(form.pages, prints, strict=True), start=1)
    )
    sections = tuple(Section(each.id, each.title) for each in form.sections) or (
        Section(form.id, form.title),
    )
    return sealed(
        Layout(
            id=form.id,
            version=form.version,
            year=form.year,
            digest="",
            title=form.title,
            language=form.language,
            size=size,
            line_mm=form.line_mm,
            sections=sections,
            questions=_questions(form, pages, sections[0].id),
            pages=pages,
            scoring=form.scoring,
            filled_by=form.filled_by,
            returns=form.returns,
            marking=form.marking,
            spelled=tuple(_spelled(form)),
            source=source,
        )
    )


def boxes_of(page: ExistingPage) -> tuple[Box, ...]:
    """Return the boxes of a page: those of its grids in the file's order, then the single ones."""
    single = (
        Box(f"{box.question}.{box.choice}", box.question, box.choice, RectMm(*box.at, *box.size), box.shape,
            box.print)
        for box in page.boxes
    )  # fmt: skip
    return (*(box for grid in page.grids for box in _boxes(grid)), *single)


def _boxes(grid: Grid) -> Iterator[Box]:
    """Yield the boxes of a grid, question by question."""
    prints = grid.prints or ("",) * len(grid.choices)
    for at, question in enumerate(grid.questions):
        for along, (choice, held) in enumerate(zip(grid.choices, prints, strict=True)):
            row, column = (at, along) if grid.asks == "row" else (along, at)
            x, y = grid.at[0] + column * grid.pitch[0], grid.at[1] + row * grid.pitch[1]
            area = RectMm(x, y, *grid.size)
            yield Box(f"{question}.{choice}", question, choice, area, grid.shape, held)


def _spelled(form: ExistingForm) -> Iterator[Spelled]:
    for page in form.pages:
        for grid in page.grids:
            if grid.spells is not None:
                yield Spelled(grid.spells, grid.questions)
    yield from (Spelled(text.id, text.questions) for text in form.spelled)


def _page(number: int, page: ExistingPage, print_: Print | None) -> Page:
    return Page(
        number=number,
        fiducials=tuple(RectMm(*mark.at, *mark.size) for mark in page.marks),
        orientation=None,
        codes=(),
        boxes=boxes_of(page),
        fields=tuple(
            Field(field.id, field.label, field.kind, RectMm(*field.at, *field.size), field.roster)
            for field in page.fields
        ),
        print=print_,
        printed_codes=tuple(
            PrintedCode(code.kind, RectMm(*code.at, *code.size), code.text) for code in page.codes
        ),
    )


def _questions(form: ExistingForm, pages: Sequence[Page], section: str) -> tuple[Question, ...]:
    """Return what the form asks, in the order of its boxes; `section` where the wording names none."""
    worded = {wording.id: wording for wording in form.questions}
    blank = {each.id: each.blank for each in form.sections}
    choices: dict[str, list[str]] = {}
    for page in pages:
        for box in page.boxes:
            choices.setdefault(box.question, []).append(box.choice)
    asked = []
    for question, offered in choices.items():
        words = worded.get(question) or Wording(id=question)
        within = words.section or section
        labels = tuple(Choice(choice, words.labels.get(choice, choice)) for choice in offered)
        means = words.blank or blank.get(within) or form.blank
        asked.append(
            Question(question, words.number or question, words.text, within, labels, Role.ITEM, means)
        )
    return tuple(asked)
