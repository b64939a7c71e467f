"""`omr layouts` and `omr layout check|boxes|freeze|schema`."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from omr.cli import drafting
from omr.cli.console import say, table
from omr.cli.options import (
    DEFAULT_STORE,
    Json,
    Lang,
    LayoutsFolder,
    StorePath,
    group,
    with_example,
    year_option,
)
from omr.errors import LayoutError, OmrError, reason_of
from omr.i18n import _

if TYPE_CHECKING:
    from omr.forms.catalogue import Catalogue

Name = Annotated[str, typer.Argument(metavar="ID|FILE.yaml", help=_("A layout's id, or its file."))]
Names = Annotated[
    list[str] | None, typer.Argument(metavar="[ID|FILE.yaml]…", help=_("Layouts; all there are when absent."))
]

FormYear = Annotated[int | None, year_option(_("Year of the form; the layout's own when absent."))]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        "layouts",
        help=with_example(
            _("List the layouts: title, version, pages, boxes, scoring."), "`omr layouts --json`"
        ),
    )(layouts)
    commands = group(_("Check a layout, list its boxes, freeze its geometry."))
    commands.command(
        "check",
        help=with_example(
            _("Tell what is wrong in a layout file, and what would not print well, with file and line."),
            "`omr layout check layouts/vinhlong-1.yaml`",
        ),
    )(check)
    commands.command(
        "boxes",
        help=with_example(
            _("Print where every tick box stands on paper, as CSV in millimetres."),
            "`omr layout boxes vinhlong-1 > boxes.csv`",
        ),
    )(boxes)
    commands.command(
        "freeze",
        help=with_example(
            _("Write the frozen geometry of layouts beside their files, as printing does."),
            "`omr layout freeze vinhlong-1`",
        ),
    )(freeze)
    commands.command(
        "schema",
        help=with_example(
            _("Print the JSON Schema of layout files, for editors."),
            "`omr layout schema > layout.schema.json`",
        ),
    )(schema)
    drafting.register(commands)
    app.add_typer(commands, name="layout")


def layouts(
    folder: LayoutsFolder = None,
    store: StorePath = DEFAULT_STORE,
    json: Json = False,  # noqa: FBT002 (a flag of the command line)
    _lang: Lang = "",
) -> None:
    """List the layouts."""
    from omr.forms.grids import boxes_of
    from omr.forms.place import place

    known, rows = catalogue(folder, store), []
    for form in known.forms():
        layout = place(form).layout
        count = sum(1 for _place in layout.boxes())
        rows.append((form.id, form.title, form.version, form.year, len(layout.pages), count, form.scoring))
    for _path, existing in known.existing():
        head = existing.id, existing.title, existing.version, existing.year, len(existing.pages)
        rows.append((*head, sum(len(boxes_of(page)) for page in existing.pages), existing.scoring))
    rows.sort(key=lambda row: (row[0], row[3]))
    table(("id", "title", "version", "year", "pages", "boxes", "scoring"), rows, json=json)


def check(
    name: Name, folder: LayoutsFolder = None, store: StorePath = DEFAULT_STORE, _lang: Lang = ""
) -> None:
    """Check one layout; exit code 2 when it has faults."""
    from omr.forms.check import check_file
    from omr.forms.existing import ExistingForm
    from omr.forms.load import load

    path = catalogue(folder, store).path(name)
    form = load(path)
    if isinstance(form, ExistingForm):
        from omr.draft.freeze import freeze as frozen

        frozen(path, form)
        faults: tuple[str, ...] = ()
    else:
        faults = check_file(path)
    if faults:
        raise LayoutError("\n".join(faults))
    say(_("{path}: no faults.").format(path=path))


def boxes(
    name: Name,
    folder: LayoutsFolder = None,
    store: StorePath = DEFAULT_STORE,
    year: FormYear = None,
    _lang: Lang = "",
) -> None:
    """Print the boxes of one layout as CSV."""
    from omr.forms.existing import ExistingForm
    from omr.forms.grids import boxes_of
    from omr.forms.load import load

    known = catalogue(folder, store)
    form = load(known.path(name, year))
    if isinstance(form, ExistingForm):
        pages = [boxes_of(page) for page in form.pages]
    else:
        pages = [page.boxes for page in known.placement(name, year).layout.pages]
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("page", "question", "choice", "x_mm", "y_mm", "width_mm", "height_mm"))
    for number, page in enumerate(pages, start=1):
        for box in page:
            area = box.area
            millimetres = (f"{value:.2f}" for value in (area.x, area.y, area.width, area.height))
            writer.writerow((number, box.question, box.choice, *millimetres))


def freeze(
    names: Names = None, folder: LayoutsFolder = None, store: StorePath = DEFAULT_STORE, _lang: Lang = ""
) -> None:
    """Freeze the geometry of layouts; files of earlier geometries stay."""
    from omr.draft.freeze import freeze as frozen
    from omr.forms.catalogue import write_frozen
    from omr.forms.existing import ExistingForm
    from omr.forms.load import load
    from omr.forms.place import place

    known = catalogue(folder, store)
    for path in [known.path(name) for name in names] if names else known.files():
        try:
            form = load(path)
            layout = frozen(path, form) if isinstance(form, ExistingForm) else place(form).layout
            say(str(write_frozen(layout, path.parent)))
        except OSError as error:
            message = _("{folder}: cannot write the frozen layout ({reason}). Check your permission.")
            raise OmrError(message.format(folder=path.parent, reason=reason_of(error))) from error


def schema(_lang: Lang = "") -> None:
    """Print the JSON Schema."""
    from omr.forms.editors import json_schema

    sys.stdout.write(json_schema())


def catalogue(folder: Path | None, store: Path) -> Catalogue:
    """Return the layouts a command looks in."""
    from omr.forms.catalogue import Catalogue, search_folders

    return Catalogue(search_folders(folder, store))
