"""`omr read`: files and folders of scans into the store, with progress, safe to run again."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from omr.cli.console import say
from omr.cli.options import DEFAULT_STORE, Json, Lang, LayoutsFolder, StorePath, Year, with_example
from omr.cli.session import Session, opened
from omr.errors import ExitCode, UsageError
from omr.i18n import _, ngettext

if TYPE_CHECKING:
    from omr.batch.engine import ExecutorMaker
    from omr.batch.run import Progress, Tally

Paths = Annotated[list[Path], typer.Argument(metavar="PATH…", help=_("Files and folders of scans."))]
OfUnit = Annotated[
    str | None,
    typer.Option("--unit", metavar="CODE", help=_("Whose scans these are; else the folder's name.")),
]
Workers = Annotated[
    int | None, typer.Option("--workers", metavar="N", min=1, help=_("Processes to read with."))
]
Engine = Annotated[str, typer.Option("--engine", metavar="local|dask", help=_("Where pages are read."))]
Scheduler = Annotated[
    str | None, typer.Option("--scheduler", metavar="ADDR", help=_("The dask scheduler to join."))
]
OneLayout = Annotated[
    str | None, typer.Option("--layout", metavar="ID", help=_("The form of pages that bear no code."))
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "read",
        help=with_example(
            _("Read scans into the store: PDF, TIFF, JPEG, PNG; a folder of folders is a folder of units."),
            "`omr read scans/ --store year2026.db`",
        ),
    )(read)


def read(
    paths: Paths,
    store: StorePath = DEFAULT_STORE,
    unit: OfUnit = None,
    layout: OneLayout = None,
    year: Year = None,
    workers: Workers = None,
    engine: Engine = "local",
    scheduler: Scheduler = None,
    folder: LayoutsFolder = None,
    json: Json = False,  # noqa: FBT002 (a flag of the command line)
    _lang: Lang = "",
) -> None:
    """Read scans; exits 0, 3 (a person is needed), 4 (rejections) or 5 (the counts disagree)."""
    with opened(store, folder) as session:
        make = _maker(engine, scheduler, workers)
        tally = read_into(session, paths, layout=layout, unit=unit, year=year, make=make, json=json)
    raise typer.Exit(_exit_code(tally))


def read_into(
    session: Session,
    paths: Sequence[Path],
    *,
    layout: str | None = None,
    unit: str | None = None,
    year: int | None = None,
    make: ExecutorMaker | None = None,
    json: bool = False,
) -> Tally:
    """Read with a progress bar and tell what was read; on Ctrl-C what was read stays.

    layout: the one form that pages without a code show; any of the known ones where None.
    """
    from omr.batch.run import read_batch

    reader = session.reader(layout)
    make = make or _maker("local", None, None)
    try:
        with _progress() as show:
            tally = read_batch(session.store, paths, reader, make, unit=unit, year=year, progress=show)
    except KeyboardInterrupt:
        say(_("Stopped. What was read is stored; run the same command again to go on."))
        raise typer.Exit(ExitCode.FAILURE) from None
    session.keep_rules()
    _tell(tally, json=json)
    return tally


def _maker(engine: str, scheduler: str | None, workers: int | None) -> ExecutorMaker:
    from omr.batch.engine import cluster, local

    if engine == "local":
        return partial(local, workers=workers or os.cpu_count() or 1)
    if engine == "dask":
        return partial(cluster, scheduler=scheduler)
    raise UsageError(_("There is no engine '{name}': use local or dask.").format(name=engine))


def _exit_code(tally: Tally) -> ExitCode:
    if not tally.balanced:
        return ExitCode.UNBALANCED
    if tally.rejected:
        return ExitCode.REJECTED
    if tally.doubts:
        return ExitCode.NEEDS_PERSON
    return ExitCode.FAILURE if tally.problems else ExitCode.DONE


def _tell(tally: Tally, *, json: bool) -> None:
    from omr.cli.console import table

    for problem in tally.problems:
        say(problem)
    if json:
        names = ("scans", "read", "rejected", "blank", "doubts", "known")
        table(names, [tuple(getattr(tally, name) for name in names)], json=True)
        return
    counts = (
        ngettext("{n} page read", "{n} pages read", tally.read).format(n=tally.read),
        ngettext("{n} rejected", "{n} rejected", tally.rejected).format(n=tally.rejected),
        ngettext("{n} blank", "{n} blank", tally.blank).format(n=tally.blank),
    )
    say(", ".join(counts) + ".")
    for line in _besides(tally):
        say(line)


def _besides(tally: Tally) -> Iterator[str]:
    """Yield what else there is to tell of a run."""
    if n := tally.known:
        yield ngettext("{n} page was read before.", "{n} pages were read before.", n).format(n=n)
    if n := tally.doubts:
        text = ngettext("{n} box is for a person to look at.", "{n} boxes are for a person to look at.", n)
        yield text.format(n=n)
    if n := len(tally.copies):
        text = ngettext(
            "{n} file holds what another one holds and counts once: {names}",
            "{n} files hold what another one holds and count once: {names}",
            n,
        )
        yield text.format(n=n, names=_some(tally.copies))
    if n := len(tally.passed_over):
        text = ngettext(
            "{n} file is no scan and was passed over: {names}",
            "{n} files are no scans and were passed over: {names}",
            n,
        )
        yield text.format(n=n, names=_some(tally.passed_over))
    if tally.rejected:
        yield _("See why, and what to do: omr export rejections -o rejections.csv")


def _some(paths: Sequence[Path]) -> str:
    """Return the first names, and that there are more."""
    return ", ".join([*(path.name for path in paths[:_NAMES]), *(["…"] if len(paths) > _NAMES else [])])


_NAMES = 5


@contextmanager
def _progress() -> Iterator[Progress]:
    """Give what shows a tally: a bar on a terminal, nothing elsewhere."""
    from rich import progress as bars
    from rich.console import Console

    console = Console(stderr=True)
    with bars.Progress(
        bars.TextColumn(_("Reading")),
        bars.BarColumn(),
        bars.MofNCompleteColumn(),
        bars.TextColumn("{task.fields[pace]}"),
        bars.TextColumn("{task.fields[doubts]}"),
        bars.TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task("", total=None, pace="", doubts="")

        def show(tally: Tally) -> None:
            bar.update(
                task,
                completed=tally.scans,
                total=max(tally.pages, tally.scans),
                pace=_("{n:.1f} pages/s").format(n=bar.tasks[0].speed or 0.0),
                doubts=_("{n} in doubt").format(n=tally.doubts),
            )

        yield show
