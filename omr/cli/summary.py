"""`omr summary`: what came back from each unit, as a table on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from omr.cli.console import say, table
from omr.cli.options import DEFAULT_STORE, Json, Lang, LayoutsFolder, StorePath, UnitCode, Year, with_example
from omr.cli.reportfiles import checked, counted
from omr.cli.session import Session, opened
from omr.i18n import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from omr.report.survey import Survey
    from omr.report.tables import FormTables


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "summary",
        help=with_example(
            _("Print what came back from each unit and at which levels."), "`omr summary --year 2026`"
        ),
    )(summary)


def summary(
    store: StorePath = DEFAULT_STORE,
    unit: UnitCode = None,
    year: Year = None,
    folder: LayoutsFolder = None,
    json: Json = False,  # noqa: FBT002 (a flag of the command line)
    _lang: Lang = "",
) -> None:
    """Print table 1 of every form."""
    with opened(store, folder, must_exist=True) as session:
        found = counted(session, unit, year)
        forms = form_tables(found)
        if json:
            show_json(forms)
            return
        show(forms)
        show_open_questions(session, unit, year)
        for told, lines in checked(session, found, year).items():
            for line in lines:
                say(f"{told}: {line}")


def form_tables(found: Survey, *, masked: bool | None = None) -> Sequence[FormTables]:
    """Return the tables of every form that has sheets."""
    from omr.report.tables import form_tables as tables_of

    return tables_of(found.facts, found.scope, masked=masked)


def show(forms: Sequence[FormTables]) -> None:
    """Print table 1 of each form for people."""
    from omr.report.assemble import level_note

    if not forms:
        say(_("No sheet was issued or read yet."))
    for form in forms:
        say(f"{form.head.title} – {form.head.key.year} ({form.head.key.layout})")
        headings = [column.title for column in form.turnout.columns]
        table(headings, list(form.turnout.texts()))
        say(level_note(form) + "\n")


def show_open_questions(session: Session, unit: str | None, year: int | None) -> None:
    """Tell how many questions wait for a person, if any."""
    from omr.batch.questions import open_questions

    questions = open_questions(session.sheets(unit=unit, year=year))
    if questions:
        boxes = sum(len(question.boxes) for question in questions)
        message = _("Open questions: {n} (boxes: {boxes}). List: omr export questions -o questions.csv")
        say(message.format(n=len(questions), boxes=boxes))


def show_json(forms: Sequence[FormTables]) -> None:
    """Print table 1 of all forms as one JSON list: a form's columns have its own level ids."""
    import json

    rows = [
        {"layout": form.head.key.layout, "year": form.head.key.year, **row}
        for form in forms
        for row in form.turnout.records()
    ]
    typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
