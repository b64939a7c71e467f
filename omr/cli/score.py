"""`omr score`, `omr rescore`, `omr reclassify`: the shared rules, on typed answers and on what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from omr.cli.answers import answer_fault, read_columns
from omr.cli.console import say, table
from omr.cli.options import (
    DEFAULT_STORE,
    By,
    Json,
    Lang,
    LayoutsFolder,
    StorePath,
    with_example,
    year_option,
)
from omr.cli.session import opened, user
from omr.errors import ClosedError, RosterError
from omr.i18n import _, ngettext

if TYPE_CHECKING:
    from omr.model.layout import Layout, Question
    from omr.model.reading import Answer

COLUMNS = ("sheet", "question", "chosen")
File = Annotated[
    Path,
    typer.Argument(metavar="FILE.csv", help=_("Columns sheet,question,chosen; choices are joined by |.")),
]
OfLayout = Annotated[str, typer.Option("--layout", metavar="ID", help=_("The form the answers are to."))]
FormYear = Annotated[int | None, year_option(_("Year of the form; the layout's own when absent."))]
Out = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="FILE.csv", help=_("Write a CSV file instead."))
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        "score",
        help=with_example(
            _("Score answers that were typed in elsewhere, by the same rules as scanned ones."),
            "`omr score answers.csv --layout vinhlong-1`",
        ),
    )(score_file)
    app.command(
        "rescore",
        help=with_example(
            _("Score what is stored with the rule files as they are now; earlier scores are kept."),
            "`omr rescore --store year2026.db`",
        ),
    )(rescore)
    app.command(
        "reclassify",
        help=with_example(
            _("Decide every stored box anew from its measurements; earlier readings are kept."),
            "`omr reclassify --store year2026.db`",
        ),
    )(reclassify)


def score_file(
    file: File,
    layout: OfLayout,
    output: Out = None,
    year: FormYear = None,
    folder: LayoutsFolder = None,
    store: StorePath = DEFAULT_STORE,
    json: Json = False,  # noqa: FBT002 (a flag of the command line)
    _lang: Lang = "",
) -> None:
    """Score a file of answers."""
    from omr.forms.catalogue import Catalogue, search_folders
    from omr.score.apply import score
    from omr.score.rules import rules_of

    catalogue = Catalogue(search_folders(folder, store))
    form = catalogue.placement(layout, year).layout
    rules = rules_of(form, catalogue.rules)
    scored = {sheet: score(form, answers, rules) for sheet, answers in _sheets(file, form).items()}
    counts = tuple(dict.fromkeys(f"n.{c.section}.{c.choice}" for s in scored.values() for c in s.counts))
    headers = ("sheet", "level", "declared", "provisional", "issues", *counts, "why", "rules")
    rows = [
        (
            sheet,
            each.level,
            each.declared,
            int(each.provisional),
            "|".join(each.issues),
            *(count.least for count in each.counts),
            " ".join(each.why),
            each.rules,
        )
        for sheet, each in scored.items()
    ]
    if output is None:
        table(headers, rows, json=json)
        return
    from omr.batch.tables import ExportTable
    from omr.cli.export import write_csv, write_table

    write_table(output, ExportTable(headers, rows), write_csv)


def rescore(
    by: By = None, store: StorePath = DEFAULT_STORE, folder: LayoutsFolder = None, _lang: Lang = ""
) -> None:
    """Score everything again, and tell which levels that changes."""
    from omr.batch.rescoring import rescore as again

    with opened(store, folder, must_exist=True) as session:
        session.keep_rules()
        done = again(session.store, session.sheets(), by or user())
    if done.moved:
        table(("layout", "level_before", "level_now", "sheets"), [astuple(each) for each in done.moved])
    say(
        ngettext(
            "{n} new score; earlier ones are kept.", "{n} new scores; earlier ones are kept.", done.new
        ).format(n=done.new)
    )
    say(_("Before and after, side by side: omr export history -o history.csv"))
    _tell_closed(done.closed)


def _tell_closed(sheets: int) -> None:
    if sheets:
        text = ngettext(
            "{n} sheet of a closed unit is left as it was signed.",
            "{n} sheets of closed units are left as they were signed.",
            sheets,
        )
        say(text.format(n=sheets))


def reclassify(store: StorePath = DEFAULT_STORE, folder: LayoutsFolder = None, _lang: Lang = "") -> None:
    """Classify everything again."""
    from omr.pipeline import reclassify as again
    from omr.settings import DEFAULT

    changed = closed = 0
    with opened(store, folder, must_exist=True) as session:
        for page in session.store.pages():
            reading = session.store.reading(page)
            if reading.reader != DEFAULT.digest and page.page.digest in session.layouts:
                anew = again(reading, session.layouts[page.page.digest], DEFAULT)
                try:
                    session.store.reclassify(page, anew)
                    changed += 1
                except ClosedError:
                    closed += 1
    say(
        ngettext(
            "{n} page classified anew; its earlier reading is kept.",
            "{n} pages classified anew; their earlier readings are kept.",
            changed,
        ).format(n=changed)
    )
    if closed:
        text = ngettext(
            "{n} page of a closed unit is left as it was signed.",
            "{n} pages of closed units are left as they were signed.",
            closed,
        )
        say(text.format(n=closed))


def _sheets(file: Path, layout: Layout) -> Mapping[str, tuple[Answer, ...]]:
    """Return the answers of each sheet, in the order of the file.

    A question without a line is left unanswered. Raises RosterError naming every faulty line.
    """
    questions = {question.id: question for question in layout.questions}
    given: dict[str, dict[str, tuple[str, ...]]] = {}
    faults = []
    for line, row in read_columns(file, COLUMNS):
        chosen = tuple(filter(None, (part.strip() for part in row["chosen"].split("|"))))
        named = row["sheet"] != ""
        fault = answer_fault(row["question"], chosen, questions) if named else _("the sheet is not named.")
        sheet = given.setdefault(row["sheet"], {})
        if not fault and row["question"] in sheet:
            fault = _("sheet {sheet} answers {question} twice.").format(
                sheet=row["sheet"], question=row["question"]
            )
        if fault:
            faults.append(f"{file}:{line}: {fault}")
        sheet[row["question"]] = chosen
    if faults:
        raise RosterError("\n".join(faults))
    return {
        sheet: tuple(_answer(question, answers.get(question.id, ())) for question in layout.questions)
        for sheet, answers in given.items()
    }


def _answer(question: Question, chosen: tuple[str, ...]) -> Answer:
    """Return a typed answer; a double tick or a row that may not be blank stays unresolved."""
    from omr.model.layout import BlankRow, Role
    from omr.model.reading import Answer, Cause, Issue

    if len(chosen) > 1:
        return Answer(question.id, chosen, 1.0, (Issue.OVERMARKED,), Cause.RESPONDENT)
    if not chosen and question.role is Role.ITEM and question.blank is BlankRow.UNANSWERED:
        return Answer(question.id, (), 1.0, (Issue.BLANK,), Cause.RESPONDENT)
    return Answer(question.id, chosen, 1.0, (), Cause.NONE)
