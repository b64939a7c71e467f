"""`omr verdict import`: decisions made elsewhere, appended with their reviewer and reason."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from omr.cli.answers import answer_fault, read_columns
from omr.cli.console import say
from omr.cli.options import DEFAULT_STORE, Lang, LayoutsFolder, StorePath, group, with_example
from omr.cli.session import opened
from omr.errors import RosterError
from omr.i18n import _, ngettext

if TYPE_CHECKING:
    from omr.batch.sheets import ReturnedSheet
    from omr.model.layout import Layout
    from omr.model.verdict import Verdict

COLUMNS = ("sheet", "question", "chosen", "reviewer", "reason")
File = Annotated[
    Path, typer.Argument(metavar="FILE.csv", help=_("Columns sheet,question,chosen,reviewer,reason."))
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    commands = group(_("Decisions of people."))
    commands.command(
        "import",
        help=with_example(
            _("Take verdicts made elsewhere; nothing is overwritten, the newest counts."),
            "`omr verdict import verdicts.csv`",
        ),
    )(import_verdicts)
    app.add_typer(commands, name="verdict")


def import_verdicts(
    file: File, store: StorePath = DEFAULT_STORE, folder: LayoutsFolder = None, _lang: Lang = ""
) -> None:
    """Append the verdicts of a file, all of them or none."""
    from omr.batch.results import returned_sheets

    with opened(store, folder, must_exist=True) as session:
        sheets = {sheet.name: sheet for sheet in returned_sheets(session.store, session.layouts)}
        issued = set(session.store.issued_sheets())
        verdicts, faults = [], []
        for line, row in read_columns(file, COLUMNS):
            found = _verdict(row, sheets, session.layouts, issued)
            if isinstance(found, str):
                faults.append(f"{file}:{line}: {found}")
            else:
                verdicts.append(found)
        if faults:
            raise RosterError("\n".join(faults))
        session.store.add_verdicts(verdicts)
    count = len(verdicts)
    say(ngettext("{n} verdict taken.", "{n} verdicts taken.", count).format(n=count))


def _verdict(
    row: Mapping[str, str],
    sheets: Mapping[str, ReturnedSheet],
    layouts: Mapping[str, Layout],
    issued: set[str],
) -> Verdict | str:
    """Return the verdict of a row, or what is wrong with it."""
    from omr.model.verdict import SHEET_VERDICTS, Verdict

    chosen = tuple(filter(None, row["chosen"].split("|")))
    verdict = Verdict(row["sheet"], row["question"], chosen, row["reviewer"], "", row["reason"])
    fault = ""
    if not verdict.reviewer:
        fault = _("nobody is named as reviewer.")
    elif verdict.sheet not in sheets and verdict.sheet not in issued:
        fault = _("there is no sheet {sheet} in the store.").format(sheet=verdict.sheet)
    elif not verdict.question:
        if len(chosen) != 1 or chosen[0] not in SHEET_VERDICTS:
            fault = _("for a whole sheet, chosen is one of {names}.").format(names=", ".join(SHEET_VERDICTS))
    elif verdict.sheet not in sheets:
        fault = _("sheet {sheet} has not come back.").format(sheet=verdict.sheet)
    else:
        fault = _fault(verdict, layouts[sheets[verdict.sheet].digest])
    return fault or verdict


def _fault(verdict: Verdict, layout: Layout) -> str:
    """Return what is wrong with a verdict on a question of `layout`, or ""."""
    questions = {question.id: question for question in layout.questions}
    fault = answer_fault(verdict.question, verdict.chosen, questions)
    if not fault and len(verdict.chosen) > 1:
        fault = _("a row has one answer, or none; {chosen} are several.").format(
            chosen="|".join(verdict.chosen)
        )
    return fault
