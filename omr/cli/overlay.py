"""`omr overlay`: what each step saw, drawn on the scans."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from omr.cli.console import say
from omr.cli.options import DEFAULT_STORE, Lang, LayoutsFolder, StorePath, with_example
from omr.cli.session import known_layouts
from omr.i18n import _, ngettext

if TYPE_CHECKING:
    from omr.overlay import GalleryBox

Paths = Annotated[list[Path], typer.Argument(metavar="SCAN…", help=_("Files and folders of scans."))]
Out = Annotated[
    Path, typer.Option("-o", "--output", metavar="DIR", help=_("Folder to write to; made when absent."))
]
Gallery = Annotated[
    bool, typer.Option("--gallery", help=_("Also draw every box, sorted by fill ratio, on one picture."))
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "overlay",
        help=with_example(
            _("Draw what the machine saw on the scans: squares, boxes, marks, doubts."),
            "`omr overlay scans/ -o seen/ --gallery`",
        ),
    )(overlay)


def overlay(
    paths: Paths,
    output: Out,
    gallery: Gallery = False,  # noqa: FBT002 (a flag of the command line)
    store: StorePath = DEFAULT_STORE,
    folder: LayoutsFolder = None,
    _lang: Lang = "",
) -> None:
    """Write one picture a page."""
    from omr.intake.discover import discover
    from omr.intake.frames import open_source, scans
    from omr.model.reading import Reading, Rejection
    from omr.overlay import draw_gallery, draw_reading, draw_rejection, gallery_boxes, save
    from omr.pipeline import read_scan

    layouts = known_layouts(store, folder)
    found = discover(paths)
    for problem in found.problems:
        say(problem)
    boxes: list[GalleryBox] = []
    written = 0
    for file in found.files:
        for scan in scans(open_source(file.path)):
            if isinstance(scan, Rejection):
                say(f"{file.path} {scan.scan.frame}: {scan.reason} {scan.detail}")
                continue
            for outcome in read_scan(scan, layouts):
                part = f"-{outcome.scan.part}" if outcome.scan.part else ""
                path = output / f"{file.unit}-{file.path.stem}-{scan.id.frame:04d}{part}.png"
                if isinstance(outcome, Reading):
                    page = layouts[outcome.page.digest].page(outcome.page.page)
                    save(path, draw_reading(scan.image, outcome, page))
                    boxes.extend(gallery_boxes(scan.image, outcome, page) if gallery else ())
                else:
                    save(path, draw_rejection(scan.image, outcome))
                written += 1
    if boxes:
        save(output / "gallery.png", draw_gallery(boxes))
    say(
        ngettext("{n} picture written to {path}.", "{n} pictures written to {path}.", written).format(
            n=written, path=output
        )
    )
