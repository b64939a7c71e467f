"""`omr layout draft` and `omr layout import`: layouts of forms that others printed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from omr.cli.console import say
from omr.cli.options import Lang, with_example, year_option
from omr.errors import UsageError
from omr.i18n import _, ngettext

if TYPE_CHECKING:
    from omr.draft.draft import Draft

Blank = Annotated[Path, typer.Argument(metavar="BLANK", help=_("The blank form: a PDF, or a scan of it."))]
Foreign = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        help=_("The layout file of OMRChecker (.json), FormScanner (.xtmpl) or SDAPS (.sdaps)."),
    ),
]
ItsBlank = Annotated[
    Path,
    typer.Option("--blank", metavar="BLANK", help=_("The blank form it is for: a PDF, or a scan of it.")),
]
Output = Annotated[
    Path, typer.Option("-o", "--output", metavar="FILE.yaml", help=_("The layout file to write."))
]
Picture = Annotated[
    Path | None,
    typer.Option("--picture", metavar="FILE.png", help=_("Also draw what is proposed into this picture.")),
]
FormYear = Annotated[int | None, year_option(_("Year of the form; this year when absent."))]
Force = Annotated[bool, typer.Option("--force", help=_("Write over a layout file that is there already."))]


def register(group: typer.Typer) -> None:
    """Add the commands to `omr layout`."""
    group.command(
        "draft",
        help=with_example(
            _(
                "Propose a layout for a blank form that others printed: its boxes are found, put into rows "
                "and columns and named; the blank is kept beside the layout file."
            ),
            "`omr layout draft form.pdf -o layouts/form.yaml --picture form.png`",
        ),
    )(draft)
    group.command(
        "import",
        help=with_example(
            _(
                "Take over a layout made for another program: template.json of OMRChecker, .xtmpl of "
                "FormScanner, questionnaire.sdaps of SDAPS. Its boxes are laid on those found on the blank"
                " form."
            ),
            "`omr layout import template.json --blank form.pdf -o layouts/form.yaml`",
        ),
    )(import_)


def draft(
    blank: Blank,
    output: Output,
    picture: Picture = None,
    year: FormYear = None,
    force: Force = False,  # noqa: FBT002 (a flag of the command line)
    _lang: Lang = "",
) -> None:
    """Propose a layout."""
    from omr.draft.draft import draft as drafted

    _check(output, blank, force=force)
    made = drafted(blank, output, year or _this_year())
    _write(blank, made, output, picture)


def import_(
    foreign: Foreign,
    blank: ItsBlank,
    output: Output,
    picture: Picture = None,
    year: FormYear = None,
    force: Force = False,  # noqa: FBT002 (a flag of the command line)
    _lang: Lang = "",
) -> None:
    """Take over a layout of another program."""
    from omr.draft.imported import import_layout

    _check(output, foreign, blank, force=force)
    made, laid = import_layout(foreign, blank, output, year or _this_year())
    _write(blank, made, output, picture)
    message = _("{met} of {n} boxes lie on printed ones; the others are where the pattern puts them.")
    say(message.format(met=laid.met, n=laid.boxes))


def _write(blank: Path, made: Draft, output: Path, picture: Path | None) -> None:
    """Write the layout, its blank and the picture, and tell what is in them."""
    from omr.draft.draft import write
    from omr.draft.write import picture as drawn
    from omr.overlay import save

    if picture is not None and picture.resolve() == output.with_name(made.beside).resolve():
        raise UsageError(
            _("{path} is where the blank goes. Give the picture another name.").format(path=picture)
        )
    write(blank, made, output)
    if picture is not None:
        save(picture, drawn(made.pages))
    for proposal in made.pages:
        boxes, blocks = len(proposal.boxes), len(proposal.blocks)
        told = ngettext("page {page}: {n} box", "page {page}: {n} boxes", boxes)
        groups = ngettext("in {n} group", "in {n} groups", blocks)
        say(f"{told.format(page=proposal.page.number, n=boxes)} {groups.format(n=blocks)}")
    say(_("{path} written. Look it over: `omr layout check {path}`.").format(path=output))


def _this_year() -> int:
    return date.today().year  # noqa: DTZ011  (the year on this person's calendar)


def _check(output: Path, *given: Path, force: bool) -> None:
    """Raise UsageError where the layout cannot go to `output`, or a given file is not there."""
    if output.suffix not in {".yaml", ".yml"}:
        raise UsageError(_("{path}: a layout file ends in .yaml.").format(path=output))
    if output.exists() and not force:
        raise UsageError(
            _("{path} is there already. Give another name, or --force to write over it.").format(path=output)
        )
    for path in given:
        if not path.is_file():
            raise UsageError(_("{path}: there is no such file. Check its name.").format(path=path))
