"""The files of a report, each with what writes it: a command writes them all, the desk the one asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from omr.cli.session import Session

if TYPE_CHECKING:
    from omr.audit.crops import Crops
    from omr.batch.results import SheetResult
    from omr.report.report import Report, Stamp
    from omr.report.survey import Survey
    from omr.report.table import Table

Write = Callable[[Path], None]
"""Writes one file, and what lies in folders beside it, into a folder that is there."""

_TABLES = {"turnout": "units", "items": "items", "names": "names", "problems": "problems"}
"""The tables that are written for programs too, and how their files are called."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a report is written. folders: links to the reports of units below, by code."""

    masked: bool | None = None
    heading: str = "party"
    folders: Mapping[str, str] = field(default_factory=dict)


def counted(session: Session, unit: str | None, year: int | None) -> Survey:
    """Return what was counted of `unit` with all below it, in `year`; of everything where None."""
    from omr.report.survey import survey

    return survey(session.store, session.layouts, session.sheets(), session.rules, unit=unit, year=year)


def checked(session: Session, found: Survey, year: int | None) -> Mapping[int, Sequence[str]]:
    """Return what random checks of the units counted here found, by year."""
    from omr.audit.told import remarks, told_checks

    told = told_checks(session.store, session.sheets(year=year), None, year)
    return remarks(tuple(each for each in told if found.units is None or each[0].draw.unit in found.units))


def files_of_unit(session: Session, unit: str) -> Mapping[str, Write]:
    """Return what writes each file of a unit's report, by its name."""
    found = counted(session, unit, None)
    return files_of(session, found, checked(session, found, None))


def files_of(
    session: Session,
    found: Survey,
    checks: Mapping[int, Sequence[str]],
    settings: Settings = Settings(),
) -> Mapping[str, Write]:
    """Return what writes each file of a report, by its name; names are the same in every language.

    Programs and shortcuts rely on the names. Parquet files are among them where pyarrow is installed.
    """
    from omr.report.assemble import beside, report_of

    report = report_of(found, _stamp(found), beside(session.store, found, checks), masked=settings.masked)
    return {
        "summary.xlsx": partial(_workbook, report),
        "report.pdf": partial(_pdf, report, settings.heading),
        **_pages(session, found, report, settings),
        **_tables(report),
    }


def _stamp(found: Survey) -> Stamp:
    from omr.report.report import Stamp

    units = {unit.code: unit for unit in found.facts.units}
    own = units.get(found.scope)
    above = units.get(own.parent) if own else None
    today = dt.date.today()  # noqa: DTZ011 (the office's own day)
    return Stamp(own.name if own else found.scope, today, above.name if above else "")


def _workbook(report: Report, folder: Path) -> None:
    from omr.report.workbook import write_workbook

    write_workbook(folder / "summary.xlsx", report)


def _pdf(report: Report, heading: str, folder: Path) -> None:
    from omr.report.page import Heading, write_pdf

    write_pdf(folder / "report.pdf", report, Heading(heading))


def _crops(session: Session) -> Crops:
    from omr.audit.crops import Crops
    from omr.store.whereabouts import located

    return Crops(located=partial(located, session.store.path))


def _pages(session: Session, found: Survey, report: Report, settings: Settings) -> Mapping[str, Write]:
    """Return what writes the page, and for a unit's own report the page of its evidence."""
    from omr.report.html import unit_links, write_report
    from omr.report.proof import PAGE, evidence_link, write_evidence

    if not report.own:
        links = unit_links(settings.folders)
        return {"report.html": lambda folder: write_report(folder / "report.html", report, links)}
    evidence, link = evidence_link(found, report)
    return {
        "report.html": lambda folder: write_report(folder / "report.html", report, link),
        PAGE: lambda folder: write_evidence(
            folder, report, evidence, _own_sheets(session, found), _crops(session).frame
        ),
    }


def _tables(report: Report) -> Mapping[str, Write]:
    """Return what writes the tables for programs: as CSV, and as Parquet where pyarrow is installed."""
    from omr.report.csvfile import write_csv
    from omr.report.parquetfile import write_parquet

    kinds = {"csv": write_csv} | ({"parquet": write_parquet} if has_parquet() else {})
    made: dict[str, Write] = {}
    for part in report.parts:
        if part.kind.value in _TABLES and part.key is not None:
            for ending, write in kinds.items():
                name = f"{part.key.layout}-{part.key.year}-{_TABLES[part.kind.value]}.{ending}"
                made[name] = partial(_table, write, name, part.table)
    return made


def _table(write: Callable[[Path, Table], None], name: str, table: Table, folder: Path) -> None:
    write(folder / name, table)


def has_parquet() -> bool:
    """True where the extra package is installed that Parquet files need."""
    return find_spec("pyarrow") is not None


def _own_sheets(session: Session, found: Survey) -> Iterator[SheetResult]:
    """Yield the returned sheets of a unit's own report."""
    units = {row.unit for row in found.facts.sheets}
    for sheet in session.sheets(unit=next(iter(units), None), year=found.year):
        if sheet.unit in units:
            yield sheet
