"""`omr score`, `omr rescore`, `omr reclassify`: the shared rules, on typed answers and on what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from omr.cli.answers import answer_fault, read_columns
from omr.cli.console import say, table
from omr.cli.options import DEFAULT_STORE, Json, Lang, LayoutsFolder, StorePath, with_example
from omr.cli.session import opened
from omr.errors import RosterError
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
FormYear = Annotated[
    int | None, typer.Option("--year", metavar="Y", help=_("Year of the form; the layout's own when absent."))
]
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


def rescore(store: StorePath = DEFAULT_STORE, folder: LayoutsFolder = None, _lang: Lang = "") -> None:
    """Score everything again."""
    from omr.batch.results import stored_score

    with opened(store, folder, must_exist=True) as session:
        before = len(session.store.scores())
        session.store.add_scores([stored_score(sheet) for sheet in session.sheets()])
        new = len(session.store.scores()) - before
    say(
        ngettext(
            "{n} new score; earlier ones are kept.", "{n} new scores; earlier ones are kept.", new
        ).format(n=new)
    )


def reclassify(store: StorePath = DEFAULT_STORE, folder: LayoutsFolder = None, _lang: Lang = "") -> None:
    """Classify everything again."""
    from omr.pipeline import reclassify as again
    from omr.settings import DEFAULT

    changed = 0
    with opened(store, folder, must_exist=True) as session:
        for page in session.store.pages():
            reading = session.store.reading(page)
            if reading.reader != DEFAULT.digest and page.page.digest in session.layouts:
                session.store.reclassify(page, again(reading, session.layouts[page.page.digest], DEFAULT))
                changed += 1
    say(
        ngettext(
            "{n} page classified anew; its earlier reading is kept.",
            "{n} pages classified anew; their earlier readings are kept.",
            changed,
        ).format(n=changed)
    )


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
