"""`omr report`: what a unit's sheets come to, as files to sign, to read and to go on with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

import typer

from omr.cli.console import say
from omr.cli.foldername import folder_name
from omr.cli.options import DEFAULT_STORE, Lang, LayoutsFolder, StorePath, UnitCode, Year, with_example
from omr.cli.ranks import keep_ranks
from omr.cli.reportfiles import Settings, Write, checked, counted, files_of, has_parquet
from omr.cli.session import Session, opened
from omr.cli.units import this_year
from omr.errors import OmrError, UsageError, reason_of
from omr.i18n import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from omr.report.survey import Survey

Out = Annotated[
    Path, typer.Option("-o", "--output", metavar="DIR", help=_("Folder to write to; made when absent."))
]
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

HEADINGS = ("party", "state")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "report",
        help=with_example(
            _("Write the report: a workbook, a PDF to sign, a page with its evidence, CSV, Parquet."),
            "`omr report -o report/`",
        ),
    )(report)


def report(
    output: Out,
    store: StorePath = DEFAULT_STORE,
    unit: UnitCode = None,
    year: Year = None,
    mask: Mask = None,
    ranks: Ranks = None,
    heading: Head = HEADINGS[0],
    each: Each = False,  # noqa: FBT002 (a flag of the command line)
    folder: LayoutsFolder = None,
    _lang: Lang = "",
) -> None:
    """Write the report, with `--each` those of the units below too."""
    if heading not in HEADINGS:
        raise UsageError(
            _("There is no heading '{name}'; there are {known}.").format(
                name=heading, known=", ".join(HEADINGS)
            )
        )
    with opened(store, folder, must_exist=True) as session:
        if ranks is not None:
            keep_ranks(session.store, ranks, year or this_year(), None)
        found = counted(session, unit, year)
        folders = each_unit(session, found, output, year) if each else {}
        settings = Settings(mask, heading, folders)
        write(files_of(session, found, checked(session, found, year), settings), output)
    if not has_parquet():
        say(_("For Parquet files as well: pip install 'omr[parquet]'."))


def each_unit(session: Session, found: Survey, output: Path, year: int | None) -> dict[str, str]:
    """Write the report of each unit that has sheets into a folder of its own; return the links by unit."""
    links = {}
    for unit in sorted({row.unit for row in found.facts.sheets}):
        own = counted(session, unit, year)
        name = folder_name(unit)
        write(files_of(session, own, checked(session, own, year)), output / name)
        links[unit] = f"{quote(name)}/report.html"
    return links


def write(files: Mapping[str, Write], output: Path) -> None:
    """Write every file into the folder and tell where it is."""
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OmrError(
            _("{path} cannot be made ({reason}). Choose another folder.").format(
                path=output, reason=reason_of(error)
            )
        ) from error
    for name, make in files.items():
        make(output)
        say(str(output / name))
