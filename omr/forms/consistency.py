"""What is wrong in a layout of kind `existing` though each value is right by itself, with its line."""

from __future__ import annotations

from collections.abc import Iterator

from omr.faults import LineFault
from omr.forms.document import Document, Place
from omr.forms.existing import ExistingForm, Grid
from omr.forms.grids import boxes_of
from omr.i18n import _
from omr.model.layout import SERIAL_PLACE

LEAST_COPIES = 3
"""Filled copies that a blank is made from at least: of two that differ nobody knows which is blank."""


def contradictions(form: ExistingForm, document: Document) -> Iterator[LineFault]:
    """Yield the faults of a form: its blank, its grids, its boxes, its wording."""
    yield from _blank(form, document)
    yield from _codes(form, document)
    grids = tuple(_grids(form, document))
    yield from grids
    if not grids:
        yield from _boxes(form, document)
        yield from _wording(form, document)


def _blank(form: ExistingForm, document: Document) -> Iterator[LineFault]:
    line = document.line(("copies",) if form.copies else ("original",))
    if bool(form.original) == bool(form.copies):
        yield LineFault(line, _("name the blank form: either `original:` or `copies:`."))
    elif form.copies and (len(form.copies) < LEAST_COPIES or len(form.pages) > 1):
        message = _("`copies:` needs {n} filled scans or more, of a form of one page.")
        yield LineFault(line, message.format(n=LEAST_COPIES))


def _codes(form: ExistingForm, document: Document) -> Iterator[LineFault]:
    """Yield codes that say the serial in a way that cannot be read out of their text."""
    for number, page in enumerate(form.pages):
        for at, code in enumerate(page.codes):
            if not is_code_text(code.text):
                message = _("the code's text may say {serial} once, for what differs by the sheet, and has no"
                            " other braces.")  # fmt: skip
                yield LineFault(document.line(("pages", number, "codes", at)), message)


def is_code_text(text: str) -> bool:
    """True where a serial can be read out of what a code reads: its place stands once at most."""
    fixed = text.replace(SERIAL_PLACE, "", 1)
    return "{" not in fixed and "}" not in fixed


def _grids(form: ExistingForm, document: Document) -> Iterator[LineFault]:
    for number, page in enumerate(form.pages):
        for at, grid in enumerate(page.grids):
            line = document.line(("pages", number, "grids", at))
            yield from (LineFault(line, message) for message in _counts(grid))


def _counts(grid: Grid) -> Iterator[str]:
    """Yield where a grid's names are not as many as its rows and columns."""
    asked, offered = (grid.rows, grid.columns) if grid.asks == "row" else (grid.columns, grid.rows)
    told = (("questions", grid.questions, asked), ("choices", grid.choices, offered))
    for key, names, count in (*told, ("prints", grid.prints, offered)):
        if len(names) != count and (names or key != "prints"):
            message = _("'{key}' has {given} entries, but the grid has {count}.")
            yield message.format(key=key, given=len(names), count=count)


def _boxes(form: ExistingForm, document: Document) -> Iterator[LineFault]:
    seen: set[str] = set()
    if not form.pages:
        yield LineFault(document.line(("pages",)), _("the form has no pages; give at least one."))
    for number, page in enumerate(form.pages):
        boxes = boxes_of(page)
        if not boxes:
            yield LineFault(
                document.line(("pages", number)), _("this page has no boxes; give grids or boxes.")
            )
        for box in boxes:
            if box.id in seen:
                message = _("box '{id}' is given twice; each question and choice has one box.")
                yield LineFault(document.line(_given(form, number, box.id)), message.format(id=box.id))
            seen.add(box.id)


def _given(form: ExistingForm, number: int, box: str) -> Place:
    """Return where a page gives a box that was given before."""
    singles = form.pages[number].boxes
    alone = [at for at, single in enumerate(singles) if f"{single.question}.{single.choice}" == box]
    return ("pages", number, "boxes", alone[-1]) if alone else ("pages", number, "grids")


def _wording(form: ExistingForm, document: Document) -> Iterator[LineFault]:
    asked = {box.question for page in form.pages for box in boxes_of(page)}
    for at, text in enumerate(form.spelled):
        for missing in sorted(set(text.questions) - asked):
            message = _("question '{id}' has no box on any page.")
            yield LineFault(document.line(("spelled", at)), message.format(id=missing))
    known = {section.id for section in form.sections}
    for at, wording in enumerate(form.questions):
        line = document.line(("questions", at))
        if wording.id not in asked:
            yield LineFault(line, _("question '{id}' has no box on any page.").format(id=wording.id))
        if wording.section is not None and wording.section not in known:
            message = _("there is no section '{id}'; list it under `sections:`.")
            yield LineFault(line, message.format(id=wording.section))
