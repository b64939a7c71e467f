"""`omr summary` and `omr report`: what a unit's sheets come to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

import typer

from omr.cli.console import say, table
from omr.cli.options import DEFAULT_STORE, Json, Lang, LayoutsFolder, StorePath, UnitCode, Year, with_example
from omr.cli.ranks import keep_ranks
from omr.cli.session import Session, opened
from omr.cli.units import this_year
from omr.errors import OmrError
from omr.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from omr.batch.results import SheetResult
    from omr.report.survey import Survey
    from omr.report.tables import FormTables

Out = Annotated[
    Path, typer.Option("-o", "--output", metavar="DIR", help=_("Folder to write to; made when absent."))
]


CSV_FILES = {"turnout": "units", "items": "items", "names": "names", "problems": "problems"}
"""The tables that are written as CSV files too, and how their files are called."""

Ranks = Annotated[
    Path | None,
    typer.Option(
        "--ranks",
        metavar="FILE",
        help=_("Ranks decided by people (CSV, XLSX), kept first as by `omr ranks import`."),
    ),
]
Head = Annotated[
    str, typer.Option("--heading", metavar="party|state", help=_("Whose heading stands above the PDF."))
]
Each = Annotated[
    bool, typer.Option("--each", help=_("Write each unit's own report too, in a folder named after it."))
]
Mask = Annotated[
    bool | None,
    typer.Option(
        "--mask/--no-mask",
        help=_("Hide item counts of fewer than three people; by default in every report but a unit's own."),
    ),
]


@dataclass(frozen=True, slots=True)
class Settings:
    """How a report is written. folders: links to the reports of units below, by code."""

    masked: bool | None = None
    heading: str = "party"
    folders: Mapping[str, str] = field(default_factory=dict)


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
            _("Write the report as a workbook, a PDF to sign, a page with its evidence, and CSV files."),
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
    ranks: Ranks = None,
    heading: Head = "party",
    each: Each = False,  # noqa: FBT002 (a flag of the command line)
    folder: LayoutsFolder = None,
    _lang: Lang = "",
) -> None:
    """Write the report, with `--each` those of the units below too."""
    with opened(store, folder, must_exist=True) as session:
        if ranks is not None:
            keep_ranks(session.store, ranks, year or this_year(), None)
        found = counted(session, unit, year)
        folders = each_unit(session, found, output, year) if each else {}
        settings = Settings(mask, heading, folders)
        write(session, found, output, checked(session, found, year), settings)


def each_unit(session: Session, found: Survey, output: Path, year: int | None) -> dict[str, str]:
    """Write the report of each unit that has sheets into a folder of its own; return the links by unit."""
    links = {}
    for unit in sorted({row.unit for row in found.facts.sheets}):
        own = counted(session, unit, year)
        name = quote(unit, safe=" ")
        write(session, own, output / name, checked(session, own, year))
        links[unit] = f"{quote(name)}/report.html"
    return links


def report_into(session: Session, unit: str, output: Path) -> None:
    """Write what there is to report of a unit into a folder, for the desk."""
    found = counted(session, unit, None)
    write(session, found, output, checked(session, found, None))


def counted(session: Session, unit: str | None, year: int | None) -> Survey:
    """Return what was counted of `unit` with all below it, in `year`; of everything where None."""
    from omr.report.survey import survey

    return survey(session.store, session.layouts, session.sheets(), session.rules, unit=unit, year=year)


def form_tables(found: Survey, *, masked: bool | None = None) -> Sequence[FormTables]:
    """Return the tables of every form that has sheets."""
    from omr.report.tables import form_tables as tables_of

    return tables_of(found.facts, found.scope, masked=masked)


def own_sheets(session: Session, found: Survey) -> Iterator[SheetResult]:
    """Yield the returned sheets of a unit's own report."""
    units = {row.unit for row in found.facts.sheets}
    for sheet in session.sheets(unit=next(iter(units), None), year=found.year):
        if sheet.unit in units:
            yield sheet


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
    session: Session,
    found: Survey,
    output: Path,
    checks: Mapping[int, Sequence[str]],
    settings: Settings = Settings(),
) -> None:
    """Write everything into the folder and tell where it is."""
    from omr.audit.crops import Crops
    from omr.report.assemble import beside, report_of
    from omr.report.csvfile import write_csv
    from omr.report.html import unit_links, write_report
    from omr.report.page import Heading, write_pdf
    from omr.report.proof import evidence_link, write_evidence
    from omr.report.report import Stamp
    from omr.report.workbook import write_workbook

    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OmrError(
            _("{path} cannot be made ({reason}). Choose another folder.").format(
                path=output, reason=error.strerror
            )
        ) from error
    units = {unit.code: unit for unit in found.facts.units}
    own = units.get(found.scope)
    above = units.get(own.parent) if own else None
    stamp = Stamp(own.name if own else found.scope, dt.date.today(), above.name if above else "")  # noqa: DTZ011 (the office's own day)
    report = report_of(found, stamp, beside(session.store, found, checks), masked=settings.masked)
    # File names are the same in every language: programs and shortcuts rely on them.
    book = output / "summary.xlsx"
    write_workbook(book, report)
    say(str(book))
    write_pdf(output / "report.pdf", report, Heading(settings.heading))
    say(str(output / "report.pdf"))
    page = output / "report.html"
    if report.own:
        evidence, link = evidence_link(found, report)
        write_report(page, report, link)
        write_evidence(output, report, evidence, own_sheets(session, found), Crops().frame)
    else:
        write_report(page, report, unit_links(settings.folders))
    say(str(page))
    for part in report.parts:
        if part.kind.value in CSV_FILES and part.key is not None:
            path = output / f"{part.key.layout}-{part.key.year}-{CSV_FILES[part.kind.value]}.csv"
            write_csv(path, part.table)
            say(str(path))
