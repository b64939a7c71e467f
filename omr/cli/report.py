"""`omr summary` and `omr report`: what a unit's sheets come to."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from omr.cli.console import say, table
from omr.cli.options import DEFAULT_STORE, Json, Lang, LayoutsFolder, StorePath, UnitCode, Year, with_example
from omr.cli.session import Session, opened
from omr.errors import OmrError
from omr.i18n import _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from omr.report.survey import Survey
    from omr.report.tables import FormTables

Out = Annotated[
    Path, typer.Option("-o", "--output", metavar="DIR", help=_("Folder to write to; made when absent."))
]


Mask = Annotated[
    bool | None,
    typer.Option(
        "--mask/--no-mask",
        help=_("Hide item counts of fewer than three people; by default in every report but a unit's own."),
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        "summary",
        help=with_example(
            _("Print what came back from each unit and at which levels."), "`omr summary --year 2026`"
        ),
    )(summary)
    app.command(
        "report",
        help=with_example(
            _("Write the summary as a workbook to print and sign, and as CSV files."),
            "`omr report -o report/`",
        ),
    )(report)


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


def report(
    output: Out,
    store: StorePath = DEFAULT_STORE,
    unit: UnitCode = None,
    year: Year = None,
    mask: Mask = None,
    folder: LayoutsFolder = None,
    _lang: Lang = "",
) -> None:
    """Write the workbook and the CSV files."""
    with opened(store, folder, must_exist=True) as session:
        found = counted(session, unit, year)
        write(found, output, checked(session, found, year), masked=mask)


def counted(session: Session, unit: str | None, year: int | None) -> Survey:
    """Return what was counted of `unit` with all below it, in `year`; of everything where None."""
    from omr.report.survey import survey

    return survey(session.store, session.layouts, session.sheets(), session.rules, unit=unit, year=year)


def form_tables(found: Survey, *, masked: bool | None = None) -> Sequence[FormTables]:
    """Return the tables of every form that has sheets."""
    from omr.report.tables import form_tables as tables_of

    return tables_of(found.facts, found.scope, masked=masked)


def show(forms: Sequence[FormTables]) -> None:
    """Print table 1 of each form for people."""
    from omr.report.workbook import level_note

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


def checked(session: Session, found: Survey, year: int | None) -> Mapping[int, Sequence[str]]:
    """Return what random checks of the units counted here found, by year."""
    from omr.audit.told import remarks, told_checks

    told = told_checks(session.store, session.sheets(year=year), None, year)
    return remarks(tuple(each for each in told if found.units is None or each[0].draw.unit in found.units))


def show_json(forms: Sequence[FormTables]) -> None:
    """Print table 1 of all forms as one JSON list: a form's columns have its own level ids."""
    import json

    rows = [
        {"layout": form.head.key.layout, "year": form.head.key.year, **row}
        for form in forms
        for row in form.turnout.records()
    ]
    typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))


def write(
    found: Survey, output: Path, remarks: Mapping[int, Sequence[str]], *, masked: bool | None = None
) -> None:
    """Write everything into the folder and tell where it is."""
    from omr.report.account import ledger_table
    from omr.report.csvfile import write_csv
    from omr.report.workbook import Stamp, write_workbook

    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OmrError(
            _("{path} cannot be made ({reason}). Choose another folder.").format(
                path=output, reason=error.strerror
            )
        ) from error
    units = {unit.code: unit for unit in found.facts.units}
    name = units[found.scope].name if found.scope in units else found.scope
    forms = form_tables(found, masked=masked)
    # File names are the same in every language: programs and shortcuts rely on them.
    book = output / "summary.xlsx"
    rows = ledger_table(found.ledger, units)
    today = dt.date.today()  # noqa: DTZ011 (the office's own day)
    write_workbook(book, forms, rows, Stamp(name, today), remarks)
    say(str(book))
    for form in forms:
        key = f"{form.head.key.layout}-{form.head.key.year}"
        for made, what in ((form.turnout, "units"), (form.items, "items")):
            path = output / f"{key}-{what}.csv"
            write_csv(path, made)
            say(str(path))
