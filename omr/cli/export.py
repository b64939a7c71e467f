"""`omr export`: the tables other programs rely on, as CSV, XLSX or Parquet."""

from __future__ import annotations

import csv
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from omr.cli.console import say
from omr.cli.options import DEFAULT_STORE, Lang, LayoutsFolder, StorePath, UnitCode, Year, with_example
from omr.cli.session import Session, opened
from omr.errors import OmrError, UsageError, reason_of
from omr.i18n import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from omr.batch.results import SheetResult
    from omr.batch.tables import ExportTable

    Writer = Callable[[Path, ExportTable], int]

TABLES = (
    "marks", "answers", "scores", "rejections", "ledger", "verdicts", "questions", "sheets", "scans",
    "conflicts", "closings", "history", "units", "roster", "ranks", "texts",
)  # fmt: skip

What = Annotated[str, typer.Argument(metavar="|".join(TABLES), help=_("Which table."))]
Out = Annotated[
    Path, typer.Option("-o", "--output", metavar="FILE", help=_("A .csv, .xlsx or .parquet file."))
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "export",
        help=with_example(
            _("Write a table for other programs: CSV, XLSX or Parquet by the file's ending."),
            "`omr export scores -o scores.csv`",
        ),
    )(export)


def export(
    what: What,
    output: Out,
    store: StorePath = DEFAULT_STORE,
    unit: UnitCode = None,
    year: Year = None,
    folder: LayoutsFolder = None,
    _lang: Lang = "",
) -> None:
    """Write one table."""
    if what not in TABLES:
        raise UsageError(
            _("There is no table '{name}'; there are {known}.").format(name=what, known=", ".join(TABLES))
        )
    writers = {".csv": write_csv, ".xlsx": _write_xlsx, ".parquet": _write_parquet}
    if output.suffix.lower() not in writers:
        raise UsageError(_("{path} has to end in .csv, .xlsx or .parquet.").format(path=output))
    with opened(store, folder, must_exist=True) as session:
        of_unit = session.unit(unit, year)
        write_table(output, _table(session, what, of_unit, year), writers[output.suffix.lower()])


def write_table(path: Path, table: ExportTable, writer: Writer) -> None:
    """Write a table and tell how long it is. Raises OmrError where the file cannot be written."""
    try:
        count = writer(path, table)
    except OSError as error:
        raise OmrError(
            _("{path} could not be written ({reason}). Close it if it is open elsewhere.").format(
                path=path, reason=reason_of(error)
            )
        ) from error
    say(
        ngettext("{n} row written to {path}.", "{n} rows written to {path}.", count).format(
            n=count, path=path
        )
    )


def _table(session: Session, what: str, unit: str | None, year: int | None) -> ExportTable:
    from omr.batch import rescoring, tables, texts, unit_tables

    of_store: dict[str, Callable[[], ExportTable]] = {
        "rejections": lambda: tables.rejections(session.store, unit),
        "verdicts": lambda: tables.verdicts(session.store),
        "units": lambda: unit_tables.units(session.store, year),
        "roster": lambda: unit_tables.roster(session.store, unit, year),
        "ranks": lambda: unit_tables.ranks(session.store, unit, year),
        "closings": lambda: unit_tables.closings(session.store, unit, year),
    }
    of_sheets: dict[str, Callable[[Iterator[SheetResult]], ExportTable]] = {
        "marks": tables.marks,
        "answers": tables.answers,
        "scores": tables.scores,
        "questions": tables.questions,
        "texts": texts.texts,
        "history": partial(rescoring.history, session.store),
    }
    if what in of_store:
        return of_store[what]()
    if what in of_sheets:
        return of_sheets[what](session.sheets(unit=unit, year=year))
    return _of_ledger(session, what, unit, year)


def _of_ledger(session: Session, what: str, unit: str | None, year: int | None) -> ExportTable:
    from omr.batch import ledger_tables, tables

    book, branch = session.ledger(unit=unit, year=year)
    if what == "scans":
        results = (each for each in session.sheets(year=year) if branch is None or each.unit in branch)
        return ledger_tables.scans(results, book)
    if what == "ledger":
        return tables.ledger(book.rows)
    return {"sheets": ledger_tables.sheets, "conflicts": ledger_tables.conflicts}[what](book)


def write_csv(path: Path, table: ExportTable) -> int:
    """Write a table as UTF-8 with BOM and return how many rows it has. Raises OSError."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table.columns)
        for row in table.rows:
            writer.writerow(row)
            count += 1
    return count


def _write_xlsx(path: Path, table: ExportTable) -> int:
    import xlsxwriter

    count = 0
    # Text stays text: a cell that begins with = is no formula.
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, table.columns)
        for row in table.rows:
            count += 1
            sheet.write_row(count, 0, row)
    return count


def _write_parquet(path: Path, table: ExportTable) -> int:
    try:
        from pyarrow import Table, parquet
    except ImportError as error:
        raise UsageError(
            _("Parquet needs the extra package: pip install 'omr[parquet]'. CSV and XLSX need nothing.")
        ) from error
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    parquet.write_table(Table.from_pylist(rows), path)
    return len(rows)
