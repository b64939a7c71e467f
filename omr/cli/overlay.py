"""`omr overlay`: what each step saw, drawn on the scans, or every box sorted by fill ratio."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from omr.cli.console import say
from omr.cli.options import DEFAULT_STORE, Lang, LayoutsFolder, StorePath, with_example
from omr.cli.session import known_layouts
from omr.i18n import _, ngettext

if TYPE_CHECKING:
    from omr.model.arrays import Gray
    from omr.model.layout import Layout, Page
    from omr.model.reading import Outcome, Reading

Paths = Annotated[list[Path], typer.Argument(metavar="SCAN…", help=_("Files and folders of scans."))]
Out = Annotated[
    Path, typer.Option("-o", "--output", metavar="DIR", help=_("Folder to write to; made when absent."))
]
AsGallery = Annotated[
    bool,
    typer.Option("--gallery", help=_("Instead, draw all boxes side by side, sorted by fill ratio.")),
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
    gallery: AsGallery = False,  # noqa: FBT002 (a flag of the command line)
    store: StorePath = DEFAULT_STORE,
    folder: LayoutsFolder = None,
    _lang: Lang = "",
) -> None:
    """Write one picture a page, or the contact sheets of all their boxes."""
    layouts = known_layouts(store, folder)
    seen = _seen(paths, layouts)
    written = sum(1 for _path in (_gallery if gallery else _pictures)(seen, layouts, output))
    say(
        ngettext("{n} picture written to {path}.", "{n} pictures written to {path}.", written).format(
            n=written, path=output
        )
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """A page of a scan at its full size, and what was made of it; name: of its picture."""

    name: str
    image: Gray
    outcome: Outcome


def _seen(paths: Sequence[Path], layouts: Mapping[str, Layout]) -> Iterator[_Seen]:
    """Yield every page of the files, read as `omr read` reads it; tell which frames cannot be had."""
    from omr.intake.discover import discover
    from omr.intake.frames import open_source, scans
    from omr.model.reading import Rejection
    from omr.pipeline import read_scan

    found = discover(paths)
    for problem in found.problems:
        say(problem)
    for file in found.files:
        for scan in scans(open_source(file.path), small=True):
            if isinstance(scan, Rejection):
                say(f"{file.path} {scan.scan.frame}: {scan.reason} {scan.detail}")
                continue
            image = scan.image if scan.full is None else scan.full()
            for outcome in read_scan(scan, layouts):
                part = f"-{outcome.scan.part}" if outcome.scan.part else ""
                yield _Seen(f"{file.unit}-{file.path.stem}-{scan.id.frame:04d}{part}", image, outcome)


def _pictures(seen: Iterable[_Seen], layouts: Mapping[str, Layout], output: Path) -> Iterator[Path]:
    """Yield one picture a page, written."""
    from omr.model.reading import Reading
    from omr.overlay import draw_reading, draw_rejection, save

    for each in seen:
        if isinstance(each.outcome, Reading):
            picture = draw_reading(each.image, each.outcome, _page(each.outcome, layouts))
        else:
            picture = draw_rejection(each.image, each.outcome)
        path = output / f"{each.name}.png"
        save(path, picture)
        yield path


def _gallery(seen: Iterable[_Seen], layouts: Mapping[str, Layout], output: Path) -> Iterator[Path]:
    """Yield the contact sheets of all boxes, written; tell which pages were refused."""
    from omr.model.reading import Reading
    from omr.overlay import Gallery, save

    with Gallery() as boxes:
        for each in seen:
            if isinstance(each.outcome, Reading):
                boxes.add(each.image, each.outcome, _page(each.outcome, layouts))
            else:
                say(f"{each.name}: {each.outcome.reason} {each.outcome.detail}".rstrip())
        for number, sheet in enumerate(boxes.sheets(), start=1):
            path = output / f"gallery-{number:03d}.png"
            save(path, sheet)
            yield path


def _page(reading: Reading, layouts: Mapping[str, Layout]) -> Page:
    return layouts[reading.page.digest].page(reading.page.page)
