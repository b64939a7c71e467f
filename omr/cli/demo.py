"""`omr demo`: the whole path on the samples, as a first look at what omr does."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Annotated

import typer

from omr.cli.answers import read_columns
from omr.cli.console import say
from omr.cli.options import Lang, with_example
from omr.cli.session import Session, opened
from omr.errors import UsageError
from omr.i18n import _

Out = Annotated[
    Path,
    typer.Option("-o", "--output", metavar="DIR", help=_("Folder for the store, workbooks and pictures.")),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "demo",
        help=with_example(
            _("Read the samples that come with omr and write their summary: a first look."), "`omr demo`"
        ),
    )(demo)


def demo(output: Out = Path("demo"), _lang: Lang = "") -> None:
    """Read the sample units, print the summary, write the workbooks, say how to go on."""
    from omr.cli.overlay import overlay
    from omr.cli.reading import read_into
    from omr.cli.report import write
    from omr.cli.reportfiles import counted, files_of
    from omr.cli.summary import form_tables, show

    samples = shipped_samples()
    output.mkdir(parents=True, exist_ok=True)
    store = output / "demo.db"
    with opened(store) as session:
        issue_samples(session, samples / "issued.csv")
        say(_("Reading {folder} …").format(folder=samples / "scans"))
        read_into(session, [samples / "scans"])
        found = counted(session, None, None)
        show(form_tables(found))
        write(files_of(session, found, {}), output / "report")
        for unit in session.store.units():
            of_unit = counted(session, unit, None)
            if of_unit.facts.sheets:
                write(files_of(session, of_unit, {}), output / "report" / unit)
    first = sorted((samples / "scans").glob("*/*.pdf"))[:1]
    overlay(first, output / "pictures", store=store)
    say(_("What became of every sheet: {command}").format(command=f"omr ledger --store {store}"))
    say(_("Your own scans: {command}").format(command="omr read FOLDER"))


def issue_samples(session: Session, file: Path) -> None:
    """Let the store know the sheets of the samples, as if it had printed them."""
    from omr.model.unit import IssuedSheet

    known = session.store.issued_sheets()
    rows = read_columns(file, tuple(field.name for field in fields(IssuedSheet)))
    sheets = [
        IssuedSheet(
            row["serial"], row["layout"], row["version"], row["digest"], int(row["year"]), row["unit"],
            int(row["pages"]), row["person"], row["name"], row["master"] == "True",
        )
        for _line, row in rows
        if row["serial"] not in known
    ]  # fmt: skip
    for digest in {sheet.digest for sheet in sheets}:
        session.store.freeze(session.layouts[digest])
    session.store.issue(sheets)


def shipped_samples() -> Path:
    """Return the folder of samples: in the package, or in the checkout's root."""
    package = Path(__file__).parents[1]
    checkout = package.parent
    folder = (checkout if (checkout / "pyproject.toml").is_file() else package) / "samples"
    if not folder.is_dir():
        raise UsageError(_("The samples are not there: {folder}. Install omr anew.").format(folder=folder))
    return folder
