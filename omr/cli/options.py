"""Options that several commands share.

Help texts are made when this module is imported: `omr.cli.main` sets the language before it imports
a command.
"""

from __future__ import annotations

from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer

from omr.errors import UsageError
from omr.i18n import _

Lang = Annotated[str, typer.Option("--lang", metavar="vi|en", help=_("Language of messages."))]
Json = Annotated[bool, typer.Option("--json", help=_("Print JSON instead of a table."))]
StorePath = Annotated[
    Path, typer.Option("--store", metavar="DB", help=_("The store; made when absent."), dir_okay=False)
]
LayoutsFolder = Annotated[
    Path | None, typer.Option("--layouts", metavar="DIR", help=_("Folder of layouts to look in first."))
]
UnitCode = Annotated[str | None, typer.Option("--unit", metavar="CODE", help=_("Only this unit."))]
FIRST_YEAR, LAST_YEAR = 2000, 2099
"""Years that a page code can say."""


def year_option(text: str) -> Any:  # noqa: ANN401  (what typer takes for one)
    """Return the option --year with its help; years that a page code cannot say are refused."""
    return typer.Option("--year", metavar="Y", help=text, min=FIRST_YEAR, max=LAST_YEAR)


Year = Annotated[int | None, year_option(_("Only this year."))]

By = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help=_("Who does it; else the user of this machine."))
]

DEFAULT_STORE = Path("omr.db")


def no_store(path: Path | None) -> Path | None:
    """Return a file that is to be written. Raises UsageError where a store stands under that name."""
    if path is None or not path.is_file():
        return path
    with suppress(OSError), path.open("rb") as file:
        if file.read(len(_SQLITE)) == _SQLITE:
            raise UsageError(
                _("{path} is a store and would be written over. Name another file.").format(path=path)
            )
    return path


_SQLITE = b"SQLite format 3"


def with_example(text: str, example: str) -> str:
    """Return a command's help: what it does, and one line to try, which stands in backticks."""
    return text + "\n\n" + _("Example: {example}").format(example=example)


def _tell_version(asked: bool) -> None:  # noqa: FBT001  (as typer calls it)
    if asked:
        typer.echo(f"omr {version('omr')}")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", help=_("Print the version."), callback=_tell_version, is_eager=True)
]


def root(
    _lang: Lang = "",
    _version: Version = False,  # noqa: FBT002 (a flag of the command line)
) -> None:
    """Take `--lang` in front of the command too (omr.cli.main has set the language already)."""


def group(text: str) -> typer.Typer:
    """Return a command that others stand under, as `import` does under `omr units`, with its help.

    The callback keeps a single one of them a command of its own: without it the group would be that command.
    """
    made = typer.Typer(help=text)
    made.callback()(_together)
    return made


def _together(_lang: Lang = "") -> None:
    """Take `--lang` behind the group's name too."""
